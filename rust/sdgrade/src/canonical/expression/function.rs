//! The functions that expressions are made of.

use super::symbol::Symbol;

/// A function of one or more arguments.
///
/// Applied to a number of arguments that does not fit, a function is treated as unknown: equal only
/// to itself at equal arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Function {
    Abs,
    Sign,
    Floor,
    Ceil,
    Exp,
    Ln,
    Sin,
    Cos,
    Tan,
    Cot,
    Sec,
    Csc,
    Arcsin,
    Arccos,
    Arctan,
    Arccot,
    Arcsec,
    Arccsc,
    Sinh,
    Cosh,
    Tanh,
    Coth,
    Arsinh,
    Arcosh,
    Artanh,
    Factorial,
    DoubleFactorial,
    /// `n` over `k`.
    Binomial,
    /// Falling factorial: the number of `k`-permutations of `n` things.
    Permutations,
    Gcd,
    Lcm,
    Max,
    Min,
    /// `a mod m`, between 0 and `m`.
    Mod,
    Re,
    Im,
    Conjugate,
    Arg,
    /// Euler's totient.
    Phi,
    /// Riemann's zeta function.
    Zeta,
    /// The number of permutations without a fixed point.
    Subfactorial,
    /// `F(1) = F(2) = 1`.
    Fibonacci,
    /// A function that is known only by its name: `f(x)`.
    Named(Symbol),
}

impl Function {
    /// The name that is shown.
    #[must_use]
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Abs => "abs",
            Self::Sign => "sign",
            Self::Floor => "floor",
            Self::Ceil => "ceil",
            Self::Exp => "exp",
            Self::Ln => "ln",
            Self::Sin => "sin",
            Self::Cos => "cos",
            Self::Tan => "tan",
            Self::Cot => "cot",
            Self::Sec => "sec",
            Self::Csc => "csc",
            Self::Arcsin => "arcsin",
            Self::Arccos => "arccos",
            Self::Arctan => "arctan",
            Self::Arccot => "arccot",
            Self::Arcsec => "arcsec",
            Self::Arccsc => "arccsc",
            Self::Sinh => "sinh",
            Self::Cosh => "cosh",
            Self::Tanh => "tanh",
            Self::Coth => "coth",
            Self::Arsinh => "arsinh",
            Self::Arcosh => "arcosh",
            Self::Artanh => "artanh",
            Self::Factorial => "factorial",
            Self::DoubleFactorial => "double_factorial",
            Self::Binomial => "binomial",
            Self::Permutations => "permutations",
            Self::Gcd => "gcd",
            Self::Lcm => "lcm",
            Self::Max => "max",
            Self::Min => "min",
            Self::Mod => "mod",
            Self::Re => "re",
            Self::Im => "im",
            Self::Conjugate => "conjugate",
            Self::Arg => "arg",
            Self::Phi => "phi",
            Self::Zeta => "zeta",
            Self::Subfactorial => "subfactorial",
            Self::Fibonacci => "fibonacci",
            Self::Named(symbol) => symbol.as_str(),
        }
    }
}
