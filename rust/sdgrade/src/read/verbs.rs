//! The vocabulary of sentences: verbs between a subject and its value, and words between what is known and what
//! follows from it.
//!
//! The lists are closed, as those of [`super::words`].

use super::words::one_of;

/// Verbs of what comes to stand at a value: `it points at 4`.
pub(crate) fn arrives(word: &str) -> bool {
    one_of(
        word,
        &[
            "points",
            "point",
            "lands",
            "land",
            "ends",
            "stops",
            "arrives",
            "converges",
            "simplifies",
            "evaluates",
            "reduces",
            "amounts",
            "comes",
            "equal",
            "tends",
            "travels",
            "drives",
            "runs",
            "moves",
        ],
    )
}

/// Words that say where an extreme value is reached: `4, attained at x = 2`.
pub(crate) fn is_attained(word: &str) -> bool {
    one_of(word, &["attained", "achieved", "reached", "occurring", "realized", "realised"])
}

/// Words that begin a clause about what stands before them.
pub(crate) fn is_relative(word: &str) -> bool {
    one_of(word, &["it", "that", "which", "who", "they", "there"])
}

/// Words behind which a copula says which things are meant, and not what they are: `all integers that are`.
pub(crate) fn singles_out(word: &str) -> bool {
    one_of(word, &["that", "which", "who"])
}

/// Verbs that say what a subject has, as a copula says what it is.
pub(crate) fn is_possession(word: &str) -> bool {
    one_of(
        word,
        &[
            "has", "have", "had", "gets", "get", "got", "receives", "receive", "received", "costs",
            "cost", "weighs", "weigh", "weighed", "measures", "needs", "need", "needed", "takes",
            "take", "took", "makes", "made", "earns", "earned", "pays", "paid", "spends", "spent",
            "saves", "saved", "buys", "bought", "sells", "sold", "uses", "used", "eats", "ate",
            "reads", "reaches",
        ],
    )
}

/// Those whom something takes or costs.
pub(crate) fn is_whom(word: &str) -> bool {
    one_of(word, &["her", "him", "them", "me", "us", "you"])
}

pub(crate) fn is_copula(word: &str) -> bool {
    one_of(word, &["is", "are", "equals", "was", "were", "be", "为", "是", "等于"])
}

/// Whether there are several things behind a copula.
pub(crate) fn is_plural_copula(word: &str) -> bool {
    one_of(word, &["are", "were"])
}

/// Words that say that what stands behind them follows from what stands before.
pub(crate) fn is_conclusion(word: &str) -> bool {
    const CONCLUSIONS: [&str; 25] = [
        "so",
        "then",
        "thus",
        "hence",
        "therefore",
        "consequently",
        "accordingly",
        "\\therefore",
        "∴",
        "所以",
        "综上",
        "综上所述",
        "经检验",
        "则",
        "即",
        "可得",
        "得",
        "因而",
        "于是",
        "因此",
        "故",
        "从而",
        "解得",
        "得",
        "得到",
    ];
    one_of(word, &CONCLUSIONS)
}

/// Words that are nothing else than a conclusion, wherever they stand.
pub(crate) fn is_plain_conclusion(word: &str) -> bool {
    one_of(word, &["thus", "hence", "therefore", "\\therefore"])
}

/// Words between a conclusion and its statement.
pub(crate) fn is_finding(word: &str) -> bool {
    one_of(word, &["answer", "finally"])
}

/// Whether two words say that something is found: `we get`, `it follows`.
pub(crate) fn finds(subject: &str, verb: &str) -> bool {
    const VERBS: [&str; 10] =
        ["get", "have", "find", "obtain", "see", "conclude", "deduce", "gets", "has", "obtains"];
    one_of(subject, &["we", "one", "you"]) && one_of(verb, &VERBS)
        || one_of(subject, &["it"]) && one_of(verb, &["follows"])
}

/// Words that open a reason for the statement behind it.
pub(crate) fn is_reason(word: &str) -> bool {
    const CHINESE: [&str; 4] = ["因为", "由于", "根据", "由"];
    one_of(word, &["since", "because", "as", "by", "from", "using"])
        || CHINESE.iter().any(|reason| word.starts_with(reason))
}

/// Words that open a step towards the statement behind it: `with x = 2,`, `dividing by 2,`.
pub(crate) fn is_step(word: &str) -> bool {
    let acts = word.len() > 5 && word.is_ascii() && word.to_lowercase().ends_with("ing");
    acts || one_of(word, &["with", "let"])
}

/// Verbs between what is done and what comes of it.
pub(crate) fn gives(word: &str) -> bool {
    one_of(word, &["gives", "giving", "yields", "yielding", "implies", "implying"])
}

/// Words for all that stands before, or for work on it that leaves its value as it is.
pub(crate) fn stands_for_all(word: &str) -> bool {
    one_of(
        word,
        &[
            "this",
            "which",
            "that",
            "it",
            "simplifying",
            "solving",
            "evaluating",
            "computing",
            "calculating",
            "substituting",
        ],
    )
}

/// Participles before `by` that say which thing is meant, rather than calculate with it.
pub(crate) fn describes_by(word: &str) -> bool {
    one_of(
        word,
        &[
            "bounded",
            "given",
            "defined",
            "described",
            "enclosed",
            "formed",
            "determined",
            "represented",
            "satisfied",
            "cut",
            "spanned",
            "generated",
        ],
    )
}

/// Words behind a verb that say of the value before it that it is the one: `is the answer`, `are left`.
pub(crate) fn is_left(word: &str) -> bool {
    one_of(
        word,
        &["the", "our", "your", "left", "remaining", "needed", "required", "enough", "sufficient"],
    )
}

/// Words between a condition and what holds under it.
pub(crate) fn concludes_condition(word: &str) -> bool {
    one_of(word, &["then", "则", "那么"])
}
