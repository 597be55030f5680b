//! A Train tab under test.

use std::time::{Duration, Instant};

use egui::ViewportCommand;
use egui_kittest::kittest::Queryable as _;
use rnnscope::app::{App, Command, Phase, TrainTab};
use rnnscope::figure::Figure;
use rnnscope::session::{Session, Tab, TrainSettings};
use rnnscope::task::Loss;
use rnnscope::train::{Comparison, Feed, Optimizer};

use super::driver::Window;

const PATIENCE: Duration = Duration::from_secs(120);

/// Two small contenders that see the same batches, with so many updates to do.
pub fn comparison(steps: u64) -> Comparison {
    let mut comparison = Comparison {
        feed: Feed::Fair,
        steps,
        batch: 4,
        optimizer: Optimizer::adam(1e-2),
        probe_every: 5,
        ..Comparison::notebook(Loss::All)
    };
    comparison.contenders.truncate(2);
    for contender in &mut comparison.contenders {
        contender.design.hidden_size = 6;
    }
    comparison
}

/// A window that shows the Train tab with a comparison.
pub fn open(comparison: Comparison) -> Window {
    let train = TrainSettings { comparison, ..TrainSettings::default() };
    Window::open_sized(
        Session { tab: Tab::Train, train, ..Session::default() },
        [1400.0, 2400.0],
        Vec::new(),
    )
}

impl Window {
    pub fn app_mut(&mut self) -> &mut App {
        self.harness.state_mut().as_mut().expect("a frame was drawn")
    }

    pub fn session_mut(&mut self) -> &mut Session {
        self.app_mut().session_mut()
    }

    pub fn training(&self) -> &TrainTab {
        self.app().training()
    }

    /// Clicks without waiting for the end of what begins.
    pub fn tap(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.harness.step();
        self.until("orders are carried out", |tab| tab.attentive());
    }

    /// Frames until something holds.
    pub fn until(&mut self, what: &str, holds: impl Fn(&TrainTab) -> bool) {
        let start = Instant::now();
        while !holds(self.training()) {
            self.harness.step();
            assert!(start.elapsed() < PATIENCE, "never: {what}");
            std::thread::sleep(Duration::from_millis(2));
        }
        self.harness.step();
    }

    /// Starts training and waits for its end.
    pub fn train(&mut self) {
        self.tap("Start");
        self.until("over", |tab| tab.phase() == Phase::Over);
    }

    pub fn steps(&self) -> Vec<u64> {
        let scene = self.training().scene().expect("a training");
        scene.lanes.iter().map(|lane| lane.steps).collect()
    }

    pub fn figure(&self, name: &str) -> Figure {
        let figures = self.training().figures();
        figures.into_iter().find(|figure| figure.name == name).expect("the figure")
    }

    /// Every loss of every contender, from the pale curves of a short training.
    pub fn losses(&self) -> Vec<Vec<f64>> {
        let figure = self.figure("loss");
        let raw = figure.series.into_iter().filter(|series| series.faint);
        raw.map(|series| series.points.into_iter().map(|point| point[1]).collect()).collect()
    }

    /// Carries out a command as its shortcut does, without waiting for the end of a training.
    pub fn press_only(&mut self, command: Command) {
        let shortcut = command.shortcut();
        self.harness.key_press_modifiers(shortcut.modifiers, shortcut.logical_key);
        self.harness.step();
        self.harness.step();
    }

    /// Clicks a place.
    pub fn click_at(&mut self, at: egui::Pos2) {
        self.harness.hover_at(at);
        self.harness.step();
        for pressed in [true, false] {
            let (button, modifiers) = (egui::PointerButton::Primary, egui::Modifiers::NONE);
            self.harness.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
        }
        self.harness.step();
    }

    /// Asks the window to close. What it says to the system in that frame.
    pub fn close(&mut self) -> Vec<ViewportCommand> {
        let root = egui::ViewportId::ROOT;
        let viewport = self.harness.input_mut().viewports.entry(root).or_default();
        viewport.events.push(egui::ViewportEvent::Close);
        self.harness.step();
        let said = self.said();
        let viewport = self.harness.input_mut().viewports.entry(root).or_default();
        viewport.events.clear();
        self.harness.run_steps(4);
        said
    }

    /// What the window said to the system in the last frame.
    pub fn said(&self) -> Vec<ViewportCommand> {
        let output = &self.harness.output().viewport_output;
        let root = output.get(&egui::ViewportId::ROOT);
        root.map(|viewport| viewport.commands.clone()).unwrap_or_default()
    }
}
