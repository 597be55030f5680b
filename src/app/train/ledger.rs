//! What the window knows of all runs: the one on screen and those that were put away.

use std::sync::Arc;

use super::archive::Deed;
use super::taken::count;
use crate::figure::of_run::{self, Ranking};
use crate::figure::{loss_in_full, number};
use crate::train::{Comparison, presets};
use crate::visible;
use crate::worker::LaneStatus;

/// Contenders named in a line before the others are only counted.
const NAMED: usize = 3;

/// All runs, as lines of a list.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// The run on screen, if there is one.
    pub present: Option<RunLine>,
    /// The others, the newest first.
    pub earlier: Vec<RunLine>,
    /// What undo would do, in words.
    pub undo: Option<String>,
    /// What redo would do, in words.
    pub redo: Option<String>,
    /// The run that the next one put away would drive out.
    pub at_risk: Option<u64>,
}

/// A run in a line or two.
#[derive(Clone, Debug)]
pub struct RunLine {
    /// Runs are counted from 1.
    pub number: u64,
    /// What was trained.
    pub comparison: Arc<Comparison>,
    /// The same in words: task, preset or contenders, seed.
    pub title: String,
    /// How far it came, and who did best.
    pub result: String,
    /// Seconds since 1970 at its start.
    pub began: f64,
    /// Memory it takes, about; 0 while it is being trained.
    pub bytes: usize,
    /// Networks with updates that are in no file, and all networks.
    pub unsaved: (usize, usize),
    /// Whether it is being trained.
    pub running: bool,
}

impl Ledger {
    /// Runs with something that is in no file, the one on screen first.
    pub fn unsaved(&self) -> impl Iterator<Item = &RunLine> {
        let all = self.present.iter().chain(&self.earlier);
        all.filter(|line| line.unsaved.0 > 0 || line.running)
    }

    /// An earlier run.
    pub fn earlier(&self, number: u64) -> Option<&RunLine> {
        self.earlier.iter().find(|line| line.number == number)
    }
}

/// What a run is called: `run 2`.
pub fn name(number: u64) -> String {
    format!("run {number}")
}

/// The same at the beginning of a sentence: `Run 2`.
pub fn titled(number: u64) -> String {
    format!("Run {number}")
}

/// The settings of a run on a line.
pub fn settings(comparison: &Comparison) -> String {
    let preset = preset(comparison).map(|preset| format!("{preset} · ")).unwrap_or_default();
    let heading = of_run::heading(comparison);
    format!("{preset}{heading} · {}", loss_in_full(&comparison.task))
}

/// Whether the curves of both mean the same.
pub fn comparable(one: &Comparison, other: &Comparison) -> bool {
    one.task.name() == other.task.name()
}

/// Task, preset or contenders, seed.
pub fn title(comparison: &Comparison) -> String {
    let who = preset(comparison).unwrap_or_else(|| contenders(comparison));
    format!("{}: {who}, seed {}", comparison.task.about().title, comparison.seed)
}

/// The preset that it is, with whatever seed.
fn preset(comparison: &Comparison) -> Option<String> {
    presets(comparison.task.name()).into_iter().find_map(|preset| {
        let several = preset.rounds.len() > 1;
        let round = preset
            .rounds
            .into_iter()
            .find(|round| *comparison == Comparison { seed: comparison.seed, ..round.clone() })?;
        Some(match several {
            true => format!("“{}, {}”", preset.title, round.task.loss()),
            false => format!("“{}”", preset.title),
        })
    })
}

fn contenders(comparison: &Comparison) -> String {
    let names: Vec<_> = comparison.contenders.iter().map(|who| visible::name(&who.name)).collect();
    let shown = if names.len() > NAMED { NAMED - 1 } else { names.len() };
    let mut text = names[..shown].join(" · ");
    if names.len() > shown {
        text += &format!(" and {} more", names.len() - shown);
    }
    text
}

/// How far a run came, and who leads.
pub fn result(lanes: &[LaneStatus], ranking: &Ranking) -> String {
    let most = lanes.iter().map(|lane| lane.steps).max().unwrap_or(0);
    let ended = lanes.iter().filter(|lane| lane.has_ended()).count();
    let equal = lanes.iter().all(|lane| lane.steps == most);
    let updates = format!("{}{}", if equal { "" } else { "up to " }, count(most, "update"));
    let far = match ended == lanes.len() {
        true => format!("ended after {updates}"),
        false if ended > 0 => format!("{ended} of {} ended, {updates} done", lanes.len()),
        false => format!("not ended, {updates} done"),
    };
    let Some(first) = ranking.standings.first() else { return far };
    let Some(loss) = first.mean_last_100 else { return far };
    if first.diverged() {
        return format!("{far} · {}", first.ending);
    }
    let mean = ranking.mean_name();
    let place = if ranking.standings.len() > 1 { "first: " } else { "" };
    format!("{far} · {place}{}, {mean} {}", visible::name(&first.name), number(loss, 4))
}

/// What undo would do.
pub fn undoes(deed: Deed) -> String {
    match deed {
        Deed::Left(number) => format!("Brings {} back on screen.", name(number)),
        Deed::Deleted(number) => format!("Puts {} back on the list.", name(number)),
    }
}

/// What redo would do.
pub fn redoes(deed: Deed) -> String {
    match deed {
        Deed::Left(number) => format!("Shows {} again.", name(number)),
        Deed::Deleted(number) => format!("Deletes {} again.", name(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::Loss;

    #[test]
    fn a_run_is_named_by_task_preset_or_contenders_and_seed() {
        let mut comparison = Comparison { seed: 7, ..Comparison::notebook(Loss::All) };
        assert_eq!(title(&comparison), "Running mean: “Notebook, all steps”, seed 7");
        comparison.batch += 1;
        let told = title(&comparison);
        assert_eq!(told, "Running mean: rnn_1_layer · lstm_1_layer and 2 more, seed 7");
        comparison.contenders.truncate(1);
        assert_eq!(title(&comparison), "Running mean: rnn_1_layer, seed 7");
    }

    #[test]
    fn settings_on_a_line_tell_runs_apart_that_differ_in_their_loss_alone() {
        let [all, last] = [Loss::All, Loss::Last].map(|loss| settings(&Comparison::notebook(loss)));
        assert_ne!(all, last);
        assert!(all.ends_with("mean squared error, all steps"), "{all}");
    }
}
