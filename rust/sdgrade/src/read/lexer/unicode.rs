//! Signs beyond ASCII, read as the LaTeX that they stand for.

use super::{Lexer, TokenKind as T, commands};
use crate::read::chinese;
use crate::read::tree::{Constant, Delimiter, Name, Relation as R, Series};
use crate::value::Sign;

impl Lexer<'_> {
    /// The character beyond ASCII at the current place.
    pub(super) fn unicode(&mut self) {
        let start = self.at;
        let Some(sign) = self.text[start..].chars().next() else {
            self.at = self.bytes.len();
            return;
        };
        if let Some((value, digits)) = self.script(superscript) {
            self.at = digits;
            self.emit(T::Superscript(value), start);
            return;
        }
        if let Some((value, digits)) = self.script(subscript) {
            self.at = digits;
            self.emit(T::Subscript(value), start);
            return;
        }
        self.at += sign.len_utf8();
        if sign.is_whitespace()
            || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2061}'..='\u{2064}' | '°' if sign != '°')
        {
            return;
        }
        match sign {
            'ⁿ' => {
                self.emit(T::Caret, start);
                self.emit(T::Symbol(Name::Letter('n')), start);
            }
            '（' => self.delimit(T::Open(Delimiter::Paren), start),
            '）' => self.delimit(T::Close(Delimiter::Paren), start),
            '［' | '【' => self.delimit(T::Open(Delimiter::Square), start),
            '］' | '】' => self.delimit(T::Close(Delimiter::Square), start),
            '｛' => self.delimit(T::Open(Delimiter::Brace), start),
            '｝' => self.delimit(T::Close(Delimiter::Brace), start),
            '⟨' | '〈' => self.delimit(T::Open(Delimiter::Angle), start),
            '⟩' | '〉' => self.delimit(T::Close(Delimiter::Angle), start),
            '⌊' => self.delimit(T::Open(Delimiter::Floor), start),
            '⌋' => self.delimit(T::Close(Delimiter::Floor), start),
            '⌈' => self.delimit(T::Open(Delimiter::Ceiling), start),
            '⌉' => self.delimit(T::Close(Delimiter::Ceiling), start),
            '。' | '．' if self.at == self.bytes.len() => {}
            '℃' | '℉' => {
                self.emit(T::Degree, start);
                let scale = if sign == '℃' { 'C' } else { 'F' };
                self.emit(T::Symbol(Name::Letter(scale)), start);
            }
            '°' | 'º' | '˚' => {
                if self.last() == T::Caret {
                    self.tokens.pop();
                }
                self.emit(T::Degree, start);
            }
            _ => {
                let kind = sign_token(sign);
                if kind == T::Unknown && sign.is_alphabetic() {
                    return self.foreign_word(start);
                }
                self.emit(kind, start);
            }
        }
    }

    /// A run of letters beyond ASCII and Greek: a connective, a unit, or a word.
    fn foreign_word(&mut self, start: usize) {
        let rest = &self.text[start..self.bytes.len()];
        let length = rest
            .chars()
            .take_while(|&sign| {
                sign.is_alphabetic() && !sign.is_ascii() && sign_token(sign) == T::Unknown
            })
            .map(char::len_utf8)
            .sum::<usize>();
        // `最大值为 5`: the copula is a word of its own.
        let run = &rest[..length];
        let copula = ["等于", "为", "是"]
            .into_iter()
            // `不是 5` and `因为 5`
            .find(|copula| chinese::ends_in_copula(run, copula));
        if let Some(copula) = copula {
            self.at = start + length - copula.len();
            self.emit(T::Word, start);
            let start = self.at;
            self.at += copula.len();
            return self.emit(T::Word, start);
        }
        if let Some([first, and]) = chinese::joined_names(run) {
            let mut from = start;
            for (kind, end) in [(T::Word, first), (T::And, first + and), (T::Word, length)] {
                self.at = start + end;
                self.emit(kind, from);
                from = self.at;
            }
            return;
        }
        self.at = start + length;
        let kind = commands::connective(run);
        self.emit(kind.unwrap_or(T::Word), start);
    }

    fn delimit(&mut self, kind: T, start: usize) {
        match kind {
            T::Open(_) => self.depth += 1,
            _ => self.depth = self.depth.saturating_sub(1),
        }
        self.emit(kind, start);
    }

    /// A run of raised or lowered digits: its value and its end.
    fn script(&self, digit: fn(char) -> Option<i32>) -> Option<(i32, usize)> {
        let mut value = 0_i32;
        let mut end = self.at;
        let mut negative = false;
        let mut any = false;
        for sign in self.text[self.at..self.bytes.len()].chars() {
            match digit(sign) {
                Some(10) if !any => negative = true,
                Some(11) if !any => {}
                Some(d @ 0..=9) => {
                    value = value.checked_mul(10)?.checked_add(d)?;
                    any = true;
                }
                _ => break,
            }
            end += sign.len_utf8();
        }
        any.then_some((if negative { -value } else { value }, end))
    }
}

