//! What names something, and values under their names: `x`, `f(x)`, `AB`, a column of letters.

use super::Lowering;
use crate::canonical::Symbol;
use crate::read::{
    Constant, Delimiter, Environment, Function as Written, Kind, Name as Written_, NodeId, Said,
    said_unit,
};
use crate::value::{Brackets, Name, Named, Quantity, Value};

impl Lowering<'_> {
    /// A value with the unit that its name says: `\text{radius in meters} = 5`, `r \text{ (m)} = 5`.
    fn in_unit_of_name(&self, name: NodeId, value: Value) -> Value {
        let tree = self.tree;
        let said = match (tree.kind(name), &value) {
            (Kind::Said(at), Value::Quantity(Quantity { unit: None, .. })) => match tree.said(at) {
                Value::Text(words) => said_unit(words),
                _ => None,
            },
            (Kind::Product(parts), Value::Quantity(Quantity { unit: None, .. })) => {
                match *tree.children(parts) {
                    [_, unit] if matches!(tree.kind(unit), Kind::Delimited(..)) => {
                        // `r(m) = 5` is a function of m.
                        let source = tree.letters(tree.span(unit));
                        let upright = tree.letters(tree.span(name)).contains('\\');
                        upright.then(|| said_unit(source)).flatten()
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        match (said, value) {
            (Some(Said::Unit(unit)), Value::Quantity(quantity)) => {
                Value::Quantity(Quantity { unit: Some(unit), ..quantity })
            }
            (_, value) => value,
        }
    }

    /// A value under one or more names.
    pub(super) fn named(&mut self, names: &[NodeId], value: Value) -> Value {
        // A column of names is their tuple.
        let value = match (names, value) {
            (&[only], Value::Matrix(1, cells)) if self.column(only).is_some() => {
                let items = cells.into_iter().map(Value::Quantity).collect();
                Value::Tuple(Brackets::Round, items)
            }
            (&[only], value) => self.in_unit_of_name(only, value),
            (_, value) => value,
        };
        let mut parameters = Vec::new();
        let mut all = Vec::with_capacity(names.len());
        for &name in names {
            let mut text = self.column(name).unwrap_or_else(|| self.tree.spelling(name));
            if let Some((function, arguments)) = self.application(name) {
                let symbols: Option<Vec<Symbol>> = arguments
                    .iter()
                    .map(|&argument| match self.tree.kind(argument) {
                        Kind::Symbol(name) => Some(self.symbol_name(name)),
                        _ => None,
                    })
                    .collect();
                // The argument of a name is part of it, unless the value depends on it: `P(A)` is not `P(B)`.
                let lower = matches!(
                    self.tree.kind(function),
                    Kind::Symbol(Written_::Letter(letter)) if letter.is_lowercase()
                );
                // `n(A)` counts the elements of `A`.
                let of_letters = arguments.iter().all(|&argument| {
                    !matches!(
                        self.tree.kind(argument),
                        Kind::Symbol(Written_::Letter(letter))
                            if letter.is_uppercase() || matches!(letter, 'a'..='d')
                    )
                });
                if let Some(symbols) = symbols
                    && (lower && of_letters
                        || !symbols.is_empty() && {
                            let letters = value.variables();
                            symbols.iter().any(|symbol| letters.contains(symbol))
                        })
                {
                    text = self.tree.spelling(function);
                    parameters = symbols;
                }
            } else if let Kind::Symbol(name) = self.tree.kind(name) {
                self.symbol_name(name).as_str().clone_into(&mut text);
            } else if let Some(derivative) = self.differential(name) {
                derivative.as_str().clone_into(&mut text);
            }
            // `E[X]` is `E(X)`.
            if text.ends_with(']') && text.starts_with(char::is_uppercase) {
                text = text.replace('[', "(").replace(']', ")");
            }
            // The greatest of one number is that number, `\max f` is not `f`.
            let extreme =
                matches!(self.tree.kind(name), Kind::Call(Written::Max | Written::Min, _));
            let expr = if extreme { None } else { self.scalar(name).ok() };
            all.push(Name { text, expr });
        }
        match value {
            Value::Named(inner) => {
                all.extend(inner.names);
                Value::Named(Box::new(Named { names: all, parameters, value: inner.value }))
            }
            // What is said of the value is said of the whole.
            Value::Noted(inner) => {
                let (value, notes) = inner.into_parts();
                Value::Named(Box::new(Named { names: all, parameters, value })).with_notes(notes)
            }
            value => Value::Named(Box::new(Named { names: all, parameters, value })),
        }
    }

    /// The names of a column, written as their tuple.
    pub(super) fn column(&self, id: NodeId) -> Option<String> {
        let Kind::Matrix(Environment::Matrix, 1, cells) = self.tree.kind(id) else { return None };
        let names: Vec<String> =
            self.tree.children(cells).iter().map(|&cell| self.tree.spelling(cell)).collect();
        Some(format!("({})", names.join(",")))
    }

    /// `f(x)` and `P(x)`: what is applied, to which arguments.
    pub(super) fn application(&self, id: NodeId) -> Option<(NodeId, Vec<NodeId>)> {
        match self.tree.kind(id) {
            Kind::Apply(function, arguments) => {
                Some((function, self.tree.children(arguments).to_vec()))
            }
            Kind::Product(factors) => match *self.tree.children(factors) {
                [function, arguments] if self.is_symbol(function) || self.is_composed(function) => {
                    match self.tree.kind(arguments) {
                        Kind::Delimited(Delimiter::Paren, Delimiter::Paren, inside) => {
                            Some((function, self.tree.children(inside).to_vec()))
                        }
                        _ => None,
                    }
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `(f \circ g)`
    fn is_composed(&self, id: NodeId) -> bool {
        let Kind::Delimited(Delimiter::Paren, _, inside) = self.tree.kind(id) else { return false };
        matches!(
            *self.tree.children(inside),
            [only] if matches!(self.tree.kind(only), Kind::Symbol(Written_::Word(_)))
        )
    }

    /// `\frac{dy}{dx}` and `\frac{\partial^2 f}{\partial x \partial y}`: a name of their own, and no quotient of products.
    /// The derivatives of `y` by `x` are also written `y'` and `y''`, those of `f` by one of its letters `f_x`.
    pub(super) fn differential(&self, id: NodeId) -> Option<Symbol> {
        let Kind::Fraction(top, bottom) = self.tree.kind(id) else { return None };
        let factors = |id: NodeId| match self.tree.kind(id) {
            Kind::Product(factors) => self.tree.children(factors),
            _ => &[],
        };
        let is_sign = |id: NodeId, sign: Written_| self.tree.kind(id) == Kind::Symbol(sign);
        let &[d, function] = factors(top) else { return None };
        let (base, order) = match self.tree.kind(d) {
            Kind::Power(base, order) => (base, self.tree.numeral(order).parse().ok()?),
            _ => (d, 1_u32),
        };
        let sign = [Written_::Letter('d'), Written_::Letter('∂'), Written_::Command("partial")]
            .into_iter()
            .find(|&sign| is_sign(base, sign))?;
        let below = factors(bottom);
        let whole = below.len() % 2 == 0
            && !below.is_empty()
            && below.chunks(2).all(|pair| is_sign(pair[0], sign) && !is_sign(pair[1], sign));
        if !whole || !self.is_symbol(function) {
            return None;
        }
        let function = self.tree.spelling(function);
        let by: Vec<String> = below.chunks(2).map(|pair| self.tree.spelling(pair[1])).collect();
        let ordinary = sign == Written_::Letter('d');
        let in_x = by == ["x"] && order == 1 || by == ["x^2"] && order == 2;
        Some(Symbol::new(&if ordinary && in_x {
            format!("{function}{}", "'".repeat(order as usize))
        } else if let ([one], 1, false) = (&by[..], order, ordinary) {
            format!("{function}_{one}")
        } else {
            format!("d{order}{function}/{}", by.join(" "))
        }))
    }

    /// `A^{-1}` and `A^T`, which a matrix may be the value of.
    pub(super) fn is_inverse_name(&self, id: NodeId) -> bool {
        let Kind::Power(base, exponent) = self.tree.kind(id) else { return false };
        let minus_one = matches!(self.tree.kind(exponent), Kind::Negate(one)
            if matches!(self.tree.kind(one), Kind::Number(_)) && self.tree.numeral(one) == "1");
        self.is_symbol(base) && (minus_one || self.is_transposition(exponent))
    }

    /// `\nabla f`, `\Delta x`
    fn is_gradient(&self, factors: &[NodeId]) -> bool {
        matches!(*factors, [sign, function] if self.is_symbol(function)
            && matches!(self.tree.kind(sign), Kind::Symbol(Written_::Command("nabla" | "Delta"))))
    }

    pub(super) fn is_symbol(&self, id: NodeId) -> bool {
        match self.tree.kind(id) {
            Kind::Symbol(Written_::Letter(letter)) => !matches!(letter, 'e' | 'i'),
            Kind::Symbol(_) => true,
            Kind::Subscript(base, index) => match self.tree.kind(base) {
                Kind::Delimited(Delimiter::Square, Delimiter::Square, inside) => {
                    self.is_symbol(index)
                        && self.tree.children(inside).iter().all(|&inner| self.is_symbol(inner))
                }
                // `\pi_1`
                Kind::Constant(Constant::Pi) => true,
                _ => self.is_symbol(base),
            },
            Kind::Prime(base, _) => self.is_symbol(base),
            _ => false,
        }
    }

    /// Whether a side names something, rather than being an expression.
    pub(super) fn is_name(&self, id: NodeId) -> bool {
        let tree = self.tree;
        match tree.kind(id) {
            Kind::Symbol(Written_::Letter('i')) => false,
            Kind::Said(at) => matches!(tree.said(at), Value::Text(_)),
            Kind::Apply(..)
            | Kind::Limit(..)
            | Kind::Symbol(Written_::Segment(_) | Written_::Angle(_)) => true,
            Kind::Call(Written::Absolute | Written::Accent(_), inside) => {
                tree.children(inside).iter().all(|&inner| self.is_name(inner))
            }
            Kind::Call(
                Written::Sin
                | Written::Cos
                | Written::Tan
                | Written::Cot
                | Written::Sec
                | Written::Csc
                | Written::Det
                | Written::Max
                | Written::Min
                | Written::Re
                | Written::Im
                | Written::Arg,
                inside,
            ) => matches!(*tree.children(inside), [inner] if self.is_name(inner)),
            Kind::Fraction(top, bottom) => {
                self.is_name(top) && self.is_name(bottom) || self.differential(id).is_some()
            }
            Kind::Ratio(parts) => tree.children(parts).iter().all(|&part| self.is_name(part)),
            Kind::Delimited(Delimiter::Paren | Delimiter::Square | Delimiter::Angle, _, inside) => {
                tree.children(inside).iter().all(|&inner| self.is_name(inner))
            }
            Kind::Union(sets) | Kind::Intersection(sets) => {
                tree.children(sets).iter().all(|&set| self.is_symbol(set))
            }
            // The names of a variance and of a statistic.
            Kind::Power(base, exponent) => {
                matches!(tree.kind(base), Kind::Symbol(Written_::Command("sigma" | "chi")))
                    && matches!(tree.kind(exponent), Kind::Number(_))
                    && tree.numeral(exponent) == "2"
            }
            // A column of names.
            Kind::Matrix(Environment::Matrix, 1, cells) => {
                tree.children(cells).iter().all(|&cell| self.is_symbol(cell))
            }
            Kind::Product(factors) => {
                let factors = tree.children(factors);
                let capital = |id: NodeId| match tree.kind(id) {
                    Kind::Symbol(Written_::Letter(letter)) => letter.is_uppercase(),
                    Kind::Symbol(
                        Written_::Command("angle" | "triangle" | "square")
                        | Written_::Segment(_)
                        | Written_::Angle(_)
                        | Written_::Word(_),
                    ) => true,
                    Kind::Subscript(base, _) | Kind::Prime(base, _) => {
                        matches!(tree.kind(base), Kind::Symbol(Written_::Letter(letter)) if letter.is_uppercase())
                    }
                    _ => false,
                };
                let slashed = factors.iter().any(|&id| matches!(tree.kind(id), Kind::Inverse(_)));
                // Each factor is looked into once: twice would double with every level.
                let named = |id: NodeId| match tree.kind(id) {
                    Kind::Inverse(inner) => self.is_name(inner),
                    _ => capital(id) || slashed && self.is_name(id),
                };
                factors.iter().all(|&factor| named(factor))
                    || self.is_gradient(factors)
                    // `m\angle ABC`
                    || matches!(tree.kind(factors[0]), Kind::Symbol(_)) && factors[1..].iter().all(|&id| capital(id))
                        && matches!(tree.kind(factors[1]), Kind::Symbol(Written_::Command(_) | Written_::Angle(_)))
                    || self.application(id).is_some_and(|(_, arguments)| {
                        arguments.iter().all(|&argument| {
                            self.is_symbol(argument) || matches!(
                                tree.kind(argument),
                                Kind::Number(_) | Kind::Product(_) | Kind::Union(_) | Kind::Intersection(_)
                            )
                        })
                    })
            }
            _ => self.is_symbol(id),
        }
    }
}
