//! The views that explain a gradient: tiles beside the curves, each measured by a thread of its own.

mod badge;
mod enlarged;
mod landscape;
mod pane;
mod stage;
mod strip;
mod tree;
mod viewer;
mod viewers;

use egui::Ui;
use egui_tiles::Tree;

pub use badge::Badge;
pub use pane::Board;
pub use stage::Wish;
pub use viewer::Drawn;
pub use viewers::Viewers;

use super::{readouts, stale};
use crate::session::{Arrangement, Pane};

/// Tiles are at least this high, in points; where that is too much, the page scrolls.
const LEAST_HEIGHT: f32 = 240.0;

/// In less room than this, in points, the readouts stand with the curves instead of above all tiles.
const LITTLE_ROOM: f32 = 520.0;

/// The tiles, and the arrangement that they stand for.
pub struct Wall {
    tree: Tree<Pane>,
    stands_for: Arrangement,
}

impl Default for Wall {
    fn default() -> Self {
        let stands_for = Arrangement::default();
        Self { tree: tree::tree(&stands_for), stands_for }
    }
}

impl Wall {
    /// Draws the results: one pane that has the whole window, or the readouts, the line of views and
    /// the tiles below.
    pub fn show(&mut self, ui: &mut Ui, board: &mut Board<'_>) -> Option<Wish> {
        if let Some(pane) = board.session.why.enlarged {
            enlarged::show(ui, pane, board);
            return None;
        }
        let scroll = egui::ScrollArea::vertical().id_salt("results").auto_shrink([false, false]);
        scroll
            .show(ui, |ui| {
                let top = ui.cursor().top();
                let room = ui.available_height();
                let alone = board.session.why.arrangement == Arrangement::default();
                board.readouts_inside = !alone && room < LITTLE_ROOM;
                if !board.readouts_inside {
                    ui.scope(|ui| {
                        if board.stale.is_some() {
                            ui.multiply_opacity(stale::DIMMED);
                        }
                        readouts::show(ui, board.scene);
                    });
                }
                strip::show(ui, board);
                let left = room - (ui.cursor().top() - top) - ui.spacing().item_spacing.y;
                if alone {
                    pane::curves(ui, board, left);
                    return None;
                }
                let size = egui::vec2(ui.available_width(), left.max(LEAST_HEIGHT));
                ui.allocate_ui(size, |ui| {
                    ui.set_min_size(size);
                    self.tiles(ui, board)
                })
                .inner
            })
            .inner
    }

    fn tiles(&mut self, ui: &mut Ui, board: &mut Board<'_>) -> Option<Wish> {
        if self.stands_for != board.session.why.arrangement {
            self.stands_for.clone_from(&board.session.why.arrangement);
            self.tree = tree::tree(&self.stands_for);
        }
        let mut stage = stage::Stage { board, wish: None, edited: false };
        self.tree.ui(&mut stage, ui);
        let stage::Stage { wish, edited, board } = stage;
        if edited {
            self.stands_for = tree::arrangement(&self.tree);
            board.session.why.arrangement.clone_from(&self.stands_for);
            ui.ctx().request_repaint();
        }
        wish
    }
}
