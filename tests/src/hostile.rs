//! Input that is made to hurt, for the tests and for the timings.

/// The parts for each number, joined.
fn joined(numbers: std::ops::Range<u32>, by: &str, part: impl Fn(u32) -> String) -> String {
    numbers.map(part).collect::<Vec<_>>().join(by)
}

/// A text nested in itself: `open` and `close` this many times around `inner`.
fn nested(depth: usize, open: &str, inner: &str, close: &str) -> String {
    open.repeat(depth) + inner + &close.repeat(depth)
}

/// A matrix environment with these rows.
fn matrix(kind: &str, rows: &str) -> String {
    format!("\\begin{{{kind}}}{rows}\\end{{{kind}}}")
}

/// Determinants of five rows, each with the next one in its corner.
fn nested_determinants(depth: usize) -> String {
    let ones = "1&1&1&1&1";
    let rest = [ones; 4].join("\\\\");
    nested(depth, "\\begin{vmatrix}", "x", &format!("&1&1&1&1\\\\{rest}\\end{{vmatrix}}"))
}

/// Answers that are compared with a text: itself, the same with a little more to do, and a number.
#[must_use]
pub fn answers(text: &str) -> [String; 4] {
    let other = match text.rfind('1') {
        Some(at) => format!("{}(2-1){}", &text[..at], &text[at + 1..]),
        None => format!("({text})"),
    };
    [text.to_owned(), format!("{text}+0"), other, "7".to_owned()]
}

