//! The vocabulary: LaTeX commands, function names and the words of plain text.

use super::TokenKind as T;
use crate::read::tree::{Constant, Delimiter, Function as F, Name, Relation as R, Series};
use crate::value::Sign;

#[expect(clippy::too_many_lines, reason = "a table")]
/// The token of a LaTeX command, by its name without the backslash.
pub(super) fn command(name: &str) -> Option<T> {
    Some(match name {
        "frac" | "dfrac" | "tfrac" | "cfrac" | "nicefrac" | "sfrac" => T::Fraction,
        "binom" | "dbinom" | "tbinom" => T::Binomial,
        "sqrt" | "surd" => T::SquareRoot,
        "over" => T::Over,
        "choose" => T::Choose,
        "sum" => T::Series(Series::Sum),
        "prod" => T::Series(Series::Product),
        "cdot" | "times" | "ast" | "bullet" | "cdotp" | "star" => T::Times,
        "div" => T::Slash,
        "pm" => T::PlusMinus,
        "mp" => T::MinusPlus,
        "circ" | "degree" | "degrees" | "textdegree" | "textcirc" => T::Degree,
        "prime" => T::Prime(1),
        "percent" => T::Percent,
        "dollar" | "textdollar" | "mathdollar" | "cent" | "textcent" | "pounds" | "euro"
        | "yen" | "textyen" | "texteuro" | "textsterling" => T::Currency,
        "lbrace" => T::Open(Delimiter::Brace),
        "rbrace" => T::Close(Delimiter::Brace),
        "lbrack" => T::Open(Delimiter::Square),
        "rbrack" => T::Close(Delimiter::Square),
        "lparen" => T::Open(Delimiter::Paren),
        "rparen" => T::Close(Delimiter::Paren),
        "langle" => T::Open(Delimiter::Angle),
        "rangle" => T::Close(Delimiter::Angle),
        "lfloor" => T::Open(Delimiter::Floor),
        "rfloor" => T::Close(Delimiter::Floor),
        "lceil" => T::Open(Delimiter::Ceiling),
        "rceil" => T::Close(Delimiter::Ceiling),
        "lvert" | "lVert" => T::Open(Delimiter::Bar),
        "rvert" | "rVert" => T::Close(Delimiter::Bar),
        "vert" | "mid" | "Vert" => T::Bar,
        "eq" => T::Relation(R::Equal),
        "ne" | "neq" => T::Relation(R::NotEqual),
        "lt" => T::Relation(R::Less),
        "le" | "leq" | "leqslant" | "leqq" => T::Relation(R::LessEqual),
        "gt" => T::Relation(R::Greater),
        "ge" | "geq" | "geqslant" | "geqq" => T::Relation(R::GreaterEqual),
        "approx" | "approxeq" | "simeq" | "doteq" | "thickapprox" => T::Relation(R::Approximate),
        "in" => T::Relation(R::In),
        "notin" => T::Relation(R::NotIn),
        "equiv" => T::Relation(R::Congruent),
        "to" | "rightarrow" | "longrightarrow" => T::Relation(R::Other(Sign::To)),
        "mapsto" | "longmapsto" => T::Relation(R::Other(Sign::MapsTo)),
        "Rightarrow" | "implies" | "Longrightarrow" => T::Relation(R::Other(Sign::Implies)),
        "iff" | "Leftrightarrow" => T::Relation(R::Other(Sign::Iff)),
        "nmid" => T::Relation(R::Other(Sign::DividesNot)),
        "parallel" => T::Relation(R::Other(Sign::Parallel)),
        "perp" => T::Relation(R::Other(Sign::Perpendicular)),
        "sim" | "backsim" => T::Relation(R::Other(Sign::Similar)),
        "cong" => T::Relation(R::Other(Sign::Congruent)),
        "subset" | "subsetneq" => T::Relation(R::Other(Sign::Subset)),
        "subseteq" => T::Relation(R::Other(Sign::SubsetOrEqual)),
        "propto" => T::Relation(R::Other(Sign::Proportional)),
        "therefore" | "because" | "AA" => T::Word,
        "neg" | "lnot" => T::Not,
        "forall" => T::ForAll,
        "exists" => T::Exists,
        "deg" => T::Symbol(Name::Command("deg")),
        "dim" => T::Symbol(Name::Command("dim")),
        "lim" => T::Limit,
        "int" => T::Integral,
        "Pr" => T::Symbol(Name::Command("Pr")),
        "colon" => T::Colon,
        "land" | "wedge" | "And" => T::And,
        "lor" | "vee" => T::Or,
        "quad" | "qquad" => T::Quad,
        "cup" | "bigcup" => T::Union,
        "cap" | "bigcap" => T::Intersection,
        "setminus" | "backslash" | "smallsetminus" => T::SetMinus,
        "infty" | "infinity" | "infin" => T::Constant(Constant::Infinity),
        "emptyset" | "varnothing" | "empty" | "oslash" => T::Constant(Constant::EmptySet),
        "pi" => T::Constant(Constant::Pi),
        "R" | "reals" | "Reals" => T::Constant(Constant::Reals),
        "Z" => T::Constant(Constant::Integers),
        "N" => T::Constant(Constant::Naturals),
        "Q" => T::Constant(Constant::Rationals),
        "bmod" | "mod" | "pmod" | "pod" => T::Modulo,
        "ldots" | "dots" | "cdots" | "dotsc" | "dotsb" | "dotsm" | "dotso" | "vdots" | "ddots"
        | "hdots" => T::Ellipsis,
        "overline" | "bar" => T::Accent("overline"),
        "widehat" | "hat" => T::Accent("hat"),
        "tilde" | "widetilde" => T::Accent("tilde"),
        "vec" | "overrightarrow" => T::Accent("vec"),
        "dot" => T::Accent("dot"),
        "underbrace" | "overbrace" => T::Accent("underbrace"),
        "ddot" => T::Accent("ddot"),
        "complement" => T::Accent("complement"),
        "underline" => T::Accent("underline"),
        "imath" => T::Symbol(Name::Letter('i')),
        "jmath" => T::Symbol(Name::Letter('j')),
        "ell" => T::Symbol(Name::Letter('ℓ')),
        "sin" => T::Function(F::Sin),
        "cos" => T::Function(F::Cos),
        "tan" | "tg" => T::Function(F::Tan),
        "cot" | "ctg" | "cotg" => T::Function(F::Cot),
        "sec" => T::Function(F::Sec),
        "csc" | "cosec" => T::Function(F::Csc),
        "arcsin" => T::Function(F::Arcsin),
        "arccos" => T::Function(F::Arccos),
        "arctan" | "arctg" => T::Function(F::Arctan),
        "arccot" | "arcctg" => T::Function(F::Arccot),
        "arcsec" => T::Function(F::Arcsec),
        "arccsc" => T::Function(F::Arccsc),
        "sinh" => T::Function(F::Sinh),
        "cosh" => T::Function(F::Cosh),
        "tanh" => T::Function(F::Tanh),
        "coth" => T::Function(F::Coth),
        "arsinh" | "arcsinh" => T::Function(F::Arsinh),
        "arcosh" | "arccosh" => T::Function(F::Arcosh),
        "artanh" | "arctanh" => T::Function(F::Artanh),
        "ln" => T::Function(F::Ln),
        "log" => T::Function(F::Log),
        "lg" => T::Function(F::Lg),
        "exp" => T::Function(F::Exp),
        "gcd" => T::Function(F::Gcd),
        "lcm" => T::Function(F::Lcm),
        "max" => T::Function(F::Max),
        "min" => T::Function(F::Min),
        "Re" => T::Function(F::Re),
        "Im" => T::Function(F::Im),
        "arg" | "Arg" => T::Function(F::Arg),
        "det" => T::Function(F::Det),
        "sgn" | "sign" => T::Function(F::Sign),
        "cis" => T::Function(F::Cis),
        _ => return greek(name).map(|name| T::Symbol(Name::Command(name))),
    })
}

