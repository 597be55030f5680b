//! A Train tab under test.

use std::time::{Duration, Instant};

use egui_kittest::kittest::Queryable as _;
use rnnscope::app::{App, Phase, TrainTab};
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
}
