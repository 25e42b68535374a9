//! What was written: a syntax tree with spans.
//!
//! The nodes lie in one arena and refer to each other by index, so building, walking and dropping
//! a tree never recurses deeper than the parser's depth limit. Sums, products, lists and chains
//! have any number of children, so a long text makes a wide tree, not a deep one. What words say is
//! in the tree as values, units and notes; the text itself stays behind the tree.

use super::text;
use crate::value::{NoteKind, Sign, Unit, Value};

/// A range of bytes of the source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        let clip = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: clip(start), end: clip(end) }
    }

    pub(crate) fn to(self, last: Self) -> Self {
        Self { start: self.start, end: last.end }
    }

    pub(crate) fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// The index of a node in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NodeId(u32);

/// A run of children in [`Tree::children`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Children {
    start: u32,
    len: u32,
}

/// How a number is written; its digits are read from its span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Literal {
    /// Where the repeating digits begin (`0.1\overline{6}`), 0 if none do.
    pub(crate) repeat: u32,
    /// Where the exponent after an `e` begins (`1.2e3`), 0 if there is none.
    pub(crate) exponent: u32,
    /// Whether an ellipsis follows the digits (`0.333...`).
    pub(crate) dots: bool,
    /// Whether plain commas stand before groups of three (`120,240`), which may also be a list.
    pub(crate) grouped: bool,
}

/// The name of a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Letter(char),
    /// A Greek letter or a sign such as `△`, by its LaTeX name.
    Command(&'static str),
    /// A word or a run of letters in their order, by its span.
    Word(Span),
    /// An operator that is not known, by its span: `\operatorname{rank}`.
    Operator(Span),
    /// The two ends of a segment, in any order.
    Segment(Span),
    /// The three points of an angle, which may be turned around.
    Angle(Span),
}

/// Sets and constants with a name of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Constant {
    Pi,
    Infinity,
    EmptySet,
    Naturals,
    Integers,
    Rationals,
    Reals,
    Complexes,
}

/// A relation between two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Approximate,
    In,
    NotIn,
    Congruent,
    NotCongruent,
    /// Signs that are compared as written.
    Other(Sign),
}

/// The delimiter at one end of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delimiter {
    Paren,
    Square,
    Brace,
    Angle,
    Floor,
    Ceiling,
    Bar,
    /// `\left.` or `\right.`
    Nothing,
}

/// What joins the items of a bare list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Separator {
    Comma,
    Semicolon,
    And,
    Or,
}

/// The environments `\begin{…}` that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Environment {
    Matrix,
    Determinant,
    Cases,
    Lines,
}

/// Functions with a notation of their own. The scalar ones are named after `canonical::Function`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Sin,
    Cos,
    Tan,
    Cot,
    Sec,
    Csc,
    Arcsin,
    Arccos,
    Arctan,
    Arccot,
    Arcsec,
    Arccsc,
    Sinh,
    Cosh,
    Tanh,
    Coth,
    Arsinh,
    Arcosh,
    Artanh,
    Ln,
    /// `\log`, natural unless a base is given.
    Log,
    Lg,
    Exp,
    Gcd,
    Lcm,
    Max,
    Min,
    Re,
    Im,
    Arg,
    Det,
    Sign,
    /// `cos + i sin`
    Cis,
    Absolute,
    Floor,
    Ceiling,
    Binomial,
    /// `a \times b` of vectors.
    Cross,
    Root,
    /// `\overline{z}` and the like over anything but digits.
    Accent(&'static str),
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Number(Literal),
    /// A Unicode fraction such as `½`.
    Vulgar(u32, u8),
    Symbol(Name),
    Constant(Constant),
    /// What words say, by its place in [`Tree::said`].
    Said(u32),
    /// A number in a circle.
    Circled(u32),
    Ellipsis,
    /// Terms; subtracted ones are [`Kind::Negate`], `±` ones [`Kind::PlusMinus`].
    Sum(Children),
    Negate(NodeId),
    PlusMinus(NodeId),
    MinusPlus(NodeId),
    /// Factors; divisors are [`Kind::Inverse`].
    Product(Children),
    Inverse(NodeId),
    Fraction(NodeId, NodeId),
    /// A whole number and a proper fraction: `1 1/2`.
    Mixed(NodeId, NodeId),
    Power(NodeId, NodeId),
    Subscript(NodeId, NodeId),
    Prime(NodeId, u32),
    /// One `!` or two.
    Factorial(NodeId, bool),
    Percent(NodeId),
    Degree(NodeId),
    /// An amount of money and its currency, by its place in [`Tree::unit`].
    Currency(NodeId, u32),
    /// A value and its unit, by its place in [`Tree::unit`].
    United(NodeId, u32),
    /// A time of day in the morning or in the afternoon.
    HalfDay(NodeId, bool),
    Call(Function, Children),
    /// A named function applied to arguments: `f(x)`.
    Apply(NodeId, Children),
    Modulo(NodeId, NodeId),
    Series(Series, Children),
    Delimited(Delimiter, Delimiter, Children),
    /// What is approached, as a relation, and of what.
    Limit(NodeId, NodeId),
    /// Variable, integrand and, of a definite one, the bounds.
    Integral(Children),
    /// Element and condition.
    SetBuilder(NodeId, NodeId),
    Matrix(Environment, u32, Children),
    /// Each value followed by the condition under which it holds.
    Piecewise(Children),
    /// Sides, and where their relations begin in [`Tree::relations`].
    Chain(Children, u32),
    Ratio(Children),
    /// `8 \text{ cm} \times 5 \text{ cm}`, `8 cm by 5 cm`: sides.
    Dimensions(Children),
    Union(Children),
    Intersection(Children),
    SetDifference(NodeId, NodeId),
    List(Separator, Children),
    /// A value and what is said of it.
    Noted(NodeId, NoteKind, NodeId),
    /// A tuple and all its permutations, or only the cyclic ones.
    Permutations(NodeId, bool),
    /// An option letter and, where given, the value beside it.
    Choice(char, Option<NodeId>),
}

