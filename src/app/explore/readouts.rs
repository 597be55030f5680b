//! The few large figures above the plots: |λ|max with its verdict, the loss, what reaches step 1.

use egui::{RichText, TextStyle, Ui};

use crate::app::theme;
use crate::figure::of_flow::{Verdict, verdict};
use crate::figure::{Color, number};
use crate::flow::{FlowReport, Spectrum};
use crate::network::Cell;

/// Draws the readouts of a report.
pub fn show(ui: &mut Ui, report: &FlowReport) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 28.0;
        radius(ui, report);
        loss(ui, report);
        reach(ui, report);
        network(ui, report);
    });
}

/// A number in large figures under its name, with a word beside it.
fn readout(ui: &mut Ui, caption: &str, tip: &str, value: &str, aside: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.label(RichText::new(caption).size(12.0).weak());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            ui.label(RichText::new(value).text_style(TextStyle::Name(theme::READOUT.into())));
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                aside(ui);
            });
        });
    })
    .response
    .on_hover_text(tip);
}

/// The layer whose spectral radius is largest, NaN above all, as it must not be hidden.
fn largest(report: &FlowReport) -> Option<(usize, &Spectrum)> {
    let leading = |index: usize| report.spectra[index].leading().map(|s| (index, s));
    (0..report.spectra.len())
        .filter_map(leading)
        .max_by(|(_, one), (_, other)| one.radius.abs().total_cmp(&other.radius.abs()))
}

fn radius(ui: &mut Ui, report: &FlowReport) {
    let matrix = match report.spec.cell {
        Cell::Rnn(_) => "W_hh",
        Cell::Lstm | Cell::Gru => "the step Jacobian",
    };
    let layers = report.spectra.len();
    let tip = "The largest absolute eigenvalue tells what repeated multiplication does to a vector: \
               below 1 it shrinks, above 1 it grows. Saturated or inactive units shrink gradients \
               further. The bias scale does not change W_hh. σmax, the largest singular value, \
               bounds a single step.";
    let Some((layer, spectrum)) = largest(report) else {
        readout(ui, &format!("|λ|max of {matrix}"), tip, "…", |ui| {
            ui.label("being computed");
        });
        return;
    };
    let caption = match layers {
        1 => format!("|λ|max of {matrix}"),
        _ => format!("|λ|max of {matrix}, largest: layer {}", layer + 1),
    };
    readout(ui, &caption, tip, &number(spectrum.radius, 3), |ui| {
        let theme = theme::of_window(ui.visuals());
        let verdict = verdict(spectrum.radius);
        let (sign, color) = match verdict {
            Verdict::Shrinks => ("▼", Color::Category(0)),
            Verdict::Keeps => ("●", Color::Category(2)),
            Verdict::Grows => ("▲", Color::Category(1)),
            Verdict::Unknown => ("✕", Color::Alarm),
        };
        let color = theme::color(theme, color);
        ui.label(RichText::new(format!("{sign} {verdict}")).color(color).strong().size(16.0));
        ui.label(
            RichText::new(format!("σmax {}", number(spectrum.sigma_max, 3))).size(12.0).weak(),
        );
    });
}

fn loss(ui: &mut Ui, report: &FlowReport) {
    let tip = "Mean squared error between prediction and running mean, over the steps the loss looks \
               at and over the batch.";
    readout(ui, "loss", tip, &number(report.loss, 4), |ui| {
        ui.add_space(4.0);
        ui.label(RichText::new("mean squared error").size(12.0).weak());
        ui.label(RichText::new(report.question.loss.to_string()).size(12.0).weak());
    });
}

/// How much of the gradient at the last step is left at the first, in the lowest layer.
fn reach(ui: &mut Ui, report: &FlowReport) {
    let Some(flow) = report.layers.first() else { return };
    let (Some(first), Some(last)) = (flow.grad_norm.first(), flow.grad_norm.last()) else { return };
    if report.length < 2 {
        return;
    }
    let ratio = first / last;
    let tip = "‖∂L/∂h₁‖ divided by ‖∂L/∂hT‖ in the lowest layer: how much of the gradient is left \
               after travelling back through all steps.";
    readout(ui, "gradient at step 1 ÷ step T", tip, &number(ratio, 3), |ui| {
        let word = match ratio {
            r if r.is_nan() => "undefined",
            r if r < 1e-3 => "vanishes",
            r if r > 1e3 => "explodes",
            _ => "arrives",
        };
        ui.add_space(4.0);
        ui.label(RichText::new(word).size(14.0).strong());
        ui.label(RichText::new("lowest layer").size(12.0).weak());
    });
}

fn network(ui: &mut Ui, report: &FlowReport) {
    let tip = "The network on screen, the numbers that training would change, and the time this \
               measurement took.";
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        ui.label(RichText::new(report.spec.to_string()).size(12.0).strong());
        let counts = format!("{} parameters", report.spec.parameter_count());
        ui.label(RichText::new(counts).size(12.0).weak());
        let sizes = format!("T = {}, B = {}", report.length, report.batch);
        ui.label(RichText::new(sizes).size(12.0).weak());
        let time = format!("{} ms", number(report.seconds * 1e3, 2));
        ui.label(RichText::new(time).size(12.0).weak());
    })
    .response
    .on_hover_text(tip);
}
