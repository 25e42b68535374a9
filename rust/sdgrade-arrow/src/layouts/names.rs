//! The names under which columns and objects stand, whatever the layout.

use super::Role::{self, FinishReason, Problem, Sample, Setting, Source, Thought, Tokens};

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
