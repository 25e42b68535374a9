//! Where the tools of the field keep gold answers, responses and what belongs to them: the one table
//! that regrading, the report and `diff` read.

/// What a column says of a rollout, beside its gold answer and its response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Which problem it answers.
    Problem,
    /// Which benchmark or data set the problem is of.
    Source,
    /// The decode setting or the model.
    Setting,
    /// The number of the repeat.
    Sample,
    /// What was thought, where that is not part of the response.
    Thought,
    /// Why generation ended.
    FinishReason,
    /// How many tokens were generated. Of a list of token ids its length counts.
    Tokens,
    /// The verdict of another grader.
    Label,
}

impl Role {
    /// The column of sdtool that says the same.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::Problem => "problem_id",
            Self::Source => "source",
            Self::Setting => "setting",
            Self::Sample => "sample",
            Self::Thought => "thought",
            Self::FinishReason => "finish_reason",
            Self::Tokens => "n_tokens",
            Self::Label => "label",
        }
    }
}

/// A layout of rollout files. A dotted path leads into objects and through lists: a name after a list
/// means that of every item, a number one item.
///
/// Where a response is a list, each text in it is a sample of its own; a list of chat messages is one
/// sample, its last assistant turn. Where a gold answer is a list, any of it counts.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// The tool that writes it.
    pub tool: &'static str,
    /// Where the gold answer is.
    pub gold: &'static str,
    /// Which of several choices is the gold answer, where a column says so.
    pub gold_index: Option<&'static str>,
    /// Where the responses are; of several columns each holds samples.
    pub responses: &'static [&'static str],
    /// Where the rest is that no column of [`NAMES`] says.
    pub others: &'static [(Role, &'static str)],
    /// A column without which it is not this tool's, where the names of the others say too little.
    pub needs: Option<&'static str>,
}

const fn layout(
    tool: &'static str,
    gold: &'static str,
    responses: &'static [&'static str],
    others: &'static [(Role, &'static str)],
) -> Layout {
    Layout { tool, gold, gold_index: None, responses, others, needs: None }
}

const fn choices(
    tool: &'static str,
    gold: &'static str,
    gold_index: &'static str,
    responses: &'static [&'static str],
    others: &'static [(Role, &'static str)],
) -> Layout {
    Layout { tool, gold, gold_index: Some(gold_index), responses, others, needs: None }
}

use Role::{FinishReason, Problem, Sample, Setting, Source, Thought, Tokens};

