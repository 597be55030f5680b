//! Between the application and eframe: frames, signals, the screenshot, the end.

use std::sync::PoisonError;
use std::time::Duration;

use egui::{Context, Ui, ViewportCommand};

use super::frame_times::FrameTimes;
use super::screenshot::{Ending, Photographer};
use super::{App, settings};

/// Frames within which a window manager has put the window somewhere.
const PLACED: u32 = 12;

/// What eframe runs: the application, and the screenshot if one was asked for.
pub(super) struct Shell {
    app: App,
    photographer: Option<Photographer>,
    /// Where it is told how the last saving of the settings ended.
    ending: Ending,
    /// Whether the window was maximised, and whether it filled the screen.
    filled: [bool; 2],
    /// Frames drawn so far, while the window's place is looked after.
    frames: u32,
    frame_times: Option<FrameTimes>,
}

impl Shell {
    /// Nothing is drawn yet. How the last saving ends is put into `ending`.
    pub fn new(app: App, photographer: Option<Photographer>, ending: Ending) -> Self {
        let filled = app.fills_the_screen();
        Self { app, photographer, ending, filled, frames: 0, frame_times: None }
    }

    /// Tells on the standard output how long frames take.
    ///
    /// # Errors
    /// The system's error if no thread can be started.
    pub fn tell_frame_times(&mut self) -> std::io::Result<()> {
        self.frame_times = Some(FrameTimes::start()?);
        Ok(())
    }

    /// Sees that the restored window can be reached: its screen may be gone, and X11 forgets what
    /// was asked of a window before it was shown.
    fn look_after_place(&mut self, ctx: &Context, frame: &eframe::Frame) {
        if self.frames > PLACED || self.photographer.is_some() {
            return;
        }
        self.frames += 1;
        if self.frames == 2 {
            let [maximised, fullscreen] = self.filled;
            if fullscreen {
                ctx.send_viewport_cmd(ViewportCommand::Fullscreen(true));
            } else if maximised {
                ctx.send_viewport_cmd(ViewportCommand::Maximized(true));
            }
        }
        let Some(window) = frame.winit_window() else { return };
        let Ok(corner) = window.outer_position() else { return };
        let screens: Vec<[i64; 4]> = window
            .available_monitors()
            .map(|monitor| {
                let (corner, size) = (monitor.position(), monitor.size());
                [corner.x.into(), corner.y.into(), size.width.into(), size.height.into()]
            })
            .collect();
        let size = window.outer_size();
        let place = [corner.x.into(), corner.y.into(), size.width.into(), size.height.into()];
        if let Some([x, y]) = settings::onto_screen(place, &screens) {
            let corner = egui::pos2(x as f32, y as f32) / ctx.pixels_per_point();
            ctx.send_viewport_cmd(ViewportCommand::OuterPosition(corner));
        }
    }
}

impl eframe::App for Shell {
    /// Called for hidden windows, too.
    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        if self.photographer.is_none() {
            self.app.follow_signals(ctx);
        }
        self.look_after_place(ctx, frame);
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        // With drawing, without waiting for the screen; of the frame before, as this one has only begun.
        if let (Some(times), Some(seconds)) = (&self.frame_times, frame.info().cpu_usage) {
            times.add(Duration::from_secs_f32(seconds));
        }
        self.app.show(ui);
        if let Some(photographer) = &mut self.photographer {
            photographer.tick(ui.ctx(), self.app.settled());
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        if let Some(end) = self.app.finish_settings() {
            let mut ending = self.ending.lock().unwrap_or_else(PoisonError::into_inner);
            ending.get_or_insert(end);
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}
