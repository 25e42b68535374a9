//! Text in LaTeX, piece by piece, and how names are spelled.

/// A piece of words in LaTeX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'t> {
    /// The name of a command: `\circ`.
    Command(&'t str),
    /// What stands after a backslash and is no letter: `\,`.
    Escaped(char),
    Sign(char),
}

/// Words in LaTeX, piece by piece.
pub(crate) struct Pieces<'t>(&'t str);

impl<'t> Pieces<'t> {
    pub(crate) fn of(words: &'t str) -> Self {
        Self(words)
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        let mut signs = self.0.chars();
        let sign = signs.next()?;
        if sign != '\\' {
            self.0 = signs.as_str();
            return Some(Piece::Sign(sign));
        }
        let after = signs.as_str();
        let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        if letters > 0 {
            let (name, rest) = after.split_at(letters);
            self.0 = rest;
            return Some(Piece::Command(name));
        }
        let escaped = signs.next();
        self.0 = signs.as_str();
        escaped.map(Piece::Escaped)
    }
}

pub(super) fn is_markup(name: &str) -> bool {
    matches!(
        name,
        "text"
            | "mbox"
            | "textrm"
            | "textbf"
            | "textit"
            | "textnormal"
            | "mathrm"
            | "operatorname"
            | "mathbf"
            | "left"
            | "right"
            | "displaystyle"
            | "quad"
            | "qquad"
            | "boxed"
            | "emph"
            | "mathit"
            | "mathsf"
            | "textup"
            | "bf"
            | "rm"
    )
}

/// A name without its spacing and markup, `x₁` as `x_1`, `x^{\prime}` as `x'`.
pub(crate) fn squeeze(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut below = false;
    for piece in Pieces::of(name) {
        if let Piece::Sign(sign @ '₀'..='₉') = piece {
            if !below {
                out.push('_');
            }
            below = true;
            out.extend(char::from_digit(sign as u32 - '₀' as u32, 10));
            continue;
        }
        below = false;
        match piece {
            Piece::Command(command) if is_markup(command) => {}
            Piece::Command("prime") | Piece::Sign('′' | '’' | '＇') => {
                if out.ends_with('^') {
                    out.pop();
                }
                out.push('\'');
            }
            Piece::Command(command) => out.push_str(command),
            Piece::Escaped(',' | '!' | ';' | ':' | '\\' | '{' | '}' | '$')
            | Piece::Sign('{' | '}' | '$') => {}
            Piece::Escaped(sign) | Piece::Sign(sign) if sign.is_whitespace() => {}
            Piece::Escaped(sign) | Piece::Sign(sign) => out.push(sign),
        }
    }
    out
}
