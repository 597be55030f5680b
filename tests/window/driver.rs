//! A window under test, and the gestures of a user.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use rnnscope::app::{App, Command};
use rnnscope::flow::{FlowReport, Question};
use rnnscope::session::Session;

/// Any computation of these tests takes far less.
const PATIENCE: Duration = Duration::from_secs(60);

/// The window and its state, which is there from the first frame on.
pub struct Window {
    pub harness: Harness<'static, Option<App>>,
}

impl Window {
    /// A window high enough to show every control, settled.
    pub fn open(session: Session) -> Self {
        Self::open_sized(session, [1400.0, 1500.0], Vec::new())
    }

    /// A settled window of a size in points, with notices.
    pub fn open_sized(session: Session, size: [f32; 2], notices: Vec<String>) -> Self {
        let new = move |ctx: &_| App::new(ctx, session.clone(), notices.clone()).expect("threads");
        Self::open_made(new, size)
    }

    /// A settled window of a size in points, made when there is something to draw on.
    pub fn open_made(new: impl Fn(&egui::Context) -> App + 'static, size: [f32; 2]) -> Self {
        let show = move |ui: &mut egui::Ui, state: &mut Option<App>| {
            state.get_or_insert_with(|| new(ui.ctx())).show(ui);
        };
        let harness = Harness::builder()
            .with_size(size)
            .with_step_dt(1.0 / 60.0)
            .with_max_steps(200)
            .build_ui_state(show, None);
        let mut window = Self { harness };
        window.settle();
        window
    }

    /// Frames until the answer to the present settings is on screen.
    pub fn settle(&mut self) {
        let start = Instant::now();
        let mut calm = 0;
        while calm < 4 {
            self.harness.step();
            calm = if self.app().settled() { calm + 1 } else { 0 };
            assert!(start.elapsed() < PATIENCE, "the window never settled");
            std::thread::sleep(Duration::from_millis(2));
        }
        self.harness.check_accessibility();
    }

    pub fn app(&self) -> &App {
        self.harness.state().as_ref().expect("a frame was drawn")
    }

    /// Changes settings as a control would, without waiting for what comes of it.
    pub fn change(&mut self, how: impl FnOnce(&mut Session)) {
        how(self.harness.state_mut().as_mut().expect("a frame was drawn").session_mut());
    }

    /// Carries out a command at once, without a frame.
    pub fn carry_out(&mut self, command: Command) {
        let ctx = self.harness.ctx.clone();
        self.harness.state_mut().as_mut().expect("a frame was drawn").command(&ctx, command);
    }

    /// Frames until something has come about.
    pub fn wait_for(&mut self, there: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !there(self) {
            self.harness.step();
            assert!(start.elapsed() < PATIENCE, "it never came about");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn session(&self) -> &Session {
        self.app().session()
    }

    pub fn question(&self) -> &Question {
        &self.app().session().question
    }

    /// The numbers on screen, which answer the present question.
    pub fn report(&self) -> &FlowReport {
        let report = self.app().report().expect("a report");
        assert_eq!(report.question, *self.question(), "the curves lag behind the controls");
        report
    }

    pub fn radius(&self) -> f64 {
        self.report().spectra[0].leading().expect("a spectrum").radius
    }

    /// Clicks the `n`-th thing with this label.
    pub fn click_nth(&mut self, label: &str, n: usize) {
        let found = self.harness.get_all_by_label(label).nth(n);
        found.unwrap_or_else(|| panic!("no {label} number {n}")).click();
        self.settle();
    }

    /// Clicks the only thing with this label.
    pub fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.settle();
    }

    /// Carries out a command as its shortcut does.
    pub fn press(&mut self, command: Command) {
        let shortcut = command.shortcut();
        self.harness.key_press_modifiers(shortcut.modifiers, shortcut.logical_key);
        self.settle();
    }

    /// Carries out a command as its shortcut does, without waiting for what comes of it.
    pub fn start(&mut self, command: Command) {
        let shortcut = command.shortcut();
        self.harness.key_press_modifiers(shortcut.modifiers, shortcut.logical_key);
        self.harness.step();
        self.harness.step();
    }

    /// Carries out a command and waits for what it puts on the clipboard. Without key events a step
    /// is one frame, so that no frame's output is missed.
    pub fn clipboard<T>(
        &mut self,
        command: Command,
        pick: impl Fn(&egui::OutputCommand) -> Option<T>,
    ) -> T {
        self.carry_out(command);
        let start = Instant::now();
        loop {
            self.harness.step();
            let commands = &self.harness.output().platform_output.commands;
            if let Some(found) = commands.iter().find_map(&pick) {
                return found;
            }
            assert!(start.elapsed() < PATIENCE, "nothing reached the clipboard");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    pub fn slider<'a>(&'a self, label: &'a str) -> egui_kittest::Node<'a> {
        self.harness.get_by_role_and_label(egui::accesskit::Role::Slider, label)
    }

    /// Drops files on the window.
    pub fn drop_files(&mut self, paths: &[PathBuf]) {
        let files = paths.iter().map(|path| Arc::new(Dropped(path.clone())) as _);
        self.harness.input_mut().dropped_files = files.collect();
        self.harness.step();
        self.harness.input_mut().dropped_files.clear();
        self.settle();
    }
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}
