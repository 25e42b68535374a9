//! Where the tools of the field keep gold answers, responses and what belongs to them: the one table
//! that regrading, the report and `diff` read.

mod names;

pub use names::{
    FINISH_REASONS, GOLDS, NAMES, NOT_ALONG, OPTIONS, PARAMETERS, PARENTS, REQUESTS, RESPONSES,
    SAMPLING, SPEAKERS, finish_reason,
};

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