/// The layouts that are recognised; the first whose columns are all there is taken.
pub const LAYOUTS: &[Layout] = &[
    layout("sdtool", "gold", &["response"], &[]),
    layout("lm-evaluation-harness", "target", &["resps"], &[]),
    choices(
        "lighteval",
        "doc.choices",
        "doc.gold_index",
        &["model_response.text"],
        &[
            (Problem, "doc.id"),
            (Problem, "doc.query"),
            (Source, "doc.task_name"),
            (Thought, "model_response.reasonings"),
            (Tokens, "model_response.output_tokens"),
        ],
    ),
    choices(
        "lighteval, older",
        "__doc__.choices",
        "__doc__.gold_index",
        &["__model_response__.text"],
        &[
            (Problem, "__doc__.id"),
            (Problem, "__doc__.query"),
            (Source, "__doc__.task_name"),
            (Tokens, "__model_response__.output_tokens"),
        ],
    ),
    layout("lighteval, oldest", "gold", &["predictions"], &[(Problem, "full_prompt")]),
    layout("NeMo-Skills", "expected_answer", &["generation"], &[]),
    layout(
        "inspect_ai",
        "target",
        &["output.choices"],
        &[
            (Problem, "id"),
            (Setting, "output.model"),
            (Sample, "epoch"),
            (FinishReason, "output.choices.stop_reason"),
            (Tokens, "output.usage.output_tokens"),
        ],
    ),
    layout(
        "inspect_ai",
        "target",
        &["output.completion"],
        &[
            (Problem, "id"),
            (Setting, "output.model"),
            (Sample, "epoch"),
            (Tokens, "output.usage.output_tokens"),
        ],
    ),
    layout("verl, rollouts", "gts", &["output"], &[(Problem, "input")]),
    layout("verl", "reward_model.ground_truth", &["responses"], &[]),
    layout("verl", "reward_model.ground_truth", &["output"], &[]),
    layout("verl", "reward_model.ground_truth", &["response"], &[]),
    layout(
        "SkyRL",
        "env_extras.reward_spec.ground_truth",
        &["output_response"],
        &[(Problem, "input_prompt")],
    ),
    layout(
        "SkyRL",
        "env_extras.reward_model.ground_truth",
        &["output_response"],
        &[(Problem, "input_prompt")],
    ),
    // Elsewhere a label says what somebody made of the response.
    Layout {
        needs: Some("response_length"),
        ..layout(
            "slime",
            "label",
            &["response"],
            &[
                (Problem, "group_index"),
                (Sample, "index"),
                (FinishReason, "status"),
                (Tokens, "response_length"),
            ],
        )
    },
    layout(
        "verifiers, prime-rl, TRL",
        "answer",
        &["completion"],
        &[(Tokens, "token_usage.output_tokens")],
    ),
    layout("TRL", "solution", &["completion"], &[]),
    layout(
        "Qwen2.5-Math, ToRA",
        "gt",
        &["code"],
        &[(Problem, "idx"), (FinishReason, "finish_reason")],
    ),
    layout(
        "OpenR1-Math",
        "answer",
        &["generations"],
        &[(Problem, "uuid"), (FinishReason, "finish_reasons")],
    ),
    layout(
        "DeepMath",
        "final_answer",
        &["r1_solution_1", "r1_solution_2", "r1_solution_3"],
        &[(Problem, "question")],
    ),
    layout("OpenMathReasoning", "expected_answer", &["generated_solution"], &[]),
    layout(
        "OpenThoughts",
        "ground_truth_solution",
        &["deepseek_solution"],
        &[(Problem, "problem"), (Thought, "deepseek_reasoning")],
    ),
    layout("search-and-learn", "answer", &["completions"], &[(Problem, "unique_id")]),
    layout("evalchemy", "expected_answer", &["model_outputs"], &[]),
    layout("evalchemy", "answer", &["model_outputs"], &[]),
    layout("MathArena", "gold_answer", &["answer"], &[]),
    layout("MathArena", "gold_answer", &["messages"], &[(Problem, "idx")]),
    layout(
        "evalscope",
        "target",
        &["sample_score.score.prediction"],
        &[(Problem, "sample_score.sample_id"), (Problem, "index")],
    ),
    layout(
        "evalscope, older",
        "choices.0.review.gold",
        &["choices.message"],
        &[(Problem, "index"), (FinishReason, "choices.finish_reason")],
    ),
    layout("oat", "reference", &["output"], &[(Setting, "generator")]),
    layout("LLaMA-Factory", "label", &["predict"], &[(Problem, "prompt")]),
    layout("ms-swift", "labels", &["response"], &[(Problem, "messages")]),
    layout(
        "OLMES",
        "label",
        &["model_output.continuation"],
        &[(Problem, "doc_id"), (Tokens, "model_output.num_tokens")],
    ),
    // The prediction beside it is what was extracted.
    layout("OpenCompass", "references", &["origin_prediction"], &[]),
];

const CHAT_COMPLETION: &[(Role, &str)] = &[
    (Problem, "custom_id"),
    (Setting, "model"),
    (FinishReason, "choices.finish_reason"),
    (Tokens, "usage.completion_tokens"),
];

