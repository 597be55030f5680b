//! Marks and sentences for values that have no place on the axes.

use super::extent::Extent;
use crate::figure::model::{Color, Scale, Series};
use crate::figure::number::number;

/// Two marks of one series are at least this part of the plot's width apart.
const LEAST_APART: f64 = 1.0 / 36.0;

/// Why a value is marked at an edge. Each kind has its own sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FlagKind {
    /// Zero or below on a log axis, or below its bounds: a hollow triangle at the floor.
    Underflow,
    /// Infinite, or beyond the bounds: a filled triangle at the edge, pointing outwards.
    Overflow,
    /// Not a number: a cross at the bottom.
    NotANumber,
}

impl FlagKind {
    /// The sign as text, for sentences.
    pub fn sign(self) -> char {
        match self {
            Self::Underflow => '▽',
            Self::Overflow => '▲',
            Self::NotANumber => '×',
        }
    }
}

/// One mark, in drawing coordinates inside the bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flag {
    /// Why.
    pub kind: FlagKind,
    /// Where; on the edge itself.
    pub at: [f64; 2],
    /// Whether it stands at the upper edge, pointing up; otherwise it points down.
    pub upward: bool,
    /// Colour of its series.
    pub color: Color,
    /// Whether its series is a ghost.
    pub ghost: bool,
}

/// What exactly happened to a value; finer than [`FlagKind`], for sentences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cause {
    Zero,
    Negative,
    /// Positive, but under the lower bound of a log axis.
    Under(f64),
    Below(f64),
    Above(f64),
    Infinite,
    NotANumber,
    Sideways,
}

/// How many values of one series share a cause.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tally {
    cause: Cause,
    name: String,
    pub(super) count: usize,
    total: usize,
}

/// All marks of a series, one a value, each with its cause.
pub(super) fn find(series: &Series, x: &Extent, y: &Extent) -> Vec<(Cause, Flag)> {
    series.points.iter().filter_map(|point| examine(series, *point, x, y)).collect()
}

fn examine(series: &Series, [px, py]: [f64; 2], x: &Extent, y: &Extent) -> Option<(Cause, Flag)> {
    let sideways =
        || cause(x, px).map(|_| if px.is_nan() { Cause::NotANumber } else { Cause::Sideways });
    let cause = cause(y, py).or_else(sideways)?;
    let kind = match cause {
        Cause::Zero | Cause::Negative | Cause::Under(_) => FlagKind::Underflow,
        Cause::Below(_) | Cause::Above(_) | Cause::Infinite | Cause::Sideways => FlagKind::Overflow,
        Cause::NotANumber => FlagKind::NotANumber,
    };
    let at = [edge(x, px), edge(y, py)];
    let upward = kind == FlagKind::Overflow && at[1] > y.lo;
    Some((cause, Flag { kind, at, upward, color: series.color, ghost: series.ghost }))
}

fn cause(extent: &Extent, raw: f64) -> Option<Cause> {
    match extent.place(raw) {
        _ if raw.is_nan() => Some(Cause::NotANumber),
        _ if raw.is_infinite() => Some(Cause::Infinite),
        Some(at) if at < extent.lo => Some(match extent.scale {
            Scale::Log10 => Cause::Under(extent.raw(extent.lo)),
            Scale::Linear => Cause::Below(extent.lo),
        }),
        Some(at) if at > extent.hi => Some(Cause::Above(extent.raw(extent.hi))),
        Some(_) => None,
        None if extent.scale == Scale::Log10 && raw == 0.0 => Some(Cause::Zero),
        None if extent.scale == Scale::Log10 && raw < 0.0 => Some(Cause::Negative),
        None if raw < 0.0 => Some(Cause::Below(extent.raw(extent.lo))),
        None => Some(Cause::Above(extent.raw(extent.hi))),
    }
}

/// The nearest place inside the bounds; the lower bound for NaN.
fn edge(extent: &Extent, raw: f64) -> f64 {
    match extent.place(raw) {
        Some(at) => at.clamp(extent.lo, extent.hi),
        None if raw > 0.0 => extent.hi,
        None => extent.lo,
    }
}

