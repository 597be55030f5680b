//! Everything that decides what is on screen, as one value that is saved, restored and shared.

mod arrangement;
mod contents;
mod file;
mod history;
mod label;
mod merge;
mod settings;
mod training;
mod why;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use arrangement::{Arrangement, Direction, Pane};
pub use file::EXTENSION;
pub use history::{Back, History};
pub use label::{earlier, label, labels};
pub use merge::merge;
pub use settings::{ExportSettings, Memory, ThemeChoice};
pub use training::{Tab, TrainSettings};
pub use why::Why;

use crate::error::{Error, Result};
use crate::figure::of_flow::View;
use crate::flow::{Draw, Input, Question, Weights};
use crate::frozen::Frozen;
use crate::network::{Cell, Head, StateDict};

/// The version written; any other is refused, since its meaning is not known.
const VERSION: u32 = 2;

/// Everything that decides what is on screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// What is measured.
    pub question: Question,
    /// How the figures are laid out.
    pub view: View,
    /// The views beside the four plots.
    pub why: Why,
    /// Frozen earlier curves, oldest first.
    pub pins: Vec<Pin>,
    /// What controls return to when they are switched back.
    pub memory: Memory,
    /// Light, dark or the system's choice.
    pub theme: ThemeChoice,
    /// Magnification of the interface, 0.5 to 3.
    pub zoom: f32,
    /// Whether the table of numbers is open.
    pub table_open: bool,
    /// What the export dialog was last set to.
    pub export: ExportSettings,
    /// Which half of the window is shown.
    pub tab: Tab,
    /// What the Train tab is set to.
    pub train: TrainSettings,
}

/// A frozen question; its curves are drawn as ghosts and computed again when they are not at hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pin {
    /// The user's name for it; without one it is named by what differs.
    pub name: Option<String>,
    /// What was on screen.
    pub question: Question,
}

impl Default for Session {
    /// The first window: the network as drawn, with an input of its own seed, so that another cell
    /// reads the same sequence.
    fn default() -> Self {
        let input = Input { seed: Some(0), ..Input::default() };
        Self {
            question: Question { input, ..Question::default() },
            view: View::default(),
            why: Why::default(),
            pins: Vec::new(),
            memory: Memory::default(),
            theme: ThemeChoice::System,
            zoom: 1.0,
            table_open: false,
            export: ExportSettings::default(),
            tab: Tab::default(),
            train: TrainSettings::default(),
        }
    }
}

/// What is written: the version stands outside, so that it can be read whatever the rest looks like.
#[derive(Serialize)]
struct Envelope<'a> {
    version: u32,
    session: &'a Session,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Deserialize)]
struct Content {
    session: Session,
}

impl Session {
    /// The session as text, in RON.
    ///
    /// # Errors
    /// [`Error::Session`] if the serialiser refuses, which no value of a session makes it do.
    pub fn save(&self) -> Result<String> {
        let envelope = Envelope { version: VERSION, session: self };
        ron::ser::to_string_pretty(&envelope, ron::ser::PrettyConfig::default())
            .map_err(|error| Error::Session(error.to_string()))
    }

    /// Reads what [`Session::save`] wrote. Settings that are missing get their default.
    ///
    /// # Errors
    /// [`Error::Session`] for a text that does not parse, another version, or values out of range.
    pub fn load(text: &str) -> Result<Self> {
        let unreadable = |error: ron::error::SpannedError| Error::Session(error.to_string());
        let Version { version } = ron::from_str(text).map_err(unreadable)?;
        if version != VERSION {
            let age = if version < VERSION { "an older" } else { "a newer" };
            return Err(Error::Session(format!(
                "version {version} is from {age} rnnscope; this one reads version {VERSION}"
            )));
        }
        let Content { session } = ron::from_str(text).map_err(unreadable)?;
        session.made_sound()
    }

    /// The session within its bounds: what can be mended is, and so that the window can be used.
    ///
    /// # Errors
    /// As for [`Question::validate`].
    fn made_sound(mut self) -> Result<Self> {
        let within = |value: f32, least, most| {
            if value.is_finite() { value.clamp(least, most) } else { 1.0 }
        };
        self.question.validate()?;
        for pin in &self.pins {
            pin.question.validate()?;
        }
        self.zoom = within(self.zoom, 0.5, 3.0);
        self.export.width = self.export.width.clamp(200, 8000);
        self.export.scale = within(self.export.scale, 0.5, 4.0);
        self.why.mend();
        self.train.mend();
        Ok(self)
    }

    /// The drawn network, or the one remembered while a file is looked at.
    pub fn draw(&self) -> Draw {
        match &self.question.weights {
            Weights::Draw(draw) => *draw,
            Weights::File { .. } => self.memory.draw,
        }
    }

    /// Changes the cell; an RNN comes back with the nonlinearity it had.
    pub fn set_cell(&mut self, cell: Cell) {
        if let Weights::Draw(draw) = &mut self.question.weights {
            draw.design.cell = cell;
        }
        if let Cell::Rnn(nonlinearity) = cell {
            self.memory.nonlinearity = nonlinearity;
        }
    }

    /// Draws again: takes another seed, and remembers the present one.
    pub fn draw_again(&mut self, seed: u64) {
        if let Weights::Draw(draw) = &mut self.question.weights {
            self.memory.seeds.push(draw.seed);
            draw.seed = seed;
            // Nobody goes back further, and the file must not grow for ever.
            let surplus = self.memory.seeds.len().saturating_sub(100);
            self.memory.seeds.drain(..surplus);
        }
    }

