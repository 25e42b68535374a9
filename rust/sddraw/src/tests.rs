//! Tables of rows and what they draw. That each token is the one of `narrow.plain` is tested from Python.

use super::{Candidates, Entry, Rule, Undrawn, ordinal, penalise};

const INF: f32 = f32::INFINITY;
const NAN: f32 = f32::NAN;
const GREEDY: Rule = Rule {
    temperature: 1.0,
    top_k: 1,
    removed: -1.0,
    log_min_p: -INF,
    share: 0.0,
    key: 7,
    step: 3,
};

#[test]
fn entries_sort_as_score_and_token_do() {
    let scores = [-INF, f32::MIN, -1.5, -1e-45, 0.0, 1e-45, 1.5, f32::MAX, INF];
    for pair in scores.windows(2) {
        assert!(Entry::new(pair[0], u32::MAX) < Entry::new(pair[1], 0), "{pair:?}");
    }
    for score in scores {
        let entry = Entry::new(score, 9);
        assert_eq!((entry.score().to_bits(), entry.token()), (score.to_bits(), 9));
    }
    assert_eq!(ordinal(-0.0), ordinal(0.0));
}

#[test]
fn the_candidates_are_those_of_a_sort_of_all_scores() {
    // Of every length about a block and a line of maxima; some scores tie, some only after temperature.
    let score =
        |place: u32| f32::from(u16::try_from(place * 7919 % 997).expect("small")) / 64.0 - 5.0;
    for length in (1..200).chain([736, 5000]) {
        let mut scores: Vec<f32> = (0..length).map(score).collect();
        scores[0] = scores[scores.len() / 2].next_down();
        for top_k in [1, 2, 20, 32] {
            let width = (top_k + 12).min(scores.len());
            let rule = Rule { temperature: 1.5, top_k, ..GREEDY };
            let mut values: Vec<f32> = scores.iter().map(|score| score / 1.5).collect();
            values.sort_unstable_by(f32::total_cmp);
            values.drain(..values.len() - width);
            let last = values[width - top_k.min(width)];
            for value in &mut values {
                *value = if *value < last { -INF } else { *value };
            }
            let found: Vec<f32> = Candidates::new(&scores, rule, width).values().collect();
            assert_eq!(found, values, "{length} scores, top-k {top_k}");
        }
    }
}

#[test]
fn what_greedy_rows_draw() {
    use Undrawn::{Broken, Undecided};
    for (scores, width, drawn) in [
        (&[1.0, 3.0, 2.0][..], 3, Ok(1)),
        (&[1.0, 3.0, 3.0], 3, Ok(1)),
        (&[0.0, -0.0, -9.0], 3, Ok(0)),
        (&[-INF, -INF, 2.0], 2, Ok(2)),
        (&[3.0, 3.0, 3.0], 2, Err(Undecided)),
        (&[3.0, 3.0, 3.0], 3, Ok(0)),
        (&[3.0, NAN, 1.0], 2, Err(Broken)),
        (&[3.0, -NAN, 1.0], 2, Err(Broken)),
        (&[3.0, INF, 1.0], 2, Err(Broken)),
        (&[-INF, -INF, -INF], 2, Err(Broken)),
    ] {
        assert_eq!(Candidates::new(scores, GREEDY, width).draw(&[]), drawn, "{scores:?}");
    }
    let cold = Rule { temperature: 1e-3, ..GREEDY };
    assert_eq!(Candidates::new(&[f32::MAX, 0.0], cold, 2).draw(&[]), Err(Broken));
}

#[test]
fn what_is_cut_is_not_drawn() {
    // Values 0, 1, 2, 3 at top-k 3, one of whose tokens has noise enough to be drawn in some step.
    let drawn = |rule: Rule, mass: &[f32]| {
        let step =
            |step| Candidates::new(&[3.0, 2.0, 1.0, 0.0], Rule { step, ..rule }, 4).draw(mass);
        let mut tokens: Vec<u32> = (0..500).map(|number| step(number).expect("drawn")).collect();
        tokens.sort_unstable();
        tokens.dedup();
        tokens
    };
    let mass = [0.0, 0.1, 0.25, 0.65];
    let rule = Rule { top_k: 3, share: 1.0, ..GREEDY };
    assert_eq!(drawn(rule, &mass), [0, 1, 2]);
    assert_eq!(drawn(Rule { removed: 0.1, ..rule }, &mass), [0, 1]);
    assert_eq!(drawn(Rule { removed: 0.09, ..rule }, &mass), [0, 1, 2]);
    assert_eq!(drawn(Rule { removed: 1.0, ..rule }, &mass), [0]);
    assert_eq!(drawn(Rule { log_min_p: -1.0, ..rule }, &mass), [0, 1]);
    assert_eq!(drawn(Rule { log_min_p: 0.0, ..rule }, &mass), [0]);
}

#[test]
fn a_penalty_is_taken_off() {
    let mut scores = [1.0, 2.0];
    penalise(&mut scores, &[0.0, 1.5]);
    assert_eq!(scores.map(f32::to_bits), [1.0f32, 0.5].map(f32::to_bits));
}
