//! The vocabulary: how words are compared, and those that mean more than themselves.
//!
//! The lists of function words are closed: a word that is not on one of them is content, and content is
//! never dropped.

use super::lexer::{Token, TokenKind as T};
use super::meaning;
use super::tree::{Name, Span};
use std::borrow::Cow;

/// Words and what stands between them in the form in which they are compared: no case, articles or
/// punctuation; mathematics as it is written.
pub(crate) fn normal(text: &str, tokens: &[Token]) -> String {
    let mut out = String::new();
    let mut say = |piece: &str, lower: bool| {
        if piece.is_empty() {
            return;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        if lower && !piece.is_ascii() {
            out.extend(piece.chars().flat_map(char::to_lowercase));
            return;
        }
        let start = out.len();
        out.push_str(piece);
        if lower {
            out[start..].make_ascii_lowercase();
        }
    };
    for (at, token) in tokens.iter().enumerate() {
        let source = token.span.of(text);
        match token.kind {
            T::Word => {
                let mut word = Cow::Borrowed(source);
                // Most words are plain.
                if !source.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                    word.to_mut().retain(|c| !matches!(c, '\'' | '’' | '$' | '}'));
                    word = Cow::Owned(word.replace('-', " "));
                }
                if !is_article(&word) {
                    say(&word, true);
                }
            }
            T::And => say("and", false),
            T::Or => say("or", false),
            T::Comma
            | T::Semicolon
            | T::Period
            | T::Colon
            | T::Quad
            | T::RowBreak
            | T::EndOfText => {}
            T::GroupOpen | T::GroupClose if is_lone_group(tokens, at) => {}
            // Letters that run on, as a word of theirs.
            T::Symbol(Name::Word(_) | Name::Operator(_) | Name::Segment(_) | Name::Angle(_)) => {
                say(&super::text::squeeze(source), true);
            }
            T::Symbol(Name::Letter(_)) => {
                let runs_on = |a: &Token, b: &Token| {
                    matches!(b.kind, T::Symbol(Name::Letter(_))) && a.span.end == b.span.start
                };
                let before = at.checked_sub(1).is_some_and(|last| runs_on(&tokens[last], token));
                if before && matches!(tokens[at - 1].kind, T::Symbol(Name::Letter(_))) {
                    continue;
                }
                let more = (at + 1..tokens.len())
                    .take_while(|&next| runs_on(&tokens[next - 1], &tokens[next]))
                    .count();
                let end = tokens[at + more].span;
                say(token.span.to(end).of(text), more > 0);
            }
            _ => say(&super::text::squeeze(source), false),
        }
    }
    out
}

/// Whether a brace stands around one token, and so says nothing.
fn is_lone_group(tokens: &[Token], at: usize) -> bool {
    let kind = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map(|token| token.kind);
    match tokens[at].kind {
        T::GroupOpen => kind(Some(at + 2)) == Some(T::GroupClose),
        _ => kind(at.checked_sub(2)) == Some(T::GroupOpen),
    }
}

pub(super) fn is_article(word: &str) -> bool {
    ["a", "an", "the"].iter().any(|article| word.eq_ignore_ascii_case(article))
}

/// Whether a word is on a list, whatever its case.
fn one_of(word: &str, known: &[&str]) -> bool {
    known.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// What a word opens that stands behind a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opener {
    /// The value holds only under what follows.
    Condition,
    /// What follows says what a letter stands for.
    Domain,
    /// What follows says why.
    Explanation,
}

pub(crate) fn opener(word: &str) -> Option<Opener> {
    // What stands behind the last three may be another answer (`as well as seven`).
    const CONDITIONS: &[&str] = &[
        "if",
        "when",
        "whenever",
        "unless",
        "otherwise",
        "else",
        "provided",
        "assuming",
        "except",
        "iff",
        "until",
        "as",
        "so",
        "by",
        "while",
        "若",
        "当",
        "если",
        "при",
        "когда",
    ];
    const DOMAINS: [&str; 13] = [
        "for", "where", "with", "any", "every", "all", "each", "some", "given", "such", "其中",
        "для", "где",
    ];
    const EXPLANATIONS: [&str; 3] = ["because", "since", "因为"];
    if one_of(word, CONDITIONS) {
        Some(Opener::Condition)
    } else if one_of(word, &DOMAINS) {
        Some(Opener::Domain)
    } else if one_of(word, &EXPLANATIONS) {
        Some(Opener::Explanation)
    } else {
        None
    }
}

