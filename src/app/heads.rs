//! Which layers of a file could be the readout, and what else the file holds.

use super::task::{Task, finished};
use crate::flow::Weights;
use crate::frozen::{Checksum, Frozen};
use crate::network::{Head, Nonlinearity, StateDict};
use crate::visible;

/// What the panel tells of a file of weights beside its network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidates {
    /// Layers that fit behind the recurrence, each with its shape: `fc`, `fc.weight [1, 16]`.
    pub layers: Vec<(String, String)>,
    /// Why none of them is taken unasked, if so.
    pub trouble: Option<String>,
    /// Names of the tensors that the network does not use, whichever layer is the readout.
    pub unused: Vec<String>,
}

/// A sentence of the library without its advice for the command line: here there are buttons.
fn without_flags(text: String) -> String {
    let flags = ["; choose one with --", "; --head "].into_iter().find_map(|at| text.find(at));
    flags.map_or_else(|| text.clone(), |at| text[..at].to_owned())
}

/// The candidates of the file in use, found off the interface's thread.
#[derive(Default)]
pub struct Offer {
    /// What was found, and in which content; nothing where there is no network.
    known: Option<(Checksum, Option<Candidates>)>,
    looking: Option<Task<(Checksum, Option<Candidates>)>>,
}

impl Offer {
    /// Takes what was found, and has the file looked at if it is another.
    pub fn tend(&mut self, ctx: &egui::Context, weights: &Weights) {
        if let Some(Ok(found)) = finished(&mut self.looking) {
            self.known = Some(found);
        }
        let Weights::File { content: Some(content), .. } = weights else { return };
        let known = self.known.as_ref().is_some_and(|(of, _)| of == content.checksum());
        if known || self.looking.is_some() || content.held().is_none() {
            return;
        }
        let content = content.clone();
        let look = move || Ok((content.checksum().clone(), Candidates::of(&content)));
        self.looking = Some(Task::spawn(ctx, look));
    }

    /// What the file of these weights offers, as far as it is known.
    pub fn of(&self, weights: &Weights) -> Option<&Candidates> {
        let Weights::File { content: Some(content), .. } = weights else { return None };
        let (_, found) = self.known.as_ref().filter(|(of, _)| of == content.checksum())?;
        found.as_ref()
    }

    /// Whether nothing is being looked at.
    pub fn is_settled(&self) -> bool {
        self.looking.is_none()
    }
}

impl Candidates {
    /// What a file holds; `None` if it was not kept, or holds no network.
    pub fn of(content: &Frozen<StateDict>) -> Option<Self> {
        let held = content.held()?;
        let heads = held.heads().ok()?;
        let told = |name: &str, outputs: usize, reads: usize| {
            (name.to_owned(), format!("{}.weight [{outputs}, {reads}]", visible::text(name)))
        };
        let layers: Vec<(String, String)> = heads
            .layers
            .iter()
            .map(|layer| told(&layer.name, layer.outputs, layer.reads))
            .collect();
        let opened = held.open(Nonlinearity::default(), &Head::None, 0);
        let is_candidate =
            |tensor: &str| layers.iter().any(|(name, _)| tensor.starts_with(&format!("{name}.")));
        let mut unused = opened.map(|opened| opened.unused).unwrap_or_default();
        unused.retain(|tensor| !is_candidate(tensor));
        Some(Self { layers, trouble: heads.trouble.map(without_flags), unused })
    }

    /// Whether somebody has to choose.
    pub fn is_open(&self) -> bool {
        self.trouble.is_some() && !self.layers.is_empty()
    }
}
