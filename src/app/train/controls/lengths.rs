//! Lengths typed as a list: `10, 20, 50, 100`.

use egui::{Label, RichText, TextEdit, Ui};

use crate::app::widgets::{named, row};

/// Draws the field. What is typed counts as soon as it is a list; until then it says what is wrong.
pub(super) fn show(ui: &mut Ui, lengths: &mut Vec<usize>) {
    let tip = "Trains every contender at each of these lengths, such as 10, 20, 50, 100. Empty: only at \
               the task’s own length.";
    let id = ui.make_persistent_id("lengths");
    let mut text: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    if parse(&text).is_ok_and(|typed| typed != *lengths) {
        // They were changed elsewhere.
        text = written(lengths);
    }
    let field = row(ui, "Lengths", tip, |ui| {
        let field = TextEdit::singleline(&mut text).desired_width(f32::INFINITY);
        named(ui.add(field.hint_text("10, 20, 50, 100")), "Lengths").on_hover_text(tip)
    });
    match parse(&text) {
        Ok(parsed) => *lengths = parsed,
        // The list that counts comes back.
        Err(_) if field.lost_focus() => text = written(lengths),
        Err(wrong) => {
            let text = format!("“{wrong}” is no length: write whole numbers with commas.");
            let text = RichText::new(text).size(12.0).color(ui.visuals().error_fg_color);
            ui.add(Label::new(text).wrap());
        }
    }
    ui.data_mut(|data| data.insert_temp(id, text));
}

fn written(lengths: &[usize]) -> String {
    lengths.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

/// The numbers of a list, or the first word that is none.
fn parse(text: &str) -> Result<Vec<usize>, String> {
    let words = text.split([',', ';', ' ']).map(str::trim).filter(|word| !word.is_empty());
    words
        .map(|word| word.parse().ok().filter(|length| *length > 0).ok_or_else(|| word.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_as_people_write_them() {
        assert_eq!(parse("10, 20,50 ; 100"), Ok(vec![10, 20, 50, 100]));
        assert_eq!(parse(""), Ok(Vec::new()));
        assert_eq!(parse("10, 2o"), Err("2o".to_owned()));
        assert_eq!(parse("0"), Err("0".to_owned()));
        assert_eq!(written(&[10, 20]), "10, 20");
    }
}
