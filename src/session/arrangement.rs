//! Which panes of Explore are open and where they stand, as plain data: split and stacked like the
//! tiles on screen, which are built from it.

use serde::{Deserialize, Serialize};

/// Something that can be shown in Explore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pane {
    /// The four plots: norms, gradients, eigenvalues, sequence.
    Curves,
    /// Which loss reaches how far?
    Itemized,
    /// What does theory predict?
    Theory,
    /// What does each step do?
    Jacobians,
    /// Where is the edge?
    Landscape,
    /// What do the gates do?
    Gates,
    /// Which weights hear the past?
    Weights,
    /// Can I trust it?
    Check,
}

/// How panes stand beside and behind each other. No pane stands in it twice, and
/// [`Pane::Curves`] always does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arrangement {
    /// One pane.
    Pane(Pane),
    /// One behind the other; the one in front is `active`.
    Tabs {
        /// What stands there, from left to right.
        children: Vec<Arrangement>,
        /// Index of the one in front.
        active: usize,
    },
    /// One beside the other.
    Split {
        /// Where to.
        direction: Direction,
        /// What stands there, in order.
        children: Vec<Arrangement>,
        /// Parts of the room that each gets, relative to each other; of no account in a grid.
        shares: Vec<f32>,
    },
}

/// How a split is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From left to right.
    Row,
    /// From top to bottom.
    Column,
    /// In rows and columns.
    Grid,
}

impl Pane {
    /// The views that explain, in the order of their questions.
    pub const VIEWS: [Self; 7] = [
        Self::Itemized,
        Self::Theory,
        Self::Jacobians,
        Self::Landscape,
        Self::Gates,
        Self::Weights,
        Self::Check,
    ];

    /// A word for tabs and buttons.
    pub fn name(self) -> &'static str {
        match self {
            Self::Curves => "Curves",
            Self::Itemized => "Itemized",
            Self::Theory => "Theory",
            Self::Jacobians => "Jacobians",
            Self::Landscape => "Landscape",
            Self::Gates => "Gates",
            Self::Weights => "Weights",
            Self::Check => "Check",
        }
    }

    /// The question that it answers.
    pub fn question(self) -> &'static str {
        match self {
            Self::Curves => "What happens to gradients?",
            Self::Itemized => "Which loss reaches how far?",
            Self::Theory => "What does theory predict?",
            Self::Jacobians => "What does each step do?",
            Self::Landscape => "Where is the edge?",
            Self::Gates => "What do the gates do?",
            Self::Weights => "Which weights hear the past?",
            Self::Check => "Can I trust it?",
        }
    }
}

impl Default for Arrangement {
    fn default() -> Self {
        Self::Pane(Pane::Curves)
    }
}

impl Arrangement {
    /// All panes, in the order in which they stand.
    pub fn panes(&self) -> Vec<Pane> {
        match self {
            Self::Pane(pane) => vec![*pane],
            Self::Tabs { children, .. } | Self::Split { children, .. } => {
                children.iter().flat_map(Self::panes).collect()
            }
        }
    }

    /// The panes that are not behind another one.
    pub fn visible(&self) -> Vec<Pane> {
        match self {
            Self::Pane(pane) => vec![*pane],
            Self::Tabs { children, active } => {
                children.get(*active).map_or_else(Vec::new, Self::visible)
            }
            Self::Split { children, .. } => children.iter().flat_map(Self::visible).collect(),
        }
    }

    /// Whether the pane stands somewhere.
    pub fn has(&self, pane: Pane) -> bool {
        self.panes().contains(&pane)
    }

    /// Brings a pane to the front. A new one joins the stack in which other views stand, or else
    /// stacks with what is there.
    pub fn open(&mut self, pane: Pane) {
        if !self.has(pane) && !self.join_views(pane) {
            match self {
                Self::Tabs { children, .. } => children.push(Self::Pane(pane)),
                _ => {
                    let before = std::mem::take(self);
                    *self = Self::stack(vec![before, Self::Pane(pane)]);
                }
            }
        }
        self.bring_to_front(pane);
    }

    /// Takes a view away; the curves stay.
    pub fn close(&mut self, pane: Pane) {
        if pane != Pane::Curves {
            let before = std::mem::take(self);
            *self = before.without(&|one| one == pane).unwrap_or_default();
        }
    }

    /// All panes stacked, the same one in front as far as possible.
    pub fn stacked(&self) -> Self {
        let front = self.visible().last().copied().unwrap_or(Pane::Curves);
        let mut stacked = Self::stack(self.panes().into_iter().map(Self::Pane).collect());
        stacked.bring_to_front(front);
        stacked
    }

    /// The curves on the left, and all views stacked on the right.
    pub fn side_by_side(&self) -> Self {
        let views: Vec<Pane> =
            self.panes().into_iter().filter(|pane| *pane != Pane::Curves).collect();
        let front = self.visible().into_iter().rfind(|pane| *pane != Pane::Curves);
        let Some(front) = front.or(views.last().copied()) else { return Self::default() };
        let mut right = Self::stack(views.into_iter().map(Self::Pane).collect());
        right.bring_to_front(front);
        Self::Split {
            direction: Direction::Row,
            children: vec![Self::default(), right],
            shares: vec![1.0, 1.0],
        }
    }

