//! Where the window is, in the form in which eframe kept it.

use egui::{Context, ViewportBuilder, pos2, vec2};
use serde::{Deserialize, Serialize};

/// Width and height of the smallest window, in points.
pub const SMALLEST: [f32; 2] = [320.0, 240.0];

/// Of the first window.
const FIRST: [f32; 2] = [1280.0, 800.0];

/// No screen is larger, in points.
const LARGEST: f32 = 16_000.0;

/// Place and size of a window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Geometry {
    /// While it is neither maximised nor fills the screen.
    normal_geometry: Normal,
    fullscreen: bool,
    maximized: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Normal {
    /// Of the upper left corner, with the frame; some systems tell nobody.
    outer_position_pixels: Option<Pair>,
    /// Pixels per point, without the zoom of the interface.
    scale_factor: f32,
    /// Without the frame, in points of the zoomed interface.
    inner_size_points: Pair,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Pair {
    x: f32,
    y: f32,
}

impl Pair {
    fn is_finite(self) -> bool {
        self.x.is_finite() && self.y.is_finite()
    }
}

impl Geometry {
    /// Where the window is now; `last` is where it was. `None` while nobody knows.
    pub fn of(ctx: &Context, last: Option<Self>) -> Option<Self> {
        let (info, size) =
            ctx.input(|input| (input.viewport().clone(), input.viewport_rect().size()));
        if info.minimized == Some(true) {
            return last;
        }
        let scale_factor = info.native_pixels_per_point?;
        let pixels_per_point = scale_factor * ctx.zoom_factor();
        let outer_position_pixels = info.outer_rect.map(|rect| {
            let corner = (rect.min.to_vec2() * pixels_per_point).round();
            Pair { x: corner.x, y: corner.y }
        });
        let inner_size_points = Pair { x: size.x, y: size.y };
        let now = Normal { outer_position_pixels, scale_factor, inner_size_points };
        let (fullscreen, maximized) =
            (info.fullscreen.unwrap_or(false), info.maximized.unwrap_or(false));
        let before = last.map(|last| last.normal_geometry);
        let normal_geometry = before.filter(|_| fullscreen || maximized).unwrap_or(now);
        Some(Self { normal_geometry, fullscreen, maximized })
    }

    /// A window in this place, as far as the numbers make sense; `zoom` is that of the interface.
    fn apply(self, builder: ViewportBuilder, zoom: f32) -> ViewportBuilder {
        let Self { normal_geometry, fullscreen, maximized } = self;
        let Normal { outer_position_pixels, scale_factor, inner_size_points } = normal_geometry;
        let mut builder = builder.with_fullscreen(fullscreen).with_maximized(maximized);
        if inner_size_points.is_finite() {
            // The interface is zoomed only once the window is there.
            let size = vec2(inner_size_points.x, inner_size_points.y) * zoom;
            builder = builder.with_inner_size(size.clamp(SMALLEST.into(), vec2(LARGEST, LARGEST)));
        }
        let scale = if scale_factor.is_finite() { scale_factor.clamp(0.25, 8.0) } else { 1.0 };
        if let Some(Pair { x, y }) = outer_position_pixels.filter(|place| place.is_finite()) {
            let place = pos2(x, y).clamp(pos2(-LARGEST, -LARGEST), pos2(LARGEST, LARGEST));
            builder = builder.with_position(place / scale);
        }
        builder
    }

    /// Whether the window fills the screen, with a frame or without.
    pub fn fills_the_screen(self) -> [bool; 2] {
        [self.maximized, self.fullscreen]
    }
}

/// The window of a start.
pub fn window(builder: ViewportBuilder, geometry: Option<Geometry>, zoom: f32) -> ViewportBuilder {
    let builder = builder.with_min_inner_size(SMALLEST).with_inner_size(FIRST);
    match geometry {
        Some(geometry) => geometry.apply(builder, zoom),
        None => builder,
    }
}

/// Where to move a window whose title nobody could reach: left, top, width and height in pixels, as
/// those of the screens. `None` if it can stay.
pub fn onto_screen(window: [i64; 4], screens: &[[i64; 4]]) -> Option<[i64; 2]> {
    /// So much of the title must be on one screen.
    const REACHABLE: [i64; 2] = [80, 16];
    /// How high a title is, about.
    const TITLE: i64 = 32;
    let [left, top, width, _] = window;
    let overlap = |[x, y, w, h]: [i64; 4]| {
        let across = (left + width).min(x + w) - left.max(x);
        let down = (top + TITLE).min(y + h) - top.max(y);
        across >= REACHABLE[0].min(width) && down >= REACHABLE[1]
    };
    if screens.iter().any(|screen| overlap(*screen)) {
        return None;
    }
    screens.first().map(|[x, y, ..]| [*x, *y])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What eframe 0.37 wrote.
    const OLD: &str = "(normal_geometry:(outer_position_pixels:Some((x:12.0,y:34.0)),\
                       scale_factor:2.0,inner_size_points:(x:900.0,y:700.0)),fullscreen:false,\
                       maximized:true)";

    fn built(text: &str, zoom: f32) -> ViewportBuilder {
        let geometry: Geometry = ron::from_str(text).expect("parses");
        window(ViewportBuilder::default(), Some(geometry), zoom)
    }

    #[test]
    fn what_eframe_kept_is_used_and_written_alike() {
        let builder = built(OLD, 1.5);
        assert_eq!(builder.position, Some(pos2(6.0, 17.0)));
        assert_eq!(builder.inner_size, Some(vec2(1350.0, 1050.0)));
        assert_eq!((builder.maximized, builder.fullscreen), (Some(true), Some(false)));
        let geometry: Geometry = ron::from_str(OLD).expect("parses");
        assert_eq!(ron::to_string(&geometry).expect("prints"), OLD);
    }

    #[test]
    fn numbers_that_make_no_sense_make_no_window() {
        let builder = built(&OLD.replace("12.0", "NaN").replace("900.0", "inf"), 1.0);
        assert_eq!((builder.position, builder.inner_size), (None, Some(FIRST.into())));
        let builder = built(&OLD.replace("900.0", "-3.0").replace("700.0", "1e30"), 1.0);
        assert_eq!(builder.inner_size, Some(vec2(320.0, LARGEST)));
        let builder = built(&OLD.replace("2.0,inner", "0.0,inner"), 1.0);
        assert!(builder.position.is_some_and(|place| place.is_finite()));
    }

    #[test]
    fn a_window_on_a_screen_that_is_gone_comes_back() {
        let screens = [[0, 0, 1920, 1080], [1920, 0, 1280, 1024]];
        assert_eq!(onto_screen([100, 100, 800, 600], &screens), None);
        assert_eq!(onto_screen([-700, 10, 800, 600], &screens), None, "100 pixels can be grabbed");
        assert_eq!(onto_screen([1900, 10, 800, 600], &screens), None, "on the second one");
        for lost in [[5000, 10, 800, 600], [10, -500, 800, 600], [10, 1070, 800, 600]] {
            assert_eq!(onto_screen(lost, &screens), Some([0, 0]), "{lost:?}");
        }
        assert_eq!(onto_screen([0, 0, 800, 600], &[]), None, "nobody knows");
    }
}
