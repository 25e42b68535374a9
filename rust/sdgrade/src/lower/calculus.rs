//! Limits, integrals, sums and products over an index.

use super::{Lowered, Lowering, as_scalar};
use crate::budget::Stop;
use crate::canonical::{self, Expr, Function, SeriesKind, Symbol};
use crate::read::{Delimiter, Kind, Name, NodeId, Series};
use crate::value::Value;

/// The highest derivative that is worked out.
const MOST_TIMES: usize = 16;

/// Letters that stand for functions of another one, as they are named where a derivative is taken.
const FUNCTIONS: &str = "uvwfgh";

/// `\frac{d}{dx}`, `\frac{\partial^2}{\partial x \partial y}`: by what is differentiated.
struct Differentiation {
    partial: bool,
    /// Each letter as often as it is differentiated by.
    by: Vec<Symbol>,
}

impl Differentiation {
    fn name(&self) -> String {
        let by: Vec<&str> = self.by.iter().map(Symbol::as_str).collect();
        format!("{}/{}", if self.partial { "partial" } else { "d" }, by.join(" "))
    }

    /// Whether what is differentiated holds nothing that may depend on the letters unseen.
    fn is_explicit(&self, body: &Expr) -> bool {
        let depends = |name: &Symbol| {
            let more = match self.by.first().map(Symbol::as_str) {
                _ if self.partial => "",
                Some("t") => "xyzrs",
                _ => "yz",
            };
            let first = name.as_str().chars().next();
            let of_function = first.is_some_and(|it| FUNCTIONS.contains(it) || more.contains(it));
            !self.by.contains(name) && (of_function || name.as_str().contains(['(', '/', '\'']))
        };
        let applied = |part: &Expr| matches!(part, Expr::Function(Function::Named(_), _));
        let letters = body.variables();
        body.is_constant()
            || self.by.iter().all(|by| letters.contains(by))
                && !letters.iter().any(depends)
                && body.find(&applied).is_none()
    }
}

