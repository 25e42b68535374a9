//! Names of variables and functions.

use std::fmt;
use std::sync::Arc;

/// The name of a variable or of an unknown function; short names are kept inline.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Symbol(Name);

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Name {
    /// Up to eight bytes of UTF-8, padded with zero bytes.
    Short([u8; 8]),
    Long(Arc<Box<str>>),
    /// A letter that is said to run over a set, by its place among those.
    Parameter(u8),
    /// A name that is bound, by its place.
    Bound(u8),
    /// What `…` stands for.
    Ellipsis,
    /// An operator that no algebra here works out.
    Unfinished(Arc<Box<str>>),
}

/// How parameters and bound names are shown.
const PLACES: [&str; 8] = ["#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"];

impl Symbol {
    /// The symbol called `name`.
    #[must_use]
    pub(crate) fn new(name: &str) -> Self {
        let bytes = name.as_bytes();
        if bytes.len() <= 8 && !bytes.contains(&0) {
            let mut short = [0; 8];
            short[..bytes.len()].copy_from_slice(bytes);
            Self(Name::Short(short))
        } else {
            Self(Name::Long(Arc::new(name.into())))
        }
    }

    /// A letter that is said to run over a set, by its place among those. No written name is equal to
    /// it. There are eight places, counted from zero.
    #[must_use]
    pub(crate) fn parameter(place: usize) -> Option<Self> {
        u8::try_from(place)
            .ok()
            .filter(|_| place < PLACES.len())
            .map(|at| Self(Name::Parameter(at)))
    }

    /// A bound name, by its place. No written name is equal to it.
    #[must_use]
    pub(crate) fn bound(place: usize) -> Option<Self> {
        u8::try_from(place).ok().filter(|_| place < PLACES.len()).map(|at| Self(Name::Bound(at)))
    }

    /// What `…` stands for between the terms of a sum.
    #[must_use]
    pub(crate) fn ellipsis() -> Self {
        Self(Name::Ellipsis)
    }

    /// The name of an operator that no algebra here works out, such as an integral. No written name is equal to it.
    #[must_use]
    pub(crate) fn unfinished(operator: &str) -> Self {
        Self(Name::Unfinished(Arc::new(operator.into())))
    }

    #[must_use]
    pub(crate) fn is_unfinished(&self) -> bool {
        matches!(self.0, Name::Unfinished(_))
    }

    /// The name as text.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        match &self.0 {
            Name::Short(bytes) => {
                let length = bytes.iter().position(|&byte| byte == 0).unwrap_or(8);
                std::str::from_utf8(&bytes[..length]).unwrap_or_default()
            }
            Name::Long(name) | Name::Unfinished(name) => name,
            Name::Parameter(place) | Name::Bound(place) => PLACES[usize::from(*place)],
            Name::Ellipsis => "…",
        }
    }
}

impl From<&str> for Symbol {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
