//! Spectra of large recurrent weights, decomposed once a draw on the second thread and scaled here
//! for every tick of the slider: λ(sW) = s λ(W), and the singular values likewise by |s|.

use crate::flow::{FlowReport, LayerSpectrum, NamedSpectrum, Weights};

/// The spectra of one set of weights at the scale they were met at.
#[derive(Default)]
pub struct KnownSpectra(Option<Known>);

struct Known {
    weights: Weights,
    scale: f64,
    layers: Vec<LayerSpectrum>,
}

impl KnownSpectra {
    /// Remembers the spectra of a report that has them, unless they are known already. A scale of
    /// 0 teaches nothing about others.
    pub fn learn(&mut self, report: &FlowReport) {
        let question = &report.question;
        let known = self.0.as_ref().is_some_and(|known| known.weights == question.weights);
        let whole = report.spectra.iter().all(|layer| !layer.blocks.is_empty());
        if !known && whole && question.weight_scale != 0.0 {
            self.0 = Some(Known {
                weights: question.weights.clone(),
                scale: question.weight_scale,
                layers: report.spectra.clone(),
            });
        }
    }

    /// Fills in what a report lacks of the recurrent weights' spectra, if they are known.
    pub fn fill(&self, report: &mut FlowReport) {
        let Some(known) = &self.0 else { return };
        if known.weights != report.question.weights || known.layers.len() != report.spectra.len() {
            return;
        }
        let factor = report.question.weight_scale / known.scale;
        for (layer, known) in report.spectra.iter_mut().zip(&known.layers) {
            if layer.blocks.is_empty() {
                let scale = |block: &NamedSpectrum| NamedSpectrum {
                    name: block.name,
                    spectrum: block.spectrum.scaled(factor),
                };
                layer.blocks = known.blocks.iter().map(scale).collect();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Draw, Instrument, Question};
    use crate::ticket::Ticket;

    #[test]
    fn what_was_decomposed_once_is_scaled_to_other_ticks() {
        let ticket = Ticket::new();
        let mut instrument = Instrument::new();
        let mut ask = |weight_scale: f64, seed: u64| {
            let weights = Weights::Draw(Draw { seed, ..Draw::default() });
            let question = Question { weights, weight_scale, ..Question::default() };
            instrument.answer(&question, &ticket).unwrap()
        };
        let mut known = KnownSpectra::default();
        known.learn(&ask(2.0, 0));
        let wanted = ask(-3.0, 0);
        let mut bare = wanted.clone();
        bare.spectra[0].blocks.clear();
        known.fill(&mut bare);
        let radius = |report: &FlowReport| report.spectra[0].blocks[0].spectrum.radius;
        assert!((radius(&bare) - radius(&wanted)).abs() < 1e-12);
        let mut other = ask(1.0, 1);
        other.spectra[0].blocks.clear();
        known.fill(&mut other);
        assert!(other.spectra[0].blocks.is_empty(), "another draw has other spectra");
    }
}
