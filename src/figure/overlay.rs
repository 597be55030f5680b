//! Two figures of the same kind in one: the curves of an earlier run over those of the present one.

use super::model::{Axis, Color, Figure, Guide, Range, Scale, Series, Stroke};

/// Whose curves a figure shows.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// What each of its curves is marked with: `run 2`.
    pub name: &'a str,
    /// What it was measured for, on a line.
    pub settings: &'a str,
}

/// Both figures in one, with the owner in the name of every curve and the settings of both below. The
/// curves of `earlier` are paler, and dashed where `present` has no dashes of its own, else dotted. The
/// raw numbers behind smoothed curves are left out, and so are the single trainings behind the medians of
/// `earlier`, or nothing could be told apart. None where the two do not share their axes.
pub fn overlay(
    present: &Figure,
    who: Owner<'_>,
    earlier: &Figure,
    other: Owner<'_>,
) -> Option<Figure> {
    let figure = present.clone();
    let fits = present.name == earlier.name
        && present.heat.is_none()
        && share(&present.x, &earlier.x)
        && share(&present.y, &earlier.y);
    if !fits {
        return None;
    }
    let pattern = Pattern::of([present, earlier]);
    let smooth = figure.series.into_iter().filter(|series| !series.faint);
    let own = smooth.map(|series| match is_reference(&series) {
        true => series,
        false => marked(series, who.name),
    });
    let mut series: Vec<Series> = own.collect();
    let added = chosen(earlier).into_iter().filter_map(|line| match is_reference(line) {
        // The same reference twice says no more than once.
        true if series.iter().any(|known| known.name == line.name) => None,
        true => Some(line.clone()),
        false => Some(pattern.pale(marked(line.clone(), other.name))),
    });
    let added: Vec<Series> = added.collect();
    series.extend(added);
    Some(Figure {
        title: format!("{}: {} and {}", present.title, who.name, other.name),
        x: Axis { range: union(present.x.range, earlier.x.range), ..figure.x },
        y: Axis { range: union(present.y.range, earlier.y.range), ..figure.y },
        guides: guides(present, earlier, other.name),
        notes: notes((present, who), (earlier, other), pattern),
        series,
        ..figure
    })
}

/// Whether numbers on one axis mean the same on the other.
fn share(one: &Axis, other: &Axis) -> bool {
    let meaning = |axis: &Axis| {
        let Axis { label, scale, range: _, reversed, integer: _, moments: _, names } = axis.clone();
        (label, scale == Scale::Log10, reversed, names)
    };
    meaning(one) == meaning(other)
}

/// Whether it is something to compare with instead of a curve of the run.
fn is_reference(series: &Series) -> bool {
    matches!(series.color, Color::Ink | Color::Muted) && series.stroke != Stroke::Rings
}

fn marked(series: Series, owner: &str) -> Series {
    Series { name: format!("{owner}: {}", series.name), ..series }
}

/// The curves that are worth laying over another figure: those that are not pale already, if there
/// are any.
fn chosen(figure: &Figure) -> Vec<&Series> {
    let strong = |series: &&Series| !series.faint && !series.ghost;
    let lines = |series: &&Series| strong(series) && series.stroke != Stroke::Rings;
    let has_strong = figure.series.iter().any(|series| lines(&series) && !is_reference(series));
    figure.series.iter().filter(|series| !series.faint && (!has_strong || strong(series))).collect()
}

/// How lines of the earlier figure that would be solid are drawn.
#[derive(Clone, Copy)]
struct Pattern {
    stroke: Stroke,
    word: &'static str,
}

impl Pattern {
    fn of(figures: [&Figure; 2]) -> Self {
        let mut lines = figures.iter().flat_map(|figure| &figure.series);
        match lines.any(|series| series.stroke == Stroke::Dashed) {
            true => Self { stroke: Stroke::Dotted, word: "dotted" },
            false => Self { stroke: Stroke::Dashed, word: "dashed" },
        }
    }

    fn pale(self, series: Series) -> Series {
        let stroke = match series.stroke {
            Stroke::Solid => self.stroke,
            other @ (Stroke::Dashed | Stroke::Dotted | Stroke::Dots | Stroke::Rings) => other,
        };
        Series { stroke, ghost: true, ..series }
    }
}

/// Bounds that hold both; fitted where one of the two is.
fn union(one: Range, other: Range) -> Range {
    match (one, other) {
        (Range::Fixed(low, high), Range::Fixed(other_low, other_high)) => {
            Range::Fixed(low.min(other_low), high.max(other_high))
        }
        (Range::Auto, _) | (_, Range::Auto) => Range::Auto,
    }
}

/// The lines of both; one that only the earlier figure has is told as its own.
fn guides(present: &Figure, earlier: &Figure, name: &str) -> Vec<Guide> {
    let mut guides = present.guides.clone();
    let own = earlier.guides.iter().filter(|guide| !present.guides.contains(guide));
    guides.extend(own.cloned().map(|guide| {
        let told = |label: String| format!("{name}: {label}");
        match guide {
            Guide::Horizontal(at, label) => Guide::Horizontal(at, told(label)),
            Guide::Vertical(at, label) => Guide::Vertical(at, told(label)),
            Guide::Circle(radius, label) => Guide::Circle(radius, told(label)),
        }
    }));
    guides
}