fn superscript(sign: char) -> Option<i32> {
    Some(match sign {
        '⁰' => 0,
        '¹' => 1,
        '²' => 2,
        '³' => 3,
        '⁴'..='⁹' => i32::try_from(sign as u32 - '⁴' as u32).ok()? + 4,
        '⁻' => 10,
        '⁺' => 11,
        _ => return None,
    })
}

fn subscript(sign: char) -> Option<i32> {
    Some(match sign {
        '₀'..='₉' => i32::try_from(sign as u32 - '₀' as u32).ok()?,
        '₋' => 10,
        '₊' => 11,
        _ => return None,
    })
}

fn sign_token(sign: char) -> T {
    match sign {
        '−' | '–' | '—' | '－' | '‐' | '‑' | '‒' | '﹣' => T::Minus,
        '＋' => T::Plus,
        '±' => T::PlusMinus,
        '∓' => T::MinusPlus,
        '×' | '·' | '⋅' | '∙' | '•' | '＊' | '∗' | '✕' => T::Times,
        '÷' | '／' | '⁄' | '∕' => T::Slash,
        '＝' => T::Relation(R::Equal),
        '≠' => T::Relation(R::NotEqual),
        '＜' => T::Relation(R::Less),
        '＞' => T::Relation(R::Greater),
        '≤' | '⩽' | '≦' => T::Relation(R::LessEqual),
        '≥' | '⩾' | '≧' => T::Relation(R::GreaterEqual),
        '≈' | '≃' | '≒' => T::Relation(R::Approximate),
        '≡' => T::Relation(R::Congruent),
        '∈' => T::Relation(R::In),
        '∉' => T::Relation(R::NotIn),
        '→' => T::Relation(R::Other(Sign::To)),
        '↦' => T::Relation(R::Other(Sign::MapsTo)),
        '≢' => T::Relation(R::NotCongruent),
        '。' => T::Period,
        '⇒' | '⟹' => T::Relation(R::Other(Sign::Implies)),
        '⇔' => T::Relation(R::Other(Sign::Iff)),
        '∥' => T::Relation(R::Other(Sign::Parallel)),
        '⊥' => T::Relation(R::Other(Sign::Perpendicular)),
        '∼' => T::Relation(R::Other(Sign::Similar)),
        '≅' => T::Relation(R::Other(Sign::Congruent)),
        '⊂' => T::Relation(R::Other(Sign::Subset)),
        '⊆' => T::Relation(R::Other(Sign::SubsetOrEqual)),
        '∪' | '⋃' => T::Union,
        '∩' | '⋂' => T::Intersection,
        '∖' | '﹨' => T::SetMinus,
        '¬' | '￢' => T::Not,
        '∧' => T::And,
        '∨' => T::Or,
        '∞' => T::Constant(Constant::Infinity),
        '∅' | 'Ø' | 'ø' | '⌀' => T::Constant(Constant::EmptySet),
        'π' | '𝜋' => T::Constant(Constant::Pi),
        'ℝ' => T::Constant(Constant::Reals),
        'ℤ' => T::Constant(Constant::Integers),
        'ℚ' => T::Constant(Constant::Rationals),
        'ℕ' => T::Constant(Constant::Naturals),
        'ℂ' => T::Constant(Constant::Complexes),
        '∫' => T::Integral,
        '√' => T::SquareRoot,
        '∛' => T::RootSign(3),
        '∜' => T::RootSign(4),
        '∑' => T::Series(Series::Sum),
        '∏' => T::Series(Series::Product),
        '，' | '、' => T::Comma,
        '；' => T::Semicolon,
        '：' | '∶' => T::Colon,
        '％' => T::Percent,
        '′' | '’' | '＇' => T::Prime(1),
        '″' => T::Prime(2),
        '∣' | '｜' => T::Bar,
        '…' | '⋯' => T::Ellipsis,
        '€' | '£' | '¥' | '￥' | '＄' | '¢' | '₹' => T::Currency,
        'ℯ' => T::Symbol(Name::Letter('e')),
        'ⅈ' => T::Symbol(Name::Letter('i')),
        '∠' => T::Symbol(Name::Command("angle")),
        '△' | '∆' => T::Symbol(Name::Command("triangle")),
        '½' => T::Vulgar(1, 2),
        '⅓' => T::Vulgar(1, 3),
        '⅔' => T::Vulgar(2, 3),
        '¼' => T::Vulgar(1, 4),
        '¾' => T::Vulgar(3, 4),
        '⅕' => T::Vulgar(1, 5),
        '⅖' => T::Vulgar(2, 5),
        '⅗' => T::Vulgar(3, 5),
        '⅘' => T::Vulgar(4, 5),
        '⅙' => T::Vulgar(1, 6),
        '⅚' => T::Vulgar(5, 6),
        '⅐' => T::Vulgar(1, 7),
        '⅛' => T::Vulgar(1, 8),
        '⅜' => T::Vulgar(3, 8),
        '⅝' => T::Vulgar(5, 8),
        '⅞' => T::Vulgar(7, 8),
        '⅑' => T::Vulgar(1, 9),
        '⅒' => T::Vulgar(1, 10),
        '①'..='⑳' => T::Circled(sign as u32 - '①' as u32 + 1),
        '∀' => T::ForAll,
        '∃' => T::Exists,
        '∁' => T::Accent("complement"),
        '∴' | '∵' => T::Word,
        'α'..='ω' | 'Α'..='Ω' | 'ϕ' | 'ϵ' => {
            greek_letter(sign).map_or(T::Unknown, |name| T::Symbol(Name::Command(name)))
        }
        _ => T::Unknown,
    }
}

fn greek_letter(sign: char) -> Option<&'static str> {
    let name = match sign {
        'α' | 'Α' => "alpha",
        'β' | 'Β' => "beta",
        'γ' => "gamma",
        'δ' => "delta",
        'ε' | 'ϵ' => "epsilon",
        'ζ' => "zeta",
        'η' => "eta",
        'θ' => "theta",
        'ι' => "iota",
        'κ' => "kappa",
        'λ' => "lambda",
        'μ' => "mu",
        'ν' => "nu",
        'ξ' => "xi",
        'ο' => "omicron",
        'ρ' => "rho",
        'σ' | 'ς' => "sigma",
        'τ' => "tau",
        'υ' => "upsilon",
        'φ' | 'ϕ' => "phi",
        'χ' => "chi",
        'ψ' => "psi",
        'ω' => "omega",
        'Γ' => "Gamma",
        'Δ' => "Delta",
        'Θ' => "Theta",
        'Λ' => "Lambda",
        'Ξ' => "Xi",
        'Π' => "Pi",
        'Σ' => "Sigma",
        'Φ' => "Phi",
        'Ψ' => "Psi",
        'Ω' => "Omega",
        _ => return None,
    };
    commands::greek(name)
}
