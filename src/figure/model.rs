//! The description of a figure, shared by the window, the files and the tests.

/// One plot: two axes, series or a heat map, guides and notes. Values are raw; a log axis is a matter of drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Short name for files: lower case, words joined by `-`.
    pub name: &'static str,
    /// Heading.
    pub title: String,
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
    /// Values by colour, drawn beneath everything else.
    pub heat: Option<Heat>,
    /// Data, drawn in order.
    pub series: Vec<Series>,
    /// Lines that help reading, such as the unit circle.
    pub guides: Vec<Guide>,
    /// Sentences under the plot: what happened to numbers that cannot be drawn, and verdicts.
    pub notes: Vec<String>,
    /// One unit is as long on x as on y (complex plane).
    pub equal_aspect: bool,
}

/// One axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Quantity and unit.
    pub label: String,
    /// Linear or log10.
    pub scale: Scale,
    /// Fixed bounds, or fitted to the data.
    pub range: Range,
    /// Larger values to the left or bottom.
    pub reversed: bool,
    /// Only whole numbers get a tick.
    pub integer: bool,
    /// Its whole numbers are moments in time: pointing at one marks it in all plots that show it.
    pub moments: bool,
    /// What the whole numbers 0, 1, 2, ... stand for, such as contenders; empty for a quantity.
    pub names: Vec<String>,
}

/// How values map to positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Proportional.
    #[default]
    Linear,
    /// Proportional to the decimal logarithm; zero and below lie at the floor with a marker.
    Log10,
}

/// Bounds of an axis, in raw values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Range {
    /// Fitted to the finite data, with a margin.
    #[default]
    Auto,
    /// These bounds, low first.
    Fixed(f64, f64),
}

/// One line or cloud of points.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Legend entry; series of the same name share one.
    pub name: String,
    /// What tells it from others of its name, such as a trial: for files, not for the legend.
    pub detail: String,
    /// Colour, by role.
    pub color: Color,
    /// Line or points.
    pub stroke: Stroke,
    /// Context, such as a frozen earlier curve: drawn faint, behind the others.
    pub ghost: bool,
    /// The raw numbers behind a smoothed curve: drawn thin and pale, without a legend entry.
    pub faint: bool,
    /// Raw (x, y); NaN and infinity are allowed and get their own markers.
    pub points: Vec<[f64; 2]>,
    /// All that was found, for files of numbers, where `points` leave out what has no place in the
    /// drawing, such as the logarithm of zero.
    pub whole: Option<Vec<[f64; 2]>>,
}

/// Values over a grid of cells, drawn as colours with a colour bar beside the plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Heat {
    /// Raw positions of the columns on the horizontal axis. Each cell reaches half-way to the next.
    pub x: Vec<f64>,
    /// Raw positions of the rows on the vertical axis.
    pub y: Vec<f64>,
    /// Raw values, row by row: `values[row * x.len() + column]`; missing ones count as NaN.
    pub values: Vec<f64>,
    /// What the colours mean: label, scale and bounds of the colour bar.
    pub color: Axis,
    /// The raw value with a neutral colour, where values below and above it are two different things:
    /// blue below, red above, as strong as they are far from it. `None` for one rising scale.
    pub middle: Option<f64>,
    /// Cells without a value, or none yet, drawn as background whatever their values, in the order of
    /// the values; those beyond its end are known.
    pub blank: Vec<bool>,
    /// What is written into the cells, for tables that are to be read.
    pub text: CellText,
}

/// What is written into the cells of a heat map.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum CellText {
    /// Nothing: colours say it all.
    #[default]
    None,
    /// Each value other than zero.
    Values,
    /// Texts of one or more lines, in the order of the values; empty for none.
    Texts(Vec<String>),
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stroke {
    /// A line with a dot at each point when there are few.
    #[default]
    Solid,
    /// A dashed line.
    Dashed,
    /// A dotted line.
    Dotted,
    /// Filled discs, no line.
    Dots,
    /// Rings, larger than discs, to single out a point.
    Rings,
}

/// A colour by role, so that light and dark themes can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Color {
    /// Entry `n` of the palette of categories (layers, contenders), repeating.
    Category(usize),
    /// The colour of text: single emphasised things.
    Ink,
    /// Subdued text: guides, targets.
    Muted,
    /// Trouble: explosion, divergence.
    Alarm,
}

