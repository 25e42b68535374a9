#![allow(clippy::unwrap_used)] // a failed test says where

use super::*;

fn answer(response: &str, thinking: Thinking) -> Option<&str> {
    extract(response.as_bytes(), thinking).answer.map(|range| &response[range])
}

#[test]
fn the_last_box_of_the_final_part() {
    for (response, expected) in [
        (r"\boxed{1} then \boxed{2}", Some("2")),
        (r"\boxed{\frac{1}{2}}", Some(r"\frac{1}{2}")),
        (r"\fbox{7}", Some("7")),
        ("\\boxed \n {7}", Some("7")),
        (r"\boxed{\{1\}}", Some(r"\{1\}")),
        (r"\boxed{a\\}b}", Some(r"a\\")),
        (r"\boxed{a\}b}", Some(r"a\}b")),
        (r"\boxed{\{a}", Some(r"\{a")),
        (r"\boxed{1} \boxed{2", None),
        (r"\boxed{1} \boxed{ }", None),
        (r"\boxed{1} \boxed", Some("1")),
        (r"\boxed{1}</think>2", None),
        (r"\boxed{1}</think>\boxed{2}</think>\boxed{3}", Some("3")),
        (r"<think> \boxed{1}", None),
        (r"box boxed{1} \box{2}", None),
        ("", None),
    ] {
        assert_eq!(answer(response, Thinking::Auto), expected, "{response}");
    }
}

#[test]
fn a_box_in_a_box_must_be_alone() {
    for (response, expected) in [
        (r"\boxed{\boxed{5}}", Some("5")),
        (r"\boxed{ $\fbox{5}$. }", Some("5")),
        (r"\boxed{\boxed{\boxed{5}}}", Some("5")),
        (r"\boxed{{\boxed{5}}}", Some("5")),
        (r"\boxed{6 \boxed{5}}", None),
        (r"\boxed{\boxed{5} 6}", None),
        (r"\boxed{\boxed{6}\boxed{5}}", None),
        (r"\boxed{\boxed{6 \boxed{5}}}", None),
        (r"\boxed{6 \boxed{\boxed{5}}}", None),
        (r"\boxed{6 {\boxed{5}}}", None),
        (r"\boxed{\text{or } \boxed{5}}", None),
        (r"\text{so \boxed{5}}", Some("5")),
        (r"\boxed{6} and {\boxed{5}}", Some("5")),
        (r"\boxed{6} } \boxed{5} }", Some("5")),
        (r"a stray } and \boxed{5} }", Some("5")),
        (r"in \boxed{…, \boxed{5}", Some("5")),
        (r"\boxed{\{\boxed{5}\}}", None),
        (r"\boxed{6 \} \boxed{5}}", None),
        (r"\boxed{\boxed{5}{} 6}", None),
        (r"\boxed{\boxed{\boxed{5}\,}}", Some("5")),
    ] {
        assert_eq!(answer(response, Thinking::No), expected, "{response}");
    }
}

#[test]
fn a_box_in_a_box_after_a_thought_must_be_alone_too() {
    let response = r"<think>\boxed{7}</think>\boxed{6 \boxed{5}}";
    assert_eq!(answer(response, Thinking::Auto), None);
    let response = r"<think>\boxed{7}</think>\boxed{\boxed{5}}";
    assert_eq!(answer(response, Thinking::Auto), Some("5"));
}

#[test]
fn a_thought_that_is_opened_again_is_a_thought() {
    for (response, expected) in [
        (r"<think>a</think>\boxed{1}<think>\boxed{2}", None),
        (r"<think>a</think>\boxed{1}<think>b</think>\boxed{2}", Some("2")),
        (r"<think>a</think><think>\boxed{1}</think>", None),
    ] {
        for thinking in [Thinking::Yes, Thinking::Auto] {
            assert_eq!(answer(response, thinking), expected, "{response}");
        }
        assert!(extract(response.as_bytes(), Thinking::Auto).think_closed);
    }
}

#[test]
fn thinking_says_what_a_response_without_tags_is() {
    assert_eq!(answer(r"\boxed{1}", Thinking::Yes), None);
    assert_eq!(answer(r"\boxed{1}", Thinking::No), Some("1"));
    assert_eq!(answer(r"\boxed{1}</think>", Thinking::No), Some("1"));
    assert!(extract(b"</think>", Thinking::No).think_closed);
    assert!(!extract(br"<think>\boxed{1}", Thinking::Yes).think_closed);
}

#[test]
fn tags_of_other_models() {
    for close in ["[/THINK]", "</seed:think>", "<|end_of_thought|>", "◁/think▷", "DONE"] {
        let tags = ThinkTags::closed_by(close).unwrap();
        let format = Format::from(Thinking::Yes).with_tags(tags.clone());
        let response = format!("{} \\boxed{{1}} {close} \\boxed{{2}}", tags.open());
        let found = format.extract(response.as_bytes());
        assert_eq!(found.answer.map(|range| &response[range]), Some("2"), "{close}");
        assert!(found.think_closed);
        let cut = format!("{} \\boxed{{1}}", tags.open());
        assert_eq!(format.extract(cut.as_bytes()).answer, None, "{close}");
    }
}