/// Drops marks that would cover each other, keeping the first and the last of each kind.
pub(super) fn thin(found: &[(Cause, Flag)], x: &Extent) -> Vec<Flag> {
    let kinds = [FlagKind::Underflow, FlagKind::Overflow, FlagKind::NotANumber];
    let of = |kind| found.iter().map(|(_, flag)| *flag).filter(move |flag| flag.kind == kind);
    kinds.into_iter().flat_map(|kind| thin_one_kind(of(kind), x)).collect()
}

fn thin_one_kind(flags: impl Iterator<Item = Flag>, x: &Extent) -> Vec<Flag> {
    let far = |a: &Flag, b: &Flag| {
        (x.fraction(a.at[0]) - x.fraction(b.at[0])).abs() >= LEAST_APART || a.at[1] != b.at[1]
    };
    let mut kept: Vec<Flag> = Vec::new();
    let mut end = None;
    for flag in flags {
        if kept.last().is_none_or(|last| far(last, &flag)) {
            kept.push(flag);
        }
        end = Some(flag);
    }
    // The last one shows how far it goes: it takes the place of a neighbour that is too near.
    if let Some(end) = end.filter(|end| kept.last() != Some(end)) {
        if kept.len() > 1 {
            kept.pop();
        }
        kept.push(end);
    }
    kept
}

/// Counts causes in the order in which they first occur.
pub(super) fn tally(series: &Series, found: &[(Cause, Flag)]) -> Vec<Tally> {
    let mut tallies: Vec<Tally> = Vec::new();
    for (cause, _) in found {
        match tallies.iter_mut().find(|tally| tally.cause == *cause) {
            Some(tally) => tally.count += 1,
            None => tallies.push(Tally {
                cause: *cause,
                name: series.full_name(),
                count: 1,
                total: series.points.len(),
            }),
        }
    }
    tallies
}

/// One sentence a cause, naming the series it happened to.
pub(super) fn sentences(tallies: &[Tally]) -> Vec<String> {
    let mut causes: Vec<Cause> = Vec::new();
    for tally in tallies {
        if !causes.contains(&tally.cause) {
            causes.push(tally.cause);
        }
    }
    causes.into_iter().map(|cause| sentence(cause, tallies)).collect()
}

fn sentence(cause: Cause, tallies: &[Tally]) -> String {
    let share = |t: &Tally| match (t.count, t.total) {
        (count, total) if count == total => format!("{}: all {total}", t.name),
        (count, total) => format!("{}: {count} of {total}", t.name),
    };
    let who: Vec<String> = tallies.iter().filter(|t| t.cause == cause).map(share).collect();
    let what = match cause {
        Cause::Zero => "exactly zero (▽ at the floor)".to_owned(),
        Cause::Negative => "negative, which a log axis cannot show (▽ at the floor)".to_owned(),
        Cause::Under(bound) => format!("below {} (▽ at the floor)", number(bound, 3)),
        Cause::Below(bound) => format!("below {} (▼ at the lower edge)", number(bound, 3)),
        Cause::Above(bound) => format!("above {} (▲ at the upper edge)", number(bound, 3)),
        Cause::Infinite => "infinite (▲ at the edge)".to_owned(),
        Cause::NotANumber => "not a number, NaN (× at the bottom)".to_owned(),
        Cause::Sideways => "outside to the left or right (▲ at the edge)".to_owned(),
    };
    capitalised(&format!("{} values are {what}.", who.join("; ")))
}

/// The sentence with a capital at its start, unless it starts with a name such as `rnn_2_layer`.
fn capitalised(sentence: &str) -> String {
    let word = sentence.split([' ', ',', ':']).next().unwrap_or_default();
    let mut letters = sentence.chars();
    match letters.next() {
        Some(first) if word.chars().all(char::is_alphabetic) => {
            first.to_uppercase().chain(letters).collect()
        }
        _ => sentence.to_owned(),
    }
}
