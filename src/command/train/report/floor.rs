//! How far the loss of the echo task fell, and how far it can fall.

use super::super::finished::{Finished, Run};
use crate::figure::number;

/// What the notebook expects of its network in the end.
const EXPECTED: f64 = 1e-3;

/// The floor of each width, a line a training with its last loss and when it fell below what the
/// notebook expects; then the losses that the notebook printed beside these.
pub(super) fn floor(finished: &Finished) -> String {
    let floors = finished.comparison.baselines();
    let mut lines: String = floors
        .iter()
        .map(|(what, floor)| format!("{what}: floor {}\n", number(*floor, 5)))
        .collect();
    for run in &finished.runs {
        let last =
            run.log.final_loss().map_or_else(|| "no loss".to_owned(), |loss| number(loss, 5));
        lines += &format!("{}: final loss {last}, {}\n", finished.label(run), verdict(run));
    }
    lines + &beside_the_notebook(finished)
}

/// When the loss fell below what the notebook expects.
fn verdict(run: &Run) -> String {
    match run.log.losses.iter().position(|loss| *loss < EXPECTED) {
        Some(index) => format!("below {EXPECTED} from epoch {}", index + 1),
        None => format!("not below {EXPECTED} in {} epochs", run.log.steps()),
    }
}

/// The notebook's printed losses and the same ones here, for its own comparison.
fn beside_the_notebook(finished: &Finished) -> String {
    let printed = finished.comparison.printed();
    let Some(run) = finished.runs.first().filter(|_| finished.comparison.is_single()) else {
        return String::new();
    };
    let mut rows = vec![["epoch", "notebook", "here"].map(str::to_owned).to_vec()];
    for (epoch, loss) in printed {
        if let Some(here) = run.log.losses.get(epoch as usize - 1) {
            let here = format!("{here:.6}");
            rows.push(vec![epoch.to_string(), format!("{loss:.6}"), here]);
        }
    }
    match rows.len() {
        1 => String::new(),
        _ => format!("\n{}", super::columns::columns(&rows, &[])),
    }
}