    /// Every pane in a tile of its own.
    pub fn gridded(&self) -> Self {
        let children: Vec<Self> = self.panes().into_iter().map(Self::Pane).collect();
        let shares = vec![1.0; children.len()];
        Self::Split { direction: Direction::Grid, children, shares }.pruned()
    }

    /// What a file may hold made sound: each pane once, the curves among them, no empty places.
    #[must_use]
    pub fn mended(self) -> Self {
        let mut seen = Vec::new();
        let Some(mended) = self.unique(&mut seen, 0) else { return Self::default() };
        if seen.contains(&Pane::Curves) {
            return mended.pruned();
        }
        Self::stack(vec![Self::default(), mended])
    }

    fn stack(children: Vec<Self>) -> Self {
        let active = children.len().saturating_sub(1);
        Self::Tabs { children, active }.pruned()
    }

    /// Puts a new pane into the last stack that holds a view. False if there is none.
    fn join_views(&mut self, pane: Pane) -> bool {
        match self {
            Self::Pane(_) => false,
            Self::Split { children, .. } => {
                if children.iter_mut().rev().any(|child| child.join_views(pane)) {
                    return true;
                }
                let view =
                    |child: &&mut Self| matches!(**child, Self::Pane(one) if one != Pane::Curves);
                let Some(alone) = children.iter_mut().rfind(view) else { return false };
                let before = std::mem::take(alone);
                *alone = Self::stack(vec![before, Self::Pane(pane)]);
                true
            }
            Self::Tabs { children, .. } => {
                let is_view =
                    |child: &Self| matches!(child, Self::Pane(one) if *one != Pane::Curves);
                if children.iter_mut().rev().any(|child| child.join_views(pane)) {
                    return true;
                }
                let views = children.iter().any(is_view);
                if views {
                    children.push(Self::Pane(pane));
                }
                views
            }
        }
    }

    fn bring_to_front(&mut self, pane: Pane) {
        match self {
            Self::Pane(_) => {}
            Self::Tabs { children, active } => {
                if let Some(at) = children.iter().position(|child| child.has(pane)) {
                    *active = at;
                    children[at].bring_to_front(pane);
                }
            }
            Self::Split { children, .. } => {
                children.iter_mut().for_each(|child| child.bring_to_front(pane));
            }
        }
    }

    /// What is left without some panes; `None` if that is nothing.
    fn without(self, leaves: &dyn Fn(Pane) -> bool) -> Option<Self> {
        match self {
            Self::Pane(pane) => (!leaves(pane)).then_some(Self::Pane(pane)),
            Self::Tabs { children, active } => {
                let front = children.get(active).and_then(|child| child.panes().first().copied());
                let children: Vec<Self> =
                    children.into_iter().filter_map(|child| child.without(leaves)).collect();
                // The one in front stays there; where it leaves, its neighbour comes.
                let kept = |front| children.iter().position(|child| child.has(front));
                let active = front.and_then(kept).unwrap_or(active.saturating_sub(1));
                let tabs = Self::Tabs { active: active.min(children.len().max(1) - 1), children };
                tabs.only_if_filled()
            }
            Self::Split { direction, children, shares } => {
                let left = children.into_iter().zip(shares);
                let left = left.filter_map(|(child, share)| Some((child.without(leaves)?, share)));
                let (children, shares) = left.unzip();
                Self::Split { direction, children, shares }.only_if_filled()
            }
        }
    }

    fn only_if_filled(self) -> Option<Self> {
        (!self.panes().is_empty()).then(|| self.pruned())
    }

    /// Without containers of one.
    fn pruned(self) -> Self {
        match self {
            Self::Tabs { mut children, .. } | Self::Split { mut children, .. }
                if children.len() == 1 =>
            {
                children.remove(0).pruned()
            }
            other => other,
        }
    }

    /// Each pane at its first place only, and numbers within bounds.
    fn unique(self, seen: &mut Vec<Pane>, depth: usize) -> Option<Self> {
        /// Nobody nests tiles deeper; a damaged file might.
        const DEEPEST: usize = 16;
        if depth > DEEPEST {
            return None;
        }
        match self {
            Self::Pane(pane) if seen.contains(&pane) => None,
            Self::Pane(pane) => {
                seen.push(pane);
                Some(Self::Pane(pane))
            }
            Self::Tabs { children, active } => {
                let children: Vec<Self> = children
                    .into_iter()
                    .filter_map(|child| child.unique(seen, depth + 1))
                    .collect();
                let active = active.min(children.len().max(1) - 1);
                Self::Tabs { children, active }.only_if_filled()
            }
            Self::Split { direction, children, shares } => {
                let sound =
                    |share: f32| if share.is_finite() { share.clamp(0.02, 50.0) } else { 1.0 };
                let shares = shares.into_iter().map(sound).chain(std::iter::repeat(1.0));
                let left = children.into_iter().zip(shares);
                let left =
                    left.filter_map(|(child, share)| Some((child.unique(seen, depth + 1)?, share)));
                let (children, shares) = left.unzip();
                Self::Split { direction, children, shares }.only_if_filled()
            }
        }
    }
}

#[cfg(test)]
mod tests;
