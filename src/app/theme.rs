//! How the window looks: fonts, colours that match the figures, and room to breathe.

use std::sync::Arc;

use egui::style::{WidgetVisuals, Widgets};
use egui::{
    Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Stroke, TextStyle,
};

use crate::figure::{Color, Rgb, Theme, font};
use crate::session::ThemeChoice;

/// Installs fonts and both styles. Called once, before the first frame.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    for theme in [Theme::Light, Theme::Dark] {
        ctx.set_style_of(of_egui(theme), style(theme));
    }
    ctx.options_mut(|options| options.fallback_theme = egui::Theme::Light);
}

/// Follows the user's choice of theme.
pub fn apply(ctx: &egui::Context, choice: ThemeChoice) {
    ctx.set_theme(match choice {
        ThemeChoice::System => egui::ThemePreference::System,
        ThemeChoice::Light => egui::ThemePreference::Light,
        ThemeChoice::Dark => egui::ThemePreference::Dark,
    });
}

/// The figures' theme that fits the window as it is.
pub fn of_window(visuals: &egui::Visuals) -> Theme {
    if visuals.dark_mode { Theme::Dark } else { Theme::Light }
}

/// A figure's colour on screen.
pub fn color(theme: Theme, color: Color) -> Color32 {
    screen(theme.rgb(color))
}

/// A colour of the figures' palette on screen.
pub fn screen(Rgb(r, g, b): Rgb) -> Color32 {
    Color32::from_rgb(r, g, b)
}

fn of_egui(theme: Theme) -> egui::Theme {
    match theme {
        Theme::Light => egui::Theme::Light,
        Theme::Dark => egui::Theme::Dark,
    }
}

/// Inter for text and digits alike, DejaVu Sans for the signs it lacks; monospace digits come from
/// egui's Hack.
fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    for (name, bytes) in [("Inter", font::INTER), ("DejaVu Sans", font::DEJAVU_SANS)] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let proportional = fonts.families.entry(FontFamily::Proportional).or_default();
    proportional.splice(0..0, ["Inter".to_owned(), "DejaVu Sans".to_owned()]);
    fonts.families.entry(FontFamily::Monospace).or_default().push("DejaVu Sans".to_owned());
    fonts
}

fn style(theme: Theme) -> egui::Style {
    let mut style = egui::Style { visuals: visuals(theme), ..egui::Style::default() };
    style.text_styles = [
        (TextStyle::Small, FontId::proportional(11.5)),
        (TextStyle::Body, FontId::proportional(13.5)),
        (TextStyle::Button, FontId::proportional(13.5)),
        (TextStyle::Heading, FontId::proportional(16.0)),
        (TextStyle::Monospace, FontId::monospace(12.5)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = egui::vec2(8.0, 6.0);
    spacing.button_padding = egui::vec2(8.0, 3.0);
    spacing.interact_size = egui::vec2(36.0, 22.0);
    spacing.slider_rail_height = 4.0;
    spacing.tooltip_width = 380.0;
    spacing.window_margin = egui::Margin::same(14);
    spacing.scroll = egui::style::ScrollStyle::thin();
    style.interaction.tooltip_delay = 0.4;
    style.interaction.selectable_labels = false;
    style
}

/// The few colours a theme is made of, from the back of the window to its accent.
struct Tones {
    panel: Color32,
    paper: Color32,
    control: Color32,
    hovered: Color32,
    pressed: Color32,
    line: Color32,
    ink: Color32,
    muted: Color32,
    accent: Color32,
    chosen: Color32,
    alarm: Color32,
    warn: Color32,
}

fn tones(theme: Theme) -> Tones {
    let grey = |value: u8| Color32::from_rgb(value, value + 2, value.saturating_add(6));
    let (panel, control, hovered, pressed, line, chosen) = match theme {
        Theme::Light => (
            grey(243),
            grey(228),
            grey(217),
            grey(204),
            grey(204),
            Color32::from_rgb(203, 226, 246),
        ),
        Theme::Dark => {
            (grey(31), grey(48), grey(60), grey(72), grey(62), Color32::from_rgb(33, 74, 112))
        }
    };
    Tones {
        panel,
        paper: screen(theme.background()),
        control,
        hovered,
        pressed,
        line,
        ink: color(theme, Color::Ink),
        muted: color(theme, Color::Muted),
        accent: color(theme, Color::Category(0)),
        chosen,
        alarm: color(theme, Color::Alarm),
        warn: color(theme, Color::Category(1)),
    }
}

fn visuals(theme: Theme) -> egui::Visuals {
    let tones = tones(theme);
    let mut visuals = match theme {
        Theme::Light => egui::Visuals::light(),
        Theme::Dark => egui::Visuals::dark(),
    };
    visuals.widgets = widgets(&tones);
    visuals.weak_text_color = Some(tones.muted);
    visuals.selection.bg_fill = tones.chosen;
    visuals.selection.stroke = Stroke::new(1.0, tones.ink);
    visuals.hyperlink_color = tones.accent;
    visuals.warn_fg_color = tones.warn;
    visuals.error_fg_color = tones.alarm;
    visuals.panel_fill = tones.panel;
    visuals.window_fill = tones.panel;
    visuals.window_stroke = Stroke::new(1.0, tones.line);
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.menu_corner_radius = CornerRadius::same(6);
    visuals.extreme_bg_color = tones.paper;
    visuals.faint_bg_color = tones.control.gamma_multiply(0.45);
    visuals.slider_trailing_fill = false;
    // A cursor that blinks has the whole window drawn twice a second while nothing happens.
    visuals.text_cursor.blink = false;
    visuals
}

fn widgets(tones: &Tones) -> Widgets {
    let state = |fill: Color32, outline: Stroke, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: outline,
        corner_radius: CornerRadius::same(5),
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    let line = Stroke::new(1.0, tones.line);
    let accent = Stroke::new(1.5, tones.accent);
    Widgets {
        noninteractive: state(tones.panel, line, tones.ink),
        inactive: state(tones.control, Stroke::NONE, tones.ink),
        hovered: state(tones.hovered, line, tones.ink),
        active: state(tones.pressed, accent, tones.ink),
        open: state(tones.hovered, line, tones.ink),
    }
}
