//! The door through which the texts of a figure go before anybody sees them: names may be anybody's.

use std::borrow::Cow;

use super::model::{Axis, CellText, Figure, Guide, Heat, Series};
use crate::visible;

impl Figure {
    /// The figure with all that is hidden in its texts written out, see [`visible`].
    pub fn shown(&self) -> Cow<'_, Self> {
        match hides(self) {
            // Figures may be large: only those that need it are copied.
            true => Cow::Owned(self.clone().made_visible()),
            false => Cow::Borrowed(self),
        }
    }

    /// The same of a figure of one's own.
    #[must_use]
    pub fn made_visible(self) -> Self {
        if !hides(&self) {
            return self;
        }
        let Self { name, title, x, y, heat, series, guides, notes, equal_aspect } = self;
        Self {
            name,
            title: text(title),
            x: axis(x),
            y: axis(y),
            heat: heat.map(heat_map),
            series: series.into_iter().map(curve).collect(),
            guides: guides.into_iter().map(guide).collect(),
            notes: notes.into_iter().map(text).collect(),
            equal_aspect,
        }
    }
}

fn text(text: String) -> String {
    visible::text(&text).into_owned()
}

fn axis(axis: Axis) -> Axis {
    let names = axis.names.into_iter().map(text).collect();
    Axis { label: text(axis.label), names, ..axis }
}

fn heat_map(heat: Heat) -> Heat {
    let text = match heat.text {
        CellText::Texts(texts) => {
            CellText::Texts(texts.iter().map(|text| visible::lines(text).into_owned()).collect())
        }
        other @ (CellText::None | CellText::Values) => other,
    };
    Heat { color: axis(heat.color), text, ..heat }
}

fn curve(series: Series) -> Series {
    Series { name: text(series.name), detail: text(series.detail), ..series }
}

fn guide(guide: Guide) -> Guide {
    match guide {
        Guide::Horizontal(at, label) => Guide::Horizontal(at, text(label)),
        Guide::Vertical(at, label) => Guide::Vertical(at, text(label)),
        Guide::Circle(radius, label) => Guide::Circle(radius, text(label)),
    }
}

/// Whether anything in its texts is hidden.
fn hides(figure: &Figure) -> bool {
    let Figure { name: _, title, x, y, heat, series, guides, notes, equal_aspect: _ } = figure;
    let hides = |text: &str| text.chars().any(visible::is_hidden);
    let axis = |axis: &Axis| hides(&axis.label) || axis.names.iter().any(|name| hides(name));
    let cells = |heat: &Heat| match &heat.text {
        CellText::Texts(texts) => texts.iter().any(|text| text.lines().any(hides)),
        CellText::None | CellText::Values => false,
    };
    hides(title)
        || axis(x)
        || axis(y)
        || heat.as_ref().is_some_and(|heat| axis(&heat.color) || cells(heat))
        || series.iter().any(|series| hides(&series.name) || hides(&series.detail))
        || guides.iter().any(|guide| hides(guide.label()))
        || notes.iter().any(|note| hides(note))
}