/// Letters and letter-like signs that stand for themselves.
pub(super) fn greek(name: &str) -> Option<&'static str> {
    const NAMES: [&str; 50] = [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "omicron",
        "rho",
        "sigma",
        "tau",
        "upsilon",
        "phi",
        "chi",
        "psi",
        "omega",
        "Gamma",
        "Delta",
        "Theta",
        "Lambda",
        "Xi",
        "Pi",
        "Sigma",
        "Upsilon",
        "Phi",
        "Psi",
        "Omega",
        "Alpha",
        "Beta",
        "angle",
        "triangle",
        "hbar",
        "partial",
        "nabla",
        "square",
        "aleph",
        "top",
        "diamond",
        "heartsuit",
        "spadesuit",
        "clubsuit",
        "diamondsuit",
        "odot",
    ];
    let plain = match name {
        "varepsilon" => "epsilon",
        "vartheta" => "theta",
        "varphi" => "phi",
        "varrho" => "rho",
        "varsigma" => "sigma",
        "measuredangle" => "angle",
        "bigtriangleup" | "vartriangle" => "triangle",
        "Box" => "square",
        "Diamond" => "diamond",
        other => other,
    };
    NAMES.iter().find(|&&known| known == plain).copied()
}

/// The set of a blackboard letter.
pub(super) fn blackboard(letter: u8) -> Option<Constant> {
    Some(match letter {
        b'R' => Constant::Reals,
        b'Z' => Constant::Integers,
        b'Q' => Constant::Rationals,
        b'N' => Constant::Naturals,
        b'C' => Constant::Complexes,
        _ => return None,
    })
}

