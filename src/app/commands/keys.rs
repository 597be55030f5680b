//! The keyboard: the shortcut of each command, and which were pressed.

use egui::text_edit::TextEditState;
use egui::{Key, KeyboardShortcut, Modifiers};

use super::Command;
use crate::session::{Pane, Tab};

impl Command {
    /// Its keyboard shortcut.
    pub fn shortcut(self) -> KeyboardShortcut {
        let ctrl = |key| KeyboardShortcut::new(Modifiers::COMMAND, key);
        let shift = |key| KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key);
        let alt_shift = |key| KeyboardShortcut::new(Modifiers::ALT.plus(Modifiers::SHIFT), key);
        match self {
            Self::ResetScales => ctrl(Key::R),
            Self::ZeroScales => shift(Key::R),
            Self::DrawAgain => ctrl(Key::D),
            Self::PreviousSeed => shift(Key::D),
            Self::NotebookView => ctrl(Key::B),
            Self::ReverseTime => shift(Key::B),
            Self::Pin => ctrl(Key::P),
            Self::ClearPins => shift(Key::P),
            Self::Open => ctrl(Key::O),
            Self::SaveSession => ctrl(Key::S),
            Self::OpenLeftOut => shift(Key::O),
            Self::Export => ctrl(Key::E),
            Self::CopyImage => shift(Key::I),
            Self::CopyNumbers => shift(Key::N),
            Self::ToggleTable => ctrl(Key::T),
            Self::View(pane) => KeyboardShortcut::new(Modifiers::ALT, digit(pane)),
            Self::Stack => alt_shift(Key::Num1),
            Self::SideBySide => alt_shift(Key::Num2),
            Self::Grid => alt_shift(Key::Num3),
            Self::CloseViews => KeyboardShortcut::new(Modifiers::ALT, Key::Num0),
            Self::Undo => ctrl(Key::Z),
            Self::Redo => shift(Key::Z),
            Self::ToggleTheme => ctrl(Key::L),
            Self::ZoomIn => ctrl(Key::Plus),
            Self::ZoomOut => ctrl(Key::Minus),
            Self::ZoomReset => ctrl(Key::Num0),
            Self::ShowExplore => ctrl(Key::Num1),
            Self::ShowTrain => ctrl(Key::Num2),
            Self::Train => ctrl(Key::Enter),
            Self::TrainStep => shift(Key::Enter),
            Self::TrainStop => ctrl(Key::Period),
            Self::Rewind => ctrl(Key::Comma),
            Self::StartAnew => ctrl(Key::N),
            Self::TrainFurther => ctrl(Key::M),
            Self::OpenInExplore => shift(Key::E),
            Self::Help => KeyboardShortcut::new(Modifiers::NONE, Key::F1),
            Self::Quit => ctrl(Key::Q),
        }
    }

    /// Commands of this tab whose shortcuts were pressed this frame.
    pub fn pressed(ctx: &egui::Context, tab: Tab) -> Vec<Self> {
        // Ctrl+Shift+Z also matches Ctrl+Z, so those with more modifiers take the key first.
        let mut commands = Self::ALL;
        commands.sort_by_key(|command| !command.shortcut().modifiers.shift);
        // A text field has an undo of its own.
        let focused = ctx.memory(egui::Memory::focused);
        let typing = focused.is_some_and(|id| TextEditState::load(ctx, id).is_some());
        let theirs = |command: Self| typing && matches!(command, Self::Undo | Self::Redo);
        ctx.input_mut(|input| {
            commands
                .into_iter()
                .filter(|command| command.works_on(tab) && !theirs(*command))
                .filter(|command| {
                    !command.built_in() && input.consume_shortcut(&command.shortcut())
                })
                .collect()
        })
    }
}

/// The views by number, in the order of their buttons.
fn digit(pane: Pane) -> Key {
    match pane {
        Pane::Curves => Key::Num8,
        Pane::Itemized => Key::Num1,
        Pane::Theory => Key::Num2,
        Pane::Jacobians => Key::Num3,
        Pane::Landscape => Key::Num4,
        Pane::Gates => Key::Num5,
        Pane::Weights => Key::Num6,
        Pane::Check => Key::Num7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_commands_share_a_shortcut() {
        for (index, one) in Command::ALL.iter().enumerate() {
            for other in &Command::ALL[index + 1..] {
                assert_ne!(one.shortcut(), other.shortcut(), "{one:?} and {other:?}");
            }
        }
    }
}
