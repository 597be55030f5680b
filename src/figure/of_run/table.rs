//! Every loss as CSV.

use super::training::trainings;
use crate::error::Result;
use crate::figure::csv::{Rows, field};
use crate::train::{Comparison, RunLog};

/// CSV with a row a training step and a column a training, named after its contender and, where
/// there are several, its length and trial: every loss, nothing thinned. A training that ended
/// earlier has empty fields.
///
/// # Errors
/// [`crate::error::Error::Drawing`] if the writer fails, which memory does not.
pub fn losses_csv(comparison: &Comparison, logs: &[&RunLog]) -> Result<String> {
    let mut writer = Rows::new();
    let trainings = trainings(comparison, logs);
    let names = trainings.iter().map(|one| one.label());
    writer.write(std::iter::once("step".to_owned()).chain(names))?;
    let columns: Vec<&[f64]> = trainings.iter().map(|one| &one.log.losses[..]).collect();
    let rows = columns.iter().map(|losses| losses.len()).max().unwrap_or(0);
    for n in 0..rows {
        let loss = |losses: &&[f64]| losses.get(n).map(|loss| field(*loss));
        let cells = columns.iter().map(|losses| loss(losses).unwrap_or_default());
        writer.write(std::iter::once(n.to_string()).chain(cells))?;
    }
    writer.finish()
}
