//! Views of why gradients are what they are, as figures, tables and JSON.

mod check;
mod json;
mod landscape;
mod steps;
mod table;

use super::choices::ViewWord;
use super::failure::Failure;
use crate::figure::Figure;
use crate::figure::of_view::{self, Layout};
use crate::flow::{FlowReport, ViewReport};

/// What was asked for with `--view`.
pub(super) struct Views {
    /// What the views explain.
    pub(super) flow: FlowReport,
    /// Each view once, in the order asked for.
    pub(super) views: Vec<(ViewWord, ViewReport)>,
    /// How they are to be seen.
    pub(super) layout: Layout,
}

impl Views {
    /// The figures of all views.
    pub(super) fn figures(&self) -> Vec<Figure> {
        self.views.iter().flat_map(|(_, view)| of_view::figures(view, &self.layout)).collect()
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