/// Commands whose braces hold words.
pub(super) fn is_text(name: &str) -> bool {
    matches!(
        name,
        "text"
            | "mbox"
            | "textrm"
            | "textbf"
            | "textit"
            | "textnormal"
            | "textup"
            | "texttt"
            | "textsf"
            | "emph"
            | "mathrm"
            | "operatorname"
            | "hbox"
            | "textsc"
            | "mathop"
    )
}

/// Commands that change the look of what follows and not its meaning, or that take an argument
/// of their own and are read by the lexer.
pub(super) fn is_style(name: &str) -> bool {
    matches!(
        name,
        "left"
            | "right"
            | "mleft"
            | "mright"
            | "middle"
            | "big"
            | "Big"
            | "bigg"
            | "Bigg"
            | "bigl"
            | "bigr"
            | "Bigl"
            | "Bigr"
            | "biggl"
            | "biggr"
            | "Biggl"
            | "Biggr"
            | "bigm"
            | "displaystyle"
            | "textstyle"
            | "scriptstyle"
            | "limits"
            | "nolimits"
            | "mathbf"
            | "mathit"
            | "mathsf"
            | "mathtt"
            | "mathcal"
            | "mathscr"
            | "mathfrak"
            | "boldsymbol"
            | "bm"
            | "bf"
            | "rm"
            | "it"
            | "boldmath"
            | "pmb"
            | "thinspace"
            | "enspace"
            | "medspace"
            | "negthinspace"
            | "space"
            | "nobreak"
            | "hfill"
            | "hline"
            | "displaylimits"
            | "phantom"
            | "hphantom"
            | "hspace"
            | "vspace"
            | "label"
            | "color"
            | "textcolor"
            | "kern"
            | "begin"
            | "end"
            | "mathbb"
            | "Bbb"
            | "not"
            | "boxed"
            | "fbox"
            | "rule"
            | "strut"
            | "nonumber"
            | "notag"
            | "ensuremath"
            | "smash"
            | "scriptscriptstyle"
            | "par"
            | "newline"
            | "small"
            | "large"
            | "Large"
            | "tiny"
            | "normalsize"
            | "centering"
            | "noindent"
            | "colorbox"
    )
}

