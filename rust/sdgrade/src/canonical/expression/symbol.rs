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
}

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

    /// The name as text.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        match &self.0 {
            Name::Short(bytes) => {
                let length = bytes.iter().position(|&byte| byte == 0).unwrap_or(8);
                std::str::from_utf8(&bytes[..length]).unwrap_or_default()
            }
            Name::Long(name) => name,
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
