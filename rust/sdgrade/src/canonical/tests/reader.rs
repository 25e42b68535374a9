//! A small reader of plain text, so that the tables of tests look like mathematics.

use crate::canonical::{Expr, Function, Rational, SeriesKind, Symbol};

/// Reads `sqrt(2)/2 + x^2`; panics on anything else.
pub(super) fn read(text: &str) -> Expr {
    let mut reader = Reader { rest: text };
    let expr = reader.sum();
    assert!(reader.rest.trim().is_empty(), "cannot read {text:?} from {:?}", reader.rest);
    expr
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn take(&mut self, token: char) -> bool {
        self.rest = self.rest.trim_start();
        let found = self.rest.starts_with(token);
        if found {
            self.rest = &self.rest[token.len_utf8()..];
        }
        found
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> String {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c| !keep(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken.to_owned()
    }

    fn sum(&mut self) -> Expr {
        let mut terms = vec![self.product()];
        loop {
            if self.take('+') {
                terms.push(self.product());
            } else if self.take('-') {
                terms.push(Expr::negate(self.product()));
            } else {
                return Expr::sum(terms);
            }
        }
    }

    fn product(&mut self) -> Expr {
        let mut value = self.signed();
        loop {
            if self.take('*') {
                value = Expr::product(vec![value, self.signed()]);
            } else if self.take('/') {
                value = Expr::quotient(value, self.signed());
            } else {
                return value;
            }
        }
    }

    fn signed(&mut self) -> Expr {
        if self.take('-') { Expr::negate(self.signed()) } else { self.power() }
    }

    fn power(&mut self) -> Expr {
        let mut base = self.primary();
        while self.take('!') {
            base = Expr::function(Function::Factorial, vec![base]);
        }
        if self.take('^') { Expr::power(base, self.signed()) } else { base }
    }

    fn primary(&mut self) -> Expr {
        if self.take('(') {
            let inner = self.sum();
            assert!(self.take(')'), "no closing parenthesis before {:?}", self.rest);
            return inner;
        }
        let digits = self.take_while(|c| c.is_ascii_digit());
        if !digits.is_empty() {
            let fraction = if self.take('.') {
                self.take_while(|c| c.is_ascii_digit())
            } else {
                String::new()
            };
            let budget = &mut crate::budget::Budget::new(100_000);
            let value = Rational::from_decimal(&digits, &fraction, 0, budget);
            return Expr::rational(value.expect("digits"));
        }
        let name = self.take_while(|c| c.is_alphanumeric() || c == '_');
        assert!(!name.is_empty(), "nothing to read at {:?}", self.rest);
        match name.as_str() {
            "pi" => return Expr::pi(),
            "e" => return Expr::e(),
            "i" => return Expr::i(),
            "infinity" => return Expr::infinity(),
            _ => {}
        }
        if !self.take('(') {
            return Expr::variable(name.as_str());
        }
        let mut arguments = vec![self.sum()];
        while self.take(',') {
            arguments.push(self.sum());
        }
        assert!(self.take(')'), "no closing parenthesis after the arguments of {name}");
        call(&name, arguments)
    }
}

fn call(name: &str, mut arguments: Vec<Expr>) -> Expr {
    let series = |kind, arguments: Vec<Expr>| {
        let [variable, from, to, body] = <[Expr; 4]>::try_from(arguments).expect("4 arguments");
        let Expr::Variable(variable) = variable else { panic!("a bound variable") };
        Expr::series(kind, variable, from, to, body)
    };
    match (name, arguments.len()) {
        ("sqrt", 1) => Expr::sqrt(arguments.remove(0)),
        ("root", 2) => Expr::root(arguments.remove(0), arguments.remove(0)),
        ("log", 2) => Expr::logarithm(arguments.remove(0), arguments.remove(0)),
        ("sum", 4) => series(SeriesKind::Sum, arguments),
        ("product", 4) => series(SeriesKind::Product, arguments),
        ("gamma", 1) => Expr::gamma(arguments.remove(0)),
        ("falling", 2) => Expr::function(Function::Permutations, arguments),
        _ => Expr::function(function(name), arguments),
    }
}

fn function(name: &str) -> Function {
    ALL_FUNCTIONS
        .iter()
        .find(|function| function.name() == name)
        .cloned()
        .unwrap_or_else(|| Function::Named(Symbol::new(name)))
}

/// Every function that has a meaning of its own.
pub(super) const ALL_FUNCTIONS: [Function; 42] = [
    Function::Abs,
    Function::Sign,
    Function::Floor,
    Function::Ceil,
    Function::Exp,
    Function::Ln,
    Function::Sin,
    Function::Cos,
    Function::Tan,
    Function::Cot,
    Function::Sec,
    Function::Csc,
    Function::Arcsin,
    Function::Arccos,
    Function::Arctan,
    Function::Arccot,
    Function::Arcsec,
    Function::Arccsc,
    Function::Sinh,
    Function::Cosh,
    Function::Tanh,
    Function::Coth,
    Function::Arsinh,
    Function::Arcosh,
    Function::Artanh,
    Function::Factorial,
    Function::DoubleFactorial,
    Function::Binomial,
    Function::Permutations,
    Function::Gcd,
    Function::Lcm,
    Function::Max,
    Function::Min,
    Function::Mod,
    Function::Re,
    Function::Im,
    Function::Conjugate,
    Function::Arg,
    Function::Phi,
    Function::Zeta,
    Function::Subfactorial,
    Function::Fibonacci,
];