/// Layouts of responses alone; the gold answer has a common name of [`GOLDS`], joined on by the user.
pub const RESPONSES_ALONE: &[Layout] = &[
    layout(
        "OpenAI or vLLM batch",
        "",
        &["response.body.choices"],
        &[
            (Problem, "custom_id"),
            (Setting, "response.body.model"),
            (FinishReason, "response.body.choices.finish_reason"),
            (Tokens, "response.body.usage.completion_tokens"),
        ],
    ),
    layout(
        "OpenAI batch, Responses API",
        "",
        &["response.body.output"],
        &[
            (Problem, "custom_id"),
            (Setting, "response.body.model"),
            (FinishReason, "response.body.incomplete_details.reason"),
            (Tokens, "response.body.usage.output_tokens"),
        ],
    ),
    layout(
        "Anthropic batch",
        "",
        &["result.message"],
        &[
            (Problem, "custom_id"),
            (Setting, "result.message.model"),
            (FinishReason, "result.message.stop_reason"),
            (Tokens, "result.message.usage.output_tokens"),
        ],
    ),
    layout(
        "Gemini batch",
        "",
        &["response.candidates"],
        &[
            (Problem, "key"),
            (Setting, "response.modelVersion"),
            (FinishReason, "response.candidates.finishReason"),
            (Tokens, "response.usageMetadata.candidatesTokenCount"),
        ],
    ),
    layout(
        "Bedrock batch",
        "",
        &["modelOutput"],
        &[
            (Problem, "recordId"),
            (Setting, "modelOutput.model"),
            (FinishReason, "modelOutput.stop_reason"),
            (Tokens, "modelOutput.usage.output_tokens"),
        ],
    ),
    layout(
        "TGI",
        "",
        &["generated_text"],
        &[
            (Problem, "prompt"),
            (FinishReason, "details.finish_reason"),
            (Tokens, "details.generated_tokens"),
        ],
    ),
    layout("FastChat, LiveBench", "", &["choices.turns.-1"], &[(Problem, "question_id")]),
    // Not `choices`, which of a problem are options.
    layout("chat completions", "", &["choices.message"], CHAT_COMPLETION),
    layout("chat completions", "", &["choices.text"], CHAT_COMPLETION),
    layout(
        "chat completions",
        "",
        &["response.choices"],
        &[
            (Setting, "response.model"),
            (FinishReason, "response.choices.finish_reason"),
            (Tokens, "response.usage.completion_tokens"),
        ],
    ),
    layout(
        "Ollama",
        "",
        &["message.content"],
        &[
            (Setting, "model"),
            (Thought, "message.thinking"),
            (FinishReason, "done_reason"),
            (Tokens, "eval_count"),
        ],
    ),
    layout(
        "evalscope",
        "",
        &["model_output.choices"],
        &[
            (Problem, "index"),
            (FinishReason, "model_output.choices.stop_reason"),
            (Tokens, "model_output.usage.output_tokens"),
        ],
    ),
    layout(
        "vLLM",
        "",
        &["outputs.text"],
        &[
            (Problem, "prompt"),
            (FinishReason, "outputs.finish_reason"),
            (Tokens, "outputs.token_ids"),
        ],
    ),
    layout(
        "SGLang",
        "",
        &["outputs.text"],
        &[
            (FinishReason, "outputs.meta_info.finish_reason"),
            (Tokens, "outputs.meta_info.completion_tokens"),
        ],
    ),
    layout(
        "SGLang",
        "",
        &["text"],
        &[(FinishReason, "meta_info.finish_reason"), (Tokens, "meta_info.completion_tokens")],
    ),
];

