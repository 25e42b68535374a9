//! Functions with a notation of their own.

use super::matrix::exprs;
use super::{Lowered, Lowering};
use crate::canonical::{Expr, Function, Symbol};
use crate::read::{Function as Written, Kind, Name, NodeId};
use crate::value::{Shape, Value};

fn algebraic(function: Written) -> Option<Function> {
    Some(match function {
        Written::Sin => Function::Sin,
        Written::Cos => Function::Cos,
        Written::Tan => Function::Tan,
        Written::Cot => Function::Cot,
        Written::Sec => Function::Sec,
        Written::Csc => Function::Csc,
        Written::Arcsin => Function::Arcsin,
        Written::Arccos => Function::Arccos,
        Written::Arctan => Function::Arctan,
        Written::Arccot => Function::Arccot,
        Written::Arcsec => Function::Arcsec,
        Written::Arccsc => Function::Arccsc,
        Written::Sinh => Function::Sinh,
        Written::Cosh => Function::Cosh,
        Written::Tanh => Function::Tanh,
        Written::Coth => Function::Coth,
        Written::Arsinh => Function::Arsinh,
        Written::Arcosh => Function::Arcosh,
        Written::Artanh => Function::Artanh,
        Written::Ln => Function::Ln,
        Written::Exp => Function::Exp,
        Written::Gcd => Function::Gcd,
        Written::Lcm => Function::Lcm,
        Written::Max => Function::Max,
        Written::Min => Function::Min,
        Written::Re => Function::Re,
        Written::Im => Function::Im,
        Written::Arg => Function::Arg,
        Written::Sign => Function::Sign,
        Written::Absolute => Function::Abs,
        Written::Floor => Function::Floor,
        Written::Ceiling => Function::Ceil,
        Written::Binomial => Function::Binomial,
        Written::Log
        | Written::Lg
        | Written::Cis
        | Written::Det
        | Written::Cross
        | Written::Root
        | Written::Accent(_) => return None,
    })
}

/// The real or the imaginary part of an argument: an unknown of `z`, of which nobody knows that it is real.
fn part(real: bool, argument: &Expr) -> Function {
    let is_complex = |name: &Symbol| name.as_str().starts_with(['z', 'w']);
    match (real, argument.variables().iter().any(is_complex)) {
        (true, false) => Function::Re,
        (false, false) => Function::Im,
        (true, true) => Function::Named(Symbol::new("Re")),
        (false, true) => Function::Named(Symbol::new("Im")),
    }
}

/// The inverse of a function that is written `f^{-1}`.
pub(super) fn inverse(function: Written) -> Option<Function> {
    Some(match function {
        Written::Sin => Function::Arcsin,
        Written::Cos => Function::Arccos,
        Written::Tan => Function::Arctan,
        Written::Cot => Function::Arccot,
        Written::Sec => Function::Arcsec,
        Written::Csc => Function::Arccsc,
        Written::Sinh => Function::Arsinh,
        Written::Cosh => Function::Arcosh,
        Written::Tanh => Function::Artanh,
        _ => return None,
    })
}

