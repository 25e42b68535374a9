//! Properties that hold for every number and every expression.

use num_bigint::BigInt;
use proptest::prelude::*;

use super::reader::{ALL_FUNCTIONS, read};
use crate::budget::{Budget, Stop};
use crate::canonical::enclosure::{Ball, Complex, Context, Evaluator, Point, Region};
use crate::canonical::normal::Normal;
use crate::canonical::number::Random;
use crate::canonical::{
    Decision, Expr, Function, Proof, Rational, SeriesKind, Symbol, compare, equal, is_real,
    normalise, ratio, rounds_to, solve,
};

fn budget() -> Budget {
    Budget::new(2_000_000)
}

/// Integers of which many are near the ends of a machine word.
fn edgy_integer() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => -20..20_i64,
        2 => any::<i64>(),
        1 => (0..4_i64).prop_map(|k| i64::MAX - k),
        1 => (0..4_i64).prop_map(|k| i64::MIN + k),
        1 => (0..62_u32).prop_map(|k| 1_i64 << k),
    ]
}

fn rational() -> impl Strategy<Value = Rational> {
    (edgy_integer(), edgy_integer()).prop_filter_map("a denominator", |(n, d)| Rational::new(n, d))
}

/// The same number by way of big integers.
fn big(numerator: BigInt, denominator: BigInt) -> Rational {
    Rational::from_big(numerator, denominator).expect("a denominator")
}

/// Constants made of radicals; all have exact normal forms.
fn radical() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        (-9..10_i64, 1..7_i64)
            .prop_map(|(n, d)| Expr::rational(Rational::new(n, d).expect("nonzero"))),
        (1..13_i64).prop_map(|n| Expr::sqrt(Expr::integer(n))),
        (1..9_i64).prop_map(|n| Expr::root(Expr::integer(n), Expr::integer(3))),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Expr::sum),
            prop::collection::vec(inner.clone(), 1..3).prop_map(Expr::product),
            inner.prop_map(Expr::negate),
        ]
    })
}

/// Expressions in `x` and `y` with a few of everything.
fn expression() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        3 => (-5..8_i64).prop_map(Expr::integer),
        1 => (1..6_i64, 2..5_i64)
            .prop_map(|(n, d)| Expr::rational(Rational::new(n, d).expect("nonzero"))),
        3 => Just(Expr::variable("x")),
        2 => Just(Expr::variable("y")),
        1 => Just(Expr::pi()),
        1 => Just(Expr::e()),
        1 => (2..12_i64).prop_map(|n| Expr::sqrt(Expr::integer(n))),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        let unary = prop::sample::select(vec![
            Function::Sin,
            Function::Cos,
            Function::Tan,
            Function::Ln,
            Function::Exp,
            Function::Arctan,
            Function::Abs,
            Function::Sinh,
            Function::Floor,
        ]);
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::sum),
            4 => prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::product),
            2 => (inner.clone(), inner.clone()).prop_map(|(a, b)| Expr::quotient(a, b)),
            2 => (inner.clone(), -3..5_i64)
                .prop_map(|(base, n)| Expr::power(base, Expr::integer(n))),
            2 => (inner.clone(), -3..4_i64, 2..4_i64).prop_map(|(base, n, d)| {
                Expr::power(base, Expr::rational(Rational::new(n, d).expect("nonzero")))
            }),
            1 => (1..5_i64, inner.clone())
                .prop_map(|(base, exponent)| Expr::power(Expr::integer(base), exponent)),
            2 => (unary, inner).prop_map(|(f, x)| Expr::function(f, vec![x])),
        ]
    })
}

/// Expressions that nobody would write: every function, huge numbers, towers, series.
fn wild_expression() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        4 => edgy_integer().prop_map(Expr::integer),
        1 => rational().prop_map(Expr::rational),
        3 => prop::sample::select(vec!["x", "y", "n", "k"]).prop_map(Expr::variable),
        1 => Just(Expr::pi()),
        1 => Just(Expr::e()),
        1 => Just(Expr::i()),
        1 => Just(Expr::infinity()),
    ];
    leaf.prop_recursive(6, 24, 3, |inner| {
        let function = prop::sample::select(ALL_FUNCTIONS.to_vec());
        prop_oneof![
            2 => prop::collection::vec(inner.clone(), 0..4).prop_map(Expr::sum),
            2 => prop::collection::vec(inner.clone(), 0..4).prop_map(Expr::product),
            3 => (inner.clone(), inner.clone()).prop_map(|(a, b)| Expr::power(a, b)),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| Expr::quotient(a, b)),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| Expr::logarithm(a, b)),
            4 => (function, prop::collection::vec(inner.clone(), 1..3))
                .prop_map(|(function, arguments)| Expr::function(function, arguments)),
            1 => (any::<bool>(), inner.clone(), inner.clone(), inner).prop_map(
                |(sum, from, to, body)| {
                    let kind = if sum { SeriesKind::Sum } else { SeriesKind::Product };
                    Expr::series(kind, Symbol::new("k"), from, to, body)
                }
            ),
        ]
    })
}