/// Words between a quantifier and what it is said of.
pub(crate) fn leads_to(word: &str) -> bool {
    one_of(word, &["such", "that", "st", "有", "都有", "均有", "恒有", "使得", "使", "we", "have"])
}

/// Words that open the condition of what follows.
pub(crate) fn supposes(word: &str) -> bool {
    one_of(word, &["if", "若", "如果"])
}

/// Words between a condition and what holds under it.
pub(crate) fn concludes_condition(word: &str) -> bool {
    one_of(word, &["then", "则", "那么"])
}

/// Words that bound a number, and before another word say where something is.
pub(crate) fn is_place(word: &str) -> bool {
    one_of(word, &["over", "under", "above", "below"])
}

/// Words right before an answer that say that it is one.
pub(crate) fn announces(word: &str) -> bool {
    one_of(word, &["选", "故选", "应选", "选择", "答", "答案", "故答案", "最大值", "最小值"])
}

/// Nouns of things that are told apart by a number or a letter.
pub(crate) fn is_designated(word: &str) -> bool {
    one_of(
        word,
        &[
            "player",
            "person",
            "group",
            "team",
            "day",
            "case",
            "statement",
            "proposition",
            "figure",
            "step",
            "page",
            "room",
            "door",
            "box",
            "method",
            "plan",
            "scheme",
            "class",
            "grade",
            "row",
            "column",
            "quadrant",
            "level",
            "stage",
            "round",
            "graph",
            "equation",
        ],
    )
}

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

/// Verbs that say what a subject has, as a copula says what it is.
pub(crate) fn is_possession(word: &str) -> bool {
    one_of(
        word,
        &[
            "has", "have", "had", "gets", "get", "receives", "receive", "costs", "cost", "weighs",
            "weigh", "measures", "needs", "need", "takes", "take", "makes", "earns", "pays",
            "spends", "saves",
        ],
    )
}

pub(crate) fn is_copula(word: &str) -> bool {
    one_of(word, &["is", "are", "equals", "was", "were", "be", "为", "是", "等于"])
}

/// The words of [`is_hedge`].
const HEDGES: &[&str] = &[
    "nearly",
    "almost",
    "not",
    "no",
    "never",
    "neither",
    "nor",
    "cannot",
    "isn't",
    "isnt",
    "doesn't",
    "doesnt",
    "don't",
    "wrong",
    "incorrect",
    "false",
    "either",
    "or",
    "if",
    "unless",
    "otherwise",
    "except",
    "maybe",
    "perhaps",
    "probably",
    "possibly",
    "might",
    "may",
    "could",
    "but",
    "however",
    "although",
    "though",
    "else",
    "instead",
    "rather",
    "least",
    "most",
    "more",
    "less",
    "fewer",
    "over",
    "under",
    "below",
    "above",
    "without",
    "excluding",
    "when",
    "provided",
    "nothing",
    "none",
    "nobody",
    "few",
    "hardly",
    "barely",
    "rarely",
    "seldom",
    "sometimes",
    "usually",
    "opposite",
    "untrue",
    "guess",
    "doubt",
    "doubtful",
    "unlikely",
    "impossible",
    "fails",
    "mistake",
    "suppose",
    "assume",
    "assuming",
    "unsure",
    "uncertain",
    "extraneous",
    "rejected",
    "excluded",
    "discarded",
    "discard",
    "invalid",
    "void",
    "conjecture",
    "conjectured",
    "claim",
    "claims",
    "claimed",
    "think",
    "thinks",
    "believe",
    "believes",
    "believed",
    "seem",
    "seems",
    "appears",
    "presumably",
    "allegedly",
    "supposedly",
    "apparently",
    "besides",
    "formerly",
    "counterexample",
    "ish",
    "не",
    "нет",
    "ни",
    "неверно",
    "неправильно",
    "возможно",
    "либо",
    "если",
];

/// Words that take something back, leave it open, or offer something else.
pub(crate) fn is_hedge(word: &str) -> bool {
    // Chinese is written without spaces: the sign within a run of them counts.
    const CHINESE: [&str; 18] = [
        "不", "非", "无", "没", "但", "或", "错", "误", "除", "可能", "也许", "当", "若", "如果",
        "舍", "假设", "猜", "大概",
    ];
    word.split('-').any(|part| one_of(part, HEDGES))
        || !word.is_ascii() && CHINESE.iter().any(|sign| word.contains(sign))
}

/// Words that say that what stands behind them follows from what stands before.
pub(crate) fn is_conclusion(word: &str) -> bool {
    const CONCLUSIONS: [&str; 15] = [
        "so",
        "thus",
        "hence",
        "therefore",
        "consequently",
        "accordingly",
        "\\therefore",
        "∴",
        "所以",
        "因此",
        "故",
        "从而",
        "解得",
        "得",
        "得到",
    ];
    one_of(word, &CONCLUSIONS)
}