impl Lowering<'_> {
    fn root(&mut self, id: NodeId, arguments: &[NodeId]) -> Lowered<Value> {
        let root = match *arguments {
            [radicand] => Expr::sqrt(self.scalar(radicand)?),
            [radicand, degree] => {
                let radicand = self.scalar(radicand)?;
                Expr::root(radicand, self.scalar(degree)?)
            }
            _ => return self.meaningless(id),
        };
        Ok(if self.dotted { self.endless(root.into()) } else { root.into() })
    }

    /// `|x|`, and a determinant.
    fn absolute(&mut self, id: NodeId, inner: NodeId) -> Lowered<Value> {
        let value = self.value(inner)?;
        if let Some(length) = self.length(&value)? {
            return Ok(length.into());
        }
        match value {
            Value::Matrix(columns, cells) => self.determinant(id, columns, &exprs(&cells)),
            value => match super::as_scalar(value) {
                Some(inner) if may_be_complex(&inner) => Ok(Expr::modulus(inner).into()),
                Some(inner) => Ok(Expr::function(Function::Abs, vec![inner]).into()),
                None => self.meaningless(id),
            },
        }
    }

    pub(super) fn call(
        &mut self,
        id: NodeId,
        function: Written,
        arguments: &[NodeId],
    ) -> Lowered<Value> {
        match (function, arguments) {
            (Written::Root, _) => self.root(id, arguments),
            (Written::Re | Written::Im, &[argument]) => {
                let argument = self.scalar(argument)?;
                Ok(Expr::function(part(function == Written::Re, &argument), vec![argument]).into())
            }
            // Without a base, `\log` is the natural logarithm.
            (Written::Log, &[argument]) => {
                Ok(Expr::function(Function::Ln, vec![self.scalar(argument)?]).into())
            }
            (Written::Log | Written::Ln | Written::Lg, &[argument, base]) => {
                let argument = self.scalar(argument)?;
                let base = self.scalar(base)?;
                Ok(Expr::logarithm(base, argument).into())
            }
            (Written::Lg, &[argument]) => {
                let argument = self.scalar(argument)?;
                Ok(Expr::logarithm(Expr::integer(10), argument).into())
            }
            (Written::Cis, &[angle]) => {
                let angle = vec![self.scalar(angle)?];
                let sine = Expr::function(Function::Sin, angle.clone());
                let cosine = Expr::function(Function::Cos, angle);
                Ok(Expr::sum(vec![cosine, Expr::product(vec![Expr::i(), sine])]).into())
            }
            (Written::Det, &[matrix]) => match self.value(matrix)? {
                Value::Matrix(columns, cells) => self.determinant(id, columns, &exprs(&cells)),
                _ => self.meaningless(id),
            },
            (Written::Accent("underline"), &[inner]) => self.value(inner),
            (Written::Cross, &[a, b]) => self.cross(id, a, b),
            (Written::Accent("complement"), sets) => {
                Ok(Value::Structure(Shape::Complement, self.values(sets)?))
            }
            (Written::Accent("vec"), &[inner])
                if matches!(self.tree.kind(inner), Kind::Number(_))
                    && self.tree.numeral(inner) == "0" =>
            {
                self.value(inner)
            }
            (Written::Accent("vec"), &[inner])
                if let Kind::Symbol(Name::Segment(ends)) = self.tree.kind(inner) =>
            {
                Ok(between_points(self.tree.letters(ends)).into())
            }
            (Written::Accent(accent), &[inner]) => {
                if let Kind::Number(_)
                | Kind::Product(_)
                | Kind::Symbol(_)
                | Kind::Subscript(..)
                | Kind::Prime(..) = self.tree.kind(inner)
                {
                    let name = format!("{accent}({})", self.tree.spelling(inner));
                    return Ok(Expr::variable(Symbol::new(&name)).into());
                }
                // `\overline{A \cup B}`
                if accent == "overline"
                    && let Kind::Union(_) | Kind::Intersection(_) = self.tree.kind(inner)
                {
                    let set = self.value(inner)?;
                    return Ok(Value::Structure(Shape::Complement, vec![set]));
                }
                let inner = self.scalar(inner)?;
                let function = if accent == "overline" {
                    Function::Conjugate
                } else {
                    Function::Named(Symbol::new(accent))
                };
                Ok(Expr::function(function, vec![inner]).into())
            }
            (Written::Absolute, &[inner]) => self.absolute(id, inner),
            (Written::Max | Written::Min | Written::Gcd | Written::Lcm, arguments) => {
                // `\max\{a, b\}` has a set for its argument.
                let mut all = Vec::new();
                for &argument in arguments {
                    match self.value(argument)? {
                        Value::Set(items) | Value::Tuple(_, items) | Value::List(items)
                            if arguments.len() == 1 =>
                        {
                            // One that is no number leaves the whole without a meaning.
                            let numbers =
                                items.into_iter().map(super::as_scalar).collect::<Option<Vec<_>>>();
                            match numbers {
                                Some(mut numbers) => all.append(&mut numbers),
                                None => return self.meaningless(argument),
                            }
                        }
                        value => match super::as_scalar(value) {
                            Some(expr) => all.push(expr),
                            None => return self.meaningless(argument),
                        },
                    }
                }
                match algebraic(function) {
                    Some(function) if !all.is_empty() => Ok(Expr::function(function, all).into()),
                    _ => self.meaningless(id),
                }
            }
            (function, arguments) => {
                let Some(function) = algebraic(function) else { return self.meaningless(id) };
                let arguments = self.scalars(arguments)?;
                Ok(Expr::function(function, arguments).into())
            }
        }
    }
}

/// The vector from one point to another: `\overrightarrow{BA}` is `-\overrightarrow{AB}`.
fn between_points(ends: &str) -> Expr {
    let there: String = ends.chars().filter(char::is_ascii_alphabetic).collect();
    let back: String = there.chars().rev().collect();
    let vector = |ends: &str| Expr::variable(Symbol::new(&format!("vec({ends})")));
    if there <= back { vector(&there) } else { Expr::negate(vector(&back)) }
}

/// Whether a letter in an expression is one that complex numbers, matrices and sets have: `|z|^2` is no `z^2`.
fn may_be_complex(expr: &Expr) -> bool {
    expr.variables().iter().any(|name| {
        matches!(name.as_str().as_bytes(), [b'z' | b'w' | b'A'..=b'Z'] | [b'z' | b'w', b'_', ..])
    })
}
