//! What names something, and values under their names: `x`, `f(x)`, `AB`, a column of letters.

use super::Lowering;
use crate::canonical::{Expr, Symbol};
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
            } else if let Kind::Call(Written::Accent(_), _) = self.tree.kind(name)
                && let Ok(Expr::Variable(accented)) = self.scalar(name)
            {
                accented.as_str().clone_into(&mut text);
            }
            // `\operatorname{Var}[X]`
            if parameters.is_empty()
                && let Some((function, arguments)) = self.application(name)
                && let Kind::Symbol(function @ Written_::Operator(_)) = self.tree.kind(function)
            {
                let arguments: Vec<String> =
                    arguments.iter().map(|&argument| self.tree.spelling(argument)).collect();
                text = format!("{}({})", self.symbol_name(function).as_str(), arguments.join(","));
            }
            let text = in_one_spelling(text);
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
        let factors = |id: NodeId| match self.tree.kind(id) {
            Kind::Product(factors) => self.tree.children(factors),
            _ => &[],
        };
        let (d, function, sign_and_by) = match self.tree.kind(id) {
            Kind::Fraction(top, bottom) => {
                let &[d, function] = factors(top) else { return None };
                let sign = self.differential_sign(d)?;
                (sign, function, self.differentiated_by(sign.0, bottom)?)
            }
            // `dy/dx`
            Kind::Product(_) => {
                let &[d, function, below, by] = factors(id) else { return None };
                let sign = self.differential_sign(d)?;
                let Kind::Inverse(below) = self.tree.kind(below) else { return None };
                if self.tree.kind(below) != Kind::Symbol(sign.0) || !self.is_symbol(by) {
                    return None;
                }
                (sign, function, vec![by])
            }
            _ => return None,
        };
        let ((sign, order), by) = (d, sign_and_by);
        if !self.is_symbol(function) {
            return None;
        }
        let function = self.tree.spelling(function);
        let by: Vec<String> = by.into_iter().map(|letter| self.tree.spelling(letter)).collect();
        let ordinary = sign == Written_::Letter('d');
        let (once, twice) = (order == 1, order == 2);
        let letters: Option<String> = match &by[..] {
            [square] if twice => square.strip_suffix("^2").map(|letter| letter.repeat(2)),
            all => Some(all.concat()).filter(|letters| letters.chars().count() == order as usize),
        };
        Some(Symbol::new(&match (&by[..], letters) {
            ([x], _) if ordinary && (once && x == "x" || twice && x == "x^2") => {
                format!("{function}{}", "'".repeat(order as usize))
            }
            ([t], _) if ordinary && once && t == "t" => format!("dot({function})"),
            ([t], _) if ordinary && twice && t == "t^2" => format!("ddot({function})"),
            (_, Some(letters)) if !ordinary => format!("{function}_{letters}"),
            _ => format!("d{order}{function}/{}", by.join(" ")),
        }))
    }

    /// `d`, `\partial` and `d^2`: the sign, and how often it stands for.
    pub(super) fn differential_sign(&self, id: NodeId) -> Option<(Written_, u32)> {
        let (base, order) = match self.tree.kind(id) {
            Kind::Power(base, order) => (base, self.tree.numeral(order).parse().ok()?),
            _ => (id, 1),
        };
        let signs = [Written_::Letter('d'), Written_::Letter('∂'), Written_::Command("partial")];
        let sign = signs.into_iter().find(|&sign| self.tree.kind(base) == Kind::Symbol(sign))?;
        Some((sign, order))
    }

    /// The letters below: `x` and `y` of `\partial x \partial y`.
    pub(super) fn differentiated_by(&self, sign: Written_, bottom: NodeId) -> Option<Vec<NodeId>> {
        let Kind::Product(factors) = self.tree.kind(bottom) else { return None };
        let below = self.tree.children(factors);
        let is_sign = |id: NodeId| self.tree.kind(id) == Kind::Symbol(sign);
        let whole = below.len().is_multiple_of(2)
            && below.chunks(2).all(|pair| is_sign(pair[0]) && !is_sign(pair[1]));
        whole.then(|| below.chunks(2).map(|pair| pair[1]).collect())
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
        let sign = self.tree.kind(factors[0]);
        let of_symbol = matches!(*factors, [_, function] if self.is_symbol(function));
        sign == Kind::Symbol(Written_::Command("nabla"))
            || of_symbol && sign == Kind::Symbol(Written_::Command("Delta"))
    }

    pub(super) fn is_symbol(&self, id: NodeId) -> bool {
        match self.tree.kind(id) {
            Kind::Symbol(Written_::Letter(letter)) => !matches!(letter, 'e' | 'i'),
            Kind::Symbol(_) => true,
            // `\left. \frac{dy}{dx} \right|_{x=1}`
            Kind::Subscript(base, _)
                if let Some(inner) = self.behind_bar(base)
                    && self.differential(inner).is_some() =>
            {
                true
            }
            // `e_1` is no number.
            Kind::Subscript(base, _)
                if matches!(self.tree.kind(base), Kind::Symbol(Written_::Letter('e')))
                    || matches!(self.tree.kind(base), Kind::Call(Written::Accent(_), _)) =>
            {
                true
            }
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
            ) => match *tree.children(inside) {
                [inner] => self.is_name(inner),
                // `\max_{1 \le i \le n} a_i`
                [_, over] => matches!(tree.kind(over), Kind::Chain(..)),
                _ => false,
            },
            Kind::Fraction(top, bottom) => {
                self.is_name(top) && self.is_name(bottom) || self.differential(id).is_some()
            }
            Kind::Ratio(parts) => tree.children(parts).iter().all(|&part| self.is_name(part)),
            Kind::Delimited(Delimiter::Paren | Delimiter::Square | Delimiter::Angle, _, inside) => {
                tree.children(inside).iter().all(|&inner| self.is_name(inner))
            }
            Kind::SetDifference(from, removed) => self.is_symbol(from) && self.is_symbol(removed),
            Kind::Union(sets) | Kind::Intersection(sets) => {
                tree.children(sets).iter().all(|&set| self.is_symbol(set))
            }
            // The names of a variance and of a statistic.
            Kind::Power(base, exponent) => {
                matches!(
                    tree.kind(base),
                    Kind::Symbol(
                        Written_::Command("sigma" | "chi") | Written_::Letter('s' | 'S' | 'R')
                    )
                ) && matches!(tree.kind(exponent), Kind::Number(_))
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
                    || self.differential(id).is_some()
                    // `\angle 1`
                    || matches!(*factors, [angle, number] if matches!(tree.kind(number), Kind::Number(_))
                        && tree.kind(angle) == Kind::Symbol(Written_::Command("angle")))
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

/// A name as it is compared: `P(A \mid B)` is `P(A|B)`, `\Pr(A)` is `P(A)`, `\mathbb{E}[X]` is `E(X)`.
fn in_one_spelling(text: String) -> String {
    let measured = text.starts_with(|first: char| first.is_uppercase() || first == '{')
        || text.starts_with("Pr(");
    if !measured || !text.ends_with([']', ')', '}']) {
        return text;
    }
    let mut plain = text;
    for (spelled, plainly) in [
        ("\\middle", ""),
        ("\\mid", "|"),
        ("\\vert", "|"),
        ("\\{", "("),
        ("\\}", ")"),
        ("[", "("),
        ("]", ")"),
        ("Pr(", "P("),
    ] {
        plain = plain.replace(spelled, plainly);
    }
    match plain.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        Some((letter, rest)) if letter.len() == 1 => format!("{letter}{rest}"),
        _ => plain,
    }
}
