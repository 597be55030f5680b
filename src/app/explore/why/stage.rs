//! How tiles look and what their buttons do.

use egui::{RichText, Ui, Visuals, WidgetText};
use egui_tiles::{
    Behavior, EditAction, SimplificationOptions, TabState, Tabs, Tile, TileId, Tiles,
};

use super::pane::{self, Board};
use crate::session::Pane;

/// What the buttons of a tile ask for, carried out after the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The whole window for this pane.
    Enlarge(Pane),
    /// The figures of this pane into a file.
    Export(Pane),
}

/// The tiles for one frame.
pub struct Stage<'a, 'b> {
    /// What the panes draw from and write to.
    pub board: &'a mut Board<'b>,
    /// What a button asked for.
    pub wish: Option<Wish>,
    /// Whether the user moved, chose or closed something.
    pub edited: bool,
}

impl Stage<'_, '_> {
    fn pane(tiles: &Tiles<Pane>, id: TileId) -> Option<Pane> {
        match tiles.get(id)? {
            Tile::Pane(pane) => Some(*pane),
            Tile::Container(_) => None,
        }
    }
}

impl Behavior<Pane> for Stage<'_, '_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: TileId, pane: &mut Pane) -> egui_tiles::UiResponse {
        egui::Frame::new()
            .inner_margin(egui::Margin { left: 0, right: 0, top: 6, bottom: 0 })
            .show(ui, |ui| pane::show(ui, *pane, self.board));
        egui_tiles::UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> WidgetText {
        pane.name().into()
    }

    fn on_tab_button(
        &mut self,
        tiles: &mut Tiles<Pane>,
        id: TileId,
        response: egui::Response,
    ) -> egui::Response {
        match Self::pane(tiles, id) {
            Some(pane) => response.on_hover_text(format!(
                "{}\nDrag this to the edge of a tile to see both.",
                pane.question()
            )),
            None => response,
        }
    }

    fn is_tab_closable(&self, tiles: &Tiles<Pane>, id: TileId) -> bool {
        Self::pane(tiles, id).is_some_and(|pane| pane != Pane::Curves)
    }

    fn on_tab_close(&mut self, _: &mut Tiles<Pane>, _: TileId) -> bool {
        self.edited = true;
        true
    }

    fn close_button_outer_size(&self) -> f32 {
        16.0
    }

    fn close_button_inner_margin(&self) -> f32 {
        4.0
    }

    fn top_bar_right_ui(
        &mut self,
        tiles: &Tiles<Pane>,
        ui: &mut Ui,
        _: TileId,
        tabs: &Tabs,
        _: &mut f32,
    ) {
        let Some(pane) = tabs.active.and_then(|front| Self::pane(tiles, front)) else { return };
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.add_space(4.0);
        let buttons = [
            (
                "Enlarge",
                Wish::Enlarge(pane),
                "The whole window for this pane; Esc brings back the rest.",
            ),
            ("Export…", Wish::Export(pane), "The figures of this pane as PNG, SVG or CSV."),
        ];
        for (text, wish, tip) in buttons {
            let button = ui.add(egui::Button::new(RichText::new(text).size(12.0)).small());
            let name = format!("{text} {}", pane.name());
            if crate::app::widgets::named(button, &name).on_hover_text(tip).clicked() {
                self.wish = Some(wish);
            }
        }
        if let Some(work) = self.board.viewers.work(pane) {
            ui.weak(RichText::new(work.in_short()).size(12.0));
        }
    }

    fn tab_bar_height(&self, _: &egui::Style) -> f32 {
        26.0
    }

    fn gap_width(&self, _: &egui::Style) -> f32 {
        8.0
    }

    fn min_size(&self) -> f32 {
        160.0
    }

    fn tab_bar_color(&self, visuals: &Visuals) -> egui::Color32 {
        visuals.faint_bg_color.blend(visuals.panel_fill)
    }

    fn tab_bg_color(
        &self,
        visuals: &Visuals,
        _: &Tiles<Pane>,
        _: TileId,
        state: &TabState,
    ) -> egui::Color32 {
        if state.active { visuals.selection.bg_fill } else { visuals.widgets.inactive.weak_bg_fill }
    }

    fn tab_outline_stroke(
        &self,
        _: &Visuals,
        _: &Tiles<Pane>,
        _: TileId,
        _: &TabState,
    ) -> egui::Stroke {
        egui::Stroke::NONE
    }

    fn resize_stroke(&self, style: &egui::Style, state: egui_tiles::ResizeState) -> egui::Stroke {
        match state {
            egui_tiles::ResizeState::Idle => egui::Stroke::NONE,
            egui_tiles::ResizeState::Hovering => style.visuals.widgets.noninteractive.bg_stroke,
            egui_tiles::ResizeState::Dragging => {
                egui::Stroke::new(2.0, style.visuals.hyperlink_color)
            }
        }
    }

    fn simplification_options(&self) -> SimplificationOptions {
        // The bar with a tile's buttons is that of its tabs.
        SimplificationOptions {
            all_panes_must_have_tabs: true,
            flatten_tabs_in_tabs: true,
            ..SimplificationOptions::default()
        }
    }

    fn on_edit(&mut self, _: EditAction) {
        self.edited = true;
    }
}