/// Common names of gold answers. Names of a later row are looked at only where none of an earlier one
/// is there; of two in one row neither is taken.
pub const GOLDS: &[&[&str]] = &[
    &[
        "gold",
        "gold_answer",
        "golden_answer",
        "golds",
        "expected_answer",
        "expected_output",
        "expected",
        "ground_truth",
        "ground_truth_answer",
        "groundtruth",
        "reference_answer",
        "correct_answer",
        "true_answer",
        "final_answer",
        "target",
        "targets",
        "gt",
        "gt_answer",
        "gts",
        "label",
        "reference",
        "answer",
        "answers",
        "references",
        "ref_answer",
    ],
    &["reward_model.ground_truth", "reward_spec.ground_truth"],
    &["solution", "ground_truth_solution", "reference_solution", "gt_cot"],
];

/// Common names of responses, likewise.
pub const RESPONSES: &[&[&str]] = &[
    &[
        "response",
        "responses",
        "model_response",
        "model_responses",
        "output",
        "outputs",
        "model_output",
        "model_outputs",
        "completion",
        "completions",
        "generation",
        "generations",
        "generated_text",
        "generated_texts",
        "generated_solution",
        "generated_solutions",
        "generated_response",
        "generated_responses",
        "actual_output",
        "samples",
        "rollout",
        "rollouts",
        "prediction_text",
        "resps",
    ],
    &[
        "prediction",
        "predictions",
        "solution_str",
        "output_text",
        "response_text",
        "raw_output",
        "raw_response",
        "full_response",
        "llm_output",
        "llm_response",
        "generated_output",
        "candidates",
    ],
    &["messages", "conversations", "conversation", "convo", "chat", "text", "code"],
];

/// Objects in which a file may keep what else are its columns: of the problem, or of the whole rollout.
pub const PARENTS: &[&str] = &[
    "doc",
    "row",
    "data",
    "item",
    "record",
    "example",
    "problem",
    "metadata",
    "meta",
    "extra_info",
    "info",
    "inputs",
    "outputs",
    "result",
    "vars",
];

/// Common names of the rest; the first that a file has is taken.
pub const NAMES: &[(Role, &[&str])] = &[
    (
        Problem,
        &[
            "problem_id",
            "doc_id",
            "problem_idx",
            "question_id",
            "unique_id",
            "custom_id",
            "example_id",
            "request_id",
            "uuid",
            "idx",
            "id",
            "problem",
            "question",
            "prompt",
            "problems",
            "questions",
            "prompts",
        ],
    ),
    (
        Source,
        &[
            "dataset",
            "task",
            "data_source",
            "data_name",
            "dataset_name",
            "task_name",
            "benchmark",
            "benchmark_name",
            "competition",
            "source",
        ],
    ),
    (
        Setting,
        &[
            "setting",
            "model",
            "model_name",
            "model_id",
            "generation_model",
            "generation_models",
            "generator",
            "model_name_or_path",
            "model_path",
            "checkpoint",
            "llm",
            "models",
            "model_names",
            "engine",
            "deployment",
            "provider.id",
        ],
    ),
    (
        Sample,
        &[
            "sample",
            "sample_idx",
            "sample_index",
            "sample_id",
            "idx_answer",
            "repeat",
            "repeat_idx",
            "rollout_idx",
            "run_idx",
        ],
    ),
    (Thought, &["reasoning_content", "reasoning", "thinking"]),
    (
        FinishReason,
        &[
            "finish_reason",
            "stop_reason",
            "finish_reasons",
            "stop_reasons",
            "finish_status",
            "is_truncated",
            "truncated",
        ],
    ),
    (
        Tokens,
        &[
            "n_tokens",
            "num_generated_tokens",
            "num_tokens",
            "completion_tokens",
            "output_tokens",
            "generated_tokens",
        ],
    ),
    (
        Role::Label,
        &[
            "verdict",
            "label",
            "correct",
            "is_correct",
            "correctness",
            "correctness_math_verify",
            "acc",
            "accuracy",
            "exact_match",
            "score",
            "reward",
        ],
    ),
];

/// Names under which a turn says who speaks.
pub const SPEAKERS: &[&str] = &["role", "from", "speaker", "sender", "author"];

