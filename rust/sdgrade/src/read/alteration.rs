//! Words that alter what they are said with: they take it back, leave it open, or make another number of it.
//!
//! The lists are closed: what a word that is not on one of them says is content, and content is never dropped.

use super::verbs::{is_conclusion, is_copula};
use super::words::{is_article, one_of, opener};
use super::{chinese, meaning};

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
    "isnt",
    "doesnt",
    "would",
    "should",
    "others",
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
    word.split('-').any(|part| one_of(part, HEDGES))
        || is_contracted(word)
        || !word.is_ascii() && chinese::hedges(word)
}

/// The same behind another word: `the least value` is one, and `at least` a bound.
pub(crate) fn hedges_behind(before: Option<&str>, word: &str) -> bool {
    let superlative =
        one_of(word, &["least", "most"]) && before.is_some_and(|before| !one_of(before, &["at"]));
    is_hedge(word) && !superlative
}

/// `isn't`
fn is_contracted(word: &str) -> bool {
    ["n't", "n’t", "N'T"].iter().any(|denial| word.ends_with(denial))
}

/// Words that deny, as an explanation of No does.
pub(crate) fn denies(word: &str) -> bool {
    const DENIALS: [&str; 9] =
        ["not", "no", "none", "never", "cannot", "impossible", "counterexample", "false", "не"];
    one_of(word, &DENIALS) || word.contains('不') || is_contracted(word)
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
    // What is found `to be` so is so.
    const FOUND_OUT: [&str; 10] = [
        "found",
        "calculated",
        "computed",
        "determined",
        "shown",
        "known",
        "seen",
        "proven",
        "proved",
        "out",
    ];
    let answer = subject.iter().position(|word| one_of(word, &["answer", "answers", "result"]));
    let foreign = |word: &&&str| word.contains(chinese::is_sign);
    // `one third of the area`
    let part = subject.iter().position(|word| one_of(word, &["of"])).is_some_and(|of| {
        subject[..of].last().is_some_and(|word| {
            changes_number(word) && meaning::number_word(word).is_none() && !is_hedge(word)
        }) && of < 3
    });
    let supposed = part
        || match subject {
            // `Let the answer be 9`, `half of the area is 36`
            [first, ..] if one_of(first, &["let"]) || is_operation(first) => true,
            // `is assumed to be 9`
            [.., how, to] if one_of(to, &["to"]) => !one_of(how, &FOUND_OUT),
            _ => false,
        };
    let hedges = (0..subject.len())
        .any(|at| hedges_behind(at.checked_sub(1).map(|before| subject[before]), subject[at]));
    supposed || hedges || subject.iter().any(|word| one_of(word, &["bound", "bounds"]))
        || subject.iter().filter(foreign).any(|word| chinese::takes_back(word))
        || subject.last().filter(foreign).is_some_and(|word| !chinese::names_value(word))
        // `n can be 3`: it need not. `The answer used to be 3`: it no longer is.
        || subject.last().is_some_and(|word| one_of(word, &["can", "could"]))
        || subject.windows(2).any(|pair| one_of(pair[0], &["used"]) && one_of(pair[1], &["to"]))
        || answer.is_some_and(|answer| is_made_of_answer(subject, answer))
        // `One of the roots is 5`, `only one of: 5, 6`: there are others.
        || subject.windows(2).any(|pair| one_of(pair[0], &["one"]) && one_of(pair[1], &["of"]))
        || subject.iter().take(2).any(|word| one_of(word, &ONE_OF_SEVERAL))
            && subject.iter().any(|word| one_of(word, &FOUND))
}

/// Whether words make another number of the letter behind them: `half of x`, `the square root of x`, `twice x`.
pub(crate) fn makes_of_letter(before: &[&str]) -> bool {
    let made = match before {
        [made @ .., of] if one_of(of, &["of"]) => made,
        made => return made.last().is_some_and(|word| is_operation(word)),
    };
    match made {
        [.., "absolute", "value"] | [.., "square" | "cube", "root"] => true,
        [.., word] => is_operation(word) || one_of(word, &["square", "cube"]),
        [] => false,
    }
}

/// Whether a subject is something else that is made of the answer: `half of the answer`, `the answer in thousands`.
fn is_made_of_answer(subject: &[&str], answer: usize) -> bool {
    const OF_ANSWER: &[&str] = &[
        "value",
        "final",
        "exact",
        "correct",
        "right",
        "simplified",
        "numerical",
        "required",
        "desired",
        "our",
        "my",
        "your",
        "of",
        "and",
    ];
    let changes = |word: &str| {
        is_operation(word) || one_of(word, &["square", "complement", "opposite", "plus"])
    };
    let of_answer =
        |word: &&str| is_article(word) || is_conclusion(word) || one_of(word, OF_ANSWER);
    // `the answer modulo 100`, but `the answer to the question`
    let goes_on = subject
        .get(answer + 1)
        .is_some_and(|word| !one_of(word, &["to", "for", "in", "of", "here"]));
    goes_on
        || !subject[..answer].iter().all(of_answer)
        || subject.iter().any(|word| changes(word))
        || subject[answer..].iter().any(|word| changes_number(word) && !one_of(word, &["to"]))
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
        "ths",
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

/// Words that say of the value before them that it is none: `-1 (rejected)`.
pub(crate) fn rejects(words: &str) -> bool {
    const CHINESE: [&str; 5] = ["舍去", "舍", "不合题意", "不符合题意", "增根"];
    one_of(words, &["rejected", "extraneous", "discarded", "discard"]) || CHINESE.contains(&words)
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

/// The same in Chinese and Russian, and in the multiples of other languages. Of a script whose words are not known,
/// any may: `5 이상`, `5未満`.
fn changes_number_abroad(lower: &str) -> bool {
    const BEGINNINGS: [&str; 29] = [
        "几",
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
    let known = |sign: char| {
        !sign.is_alphabetic() || matches!(sign, '\0'..='\u{52f}' | '\u{1e00}'..='\u{1fff}')
    };
    let strange = if lower.contains(chinese::is_sign) {
        !chinese::counts(lower) || !lower.chars().all(|sign| known(sign) || chinese::is_sign(sign))
    } else {
        !lower.chars().all(known)
    };
    strange && !chinese::is_counter_of_neighbours(lower)
        || BEGINNINGS.iter().any(|sign| lower.starts_with(sign))
        || WITHIN.iter().any(|sign| lower.contains(sign))
        || ENDS.iter().any(|sign| lower.ends_with(sign))
}
