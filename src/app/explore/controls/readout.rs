//! Which layer of a file is the readout: what it is, and what it could be.

use egui::{RichText, Ui};

use crate::app::head_dialog::{FITTING, OTHERS, words};
use crate::app::heads::Candidates;
use crate::app::widgets::{named, row};
use crate::network::{Head, ReadoutSource};
use crate::visible;

/// At most so many names of tensors are listed.
const MOST: usize = 20;

/// Shows where the readout came from, and lets another be chosen.
pub(super) fn show(
    ui: &mut Ui,
    head: &mut Head,
    source: Option<&ReadoutSource>,
    candidates: Option<&Candidates>,
) {
    let tip = "The linear layer that makes predictions of the states. A layer of the file is trained; a \
               random one is not, and its loss says nothing about the training.";
    row(ui, "Readout", tip, |ui| {
        let text = source.map_or_else(|| words(head), told);
        let random = match source {
            Some(source) => matches!(source, ReadoutSource::Random { .. }),
            None => *head == Head::Random,
        };
        let text = match random {
            true => RichText::new(text).color(ui.visuals().warn_fg_color),
            false => RichText::new(text),
        };
        let combo = egui::ComboBox::from_id_salt("readout").selected_text(text);
        let response = combo.width(ui.available_width()).show_ui(ui, |ui| {
            if candidates.is_none_or(|candidates| candidates.trouble.is_none()) {
                let tip = "The only layer of the file that fits, whatever its name.";
                ui.selectable_value(head, Head::Fitting, FITTING).on_hover_text(tip);
            }
            for (name, shape) in candidates.iter().flat_map(|candidates| &candidates.layers) {
                ui.selectable_value(head, Head::Named(name.clone()), visible::text(name))
                    .on_hover_text(shape);
            }
            for (other, text, tip) in OTHERS {
                ui.selectable_value(head, other, text).on_hover_text(tip);
            }
        });
        named(response.response, "Readout").on_hover_text(tip);
    });
}

/// What was measured.
fn told(source: &ReadoutSource) -> String {
    match source {
        ReadoutSource::None => words(&Head::None),
        ReadoutSource::Drawn | ReadoutSource::File(_) | ReadoutSource::Random { .. } => {
            visible::text(&source.to_string()).into_owned()
        }
    }
}

/// Says what else the file holds.
pub(super) fn unused(ui: &mut Ui, candidates: Option<&Candidates>) {
    let Some(candidates) = candidates.filter(|candidates| !candidates.unused.is_empty()) else {
        return;
    };
    let names = &candidates.unused;
    let mut list =
        names.iter().take(MOST).map(|name| visible::text(name)).collect::<Vec<_>>().join("\n");
    if names.len() > MOST {
        list = format!("{list}\nand {} more", names.len() - MOST);
    }
    let text = match names.as_slice() {
        [name] => format!("not used: {}", visible::text(name)),
        [name, rest @ ..] => format!("not used: {} and {} more", visible::text(name), rest.len()),
        [] => return,
    };
    let text = RichText::new(text).size(12.0).weak();
    ui.add(egui::Label::new(text).truncate())
        .on_hover_text(format!("Tensors of the file that this network does not use:\n{list}"));
}