impl Lowering<'_> {
    fn differentiation(&self, id: NodeId) -> Option<Differentiation> {
        let Kind::Fraction(top, bottom) = self.tree.kind(id) else { return None };
        let (sign, order) = self.differential_sign(top)?;
        let mut by = Vec::new();
        for letter in self.differentiated_by(sign, bottom)? {
            let (letter, times) = match self.tree.kind(letter) {
                Kind::Power(base, times) => (base, self.tree.numeral(times).parse().ok()?),
                _ => (letter, 1_usize),
            };
            let Kind::Symbol(name) = self.tree.kind(letter) else { return None };
            by.extend(std::iter::repeat_n(self.symbol_name(name), times.min(MOST_TIMES)));
        }
        let whole = u32::try_from(by.len()).is_ok_and(|times| times == order);
        whole.then_some(Differentiation { partial: sign != Name::Letter('d'), by })
    }

    /// `\frac{d}{dx}` without what is differentiated.
    pub(super) fn bare_differentiation(&self, id: NodeId) -> Option<Symbol> {
        self.differentiation(id).map(|operator| Symbol::new(&operator.name()))
    }

    /// `\frac{d}{dx} x^2`, `\nabla (fg)`: an operator and all that stands behind it. What may depend on the letter
    /// unseen, as `f` or `\frac{\partial u}{\partial r}` may, is left as it is.
    pub(super) fn derivative(&mut self, id: NodeId, factors: &[NodeId]) -> Lowered<Option<Value>> {
        let tree = self.tree;
        let last = factors.len() - 1;
        let nabla = |id: NodeId| tree.kind(id) == Kind::Symbol(Name::Command("nabla"));
        let found = (0..last).find_map(|at| match tree.kind(factors[at]) {
            Kind::Fraction(..) => self.differentiation(factors[at]).map(|it| (at, Some(it))),
            _ => nabla(factors[at]).then_some((at, None)),
        });
        let Some((at, operator)) = found else { return Ok(None) };
        let before = self.scalars(&factors[..at])?;
        let Some(body) = as_scalar(self.product(id, &factors[at + 1..])?) else {
            return self.meaningless(id);
        };
        let derivative = match operator {
            Some(operator) => self.differentiated(&operator, body)?,
            None => Expr::unfinished("nabla", vec![body]),
        };
        Ok(Some(Expr::product(before.into_iter().chain([derivative]).collect()).into()))
    }

    fn differentiated(&mut self, operator: &Differentiation, body: Expr) -> Lowered<Expr> {
        if !operator.is_explicit(&body) {
            return Ok(Expr::unfinished(&operator.name(), vec![body]));
        }
        let mut derivative = body;
        for letter in &operator.by {
            derivative = canonical::derivative(&derivative, letter, self.budget)?;
        }
        Ok(derivative)
    }

    /// `\frac{\partial (x^2y)}{\partial x}`: what is differentiated stands above.
    pub(super) fn derivative_above(
        &mut self,
        top: NodeId,
        bottom: NodeId,
    ) -> Lowered<Option<Value>> {
        let Kind::Product(factors) = self.tree.kind(top) else { return Ok(None) };
        let (sign, body) = match self.tree.children(factors) {
            [sign, body @ ..] if !body.is_empty() => (*sign, body),
            _ => return Ok(None),
        };
        let Some((sign, 1)) = self.differential_sign(sign) else { return Ok(None) };
        let below = self.differentiated_by(sign, bottom).unwrap_or_default();
        let &[by] = &below[..] else { return Ok(None) };
        let Kind::Symbol(by) = self.tree.kind(by) else { return Ok(None) };
        let by = self.symbol_name(by);
        let body = Expr::product(self.scalars(body)?);
        let partial = sign != Name::Letter('d');
        // A `d` may be a letter.
        if !partial && !body.mentions(&by) {
            return Ok(None);
        }
        let operator = Differentiation { partial, by: vec![by] };
        self.differentiated(&operator, body).map(|derivative| Some(derivative.into()))
    }

    /// `\left. x^2 \right|_{x=3}`: an expression at a place. Of a name, as `\frac{dy}{dx}` is one, it is another name.
    pub(super) fn evaluated_at(&mut self, id: NodeId, place: NodeId) -> Lowered<Option<Value>> {
        let Some(inner) = self.behind_bar(id) else { return Ok(None) };
        let body = self.scalar(inner)?;
        if let Kind::Chain(sides, _) = self.tree.kind(place)
            && let &[letter, value] = self.tree.children(sides)
            && let Kind::Symbol(letter) = self.tree.kind(letter)
        {
            let letter = self.symbol_name(letter);
            if body.mentions(&letter) && !self.is_name(inner) {
                let value = self.scalar(value)?;
                return Ok(Some(body.substitute(&letter, &value).into()));
            }
        } else {
            return Ok(None);
        }
        let name = format!("{} at {}", self.tree.spelling(inner), self.tree.spelling(place));
        Ok(Some(Expr::variable(Symbol::new(&name)).into()))
    }

    /// `\left[ \frac{x^3}{3} \right]_0^2`: the difference of an expression in one letter between two places.
    pub(super) fn evaluated_between(
        &mut self,
        base: NodeId,
        high: NodeId,
    ) -> Lowered<Option<Value>> {
        let Kind::Subscript(bracket, low) = self.tree.kind(base) else { return Ok(None) };
        let Some(inner) = self.behind_bar(bracket) else { return Ok(None) };
        let body = self.scalar(inner)?;
        let mut letters = body.variables().into_iter();
        let (Some(letter), None) = (letters.next(), letters.next()) else { return Ok(None) };
        let (low, high) = (self.scalar(low)?, self.scalar(high)?);
        let [top, bottom] = [high, low].map(|place| body.substitute(&letter, &place));
        Ok(Some(Expr::difference(top, bottom).into()))
    }

    /// What stands before a bar, or in square brackets, that say where it is taken.
    pub(super) fn behind_bar(&self, id: NodeId) -> Option<NodeId> {
        match self.tree.kind(id) {
            Kind::Delimited(Delimiter::Nothing, Delimiter::Bar, inside)
            | Kind::Delimited(Delimiter::Square, Delimiter::Square, inside) => {
                match *self.tree.children(inside) {
                    [inner] => Some(inner),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A limit by exact algebra, or else an unknown of what it is the limit of.
    pub(super) fn limit(&mut self, id: NodeId, approached: NodeId, body: NodeId) -> Lowered<Value> {
        let body = self.scalar(body)?;
        if let Kind::Chain(sides, _) = self.tree.kind(approached)
            && let &[variable, to] = self.tree.children(sides)
            && let Kind::Symbol(name) = self.tree.kind(variable)
        {
            let (name, to) = (self.symbol_name(name), self.scalar(to)?);
            match canonical::limit(&body, &name, &to, canonical::Side::Both, self.budget) {
                Ok(value) => return Ok(value.into()),
                Err(Stop::Open) => {}
                Err(stop) => return Err(stop.into()),
            }
        }
        if !matches!(self.tree.kind(approached), Kind::Chain(..)) {
            return self.meaningless(id);
        }
        let name = format!("limit {}", self.tree.spelling(approached));
        Ok(Expr::unfinished(&name, vec![body]).into())
    }

    /// A definite integral by exact algebra; any other is an unknown of its integrand.
    pub(super) fn integral(&mut self, id: NodeId, parts: &[NodeId]) -> Lowered<Value> {
        let (&[variable, body], bounds) = parts.split_at(2) else { return self.meaningless(id) };
        let Kind::Symbol(name) = self.tree.kind(variable) else {
            return self.meaningless(variable);
        };
        let bounds = self.scalars(bounds)?;
        let symbol = self.symbol_name(name);
        self.bound.push(symbol.clone());
        let body = self.scalar(body);
        self.bound.pop();
        let body = body?;
        if let [from, to] = &bounds[..] {
            match canonical::integral(&body, &symbol, from, to, self.budget) {
                Ok(value) => return Ok(value.into()),
                Err(Stop::Open) => {}
                Err(stop) => return Err(stop.into()),
            }
        }
        // Of a definite integral the letter is bound.
        let free = (0..).map_while(Symbol::bound).find(|place| !body.mentions(place));
        let (name, body) = match (bounds.is_empty(), free) {
            (false, Some(bound)) => {
                ("definite integral".to_owned(), body.substitute(&symbol, &Expr::variable(bound)))
            }
            _ => (format!("integral d{}", symbol.as_str()), body),
        };
        Ok(Expr::unfinished(&name, bounds.into_iter().chain([body]).collect()).into())
    }

    pub(super) fn series(&mut self, id: NodeId, kind: Series, parts: &[NodeId]) -> Lowered<Value> {
        let &[variable, from, to, body] = parts else { return self.meaningless(id) };
        let Kind::Symbol(name) = self.tree.kind(variable) else {
            return self.meaningless(variable);
        };
        let from = self.scalar(from)?;
        let to = self.scalar(to)?;
        let symbol = self.symbol_name(name);
        self.bound.push(symbol.clone());
        let body = self.scalar(body);
        self.bound.pop();
        let kind = match kind {
            Series::Sum => SeriesKind::Sum,
            Series::Product => SeriesKind::Product,
        };
        Ok(Expr::series(kind, symbol, from, to, body?).into())
    }
}
