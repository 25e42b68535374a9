//! What holds for every answer.

use proptest::prelude::*;
use sdgrade::{Policy, Verdict, compare};

/// A random expression, printable in two styles.
#[derive(Clone, Debug)]
enum Tree {
    Number(i64),
    Letter(char),
    Sum(Box<Tree>, Box<Tree>),
    Difference(Box<Tree>, Box<Tree>),
    Product(Box<Tree>, Box<Tree>),
    Quotient(Box<Tree>, u8),
    Square(Box<Tree>),
    Root(u8),
}

impl Tree {
    fn latex(&self) -> String {
        match self {
            Self::Number(value) => value.to_string(),
            Self::Letter(letter) => letter.to_string(),
            Self::Sum(a, b) => {
                format!("{}+{}", a.latex(), b.grouped(Self::latex, "\\left(", "\\right)"))
            }
            Self::Difference(a, b) => {
                format!("{}-{}", a.latex(), b.grouped(Self::latex, "\\left(", "\\right)"))
            }
            Self::Product(a, b) => {
                format!("\\left({}\\right)\\left({}\\right)", a.latex(), b.latex())
            }
            Self::Quotient(a, b) => format!("\\dfrac{{{}}}{{{b}}}", a.latex()),
            Self::Square(a) => format!("\\left({}\\right)^{{2}}", a.latex()),
            Self::Root(radicand) => format!("\\sqrt{{{radicand}}}"),
        }
    }

    /// The same with the operands of sums and products turned around.
    fn ascii(&self) -> String {
        match self {
            Self::Number(value) => value.to_string(),
            Self::Letter(letter) => letter.to_string(),
            Self::Sum(a, b) => format!("({}) + ({})", b.ascii(), a.ascii()),
            Self::Difference(a, b) => format!("-({}) + ({})", b.ascii(), a.ascii()),
            Self::Product(a, b) => format!("({})*({})", b.ascii(), a.ascii()),
            Self::Quotient(a, b) => format!("({})/{b}", a.ascii()),
            Self::Square(a) => format!("({0})*({0})", a.ascii()),
            Self::Root(radicand) => format!("sqrt({radicand})"),
        }
    }

    fn grouped(&self, print: fn(&Self) -> String, open: &str, close: &str) -> String {
        format!("{open}{}{close}", print(self))
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        (-9_i64..100).prop_map(Tree::Number),
        prop::sample::select(vec!['x', 'y', 'n']).prop_map(Tree::Letter),
        (2_u8..20).prop_map(Tree::Root),
    ];
    leaf.prop_recursive(3, 10, 2, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            pair.clone().prop_map(|(a, b)| Tree::Sum(a.into(), b.into())),
            pair.clone().prop_map(|(a, b)| Tree::Difference(a.into(), b.into())),
            pair.prop_map(|(a, b)| Tree::Product(a.into(), b.into())),
            (inner.clone(), 1_u8..20).prop_map(|(a, b)| Tree::Quotient(a.into(), b)),
            inner.prop_map(|a| Tree::Square(a.into())),
        ]
    })
}

fn verdict(gold: &str, answer: &str) -> Verdict {
    compare(gold, answer, &Policy::default()).verdict
}

