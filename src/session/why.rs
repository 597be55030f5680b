//! The views beside the curves: which are open, where, and what they are set to.

use serde::{Deserialize, Serialize};

use super::arrangement::{Arrangement, Pane};
use crate::figure::of_view::UnitSort;
use crate::flow::Question;
use crate::flow::view::Across;

/// The views that explain a gradient.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Why {
    /// Where the panes stand.
    pub arrangement: Arrangement,
    /// The pane that has the whole window for itself.
    pub enlarged: Option<Pane>,
    /// Which unit stands on top in the maps of gates.
    pub sort: UnitSort,
    /// What the landscape shall run across; see [`Why::across_of`].
    pub across: Across,
}

impl Why {
    /// The panes on screen: only for these is anything computed.
    pub fn visible(&self) -> Vec<Pane> {
        self.enlarged.map_or_else(|| self.arrangement.visible(), |pane| vec![pane])
    }

    /// What the landscape of a question runs across: where it cannot do what it shall, the bias scale.
    pub fn across_of(&self, question: &Question) -> Across {
        match self.across.unavailable(question) {
            None => self.across,
            Some(_) => Across::BiasScale,
        }
    }

    /// Opens a view, or closes it if it is in front. Where one has the whole window, another takes its
    /// place.
    pub fn toggle(&mut self, pane: Pane) {
        if self.enlarged.is_some_and(|one| one != pane) {
            self.arrangement.open(pane);
            self.enlarged = Some(pane);
        } else if self.arrangement.visible().contains(&pane) {
            self.close(pane);
        } else {
            self.arrangement.open(pane);
        }
    }

    /// Takes a view away.
    pub fn close(&mut self, pane: Pane) {
        self.arrangement.close(pane);
        self.enlarged = self.enlarged.filter(|one| *one != pane);
    }

    /// Takes all views away; what they are set to is kept.
    pub fn close_all(&mut self) {
        self.arrangement = Arrangement::default();
        self.enlarged = None;
    }

    /// Makes sound what a file may hold.
    pub fn mend(&mut self) {
        self.arrangement = std::mem::take(&mut self.arrangement).mended();
        self.enlarged = self.enlarged.filter(|pane| self.arrangement.has(*pane));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enlarged_view_is_the_only_one_on_screen_until_it_is_closed() {
        let mut why = Why::default();
        why.toggle(Pane::Gates);
        why.arrangement = why.arrangement.side_by_side();
        assert_eq!(why.visible(), [Pane::Curves, Pane::Gates]);
        why.enlarged = Some(Pane::Gates);
        assert_eq!(why.visible(), [Pane::Gates]);
        why.toggle(Pane::Theory);
        assert_eq!(why.visible(), [Pane::Theory], "another takes its place");
        why.toggle(Pane::Gates);
        why.toggle(Pane::Gates);
        assert_eq!(why.visible(), [Pane::Curves, Pane::Theory]);
        why.toggle(Pane::Theory);
        assert_eq!(why, Why::default());
        why.enlarged = Some(Pane::Theory);
        why.mend();
        assert_eq!(why.enlarged, None, "what is not open cannot be enlarged");
    }
}
