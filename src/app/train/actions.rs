//! What the commands of the Train tab do, and what becomes of its errands.

use std::path::{Path, PathBuf};

use super::closing::Closing;
use super::director::{News, Order};
use super::errand::{Delivery, Errand, slug};
use super::ledger;
use super::save_dialog::{Kind, SaveDialog, Wish};
use super::scene::Phase;
use super::tab::TrainTab;
use super::transport::changed;
use crate::app::App;
use crate::app::commands::Command;
use crate::disk::save;
use crate::error::Result;
use crate::flow::{Draw, Input, Question, Signal, Weights};
use crate::network::{Cell, Head, Nonlinearity};
use crate::session::{Pin, Tab, TrainSettings};
use crate::task::TaskChoice;
use crate::train::{Comparison, Entry};
use crate::visible;

impl TrainTab {
    /// Carries out a command of this tab; the others are none of its business.
    pub fn carry_out(&mut self, command: Command, settings: &TrainSettings) {
        let phase = self.phase();
        let fresh = changed(self.scene().map(AsRef::as_ref), settings);
        let comparison = || Box::new(settings.comparison.clone());
        match (command, phase) {
            (_, Phase::LiningUp) => {}
            (Command::Train, Phase::Running) => self.order(Order::Pause),
            (Command::Train, Phase::Paused) => self.order(Order::Resume),
            (Command::Train, Phase::Ready) if !fresh => self.order(Order::Resume),
            (Command::Train, Phase::Empty | Phase::Ready) => {
                self.order(Order::Start(comparison()));
            }
            // Whoever meant to pause is a moment too late: nothing begins anew by that.
            (Command::Train, Phase::Over) => {}
            (Command::StartAnew, Phase::Paused | Phase::Over) => {
                self.order(Order::Start(comparison()));
            }
            (Command::TrainStep, Phase::Running | Phase::Paused) => self.order(Order::Step),
            (Command::TrainStep, Phase::Ready) if !fresh => self.order(Order::Step),
            (Command::TrainStep, Phase::Over) if !fresh => {}
            (Command::TrainStep, Phase::Empty | Phase::Ready | Phase::Over) => {
                self.order(Order::LineUp(comparison(), 1));
            }
            (Command::TrainStop, Phase::Running | Phase::Paused) => self.order(Order::Stop),
            (Command::Rewind, Phase::Running | Phase::Paused | Phase::Over) => {
                self.order(Order::Rewind);
            }
            (Command::TrainFurther, Phase::Ready | Phase::Paused | Phase::Over) => {
                self.order(Order::Further(settings.further));
            }
            (Command::OpenInExplore, _) => self.open_in_explore(settings),
            (Command::Undo, _) if self.can_undo()[0] => self.order(Order::Undo),
            (Command::Redo, _) if self.can_undo()[1] => self.order(Order::Redo),
            _ => {}
        }
    }

    fn open_in_explore(&mut self, settings: &TrainSettings) {
        let Some(scene) = self.scene() else { return };
        let (lane, moment) = (scene.view.entry(&scene.comparison), scene.taken.chosen);
        match self.networks.clone() {
            Some(folder) => {
                let initial = settings.beside_initial;
                let in_use = std::mem::take(&mut self.in_use);
                self.send(Errand::Explore { lane, moment, folder, initial, in_use });
            }
            None => {
                let text = "the system names no folder for rnnscope’s files: save the network and \
                            open the file in Explore";
                self.error = Some(text.to_owned());
            }
        }
    }

    /// Opens the dialog that asks where something is saved.
    pub fn ask_where(&mut self, kind: Kind, settings: &TrainSettings) {
        let scene = self.scene().cloned();
        let taken = scene.as_ref().map(|scene| scene.taken);
        let name = match (kind, scene) {
            (Kind::Network, Some(scene)) => {
                let name = slug(&scene.comparison.label(&scene.entry()));
                match scene.taken.chosen {
                    Some(_) => format!("{name}-step-{}", scene.taken.updates),
                    None => name,
                }
            }
            _ => kind.default_name().to_owned(),
        };
        self.saving_offer = None;
        self.dialog = Some(SaveDialog::new(kind, &name, settings.folder.as_deref(), taken));
    }

    /// The runs that saving runs is about: those unsaved if the window is to close, else the one on
    /// screen.
    fn runs_to_save(&self) -> Vec<u64> {
        match self.closing {
            Closing::Saving => self.ledger().unsaved().map(|line| line.number).collect(),
            Closing::Open | Closing::Asking | Closing::Allowed => {
                self.ledger().present.iter().map(|line| line.number).collect()
            }
        }
    }
}

impl App {
    /// Takes what the director reports.
    pub(in crate::app) fn collect_training(&mut self) {
        for delivery in self.train.collect() {
            self.take_delivery(delivery);
        }
        for warning in std::mem::take(&mut self.train.warnings) {
            self.notices.warning(warning);
        }
        for news in std::mem::take(&mut self.train.news) {
            match news {
                News::PutAway(run) => self.notices.success(format!(
                    "{} is kept under “Earlier runs”. Undo (↶) goes back, step by step.",
                    ledger::titled(run)
                )),
                News::Deleted(run) => self.notices.success(format!(
                    "{} is off the list. Undo (↶) goes back, step by step.",
                    ledger::titled(run)
                )),
                News::Gone(run) => self.notices.warning(format!(
                    "{} has left the list of earlier runs, which was full.",
                    ledger::titled(run)
                )),
            }
        }
    }