/// Words between a conclusion and its statement.
pub(crate) fn is_finding(word: &str) -> bool {
    one_of(word, &["then", "we", "get", "have", "find", "obtain", "answer", "finally"])
}

/// Words of a statement that tell cases apart, suppose something, or doubt.
pub(crate) fn leaves_open(word: &str) -> bool {
    const OPEN: [&str; 27] = [
        "or",
        "either",
        "otherwise",
        "else",
        "unless",
        "case",
        "cases",
        "alternatively",
        "maybe",
        "perhaps",
        "possibly",
        "probably",
        "might",
        "may",
        "could",
        "guess",
        "wrong",
        "incorrect",
        "instead",
        "assume",
        "assuming",
        "suppose",
        "supposing",
        "when",
        "whenever",
        "wait",
        "actually",
    ];
    const CHINESE: [&str; 8] = ["或", "错", "误", "可能", "也许", "否则", "假设", "当"];
    one_of(word, &OPEN) || !word.is_ascii() && CHINESE.iter().any(|sign| word.contains(sign))
}

/// Whether a subject takes its value back, or is not that of the value alone: `Half of the answer is`.
pub(crate) fn takes_back(subject: &[&str]) -> bool {
    const ONE_OF_SEVERAL: [&str; 7] = ["a", "an", "one", "another", "some", "other", "certain"];
    const FOUND: [&str; 15] = [
        "value",
        "values",
        "solution",
        "solutions",
        "answer",
        "answers",
        "root",
        "roots",
        "zero",
        "zeros",
        "possibility",
        "possible",
        "example",
        "candidate",
        "choice",
    ];
    let answer = subject.iter().position(|word| one_of(word, &["answer", "answers", "result"]));
    subject.iter().any(|word| is_hedge(word) || one_of(word, &["bound", "bounds"]))
        // `n can be 3`: it need not. `The answer used to be 3`: it no longer is.
        || subject.last().is_some_and(|word| one_of(word, &["can", "could"]))
        || subject.windows(2).any(|pair| one_of(pair[0], &["used"]) && one_of(pair[1], &["to"]))
        || answer.is_some_and(|answer| is_made_of_answer(subject, answer))
        // `One of the roots is 5`, `only one of: 5, 6`: there are others.
        || subject.windows(2).any(|pair| one_of(pair[0], &["one"]) && one_of(pair[1], &["of"]))
        || subject.iter().take(2).any(|word| one_of(word, &ONE_OF_SEVERAL))
            && subject.iter().any(|word| one_of(word, &FOUND))
}

/// Whether a subject is something else that is made of the answer: `half of the answer`, `the answer in thousands`.
fn is_made_of_answer(subject: &[&str], answer: usize) -> bool {
    let changes = |word: &str| {
        is_operation(word) || one_of(word, &["square", "complement", "opposite", "plus"])
    };
    let of = subject[..answer].iter().rposition(|word| one_of(word, &["of"]));
    let of_answer = |word: &&str| is_article(word) || one_of(word, &["value", "final", "exact"]);
    of.is_some_and(|of| !subject[..of].iter().all(of_answer))
        || subject.iter().any(|word| changes(word))
        || subject[answer..].iter().any(|word| changes_number(word))
}

/// Words that change the number before them, or begin something else: what they stand behind is not
/// that number of anything.
pub(crate) fn changes_number(word: &str) -> bool {
    const CHANGES: &[&str] = &[
        "third",
        "thirds",
        "quarter",
        "quarters",
        "fourth",
        "fourths",
        "fifth",
        "fifths",
        "sixth",
        "sixths",
        "seventh",
        "sevenths",
        "eighth",
        "eighths",
        "ninth",
        "ninths",
        "tenth",
        "tenths",
        "hundredth",
        "hundredths",
        "thousandth",
        "thousandths",
        "plus",
        "nor",
        "and",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "it",
        "its",
        "they",
        "that",
        "this",
        "which",
        "who",
        "than",
        "at",
        "between",
        "to",
        "through",
        "up",
        "down",
        "by",
        "from",
        "into",
        "out",
        "off",
        "point",
        "power",
        "exponent",
        "root",
        "base",
        "mod",
        "as",
        "tens",
        "dozens",
        "hundreds",
        "thousands",
        "millions",
        "billions",
        "trillions",
        "lakh",
        "lakhs",
        "crore",
        "crores",
        "cent",
        "hundred",
        "thousand",
        "mille",
        "others",
        "basis",
        "debt",
        "annum",
        "milliers",
        "douzaines",
        "percents",
        "binary",
        "octal",
        "hexadecimal",
        "hex",
        "bound",
        "bounds",
    ];
    let lower = word.to_lowercase();
    one_of(word, CHANGES)
        || is_operation(word)
        || is_hedge(word)
        || meaning::number_word(&lower).is_some()
        || !word.is_ascii() && changes_number_abroad(&lower)
}

