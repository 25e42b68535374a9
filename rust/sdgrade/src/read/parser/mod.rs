//! Tokens to a syntax tree, by operator precedence.
//!
//! [`parse`] reads a whole answer: one item, or a bare list of them. It never recurses deeper than
//! the depth limit; what has many terms is read in a loop into one wide node.

mod annotation;
mod answer;
mod atom;
mod calculus;
mod class;
mod clause;
mod date;
mod derivation;
mod digits;
mod environment;
mod formula;
mod group;
mod head;
mod item;
mod note;
mod numbered;
mod operator;
mod phrase;
mod postfix;
mod predicate;
mod premise;
mod sentence;
mod statements;
mod unit;
mod word;

use crate::Limits;
use crate::read::lexer::{self, Token, TokenKind};
use crate::read::tree::{Delimiter, Kind, NodeId, Separator, Size, Span, Tree};
use smallvec::SmallVec;

/// Why a text is not mathematics, and where that shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: Span,
    pub(crate) kind: FaultKind,
}

/// What kind of fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// Something stands where it cannot: `5 + )`.
    Unexpected,
    /// The text ends too early: `5 +`.
    EndsEarly,
    /// A command that the grammar does not know: `\foo`.
    UnknownCommand,
    /// Words where a value should be.
    Words,
    /// Deeper than the depth limit.
    TooDeep,
    /// More nodes than the node limit.
    TooManyNodes,
}

impl FaultKind {
    /// The fault in words.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Unexpected => "this cannot stand here",
            Self::EndsEarly => "the text ends too early",
            Self::UnknownCommand => "unknown command",
            Self::Words => "words where a value should be",
            Self::TooDeep => "nested deeper than the depth limit",
            Self::TooManyNodes => "more parts than the node limit",
        }
    }

    /// Whether the text may be mathematics that exceeds a limit.
    pub(crate) fn is_limit(self) -> bool {
        matches!(self, Self::TooDeep | Self::TooManyNodes)
    }
}

type Parsed = Result<NodeId, Fault>;

/// The parts of a node while they are read: mostly a few.
type Parts = SmallVec<[NodeId; 8]>;

/// Items, each with the separator before it.
type Items = SmallVec<[(Separator, NodeId); 8]>;

/// How tightly an operator binds; an operand is read up to the first operator that binds less.
mod power {
    pub(super) const RELATION: u8 = 10;
    pub(super) const OVER: u8 = 15;
    pub(super) const UNIT: u8 = 18;
    pub(super) const RATIO: u8 = 20;
    pub(super) const SET: u8 = 30;
    pub(super) const SUM: u8 = 40;
    pub(super) const PRODUCT: u8 = 50;
    pub(super) const PREFIX: u8 = 55;
    pub(super) const POWER: u8 = 70;
}

/// Reads `text[range]` as an answer.
pub(crate) fn parse<'t>(
    text: &'t str,
    range: Span,
    limits: &'t Limits,
) -> Result<(Tree<'t>, NodeId), Fault> {
    let tokens = lexer::tokens(text, range);
    let mut parser = Parser {
        text,
        tree: Tree::with_capacity(text, tokens.len()),
        end: tokens.len() - 1,
        tokens,
        at: 0,
        depth: 0,
        limits,
        open: SmallVec::new(),
        reversed: None,
        split: SmallVec::new(),
    };
    let root = parser.answer()?;
    Ok((parser.tree, root))
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    /// Where the part of the text that is read now ends: what stands there counts as the end.
    end: usize,
    depth: usize,
    limits: &'a Limits,
    tree: Tree<'a>,
    /// The delimiters that are open around the current place; `Nothing` for a TeX group.
    open: SmallVec<[Delimiter; 8]>,
    /// How many delimiters are open inside the `]` of a reversed interval `]a, b[`.
    reversed: Option<usize>,
    /// The numbers whose first digit was an argument (`\frac12`), and where they began.
    split: SmallVec<[(usize, u32); 4]>,
}

/// A place to go back to: what was read behind it is forgotten.
#[derive(Clone, Copy)]
struct Mark {
    at: usize,
    depth: usize,
    open: usize,
    tree: Size,
    split: usize,
}