    fn take_delivery(&mut self, delivery: Result<Delivery>) {
        match delivery {
            Ok(Delivery::Saved(path)) => {
                let text = format!("Saved {}", visible::path(&path));
                self.saved_from_training(text, path.parent());
            }
            Ok(Delivery::Network { path, taken }) => {
                let text = format!("Saved {}: {}", visible::path(&path), taken.in_words());
                self.saved_from_training(text, path.parent());
            }
            Ok(Delivery::Runs(paths)) => self.saved_runs(&paths),
            Ok(Delivery::Explore { path, initial, taken, entry, task, comparison }) => {
                if taken.chosen.is_some() {
                    let who = visible::name(&comparison.label(&entry)).into_owned();
                    self.notices.success(format!("{who} in Explore: {}", taken.in_words()));
                }
                let draw =
                    comparison.contenders[entry.contender].draw(comparison.seed_of(entry.trial));
                let input = input(&comparison, &entry, &task);
                let question = |path: PathBuf| Question {
                    weights: weights(path, &draw),
                    input: input.clone(),
                    weight_scale: 1.0,
                    bias_scale: 1.0,
                    loss: task.loss(),
                    precision: self.session.question.precision,
                };
                let pin = initial.map(|path| Pin {
                    name: Some(format!("{}, initial", comparison.label(&entry))),
                    question: question(path),
                });
                let question = question(path);
                self.session.memory.draw = self.session.draw();
                self.session.question = question;
                let pinned = |pin: &Pin| self.session.pins.iter().any(|other| other == pin);
                if let Some(pin) = pin.filter(|pin| !pinned(pin)) {
                    self.session.pins.push(pin);
                }
                self.session.tab = Tab::Explore;
            }
            Err(error) => match &mut self.train.dialog {
                Some(dialog) => dialog.fail(error.to_string()),
                None => self.notices.warning(error.to_string()),
            },
        }
    }

    fn saved_runs(&mut self, paths: &[PathBuf]) {
        let chosen = paths.first().and_then(|path| path.parent());
        let text = match (paths, chosen) {
            ([path], _) => format!("Saved {}", visible::path(path)),
            (_, Some(folder)) => format!("Saved {} runs in {}", paths.len(), visible::path(folder)),
            (_, None) => "There is no run to save.".to_owned(),
        };
        // The folder of the folders is proposed by its name again.
        self.saved_from_training(text, chosen.and_then(Path::parent));
        if self.train.closing == Closing::Saving {
            self.train.closing = Closing::Allowed;
        }
    }

    /// Tells what was saved, and proposes the same folder the next time.
    fn saved_from_training(&mut self, text: String, folder: Option<&Path>) {
        self.notices.success(text);
        self.train.dialog = None;
        let folder = folder.map(PathBuf::from);
        self.session.train.folder =
            folder.filter(|folder| std::env::current_dir().ok().as_ref() != Some(folder));
    }

    /// Draws the dialog that asks where something is saved, and does what it wishes.
    pub(in crate::app) fn training_dialog(&mut self, ctx: &egui::Context) {
        let Some(mut dialog) = self.train.dialog.take() else { return };
        let busy = self.train.errands > 0;
        match dialog.show(ctx, busy) {
            Wish::Stay => self.train.dialog = Some(dialog),
            Wish::Close => self.train.closing = Closing::Open,
            Wish::Write(kind, path) => {
                self.train.dialog = Some(dialog);
                // The full path, so that the notice says where to look.
                let path = std::path::absolute(&path).unwrap_or(path);
                self.write_from_training(kind, path);
            }
        }
    }

    fn write_from_training(&mut self, kind: Kind, path: PathBuf) {
        let looked_at =
            self.train.scene().map(|scene| (scene.view.entry(&scene.comparison), scene.taken));
        let (lane, taken) = looked_at.unwrap_or_default();
        match kind {
            Kind::Network => {
                self.train.send(Errand::Network { lane, moment: taken.chosen, path });
            }
            Kind::Runs => match self.train.saving_offer.clone() {
                Some(offer) => self.train.send_offer(offer, path),
                None => {
                    let runs = self.train.runs_to_save();
                    self.train.send_runs(runs, path);
                }
            },
            Kind::Losses => self.train.send(Errand::Losses { path }),
            Kind::TensorBoard => self.train.send(Errand::TensorBoard { folder: path }),
            Kind::Comparison => {
                // A few kilobytes, and no training is needed for it.
                let written = self.session.train.comparison.encode();
                let written = written.and_then(|bytes| save(&path, &bytes));
                self.take_delivery(written.map(|()| Delivery::Saved(path)));
            }
        }
    }
}

/// A trained network under the nonlinearity it was trained with.
fn weights(path: PathBuf, draw: &Draw) -> Weights {
    let nonlinearity = match draw.design.cell {
        Cell::Rnn(nonlinearity) => nonlinearity,
        Cell::Lstm | Cell::Gru => Nonlinearity::default(),
    };
    Weights::File { path, nonlinearity, seed: draw.seed, head: Head::Fitting, content: None }
}

/// Sequences like those of the task; in a fair comparison the very ones it was measured on.
fn input(comparison: &Comparison, entry: &Entry, task: &TaskChoice) -> Input {
    let seed = comparison.seed_of(entry.trial);
    let shown = Some(seed.wrapping_add(2));
    let length = task.length();
    match task {
        TaskChoice::RunningMean(_) => {
            Input { signal: Signal::Noise, length, batch: 4, seed: shown }
        }
        // Its only batch is drawn before the weights, from the same stream.
        TaskChoice::Echo(_) => {
            let batch = comparison.batch.min(Input::MAX_BATCH);
            Input { signal: Signal::Task(task.clone()), length, batch, seed: None }
        }
        TaskChoice::FirstZero(_) | TaskChoice::Mnist1d(_) | TaskChoice::LongLag(_) => {
            Input { signal: Signal::Task(task.clone()), length, batch: 4, seed: shown }
        }
    }
}
