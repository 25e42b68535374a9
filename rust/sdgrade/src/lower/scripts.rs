//! What is written above and below: powers, indices, the marks of sets.

use super::{Lowered, Lowering, as_scalar, call, matrix};
use crate::canonical::{Expr, Function, Symbol};
use crate::read::{Delimiter, Kind, Literal, Name, NodeId};
use crate::value::{Bound, Brackets, Numbers, Part, Quantity, Reals, Shape, Unit, Value};

impl Lowering<'_> {
    pub(super) fn power(&mut self, id: NodeId, base: NodeId, exponent: NodeId) -> Lowered<Value> {
        let tree = self.tree;
        if let Kind::Symbol(Name::Word(_) | Name::Letter('*' | '+' | '-')) = tree.kind(exponent) {
            let set = self.value(base)?;
            return self.decorated(id, set, exponent);
        }
        // `x^{\underline{3}}` is x(x-1)(x-2).
        if let Kind::Call(crate::read::Function::Accent("underline"), count) = tree.kind(exponent)
            && let &[count] = tree.children(count)
        {
            let arguments = self.scalars(&[base, count])?;
            return Ok(Expr::function(Function::Permutations, arguments).into());
        }
        // `\sin^{-1}` is the inverse function.
        if let (Kind::Call(function, arguments), Kind::Negate(one)) =
            (tree.kind(base), tree.kind(exponent))
            && let Some(inverse) = call::inverse(function)
            && let Some(&first) = tree.children(arguments).first()
            && tree.span(exponent).start < tree.span(first).start
            && matches!(tree.kind(one), Kind::Number(_) | Kind::Vulgar(1, 1))
            && self.scalar(one)? == Expr::integer(1)
        {
            let arguments = self.scalars(tree.children(arguments))?;
            return Ok(Expr::function(inverse, arguments).into());
        }
        if let Some(count) = self.choices(base, exponent)? {
            return Ok(count.into());
        }
        if let Some(difference) = self.evaluated_between(base, exponent)? {
            return Ok(difference);
        }
        let value = self.value(base)?;
        match value {
            Value::Matrix(columns, cells) if self.is_transposition(exponent) => {
                Ok(matrix::transposed(columns, &cells))
            }
            // `[1, 2, 3]^T` is a column.
            Value::Tuple(Brackets::Square, items)
                if self.is_transposition(exponent)
                    && items.iter().all(|item| item.as_expr().is_some()) =>
            {
                let cells = items.iter().filter_map(Value::as_expr).cloned().map(Quantity::from);
                Ok(Value::Matrix(1, cells.collect()))
            }
            // A row is told apart from a column only where it is a matrix.
            Value::Tuple(..) if self.is_transposition(exponent) => Ok(value),
            Value::Matrix(columns, cells) => self.matrix_power(id, columns, &cells, exponent),
            Value::Reals(_) | Value::Numbers(..) | Value::Structure(..) => {
                // `\mathbb{R}^{2 \times 3}`: rows and columns, no product.
                let exponent = match self.tree.kind(exponent) {
                    Kind::Product(factors) => {
                        let sides = self.values(self.tree.children(factors))?;
                        Value::Tuple(Brackets::Round, sides)
                    }
                    _ => self.value(exponent)?,
                };
                Ok(Value::Structure(Shape::Power, vec![value, exponent]))
            }
            Value::Quantity(Quantity {
                unit: Some(Unit::Measure(_) | Unit::Noun(_) | Unit::Ordinal),
                ..
            }) if !matches!(tree.kind(base), Kind::Degree(_)) => self.meaningless(id),
            value => {
                let Some(base) = as_scalar(value) else { return self.meaningless(id) };
                let ten = base.as_rational().is_some_and(|base| base.to_i64() == Some(10));
                let evaluated = ten && self.is_integer(exponent);
                // `A^\top` is `A^T`.
                let exponent = match tree.kind(exponent) {
                    Kind::Symbol(Name::Command("top")) => Expr::variable(Symbol::new("T")),
                    _ => self.scalar(exponent)?,
                };
                let expr = Expr::power(base, exponent);
                Ok(Value::Quantity(Quantity {
                    expr,
                    decimal: None,
                    unit: None,
                    evaluated,
                    lettered: None,
                }))
            }
        }
    }

    /// `C_5^2` and `A_5^2`: ways to choose 2 of 5, and to do so in order. In `C_1^2` with more above than
    /// below, a constant is squared.
    fn choices(&mut self, base: NodeId, exponent: NodeId) -> Lowered<Option<Expr>> {
        let tree = self.tree;
        let Kind::Subscript(symbol, all) = tree.kind(base) else { return Ok(None) };
        self.ways(symbol, all, exponent)
    }

    /// The same, whichever of the two numbers is written first.
    fn ways(&mut self, symbol: NodeId, all: NodeId, exponent: NodeId) -> Lowered<Option<Expr>> {
        let tree = self.tree;
        let Kind::Symbol(Name::Letter(letter @ ('C' | 'A' | 'P'))) = tree.kind(symbol) else {
            return Ok(None);
        };
        let number = |id: NodeId| matches!(tree.kind(id), Kind::Number(literal) if literal == Literal::default());
        // `C_n^2` and `C_n^k`
        let letter_of = |id: NodeId, known: &[char]| match tree.kind(id) {
            Kind::Symbol(Name::Letter(letter)) => known.contains(&letter),
            _ => false,
        };
        let general = letter == 'C'
            && (letter_of(all, &['n', 'm', 'N']) || self.is_count(all))
            && (number(exponent) || letter_of(exponent, &['k', 'm', 'r', 'i', 'j', 'p', 'n']));
        if !(general || number(all) && number(exponent)) {
            return Ok(None);
        }
        let (all, chosen) = (self.scalar(all)?, self.scalar(exponent)?);
        if !general && all.as_rational() < chosen.as_rational() {
            return Ok(None);
        }
        let combinations = Expr::function(Function::Binomial, vec![all, chosen.clone()]);
        Ok(Some(match letter {
            'C' => combinations,
            _ => {
                Expr::product(vec![combinations, Expr::function(Function::Factorial, vec![chosen])])
            }
        }))
    }

    /// `2n`, `n+1`: a number of things, in letters that stand for such.
    fn is_count(&self, id: NodeId) -> bool {
        let (Kind::Sum(parts) | Kind::Product(parts)) = self.tree.kind(id) else { return false };
        self.tree.children(parts).iter().all(|&part| match self.tree.kind(part) {
            Kind::Symbol(Name::Letter(letter)) => matches!(letter, 'n' | 'm' | 'N' | 'k'),
            Kind::Negate(inner) => matches!(self.tree.kind(inner), Kind::Number(_)),
            kind => matches!(kind, Kind::Number(_)),
        })
    }

    /// `\mathbb{Z}^+`, `\mathbb{R}_{>0}`: a set with a mark.
    pub(super) fn decorated(&mut self, id: NodeId, set: Value, mark: NodeId) -> Lowered<Value> {
        let spelling = self.tree.spelling(mark);
        let part = match spelling.trim_start_matches('^').trim_start_matches('_') {
            "+" | ">0" | "gt0" => Part::Positive,
            "-" | "<0" | "lt0" => Part::Negative,
            "ge0" | "geq0" | "≥0" | ">=0" | "geqslant0" | "0+" | "+0" | "0^+" | "+_0" | "0" => {
                Part::NotNegative
            }
            "le0" | "leq0" | "≤0" | "<=0" | "leqslant0" => Part::NotPositive,
            "*" | "neq0" | "ne0" | "≠0" | "ast" | "times" => Part::NotZero,
            _ => return self.meaningless(id),
        };
        let zero = || Expr::integer(0);
        match (set, part) {
            (Value::Reals(reals), _) if reals == Reals::all() => Ok(Value::Reals(match part {
                Part::Positive => Reals::between(Bound::open(zero()), Bound::infinity()),
                Part::NotNegative => Reals::between(Bound::closed(zero()), Bound::infinity()),
                Part::Negative => Reals::between(Bound::minus_infinity(), Bound::open(zero())),
                Part::NotPositive => Reals::between(Bound::minus_infinity(), Bound::closed(zero())),
                _ => Reals::point(zero()).complement(),
            })),
            // ℕ* and ℕ⁺ are the positive integers, ℕ₀ those that are not negative.
            (Value::Numbers(Numbers::Naturals, Part::All), Part::Positive | Part::NotZero) => {
                Ok(Value::Numbers(Numbers::Integers, Part::Positive))
            }
            (Value::Numbers(Numbers::Naturals, Part::All), Part::NotNegative) => {
                Ok(Value::Numbers(Numbers::Integers, Part::NotNegative))
            }
            (Value::Numbers(numbers, Part::All), _) => Ok(Value::Numbers(numbers, part)),
            _ => self.meaningless(id),
        }
    }

    pub(super) fn subscript(&mut self, id: NodeId, base: NodeId, index: NodeId) -> Lowered<Value> {
        let tree = self.tree;
        match tree.kind(base) {
            Kind::Number(literal) => self.numeral(id, base, literal, index),
            Kind::Delimited(Delimiter::Paren, Delimiter::Paren, children) => {
                match *tree.children(children) {
                    [only] => match tree.kind(only) {
                        Kind::Number(literal) => self.numeral(id, only, literal, index),
                        _ => self.meaningless(id),
                    },
                    _ => self.meaningless(id),
                }
            }
            Kind::Symbol(name) => {
                let plain = matches!(
                    tree.kind(index),
                    Kind::Number(_) | Kind::Vulgar(..) | Kind::Symbol(Name::Word(_))
                );
                let name = self.symbol_name(name);
                if !plain && let Ok(index) = self.scalar(index) {
                    let letters = index.variables();
                    let constant = letters.is_empty();
                    let capitals = letters
                        .iter()
                        .any(|letter| letter.as_str().starts_with(|c: char| c.is_uppercase()));
                    if !constant && !capitals {
                        let name = Symbol::new(&format!("{}_", name.as_str()));
                        return Ok(Expr::function(Function::Named(name), vec![index]).into());
                    }
                }
                let index = tree.spelling(index);
                let mut full = format!("{}_{}", name.as_str(), index.trim_start_matches('_'));
                full.retain(|c| c != '{' && c != '}');
                Ok(Expr::variable(Symbol::new(&full)).into())
            }
            Kind::Constant(_) => {
                let set = self.value(base)?;
                self.decorated(id, set, index)
            }
            // `[\mathbf{x}]_B`: coordinates in a basis.
            Kind::Delimited(Delimiter::Square, Delimiter::Square, _) if self.is_symbol(index) => {
                Ok(Expr::variable(Symbol::new(&tree.spelling(id))).into())
            }
            Kind::Delimited(Delimiter::Nothing, Delimiter::Bar, _)
                if let Some(value) = self.evaluated_at(base, index)? =>
            {
                Ok(value)
            }
            // `C^2_5`
            Kind::Power(symbol, chosen) if let Some(ways) = self.ways(symbol, index, chosen)? => {
                Ok(ways.into())
            }
            Kind::Power(..) | Kind::Subscript(..) | Kind::Prime(..) | Kind::Call(..) => {
                Ok(Expr::variable(Symbol::new(&tree.spelling(id))).into())
            }
            _ => self.meaningless(id),
        }
    }
}
