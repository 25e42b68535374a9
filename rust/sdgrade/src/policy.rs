//! What counts as the same answer: every leniency, and every limit, is a field.

/// The leniencies of a comparison. Each is documented beside its field; the defaults are the rules
/// of equality, [`Policy::strict`] switches all of them off.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // each leniency is switched on its own
pub struct Policy {
    /// An answer that is a decimal of at least this many significant digits equals an exact gold
    /// that rounds to it (`0.333333` for `1/3`). `None`: never.
    pub answer_rounding_digits: Option<u32>,
    /// A gold that is a decimal of at least this many significant digits equals an exact answer
    /// that rounds to it (`6.46` for `84/13`). `None`: never.
    pub gold_rounding_digits: Option<u32>,
    /// A unit that only one side carries is ignored (`5 cm` and `5`).
    pub ignore_unit: bool,
    /// A percent sign that only one side carries is ignored (`50\%` and `50`); that `50\%` is
    /// `1/2` holds always.
    pub ignore_percent: bool,
    /// A name that only one side gives its value is ignored (`x=5` and `5`).
    pub ignore_name: bool,
    /// What only one side says of the domain of a letter is ignored (`2k\pi, k \in \mathbb{Z}`,
    /// `for all real x`); a condition never is.
    pub ignore_domain: bool,
    /// Labels that only one side carries are ignored (`(1) 3; (2) 5`, `Paolo: 18`).
    pub ignore_label: bool,
    /// A remark (`5 (approximately)`) or an explanation behind Yes or No on one side is ignored.
    pub ignore_remark: bool,
    /// The sentence around one side's value is ignored (`The eighth term is 194.`).
    pub ignore_sentence: bool,
    /// A base subscript that only one side carries is ignored (`11_2` and `11`).
    pub ignore_base: bool,
    /// A bare list takes the brackets of the other side (`1,2` and `(1,2)`).
    pub adopt_brackets: bool,
    /// `A` and `(A)` are the same option.
    pub option_letters: bool,
    /// `(A) 5` is `A`, and it is `5`.
    pub option_values: bool,
    /// Words are compared without case and articles; without punctuation they always are.
    pub loose_text: bool,
    /// An identity that evaluation confirms, with a chance of error below 2^-64, is equality.
    pub numeric_identity: bool,
    /// Where the gold is a number, the answer must be one that is written out: `513^2-487^2` is not.
    /// Where the gold is an expression that is worked out, so must be the answer: `19x+1-4x-81` is not.
    pub evaluated: bool,
    /// What a comparison may cost.
    pub limits: Limits,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            answer_rounding_digits: Some(6),
            gold_rounding_digits: Some(3),
            ignore_unit: true,
            ignore_percent: true,
            ignore_name: true,
            ignore_domain: true,
            ignore_label: true,
            ignore_remark: true,
            ignore_sentence: true,
            ignore_base: true,
            adopt_brackets: true,
            option_letters: true,
            option_values: true,
            loose_text: true,
            numeric_identity: true,
            evaluated: false,
            limits: Limits::default(),
        }
    }
}

impl Policy {
    /// No leniency at all: exact mathematics and the same words.
    #[must_use]
    pub fn strict() -> Self {
        Self {
            answer_rounding_digits: None,
            gold_rounding_digits: None,
            ignore_unit: false,
            ignore_percent: false,
            ignore_name: false,
            ignore_domain: false,
            ignore_label: false,
            ignore_remark: false,
            ignore_sentence: false,
            ignore_base: false,
            adopt_brackets: false,
            option_letters: false,
            option_values: false,
            loose_text: false,
            numeric_identity: false,
            evaluated: false,
            limits: Limits::default(),
        }
    }

    /// For training against the grader: refuses what would be paid for more than one gold, or without
    /// doing the work. A right value that is written out is as welcome as by default.
    #[must_use]
    pub fn reward() -> Self {
        Self {
            ignore_percent: false,
            ignore_base: false,
            option_values: false,
            ignore_sentence: false,
            evaluated: true,
            ..Self::default()
        }
    }
}

/// What a comparison may cost. What exceeds a limit is undecided, unless both sides are the same
/// text. All limits are counts, never times, so a verdict is the same on every machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one side.
    pub length: usize,
    /// Nesting of brackets, fractions, powers and the like. Above [`Limits::DEEPEST`] it counts as that.
    pub depth: usize,
    /// Nodes of one side's syntax tree.
    pub nodes: usize,
    /// Digits of one number.
    pub digits: usize,
    /// Elements that `±` may expand to.
    pub expansions: usize,
    /// Work units of one comparison, of about 10 ns each.
    pub work: u64,
}

impl Limits {
    /// The deepest nesting that fits the stack of any thread (a megabyte).
    pub const DEEPEST: usize = 100;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            length: 1 << 16,
            depth: 100,
            nodes: 1 << 14,
            digits: 10_000,
            expansions: 1 << 10,
            work: 2_000_000,
        }
    }
}