#[test]
fn every_extractor_takes_the_last_announcement() {
    use Extractor::{AnswerLine, AnswerTag, Hash, Minerva};
    for (extractor, response, expected) in [
        (Hash, "#### 1\n#### 2 \nmore", Some("2")),
        (Hash, "a #### -3.5", Some("-3.5")),
        (Hash, "##### 5\n#### 6\n##### 7", Some("6")),
        (Hash, "#### 6\n####", None),
        (Hash, "18", None),
        (Minerva, "The final answer is $18$. I hope it is correct.", Some("$18$")),
        (Minerva, "the FINAL ANSWER is: 18.\nthanks", Some("18")),
        (Minerva, "The final answer is 1. The final answer is 2", Some("2")),
        (Minerva, "The final answer is\n\\[\n18\n\\]\n", Some("\\[\n18\n\\]")),
        (Minerva, "The final answer is", None),
        (Minerva, "The answer is 18", None),
        (Minerva, "And so we know that the answer is 18", None),
        (AnswerLine, "Answer: 18\n", Some("18")),
        (AnswerLine, "**Final Answer:** $18$", Some("$18$")),
        (AnswerLine, "**Answer: 18**", Some("18")),
        (AnswerLine, "**Answer**: x", Some("x")),
        (AnswerLine, "ANSWER : 3", Some("3")),
        (AnswerLine, "Answer: 1\nAnswer: 2", Some("2")),
        (AnswerLine, "Answer:\n\n$$2$$", Some("$$2$$")),
        (AnswerLine, "answer：三", Some("三")),
        (AnswerLine, "Answer: 1\nAnswer:", None),
        (AnswerLine, "unanswered: 1, Answer 2", None),
        (AnswerTag, "<answer>1</answer> <answer> 2 </answer>", Some("2")),
        (AnswerTag, "<answer>1</answer> <answer> 2", None),
        (AnswerTag, "<answer></answer>", None),
    ] {
        let format = Format::default().with_extractors(&[extractor]);
        let found = format.extract(response.as_bytes());
        assert!(!found.boxed());
        assert_eq!(found.extractor, expected.map(|_| extractor));
        assert_eq!(found.answer.map(|range| &response[range]), expected, "{response}");
    }
}

#[test]
fn only_announcements_after_the_thought_count() {
    use Extractor::{AnswerLine, AnswerTag, Hash, Minerva};
    for (extractor, announcement) in [
        (Hash, "#### 18"),
        (Minerva, "The final answer is 18"),
        (AnswerLine, "Answer: 18"),
        (AnswerTag, "<answer>18</answer>"),
    ] {
        let format = Format::from(Thinking::Yes).with_extractors(&[extractor]);
        let response = format!("So it is 18.\n</think>\n{announcement}");
        let found = format.extract(response.as_bytes());
        assert_eq!(found.answer.map(|range| &response[range]), Some("18"), "{extractor:?}");
        let response = format!("{announcement}\n</think>\nIt is 18.");
        assert_eq!(format.extract(response.as_bytes()).answer, None, "{extractor:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_trimmed_as_well() {
    let format = Format::default().with_extractors(&[Extractor::AnswerLine]);
    for response in [&b"Answer: \xff"[..], b"Answer:  \xff \n"] {
        let range = format.extract(response).answer.unwrap();
        assert_eq!(&response[range], b"\xff");
    }
}

#[test]
fn every_extractor_has_its_name() {
    let names = ["boxed", "hash", "minerva", "answer-line", "answer-tag"];
    assert_eq!(Extractor::ALL.map(Extractor::as_str), names);
    assert_eq!(names.map(Extractor::named), Extractor::ALL.map(Some));
    assert_eq!(Extractor::named("last-line"), None);
}

#[test]
fn a_format_is_what_it_was_made_of() {
    let tags = ThinkTags::closed_by("[/THINK]").unwrap();
    let extractors = [Extractor::Hash, Extractor::Boxed];
    let format = Format::default()
        .with_thinking(Thinking::Yes)
        .with_tags(tags.clone())
        .with_extractors(&extractors);
    assert_eq!(format.thinking(), Thinking::Yes);
    assert_eq!(format.tags(), &tags);
    assert_eq!(format.extractors(), extractors);
    assert!(format.extract(br"[/THINK]\boxed{1}").boxed());
}

#[test]
fn extractors_are_tried_in_order() {
    let format = Format::default().with_extractors(&[Extractor::Boxed, Extractor::Hash]);
    let found = |response: &[u8]| format.extract(response).extractor;
    assert_eq!(found(b"\\boxed{1} #### 2"), Some(Extractor::Boxed));
    assert_eq!(found(b"#### 2"), Some(Extractor::Hash));
    // A cut box is not made good by what stands before it.
    assert_eq!(found(b"#### 2 \\boxed{1"), None);
}

#[test]
fn boxes_and_tags_across_every_block_boundary() {
    for padding in 900..1_200 {
        let response = format!("</think>{}\\boxed{{42}}{}", "x".repeat(40), "y".repeat(padding));
        assert_eq!(answer(&response, Thinking::Yes), Some("42"), "{padding}");
    }
}
