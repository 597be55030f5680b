//! Between the application and eframe: frames, saving, the screenshot.

use std::time::Duration;

use egui::Ui;

use super::frame_times::FrameTimes;
use super::screenshot::Photographer;
use super::{App, persist};

/// What eframe runs: the application, and the screenshot if one was asked for.
pub(super) struct Shell {
    pub app: App,
    pub photographer: Option<Photographer>,
    pub frame_times: Option<FrameTimes>,
}

impl eframe::App for Shell {
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

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        if self.photographer.is_some() {
            return;
        }
        match self.app.session.save() {
            Ok(text) => storage.set_string(persist::KEY, text),
            Err(error) => self.app.notices.warning(format!("Settings were not saved: {error}")),
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    /// The session holds all there is to keep; egui's own memory would keep stale zooms of plots.
    fn persist_egui_memory(&self) -> bool {
        false
    }
}