    /// Returns to the seed before the present one. Does nothing if there is none.
    pub fn previous_seed(&mut self) {
        if let Weights::Draw(draw) = &mut self.question.weights
            && let Some(seed) = self.memory.seeds.pop()
        {
            draw.seed = seed;
        }
    }

    /// Looks at a network from a file that held this; the drawn one is remembered. A file read again
    /// keeps what was chosen about it.
    pub fn open_weights(&mut self, path: PathBuf, head: Head, content: Frozen<StateDict>) {
        self.memory.draw = self.draw();
        let (nonlinearity, seed) = match &self.question.weights {
            Weights::File { path: same, nonlinearity, seed, .. } if *same == path => {
                (*nonlinearity, *seed)
            }
            _ => (self.memory.nonlinearity, self.memory.draw.seed),
        };
        let content = Some(content);
        self.question.weights = Weights::File { path, nonlinearity, seed, head, content };
    }

    /// Returns from a file to the network drawn before.
    pub fn close_weights(&mut self) {
        self.question.weights = Weights::Draw(self.draw());
    }

    /// Freezes the present question, unless it is frozen already.
    pub fn pin(&mut self) {
        self.pin_question(self.question.clone());
    }

    /// Freezes a question, unless it is frozen already.
    pub fn pin_question(&mut self, question: Question) {
        if !self.pins.iter().any(|pin| pin.question == question) {
            self.pins.push(Pin { name: None, question });
        }
    }

    /// Names of the pins, each its own, and last of all what tells the present question from them.
    pub fn pin_labels(&self) -> (Vec<String>, String) {
        let questions: Vec<&Question> =
            self.pins.iter().map(|pin| &pin.question).chain([&self.question]).collect();
        let mut labels = labels(&questions);
        let present = labels.pop().unwrap_or_default();
        for (label, pin) in labels.iter_mut().zip(&self.pins) {
            if let Some(name) = &pin.name {
                label.clone_from(name);
            }
        }
        tell_apart(&mut labels);
        (labels, present)
    }
}

/// Numbers labels that stand there already: figures, legends and files know a pin by its label.
fn tell_apart(labels: &mut [String]) {
    let mut taken: HashSet<String> = HashSet::new();
    // The last number of each name: hundreds of one name are not counted through again.
    let mut last: HashMap<String, usize> = HashMap::new();
    for label in labels {
        if taken.contains(label) {
            let number = last.entry(label.clone()).or_insert(1);
            let own = label.clone();
            while taken.contains(label) {
                *number += 1;
                *label = format!("{own} ({number})");
            }
        }
        taken.insert(label.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network;
    use crate::rng::Generator;

    #[test]
    fn a_session_survives_saving_and_loading() {
        let mut session = Session::default();
        session.question.weight_scale = -1.35;
        session.set_cell(Cell::Lstm);
        session.draw_again(17);
        session.pin();
        session.pins[0].name = Some("first try".to_owned());
        session.theme = ThemeChoice::Dark;
        session.zoom = 1.5;
        let text = session.save().expect("saves");
        assert_eq!(Session::load(&text).expect("loads"), session);
    }

    #[test]
    fn pins_of_one_name_are_told_apart() {
        let mut session = Session::default();
        for seed in 0..3 {
            session.draw_again(seed);
            session.pin();
            session.pins.last_mut().expect("just pinned").name = Some("a".to_owned());
        }
        session.draw_again(9);
        session.pin();
        session.pins[3].name = Some("a (2)".to_owned());
        assert_eq!(session.pin_labels().0, ["a", "a (2)", "a (3)", "a (2) (2)"]);
    }

    #[test]
    fn another_version_is_refused_with_a_sentence() {
        let text = Session::default().save().expect("saves").replacen("2", "7", 1);
        let error = Session::load(&text).expect_err("version 7").to_string();
        assert!(error.contains("version 7 is from a newer"), "{error}");
        let old = Session::load("(version: 1, session: ())").expect_err("version 1").to_string();
        assert!(error.lines().count() == 1 && old.contains("version 1 is from an older"), "{old}");
    }

    #[test]
    fn damage_and_values_out_of_range_are_refused() {
        assert!(Session::load("(version: 2, session: (quest").is_err());
        assert!(Session::load("").is_err());
        let mut session = Session::default();
        session.question.weight_scale = f64::NAN;
        assert!(Session::load(&session.save().expect("saves")).is_err());
    }

    #[test]
    fn missing_settings_get_their_default() {
        let session = Session::load("(version: 2, session: (zoom: 2.0))").expect("loads");
        assert_eq!(session, Session { zoom: 2.0, ..Session::default() });
    }

    #[test]
    fn seeds_go_forth_and_back() {
        let mut session = Session::default();
        session.draw_again(5);
        session.draw_again(9);
        assert_eq!(session.draw().seed, 9);
        session.previous_seed();
        assert_eq!(session.draw().seed, 5);
        session.previous_seed();
        session.previous_seed();
        assert_eq!(session.draw().seed, 0);
    }

    #[test]
    fn a_file_can_be_closed_again() {
        let mut session = Session::default();
        session.draw_again(5);
        let before = session.question.clone();
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("net.safetensors");
        let spec = Draw::default().design.spec(1, 1);
        let network = Draw::default().design.network(&spec, &mut Generator::seeded(0));
        network::write(&path, &network.expect("a network")).expect("a file");
        let read = StateDict::read(&path).expect("reads");
        let content = Frozen::new(read.checksum().clone(), std::sync::Arc::new(read));
        session.open_weights(path, Head::Fitting, content);
        assert_ne!(session.question, before);
        session.close_weights();
        assert_eq!(session.question, before);
    }
}
