//! Curves of many trainings in the colours of their contenders, so that a legend names each
//! contender once.

use super::training::{Training, median};
use crate::figure::model::{Series, Stroke};
use crate::train::{Comparison, RunLog};

/// More contenders than this do without the part of a curve in its name.
const MOST_NAMED_PARTS: usize = 4;

/// A curve of one training.
pub(super) struct Curve<'a> {
    pub training: Training<'a>,
    pub points: Vec<[f64; 2]>,
}

/// A curve of each training.
pub(super) fn curves<'a>(
    trainings: &[Training<'a>],
    points: impl Fn(&RunLog) -> Vec<[f64; 2]>,
) -> Vec<Curve<'a>> {
    trainings.iter().map(|one| Curve { training: *one, points: points(one.log) }).collect()
}

/// What curves are of, such as the test set, where a figure shows several things of a training.
#[derive(Clone, Copy)]
pub(super) struct Part {
    /// Its word; empty where there is but one.
    pub word: &'static str,
    pub stroke: Stroke,
}

impl Part {
    /// All there is to see of a training.
    pub const WHOLE: Self = Self { word: "", stroke: Stroke::Solid };

    /// Names a curve of a training, whose contender is told from the others in the legend.
    fn name(self, series: Series, training: &Training<'_>, detail: &str) -> Series {
        let who = &training.who.name;
        let named = training.comparison.contenders.len() <= MOST_NAMED_PARTS;
        let (name, word) = match (self.word, named) {
            ("", _) => (who.clone(), ""),
            (word, true) => (format!("{who}: {word}"), ""),
            (word, false) => (who.clone(), word),
        };
        let details = [word, detail].into_iter().filter(|text| !text.is_empty());
        let detail = details.collect::<Vec<_>>().join(", ");
        Series { name, detail, stroke: self.stroke, ..series }
    }
}

/// A strong line for a contender that is trained once. Trainings of one that is trained several
/// times are thin, before a strong median, unless they are on different lengths, which have no
/// median in common.
pub(super) fn bundle(curves: Vec<Curve<'_>>, part: Part) -> Vec<Series> {
    let mut curves: Vec<Curve<'_>> =
        curves.into_iter().filter(|curve| !curve.points.is_empty()).collect();
    let mut series = Vec::new();
    while !curves.is_empty() {
        let who = curves[0].training.entry.contender;
        let others = curves.iter().position(|curve| curve.training.entry.contender != who);
        let rest = curves.split_off(others.unwrap_or(curves.len()));
        series.extend(of_contender(curves, part));
        curves = rest;
    }
    series
}

fn of_contender(curves: Vec<Curve<'_>>, part: Part) -> Vec<Series> {
    let Some(Curve { training, .. }) = curves.first() else { return Vec::new() };
    let training = *training;
    let comparison = training.comparison;
    let mut series = Vec::new();
    if comparison.trials > 1 && comparison.lengths.len() <= 1 {
        let middle = Series::line("", training.color(), medians(&curves));
        series.push(part.name(middle, &training, "median"));
    }
    let thin = !comparison.is_single();
    series.extend(curves.into_iter().map(|Curve { training, points }| {
        let line = Series { ghost: thin, ..Series::line("", training.color(), points) };
        part.name(line, &training, &training.detail())
    }));
    series
}

/// The median, at the places of the curve that reaches furthest, of all curves that got there. One
/// that has ended for good counts with its last value.
fn medians(curves: &[Curve<'_>]) -> Vec<[f64; 2]> {
    let end = |curve: &Curve<'_>| curve.points.last().map_or(f64::NEG_INFINITY, |point| point[0]);
    let Some(longest) = curves.iter().max_by(|a, b| end(a).total_cmp(&end(b))) else {
        return Vec::new();
    };
    let at = |x: f64| {
        let value = |curve: &Curve<'_>| {
            let after = curve.points.partition_point(|point| point[0] <= x);
            let reaches = x <= end(curve) || curve.training.log.stop.is_some();
            Some(curve.points[after.checked_sub(1).filter(|_| reaches)?][1])
        };
        median(curves.iter().filter_map(value).collect())
    };
    longest.points.iter().filter_map(|[x, _]| Some([*x, at(*x)?])).collect()
}

/// How a bundle is to be read, where there is one.
pub(super) fn note(comparison: &Comparison) -> Option<String> {
    if comparison.is_single() {
        return None;
    }
    Some(match comparison.lengths.len() {
        0 | 1 => {
            "Strong: the median of the trials (one that has ended counts with its last value). \
                  Faint: each trial."
                .to_owned()
        }
        _ => "A faint line a training: all lengths and trials of a contender in its colour."
            .to_owned(),
    })
}
