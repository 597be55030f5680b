//! Views of why gradients are what they are, as figures, tables and JSON.

mod check;
mod json;
mod steps;
mod table;

use super::choices::ViewWord;
use super::failure::Failure;
use crate::figure::{Figure, of_view};
use crate::flow::{FlowReport, ViewReport};

/// What was asked for with `--view`.
pub(super) struct Views {
    /// What the views explain.
    pub(super) flow: FlowReport,
    /// Each view once, in the order asked for.
    pub(super) views: Vec<(ViewWord, ViewReport)>,
}

impl Views {
    /// The figures of all views.
    pub(super) fn figures(&self) -> Vec<Figure> {
        self.views.iter().flat_map(|(_, view)| of_view::figures(view)).collect()
    }

    /// The headline numbers of each, by step, and the sentences that the figures carry too.
    pub(super) fn table(&self) -> String {
        table::table(self)
    }

    /// Everything measured, ending in a newline.
    ///
    /// # Errors
    /// Only for a question whose file names are not valid UTF-8, which JSON cannot hold.
    pub(super) fn json(&self) -> Result<Vec<u8>, Failure> {
        json::json(self)
    }
}
