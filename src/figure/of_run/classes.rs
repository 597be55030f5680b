//! Which classes of MNIST-1D are taken for which, and the sequences that are.

use std::sync::Arc;

use crate::figure::model::Figure;
use crate::figure::of_data::{self, Mistake};
use crate::task::{Dataset, Mnist1d, NO_ANSWER, Points, TaskChoice};
use crate::train::{Comparison, Entry, RunLog};

/// The confusion matrix of one training on the test set at its last evaluation; `None` for a task
/// without classes, or where the data cannot be read.
pub fn confusion(comparison: &Comparison, entry: &Entry, log: &RunLog) -> Option<Figure> {
    let mut matrix = vec![vec![0_u64; Mnist1d::CLASSES]; Mnist1d::CLASSES];
    let data = data(comparison)?;
    for (_, truth, predicted) in answered(&data.test, log) {
        if let Some(count) = matrix.get_mut(truth).and_then(|row| row.get_mut(predicted)) {
            *count += 1;
        }
    }
    let mut figure = of_data::confusion(&comparison.label(entry), &matrix);
    let unanswered = log.answers.iter().filter(|answer| **answer == NO_ANSWER).count();
    if unanswered > 0 {
        figure.notes.push(format!(
            "Not answered, as the outputs are NaN: {unanswered} of {} sequences.",
            log.answers.len()
        ));
    }
    Some(figure)
}

/// Test sequences that the training got wrong at its last evaluation, `most` of them from number
/// `from` on, each over a typical one of the class that it was taken for; and how many there are.
pub fn mistakes(
    comparison: &Comparison,
    entry: &Entry,
    log: &RunLog,
    from: usize,
    most: usize,
) -> (Vec<Figure>, usize) {
    let Some(data) = data(comparison) else { return (Vec::new(), 0) };
    let test = &data.test;
    let wrong: Vec<(usize, usize, usize)> =
        answered(test, log).filter(|(_, truth, predicted)| truth != predicted).collect();
    let mistake = |&(index, truth, predicted): &(usize, usize, usize)| {
        let values = test.iter().nth(index).map(|(values, _)| values.to_owned());
        Mistake { index, values: values.unwrap_or_default(), truth, predicted, probability: None }
    };
    let shown: Vec<Mistake> = wrong.iter().skip(from).take(most).map(mistake).collect();
    let figures = of_data::mistakes(&comparison.label(entry), &shown, &test.examples(1));
    (figures, wrong.len())
}

fn data(comparison: &Comparison) -> Option<Arc<Dataset>> {
    match &comparison.task {
        TaskChoice::Mnist1d(task) => task.dataset().ok(),
        TaskChoice::RunningMean(_)
        | TaskChoice::FirstZero(_)
        | TaskChoice::LongLag(_)
        | TaskChoice::Echo(_) => None,
    }
}

/// Place, class and answer of each sequence that was answered.
fn answered<'a>(
    test: &'a Points,
    log: &'a RunLog,
) -> impl Iterator<Item = (usize, usize, usize)> + 'a {
    let pairs = test.labels.iter().zip(&log.answers).enumerate();
    let pairs = pairs.filter(|(_, (_, answer))| **answer != NO_ANSWER);
    pairs.map(|(index, (truth, answer))| (index, *truth as usize, *answer as usize))
}