/// The value at a point, unless it has none or leaves the reals there.
fn value_at(expr: &Expr, x: i64, y: i64, precision: u64) -> Option<Complex> {
    let mut budget = budget();
    let fraction = |value: i64| Ball::rational(&Rational::new(value, 64).expect("nonzero"), 256);
    let point = vec![(Symbol::new("x"), fraction(x)), (Symbol::new("y"), fraction(y))];
    let point = Point::new(point, Region::Reals, &mut Random::new());
    let mut evaluator = Evaluator::new(precision, point, &mut budget);
    let value = evaluator.evaluate(expr).ok()?;
    (!evaluator.left_reals()).then_some(value)
}

fn disjoint(a: &Complex, b: &Complex) -> bool {
    a.real.is_disjoint(&b.real, 256) || a.imaginary.is_disjoint(&b.imaginary, 256)
}

proptest! {
    #[test]
    fn small_and_big_arithmetic_agree(
        (a, b, c, d) in (edgy_integer(), edgy_integer(), edgy_integer(), edgy_integer()),
    ) {
        prop_assume!(b != 0 && d != 0);
        let (x, y) = (Rational::new(a, b).expect("nonzero"), Rational::new(c, d).expect("nonzero"));
        let [a, b, c, d] = [a, b, c, d].map(BigInt::from);
        prop_assert_eq!(&x + &y, big(&a * &d + &c * &b, &b * &d));
        prop_assert_eq!(&x - &y, big(&a * &d - &c * &b, &b * &d));
        prop_assert_eq!(&x * &y, big(&a * &c, &b * &d));
        if !y.is_zero() {
            prop_assert_eq!(x.divide(&y), Some(big(&a * &d, &b * &c)));
        }
        let order = (&a * &d * &b * &d).cmp(&(&c * &b * &b * &d));
        prop_assert_eq!(x.cmp(&y), order);
        prop_assert_eq!(x.floor(), num_integer::Integer::div_floor(&a, &b));
    }

    #[test]
    fn rationals_are_a_field(a in rational(), b in rational(), c in rational()) {
        prop_assert_eq!(&(&a + &b) + &c, &a + &(&b + &c));
        prop_assert_eq!(&(&a * &b) * &c, &a * &(&b * &c));
        prop_assert_eq!(&a * &(&b + &c), &(&a * &b) + &(&a * &c));
        prop_assert_eq!(&a + &-&a, Rational::ZERO);
        if let Some(inverse) = a.reciprocal() {
            prop_assert_eq!(&a * &inverse, Rational::ONE);
        }
    }

    #[test]
    fn digits_are_read_as_they_are_written(digits in "[0-9]{1,400}", fraction in "[0-9]{0,40}") {
        let read = Rational::from_digits(&digits, &mut budget());
        prop_assert_eq!(read.and_then(|value| value.to_integer().ok_or(Stop::Open)),
            Ok(digits.parse::<BigInt>().expect("digits")));
        let shifted = Rational::from_decimal(&digits, &fraction, 0, &mut budget()).expect("digits");
        let whole = format!("{digits}{fraction}").parse::<BigInt>().expect("digits");
        let power = BigInt::from(10).pow(u32::try_from(fraction.len()).expect("short"));
        prop_assert_eq!(shifted, big(whole, power));
    }

    #[test]
    fn radicals_are_a_commutative_ring(a in radical(), b in radical(), c in radical()) {
        let form = |expr: Expr| normalise(&expr, &mut budget());
        let sum = |x: &Expr, y: &Expr| Expr::sum(vec![x.clone(), y.clone()]);
        let product = |x: &Expr, y: &Expr| Expr::product(vec![x.clone(), y.clone()]);
        prop_assert_eq!(form(sum(&a, &b)), form(sum(&b, &a)));
        prop_assert_eq!(form(product(&a, &b)), form(product(&b, &a)));
        prop_assert_eq!(form(product(&a, &product(&b, &c))), form(product(&product(&a, &b), &c)));
        prop_assert_eq!(
            form(product(&a, &sum(&b, &c))),
            form(sum(&product(&a, &b), &product(&a, &c)))
        );
    }

    #[test]
    fn a_nonzero_radical_has_an_inverse(a in radical()) {
        let one = Expr::product(vec![a.clone(), Expr::quotient(Expr::integer(1), a.clone())]);
        match equal(&one, &Expr::integer(1), &mut budget()) {
            Decision::Equal(_) => {}
            Decision::Unknown(Stop::Undefined) => {
                let zero = normalise(&a, &mut budget()).map(|form| form.is_zero());
                prop_assert_eq!(zero, Ok(true));
            }
            other => prop_assert!(false, "{one}: {other:?}"),
        }
    }

    #[test]
    fn more_precision_stays_inside(expr in expression(), x in -300..300_i64, y in -300..300_i64) {
        let rough = value_at(&expr, x, y, 64);
        let fine = value_at(&expr, x, y, 256);
        if let (Some(rough), Some(fine)) = (rough, fine) {
            prop_assert!(!disjoint(&rough, &fine), "{expr} at {x}/64, {y}/64");
        }
    }

    #[test]
    fn normal_forms_keep_the_value(expr in expression(), x in -300..300_i64, y in -300..300_i64) {
        let form = match normalise(&expr, &mut budget()) {
            Ok(form) => form,
            Err(Stop::Work | Stop::Undefined) => return Ok(()),
            Err(stop) => return Err(TestCaseError::fail(format!("{expr}: {stop:?}"))),
        };
        let (given, found) = (value_at(&expr, x, y, 192), value_at(&form.to_expr(), x, y, 192));
        if let (Some(given), Some(found)) = (given, found) {
            prop_assert!(
                !disjoint(&given, &found),
                "{expr} -> {form} at {x}/64, {y}/64: {given:?} and {found:?}"
            );
        }
    }

    #[test]
    fn an_expression_equals_itself_however_it_is_written(expr in expression()) {
        let Ok(form) = normalise(&expr, &mut budget()) else { return Ok(()) };
        let printed = read(&form.to_string());
        let again = normalise(&printed, &mut budget());
        prop_assert!(
            matches!(equal(&printed, &form.to_expr(), &mut budget()), Decision::Equal(_)),
            "{form} was read as {again:?}"
        );
    }

    #[test]
    fn an_expression_differs_from_itself_plus_something(
        expr in expression(),
        n in prop_oneof![-5..0_i64, 1..6_i64],
        d in prop_oneof![Just(1_i64), Just(1_000_000), Just(i64::MAX)],
    ) {
        let more = Expr::rational(Rational::new(n, d).expect("nonzero"));
        let other = Expr::sum(vec![expr.clone(), more]);
        let decision = equal(&expr, &other, &mut budget());
        prop_assert!(
            matches!(decision, Decision::Different(_) | Decision::Unknown(_)),
            "{expr} and {other}: {decision:?}"
        );
    }

    #[test]
    fn equality_is_symmetric(a in expression(), b in expression()) {
        let same = |a: &Expr, b: &Expr| match equal(a, b, &mut budget()) {
            Decision::Equal(_) => Some(true),
            Decision::Different(_) => Some(false),
            Decision::Unknown(_) => None,
        };
        prop_assert_eq!(same(&a, &b), same(&b, &a));
    }

    /// Whatever the question, the answer comes within the budget, twice the same.
    #[test]
    fn wild_questions_are_answered(a in wild_expression(), b in wild_expression()) {
        let first = equal(&a, &b, &mut Budget::new(50_000));
        prop_assert_eq!(first, equal(&a, &b, &mut Budget::new(50_000)));
        prop_assert_eq!(equal(&a, &a, &mut Budget::new(50_000)), Decision::Equal(Proof::Exact));
        let _ = compare(&a, &b, &mut Budget::new(50_000));
        let _ = ratio(&a, &b, &mut Budget::new(50_000));
        let _ = rounds_to(&a, &Rational::ONE, 3, &mut Budget::new(50_000));
        let _ = solve(&a, &Symbol::new("x"), &mut Budget::new(50_000));
        let _ = (a.to_string(), is_real(&a, &mut Budget::new(50_000)));
    }

    #[test]
    fn functions_invert_each_other(n in 1..1_000_000_i64, d in 1..1_000_i64) {
        let mut budget = budget();
        let mut context = Context::new(256, &mut budget);
        let x = Ball::rational(&Rational::new(n, d).expect("nonzero"), 256);
        let logarithm = context.logarithm(&x).expect("positive");
        let back = context.exponential(&logarithm).expect("small");
        prop_assert!(!back.is_disjoint(&x, 256));
        prop_assert!(back.error_magnitude() < x.magnitude() - 200, "{back:?}");
        let angle = context.arctangent(&x).expect("real");
        let (sine, cosine) = context.sine_cosine(&angle).expect("small");
        let tangent = sine.divide(&cosine, 256).expect("below a right angle");
        prop_assert!(!tangent.is_disjoint(&x, 256));
        let root = x.root(7, 256).expect("positive");
        prop_assert!(!root.power(7, 256).is_disjoint(&x, 256));
    }
}

#[test]
fn a_normal_form_is_a_fixed_point() {
    for text in ["x^2 + 2*x + 1", "sqrt(2)*x/(x + 1)", "sin(x)*e^y/pi", "(x + y)^(1/3)"] {
        let once = normalise(&read(text), &mut budget()).expect("defined");
        let twice: Normal = normalise(&once.to_expr(), &mut budget()).expect("defined");
        assert_eq!(once, twice, "{text}");
    }
}
