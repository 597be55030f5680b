//! What commands do, and what becomes of work that was started for them.

use std::time::{SystemTime, UNIX_EPOCH};

use egui::{Context, ViewportCommand};

use super::App;
use super::commands::Command;
use super::keeper::weights_in_use;
use crate::error::Result;
use crate::session::{Arrangement, Back, Tab, ThemeChoice};

impl App {
    /// Carries out a command.
    pub(super) fn carry_out(&mut self, ctx: &Context, command: Command) {
        match command {
            Command::ResetScales => self.set_scales(1.0),
            Command::ZeroScales => self.set_scales(0.0),
            Command::DrawAgain => self.session.draw_again(fresh_seed()),
            Command::PreviousSeed => self.session.previous_seed(),
            Command::NotebookView => self.session.view.notebook ^= true,
            Command::ReverseTime => self.session.view.reversed_time ^= true,
            Command::Pin => {
                // What is on screen, whatever the settings are by now.
                let shown = self.scene.as_ref().map(|scene| scene.report.question.clone());
                self.session.pin_question(shown.unwrap_or_else(|| self.session.question.clone()));
            }
            Command::ClearPins => self.session.pins.clear(),
            Command::Open => self.browse(ctx),
            Command::SaveSession => self.ask_for_session_file(),
            Command::OpenLeftOut => self.open_left_out(ctx),
            Command::Export => self.toggle_export(None),
            Command::CopyImage => self.copy_image(ctx),
            Command::CopyNumbers => self.copy_numbers(ctx),
            Command::ToggleTable => self.session.table_open ^= true,
            Command::View(pane) => self.session.why.toggle(pane),
            Command::Stack => self.arrange(Arrangement::stacked),
            Command::SideBySide => self.arrange(Arrangement::side_by_side),
            Command::Grid => self.arrange(Arrangement::gridded),
            Command::CloseViews => self.session.why.close_all(),
            Command::Undo | Command::Redo
                if self.session.tab == Tab::Train && self.train_steps(command) =>
            {
                self.train.carry_out(command, &self.session.train);
            }
            Command::Undo => {
                let back = self.history.undo(&self.session);
                self.return_to(back);
            }
            Command::Redo => {
                let back = self.history.redo(&self.session);
                self.return_to(back);
            }
            Command::ToggleTheme => {
                self.session.theme = match ctx.theme() {
                    egui::Theme::Dark => ThemeChoice::Light,
                    egui::Theme::Light => ThemeChoice::Dark,
                };
            }
            Command::ZoomIn => egui::gui_zoom::zoom_in(ctx),
            Command::ZoomOut => egui::gui_zoom::zoom_out(ctx),
            Command::ZoomReset => ctx.set_zoom_factor(1.0),
            Command::ShowExplore => self.session.tab = Tab::Explore,
            Command::ShowTrain => self.session.tab = Tab::Train,
            Command::Train
            | Command::TrainStep
            | Command::TrainStop
            | Command::Rewind
            | Command::StartAnew
            | Command::TrainFurther => self.train.carry_out(command, &self.session.train),
            Command::OpenInExplore => {
                self.train.in_use = weights_in_use(&mut self.session, &mut self.history);
                self.train.carry_out(command, &self.session.train);
            }
            Command::Help => self.help_open ^= true,
            Command::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
    }

    fn set_scales(&mut self, scale: f64) {
        self.session.question.weight_scale = scale;
        self.session.question.bias_scale = scale;
    }

    fn arrange(&mut self, how: impl FnOnce(&Arrangement) -> Arrangement) {
        let why = &mut self.session.why;
        why.arrangement = how(&why.arrangement);
    }

    fn return_to(&mut self, back: Option<Back>) {
        match back {
            Some(Back::Settings(question, view)) => {
                self.session.question = question;
                self.session.view = view;
            }
            Some(Back::Whole(session)) => self.session.adopt(*session),
            None => {}
        }
    }

    /// Whether undo or redo on the Train tab is about runs. Where there is nothing of theirs to be
    /// done, the opening of a session is taken back there, too.
    fn train_steps(&self, command: Command) -> bool {
        let [undo, redo] = self.train.can_undo();
        let [to_session_before, to_session_after] = self.history.leads_to_sessions();
        match command {
            Command::Redo => redo || !to_session_after,
            _ => undo || !to_session_before,
        }
    }

    /// Whether there is something to undo, and to redo, on the tab that is shown.
    pub(super) fn can_undo(&self) -> [bool; 2] {
        match self.session.tab {
            Tab::Explore => [self.history.can_undo(), self.history.can_redo()],
            Tab::Train => {
                let [undo, redo] = self.train.can_undo();
                let [before, after] = self.history.leads_to_sessions();
                [undo || before, redo || after]
            }
        }
    }

    /// Uses what a task has brought; trouble becomes a notice.
    pub(super) fn tell<T>(&mut self, end: Option<Result<T>>, use_it: impl FnOnce(&mut Self, T)) {
        match end {
            Some(Ok(value)) => use_it(self, value),
            Some(Err(error)) => self.notices.warning(error.to_string()),
            None => {}
        }
    }
}

/// A seed nobody chose: from the clock, small enough to be read out in class.
fn fresh_seed() -> u64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::from(time.subsec_micros()) % 100_000
}