/// Words that are mathematics also inside `\text{…}`, `upright` for `\mathrm` and `\operatorname`.
pub(super) fn spelled(words: &str, upright: bool) -> Option<T> {
    let bare = words.trim_matches(|c: char| c == ',' || c == ';' || c.is_whitespace());
    let lower = |other: &str| bare.eq_ignore_ascii_case(other);
    if bare == "&" {
        return Some(T::And);
    }
    if let Some(kind) = connective(bare) {
        return Some(kind);
    }
    if words == "," || words == ";" {
        return Some(T::Comma);
    }
    if upright || lower("lcm") || lower("gcd") {
        if bare == "d" {
            return Some(T::Symbol(Name::Letter('d')));
        }
        return match bare {
            "e" | "i" => Some(T::Symbol(Name::Letter(if bare == "e" { 'e' } else { 'i' }))),
            _ if bare.len() > 1 => match command(bare) {
                Some(T::Function(function)) => Some(T::Function(function)),
                _ => None,
            },
            _ => None,
        };
    }
    None
}

/// Words that join what stands around them, in any language that answers are written in.
pub(super) fn connective(word: &str) -> Option<T> {
    Some(match word {
        "and" | "And" | "AND" | "и" | "и́" | "和" | "且" | "与" | "及" | "以及" | "et" | "und" => {
            T::And
        }
        "根号" => T::SquareRoot,
        "or" | "Or" | "OR" | "или" | "或" | "或者" | "ou" | "oder" => T::Or,
        "mod" | "modulo" => T::Modulo,
        _ => return None,
    })
}

/// What a run of capital letters stands for.
pub(super) enum Capitals {
    /// One letter, or options and corners, each once: their order does not matter.
    Letters,
    /// Two points: `AB` is `BA`.
    Segment,
    /// Three points after `\angle`: `ABC` is `CBA`.
    Angle,
    /// In order: `HHT`, `IV`.
    Word,
}

/// How capital letters are read, `angle` if they stand after `\angle`.
pub(super) fn capitals(run: &str, angle: bool) -> Capitals {
    let letters: Vec<u8> = run.bytes().filter(u8::is_ascii_uppercase).collect();
    let all = |known: &[u8]| letters.iter().all(|letter| known.contains(letter));
    let once = || (1..letters.len()).all(|at| !letters[..at].contains(&letters[at]));
    match letters.len() {
        0 | 1 => Capitals::Letters,
        _ if angle => Capitals::Angle,
        // Throws of a coin, true and false, yes and no, won and lost, colours, Roman numerals.
        2 if [&b"HT"[..], b"TF", b"YN", b"WL", b"BW", b"IVX"].into_iter().any(all) => {
            Capitals::Word
        }
        2 => Capitals::Segment,
        _ if letters.iter().all(|letter| matches!(letter, b'A'..=b'H')) && once() => {
            Capitals::Letters
        }
        _ => Capitals::Word,
    }
}

#[expect(clippy::match_same_arms, reason = "grouped by meaning")]
/// Words of plain text that are mathematics.
pub(super) fn word(run: &str) -> Option<T> {
    Some(match run {
        "sqrt" => T::SquareRoot,
        "cbrt" => T::RootSign(3),
        "pi" | "PI" | "Pi" => T::Constant(Constant::Pi),
        "infty" | "inf" | "infinity" | "Infinity" | "oo" => T::Constant(Constant::Infinity),
        "and" | "AND" => T::And,
        "or" | "OR" | "Or" => T::Or,
        "union" | "U" | "cup" => T::Union,
        "in" => T::Relation(R::In),
        "mod" | "modulo" => T::Modulo,
        "abs" | "Abs" => T::Function(F::Absolute),
        "floor" => T::Function(F::Floor),
        "ceil" | "ceiling" => T::Function(F::Ceiling),
        "binom" | "binomial" => T::Function(F::Binomial),
        "asin" => T::Function(F::Arcsin),
        "acos" => T::Function(F::Arccos),
        "atan" => T::Function(F::Arctan),
        "percent" | "pct" | "percentage" | "Percent" => T::Percent,
        "degrees" | "degree" | "deg" => T::Degree,
        "frac" | "dfrac" => return None,
        "times" | "cdot" => T::Times,
        "pm" => return None,
        "emptyset" => T::Constant(Constant::EmptySet),
        "leq" | "geq" | "neq" | "to" => return None,
        "lg" | "max" | "min" | "sin" | "cos" | "tan" | "cot" | "sec" | "csc" | "cosec"
        | "arcsin" | "arccos" | "arctan" | "arccot" | "sinh" | "cosh" | "tanh" | "ln" | "log"
        | "exp" | "gcd" | "lcm" | "tg" | "ctg" | "arctg" | "det" | "sgn" | "cis" => {
            return command(run);
        }
        "alpha" | "beta" | "gamma" | "delta" | "epsilon" | "theta" | "lambda" | "mu" | "phi"
        | "psi" | "omega" | "sigma" | "rho" | "tau" | "Delta" | "Omega" => {
            T::Symbol(Name::Command(greek(run)?))
        }
        _ => return None,
    })
}

