//! The vocabulary: words that mean more than themselves.
//!
//! The lists of function words are closed: a word that is not on one of them is content, and content is
//! never dropped.

pub(super) fn is_article(word: &str) -> bool {
    ["a", "an", "the"].iter().any(|article| word.eq_ignore_ascii_case(article))
}

/// Whether a word is on a list, whatever its case.
pub(super) fn one_of(word: &str, known: &[&str]) -> bool {
    known.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// What a word opens that stands behind a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opener {
    /// The value holds only under what follows.
    Condition,
    /// What follows says what a letter stands for.
    Domain,
    /// What follows says why.
    Explanation,
}

pub(crate) fn opener(word: &str) -> Option<Opener> {
    // What stands behind the last three may be another answer (`as well as seven`).
    const CONDITIONS: &[&str] = &[
        "if",
        "when",
        "whenever",
        "unless",
        "otherwise",
        "else",
        "provided",
        "assuming",
        "except",
        "iff",
        "until",
        "as",
        "so",
        "by",
        "while",
        "若",
        "当",
        "если",
        "при",
        "когда",
    ];
    const DOMAINS: [&str; 13] = [
        "for", "where", "with", "any", "every", "all", "each", "some", "given", "such", "其中",
        "для", "где",
    ];
    const EXPLANATIONS: [&str; 3] = ["because", "since", "因为"];
    if one_of(word, CONDITIONS) {
        Some(Opener::Condition)
    } else if one_of(word, &DOMAINS) {
        Some(Opener::Domain)
    } else if one_of(word, &EXPLANATIONS) {
        Some(Opener::Explanation)
    } else {
        None
    }
}

/// Words for digits that are counted.
pub(crate) fn counts_digits(word: &str) -> bool {
    one_of(
        word,
        &["digits", "times", "zeros", "zeroes", "ones", "twos", "nines", "copies", "个", "位"],
    )
}

/// Whether a word opens what the value before it holds under, rather than without.
pub(crate) fn is_if(word: &str) -> bool {
    const IFS: [&str; 11] = [
        "if",
        "when",
        "whenever",
        "provided",
        "assuming",
        "iff",
        "若",
        "当",
        "если",
        "при",
        "когда",
    ];
    one_of(word, &IFS)
}

/// Words that say of a letter that it stands for something, and of which kind it is, but restrict it no further.
pub(crate) fn introduces_letter(word: &str) -> bool {
    const KINDS: &[&str] = &[
        "for",
        "all",
        "any",
        "every",
        "each",
        "some",
        "where",
        "with",
        "given",
        "such",
        "that",
        "and",
        "both",
        "is",
        "are",
        "be",
        "denotes",
        "denote",
        "real",
        "reals",
        "rational",
        "complex",
        "natural",
        "integer",
        "integers",
        "whole",
        "number",
        "numbers",
        "value",
        "values",
        "of",
        "constant",
        "constants",
        "parameter",
        "parameters",
        "variable",
        "variables",
        "scalar",
        "scalars",
        "function",
        "functions",
        "polynomial",
        "polynomials",
        "vector",
        "vectors",
        "arbitrary",
        "fixed",
        "unknown",
        "independent",
        "integration",
        "其中",
        "для",
        "где",
    ];
    is_article(word) || one_of(word, KINDS)
}

/// Words for the sign of the number behind them.
pub(crate) fn is_minus(word: &str) -> bool {
    one_of(word, &["minus", "negative", "负", "零下"])
}

/// Words between a quantifier and what it is said of.
pub(crate) fn leads_to(word: &str) -> bool {
    one_of(word, &["such", "that", "st", "有", "都有", "均有", "恒有", "使得", "使", "we", "have"])
}

/// Words that open the condition of what follows.
pub(crate) fn supposes(word: &str) -> bool {
    one_of(word, &["if", "若", "如果"])
}

/// Words for all the cases that are not named.
pub(crate) fn is_otherwise(word: &str) -> bool {
    one_of(word, &["otherwise", "else", "elsewhere", "其他", "其它", "其余", "否则"])
}

/// Words that bound a number, and before another word say where something is.
pub(crate) fn is_place(word: &str) -> bool {
    one_of(word, &["over", "under", "above", "below"])
}

/// Words right before an answer that say that it is one.
pub(crate) fn announces(word: &str) -> bool {
    one_of(
        word,
        &[
            "选",
            "故选",
            "应选",
            "选择",
            "答",
            "答案",
            "故答案",
            "最大值",
            "最小值",
            "选项",
            "答案选",
        ],
    )
}

/// Nouns of things that are told apart by a number or a letter.
pub(crate) fn is_designated(word: &str) -> bool {
    one_of(
        word,
        &[
            "player",
            "person",
            "group",
            "team",
            "day",
            "case",
            "statement",
            "proposition",
            "figure",
            "step",
            "page",
            "room",
            "door",
            "box",
            "method",
            "plan",
            "scheme",
            "class",
            "grade",
            "row",
            "column",
            "quadrant",
            "level",
            "stage",
            "round",
            "graph",
            "equation",
        ],
    )
}