/// Decode parameters, and what else is asked of a model that makes it another setting.
pub const PARAMETERS: &[&str] = &[
    "temperature",
    "temp",
    "top_p",
    "topP",
    "top_k",
    "topK",
    "min_p",
    "typical_p",
    "presence_penalty",
    "presencePenalty",
    "frequency_penalty",
    "frequencyPenalty",
    "repetition_penalty",
    "repeat_penalty",
    "do_sample",
    "num_beams",
    "max_tokens",
    "max_new_tokens",
    "max_gen_toks",
    "max_completion_tokens",
    "max_output_tokens",
    "maxOutputTokens",
    "num_predict",
    "reasoning_effort",
    "reasoning.effort",
    "thinking_budget",
    "thinking.budget_tokens",
    "thinkingConfig.thinkingBudget",
    "enable_thinking",
    "chat_template_kwargs.enable_thinking",
];

/// Objects that hold them, or others that do.
pub const SAMPLING: &[&str] = &[
    "sampling_params",
    "sampling_parameters",
    "sampling_kwargs",
    "sampling_config",
    "sampling",
    "gen_kwargs",
    "gen_params",
    "gen_config",
    "generation_kwargs",
    "generation_params",
    "generation_parameters",
    "generation_config",
    "generationConfig",
    "generation_args",
    "generate_config",
    "generate_kwargs",
    "decoding",
    "decoding_params",
    "decoding_parameters",
    "decoding_config",
    "decode_params",
    "inference_params",
    "inference_config",
    "inferenceConfig",
    "model_kwargs",
    "extra_body",
];

/// The same, of names that hold much else, as the model.
pub const REQUESTS: &[&str] = &[
    "request",
    "run",
    "generator",
    "body",
    "config",
    "args",
    "params",
    "parameters",
    "options",
    "settings",
    "metadata",
    "meta",
    "extra_info",
    "info",
    "modelInput",
    // of lm-evaluation-harness, new and old
    "arguments.gen_args_0.arg_1",
    "arguments.0.1",
];

/// Columns that hold the options of a problem.
pub const OPTIONS: &[&str] = &["choices", "options"];

/// Lists that may be as long as there are samples without a place for each.
pub const NOT_ALONG: &[&str] = &[
    "choices",
    "options",
    "prompt",
    "messages",
    "conversations",
    "target",
    "answers",
    "input",
    "tags",
    "topics",
];

/// Spellings of finish reasons, in lower case, and what they mean: `length` is a length-stop, `stop` a
/// response that ended, the rest neither.
pub const FINISH_REASONS: &[(&str, &[&str])] = &[
    (
        "length",
        &[
            "length",
            "max_tokens",
            "max_output_tokens",
            "max_new_tokens",
            "max_length",
            "model_length",
            "max_context_length",
            "model_context_window_exceeded",
            "token_limit",
            "truncated",
            // of a column such as `is_truncated`
            "true",
        ],
    ),
    (
        "stop",
        &[
            "stop",
            "stop_sequence",
            "stop_token",
            "end_turn",
            "eos",
            "eos_token",
            "end_of_text",
            "complete",
            "completed",
            "finished",
            "finish",
            "done",
            "false",
        ],
    ),
    (
        "abort",
        &["abort", "aborted", "cancelled", "canceled", "timeout", "failed", "error", "pending"],
    ),
    ("tool", &["tool_calls", "tool_use", "function_call"]),
    ("filter", &["content_filter", "safety", "recitation", "refusal"]),
];

/// What a finish reason means, by [`FINISH_REASONS`]; `None` where its spelling is unknown.
#[must_use]
pub fn finish_reason(spelling: &str) -> Option<&'static str> {
    let spelling = spelling.trim().to_ascii_lowercase();
    let known = |(_, names): &&(&str, &[&str])| names.contains(&spelling.as_str());
    FINISH_REASONS.iter().find(known).map(|(meaning, _)| *meaning)
}
