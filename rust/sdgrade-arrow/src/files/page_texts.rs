//! Whether the texts of a page are UTF-8, looked at as it is decompressed: what is there of it is in the cache.

use parquet::basic::{Encoding, Type};
use parquet::column::page::Page;
use parquet::schema::types::ColumnDescriptor;

/// What was seen of the texts of a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PageTexts {
    /// It holds none, or only the numbers under which they stand in a dictionary.
    None,
    /// They are stored in a way that is not looked at.
    Unknown,
    /// They are stored plain: each as its length, of four bytes, and its bytes.
    Plain(Plain),
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plain {
    /// The lists of levels that stand before the texts, as these with their length.
    levels: usize,
    /// So many bytes of the page were looked at.
    seen: usize,
    /// Where the text that is looked at ends.
    end: usize,
    /// All that was seen is UTF-8.
    is_utf8: bool,
}

impl PageTexts {
    /// The texts of a page that is still compressed.
    pub(crate) fn of(page: &Page, column: &ColumnDescriptor) -> Self {
        if column.physical_type() != Type::BYTE_ARRAY {
            return Self::None;
        }
        let after = |start: usize, levels| {
            Self::Plain(Plain { levels, seen: start, end: start, is_utf8: true })
        };
        match (page, page.encoding()) {
            (Page::DictionaryPage { .. }, _) => after(0, 0),
            (_, Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY) => Self::None,
            (Page::DataPage { rep_level_encoding, def_level_encoding, .. }, Encoding::PLAIN) => {
                let levels = [
                    (column.max_rep_level(), *rep_level_encoding),
                    (column.max_def_level(), *def_level_encoding),
                ];
                let levels = levels.into_iter().filter(|(most, _)| *most > 0);
                // The old bit-packed ones do not say how long they are.
                if levels.clone().any(|(_, encoding)| encoding != Encoding::RLE) {
                    return Self::Unknown;
                }
                after(0, levels.count())
            }
            (
                Page::DataPageV2 { def_levels_byte_len, rep_levels_byte_len, .. },
                Encoding::PLAIN,
            ) => after((def_levels_byte_len + rep_levels_byte_len) as usize, 0),
            _ => Self::Unknown,
        }
    }

    /// Looks at what is new of a page; `page` is all that is there of it.
    pub(crate) fn look(&mut self, page: &[u8]) {
        if let Self::Plain(plain) = self {
            plain.look(page);
        }
    }

    /// Whether the whole page was looked at, and each of its texts is UTF-8.
    pub(crate) fn are_utf8(&self, page: &[u8]) -> bool {
        match self {
            Self::None => true,
            Self::Unknown => false,
            Self::Plain(plain) => {
                plain.is_utf8 && plain.seen == page.len() && plain.end == page.len()
            }
        }
    }
}

impl Plain {
    fn look(&mut self, page: &[u8]) {
        while self.is_utf8
            && let Some(new) = page.get(self.seen..)
        {
            let missing = self.end - self.seen;
            if new.len() < missing {
                let whole = &new[..last_start(new)];
                self.is_utf8 = is_utf8(whole);
                self.seen += whole.len();
                return;
            }
            let (text, rest) = new.split_at(missing);
            self.is_utf8 = is_utf8(text);
            self.seen = self.end;
            let Some(length) = rest.first_chunk() else { return };
            let start = self.end + length.len();
            self.end = start.saturating_add(u32::from_le_bytes(*length) as usize);
            self.seen = if self.levels > 0 { self.end } else { start };
            self.levels = self.levels.saturating_sub(1);
        }
    }
}

/// Where the last character of a text that goes on begins: more of it may follow.
fn last_start(text: &[u8]) -> usize {
    let last = text.len().saturating_sub(4);
    let continues = |byte: &u8| byte & 0b1100_0000 == 0b1000_0000;
    text[last..].iter().rposition(|byte| !continues(byte)).map_or(text.len(), |at| last + at)
}

