//! Everything a user can tell the window to do, with its text, tooltip and shortcut in one place.

mod keys;

use crate::session::{Pane, Tab};

/// A command. Buttons, menus, tooltips and shortcuts are made from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Both scales back to 1.
    ResetScales,
    /// Both scales to 0.
    ZeroScales,
    /// Another seed.
    DrawAgain,
    /// The seed before.
    PreviousSeed,
    /// Time reversed and the notebook's fixed ranges.
    NotebookView,
    /// Steps from right to left.
    ReverseTime,
    /// Freeze the present curves.
    Pin,
    /// Remove all pins.
    ClearPins,
    /// Open a file: a network or a sequence.
    Open,
    /// Save the session as a file of its own.
    SaveSession,
    /// Open what was left out because the last start failed.
    OpenLeftOut,
    /// Open the export dialog.
    Export,
    /// All figures to the clipboard, as an image.
    CopyImage,
    /// The numbers to the clipboard, as tab-separated text.
    CopyNumbers,
    /// Show or hide the table of numbers.
    ToggleTable,
    /// Settings as they were.
    Undo,
    /// Settings as they were before undo.
    Redo,
    /// Light or dark.
    ToggleTheme,
    /// Larger interface.
    ZoomIn,
    /// Smaller interface.
    ZoomOut,
    /// Interface at its natural size.
    ZoomReset,
    /// The tab that explores one network.
    ShowExplore,
    /// The tab that trains several.
    ShowTrain,
    /// Start, pause or resume training.
    Train,
    /// One update of every contender.
    TrainStep,
    /// End training.
    TrainStop,
    /// Back to the initial weights.
    Rewind,
    /// Another run, from the first update.
    StartAnew,
    /// Train on after the end.
    TrainFurther,
    /// The selected contender's network into Explore.
    OpenInExplore,
    /// Open or close a view that explains.
    View(Pane),
    /// All panes one behind the other.
    Stack,
    /// Curves on the left, views on the right.
    SideBySide,
    /// A tile for each pane.
    Grid,
    /// The curves alone.
    CloseViews,
    /// Formulas and how to read the plots.
    Help,
    /// Close the window.
    Quit,
}

impl Command {
    /// All commands, in the order the help lists them.
    pub const ALL: [Self; 43] = [
        Self::ResetScales,
        Self::ZeroScales,
        Self::DrawAgain,
        Self::PreviousSeed,
        Self::NotebookView,
        Self::ReverseTime,
        Self::Pin,
        Self::ClearPins,
        Self::Open,
        Self::SaveSession,
        Self::OpenLeftOut,
        Self::Export,
        Self::CopyImage,
        Self::CopyNumbers,
        Self::ToggleTable,
        Self::View(Pane::Itemized),
        Self::View(Pane::Theory),
        Self::View(Pane::Jacobians),
        Self::View(Pane::Landscape),
        Self::View(Pane::Gates),
        Self::View(Pane::Weights),
        Self::View(Pane::Check),
        Self::Stack,
        Self::SideBySide,
        Self::Grid,
        Self::CloseViews,
        Self::Undo,
        Self::Redo,
        Self::ToggleTheme,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::ZoomReset,
        Self::ShowExplore,
        Self::ShowTrain,
        Self::Train,
        Self::TrainStep,
        Self::TrainStop,
        Self::Rewind,
        Self::StartAnew,
        Self::TrainFurther,
        Self::OpenInExplore,
        Self::Help,
        Self::Quit,
    ];

