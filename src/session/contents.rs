//! What a session opens, apart from how the window is set: what is carried over from a file, and
//! what is left out where opening it has failed.

use std::path::Path;

use super::{Session, TrainSettings};
use crate::flow::{Signal, Weights};

impl Session {
    /// Takes over everything that another session shows. Theme, zoom, the export dialog and the
    /// folders last written to stay: they are this user's.
    pub fn adopt(&mut self, other: Self) {
        let Self { question, view, why, pins, memory, table_open, tab, mut train, .. } = other;
        train.folder = self.train.folder.take();
        *self = Self {
            question,
            view,
            why,
            pins,
            memory,
            table_open,
            tab,
            train,
            theme: self.theme,
            zoom: self.zoom,
            export: self.export.clone(),
        };
    }

    /// The session of a first start, in the theme, zoom and folders of this one.
    pub fn emptied(&self) -> Self {
        let mut empty = self.clone();
        empty.adopt(Self::default());
        empty
    }

    /// What [`Session::emptied`] leaves out, in words; nothing if there is nothing.
    pub fn contents(&self) -> Vec<String> {
        let fresh = Self::default();
        let mut contents = Vec::new();
        if let Weights::File { path, .. } = &self.question.weights {
            contents.push(format!("the network {}", name(path)));
        }
        match &self.question.input.signal {
            Signal::Files(files) if files.len() == 1 => {
                contents.push(format!("the sequence {}", name(&files[0].path)));
            }
            Signal::Files(files) => contents.push(format!("{} sequences", files.len())),
            Signal::Noise | Signal::Impulse | Signal::Sine | Signal::Constant | Signal::Task(_) => {
            }
        }
        if contents.is_empty() && (&self.question, &self.view) != (&fresh.question, &fresh.view) {
            contents.push("the settings of Explore".to_owned());
        }
        match self.pins.len() {
            0 => {}
            1 => contents.push("a pin".to_owned()),
            count => contents.push(format!("{count} pins")),
        }
        if self.why != fresh.why || self.table_open {
            contents.push("the open views".to_owned());
        }
        let here = TrainSettings { folder: None, ..self.train.clone() };
        if here != fresh.train || self.tab != fresh.tab {
            contents.push("the settings of Train".to_owned());
        }
        if contents.is_empty() && *self != self.emptied() {
            contents.push("what controls had remembered".to_owned());
        }
        contents
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::network::Head;
    use crate::session::{Pane, Tab, ThemeChoice};

    fn full() -> Session {
        let mut session = Session { zoom: 2.0, theme: ThemeChoice::Dark, ..Session::default() };
        session.pin();
        let path = PathBuf::from("/data/net.pt");
        let (nonlinearity, seed, head) = (session.memory.nonlinearity, 0, Head::Fitting);
        session.question.weights = Weights::File { path, nonlinearity, seed, head, content: None };
        session.why.arrangement.open(Pane::Gates);
        session.train.comparison.seed = 3;
        session.train.folder = Some("/mine".into());
        session.tab = Tab::Train;
        session
    }

    #[test]
    fn what_is_left_out_is_named() {
        let wanted = ["the network net.pt", "a pin", "the open views", "the settings of Train"];
        assert_eq!(full().contents(), wanted);
        let empty = full().emptied();
        assert!(empty.contents().is_empty());
        assert_eq!((empty.zoom, empty.theme), (2.0, ThemeChoice::Dark));
        assert_eq!(empty.train.folder, Some("/mine".into()));
        let mut drawn = Session::default();
        drawn.draw_again(5);
        assert_eq!(drawn.contents(), ["the settings of Explore"]);
        drawn.previous_seed();
        drawn.memory.chrono = 7.0;
        assert_eq!(drawn.contents(), ["what controls had remembered"]);
        assert!(Session::default().contents().is_empty());
    }

    #[test]
    fn what_another_session_shows_is_adopted_but_not_how_its_window_was_set() {
        let mut session = Session { zoom: 1.5, ..Session::default() };
        session.adopt(full());
        let wanted = Session { zoom: 1.5, theme: ThemeChoice::System, ..full() };
        assert_eq!(session.question, wanted.question);
        assert_eq!((session.zoom, session.theme), (wanted.zoom, wanted.theme));
        assert_eq!((session.pins.len(), session.train.folder), (1, None));
    }
}