/// Text out of the pieces that answers are made of, most of it no mathematics.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "1",
        "2",
        "0.5",
        "x",
        "y",
        "i",
        "e",
        "\\frac",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "\\{",
        "\\}",
        "+",
        "-",
        "=",
        "<",
        "\\le ",
        ",",
        ";",
        "|",
        "^",
        "_",
        "!",
        "\\sqrt",
        "\\pi ",
        "\\pm ",
        "\\infty",
        "\\cup ",
        "\\text{",
        "cm",
        " ",
        "%",
        "\\%",
        "$",
        ":",
        "\\in ",
        "\\mathbb{R}",
        "\\left",
        "\\right",
        "...",
        "or ",
        "\\\\",
        "&",
        "°",
        "√",
        "½",
        "\\begin{pmatrix}",
        "\\end{pmatrix}",
        "\\log",
        "\\sum_{k=1}^",
        "'",
        "\\overline",
    ]);
    prop::collection::vec(piece, 1..14).prop_map(|all| all.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_equals_itself(text in "\\PC{1,40}") {
        prop_assume!(compare(&text, "5", &Policy::default()).reason.as_str() != "no-gold");
        prop_assert_eq!(verdict(&text, &text), Verdict::Equal);
    }

    #[test]
    fn two_styles_of_one_expression_are_equal(tree in tree()) {
        prop_assert_eq!(verdict(&tree.latex(), &tree.ascii()), Verdict::Equal, "{} | {}", tree.latex(), tree.ascii());
    }

    #[test]
    fn wrappers_and_spacing_do_not_matter(tree in tree()) {
        let plain = tree.latex();
        let spaced = plain.replace('+', " + ").replace("\\left(", "(").replace("\\right)", ")").replace("\\dfrac", "\\frac");
        for other in [format!("${plain}$"), format!("\\boxed{{{plain}}}"), format!("{{{plain}}}"), spaced] {
            prop_assert_eq!(verdict(&plain, &other), Verdict::Equal, "{} | {}", plain, other);
        }
    }

    #[test]
    fn another_term_makes_it_different(tree in tree(), term in 1_i64..1000) {
        let answer = format!("{}+{term}", tree.latex());
        prop_assert_ne!(verdict(&tree.latex(), &answer), Verdict::Equal);
    }

    #[test]
    fn e_and_e_plus_something_differ(digits in 1_u32..40) {
        prop_assert_ne!(verdict("e", &format!("e+10^{{-{digits}}}")), Verdict::Equal);
    }

    #[test]
    fn integers_that_are_much_alike_differ(a in any::<i64>(), step in 1_i64..1000, digits in "[0-9]{20,60}", times in 1_usize..90, at in any::<usize>()) {
        let near = a.wrapping_add(step);
        prop_assert_eq!(verdict(&a.to_string(), &near.to_string()), Verdict::Different);
        prop_assert_eq!(verdict(&a.to_string(), &format!("{near}.0")), Verdict::Different);
        // One digit of a long one is another.
        let long = format!("1{}", digits.repeat(times));
        let mut other = long.clone().into_bytes();
        let at = 1 + at % (long.len() - 1);
        other[at] = if other[at] == b'9' { b'0' } else { other[at] + 1 };
        let other = String::from_utf8(other).expect("digits");
        prop_assert_eq!(verdict(&long, &other), Verdict::Different);
        prop_assert_eq!(verdict(&format!("{long}+0"), &other), Verdict::Different);
    }

    #[test]
    fn integers_equal_themselves_only(a in any::<i64>(), b in any::<i64>()) {
        prop_assert_eq!(verdict(&a.to_string(), &b.to_string()) == Verdict::Equal, a == b);
        prop_assert_eq!(verdict(&a.to_string(), &format!("{a}.0")), Verdict::Equal);
    }

    #[test]
    fn any_text_is_compared_the_same_way_in_both_orders(a in pieces(), b in pieces()) {
        let policy = Policy { answer_rounding_digits: None, gold_rounding_digits: None, ..Policy::default() };
        let (there, back) = (compare(&a, &b, &policy), compare(&b, &a, &policy));
        prop_assert_eq!(there.verdict == Verdict::Equal, back.verdict == Verdict::Equal, "{} | {}", a, b);
        prop_assert_eq!(there, compare(&a, &b, &policy));
    }

    #[test]
    fn the_letter_of_a_family_has_any_name(step in 2_i64..20, first in 0_i64..20, letter in "[klmn]", other in "[klmn]") {
        let family = |letter: &str| format!("{step}{letter}+{first}, {letter}\\in\\mathbb{{Z}}");
        let class = format!("n \\equiv {first} \\pmod{{{step}}}");
        prop_assert_eq!(verdict(&family(&letter), &family(&other)), Verdict::Equal);
        prop_assert_eq!(verdict(&class, &family(&letter)), Verdict::Equal);
        let next = format!("n \\equiv {} \\pmod{{{step}}}", first + 1);
        prop_assert_ne!(verdict(&next, &family(&letter)), Verdict::Equal);
    }

    #[test]
    fn what_is_not_congruent_is_the_other_residues(modulus in 3_i64..12, residue in 0_i64..30) {
        let others: Vec<String> = (0..modulus)
            .filter(|other| *other != residue % modulus)
            .map(|other| format!("n\\equiv {other}\\pmod{{{modulus}}}"))
            .collect();
        let without = format!("n\\not\\equiv {residue}\\pmod{{{modulus}}}");
        prop_assert_eq!(verdict(&without, &others.join(" \\text{ or } ")), Verdict::Equal);
        prop_assert_ne!(verdict(&without, &others[1..].join(" \\text{ or } ")), Verdict::Equal);
    }

    #[test]
    fn the_order_of_a_union_does_not_matter(ends in prop::collection::btree_set(-50_i64..50, 4..10)) {
        let ends: Vec<i64> = ends.into_iter().collect();
        let mut parts: Vec<String> = ends.chunks_exact(2).map(|pair| format!("({},{})", pair[0], pair[1])).collect();
        let there = parts.join("\\cup ");
        parts.reverse();
        prop_assert_eq!(verdict(&there, &parts.join("\\cup ")), Verdict::Equal);
        prop_assert_ne!(verdict(&there, &parts[1..].join("\\cup ")), Verdict::Equal);
    }

    #[test]
    fn a_unit_converts(amount in 1_i64..10_000) {
        let long = format!("{amount} \\text{{ km}}");
        prop_assert_eq!(verdict(&long, &format!("{amount}000 \\text{{ m}}")), Verdict::Equal);
        prop_assert_eq!(verdict(&long, &format!("{amount} \\text{{ m}}")), Verdict::Different);
    }

    #[test]
    fn a_unit_as_a_fraction_is_one_with_a_stroke(amount in 1_i64..10_000, top in "m|km|kg|J|mol|mile", bottom in "s|h|mol|kg|min|hour", power in 1_u32..4) {
        prop_assume!(top != bottom);
        let fraction = format!(r"{amount} \frac{{\text{{{top}}}}}{{\text{{{bottom}}}^{power}}}");
        let stroke = format!(r"{amount} \text{{ {top}/{bottom}}}^{power}");
        prop_assert_eq!(verdict(&stroke, &fraction), Verdict::Equal);
        let turned = format!(r"{amount} \frac{{\text{{{bottom}}}}}{{\text{{{top}}}^{power}}}");
        prop_assert_ne!(verdict(&stroke, &turned), Verdict::Equal);
    }

    #[test]
    fn the_degrees_below_zero_are_negative(degrees in 1_i64..200, scale in "C|F") {
        let below = format!(r"{degrees}^\circ\text{{{scale}}} \text{{ below zero}}");
        prop_assert_eq!(verdict(&format!("-{degrees}°{scale}"), &below), Verdict::Equal);
        prop_assert_ne!(verdict(&format!("{degrees}°{scale}"), &below), Verdict::Equal);
    }

    #[test]
    fn words_that_are_calculated_with_are_letters(a in 2_i64..99, b in 2_i64..99, one in "speed|width|price", other in "length|time|weight") {
        prop_assume!(a != b);
        let sum = |a: i64, one: &str, b: i64, other: &str| {
            format!(r"\frac{{{a} \times \text{{{one}}} + {b} \times \text{{{other}}}}}{{7}}")
        };
        let gold = sum(a, &one, b, &other);
        prop_assert_eq!(verdict(&gold, &sum(b, &other, a, &one)), Verdict::Equal);
        prop_assert_ne!(verdict(&gold, &sum(a, &other, b, &one)), Verdict::Equal);
    }

    #[test]
    fn a_power_is_integrated_over_a_triangle(a in 0_i64..6, b in 0_i64..6, off in 1_i64..9) {
        // By hand: the inner one is x^(a+b+1)/(b+1).
        let area = (b + 1) * (a + b + 2);
        let inside = format!(r"\int_0^1 \int_0^x x^{a} y^{b} \, dy \, dx");
        let before = format!(r"\int_0^1 dx \int_0^x x^{a} y^{b} \, dy");
        for text in [&inside, &before] {
            prop_assert_eq!(verdict(&format!("1/{area}"), text), Verdict::Equal);
            prop_assert_ne!(verdict(&format!("1/{}", area + off), text), Verdict::Equal);
        }
    }

    #[test]
    fn entries_of_a_record_have_no_order(values in prop::collection::vec(-99_i64..99, 3)) {
        let entry = |at: usize| format!("'{}': {}", ["x", "y", "z"][at], values[at]);
        let there = format!("{{{}, {}, {}}}", entry(0), entry(1), entry(2));
        let back = format!("{{{}, {}, {}}}", entry(2), entry(0), entry(1));
        prop_assert_eq!(verdict(&there, &back), Verdict::Equal);
        let named = format!("x={}, y={}, z={}", values[0], values[1], values[2]);
        prop_assert_eq!(verdict(&there, &named), Verdict::Equal);
        let other = format!("x={}, y={}, z={}", values[0], values[1], values[2] + 1);
        prop_assert_ne!(verdict(&there, &other), Verdict::Equal);
    }

    #[test]
    fn of_a_derivation_the_last_statement_counts(a in 1_i64..99, b in 1_i64..99) {
        let text = format!("\\text{{The sides are }}{a}\\text{{ and }}{b}.\\text{{ So }}s={a}+{b}={}.", a + b);
        prop_assert_eq!(verdict(&(a + b).to_string(), &text), Verdict::Equal);
        prop_assert_ne!(verdict(&(a + b + 1).to_string(), &text), Verdict::Equal);
        prop_assert_ne!(verdict(&a.to_string(), &text), Verdict::Equal);
    }

    #[test]
    fn dots_stand_for_all_terms_between(first in 1_i64..20, step in 1_i64..9, count in 4_i64..40) {
        let term = |at: i64| first + step * at;
        let dots = format!("{}+{}+{}+\\cdots+{}", term(0), term(1), term(2), term(count - 1));
        let sum: i64 = (0..count).map(term).sum();
        prop_assert_eq!(verdict(&sum.to_string(), &dots), Verdict::Equal);
        prop_assert_eq!(verdict(&(sum + 1).to_string(), &dots), Verdict::Different);
    }

    #[test]
    fn a_relation_and_its_interval_are_one_value(low in -50_i64..50, width in 1_i64..50, closed in any::<bool>()) {
        let high = low + width;
        let (sign, open, close) = if closed { ("\\le", '[', ']') } else { ("<", '(', ')') };
        let both = format!("{low} {sign} x {sign} {high} : {open}{low},{high}{close}");
        prop_assert_eq!(verdict(&format!("{open}{low},{high}{close}"), &both), Verdict::Equal);
        let other = format!("{low} {sign} x {sign} {high} : {open}{low},{}{close}", high + 1);
        prop_assert_eq!(verdict(&other, "x"), Verdict::Undecided);
    }

    #[test]
    fn integers_above_a_number_begin_at_the_next(bound in -50_i64..50, other in -50_i64..50) {
        let (above, from) = (format!("n > {bound}"), format!("\\text{{all integers }} n \\ge {}", bound + 1));
        prop_assert_eq!(verdict(&from, &above), Verdict::Equal);
        let other = format!("\\text{{all integers }} n \\ge {other}");
        prop_assert_eq!(verdict(&from, &other) == Verdict::Equal, from == other);
    }

    #[test]
    fn a_product_of_vectors_turns_around_with_its_sign(a in prop::array::uniform3(-9_i64..9), b in prop::array::uniform3(-9_i64..9)) {
        let show = |v: [i64; 3]| format!("({}, {}, {})", v[0], v[1], v[2]);
        let product = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
        prop_assert_eq!(verdict(&show(product), &format!("{} \\times {}", show(a), show(b))), Verdict::Equal);
        prop_assert_eq!(verdict(&show(product.map(|part| -part)), &format!("{} \\times {}", show(b), show(a))), Verdict::Equal);
    }

    #[test]
    fn a_matrix_times_its_inverse_is_one(cells in prop::array::uniform4(-9_i64..9)) {
        let [a, b, c, d] = cells;
        prop_assume!(a * d != b * c);
        let matrix = format!("\\begin{{pmatrix}}{a}&{b}\\\\{c}&{d}\\end{{pmatrix}}");
        let one = "\\begin{pmatrix}1&0\\\\0&1\\end{pmatrix}";
        prop_assert_eq!(verdict(one, &format!("{matrix} {matrix}^{{-1}}")), Verdict::Equal);
    }

    #[test]
    fn indexed_terms_have_no_order(letter in "[abcx]", index in "[nmk]", first in 0_i64..5) {
        let up = format!("{letter}_{first}+{letter}_{}+\\cdots+{letter}_{index}", first + 1);
        let down = format!("{letter}_{index}+{letter}_{{{index}-1}}+\\ldots+{letter}_{first}");
        prop_assert_eq!(verdict(&up, &down), Verdict::Equal);
        let series = format!("\\sum_{{j={first}}}^{index} {letter}_j");
        prop_assert_eq!(verdict(&up, &series), Verdict::Equal);
    }

    #[test]
    fn formulas_are_what_they_make_of_their_letters(formula in formula()) {
        let text = formula.latex();
        prop_assert_eq!(verdict(&text, &formula.negated()), Verdict::Equal);
        prop_assert_ne!(verdict(&text, &format!("\\neg({text})")), Verdict::Equal);
    }

    #[test]
    fn a_parameter_may_begin_anywhere(step in 2_i64..9, first in 0_i64..9, from in -5_i64..5, shift in 1_i64..5) {
        let family = format!("{step}k+{first}, k \\ge {from}");
        let begin = first - step * shift;
        let sign = if begin < 0 { "" } else { "+" };
        let shifted = |from: i64| format!("{step}n{sign}{begin}, n \\ge {from}");
        prop_assert_eq!(verdict(&family, &shifted(from + shift)), Verdict::Equal);
        prop_assert_ne!(verdict(&family, &shifted(from + shift + 1)), Verdict::Equal);
    }

    #[test]
    fn unit_vectors_are_the_axes_of_a_tuple(parts in prop::array::uniform3(1_i64..9), turned in any::<bool>()) {
        let [a, b, c] = parts;
        let tuple = format!("\\langle {a}, {b}, {c} \\rangle");
        for [i, j, k] in [["i", "j", "k"], ["\\mathbf{i}", "\\mathbf{j}", "\\mathbf{k}"], ["\\hat{i}", "\\hat{\\mathbf j}", "\\vec{k}"]] {
            let sum = if turned {
                format!("{c}{k} + {a}{i} + {b}{j}")
            } else {
                format!("{a}{i} + {b}{j} + {c}{k}")
            };
            prop_assert_eq!(verdict(&tuple, &sum), Verdict::Equal);
            prop_assert_eq!(verdict(&sum, "2\\mathbf{i}"), Verdict::Different);
            let other = format!("{}\\hat{{i}} + {b}\\hat{{j}} + {c}\\hat{{k}}", a + 1);
            prop_assert_ne!(verdict(&sum, &other), Verdict::Equal);
        }
    }

    #[test]
    fn constants_of_integration_have_any_name_and_order(a in 1_i64..9, b in 10_i64..19) {
        let solution = |first: &str, second: &str| format!("y = {first} e^{{{a}x}} + {second} e^{{{b}x}}");
        let gold = solution("c_1", "c_2");
        for other in [solution("c_2", "c_1"), solution("C_1", "C_2"), solution("A", "B")] {
            prop_assert_eq!(verdict(&gold, &other), Verdict::Equal);
        }
        for other in [solution("c_1", "c_1"), solution("c_1", "2"), solution("c_1", "x")] {
            prop_assert_ne!(verdict(&gold, &other), Verdict::Equal);
        }
    }

    #[test]
    fn cases_in_words_are_those_of_an_environment(bound in -9_i64..9, above in 0_i64..9, below in 10_i64..19) {
        let cases = format!("\\begin{{cases}} {above} & x > {bound} \\\\ {below} & x \\le {bound} \\end{{cases}}");
        let worded = |above: i64, below: i64| [
            format!("{above} \\text{{ if }} x > {bound}, {below} \\text{{ if }} x \\le {bound}"),
            format!("{below} \\text{{ if }} x \\le {bound}, {above} \\text{{ if }} x > {bound}"),
            format!("{above} \\text{{ if }} x > {bound}, \\text{{ otherwise }} {below}"),
        ];
        for text in worded(above, below) {
            prop_assert_eq!(verdict(&cases, &text), Verdict::Equal);
        }
        for text in worded(below, above) {
            prop_assert_ne!(verdict(&cases, &text), Verdict::Equal);
        }
    }

    #[test]
    fn a_quotient_of_columns_is_one_of_binomials(all in 4_u32..30, chosen in 0_u32..4, more in 1_u32..20) {
        let column = |all: u32, chosen: u32| format!("\\left(\\begin{{array}}{{l}}{all} \\\\ {chosen}\\end{{array}}\\right)");
        let binomial = |all: u32, chosen: u32| format!("\\binom{{{all}}}{{{chosen}}}");
        let quotient = |written: &dyn Fn(u32, u32) -> String| {
            format!("\\frac{{{}}}{{{}}}", written(all, chosen), written(all + more, chosen))
        };
        prop_assert_eq!(verdict(&quotient(&binomial), &quotient(&column)), Verdict::Equal);
        // A column alone may be a vector.
        prop_assert_ne!(verdict(&column(all, 1), &all.to_string()), Verdict::Equal);
    }
}