/// `\sum` or `\prod`; children are variable, from, to, body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Series {
    Sum,
    Product,
}

/// A node: what it is, where it is, how high a tree it roots.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
    pub(crate) height: u32,
}

/// How much a tree holds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Size {
    nodes: usize,
    children: usize,
    relations: usize,
    said: usize,
    units: usize,
}

/// The arena of one text's nodes.
#[derive(Debug)]
pub(crate) struct Tree<'t> {
    text: &'t str,
    nodes: Vec<Node>,
    children: Vec<NodeId>,
    relations: Vec<Relation>,
    said: Vec<Value>,
    units: Vec<Unit>,
}

impl<'t> Tree<'t> {
    pub(crate) fn with_capacity(text: &'t str, nodes: usize) -> Self {
        Self {
            text,
            nodes: Vec::with_capacity(nodes),
            children: Vec::with_capacity(nodes),
            relations: Vec::new(),
            said: Vec::new(),
            units: Vec::new(),
        }
    }

    pub(crate) fn push_said(&mut self, value: Value, span: Span) -> NodeId {
        let at = u32::try_from(self.said.len()).unwrap_or(u32::MAX);
        self.said.push(value);
        self.push(Kind::Said(at), span)
    }

    pub(crate) fn push_unit(&mut self, value: NodeId, unit: Unit, span: Span) -> NodeId {
        let unit = self.add_unit(unit);
        self.push(Kind::United(value, unit), span)
    }

    pub(crate) fn add_unit(&mut self, unit: Unit) -> u32 {
        let at = u32::try_from(self.units.len()).unwrap_or(u32::MAX);
        self.units.push(unit);
        at
    }

    /// What the words of a [`Kind::Said`] say.
    pub(crate) fn said(&self, at: u32) -> &Value {
        &self.said[at as usize]
    }

    /// The unit of a [`Kind::United`].
    pub(crate) fn unit(&self, at: u32) -> &Unit {
        &self.units[at as usize]
    }

