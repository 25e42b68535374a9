//! Answers in words: the same words, words that may say the same, and what a letter or a sentence says in their place.

use crate::Reason;
use crate::canonical::Expr;

/// Words that turn around what is said.
const NEGATIONS: [&str; 6] = ["not", "no", "never", "neither", "nor", "cannot"];

/// Words that are not the same. Where one side says all that the other says and more, as `Ann` and `Ann
/// wins`, the two may yet be one answer.
pub(super) fn compare(gold: &str, answer: &str) -> Reason {
    let [shorter, longer] = if gold.len() < answer.len() { [gold, answer] } else { [answer, gold] };
    let turned = |words: &str| words.split(' ').filter(|word| NEGATIONS.contains(word)).count();
    let mut rest = longer.split(' ');
    let contained = turned(gold) == turned(answer)
        && shorter.split(' ').all(|word| rest.any(|other| other == word));
    // Words of two languages may say the same, and so may Chinese ones with a last word more.
    let languages = shorter.is_ascii() != longer.is_ascii();
    let goes_on = !shorter.is_ascii() && longer.starts_with(shorter);
    // `converges` and `convergent`
    let mut forms = longer.split(' ');
    let same_stem = turned(gold) == turned(answer)
        && shorter.split(' ').all(|word| forms.any(|other| share_stem(word, other)));
    if languages || same_stem || (contained || goes_on) && shorter.contains(char::is_alphabetic) {
        Reason::Unproved
    } else {
        Reason::DifferentText
    }
}

/// What a letter says that stands for true or false, yes or no.
pub(super) fn truth_letter(letter: &Expr) -> Option<bool> {
    match letter {
        Expr::Variable(letter) => match letter.as_str() {
            "T" | "Y" => Some(true),
            "F" | "N" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Whether two words begin alike, as forms of one word do, and say no number.
fn share_stem(a: &str, b: &str) -> bool {
    const STEM: usize = 6;
    let is_word = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    a == b
        || a.len() > STEM
            && b.len() > STEM
            && is_word(a)
            && is_word(b)
            && a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count() >= STEM
}

/// Whether one side is a name, and the other says that who is named wins, or gets something: of whom it is asked then
/// is known. `Ann loses` does not answer that.
pub(super) fn names_the_winner(gold: &str, answer: &str) -> bool {
    const VERBS: [&str; 9] =
        ["win", "wins", "won", "receive", "receives", "get", "gets", "take", "takes"];
    let said = |name: &str, sentence: &str| {
        let words: Vec<&str> = sentence.strip_prefix(name)?.strip_prefix(' ')?.split(' ').collect();
        Some(match words[..] {
            ["will" | "can" | "must" | "always", verb, ..] | [verb, ..]
                if VERBS.contains(&verb) =>
            {
                !words.iter().any(|word| NEGATIONS.contains(word) || *word == "nothing")
            }
            ["has", "winning", "strategy"] | ["is", "winner"] => true,
            _ => false,
        })
    };
    said(gold, answer).or_else(|| said(answer, gold)).unwrap_or(false)
}
