//! Other scripts' digits, letters and signs as those of ASCII.

use std::borrow::Cow;

/// The text with full-width letters, digits and signs, and the digits of other scripts, as ASCII.
pub(super) fn folded(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.is_ascii() || !text.chars().any(|sign| fold(sign).is_some()) {
        return text;
    }
    Cow::Owned(text.chars().map(|sign| fold(sign).unwrap_or(sign)).collect())
}

fn fold(sign: char) -> Option<char> {
    // The first digit of each script that has ten in a row.
    const ZEROS: [char; 6] = ['٠', '۰', '०', '০', '๐', '０'];
    let code = sign as u32;
    if ('！'..='～').contains(&sign) {
        // The comma of Chinese lists separates always, so it is not that of ASCII.
        return if sign == '，' { None } else { char::from_u32(code - 0xfee0) };
    }
    ZEROS.iter().find_map(|&zero| {
        let value = code.checked_sub(zero as u32).filter(|&value| value < 10)?;
        char::from_digit(value, 10)
    })
}