/// What each run was, then what each figure says of itself.
fn notes(
    (present, who): (&Figure, Owner<'_>),
    (earlier, other): (&Figure, Owner<'_>),
    pattern: Pattern,
) -> Vec<String> {
    let settings =
        |owner: Owner<'_>, how: &str| format!("{}{how}: {}.", capital(owner.name), owner.settings);
    let how = format!(" (paler, and {} where {} is solid)", pattern.word, who.name);
    let mut notes = vec![settings(who, ""), settings(other, &how)];
    let said: Vec<&str> = present.notes.iter().map(|note| without_pale(note)).collect();
    let own = earlier.notes.iter().map(|note| without_pale(note));
    let own: Vec<&str> = own.filter(|note| !said.contains(note)).collect();
    // What holds for both needs no name.
    let shared = |note: &str| earlier.notes.iter().any(|other| without_pale(other) == note);
    notes.extend(said.iter().map(|note| match shared(note) {
        true => capital(note),
        false => format!("{}: {note}", capital(who.name)),
    }));
    notes.extend(own.into_iter().map(|note| format!("{}: {note}", capital(other.name))));
    notes
}

/// A note on strong and pale curves, of which only the strong ones are there.
fn without_pale(note: &str) -> &str {
    let strong = note.split_once(" Pale:").map_or(note, |(strong, _)| strong);
    strong.strip_prefix("Strong: ").unwrap_or(strong)
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(end: f64, loss: f64, note: &str) -> Figure {
        let steps = Axis { range: Range::Fixed(0.0, end), ..Axis::moments("training step") };
        let line =
            |name: &str| Series::line(name, Color::Category(0), vec![[0.0, 1.0], [end, loss]]);
        let printed = Series::line("printed by the notebook", Color::Ink, vec![[end, 0.5]]);
        Figure {
            series: vec![
                line("LSTM"),
                Series { faint: true, ..line("LSTM") },
                Series { stroke: Stroke::Dots, ..printed },
            ],
            guides: vec![Guide::Horizontal(end, "baseline".to_owned())],
            notes: vec![note.to_owned()],
            ..Figure::new("loss", "Training loss", steps, Axis::log("loss"))
        }
    }

    const NEW: Owner<'static> = Owner { name: "run 2", settings: "seed 1" };
    const OLD: Owner<'static> = Owner { name: "run 1", settings: "seed 0" };

    #[test]
    fn every_curve_says_which_run_it_is_of() {
        let present = figure(30.0, 0.2, "Strong: mean of the last 10 losses. Pale: the losses.");
        let earlier = figure(50.0, 0.1, "Strong: mean of the last 20 losses. Pale: the losses.");
        let both = overlay(&present, NEW, &earlier, OLD).expect("the same axes");
        let told: Vec<(&str, bool, Stroke, f64)> = both
            .series
            .iter()
            .map(|line| {
                (&*line.name, line.ghost, line.stroke, line.points[line.points.len() - 1][1])
            })
            .collect();
        assert_eq!(
            told,
            [
                ("run 2: LSTM", false, Stroke::Solid, 0.2),
                ("printed by the notebook", false, Stroke::Dots, 0.5),
                ("run 1: LSTM", true, Stroke::Dashed, 0.1),
            ]
        );
        assert_eq!(both.title, "Training loss: run 2 and run 1");
        assert_eq!(both.x.range, Range::Fixed(0.0, 50.0), "the longer run is seen whole");
        assert_eq!(
            both.notes,
            [
                "Run 2: seed 1.",
                "Run 1 (paler, and dashed where run 2 is solid): seed 0.",
                "Run 2: mean of the last 10 losses.",
                "Run 1: mean of the last 20 losses.",
            ]
        );
        assert_eq!(both.guides[1], Guide::Horizontal(50.0, "run 1: baseline".to_owned()));
    }

    #[test]
    fn dashes_that_mean_something_keep_their_meaning() {
        let mut present = figure(30.0, 0.2, "Solid: test. Dashed: training.");
        present.series[1] = Series { stroke: Stroke::Dashed, ..present.series[0].clone() };
        let both = overlay(&present, NEW, &present.clone(), OLD).expect("the same axes");
        let strokes: Vec<Stroke> = both.series.iter().map(|line| line.stroke).collect();
        use Stroke::{Dashed, Dots, Dotted, Solid};
        assert_eq!(strokes, [Solid, Dashed, Dots, Dotted, Dashed]);
        assert_eq!(both.notes[2..], ["Solid: test. Dashed: training."], "said once for both");
    }

    #[test]
    fn what_has_other_axes_is_not_laid_over() {
        let present = figure(30.0, 0.2, "");
        let mut earlier = figure(30.0, 0.2, "");
        earlier.x.label = "epoch".to_owned();
        assert!(overlay(&present, NEW, &earlier, OLD).is_none());
    }
}