/// Whether a word before a value may make something else of it, or restrict it.
pub(crate) fn alters(word: &str) -> bool {
    is_hedge(word)
        || is_operation(word)
        || is_copula(word)
        || opener(word).is_some()
        || meaning::number_word(&word.to_lowercase()).is_some()
}

/// Words that make another number of the one they are said of.
pub(crate) fn is_operation(word: &str) -> bool {
    one_of(
        word,
        &[
            "squared",
            "cubed",
            "factorial",
            "factorials",
            "half",
            "halves",
            "twice",
            "thrice",
            "double",
            "doubled",
            "triple",
            "tripled",
            "inverse",
            "reciprocal",
            "negative",
            "negatives",
            "negated",
            "minus",
        ],
    )
}

/// The same in Chinese and Russian, and in the multiples of other languages.
fn changes_number_abroad(lower: &str) -> bool {
    const BEGINNINGS: [&str; 28] = [
        "分之",
        "折",
        "成",
        "打",
        "的",
        "十",
        "百",
        "千",
        "万",
        "亿",
        "多",
        "余",
        "以",
        "тысяч",
        "миллион",
        "миллиард",
        "десят",
        "дюжин",
        "сотен",
        "сотн",
        "половин",
        "трет",
        "четверт",
        "процент",
        "квадрат",
        "факториал",
        "корн",
        "moitié",
    ];
    const WITHIN: [&str; 9] = ["是", "半", "负", "倒数", "相反", "以上", "以下", "以内", "左右"];
    const ENDS: [&str; 3] = ["平方", "立方", "阶乘"];
    BEGINNINGS.iter().any(|sign| lower.starts_with(sign))
        || WITHIN.iter().any(|sign| lower.contains(sign))
        || ENDS.iter().any(|sign| lower.ends_with(sign))
}

/// The word for how often a root counts.
pub(crate) fn is_multiplicity(word: &str) -> bool {
    one_of(word, &["multiplicity"])
}

/// Words that only say how the number beside them was come by.
pub(crate) fn is_remark(word: &str) -> bool {
    one_of(
        word,
        &[
            "only",
            "approximately",
            "approx",
            "about",
            "roughly",
            "exactly",
            "exact",
            "total",
            "altogether",
            "rounded",
            "simplified",
            "respectively",
            "final",
            "answer",
            "approximate",
            "约",
            "大约",
            "共",
        ],
    )
}

/// Whether the last word before an `of` or a `per` is a plural, or a noun that has none.
pub(crate) fn counts_things(words: &[&str]) -> bool {
    const NO_PLURAL: [&str; 16] = [
        "people", "men", "women", "children", "sheep", "fish", "deer", "feet", "mice", "geese",
        "teeth", "dice", "oxen", "deer", "aircraft", "dozen",
    ];
    let head = words
        .iter()
        .position(|word| {
            one_of(word, &["of", "per", "in", "for", "with", "on", "old", "each", "a"])
        })
        .filter(|&at| at > 0)
        .map_or(words.last(), |at| words.get(at - 1));
    // `72 Mb per hour`: a rate counts, whatever its unit.
    words.iter().any(|word| one_of(word, &["per"]))
        || head.is_some_and(|word| {
            let lower = word.to_lowercase();
            !word.is_ascii()
                || NO_PLURAL.contains(&&lower[..])
                || lower.len() > 2
                    && lower.ends_with('s')
                    && !["ss", "us", "is"].iter().any(|end| lower.ends_with(end))
        })
}

/// Yes and no.
pub(crate) fn truth(word: &str) -> Option<bool> {
    if one_of(word, &["yes", "true", "是", "对", "正确", "да"]) {
        Some(true)
    } else if one_of(word, &["no", "false", "否", "错", "错误", "нет"]) {
        Some(false)
    } else {
        None
    }
}

/// The tokens of a span.
pub(crate) fn within(tokens: &[Token], span: Span) -> &[Token] {
    let from = tokens.partition_point(|token| token.span.start < span.start);
    let to = tokens.partition_point(|token| token.span.start < span.end);
    &tokens[from..to.max(from)]
}