/// Nouns that a point is labelled with.
pub(crate) fn is_point(word: &str) -> bool {
    const POINTS: &[&str] = &[
        "point",
        "points",
        "min",
        "max",
        "minimum",
        "maximum",
        "minima",
        "maxima",
        "extremum",
        "extrema",
        "inflection",
        "pt",
        "pts",
        "vertex",
        "vertices",
        "center",
        "centre",
        "centroid",
        "circumcenter",
        "incenter",
        "orthocenter",
        "focus",
        "foci",
        "intercept",
        "intercepts",
        "intersection",
        "intersections",
        "midpoint",
        "origin",
        "corner",
        "corners",
        "endpoint",
        "endpoints",
        "coordinate",
        "coordinates",
        "solution",
        "solutions",
    ];
    one_of(word, POINTS)
}

/// Words that cannot end what is said of something: `the sum of`, `the distance between`.
pub(crate) fn relates_to(word: &str) -> bool {
    one_of(
        word,
        &[
            "of", "between", "from", "to", "in", "on", "at", "with", "that", "than", "through",
            "and",
        ],
    )
}

/// Nouns of what is as wide and as long as a product says: a `2 \times 3` matrix is no `6`.
pub(crate) fn has_size(word: &str) -> bool {
    one_of(
        word,
        &[
            "matrix",
            "matrices",
            "array",
            "grid",
            "board",
            "rectangle",
            "table",
            "size",
            "order",
            "dimension",
            "dimensions",
            "矩阵",
        ],
    )
}

/// Words that bound what is counted, behind the things themselves: `less than 1000`.
pub(crate) fn compares(word: &str) -> bool {
    one_of(
        word,
        &["less", "more", "greater", "fewer", "over", "under", "below", "above", "least", "most"],
    )
}

/// Nouns of what a thing has a value or an equation of: words that end with one are the label of what follows.
pub(crate) fn is_measured(word: &str) -> bool {
    const MEASURES: &[&str] = &[
        "length",
        "width",
        "height",
        "depth",
        "base",
        "radius",
        "diameter",
        "center",
        "centre",
        "area",
        "volume",
        "perimeter",
        "circumference",
        "slope",
        "gradient",
        "maximum",
        "max",
        "minimum",
        "min",
        "quotient",
        "remainder",
        "mean",
        "median",
        "mode",
        "range",
        "variance",
        "amplitude",
        "period",
        "frequency",
        "vertex",
        "focus",
        "midpoint",
        "degree",
        "rank",
        "nullity",
        "dimension",
        "speed",
        "distance",
        "average",
        "asymptote",
        "axis",
        "directrix",
        "line",
        "plane",
        "value",
        "intercept",
        "domain",
        "discriminant",
        "determinant",
        "trace",
        "圆心",
        "半径",
        "周长",
        "面积",
        "体积",
    ];
    // `x-intercept`
    one_of(word.rsplit('-').next().unwrap_or(word), MEASURES)
}

/// The word for how often a root counts.
pub(crate) fn is_multiplicity(word: &str) -> bool {
    one_of(word, &["multiplicity", "double", "triple", "repeated"])
}

/// Words for the statement that is asked about, and articles before them.
pub(crate) fn is_statement(word: &str) -> bool {
    const NAMES: [&str; 9] =
        ["statement", "claim", "proposition", "assertion", "answer", "it", "this", "that", "given"];
    is_article(word) || one_of(word, &NAMES)
}

/// `double root`
pub(crate) fn tells_multiplicity(words: &[&str]) -> bool {
    matches!(words, [how, root] if is_multiplicity(how)
        && one_of(root, &["root", "roots", "zero", "solution"]))
}

/// Words that only say how the number beside them was come by.
pub(crate) fn is_remark(word: &str) -> bool {
    one_of(
        word,
        &[
            "only",
            "approximately",
            "approx",
            "about",
            "roughly",
            "exactly",
            "exact",
            "total",
            "altogether",
            "rounded",
            "simplified",
            "respectively",
            "final",
            "answer",
            "approximate",
            "约",
            "大约",
            "共",
            "共有",
            "共计",
            "一共",
            "一共有",
            "总共",
            "总共有",
            "合计",
            "是原方程的解",
            "是原方程的根",
            "是方程的解",
            "是方程的根",
            "是所求",
        ],
    )
}

/// Whether the last word before an `of` or a `per` is a plural, or a noun that has none.
pub(crate) fn counts_things(words: &[&str]) -> bool {
    const NO_PLURAL: [&str; 16] = [
        "people", "men", "women", "children", "sheep", "fish", "deer", "feet", "mice", "geese",
        "teeth", "dice", "oxen", "deer", "aircraft", "dozen",
    ];
    let head = words
        .iter()
        .position(|word| {
            one_of(
                word,
                &[
                    "of",
                    "per",
                    "in",
                    "for",
                    "with",
                    "on",
                    "old",
                    "each",
                    "a",
                    "left",
                    "remaining",
                    "now",
                    "altogether",
                ],
            )
        })
        .filter(|&at| at > 0)
        .map_or(words.last(), |at| words.get(at - 1));
    // `72 Mb per hour`: a rate counts, whatever its unit.
    words.iter().any(|word| one_of(word, &["per"]))
        || head.is_some_and(|word| {
            let lower = word.to_lowercase();
            !word.is_ascii()
                || NO_PLURAL.contains(&&lower[..])
                || lower.len() > 2
                    && lower.ends_with('s')
                    && !["ss", "us", "is"].iter().any(|end| lower.ends_with(end))
        })
}

/// Yes and no.
pub(crate) fn truth(word: &str) -> Option<bool> {
    if one_of(word, &["yes", "true", "是", "对", "正确", "да"]) {
        Some(true)
    } else if one_of(word, &["no", "false", "否", "错", "错误", "нет"]) {
        Some(false)
    } else {
        None
    }
}