/// A formula of propositional logic.
#[derive(Clone, Debug)]
enum Formula {
    Letter(char),
    Not(Box<Formula>),
    And(Box<Formula>, Box<Formula>),
    Or(Box<Formula>, Box<Formula>),
}

impl Formula {
    fn latex(&self) -> String {
        match self {
            Self::Letter(letter) => letter.to_string(),
            Self::Not(inner) => format!("\\neg({})", inner.latex()),
            Self::And(a, b) => format!("({}) \\land ({})", a.latex(), b.latex()),
            Self::Or(a, b) => format!("({}) \\lor ({})", a.latex(), b.latex()),
        }
    }

    /// The negation of its negation, each moved to the letters.
    fn negated(&self) -> String {
        format!("¬({})", self.denied())
    }

    fn denied(&self) -> String {
        match self {
            Self::Letter(letter) => format!("¬{letter}"),
            Self::Not(inner) => inner.latex(),
            Self::And(a, b) => format!("({}) ∨ ({})", b.denied(), a.denied()),
            Self::Or(a, b) => format!("({}) ∧ ({})", b.denied(), a.denied()),
        }
    }
}

/// A formula with at least one sign.
fn formula() -> impl Strategy<Value = Formula> {
    let letter = prop::sample::select(vec!['p', 'q', 'r', 's']).prop_map(Formula::Letter);
    letter
        .prop_recursive(3, 8, 2, |inner| {
            let pair = (inner.clone(), inner.clone());
            prop_oneof![
                inner.prop_map(|a| Formula::Not(a.into())),
                pair.clone().prop_map(|(a, b)| Formula::And(a.into(), b.into())),
                pair.prop_map(|(a, b)| Formula::Or(a.into(), b.into())),
            ]
        })
        .prop_map(|inner| Formula::Not(inner.into()))
}
