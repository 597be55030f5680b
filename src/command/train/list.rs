//! `rnnscope train --list`: what can be trained.

use std::fmt::Write as _;

use crate::task::TaskChoice;
use crate::train::presets;

/// Widest line.
const WIDTH: usize = 96;

/// Every task with its sentence, and its presets with theirs, ending in a newline.
pub(super) fn list() -> String {
    let mut text = String::new();
    for task in TaskChoice::all() {
        let name = task.name();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name}: {}", task.about().sentence);
        for (n, preset) in presets(name).into_iter().enumerate() {
            let default = if n == 0 { " [default]" } else { "" };
            let _ = writeln!(text, "  --preset {}{default}", preset.name);
            let _ = write!(text, "{}", wrapped(preset.about, "      "));
        }
        text.push('\n');
    }
    text += "rnnscope train TASK --preset NAME trains one of them; other flags change it.\n";
    text
}

/// Words in lines that begin with `indent`.
fn wrapped(words: &str, indent: &str) -> String {
    let mut lines = vec![indent.to_owned()];
    for word in words.split_whitespace() {
        let line = lines.last_mut().map_or(0, |line| line.chars().count());
        if line + 1 + word.chars().count() > WIDTH {
            lines.push(indent.to_owned());
        }
        if let Some(line) = lines.last_mut() {
            if line.len() > indent.len() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_and_preset_is_there_in_lines_that_fit() {
        let text = list();
        for task in TaskChoice::all() {
            assert!(
                text.contains(&format!("{}: {}", task.name(), task.about().sentence)),
                "{text}"
            );
            let presets = presets(task.name());
            assert!(presets.iter().all(|p| text.contains(&format!("--preset {}", p.name))));
        }
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
    }

    #[test]
    fn lines_break_between_words() {
        let text = wrapped(&"word ".repeat(40), "  ");
        assert!(text.lines().count() == 3 && text.lines().all(|line| line.starts_with("  word")));
    }
}
