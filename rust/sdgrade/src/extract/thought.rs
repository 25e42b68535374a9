//! Where the thought of a response ends: the tags that models put around it.

use std::sync::{Arc, LazyLock};

use memchr::memmem;

use super::search::rfind;

/// The tags that open and close a thought.
#[derive(Clone, Debug)]
pub struct ThinkTags(Arc<Prepared>);

#[derive(Debug)]
struct Prepared {
    /// Empty where only the end is marked.
    open: Vec<u8>,
    close: Vec<u8>,
    /// What both end in, so that one search finds either.
    ending: memmem::Finder<'static>,
}

/// The pairs that models are known to use. The first is the common one.
const KNOWN: [(&str, &str); 13] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"),                        // Magistral
    ("<seed:think>", "</seed:think>"),              // Seed-OSS
    ("<|begin_of_thought|>", "<|end_of_thought|>"), // OpenThinker, Sky-T1
    ("<|START_THINKING|>", "<|END_THINKING|>"),     // Command A
    ("<|inner_prefix|>", "<|inner_suffix|>"),       // Apertus
    ("", "<channel|>"),                             // Gemma 4
    ("◁think▷", "◁/think▷"),                        // Kimi
    ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"), // gpt-oss (harmony)
    ("", "assistantfinal"), // harmony, as it is decoded without special tokens
];

static COMMON: LazyLock<ThinkTags> = LazyLock::new(|| ThinkTags::new(KNOWN[0].0, KNOWN[0].1));

impl Default for ThinkTags {
    /// `<think>` and `</think>`.
    fn default() -> Self {
        COMMON.clone()
    }
}

impl PartialEq for ThinkTags {
    fn eq(&self, other: &Self) -> bool {
        (&self.0.open, &self.0.close) == (&other.0.open, &other.0.close)
    }
}

impl Eq for ThinkTags {}

impl ThinkTags {
    fn new(open: &str, close: &str) -> Self {
        let (open, close) = (open.as_bytes().to_vec(), close.as_bytes().to_vec());
        let alike = open.iter().rev().zip(close.iter().rev()).take_while(|(a, b)| a == b).count();
        // Without an opening tag, or beside one that ends in another way, only the end is looked for.
        let (open, alike) = if alike == 0 { (Vec::new(), close.len()) } else { (open, alike) };
        let ending = memmem::Finder::new(&close[close.len() - alike..]).into_owned();
        Self(Arc::new(Prepared { open, close, ending }))
    }

    /// The tags of which this one closes: a known pair, else the tag without its slash opens.
    /// `None` where it is empty.
    ///
    /// ```
    /// use sdgrade::ThinkTags;
    /// assert_eq!(ThinkTags::closed_by("[/THINK]").unwrap().open(), "[THINK]");
    /// assert_eq!(ThinkTags::closed_by("</ponder>").unwrap().open(), "<ponder>");
    /// ```
    #[must_use]
    pub fn closed_by(close: &str) -> Option<Self> {
        if close.is_empty() {
            return None;
        }
        if close == KNOWN[0].1 {
            return Some(Self::default());
        }
        let known = KNOWN.iter().find(|known| known.1 == close);
        let derived = close.replacen('/', "", 1);
        let open = match known {
            Some((open, _)) => open,
            None if derived == close => "",
            None => &derived[..],
        };
        Some(Self::new(open, close))
    }

    /// The known tags that occur in the most responses, if they occur in at least one of a hundred.
    ///
    /// For the responses of one file, which come from one model: where there are none, the responses
    /// are plain.
    #[must_use]
    pub fn recognise<'r>(responses: impl IntoIterator<Item = &'r [u8]>) -> Option<Self> {
        let known: Vec<Self> = KNOWN.iter().map(|(open, close)| Self::new(open, close)).collect();
        let mut counts = [0_usize; KNOWN.len()];
        let mut rows = 0_usize;
        for response in responses {
            rows += 1;
            for (count, tags) in counts.iter_mut().zip(&known) {
                *count += usize::from(tags.last(response, response.len()).is_some());
            }
        }
        // Of equal counts the first.
        let (best, &count) = counts.iter().enumerate().rev().max_by_key(|(_, count)| **count)?;
        (count > 0 && count * 100 >= rows).then(|| known[best].clone())
    }

    /// The opening tag; empty where it is not known.
    #[must_use]
    pub fn open(&self) -> &str {
        std::str::from_utf8(&self.0.open).unwrap_or_default()
    }

    /// The closing tag.
    #[must_use]
    pub fn close(&self) -> &str {
        std::str::from_utf8(&self.0.close).unwrap_or_default()
    }

    /// The last tag before `end`.
    pub(super) fn last(&self, response: &[u8], end: usize) -> Option<Tag> {
        let Prepared { open, close, ending } = &*self.0;
        rfind(&response[..end], 0, ending, |at| {
            let end = at + ending.needle().len();
            let text = &response[..end];
            if text.ends_with(close) {
                Some(Tag::Close { end })
            } else if !open.is_empty() && text.ends_with(open) {
                Some(Tag::Open { start: end - open.len() })
            } else {
                None
            }
        })
    }

    /// Whether a closing tag stands before `end`.
    pub(super) fn closes_before(&self, response: &[u8], end: usize) -> bool {
        let Prepared { close, ending, .. } = &*self.0;
        let is_close =
            |at: usize| response[..at + ending.needle().len()].ends_with(close).then_some(());
        rfind(&response[..end], 0, ending, is_close).is_some()
    }
}

/// A tag within a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Open { start: usize },
    Close { end: usize },
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a failed test says where
mod tests {
    use super::*;

    #[test]
    fn every_known_pair_is_recognised_by_its_end() {
        for (open, close) in KNOWN {
            let response = format!("{open} hm {close} so");
            let found = ThinkTags::recognise([response.as_bytes()]).unwrap();
            assert_eq!((found.open(), found.close()), (open, close));
            assert_eq!(ThinkTags::closed_by(close), Some(found));
        }
    }

    #[test]
    fn an_unknown_end_opens_without_its_slash() {
        let tags = |close| ThinkTags::closed_by(close).unwrap();
        assert_eq!(tags("</ponder>").open(), "<ponder>");
        assert_eq!(tags("DONE").open(), "");
        assert_ne!(tags("</ponder>"), tags("DONE"));
        assert_eq!(ThinkTags::closed_by(""), None);
    }

    #[test]
    fn the_tags_of_most_responses_are_the_tags() {
        let found = |texts: &[&str]| {
            ThinkTags::recognise(texts.iter().map(|text| text.as_bytes()))
                .map(|tags| tags.close().to_owned())
        };
        assert_eq!(found(&["[THINK]1", "[/THINK]2", "</think>"]).as_deref(), Some("[/THINK]"));
        assert_eq!(found(&["a", "b"]), None);
        assert_eq!(found(&[]), None);
        // One plain response that speaks of a tag makes no file of thoughts.
        let mut texts = vec!["plain"; 200];
        texts.push("a literal <think>");
        assert_eq!(found(&texts), None);
        // Of a hundred, one is enough.
        texts.extend(["<think>1", "<think>2"]);
        assert_eq!(found(&texts).as_deref(), Some("</think>"));
    }
}
