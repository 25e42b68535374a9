//! Numbers that are exact: rationals, integers and their primes.

mod gcd;
pub(crate) mod integer;
mod numeral;
pub(crate) mod prime;
mod random;
mod rational;
pub(crate) mod sequence;

pub(crate) use gcd::{gcd_of_words, paid_gcd};
pub(crate) use random::Random;
pub(crate) use rational::Rational;
