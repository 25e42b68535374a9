//! Grades rows in memory, on several threads.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sdgrade::{CompiledGold, Format, Grade, Policy, Reason};

use crate::{Graded, Row, Texts};

/// The rows that a thread takes at a time: enough to be worth a thread and a piece of the result,
/// few enough that a row that takes long holds up little.
const PIECE: std::ops::RangeInclusive<usize> = 256..=4096;
/// How long the calling thread works before it starts others, which costs a tenth of that each.
const ALONE: Duration = Duration::from_micros(200);
/// How long it sleeps between looks at the others' last pieces.
const WAIT: Duration = Duration::from_micros(100);

/// Grades every response against the golds of its row. The pieces, end to end, have a row each.
///
/// `interrupted` is asked between rows, on the calling thread alone; the result is `None` once it
/// says so.
///
/// # Panics
/// If there are not as many golds as responses.
#[must_use]
pub fn grade_batch(
    golds: &dyn Texts,
    responses: &dyn Texts,
    policy: &Policy,
    format: &Format,
    threads: usize,
    mut interrupted: impl FnMut() -> bool,
) -> Option<Vec<Graded>> {
    let rows = golds.len();
    assert_eq!(rows, responses.len(), "each response needs a gold");
    let size = (rows / threads.max(1) / 4).clamp(*PIECE.start(), *PIECE.end());
    let pieces = rows.div_ceil(size);
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let slots: Vec<Mutex<Option<Graded>>> = (0..pieces).map(|_| Mutex::new(None)).collect();
    let work = |asked: &mut dyn FnMut() -> bool| {
        let mut grader = Grader::new(policy, format);
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            let Some(slot) = slots.get(piece) else { break };
            let range = piece * size..rows.min((piece + 1) * size);
            let mut done = Graded::with_capacity(range.len());
            for row in range {
                if stop.load(Ordering::Relaxed) || asked() {
                    stop.store(true, Ordering::Relaxed);
                    return;
                }
                let golds = golds.alternatives(row);
                done.push(&grader.grade(&golds, responses.get(row)));
            }
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
        }
    };
    std::thread::scope(|scope| {
        let mut helpers = Vec::new();
        let wanted = threads.min(pieces).saturating_sub(1);
        let (mut asked, begun) = (0_u32, (wanted > 0).then(Instant::now));
        work(&mut || {
            asked = asked.wrapping_add(1);
            // Looking at the clock takes a good part of the time of a plain row.
            if let Some(begun) = begun.filter(|_| asked.is_multiple_of(8) && helpers.is_empty())
                && begun.elapsed() > ALONE
            {
                helpers.extend((0..wanted).map(|_| scope.spawn(|| work(&mut || false))));
            }
            interrupted()
        });
        // The last piece of another thread may take long.
        while helpers.iter().any(|helper| !helper.is_finished()) {
            std::thread::sleep(WAIT);
            if interrupted() {
                stop.store(true, Ordering::Relaxed);
            }
        }
    });
    slots
        .into_iter()
        .map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect()
}

/// Grades rows one after the other and reads the golds only where they change.
#[derive(Debug)]
pub(crate) struct Grader<'p> {
    policy: &'p Policy,
    format: &'p Format,
    golds: Vec<CompiledGold<'p>>,
}

impl<'p> Grader<'p> {
    pub(crate) fn new(policy: &'p Policy, format: &'p Format) -> Self {
        Self { policy, format, golds: Vec::new() }
    }

    /// Grades a response against alternatives of its gold, of which the best counts.
    pub(crate) fn grade<'r>(&mut self, golds: &[&[u8]], response: Option<&'r [u8]>) -> Row<'r> {
        let known = self.golds.iter().map(CompiledGold::bytes);
        if !known.eq(golds.iter().copied()) {
            self.golds.clear();
            self.golds.extend(golds.iter().map(|gold| CompiledGold::new(gold, self.policy)));
        }
        let text = response.unwrap_or_default();
        let Grade { comparison, answer, extractor, think_closed } =
            sdgrade::best(&self.golds, text, self.format);
        let (verdict, reason) = match golds {
            [] => (None, Reason::NoGold),
            _ => (Some(comparison.verdict), comparison.reason),
        };
        Row { answer: answer.map(|range| &text[range]), extractor, verdict, reason, think_closed }
    }
}