impl Parser<'_> {
    fn mark_place(&self) -> Mark {
        let tree = self.tree.size();
        let (open, split) = (self.open.len(), self.split.len());
        Mark { at: self.at, depth: self.depth, open, tree, split }
    }

    fn return_to(&mut self, mark: Mark) {
        self.at = mark.at;
        self.depth = mark.depth;
        self.open.truncate(mark.open);
        if self.tree.len() > 0 {
            self.tree.truncate(mark.tree);
        }
        if self.split.len() > mark.split {
            for (token, start) in self.split.drain(mark.split..).rev() {
                self.tokens[token].span.start = start;
            }
        }
        self.reversed = None;
    }

    /// The first place of the text.
    fn start(&mut self) -> Mark {
        self.end = self.tokens.len() - 1;
        Mark { at: 0, depth: 0, open: 0, tree: Size::default(), split: 0 }
    }

    fn peek(&self) -> TokenKind {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> TokenKind {
        let at = self.at + ahead;
        if at < self.end { self.tokens[at].kind } else { TokenKind::EndOfText }
    }

    fn span_at(&self, ahead: usize) -> Span {
        let last = self.tokens.len() - 1;
        self.tokens[(self.at + ahead).min(last)].span
    }

    fn here(&self) -> Span {
        self.span_at(0)
    }

    /// The span of the last token read.
    fn span_before(&self) -> Span {
        self.tokens[self.at.saturating_sub(1)].span
    }

    /// The span from `start` to the last token read.
    fn since(&self, start: Span) -> Span {
        let last = self.span_before();
        if last.end >= start.start { start.to(last) } else { start }
    }

    fn advance(&mut self) -> Span {
        let span = self.here();
        if self.at < self.end {
            self.at += 1;
        }
        span
    }

    fn take(&mut self, kind: TokenKind) -> bool {
        let found = self.peek() == kind;
        if found {
            self.advance();
        }
        found
    }

    /// The first place from here on that is wanted and stands in no brackets.
    fn first_outside(&self, wanted: impl FnMut(usize, TokenKind) -> bool) -> Option<usize> {
        self.all_outside(wanted).next()
    }

    /// The places from here on that are wanted and stand in no brackets.
    fn all_outside(
        &self,
        mut wanted: impl FnMut(usize, TokenKind) -> bool,
    ) -> impl Iterator<Item = usize> {
        let mut depth = 0_usize;
        (self.at..self.end).filter(move |&at| {
            match self.tokens[at].kind {
                TokenKind::Open(_) | TokenKind::GroupOpen => depth += 1,
                TokenKind::Close(_) | TokenKind::GroupClose => depth = depth.saturating_sub(1),
                kind => return depth == 0 && wanted(at, kind),
            }
            false
        })
    }

    fn fault(&self) -> Fault {
        let kind = match self.peek() {
            TokenKind::EndOfText => FaultKind::EndsEarly,
            TokenKind::UnknownCommand => FaultKind::UnknownCommand,
            TokenKind::Word => FaultKind::Words,
            _ => FaultKind::Unexpected,
        };
        Fault { at: self.here(), kind }
    }

    fn push(&mut self, kind: Kind, start: Span) -> NodeId {
        let span = self.since(start);
        self.tree.push(kind, span)
    }

    fn push_all(
        &mut self,
        wrap: fn(crate::read::tree::Children) -> Kind,
        all: &[NodeId],
        start: Span,
    ) -> NodeId {
        let children = self.tree.push_children(all);
        self.push(wrap(children), start)
    }

    /// Levels of nesting that are read: a limit that outgrows the stack counts as the deepest that does not.
    fn deepest(&self) -> usize {
        self.limits.depth.min(Limits::DEEPEST)
    }

    fn check(&self, node: NodeId) -> Parsed {
        let kind = if self.tree.node(node).height as usize > 2 * self.deepest() {
            FaultKind::TooDeep
        } else if self.tree.len() > self.limits.nodes {
            FaultKind::TooManyNodes
        } else {
            return Ok(node);
        };
        Err(Fault { at: self.here(), kind })
    }
}
