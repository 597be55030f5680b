//! What the commands of the Train tab do, and what becomes of its errands.

use std::path::{Path, PathBuf};

use super::director::Order;
use super::errand::{Delivery, Errand, slug};
use super::save_dialog::{Kind, SaveDialog, Wish};
use super::scene::Phase;
use super::tab::TrainTab;
use super::transport::changed;
use crate::app::App;
use crate::app::commands::Command;
use crate::error::Result;
use crate::flow::{Draw, Input, Question, Signal, Weights};
use crate::network::{Cell, Head, Nonlinearity};
use crate::save::save;
use crate::session::{Pin, Tab, TrainSettings};
use crate::task::TaskChoice;
use crate::train::{Comparison, Entry};

impl TrainTab {
    /// Carries out a command of this tab; the others are none of its business.
    pub fn carry_out(&mut self, command: Command, settings: &TrainSettings) {
        let phase = self.phase();
        let fresh = changed(self.scene().map(AsRef::as_ref), settings);
        let comparison = || Box::new(settings.comparison.clone());
        match (command, phase) {
            (_, Phase::LiningUp) => {}
            (Command::Train, Phase::Running) => self.order(Order::Pause),
            (Command::Train, Phase::Paused | Phase::Ready) if !fresh => self.order(Order::Resume),
            (Command::Train, _) => self.order(Order::Start(comparison())),
            (Command::TrainStep, Phase::Running | Phase::Paused | Phase::Ready)
                if !fresh || phase == Phase::Running =>
            {
                self.order(Order::Step);
            }
            (Command::TrainStep, Phase::Over) if !fresh => {}
            (Command::TrainStep, _) => self.order(Order::LineUp(comparison(), 1)),
            (Command::TrainStop, Phase::Running | Phase::Paused) => self.order(Order::Stop),
            (Command::Rewind, Phase::Running | Phase::Paused | Phase::Over) => {
                self.order(Order::Rewind);
            }
            (Command::TrainFurther, Phase::Ready | Phase::Paused | Phase::Over) => {
                self.order(Order::Further(settings.further));
            }
            (Command::OpenInExplore, _) => self.open_in_explore(settings),
            _ => {}
        }
    }

    fn open_in_explore(&mut self, settings: &TrainSettings) {
        let Some(scene) = self.scene() else { return };
        let lane = scene.view.entry(&scene.comparison);
        match self.networks.clone() {
            Some(folder) => {
                let initial = settings.beside_initial;
                self.send(Errand::Explore { lane, folder, initial });
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
        let name = match (kind, self.scene()) {
            (Kind::Network, Some(scene)) => slug(&scene.comparison.label(&scene.entry())),
            _ => kind.default_name().to_owned(),
        };
        self.dialog = Some(SaveDialog::new(kind, &name, settings.folder.as_deref()));
    }
}

impl App {
    /// Takes what the director reports.
    pub(in crate::app) fn collect_training(&mut self) {
        for delivery in self.train.collect() {
            self.take_delivery(delivery);
        }
    }

    fn take_delivery(&mut self, delivery: Result<Delivery>) {
        match delivery {
            Ok(Delivery::Saved(path)) => self.saved_from_training(&path),
            Ok(Delivery::Explore { path, initial, entry, task, comparison }) => {
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

    fn saved_from_training(&mut self, path: &Path) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        self.notices.success(format!("Saved {}", path.display()));
        self.train.dialog = None;
        let folder = path.parent().map(PathBuf::from);
        self.session.train.folder =
            folder.filter(|folder| std::env::current_dir().ok().as_ref() != Some(folder));
    }

    /// Draws the dialog that asks where something is saved, and does what it wishes.
    pub(in crate::app) fn training_dialog(&mut self, ctx: &egui::Context) {
        let Some(mut dialog) = self.train.dialog.take() else { return };
        let busy = self.train.errands > 0;
        match dialog.show(ctx, busy) {
            Wish::Stay => self.train.dialog = Some(dialog),
            Wish::Close => {}
            Wish::Write(kind, path) => {
                self.train.dialog = Some(dialog);
                self.write_from_training(kind, path);
            }
        }
    }

    fn write_from_training(&mut self, kind: Kind, path: PathBuf) {
        let lane = self.train.scene().map_or(0, |scene| scene.view.entry(&scene.comparison));
        match kind {
            Kind::Network => self.train.send(Errand::Network { lane, path }),
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