    /// Text of its button.
    pub fn text(self) -> &'static str {
        match self {
            Self::ResetScales => "Reset",
            Self::ZeroScales => "Start at 0",
            Self::DrawAgain => "Draw again",
            Self::PreviousSeed => "Back",
            Self::NotebookView => "Notebook’s view",
            Self::ReverseTime => "Time reversed",
            Self::Pin => "Pin these curves",
            Self::ClearPins => "Clear all",
            Self::Open => "Open…",
            Self::SaveSession => "Save session…",
            Self::OpenLeftOut => "Open what was left out",
            Self::Export => "Export…",
            Self::CopyImage => "Copy image",
            Self::CopyNumbers => "Copy numbers",
            Self::ToggleTable => "Table",
            Self::View(pane) => pane.name(),
            Self::Stack => "In tabs",
            Self::SideBySide => "Side by side",
            Self::Grid => "A tile each",
            Self::CloseViews => "Close all views",
            Self::Undo => "Undo",
            Self::Redo => "Redo",
            Self::ToggleTheme => "Light / dark",
            Self::ZoomIn => "Larger",
            Self::ZoomOut => "Smaller",
            Self::ZoomReset => "Natural size",
            Self::ShowExplore => "Explore",
            Self::ShowTrain => "Train",
            Self::Train => "Start",
            Self::TrainStep => "Step",
            Self::TrainStop => "Stop",
            Self::Rewind => "Rewind",
            Self::StartAnew => "Start again",
            Self::TrainFurther => "Train further",
            Self::OpenInExplore => "Open in Explore",
            Self::Help => "Help",
            Self::Quit => "Quit",
        }
    }

    /// What it does and why one would, in a sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::ZeroScales => "Sets both scales to 0, where the course notebook starts.",
            Self::ResetScales => "Sets both scales to 1, the network as it was drawn.",
            Self::DrawAgain => {
                "Draws new weights from another seed, to see what depends on luck and what does not."
            }
            Self::PreviousSeed => "Returns to the seed before, step by step.",
            Self::NotebookView => {
                "Fixed ranges and reversed time, as in the course notebook: gradients from 1e-6 to \
                 1e5, norms from -1 to 5."
            }
            Self::ReverseTime => {
                "Draws the last step on the left, the way a gradient travels; otherwise time runs \
                 left to right."
            }
            Self::Pin => {
                "Freezes the present curves as faint ghosts, to compare with whatever you change \
                 next."
            }
            Self::ClearPins => "Removes all pinned curves.",
            Self::Open => {
                "Opens weights (.safetensors or .pt with torch.nn names), input sequences (.csv, a row \
                 a step, a column a feature), a comparison (.json), a data set for MNIST-1D (.npz; .csv \
                 while that task is shown) or a session (.rnnscope). Dropping files on the window does \
                 the same."
            }
            Self::SaveSession => {
                "Writes everything that decides what is on screen into a .rnnscope file. Networks, \
                 sequences and data stay in files of their own, which it names."
            }
            Self::OpenLeftOut => {
                "Opens what this start left out because the one before did not get as far as its first \
                 settled picture."
            }
            Self::Export => "Writes figures as PNG or SVG, or their numbers as CSV.",
            Self::CopyImage => "Puts all figures on the clipboard as one image.",
            Self::CopyNumbers => {
                "Puts the table of numbers on the clipboard, ready to paste into a spreadsheet."
            }
            Self::ToggleTable => "Shows or hides the numbers behind the curves, step by step.",
            Self::View(pane) => view(pane),
            Self::Stack => "All panes one behind the other.",
            Self::SideBySide => "The curves on the left, the views on the right.",
            Self::Grid => "All panes at once, each in a tile of its own.",
            Self::CloseViews => "Back to the four plots.",
            Self::Undo => {
                "Takes back the last change of a setting; on the Train tab, brings back the run that \
                 was last put away or deleted."
            }
            Self::Redo => "Does again what was taken back.",
            Self::ToggleTheme => "Switches between a light and a dark window.",
            Self::ZoomIn => "Makes the interface larger, for a projector.",
            Self::ZoomOut => "Makes the interface smaller.",
            Self::ZoomReset => "Shows the interface at its natural size.",
            Self::ShowExplore => {
                "What happens to gradients inside a recurrent network, while you change it."
            }
            Self::ShowTrain => {
                "Networks side by side while they learn. Training goes on in both tabs."
            }
            Self::Train => {
                "Starts training with these settings; pauses and resumes it. Once it has ended, does \
                 nothing."
            }
            Self::TrainStep => "One update of every contender, then training waits.",
            Self::TrainStop => {
                "Ends the training of every contender; all that was measured stays, and training \
                 further is possible."
            }
            Self::Rewind => {
                "Returns every contender to its initial weights, byte for byte. What it had learned is \
                 kept under “Earlier runs”."
            }
            Self::StartAnew => {
                "Starts another run with these settings, from the first update. The one on screen is \
                 kept under “Earlier runs”."
            }
            Self::TrainFurther => {
                "Gives every contender that has not diverged so many updates more."
            }
            Self::OpenInExplore => {
                "Carries the selected contender’s network, at the moment chosen on the slider or as \
                 trained so far, with its kind of input into Explore, where the two scales then multiply \
                 trained weights."
            }
            Self::Help => "Shows the formulas of the present cell and how to read each plot.",
            Self::Quit => "Closes the window.",
        }
    }

    /// Whether it does something on this tab.
    pub fn works_on(self, tab: Tab) -> bool {
        match self {
            Self::ResetScales
            | Self::ZeroScales
            | Self::DrawAgain
            | Self::PreviousSeed
            | Self::NotebookView
            | Self::ReverseTime
            | Self::Pin
            | Self::ClearPins
            | Self::ToggleTable
            | Self::View(_)
            | Self::Stack
            | Self::SideBySide
            | Self::Grid
            | Self::CloseViews => tab == Tab::Explore,
            Self::Train
            | Self::TrainStep
            | Self::TrainStop
            | Self::Rewind
            | Self::StartAnew
            | Self::TrainFurther
            | Self::OpenInExplore => tab == Tab::Train,
            Self::Open
            | Self::SaveSession
            | Self::OpenLeftOut
            | Self::Export
            | Self::CopyImage
            | Self::CopyNumbers
            | Self::Undo
            | Self::Redo
            | Self::ToggleTheme
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::ZoomReset
            | Self::ShowExplore
            | Self::ShowTrain
            | Self::Help
            | Self::Quit => true,
        }
    }

    /// Whether it changes what is trained or shown on the Train tab.
    pub fn steers_training(self, tab: Tab) -> bool {
        let undoes = matches!(self, Self::Undo | Self::Redo) && tab == Tab::Train;
        undoes || !self.works_on(Tab::Explore)
    }

    /// Whether egui's own key handling already carries it out.
    pub fn built_in(self) -> bool {
        matches!(self, Self::ZoomIn | Self::ZoomOut | Self::ZoomReset)
    }

    /// A button for it, whose tooltip has the explanation and the shortcut.
    pub fn button(self, ui: &mut egui::Ui) -> egui::Response {
        self.named_button(ui, self.text())
    }

    /// The same with another text, where the place of the button says the rest.
    pub fn named_button(self, ui: &mut egui::Ui, text: &str) -> egui::Response {
        let response = ui.button(text);
        self.explain(response)
    }

    /// Adds the explanation and the shortcut as a tooltip.
    pub fn explain(self, response: egui::Response) -> egui::Response {
        let shortcut = response.ctx.format_shortcut(&self.shortcut());
        let tip = format!("{}\nShortcut: {shortcut}", self.explanation());
        response.on_hover_text(&tip).on_disabled_hover_text(tip)
    }
}

/// What a view shows, for its tooltip.
fn view(pane: Pane) -> &'static str {
    match pane {
        Pane::Curves => "The four plots.",
        Pane::Itemized => {
            "Which loss reaches how far? The gradient that each step’s loss alone sends to each state."
        }
        Pane::Theory => {
            "What does theory predict? The measured gradient against the slopes of |λ|max and of the \
             bound by σmax."
        }
        Pane::Jacobians => {
            "What does each step do? Singular values of every step’s Jacobian, of their products, and \
             Lyapunov exponents."
        }
        Pane::Landscape => {
            "Where is the edge? How much gradients grow over the whole range of both scales, with the \
             border between vanishing and exploding."
        }
        Pane::Gates => {
            "What do the gates do? Activations of all units over time, saturation, and the cell’s highway."
        }
        Pane::Weights => {
            "Which weights hear the past? The update of the recurrent weights by the step that \
             contributed it."
        }
        Pane::Check => {
            "Can I trust it? Autograd against central differences in f64, and what f32 has lost."
        }
    }
}
