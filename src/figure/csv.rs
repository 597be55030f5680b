//! Figures as tidy CSV: a row a point, in full precision.

use super::model::{Axis, CellText, Figure, Heat};
use crate::error::{Error, Result};
use crate::visible;

/// All points of all figures, also those that are not drawn, with the columns `figure`, `series`, `x` and `y`; where one of them is
/// a heat map also `value`, with a row a cell that something is known of, and where one has texts in its cells also `text`.
/// Places on an axis of names are written by name. Numbers read back equal; those that are not
/// finite are written `inf`, `-inf` and `nan`. Names and texts are written as [`visible::cell`] does.
///
/// # Errors
/// [`Error::Drawing`] if the writer fails, which memory does not.
pub fn csv(figures: &[Figure]) -> Result<String> {
    let heats = || figures.iter().filter_map(|figure| figure.heat.as_ref());
    let columns = match (heats().next(), heats().find_map(texts)) {
        (None, _) => 4,
        (Some(_), None) => 5,
        (Some(_), Some(_)) => 6,
    };
    let mut writer = Rows::new();
    let mut write = |record: [&str; 6]| writer.write(&record[..columns]);
    write(["figure", "series", "x", "y", "value", "text"])?;
    for figure in figures {
        let place = |[x, y]: [f64; 2]| [on(&figure.x, x), on(&figure.y, y)];
        if let Some(heat) = &figure.heat {
            for (row, y) in heat.y.iter().enumerate() {
                let known = |column: &usize| !heat.is_blank(row, *column);
                for column in (0..heat.x.len()).filter(known) {
                    let [x, y] = place([heat.x[column], *y]);
                    let value = field(heat.value(row, column));
                    let text = texts(heat).and_then(|texts| texts.get(row * heat.x.len() + column));
                    let text = text.map(|text| text.replace('\n', ", ")).unwrap_or_default();
                    write([figure.name, &heat.color.label, &x, &y, &value, &text])?;
                }
            }
        }
        for series in &figure.series {
            let name = series.full_name();
            for point in series.all_points() {
                let [x, y] = place(*point);
                write([figure.name, &name, &x, &y, "", ""])?;
            }
        }
    }
    writer.finish()
}

/// The texts of its cells, if it has any of their own.
fn texts(heat: &Heat) -> Option<&Vec<String>> {
    match &heat.text {
        CellText::Texts(texts) => Some(texts),
        CellText::None | CellText::Values => None,
    }
}

/// A place on an axis: its name, or a number.
fn on(axis: &Axis, at: f64) -> String {
    axis.name_at(at).map_or_else(|| field(at), str::to_owned)
}

/// A number as a CSV field: the shortest text that reads back as the same number.
pub(super) fn field(value: f64) -> String {
    if value.is_nan() {
        "nan".into()
    } else if value.is_infinite() {
        if value > 0.0 { "inf".into() } else { "-inf".into() }
    } else if value != 0.0 && !(1e-5..1e16).contains(&value.abs()) {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}

/// CSV in memory, row by row: the door through which all of its cells go.
pub(crate) struct Rows(::csv::Writer<Vec<u8>>);

impl Rows {
    pub(crate) fn new() -> Self {
        Self(::csv::Writer::from_writer(Vec::new()))
    }

    /// Adds a row of texts and of numbers as [`field`] writes them.
    ///
    /// # Errors
    /// [`Error::Drawing`] if the writer fails, which memory does not.
    pub(crate) fn write(&mut self, cells: impl IntoIterator<Item: AsRef<str>>) -> Result<()> {
        for cell in cells {
            self.0.write_field(&*visible::cell(cell.as_ref())).map_err(failed)?;
        }
        self.0.write_record(None::<&[u8]>).map_err(failed)
    }

    /// The whole text.
    ///
    /// # Errors
    /// As for [`Rows::write`].
    pub(crate) fn finish(self) -> Result<String> {
        finish(self.0)
    }
}

/// The text that a writer into memory holds.
pub(super) fn finish(writer: ::csv::Writer<Vec<u8>>) -> Result<String> {
    let bytes = writer.into_inner().map_err(|error| Error::Drawing(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| Error::Drawing(error.to_string()))
}

fn failed(error: ::csv::Error) -> Error {
    Error::Drawing(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::model::{Color, Series};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_number_reads_back_equal(value in any::<f64>()) {
            let back: f64 = field(value).parse().unwrap();
            prop_assert!(back == value || (back.is_nan() && value.is_nan()));
        }
    }

    #[test]
    fn a_heat_map_has_a_row_a_cell() {
        let axis = || Axis::linear("");
        let color = Axis::log("size");
        let (x, y, values) = (vec![0.0, 50.0], vec![1.0], vec![0.5, 0.0]);
        let heat = Heat::new(x, y, values, color);
        let map = Figure { heat: Some(heat), ..Figure::new("map", "", axis(), axis()) };
        let line = Series::line("a", Color::Ink, vec![[1.0, 2.0]]);
        let line = Figure { series: vec![line], ..Figure::new("line", "", axis(), axis()) };
        assert_eq!(
            csv(&[map, line]).unwrap(),
            "figure,series,x,y,value\nmap,size,0,1,0.5\nmap,size,50,1,0\nline,a,1,2,\n"
        );
    }

    #[test]
    fn what_is_not_drawn_is_written_all_the_same() {
        let points = vec![[1.0, f64::NEG_INFINITY], [2.0, -3.0], [3.0, 0.0]];
        let line = Series::line("a", Color::Ink, points).drawn_where(|[_, y]| y.is_finite());
        assert_eq!(line.points, [[2.0, -3.0], [3.0, 0.0]]);
        let axis = || Axis::linear("");
        let figure = Figure { series: vec![line], ..Figure::new("f", "", axis(), axis()) };
        assert_eq!(csv(&[figure]).unwrap(), "figure,series,x,y\nf,a,1,-inf\nf,a,2,-3\nf,a,3,0\n");
    }

    #[test]
    fn names_and_texts_are_written_where_there_are_some() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let (x, y) = (Axis::named("T", names(&["10", "20"])), Axis::named("", names(&["RNN"])));
        let text = CellText::Texts(vec!["1 of 2\n30 steps".to_owned()]);
        let (color, values) = (Axis::linear("part"), vec![0.5, 0.0]);
        let heat = Heat { text, ..Heat::new(vec![0.0, 1.0], vec![0.0], values, color) };
        let map = Figure { heat: Some(heat), ..Figure::new("ladder", "", x, y) };
        assert_eq!(
            csv(&[map]).unwrap(),
            "figure,series,x,y,value,text\n\
             ladder,part,10,RNN,0.5,\"1 of 2, 30 steps\"\nladder,part,20,RNN,0,\n"
        );
    }

    #[test]
    fn special_numbers_have_names() {
        let fields = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 0.0, 3.0, 1e-94].map(field);
        assert_eq!(fields, ["inf", "-inf", "nan", "0", "3", "1e-94"]);
    }
}
