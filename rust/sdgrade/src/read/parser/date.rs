//! Dates, in the orders that they are written in.

use super::Parser;
use crate::read::calendar;
use crate::read::lexer::TokenKind as T;
use crate::read::tree::{Kind, NodeId, Span};
use crate::value::{NoteKind, Value};

impl Parser<'_> {
    /// `2024-01-02` and nothing else: no difference, in which numbers have no leading zeros.
    pub(super) fn date_in_digits(&mut self) -> Option<NodeId> {
        if self.at != 0 || self.end != 5 {
            return None;
        }
        let whole = self.here().to(self.span_at(4));
        let text = whole.of(self.text);
        let [year, month, day] = text.split('-').collect::<Vec<_>>()[..] else { return None };
        let digits = |part: &str, width: usize| {
            part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
            return None;
        }
        let parts: Vec<i64> =
            [month, day, year].iter().map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let known = (1..=12).contains(&parts[0]) && (1..=31).contains(&parts[1]);
        known.then(|| {
            self.at = self.end;
            self.tree.push_said(Value::Date(parts), whole)
        })
    }

    /// `June 20`, `October 30, 2024`
    pub(super) fn date(&mut self, start: Span) -> Option<NodeId> {
        let number = |this: &Self, ahead: usize| matches!(this.peek_at(ahead), T::Number(_));
        if !number(self, 1) {
            return None;
        }
        let suffix = usize::from(matches!(self.word_at(2), "st" | "nd" | "rd" | "th"));
        let comma = usize::from(self.peek_at(2 + suffix) == T::Comma);
        let year = usize::from(number(self, 2 + suffix + comma));
        let width = 2 + suffix + if year == 1 { comma + 1 } else { 0 };
        let words = start.to(self.span_at(width - 1));
        let glued = self.normal(words).replace(" st", "st").replace(" nd", "nd");
        let glued = glued.replace(" rd", "rd").replace(" th", "th");
        let value = calendar::read(&glued).filter(|_| self.ends_item(width))?;
        self.at += width;
        Some(self.tree.push_said(value, words))
    }

    /// `24 December 2014`: the month and the year behind a day. Without a year the words behind a number are read as
    /// those of any other.
    pub(super) fn month_and_year(&mut self, day: NodeId, start: Span) -> Option<NodeId> {
        let Kind::Number(_) = self.tree.kind(day) else { return None };
        if let Some(date) = self.date_in_chinese(day, start) {
            return Some(date);
        }
        let suffix = usize::from(matches!(self.word_at(0), "st" | "nd" | "rd" | "th"));
        let of = usize::from(self.word_at(suffix) == "of");
        let month = suffix + of;
        let comma = usize::from(self.peek_at(month + 1) == T::Comma);
        let year = month + 1 + comma;
        if self.peek_at(month) != T::Word || !matches!(self.peek_at(year), T::Number(_)) {
            return None;
        }
        let said = |ahead: usize| self.span_at(ahead).of(self.text).trim_end_matches('.');
        let day = self.tree.numeral(day);
        let written = format!("{day} {} {}", said(month).to_lowercase(), said(year));
        let value = calendar::read(&written).filter(|_| self.ends_item(year + 1))?;
        let words = start.to(self.span_at(year));
        self.at += year + 1;
        Some(self.tree.push_said(value, words))
    }

    /// `11:55 p.m. on 24 December 2014`: the day of an hour.
    pub(super) fn day_of(&mut self, hour: NodeId, start: Span) -> Option<NodeId> {
        if !matches!(self.tree.kind(hour), Kind::HalfDay(..)) {
            return None;
        }
        if self.peek() != T::Comma && self.word() != "on" {
            return None;
        }
        let mark = self.mark_place();
        self.advance();
        let from = self.here();
        let day = match self.peek() {
            T::Word => self.date(from),
            T::Number(literal) => {
                self.advance();
                let number = self.tree.push(Kind::Number(literal), from);
                self.month_and_year(number, from)
            }
            _ => None,
        };
        let Some(day) = day else {
            self.return_to(mark);
            return None;
        };
        Some(self.push(Kind::Noted(hour, NoteKind::Predicate, day), start))
    }

    /// `2024年5月1日` and `5月1日`, from the first number on.
    fn date_in_chinese(&mut self, first: NodeId, start: Span) -> Option<NodeId> {
        let whole =
            |ahead: usize| -> Option<i64> { self.span_at(ahead).of(self.text).parse().ok() };
        let first = self.tree.numeral(first).parse::<i64>().ok()?;
        let (month, day, year, width) = match (self.word_at(0), self.word_at(2), self.word_at(4)) {
            ("年", "月", "日" | "号") => (whole(1)?, whole(3)?, Some(first), 5),
            ("月", "日" | "号", _) => (first, whole(1)?, None, 3),
            _ => return None,
        };
        let known = (1..=12).contains(&month) && (1..=31).contains(&day) && self.ends_item(width);
        let words = start.to(self.span_at(width - 1));
        known.then(|| {
            self.at += width;
            let parts = [month, day].into_iter().chain(year).collect();
            self.tree.push_said(Value::Date(parts), words)
        })
    }
}
