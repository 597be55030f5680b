//! The list of contenders: choose, add, duplicate, remove.

use egui::{Button, RichText, Ui};

use crate::app::theme;
use crate::figure::Color;
use crate::network::Cell;
use crate::train::{Comparison, Contender};
use crate::visible;

/// Colours before they repeat.
const COLORS: usize = 8;

pub(super) fn show(ui: &mut Ui, contenders: &mut Vec<Contender>, selected: &mut usize) {
    for (index, contender) in contenders.iter_mut().enumerate() {
        ui.horizontal(|ui| {
            color(ui, contender, index);
            let text = RichText::new(visible::name(&contender.name));
            let button = Button::selectable(index == *selected, text).truncate();
            let tip = format!(
                "{} units, {} {}. Click to change it below and to see its gradient.",
                contender.design.hidden_size,
                contender.design.num_layers,
                if contender.design.num_layers == 1 { "layer" } else { "layers" }
            );
            if ui.add(button).on_hover_text(tip).clicked() {
                *selected = index;
            }
        });
    }
    ui.horizontal_wrapped(|ui| {
        let room = contenders.len() < Comparison::MAX_CONTENDERS;
        let full = format!("A comparison has at most {} contenders.", Comparison::MAX_CONTENDERS);
        let add = ui.add_enabled(room, Button::new("Add"));
        let add = add.on_hover_text("Adds a GRU of 32 units.").on_disabled_hover_text(&full);
        if add.clicked() {
            let new = Contender::new(Cell::Gru, 32, 1);
            insert(contenders, contenders.len(), new, selected);
        }
        let twin = ui.add_enabled(room, Button::new("Duplicate"));
        let twin =
            twin.on_hover_text("Adds a copy of the selected contender, to change one thing.");
        if twin.on_disabled_hover_text(full).clicked()
            && let Some(original) = contenders.get(*selected).cloned()
        {
            insert(contenders, *selected + 1, original, selected);
        }
        let several = contenders.len() > 1;
        let remove = ui.add_enabled(several, Button::new("Remove"));
        let remove = remove.on_hover_text("Removes the selected contender.");
        if remove.on_disabled_hover_text("A comparison needs a contender.").clicked()
            && *selected < contenders.len()
        {
            contenders.remove(*selected);
            *selected = (*selected).min(contenders.len() - 1);
        }
    });
}

/// A dot that changes its colour at a click.
fn color(ui: &mut Ui, contender: &mut Contender, index: usize) {
    let shade = theme::color(theme::of_window(ui.visuals()), Color::Category(contender.color));
    let dot = Button::new(RichText::new("●").color(shade).size(15.0)).frame(false);
    let response = ui.add(dot).on_hover_text("Colour of its curves. Click for the next one.");
    let response = crate::app::widgets::named(response, &format!("Colour {}", index + 1));
    if response.clicked() {
        contender.color = (contender.color + 1) % COLORS;
    }
}

/// Puts a contender in with a name and, as long as there is one, a colour of its own.
fn insert(contenders: &mut Vec<Contender>, at: usize, mut new: Contender, selected: &mut usize) {
    let free = (0..COLORS).find(|color| contenders.iter().all(|other| other.color != *color));
    new.color = free.unwrap_or(contenders.len() % COLORS);
    new.name = unused(contenders, &new.name);
    contenders.insert(at, new);
    *selected = at;
}

/// The name, or the name with the first number that nobody has.
fn unused(contenders: &[Contender], name: &str) -> String {
    let taken = |name: &str| contenders.iter().any(|other| other.name == name);
    let numbered = (2..).map(|number| format!("{name} ({number})"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| !taken(name))
        .unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::Loss;

    #[test]
    fn newcomers_have_names_and_colours_of_their_own() {
        let mut contenders = Comparison::notebook(Loss::All).contenders;
        let mut selected = 0;
        for _ in 0..4 {
            let twin = contenders[0].clone();
            insert(&mut contenders, 1, twin, &mut selected);
            assert_eq!(selected, 1);
        }
        for key in [|c: &Contender| c.name.clone(), |c: &Contender| c.color.to_string()] {
            let mut keys: Vec<String> = contenders.iter().map(key).collect();
            keys.sort();
            keys.dedup();
            assert_eq!(keys.len(), 8);
        }
    }
}