/// Whether a text between parentheses names things, rather than a factor: words, none of them a function.
pub(super) fn are_things(text: &str) -> bool {
    let words = || text.split([' ', '-', '\'']).filter(|word| !word.is_empty());
    let letters = text.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b' ' | b'-' | b'\''));
    letters
        && words().all(|run| run == "times" || word(run).is_none())
        && words().any(|run| run == "times" || run.len() > 3 && is_word(run))
}

/// Names of what is measured of random variables and matrices.
pub(super) fn is_measure(run: &str) -> bool {
    matches!(run, "Cov" | "Var" | "Corr" | "cov" | "rank" | "Rank" | "tr" | "Tr" | "nullity")
}

/// Whether letters say which half of the day it is.
pub(super) fn is_half_day(run: &str) -> bool {
    matches!(run, "am" | "pm" | "AM" | "PM")
}

/// Whether a run of letters is a word, rather than letters that are multiplied.
pub(super) fn is_word(run: &str) -> bool {
    const SHORT: &[&str] = &[
        "but", "nor", "yet", "who", "how", "out", "off", "may", "can", "was", "his", "her", "she",
        "you", "our", "few", "new", "old", "men", "man", "boy", "cow", "dog", "cat", "pie", "pen",
        "car", "bus", "red", "cup", "egg", "hat", "bag", "box", "toy", "sea", "sun", "per", "due",
        "non", "big", "age", "ago", "the", "all", "for", "yes", "no", "not", "is", "it", "if",
        "odd", "one", "two", "six", "ten", "day", "way", "any", "are", "an", "be", "by", "do",
        "He", "he", "She", "Her", "His", "now", "get", "got", "see", "use", "had", "of", "on",
        "to", "up", "we", "so", "as", "at", "has", "let", "its", "cm", "mm", "km", "dm", "nm",
        "kg", "mg", "ft", "in", "yd", "mi", "hr", "hrs", "min", "sec", "ms", "mph", "kph", "lb",
        "lbs", "oz", "gal", "ml", "mL", "pm", "am", "PM", "AM", "mod", "sq", "cu", "USD", "DNE",
        "gm", "Yes", "No", "The", "One", "Two", "Six", "Ten", "Odd", "rad", "Hz", "Not", "If",
        "It", "So", "We", "In", "An", "At", "By", "On", "To", "Is", "As",
    ];
    match run.len() {
        0 | 1 => false,
        2 => SHORT.contains(&run),
        3 => SHORT.contains(&run) || is_given_name(run),
        _ => {
            // Four letters or more are a word, unless they run on as the alphabet does, or hold no vowel.
            let bytes = run.as_bytes();
            let alphabet = bytes.windows(2).all(|pair| pair[1] == pair[0] + 1);
            let vowel = bytes.iter().any(|byte| b"aeiouyAEIOUY".contains(byte));
            let capitals = bytes.iter().all(u8::is_ascii_uppercase);
            !(alphabet || (capitals && bytes.len() <= 4) || (!vowel && bytes.len() <= 5))
        }
    }
}

/// `Zoe`, `Ann`: a capital and two small letters that can be spoken.
fn is_given_name(run: &str) -> bool {
    let vowel = |byte: &u8| b"aeiouy".contains(&byte.to_ascii_lowercase());
    matches!(run.as_bytes(), [first @ b'A'..=b'Z', second @ b'a'..=b'z', b'a'..=b'z']
        if vowel(first) || vowel(second))
}
