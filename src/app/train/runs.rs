//! The list of earlier runs: to show one again, to lay its curves over the present ones, to delete it.

use std::time::{SystemTime, UNIX_EPOCH};

use egui::{Button, CollapsingHeader, Label, RichText, ScrollArea, Ui};

use super::archive::{MOST_BYTES, MOST_RUNS};
use super::director::Order;
use super::ledger::{Ledger, RunLine, comparable, name, titled};
use super::progress::time;
use super::scene::{Phase, Scene};
use super::tab::TrainTab;
use crate::app::commands::Command;
use crate::app::widgets::named;

/// The list is at most so high, in points, before it scrolls.
const LIST: f32 = 176.0;

/// What a user wants of an earlier run.
enum Wish {
    Show(u64),
    Delete(u64),
    /// Lay it over, or nothing.
    Compare(Option<u64>),
}

/// Draws the list under a heading that folds it, once there are earlier runs.
pub fn show(ui: &mut Ui, tab: &mut TrainTab, open: &mut bool, commands: &mut Vec<Command>) {
    let ledger = tab.ledger().clone();
    if ledger.earlier.is_empty() && ledger.undo.is_none() {
        return;
    }
    let busy = tab.phase() == Phase::LiningUp;
    let scene = tab.scene().cloned();
    let title = RichText::new(format!("Earlier runs ({})", ledger.earlier.len())).size(12.5);
    let header = CollapsingHeader::new(title).id_salt("earlier runs").open(Some(*open));
    let mut wish = None;
    let response = header.show(ui, |ui| {
        ui.add_enabled_ui(!busy, |ui| {
            wish = list(ui, &ledger, scene.as_deref(), tab.overlaid, commands);
        });
    });
    if response.header_response.on_hover_text(tip()).clicked() {
        *open ^= true;
    }
    if !*open {
        wish = overlaid(ui, scene.as_deref());
    }
    match wish {
        Some(Wish::Show(number)) => tab.order(Order::Recall(number)),
        Some(Wish::Delete(number)) => tab.order(Order::Delete(number)),
        Some(Wish::Compare(number)) => tab.overlaid = number,
        None => {}
    }
}

fn tip() -> String {
    format!(
        "Runs that gave way to another one, by starting again, rewinding or showing an earlier one, \
         with their weights and records: the last {MOST_RUNS}, and at most {} MB of them. They are \
         kept until the window closes; “Save run…” keeps one for good.",
        MOST_BYTES >> 20
    )
}

fn list(
    ui: &mut Ui,
    ledger: &Ledger,
    scene: Option<&Scene>,
    overlaid: Option<u64>,
    commands: &mut Vec<Command>,
) -> Option<Wish> {
    let mut wish = None;
    if let Some(present) = &ledger.present {
        let text = format!("On screen: {}, {}", name(present.number), present.title);
        ui.add(Label::new(RichText::new(text).size(12.5)).wrap());
    }
    let area = ScrollArea::vertical().id_salt("list of runs");
    area.max_height(LIST).min_scrolled_height(LIST).show(ui, |ui| {
        for line in &ledger.earlier {
            ui.push_id(line.number, |ui| wish = row(ui, line, scene, overlaid).or(wish.take()));
        }
    });
    ui.horizontal_wrapped(|ui| {
        for (command, what) in [(Command::Undo, &ledger.undo), (Command::Redo, &ledger.redo)] {
            if let Some(what) = what {
                let response = ui.button(command.text()).on_hover_text(what);
                if named(response, &format!("{} on the list", command.text())).clicked() {
                    commands.push(command);
                }
            }
        }
        if let Some(number) = ledger.at_risk {
            let text = format!(
                "The list is full: {} leaves it when another run is put away.",
                name(number)
            );
            ui.label(RichText::new(text).size(12.0).color(ui.visuals().warn_fg_color));
        }
    });
    wish
}

fn row(ui: &mut Ui, line: &RunLine, scene: Option<&Scene>, overlaid: Option<u64>) -> Option<Wish> {
    let mut wish = None;
    let number = line.number;
    ui.horizontal_wrapped(|ui| {
        let text = RichText::new(titled(number)).size(12.5).strong();
        ui.label(text).on_hover_text(facts(line));
        let show = ui.add(Button::new("Show").small());
        let tip = "Puts this run on screen, as it was left: to look at, save from or train further. \
                   The one on screen takes its place on the list.";
        if named(show, &format!("Show {}", name(number))).on_hover_text(tip).clicked() {
            wish = Some(Wish::Show(number));
        }
        let other = match scene {
            None => Some("Nothing is on screen to compare it with."),
            Some(scene) if !comparable(&scene.comparison, &line.comparison) => {
                Some("It learned another task: its losses mean something else.")
            }
            Some(_) => None,
        };
        let laid = overlaid == Some(number) && other.is_none();
        let compare = ui.add_enabled(other.is_none(), Button::new("Compare").small().selected(laid));
        let tip = "Lays its curves over those on screen, paler and in another pattern.";
        let compare = compare.on_hover_text(tip).on_disabled_hover_text(other.unwrap_or_default());
        if named(compare, &format!("Compare with {}", name(number))).clicked() {
            wish = Some(Wish::Compare((!laid).then_some(number)));
        }
        let delete = ui.add(Button::new("Delete").small());
        let tip = "Takes it off the list; Undo puts it back while there is room.";
        if named(delete, &format!("Delete {}", name(number))).on_hover_text(tip).clicked() {
            wish = Some(Wish::Delete(number));
        }
        ui.label(RichText::new(&line.title).size(12.5));
        ui.label(RichText::new(&line.result).size(12.0).weak());
    });
    wish
}

/// When a run was started, what it takes, whether it was saved.
fn facts(line: &RunLine) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let saved = match line.unsaved {
        (0, _) => "all its networks are saved".to_owned(),
        (unsaved, all) => format!("{unsaved} of its {all} networks not saved"),
    };
    format!(
        "Started {} ago · {:.1} MB of memory · {saved}",
        time((now - line.began).max(0.0)),
        line.bytes as f64 / f64::from(1 << 20),
    )
}

/// Which run is laid over, while the list is folded.
fn overlaid(ui: &mut Ui, scene: Option<&Scene>) -> Option<Wish> {
    let number = scene?.overlaid?;
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(format!("Compared with {}", name(number))).size(12.5));
        let button = ui.add(Button::new("✖").small());
        let button = named(button, "End the comparison").on_hover_text("Ends the comparison.");
        button.clicked().then_some(Wish::Compare(None))
    })
    .inner
}
