//! What is kept from one window to the next: handed to the thread that writes, with what it answers.

use egui::{Context, ViewportCommand};

use super::App;
use super::commands::Command;
use super::settings::{Geometry, News};
use crate::error::Result;
use crate::signal;

impl App {
    /// Hands in the settings when nobody is in the middle of changing them, and says how saving them
    /// goes.
    pub(super) fn keep(&mut self, ctx: &Context) {
        let starting = self.scribe.as_ref().is_some_and(|scribe| !scribe.is_started());
        let settled = starting && self.settled();
        let Some(scribe) = &mut self.scribe else { return };
        if !ctx.input(|input| input.pointer.any_down()) {
            let window = Geometry::of(ctx, scribe.window());
            scribe.keep(&self.session, window);
        }
        if settled {
            scribe.started();
        }
        let news = scribe.news();
        if let Some(text) = news.is_some().then(|| self.not_saved.take()).flatten() {
            self.notices.retract(&text);
        }
        if let Some(News::Failed(reason)) = news {
            let text = format!(
                "Settings are not being saved: {reason}. It is tried again every 20 seconds and at each \
                 change."
            );
            self.notices.warning(text.clone());
            self.not_saved = Some(text);
        }
    }

    /// Whether the window was maximised, and whether it filled the screen.
    pub(super) fn fills_the_screen(&self) -> [bool; 2] {
        let window = self.scribe.as_ref().and_then(|scribe| scribe.window());
        window.map_or([false, false], Geometry::fills_the_screen)
    }

    /// Ends the window when the system asks for it, settings saved.
    pub(super) fn obey_signals(&mut self, ctx: &Context) {
        let hurry = self.scribe.as_ref().map(|scribe| scribe.hurrier());
        let ctx = ctx.clone();
        let listening = signal::listen(move || {
            // Written even if the window does not answer.
            if let Some(hurry) = &hurry {
                hurry();
            }
            ctx.request_repaint();
        });
        if let Err(error) = listening {
            let text = format!("Ctrl-C and kill end rnnscope without saving settings: {error}.");
            self.notices.warning(text);
        }
    }

    /// Closes the window if a signal has come. Nobody is asked: nobody may be there.
    pub(super) fn follow_signals(&mut self, ctx: &Context) {
        if signal::received().is_some() {
            self.train.allow_closing();
            ctx.send_viewport_cmd(ViewportCommand::Close);
            ctx.request_repaint();
        }
    }

    /// Saves what is left of the settings; how that ended, if they are kept at all.
    pub(super) fn finish_settings(&mut self) -> Option<Result<()>> {
        let mut scribe = self.scribe.take()?;
        let window = scribe.window();
        scribe.keep(&self.session, window);
        Some(scribe.finish())
    }

    /// Opens what this start left out.
    pub(super) fn open_left_out(&mut self, ctx: &Context) {
        match self.left_out.clone() {
            Some(path) => {
                self.notices.remedied(Command::OpenLeftOut);
                self.open_files(ctx, &[path]);
            }
            None => self.notices.success("This start has left nothing out."),
        }
    }
}