fn is_utf8(text: &[u8]) -> bool {
    simdutf8::basic::from_utf8(text).is_ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use parquet::schema::types::ColumnPath;

    use super::*;

    fn data_page(encoding: Encoding, levels: Encoding) -> Page {
        Page::DataPage {
            buf: Bytes::new(),
            num_values: 1,
            encoding,
            def_level_encoding: levels,
            rep_level_encoding: levels,
            statistics: None,
        }
    }

    fn column(physical: Type, most: i16) -> ColumnDescriptor {
        let leaf = parquet::schema::types::Type::primitive_type_builder("text", physical);
        let leaf = Arc::new(leaf.with_length(1).build().expect("a type"));
        ColumnDescriptor::new(leaf, most, most, ColumnPath::from("text"))
    }

    #[test]
    fn only_plain_texts_are_looked_at_and_no_others_are_called_utf8() {
        let plain = |levels| PageTexts::Plain(Plain { levels, seen: 0, end: 0, is_utf8: true });
        let (text, flat) = (column(Type::BYTE_ARRAY, 1), column(Type::BYTE_ARRAY, 0));
        #[allow(deprecated)] // older writers
        let bits = Encoding::BIT_PACKED;
        let seen = |encoding, levels, column| PageTexts::of(&data_page(encoding, levels), column);
        assert_eq!(seen(Encoding::PLAIN, Encoding::RLE, &text), plain(2));
        assert_eq!(seen(Encoding::PLAIN, bits, &text), PageTexts::Unknown);
        assert_eq!(seen(Encoding::PLAIN, bits, &flat), plain(0));
        assert_eq!(seen(Encoding::DELTA_BYTE_ARRAY, Encoding::RLE, &flat), PageTexts::Unknown);
        assert_eq!(seen(Encoding::RLE_DICTIONARY, Encoding::RLE, &flat), PageTexts::None);
        let numbers = column(Type::INT64, 1);
        assert_eq!(seen(Encoding::PLAIN, Encoding::RLE, &numbers), PageTexts::None);
        assert!(!PageTexts::Unknown.are_utf8(b"") && PageTexts::None.are_utf8(b"\xff"));
    }

    const LEVELS: &[u8] = &[2, 0, 0, 0, 0xff, 0xff];

    /// A page of some lists of levels, which are no texts, and of texts.
    fn page(levels: usize, texts: &[&[u8]]) -> Vec<u8> {
        let mut page = LEVELS.repeat(levels);
        for text in texts {
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            page.extend_from_slice(&length.to_le_bytes());
            page.extend_from_slice(text);
        }
        page
    }

    /// What is seen of a page that becomes longer, to each of these lengths and to its own.
    fn seen(levels: usize, page: &[u8], lengths: &[usize]) -> bool {
        let plain = Plain { levels, seen: 0, end: 0, is_utf8: true };
        let mut texts = PageTexts::Plain(plain);
        lengths.iter().chain([&page.len()]).for_each(|&length| texts.look(&page[..length]));
        texts.are_utf8(page)
    }

    #[test]
    fn each_text_is_looked_at_wherever_the_page_is_cut() {
        let whole = "né€😀\u{10ffff}".as_bytes();
        let cases: [(&[&[u8]], bool); 14] = [
            (&[], true),
            (&[b""], true),
            (&[b"a", b"", b"bc"], true),
            (&[whole, whole], true),
            (&[b"\xff"], false),
            (&[b"fine", b"\x80fine"], false),
            // A character that is cut by the end of a text, which the next one cannot go on with.
            (&[b"\xc3", b"\xa9"], false),
            (&[whole, b"\xf0\x9f\x98", b"\x80"], false),
            (&[whole, b"a\xe2\x82"], false),
            (&[b"\xf0\x9f\x98a", whole], false),
            // Too long a way to write it, half of a pair, more than there is.
            (&[b"\xc0\xaf"], false),
            (&[b"\xed\xa0\x80"], false),
            (&[b"\xf4\x90\x80\x80"], false),
            (&[b"a\x80\x80\x80\x80\x80\x80b"], false),
        ];
        for (texts, expected) in cases {
            for levels in 0..3 {
                let page = page(levels, texts);
                for first in 0..=page.len() {
                    for second in first..=page.len() {
                        let lengths = [first, second];
                        let context = (texts, levels, lengths);
                        assert_eq!(seen(levels, &page, &lengths), expected, "{context:?}");
                    }
                }
                let each: Vec<usize> = (0..page.len()).collect();
                assert_eq!(seen(levels, &page, &each), expected, "{texts:?} byte by byte");
            }
        }
    }

    #[test]
    fn a_page_that_is_not_whole_was_not_looked_at() {
        let page = page(1, &[b"some", b"text"]);
        // After the levels and after each text the page might end.
        let ends = [LEVELS.len(), LEVELS.len() + 8, page.len()];
        for length in 0..=page.len() {
            assert_eq!(seen(1, &page[..length], &[]), ends.contains(&length) || length == 0);
        }
        assert!(!seen(0, &[0xff; 8], &[4]));
    }
}
