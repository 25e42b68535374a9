//! How units are spelled in LaTeX.

use crate::read::text::{Piece, Pieces, is_markup};

/// What a closing brace ends.
enum Group {
    Plain,
    Top,
    Bottom,
}

/// Words apart by spaces, with `/`, `*`, `^n` and parentheses as words of their own; case is kept.
pub(super) fn spell(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 8);
    let mut groups = Vec::new();
    let mut next = Group::Plain;
    // Behind `μ` spaces are none: `\mu \mathrm{C}` is one word.
    let mut joins = false;
    let mut rest = Pieces::of(words).peekable();
    while let Some(piece) = rest.next() {
        let sign = match piece {
            Piece::Sign(sign) => sign,
            Piece::Command("cdot" | "times" | "bullet") => '*',
            Piece::Command("mu") => 'μ',
            Piece::Command("Omega") => 'Ω',
            Piece::Command("ell") => 'L',
            Piece::Command("AA") => 'Å',
            Piece::Command("circ" | "degree") => '°',
            Piece::Command("frac" | "dfrac" | "tfrac") => {
                next = Group::Top;
                out.push_str(" ( ( ");
                continue;
            }
            Piece::Command(name) if is_markup(name) => ' ',
            // What is no unit is kept, so that it is found to be none.
            Piece::Command(name) => {
                out.push('\\');
                out.push_str(name);
                continue;
            }
            Piece::Escaped('%') => '%',
            Piece::Escaped(_) => ' ',
        };
        let space = if joins { "" } else { " " };
        joins = joins && (sign.is_whitespace() || matches!(sign, '{' | '}' | '~' | '$'));
        match sign {
            '{' => {
                groups.push(std::mem::replace(&mut next, Group::Plain));
                out.push_str(space);
            }
            '}' => match groups.pop() {
                Some(Group::Top) => {
                    next = Group::Bottom;
                    out.push_str(" ) / ( ");
                }
                Some(Group::Bottom) => out.push_str(" ) ) "),
                _ => out.push_str(space),
            },
            '$' | '~' | '-' | '.' | ',' | ';' => out.push_str(space),
            '(' => out.push_str(" ( "),
            ')' => out.push_str(" ) "),
            '°' | 'º' => out.push_str(" degree "),
            '/' => out.push_str(" / "),
            '*' | '·' | '⋅' => out.push_str(" * "),
            'μ' | 'µ' => {
                out.push_str(" μ");
                joins = true;
            }
            'Ω' | '\u{2126}' => {
                // `\text{k}\Omega`
                let word = out.trim_end();
                if matches!(word.rsplit(' ').next(), Some("k" | "M" | "m" | "G" | "μ")) {
                    out.truncate(word.len());
                }
                out.push_str("Ω ");
            }
            '⁻' => out.push_str(" ^-"),
            '¹' | '²' | '³' | '⁴' => {
                if !out.ends_with("^-") {
                    out.push_str(" ^");
                }
                out.push(match sign {
                    '¹' => '1',
                    '²' => '2',
                    '³' => '3',
                    _ => '4',
                });
                out.push(' ');
            }
            '^' => {
                let from = out.len();
                out.push_str(" ^");
                while let Some(skipped) = rest.next_if(|c| matches!(c, Piece::Sign(' ' | '{'))) {
                    if skipped == Piece::Sign('{') {
                        groups.push(Group::Plain);
                    }
                }
                if rest.next_if(|c| matches!(c, Piece::Sign('-' | '−'))).is_some() {
                    out.push('-');
                }
                while let Some(Piece::Sign(digit @ '0'..='9')) = rest.peek() {
                    out.push(*digit);
                    rest.next();
                }
                // `^\circ`
                if out.ends_with('^') {
                    out.truncate(from);
                }
                out.push(' ');
            }
            _ if sign.is_whitespace() => out.push_str(space),
            _ => out.push(sign),
        }
    }
    out
}
