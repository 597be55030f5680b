//! Architecture and settings as text, as the report of an experiment gives them.

use super::columns::columns;
use super::words::{network, task};
use crate::flow::Precision;
use crate::task::TaskChoice;
use crate::train::{
    Clip, Comparison, Curriculum, Feed, Growth, Mastery, Optimizer, Schedule, StopRule,
};
use crate::visible;

/// A line a setting: what it is, and what it is set to.
pub(super) fn settings(comparison: &Comparison) -> String {
    let mut rows = vec![["task".to_owned(), task(&comparison.task)]];
    for contender in &comparison.contenders {
        rows.push([
            visible::name(&contender.name).into_owned(),
            network(contender, &comparison.task),
        ]);
    }
    rows.extend(
        [
            ("optimiser", optimizer(&comparison.optimizer, comparison.schedule)),
            ("gradients", clip(comparison.clip)),
            ("batch", batch(comparison)),
            ("budget", budget(comparison)),
            ("ends early", stop(&comparison.stop)),
            ("lengths", lengths(comparison)),
            ("evaluated", evaluated(comparison)),
            ("seeds", seeds(comparison)),
        ]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| [name.to_owned(), text]),
    );
    let rows: Vec<Vec<String>> = rows.into_iter().map(|[name, text]| vec![name, text]).collect();
    columns(&rows, &[0, 1])
}

fn optimizer(optimizer: &Optimizer, schedule: Schedule) -> String {
    let mut text = format!("{}, learning rate {}", optimizer.name(), optimizer.lr());
    if let Optimizer::Sgd { momentum, .. } = optimizer {
        text += &format!(", momentum {momentum}");
    }
    let (Optimizer::Adam { weight_decay, .. }
    | Optimizer::AdamW { weight_decay, .. }
    | Optimizer::Sgd { weight_decay, .. }
    | Optimizer::RmsProp { weight_decay, .. }) = optimizer;
    if *weight_decay > 0.0 {
        text += &format!(", weight decay {weight_decay}");
    }
    text += &match schedule {
        Schedule::Constant => String::new(),
        Schedule::Cosine => ", half a cosine down to 0".to_owned(),
        Schedule::Step { every, factor } => format!(", times {factor} every {every} batches"),
    };
    text
}

fn clip(clip: Clip) -> String {
    match clip {
        Clip::None => "not clipped".to_owned(),
        Clip::Norm(norm) => format!("clipped to a norm of {norm}"),
        Clip::Value(value) => format!("clipped to values of {value}"),
    }
}

fn batch(comparison: &Comparison) -> String {
    let format = match comparison.precision {
        Precision::F32 => "f32",
        Precision::F64 => "f64",
    };
    format!("{}, {format}", counted(comparison.batch as u64, "sequence", "sequences"))
}

fn budget(comparison: &Comparison) -> String {
    let of = |batches: u64| {
        let sequences = batches.saturating_mul(comparison.batch as u64);
        format!(
            "{}, {}",
            counted(batches, "batch", "batches"),
            counted(sequences, "sequence", "sequences")
        )
    };
    let mut text = of(comparison.steps);
    for contender in &comparison.contenders {
        if let Some(own) = contender.budget.filter(|own| *own < comparison.steps) {
            text += &format!("; {} {}", visible::name(&contender.name), of(own));
        }
    }
    text
}

fn stop(rule: &StopRule) -> String {
    let StopRule { target_loss, patience, streak, mastery } = rule;
    let mut parts = Vec::new();
    if let Some(loss) = target_loss {
        parts.push(format!("mean of the last 100 losses at most {loss}"));
    }
    if let Some(steps) = patience {
        parts.push(format!("no improvement over {steps} batches"));
    }
    if let Some(answers) = streak {
        parts.push(format!("{answers} right answers in a row"));
    }
    if let Some(Mastery { below, checks }) = mastery {
        let times =
            if *checks > 1 { format!(" at {checks} checks in a row") } else { String::new() };
        parts.push(format!("mastered: every sequence's loss below {below}{times}"));
    }
    parts.join("; ")
}

fn lengths(comparison: &Comparison) -> String {
    let Comparison { lengths, curriculum, .. } = comparison;
    match curriculum {
        Some(Curriculum { from, to, growth }) => {
            let growth = match growth {
                Growth::Step(steps) => format!("+{steps}"),
                Growth::Factor(factor) => format!("×{factor}"),
            };
            format!("from {from} to {to}, {growth} once mastered")
        }
        None => lengths.iter().map(usize::to_string).collect::<Vec<_>>().join(", "),
    }
}

fn evaluated(comparison: &Comparison) -> String {
    let mut parts = Vec::new();
    if comparison.evaluate_every > 0 {
        parts.push(format!("every {}", counted(comparison.evaluate_every, "batch", "batches")));
    }
    if let TaskChoice::LongLag(task) = &comparison.task
        && task.test > 0
    {
        parts.push(format!("on {} fresh sequences after training", task.test));
    }
    parts.join("; ")
}

fn seeds(comparison: &Comparison) -> String {
    let Comparison { seed, trials, feed, .. } = comparison;
    let seeds = match *trials {
        0 | 1 => seed.to_string(),
        trials => format!("{seed} to {}, {trials} trials", comparison.seed_of(trials - 1)),
    };
    match feed {
        Feed::Fair => format!("{seeds}, the same data for all"),
        Feed::Notebook { .. } => format!("{seeds}, one stream as in the notebook"),
    }
}

/// `1 batch`, `1250 batches`.
fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