    /// The digits and signs of a numeral, as written.
    pub(crate) fn numeral(&self, id: NodeId) -> &'t str {
        self.span(id).of(self.text)
    }

    /// The letters of a name or a mark, as written.
    pub(crate) fn letters(&self, span: Span) -> &'t str {
        span.of(self.text)
    }

    /// How a name is written, without spacing and markup.
    pub(crate) fn spelling(&self, id: NodeId) -> String {
        text::squeeze(self.span(id).of(self.text))
    }

    /// What is written between two nodes.
    pub(crate) fn between(&self, before: NodeId, after: NodeId) -> &'t str {
        Span { start: self.span(before).end, end: self.span(after).start }.of(self.text)
    }

    /// Whether a letter is in bold, as those of vectors and matrices are.
    pub(crate) fn is_bold(&self, id: NodeId) -> bool {
        const BOLD: [&str; 5] = ["\\mathbf", "\\boldsymbol", "\\bm", "\\pmb", "\\bf"];
        let before = self.text.get(..self.span(id).start as usize).unwrap_or("");
        let before = before.trim_end_matches([' ', '{']);
        matches!(self.kind(id), Kind::Symbol(Name::Letter(_)))
            && BOLD.iter().any(|command| before.ends_with(command))
    }

    /// How many bytes a node is written in: what its name costs.
    pub(crate) fn length(&self, id: NodeId) -> u64 {
        let span = self.span(id);
        u64::from(span.end.saturating_sub(span.start))
    }

    pub(crate) fn size(&self) -> Size {
        Size {
            nodes: self.nodes.len(),
            children: self.children.len(),
            relations: self.relations.len(),
            said: self.said.len(),
            units: self.units.len(),
        }
    }

    /// Forgets what has come since the tree had a size.
    pub(crate) fn truncate(&mut self, size: Size) {
        self.nodes.truncate(size.nodes);
        self.children.truncate(size.children);
        self.relations.truncate(size.relations);
        self.said.truncate(size.said);
        self.units.truncate(size.units);
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len() + self.children.len()
    }

    pub(crate) fn push(&mut self, kind: Kind, span: Span) -> NodeId {
        let height = 1 + self.height_below(kind);
        let id = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(Node { kind, span, height });
        NodeId(id)
    }

    pub(crate) fn push_children(&mut self, ids: &[NodeId]) -> Children {
        let start = u32::try_from(self.children.len()).unwrap_or(u32::MAX);
        self.children.extend_from_slice(ids);
        Children { start, len: u32::try_from(ids.len()).unwrap_or(u32::MAX) }
    }

    pub(crate) fn push_relations(&mut self, relations: &[Relation]) -> u32 {
        let start = u32::try_from(self.relations.len()).unwrap_or(u32::MAX);
        self.relations.extend_from_slice(relations);
        start
    }

    /// All nodes, those before that are part of those behind.
    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub(crate) fn kind(&self, id: NodeId) -> Kind {
        self.node(id).kind
    }

    pub(crate) fn span(&self, id: NodeId) -> Span {
        self.node(id).span
    }

    pub(crate) fn children(&self, of: Children) -> &[NodeId] {
        &self.children[of.start as usize..(of.start + of.len) as usize]
    }

    /// The relations of a chain of `sides` sides that begin at `start`.
    pub(crate) fn relations(&self, start: u32, sides: usize) -> &[Relation] {
        &self.relations[start as usize..start as usize + sides - 1]
    }

    fn height_below(&self, kind: Kind) -> u32 {
        let of = |id: NodeId| self.node(id).height;
        match kind {
            Kind::Number(_)
            | Kind::Vulgar(..)
            | Kind::Symbol(_)
            | Kind::Constant(_)
            | Kind::Said(_)
            | Kind::Circled(_)
            | Kind::Ellipsis
            | Kind::Choice(_, None) => 0,
            Kind::Negate(a)
            | Kind::PlusMinus(a)
            | Kind::MinusPlus(a)
            | Kind::Inverse(a)
            | Kind::Prime(a, _)
            | Kind::Factorial(a, _)
            | Kind::Percent(a)
            | Kind::Degree(a)
            | Kind::Currency(a, _)
            | Kind::United(a, _)
            | Kind::HalfDay(a, _)
            | Kind::Permutations(a, _)
            | Kind::Choice(_, Some(a)) => of(a),
            Kind::Fraction(a, b)
            | Kind::Mixed(a, b)
            | Kind::Power(a, b)
            | Kind::Subscript(a, b)
            | Kind::Modulo(a, b)
            | Kind::SetBuilder(a, b)
            | Kind::Limit(a, b)
            | Kind::SetDifference(a, b)
            | Kind::Noted(a, _, b) => of(a).max(of(b)),
            Kind::Apply(a, rest) => of(a).max(self.highest(rest)),
            Kind::Sum(all)
            | Kind::Product(all)
            | Kind::Call(_, all)
            | Kind::Series(_, all)
            | Kind::Integral(all)
            | Kind::Delimited(_, _, all)
            | Kind::Matrix(_, _, all)
            | Kind::Piecewise(all)
            | Kind::Chain(all, _)
            | Kind::Ratio(all)
            | Kind::Dimensions(all)
            | Kind::Union(all)
            | Kind::Intersection(all)
            | Kind::List(_, all) => self.highest(all),
        }
    }

    fn highest(&self, all: Children) -> u32 {
        self.children(all).iter().map(|&id| self.node(id).height).max().unwrap_or(0)
    }
}
