//! `--screenshot`: wait until the window is settled, save what it shows, close.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use egui::{ColorImage, ViewportCommand};

use crate::error::{Error, Result};
use crate::figure::{Theme, save};

/// What to take a picture of, and where it goes.
#[derive(Clone, Debug)]
pub struct Screenshot {
    /// The PNG file to write.
    pub path: PathBuf,
    /// Width and height of the window in pixels.
    pub size: [f32; 2],
    /// Magnification of the interface.
    pub zoom: f32,
    /// Light or dark.
    pub theme: Theme,
}

/// Frames that must pass without anything happening before the window counts as settled.
const STABLE_FRAMES: u32 = 8;

/// After this long something is wrong, and an error is better than a hang.
const PATIENCE: Duration = Duration::from_secs(30);

/// How it ended: none yet, or the file was written or not. Shared with whoever opened the window.
pub type Ending = Arc<Mutex<Option<Result<()>>>>;

/// A screenshot on its way.
pub struct Photographer {
    job: Screenshot,
    ending: Ending,
    since: Instant,
    stable: u32,
    asked: bool,
    image: Arc<Mutex<Option<Arc<ColorImage>>>>,
}

impl Photographer {
    /// Starts waiting. How it ends is put into `ending`.
    pub fn new(job: Screenshot, ending: Ending) -> Self {
        Self { job, ending, since: Instant::now(), stable: 0, asked: false, image: Arc::default() }
    }

    /// Called once a frame; `settled` says that nothing is being computed or shown for the first time.
    pub fn tick(&mut self, ctx: &egui::Context, settled: bool) {
        ctx.request_repaint();
        let image = self.image.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(image) = image {
            self.end(ctx, write(&self.job.path, &image));
            return;
        }
        if self.since.elapsed() > PATIENCE {
            let reason = "the window did not settle within 30 seconds";
            self.end(ctx, Err(Error::Window(reason.to_owned())));
            return;
        }
        let sized = self.has_size(ctx);
        self.stable = if settled && sized { self.stable + 1 } else { 0 };
        if self.stable >= STABLE_FRAMES && !self.asked {
            self.asked = true;
            let (slot, waker) = (Arc::clone(&self.image), ctx.clone());
            ctx.request_screenshot(move |image| {
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(image);
                waker.request_repaint();
            });
        }
    }

    /// Whether the window has the size asked for. A window manager that insists on another size is
    /// given in to after a while.
    fn has_size(&self, ctx: &egui::Context) -> bool {
        let pixels = ctx.content_rect().size() * ctx.pixels_per_point();
        let wanted = egui::Vec2::from(self.job.size);
        if (pixels - wanted).abs().max_elem() < 1.0 || self.since.elapsed() > Duration::from_secs(5)
        {
            return true;
        }
        ctx.send_viewport_cmd(ViewportCommand::InnerSize(wanted / ctx.pixels_per_point()));
        false
    }

    fn end(&self, ctx: &egui::Context, result: Result<()>) {
        let mut ending = self.ending.lock().unwrap_or_else(PoisonError::into_inner);
        ending.get_or_insert(result);
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }
}

fn write(path: &std::path::Path, image: &ColorImage) -> Result<()> {
    let [width, height] = image.size;
    let rgb: Vec<u8> = image.pixels.iter().flat_map(|p| [p.r(), p.g(), p.b()]).collect();
    let failed = |error: png::EncodingError| Error::Drawing(error.to_string());
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&rgb).map_err(failed)?;
    writer.finish().map_err(failed)?;
    save(path, &bytes)
}
