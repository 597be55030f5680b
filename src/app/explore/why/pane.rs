//! What stands in one tile.

use egui::{RichText, ScrollArea, Ui};

use super::badge::Badge;
use super::landscape;
use super::viewer::Drawn;
use super::viewers::Viewers;
use crate::app::commands::Command;
use crate::app::explore::scene::Scene;
use crate::app::explore::stale::{self, Act, Stale};
use crate::app::explore::{plots, readouts, table};
use crate::app::widgets::{choice, row};
use crate::figure::of_view::UnitSort;
use crate::session::{Pane, Session};

/// What panes draw from, and where they leave what the pointer did.
pub struct Board<'a> {
    /// The curves.
    pub scene: &'a Scene,
    /// Whose they are, once it is to be seen that they are not of the present settings.
    pub stale: Option<Stale>,
    /// What is wanted about a pane that is not of the present settings.
    pub act: Option<(Pane, Act)>,
    /// The views.
    pub viewers: &'a Viewers,
    /// Whether the gradients can be trusted.
    pub badge: &'a Badge,
    /// The settings.
    pub session: &'a mut Session,
    /// What buttons ask for.
    pub commands: &'a mut Vec<Command>,
    /// Whether the readouts stand with the curves.
    pub readouts_inside: bool,
    /// The step to single out, and whether it came from a plot.
    pub marked: (Option<f64>, bool),
    /// Whether the cross-hair of the landscape is being dragged over rows that depend on where it is.
    pub holding: bool,
    /// The step under the pointer, in a plot.
    pub hovered: Option<f64>,
    /// The step under the pointer, in the table.
    pub in_table: Option<f64>,
}

/// Draws a pane into the room there is; what is larger scrolls.
pub fn show(ui: &mut Ui, pane: Pane, board: &mut Board<'_>) {
    let height = ui.available_height();
    let top = ui.cursor().top();
    match pane {
        Pane::Gates => sort(ui, &mut board.session.why.sort),
        Pane::Landscape => landscape::choose(ui, board),
        _ => {}
    }
    let height = height - (ui.cursor().top() - top);
    ScrollArea::vertical().id_salt(pane).auto_shrink([false, false]).show(ui, |ui| match pane {
        Pane::Curves => curves(ui, board, height),
        _ => view(ui, pane, board, height),
    });
}

/// Which unit stands on top.
fn sort(ui: &mut Ui, sort: &mut UnitSort) {
    row(ui, "Units by", "Which unit stands on top in the maps.", |ui| {
        let option = |sort: UnitSort| (sort, sort.text(), sort.explanation());
        choice(ui, sort, &UnitSort::ALL.map(option));
    });
}

/// The four plots, and the table where it is open.
pub fn curves(ui: &mut Ui, board: &mut Board<'_>, height: f32) {
    let stale = board.stale.clone();
    let ((), act) = stale::dim(ui, stale.as_ref(), |ui| {
        if board.readouts_inside {
            readouts::show(ui, board.scene);
        }
        let hovered = plots::show(ui, &board.scene.pictures, height, board.marked.0);
        board.hovered = hovered.or(board.hovered);
        if board.session.table_open {
            ui.separator();
            let marked = table::Marked { step: board.marked.0, follow: board.marked.1 };
            board.in_table = table::show(ui, &board.scene.table, &marked, board.commands);
        }
    });
    board.act = act.map(|act| (Pane::Curves, act)).or(board.act);
}

fn view(ui: &mut Ui, pane: Pane, board: &mut Board<'_>, height: f32) {
    let act = match board.viewers.shown(pane) {
        Ok(Some(drawn)) => {
            let stale = board.viewers.visibly_stale(pane, board.session);
            stale::dim(ui, stale.as_ref(), |ui| drawn_view(ui, pane, drawn, board, height)).1
        }
        Ok(None) => {
            ui.add_space(8.0);
            ui.weak(pane.question());
            board.viewers.work(pane).and_then(|work| stale::awaited(ui, work))
        }
        Err(error) => {
            let text = RichText::new(format!("⚠ {}", crate::visible::message(error)))
                .color(ui.visuals().error_fg_color);
            ui.add(egui::Label::new(text).wrap().selectable(true));
            None
        }
    };
    board.act = act.map(|act| (pane, act)).or(board.act);
}

fn drawn_view(ui: &mut Ui, pane: Pane, drawn: &Drawn, board: &mut Board<'_>, height: f32) {
    if let (Pane::Landscape, [picture]) = (pane, drawn.pictures.as_slice()) {
        landscape::show(ui, picture, drawn.view, board, height);
        return;
    }
    let hovered = plots::show(ui, &drawn.pictures, height, board.marked.0);
    board.hovered = hovered.or(board.hovered);
}