/// Texts by name, each with the work units that no comparison of it may exceed.
#[must_use]
#[expect(clippy::too_many_lines, reason = "a table")]
pub fn texts() -> Vec<(&'static str, u64, String)> {
    let million = 1_000_000;
    vec![
        // Length and nesting.
        ("a million braces", 100, "{".repeat(million)),
        ("a million backslashes", 100, "\\".repeat(million)),
        ("a million digits", 50, "1".repeat(million)),
        ("a million digits and a point", 100, format!("{}.5", "1".repeat(million))),
        ("a million factorial signs", 100, format!("5{}", "!".repeat(million))),
        ("200,000 words", 100, "word ".repeat(200_000)),
        ("100,000 nested fractions", 100, "\\frac{1}{".repeat(100_000)),
        ("65,000 braces", 100, nested(32_500, "{", "1", "}")),
        ("65,000 brackets", 100, nested(32_500, "(", "1", ")")),
        ("60,000 minus signs", 100, format!("{}5", "-".repeat(60_000))),
        ("60,000 bars", 100, "|".repeat(60_000)),
        ("60,000 factorial signs", 100, format!("5{}", "!".repeat(60_000))),
        ("60,000 primes", 100, format!("f{}", "'".repeat(60_000))),
        ("60,000 spaces", 100, format!("1{}2", " ".repeat(60_000))),
        ("60,000 commas", 100, ",".repeat(60_000)),
        ("60,000 dollar signs", 100, "$".repeat(60_000)),
        ("30,000 subscripts", 100, format!("a{}", "_2".repeat(30_000))),
        ("20,000 units", 100, format!("5{}", " cm".repeat(20_000))),
        ("10,000 unclosed texts", 100, "\\text{".repeat(10_000)),
        ("4,000 unclosed environments", 100, "\\begin{pmatrix}".repeat(4_000)),
        ("2,500 boxes", 100, nested(2_500, "\\boxed{", "1", "}")),
        ("6,000 brackets of a size", 100, "\\left(".repeat(6_000)),
        ("90 roots", 5_000, nested(45, "\\sqrt{2+", "2", "}")),
        ("90 quotients of a letter", 20_000, nested(45, "a/(", "1", ")") + "=1"),
        ("90 negated quotients", 5_000, nested(30, "a/(-", "a", ")") + "=a/1"),
        ("90 exponents", 50_000, nested(90, "2^{", "2", "}")),
        ("90 absolute values", 20_000, nested(30, "|x-", "1", "|")),
        ("90 equations", 5_000, nested(90, "(", "y^2", "=x)")),
        ("90 inequalities", 5_000, nested(90, "(1<", "x", "<2)")),
        ("90 sines", 500_000, nested(90, "\\sin(", "x", ")")),
        ("60 sines of sums", 200_000, nested(20, "\\sin(x+\\cos(1+", "x", "))")),
        ("40 unknown functions", 20_000, nested(40, "f(x+", "1", ")")),
        ("2,000 unknown functions", 2_000_000, joined(1..2_000, "+", |n| format!("f({n})"))),
        (
            "the largest of 500",
            2_000_000,
            format!("\\max({})", joined(1..500, ",", |n| format!("x-{n}"))),
        ),
        ("50 absolute values", 2_000_000, joined(1..50, "\\cdot", |n| format!("|x_{n}-{n}|"))),
        ("30 sums in sums", 2_000_000, nested(30, "\\sum_{k=1}^{9}(k+", "k", ")")),
        ("4 sums in sums", 2_000_000, nested(4, "\\sum_{k=1}^{1999}\\sin(k+", "k", ")")),
        ("10 determinants in determinants", 200_000, nested_determinants(10)),
        ("90 sets in sets", 5_000, nested(90, "\\{1,", "2", "\\}")),
        // Numbers.
        ("a tower of powers", 5_000, "9^{9^{9^{9}}}".to_owned()),
        ("powers of powers", 2_000, "((9^9)^{9999})^{9999}".to_owned()),
        ("a power of a quotient", 5_000, "\\frac{13}{10}^{6472416997}".to_owned()),
        ("factorials of factorials", 5_000, "((((100!)!)!)!)".to_owned()),
        ("a big factorial", 20_000, "100000!".to_owned()),
        ("3,000 factorials", 2_000_000, joined(1..3_000, "+", |n| format!("{n}!"))),
        (
            "quotients of factorials",
            2_000_000,
            joined(1_000..2_000, "+", |n| format!("\\frac{{{n}!}}{{x}}")),
        ),
        ("a big binomial", 50_000, "\\binom{1000000}{500000}".to_owned()),
        (
            "1,000 binomials",
            2_000_000,
            joined(1_000..2_000, "+", |n| format!("\\binom{{{n}}}{{500}}")),
        ),
        (
            "binomials of a letter",
            2_000_000,
            joined(1..17, "", |n| format!("\\binom{{x+{n}}}{{16}}")),
        ),
        ("an endless exponent", 100, "1e99999999999".to_owned()),
        ("an exponent beyond a word", 200, "1e99999999999999999999".to_owned()),
        ("a tiny number", 100, "2E-3e-77777".to_owned()),
        ("tiny numbers", 200, "2me00l77.+.2E-3e-77777".to_owned()),
        ("500 tiny numbers", 2_000_000, joined(1..500, "+", |n| format!("{n}.0e-{}", 9_000 + n))),
        (
            "500 tiny factors",
            2_000_000,
            joined(1..500, "\\cdot", |n| format!("{n}.0e-{}", 9_000 + n)),
        ),
        ("fractions of long numbers", 2_000_000, {
            let half = "7".repeat(9_000);
            joined(1..4, "+", |n| format!("\\frac{{{n}{half}}}{{{n}{half}1}}"))
        }),
        ("2,000 fractions", 2_000_000, joined(1..2_000, "+", |n| format!("1/{n}"))),
        ("a long root", 2_000_000, format!("\\sqrt{{{}}}", "7".repeat(9_999))),
        ("a long seventh root", 2_000_000, format!("\\sqrt[7]{{{}}}", "7".repeat(9_999))),
        (
            "roots of semiprimes",
            2_000_000,
            joined(0..800, "+", |n| {
                format!("\\sqrt{{{}}}", 4_294_967_291_u64 * (4_294_967_279 - 2 * u64::from(n)))
            }),
        ),
        (
            "nested roots of semiprimes",
            1_000_000,
            nested(60, "\\sqrt{18446743979220271189+", "1", "}"),
        ),
        ("2,000 roots", 200_000, joined(2..2_000, "+", |n| format!("\\sqrt{{{n}}}"))),
        ("the inverse of 40 roots", 2_000_000, {
            format!("\\frac{{1}}{{{}}}", joined(2..42, "+", |n| format!("\\sqrt{{{n}}}")))
        }),
        ("a power of 40 roots", 2_000_000, {
            format!("({})^{{99}}", joined(2..42, "+", |n| format!("\\sqrt{{{n}}}")))
        }),
        ("a root of degree 1,000", 500, "\\sqrt[1000]{2}+\\sqrt[1001]{3}".to_owned()),
        ("a cosine of a big number", 10_000, "\\cos(10^{600})".to_owned()),
        (
            "cosines of a polygon",
            2_000_000,
            joined(1..400, "+", |n| format!("\\cos(\\frac{{{n}\\pi}}{{997}})")),
        ),
        ("exponentials of exponentials", 10_000, "e^{e^{e^{e^{e}}}}".to_owned()),
        ("logarithms of logarithms", 500_000, nested(60, "\\ln(", "2^{16}", ")")),
        ("logarithms of long numbers", 2_000_000, {
            joined(1..6, "+", |n| format!("\\ln({n}{})", "7".repeat(9_000)))
        }),
        ("a totient of a long number", 500_000, format!("\\varphi({})", "7".repeat(9_999))),
        ("greatest common divisors", 2_000_000, {
            format!("\\gcd({})", joined(1..7, ",", |n| format!("{n}{}", "7".repeat(9_000))))
        }),
        // Polynomials.
        ("a wide power", 5_000, "(a+b+c+d+e+f+g)^{60}".to_owned()),
        ("a power of powers", 10_000, nested(20, "(1+", "x", ")^{9}")),
        ("20,000 terms", 100, joined(1..20_000, "+", |n| format!("x^{{{n}}}"))),
        ("3,000 terms", 200_000, joined(1..3_000, "+", |n| format!("x^{{{n}}}"))),
        ("3,000 letters", 200_000, joined(1..3_000, "+", |n| format!("x_{{{n}}}"))),
        ("a product of 4,000 letters", 50_000, joined(1..4_000, " ", |n| format!("x_{{{n}}}"))),
        ("powers of 1,000 letters", 2_000_000, {
            format!("({}+1)^{{60}}", joined(1..1_000, " ", |n| format!("x_{{{n}}}")))
        }),
        ("a product of sums", 2_000_000, joined(1..1_500, "", |n| format!("(x_{{{n}}}+1)"))),
        ("a product of equal sums", 2_000_000, "(x+1)".repeat(1_500)),
        ("a product of sines", 2_000_000, {
            format!("(\\sin({})+1)^{{100}}", joined(1..2_000, "+", |n| format!("x^{{{n}}}")))
        }),
        ("two equal products of sines", 2_000_000, {
            let sine = joined(1..1_000, "+", |n| format!("x^{{{n}}}"));
            format!("(\\sin({sine})+1)^{{50}}(\\sin({sine})+y)^{{50}}")
        }),
        ("2,000 quotients", 2_000_000, joined(1..2_000, "+", |n| format!("\\frac{{1}}{{x+{n}}}"))),
        ("a continued fraction", 2_000_000, nested(45, "\\frac{1}{x+", "1", "}")),
        ("a common divisor of long polynomials", 500_000, {
            let sum = joined(1..900, "+", |n| format!("{}x^{{{n}}}", u64::from(n * n) * 7_919 + 1));
            format!("\\frac{{{sum}}}{{{}+1}}", sum.replace('7', "3"))
        }),
        ("a quotient of degree 800", 2_000, "\\frac{x^{800}-1}{x^{799}-2x+1}".to_owned()),
        ("sparse exponents", 200_000, "\\frac{x^{999999999}-1}{x-1}".to_owned()),
        ("powers under roots", 50_000, nested(30, "\\sqrt{(x+1)^2+", "x", "}")),
        // Matrices.
        ("a long row", 100_000, matrix("pmatrix", &format!("{}1", "1&".repeat(7_000)))),
        ("a power of a matrix", 2_000_000, matrix("pmatrix", "a&b\\\\c&d") + "^{16}"),
        (
            "a power of a matrix of sums",
            2_000_000,
            matrix("pmatrix", "a+b&b+c\\\\c+d&d+a") + "^{16}",
        ),
        ("products of matrices", 2_000_000, matrix("pmatrix", "1&x\\\\y&1").repeat(300)),
        ("a scaled row", 2_000_000, {
            let sum = joined(1..1_500, "+", |n| format!("x_{{{n}}}"));
            format!("({sum}){}", matrix("pmatrix", &format!("{}1", "1&".repeat(5_000))))
        }),
        // Collections.
        ("9,000 items", 100_000, joined(1..9_000, ",", |n| n.to_string())),
        (
            "7,000 items of a set",
            100_000,
            format!("\\{{{}\\}}", joined(1..7_000, ",", |n| n.to_string())),
        ),
        ("3,000 letters in a set", 50_000, {
            format!("\\{{{}\\}}", joined(1..3_000, ",", |n| format!("x_{{{n}}}")))
        }),
        ("1,000 tuples", 100_000, joined(1..1_000, ",", |n| format!("(1,2,3,4,5,{n})"))),
        ("1,000 tuples in a set", 100_000, {
            format!("\\{{{}\\}}", joined(1..1_000, ",", |n| format!("(1,2,3,4,5,{n})")))
        }),
        ("1,500 equal values", 50_000, joined(1..1_500, ",", |n| format!("\\sqrt{{{}}}", n * n))),
        ("1,500 cosines", 50_000, joined(1..1_500, ",", |n| format!("\\cos({n})"))),
        ("a sum of tuples", 2_000_000, ["(x,y)"; 2_500].join("+")),
        ("a scaled tuple", 2_000_000, {
            let sum = joined(1..1_500, "+", |n| format!("x_{{{n}}}"));
            format!("({sum})({}1)", "1,".repeat(5_000))
        }),
        ("a product of degrees", 2_000_000, format!("90^\\circ{}", " x".repeat(7_000))),
        ("a sum of lengths", 100, ["x\\text{ cm}"; 2_000].join("+")),
        (
            "2,500 intervals",
            200_000,
            joined(1..2_500, "\\cup ", |n| format!("({},{})", 2 * n, 2 * n + 1)),
        ),
        ("2,500 falling intervals", 200_000, {
            joined(1..2_500, "\\cup ", |n| format!("({},{})", 9_000 - 2 * n, 9_001 - 2 * n))
        }),
        ("800 intervals between roots", 2_000_000, {
            let interval = |n: u32| format!("(\\sqrt{{{}}},\\sqrt{{{}}})", 2 * n, 2 * n + 1);
            joined(1..800, "\\cup ", interval)
        }),
        ("intersections of unions", 200_000, {
            let union = |from: u32| {
                joined(from..from + 700, "\\cup ", |n| format!("({},{})", 2 * n, 2 * n + 1))
            };
            format!("({})\\cap({})", union(1), union(1))
        }),
        ("2,000 holes", 200_000, {
            format!("\\mathbb{{R}}\\setminus\\{{{}\\}}", joined(1..2_000, ",", |n| n.to_string()))
        }),
        ("22 signs in a list", 2_000, joined(1..23, ", ", |n| format!("\\pm {n}"))),
        ("22 signs in a sum", 500, joined(1..23, "", |n| format!("\\pm {n}"))),
        (
            "10 signs of long terms",
            2_000_000,
            joined(1..11, "", |n| format!("\\pm x_{{{}}}", n.to_string().repeat(2_000))),
        ),
        ("10 signs of letters", 2_000_000, joined(1..11, "", |n| format!("\\pm\\sqrt{{x_{n}}}"))),
        ("1,000 pairs of signs", 100_000, ["\\pm x"; 1_000].join(", ")),
        ("9,000 groups of digits", 100_000, joined(0..9_000, ",", |_| "100".to_owned()) + ",1"),
        ("5,000 repetends", 100, format!("1.{}", "9\\bar{".repeat(5_000))),
        ("5,000 phantoms", 100, "\\phantom{".repeat(5_000)),
        ("16,000 negations", 100, "\\not".repeat(16_000) + "=1"),
        ("45 tuples in tuples", 2_000, nested(45, "(1,", "2", ")")),
        // Relations.
        ("3,000 sides", 50_000, joined(1..3_000, "=", |n| format!("x_{{{n}}}"))),
        ("8,000 bounds", 200_000, joined(1..8_000, "<", |n| n.to_string())),
        ("an inequality of 4,000 letters", 2_000_000, {
            joined(1..4_000, "+", |n| format!("x_{{{n}}}")) + ">0"
        }),
        ("1,000 equations", 100_000, joined(1..1_000, ",", |n| format!("x_{{{n}}}+y={n}"))),
        ("a function of 1,500 letters", 100_000, {
            let letters = joined(1..1_500, ",", |n| format!("x_{{{n}}}"));
            format!("f({letters})={}", letters.replace(',', "+"))
        }),
        ("integers of every name", 50_000, {
            format!("{}\\in\\mathbb{{Z}},{}", "ab".repeat(12_000), "c+".repeat(6_000))
        }),
        ("9,000 integers", 100_000, joined(1..9_000, ",", |_| "k\\in Z".to_owned())),
        ("9,000 integers in a row", 100_000, "k∈ℤ".repeat(9_000)),
        ("2,000 memberships", 100_000, joined(1..2_000, ",", |_| "k\\in\\mathbb{Z}".to_owned())),
        // Words.
        ("5,000 conditions", 20_000, format!("5{}", "\\text{ if }n>3".repeat(5_000))),
        ("5,000 alternatives", 500_000, format!("5{}", "\\text{ or }6".repeat(5_000))),
        (
            "a sentence of 10,000 words",
            1_000,
            format!("The answer {}is 5.", "very ".repeat(10_000)),
        ),
        ("10,000 copulas", 1_000, format!("The sum {}is 5.", "is x ".repeat(10_000))),
        (
            "50 parts again and again",
            500_000,
            joined(0..5_000, " ", |n| format!("({}) 3", n % 50 + 1)),
        ),
        ("10,000 labels", 500_000, joined(0..10_000, ", ", |n| format!("\\text{{Paolo: }}{n}"))),
        ("30 things and their permutations", 50_000, {
            format!("({}) \\text{{ and permutations}}", joined(1..31, ",", |n| n.to_string()))
        }),
        ("congruences with huge moduli", 2_000_000, {
            joined(1..50, " \\text{ or }", |n| {
                format!("n\\equiv {n}\\pmod{{{n}{}}}", "7".repeat(900))
            })
        }),
        ("10,000 letters that are letters", 20_000, "x is ".repeat(10_000)),
        ("15,000 announcements", 20_000, "选 ".repeat(15_000)),
        ("10,000 negations", 20_000, format!("{}p", "\\neg ".repeat(10_000))),
        ("3,000 conjunctions", 20_000, format!("{}q", "p \\land ".repeat(3_000))),
        (
            "1,000 cases in words",
            500_000,
            joined(0..1_000, ", ", |n| format!("{n} \\text{{ if }} x>{n}")),
        ),
        ("1,000 derivatives", 100_000, "\\frac{dy}{dx}".repeat(1_000)),
        ("300 binomials in columns", 500_000, {
            "\\frac{1}{\\begin{pmatrix}50\\\\2\\end{pmatrix}}".repeat(300)
        }),
        ("a solution of 400 terms", 2_000_000, {
            joined(1..400, "+", |n| format!("c_{} e^{{{n}x}}", n % 3 + 1))
        }),
        ("10,000 sets without 1", 100_000, "ℝ \\ {1} ".repeat(5_000)),
        ("30,000 numbers apart", 100_000, "1 ".repeat(30_000)),
        ("10,000 statements", 100_000, "\\text{So }x=1.\\\\ ".repeat(10_000)),
        ("10,000 conclusions", 100_000, "\\Rightarrow x=1".repeat(5_000)),
        ("a record of 5,000 entries", 200_000, {
            format!("{{{}}}", joined(1..5_000, ",", |n| format!("'x_{{{n}}}': {n}")))
        }),
        ("cyclic permutations of 100 elements", 200_000, {
            format!(
                "({}) \\text{{ and its cyclic permutations}}",
                joined(1..101, ",", |n| n.to_string())
            )
        }),
        ("all residues but one", 2_000_000, "n\\not\\equiv 7\\pmod{59}".to_owned()),
        ("a long range", 100_000, "1 \\text{ through } 1000".to_owned()),
        ("integrals in integrals", 200_000, {
            format!("{}x{}", "\\int_0^1 ".repeat(20), "dx".repeat(20))
        }),
        ("an integral of a long sum", 2_000_000, {
            format!("\\int_0^1 {} dx", joined(1..400, "+", |n| format!("x^{{{n}}}")))
        }),
        (
            "roots with dots",
            2_000_000,
            format!("{}\\cdots{}", "\\sqrt{2+".repeat(80), "}".repeat(80)),
        ),
        ("a family of many residues", 2_000_000, {
            let terms = joined(1..50, ",", |n| format!("\\frac{{k\\pi}}{{{n}}}"));
            format!("{terms}, k\\in\\mathbb{{Z}}")
        }),
        ("a piecewise function of 1,000 cases", 100_000, {
            matrix("cases", &joined(1..1_000, "\\\\", |n| format!("x^{{{n}}}&x>{n}")))
        }),
        ("a set of a condition", 500_000, format!("\\{{x\\mid {}>0\\}}", ["x"; 4_000].join("+"))),
        ("ratios", 100_000, joined(1..4_000, ":", |n| format!("x^{{{n}}}"))),
        // Words.
        ("quotients before a letter", 20_000, nested(45, "\\frac{", "1", "}{2}m")),
        ("numbers between commas", 200_000, joined(1..15_000, ",", |n| n.to_string())),
        ("labels by letters", 200_000, joined(1..8_000, ", ", |n| format!("a: {n}"))),
        (
            "sentences side by side",
            200_000,
            joined(1..3_000, " and ", |n| format!("The $a$ is {n}")),
        ),
        ("reasons", 200_000, joined(1..5_000, " so ", |_| "since a".to_owned())),
        ("ranges", 200_000, joined(1..5_000, ", ", |n| format!("{n} to {n}"))),
        ("bars that close nowhere", 200_000, "\\left|".repeat(9_000)),
        ("intervals of a kind", 2_000_000, {
            joined(1..900, " and ", |n| format!("increasing on $({n},{n}.5)$"))
        }),
        // Series.
        ("a long series", 500, "\\sum_{k=1}^{1000000000} k^{100}".to_owned()),
        ("a series of long terms", 2_000_000, {
            let body = joined(1..1_000, "+", |n| format!("\\sin(k+{n})"));
            format!("\\sum_{{k=1}}^{{1999}}({body})")
        }),
        ("a product of long terms", 2_000_000, {
            let body = joined(1..1_000, "+", |n| format!("x^{{{n}}}k"));
            format!("\\prod_{{k=1}}^{{1999}}({body})")
        }),
        ("a series of a long ratio", 2_000_000, {
            format!("\\sum_{{k=0}}^{{\\infty}}k^{{24}}(0.{})^k", "37".repeat(4_500))
        }),
        ("a series to a letter", 2_000_000, "\\sum_{k=1}^{n}(k+a+b+c)^{24}".to_owned()),
        (
            "a late infinite series",
            200_000,
            "\\sum_{k=100}^{\\infty}\\frac{k^{24}}{2^k}".to_owned(),
        ),
        ("sines of multiples", 2_000_000, joined(1..400, "+", |n| format!("\\sin({n}x)"))),
        ("powers of a sine", 2_000_000, "(\\sin x+\\cos x)^{200}".to_owned()),
        ("a floor of a tower", 20_000, "\\lfloor e^{e^{3}}\\cdot 10^{50}\\rfloor".to_owned()),
        ("residues", 100_000, format!("{}\\bmod{{{}}}", "7".repeat(9_000), "3".repeat(5_000))),
    ]
}
