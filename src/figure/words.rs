//! What figures call things of a task.

use crate::network::Reading;
use crate::task::{LongLag, Loss, TaskChoice};

/// What the loss of a task is.
pub(super) fn loss_name(task: &TaskChoice) -> &'static str {
    match task {
        TaskChoice::RunningMean(_) | TaskChoice::Echo(_) => "mean squared error",
        TaskChoice::FirstZero(_) => "binary cross-entropy",
        TaskChoice::Mnist1d(_) | TaskChoice::LongLag(_) => "cross-entropy",
    }
}

/// What the loss of a task is, with the steps that count: `mean squared error, all steps`.
pub fn loss_in_full(task: &TaskChoice) -> String {
    format!("{}, {}", loss_name(task), judged(task.reading(), task.loss()))
}

/// From what the loss is made: `last step`, `all steps`, or `all states` where one prediction is read
/// from all of them.
pub(super) fn judged(reading: Reading, loss: Loss) -> String {
    match reading {
        Reading::AllSteps(_) => "all states".to_owned(),
        Reading::EachStep | Reading::LastStep | Reading::LastStepRelu | Reading::States => {
            loss.to_string()
        }
    }
}

/// What the values of an example's input and answer are.
pub(super) fn value_label(task: &TaskChoice) -> String {
    match task {
        TaskChoice::RunningMean(_) => "value".to_owned(),
        TaskChoice::Echo(_) => "first feature".to_owned(),
        TaskChoice::FirstZero(_) => "input; at the end P(all ones)".to_owned(),
        TaskChoice::Mnist1d(_) => "value; at the end the class".to_owned(),
        TaskChoice::LongLag(LongLag { symbols, .. }) => {
            format!("symbol ({symbols} is x, {} is y)", symbols + 1)
        }
    }
}
