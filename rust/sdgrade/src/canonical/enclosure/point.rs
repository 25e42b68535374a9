//! Points at which expressions are evaluated: values of variables and of unknown functions.

use num_bigint::BigInt;

use super::ball::Ball;
use super::complex::{Agreement, Complex};
use crate::budget::Stop;
use crate::canonical::expression::Symbol;
use crate::canonical::number::Random;

/// Bits in which two arguments of an unknown function must agree to count as the same.
const SAME_ARGUMENT: u64 = 96;

/// Where the values at a point are taken from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Region {
    /// Between −5 and 5.
    Reals,
    /// Between 0 and 7.
    Positive,
    /// Between 0 and 1.
    UnitInterval,
    /// From 1 to 128.
    Integers,
    /// Up to this power of two on both sides of zero, every size as likely as another.
    Far(u32),
}

impl Region {
    /// The next value.
    pub(crate) fn value(self, random: &mut Random) -> Ball {
        let bits = random.next();
        let fraction = Ball::scaled(BigInt::from(bits >> 2), -62);
        let signed = |value: Ball| if bits & 1 == 1 { value.negate() } else { value };
        match self {
            Self::UnitInterval => fraction,
            Self::Positive => fraction.times(7, 128),
            Self::Reals => signed(fraction.times(5, 128)),
            Self::Integers => Ball::from(1 + i64::try_from(bits >> 57).unwrap_or(0)),
            Self::Far(size) => {
                let size = random.next() % (u64::from(size) + 1);
                signed(fraction.shifted(i64::try_from(size).unwrap_or(0)))
            }
        }
    }
}

/// What an unknown function is taken to give at some arguments.
#[derive(Clone, Debug)]
struct Application {
    function: Symbol,
    arguments: Vec<Complex>,
    value: Ball,
}

/// A value for each variable, and one for each application of an unknown function, drawn when it is
/// first asked for: equal arguments have equal values, and nothing else is known.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    /// In order of their names.
    variables: Vec<(Symbol, Ball)>,
    applications: Vec<Application>,
    /// Where the values of unknown functions come from; without it they have none.
    unknown: Option<(Region, Random)>,
}

impl Point {
    /// For constants: no variable has a value.
    pub(crate) fn nowhere() -> Self {
        Self { variables: Vec::new(), applications: Vec::new(), unknown: None }
    }

    /// These values of variables, in order of their names, and unknown functions from a region.
    pub(crate) fn new(variables: Vec<(Symbol, Ball)>, region: Region, random: &mut Random) -> Self {
        let unknown = Some((region, Random::seeded(random.next())));
        Self { variables, applications: Vec::new(), unknown }
    }

    /// The same point with other values of variables.
    pub(crate) fn with(&self, variables: Vec<(Symbol, Ball)>) -> Self {
        Self { variables, ..self.clone() }
    }

    /// The value of a variable.
    pub(crate) fn variable(&self, name: &Symbol) -> Option<&Ball> {
        let at = self.variables.binary_search_by(|(known, _)| known.cmp(name)).ok()?;
        Some(&self.variables[at].1)
    }

    /// How many applications have a value.
    pub(crate) fn applications(&self) -> usize {
        self.applications.len()
    }

    /// The value of an unknown function: the one that it had at the same arguments, or a new one.
    ///
    /// # Errors
    /// [`Stop::Open`] where it cannot be told whether the arguments are the same.
    pub(crate) fn application(
        &mut self,
        function: &Symbol,
        arguments: Vec<Complex>,
        precision: u64,
    ) -> Result<Ball, Stop> {
        let alike = |known: &&Application| {
            known.function == *function && known.arguments.len() == arguments.len()
        };
        for known in self.applications.iter().filter(alike) {
            let pairs = known.arguments.iter().zip(&arguments);
            let agreements = pairs.map(|(a, b)| a.agreement(b, precision));
            match agreements.min().unwrap_or(Agreement::Bits(precision)) {
                Agreement::No => {}
                Agreement::Bits(SAME_ARGUMENT..) => return Ok(known.value.clone()),
                Agreement::Hidden | Agreement::Bits(_) => return Err(Stop::Open),
            }
        }
        let (region, random) = self.unknown.as_mut().ok_or(Stop::Open)?;
        let value = region.value(random);
        let application =
            Application { function: function.clone(), arguments, value: value.clone() };
        self.applications.push(application);
        Ok(value)
    }
}