/// A line that helps reading.
#[derive(Clone, Debug, PartialEq)]
pub enum Guide {
    /// A horizontal line at a raw value, with a label.
    Horizontal(f64, String),
    /// A vertical line at a raw value, with a label.
    Vertical(f64, String),
    /// A circle about the origin with this radius, with a label.
    Circle(f64, String),
}

impl Figure {
    /// A figure without data.
    pub fn new(name: &'static str, title: impl Into<String>, x: Axis, y: Axis) -> Self {
        Self {
            name,
            title: title.into(),
            x,
            y,
            heat: None,
            series: Vec::new(),
            guides: Vec::new(),
            notes: Vec::new(),
            equal_aspect: false,
        }
    }
}

impl Axis {
    /// A linear axis fitted to its data.
    pub fn linear(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            scale: Scale::Linear,
            range: Range::Auto,
            reversed: false,
            integer: false,
            moments: false,
            names: Vec::new(),
        }
    }

    /// A log10 axis fitted to its data.
    pub fn log(label: impl Into<String>) -> Self {
        Self { scale: Scale::Log10, ..Self::linear(label) }
    }

    /// An axis of things with names instead of numbers: the first at 0, the next at 1, and so on.
    pub fn named(label: impl Into<String>, names: Vec<String>) -> Self {
        Self { integer: true, names, ..Self::linear(label) }
    }

    /// The name that stands at a place of an axis of names.
    pub fn name_at(&self, at: f64) -> Option<&str> {
        let mut names = self.names.iter().zip(0_u32..);
        names.find(|(_, n)| f64::from(*n) == at).map(|(name, _)| name.as_str())
    }

    /// The axis of steps 1..T.
    pub fn steps() -> Self {
        Self::moments("step t")
    }

    /// The axis of ticks where each step is read `ticks` times.
    pub fn ticks(ticks: usize) -> Self {
        Self::moments(format!("tick t ({ticks} a step)"))
    }

    /// An axis of moments that are counted.
    pub fn moments(label: impl Into<String>) -> Self {
        Self { integer: true, moments: true, ..Self::linear(label) }
    }
}

impl Guide {
    /// The words beside the line; empty for none.
    pub fn label(&self) -> &str {
        match self {
            Self::Horizontal(_, label) | Self::Vertical(_, label) | Self::Circle(_, label) => label,
        }
    }
}

impl Heat {
    /// Values in the order of [`Heat::values`] on one rising scale of colours, without texts.
    pub fn new(x: Vec<f64>, y: Vec<f64>, values: Vec<f64>, color: Axis) -> Self {
        Self { x, y, values, color, middle: None, blank: Vec::new(), text: CellText::None }
    }

    /// Whether nothing is known of a cell yet.
    pub fn is_blank(&self, row: usize, column: usize) -> bool {
        self.blank.get(row * self.x.len() + column).copied().unwrap_or(false)
    }

    /// The value of a cell.
    pub fn value(&self, row: usize, column: usize) -> f64 {
        self.values.get(row * self.x.len() + column).copied().unwrap_or(f64::NAN)
    }
}

impl Series {
    /// A solid line.
    pub fn line(name: impl Into<String>, color: Color, points: Vec<[f64; 2]>) -> Self {
        Self {
            name: name.into(),
            detail: String::new(),
            color,
            stroke: Stroke::Solid,
            ghost: false,
            faint: false,
            points,
            whole: None,
        }
    }

    /// The series with its points as they are, for files of numbers, and drawn without those that
    /// are not to be `seen`.
    pub fn drawn_where(self, seen: impl Fn(&[f64; 2]) -> bool) -> Self {
        if self.points.iter().all(&seen) {
            return self;
        }
        let points = self.points.iter().filter(|point| seen(point)).copied().collect();
        Self { points, whole: Some(self.points), ..self }
    }

    /// All that was found, also what is not drawn.
    pub fn all_points(&self) -> &[[f64; 2]] {
        self.whole.as_ref().unwrap_or(&self.points)
    }

    /// What it is called where each series needs a name of its own: `LSTM, trial 3`.
    pub fn full_name(&self) -> String {
        match (self.name.as_str(), self.detail.as_str()) {
            (name, "") => name.to_owned(),
            ("", detail) => detail.to_owned(),
            (name, detail) => format!("{name}, {detail}"),
        }
    }
}
