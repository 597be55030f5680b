//! What stands above the plots: the verdict, and the few large figures |λ|max, the loss, and what of
//! the gradient is left at step 1.

use egui::{Color32, FontId, Sense, Ui, pos2, vec2};

use super::headline;
use super::scene::Scene;
use crate::app::theme;
use crate::figure::of_flow::{self, Left, Side, State, Verdict, Why};
use crate::figure::{Color, number};
use crate::flow::{FlowReport, LayerSpectrum, Signal, Spectrum};
use crate::network::{Cell, ReadoutSource};

/// Below this width in points the numbers are smaller, to leave room for the plots.
const NARROW: f32 = 460.0;

/// Draws the verdict and the readouts of a report.
pub fn show(ui: &mut Ui, scene: &Scene) {
    let Scene { report, verdict, .. } = scene;
    headline::show(ui, verdict);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(26.0, 4.0);
        radius(ui, report);
        loss(ui, report);
        reach(ui, report, verdict);
    });
    gates(ui, report);
}

/// |λ|max of each gate's block of the recurrent weights, for cells that have gates.
fn gates(ui: &mut Ui, report: &FlowReport) {
    let bare = |layer: &LayerSpectrum| layer.blocks.is_empty();
    if matches!(report.spec.cell, Cell::Rnn(_)) || report.spectra.iter().any(bare) {
        return;
    }
    let layer = |index: usize| {
        let blocks = report.spectra[index].blocks.iter();
        let radii =
            blocks.map(|block| format!("{} {}", block.name, number(block.spectrum.radius, 3)));
        radii.collect::<Vec<_>>().join("   ")
    };
    let of_layer = |index: usize| match report.spectra.len() {
        1 => String::new(),
        _ => format!(", layer {}", index + 1),
    };
    let line =
        |index: usize| format!("|λ|max of Wₕₕ by gate{}:  {}", of_layer(index), layer(index));
    let shown = largest(report).map_or(0, |(index, _)| index);
    let all: Vec<String> = (0..report.spectra.len()).map(line).collect();
    let text = egui::RichText::new(line(shown)).size(12.0).weak();
    ui.add(egui::Label::new(text).wrap()).on_hover_text(all.join("\n"));
}

/// A number in large figures under its name, with two short lines beside it.
struct Readout<'a> {
    caption: &'a str,
    value: &'a str,
    tip: &'a str,
    /// Text, size and colour of each line beside the number.
    beside: [(String, f32, Color32); 2],
}

impl Readout<'_> {
    /// Allocated as one block, so that it wraps as one where there is little room.
    fn show(self, ui: &mut Ui) {
        let (ink, muted) = (ui.visuals().text_color(), ui.visuals().weak_text_color());
        let lay = |text: &str, size: f32, color: Color32| {
            ui.painter().layout_no_wrap(text.to_owned(), FontId::proportional(size), color)
        };
        let caption = lay(self.caption, 12.0, muted);
        let size = if ui.max_rect().width() < NARROW { 22.0 } else { 32.0 };
        let value = lay(self.value, size, ink);
        let beside = self.beside.each_ref().map(|(text, size, color)| lay(text, *size, *color));
        let (gap, top) = (9.0, caption.size().y);
        let aside = beside[0].size().x.max(beside[1].size().x);
        let width = caption.size().x.max(value.size().x + gap + aside);
        let lines = beside[0].size().y + beside[1].size().y;
        let body = value.size().y.max(lines);
        let (rect, response) = ui.allocate_exact_size(vec2(width, top + body), Sense::hover());
        let spoken = format!("{}: {} {}", self.caption, self.value, self.beside[0].0);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &spoken));
        let left = rect.left() + value.size().x + gap;
        // The number and the lines beside it share one middle, whichever is taller.
        let from_middle = |height: f32| rect.top() + top + (body - height) / 2.0;
        let first_line = from_middle(lines);
        let places = [
            rect.min,
            pos2(rect.left(), from_middle(value.size().y)),
            pos2(left, first_line),
            pos2(left, first_line + beside[0].size().y),
        ];
        let [first, second] = beside;
        for (place, galley) in places.into_iter().zip([caption, value, first, second]) {
            ui.painter().galley(place, galley, ink);
        }
        response.on_hover_text(self.tip);
    }
}

/// A line beside a number, subdued.
fn aside(ui: &Ui, text: impl Into<String>) -> (String, f32, Color32) {
    (text.into(), 12.0, ui.visuals().weak_text_color())
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
        Cell::Rnn(_) => "Wₕₕ",
        Cell::Lstm | Cell::Gru => "the step Jacobian",
    };
    let layers = report.spectra.len();
    let tip = "The largest absolute eigenvalue tells what many multiplications by the matrix alone do to \
               a vector: below 1 it shrinks, above 1 it grows. “Alone” is what it would leave of the \
               gradient over these steps, |λ|max to the power of T − 1, were the network linear and \
               every step like this one. Saturated or inactive units shrink gradients further. The \
               bias scale does not change W_hh. σmax, the largest singular value, bounds a single step.";
    let Some((layer, spectrum)) = largest(report) else {
        let caption = format!("|λ|max of {matrix}");
        let beside = [aside(ui, "being"), aside(ui, "computed")];
        Readout { caption: &caption, value: "…", tip, beside }.show(ui);
        return;
    };
    let caption = match layers {
        1 => format!("|λ|max of {matrix}"),
        _ => format!("|λ|max of {matrix}, largest: layer {}", layer + 1),
    };
    let theme = theme::of_window(ui.visuals());
    let side = of_flow::side(spectrum.radius);
    let (sign, color) = match side {
        Side::Below => ("▼", Color::Category(0)),
        Side::Near => ("●", Color::Category(2)),
        Side::Above => ("▲", Color::Category(1)),
        Side::Unknown => ("✕", Color::Alarm),
    };
    let side = (format!("{sign} {}", side.sign()), 16.0, theme::color(theme, color));
    let alone = of_flow::left_in_words(of_flow::left_by_radius(report, spectrum.radius));
    let sigma = number(spectrum.sigma_max, 3);
    let beside = [side, aside(ui, format!("alone leaves {alone} · σmax {sigma}"))];
    Readout { caption: &caption, value: &number(spectrum.radius, 3), tip, beside }.show(ui);
}

fn loss(ui: &mut Ui, report: &FlowReport) {
    let tip = match report.question.input.signal {
        Signal::Task(_) => {
            "What the task makes of the network’s answers, on the sequences that training shows."
        }
        _ => {
            "Mean squared error between prediction and running mean, over the steps the loss looks at \
             and over the batch."
        }
    };
    let full = of_flow::loss_in_full(report);
    let (what, steps) = full.split_once(", ").unwrap_or((&full, ""));
    let beside = [aside(ui, what), aside(ui, steps)];
    Readout { caption: "loss", value: &number(report.loss, 4), tip, beside }.show(ui);
}

/// How much of the gradient at the last step is left at the first, with the verdict's word.
fn reach(ui: &mut Ui, report: &FlowReport, verdict: &Verdict) {
    let Some(value) = left(report, verdict) else { return };
    let name = match (report.spec.cell, verdict.state) {
        (Cell::Rnn(_) | Cell::Gru, _) => "gradient",
        (Cell::Lstm, State::Hidden) => "∂L/∂h",
        (Cell::Lstm, State::Cell) => "∂L/∂c",
    };
    let caption = match report.spec.ticks {
        0 | 1 => format!("{name} at step 1 ÷ at step T"),
        _ => format!("{name} at tick 1 ÷ at the last"),
    };
    let word = match verdict.word {
        Some(word) => {
            let (text, color) = headline::mark(ui, word);
            (text, 16.0, color)
        }
        None => ("no verdict".to_owned(), 16.0, ui.visuals().weak_text_color()),
    };
    let pace = verdict.factor.is_finite().then(|| {
        let unit = if report.spec.ticks > 1 { "tick" } else { "step" };
        format!("×{} a {unit}", of_flow::factor_in_words(verdict.factor))
    });
    let layers = report.layers.len();
    let layer = (layers > 1).then(|| format!("layer {} of {layers}", verdict.layer + 1));
    let place: Vec<String> = pace.into_iter().chain(layer).collect();
    let tip = format!(
        "‖∂L/∂h₁‖ divided by ‖∂L/∂hT‖ in the lowest layer, of an LSTM the same of h or c: how much of \
         the gradient is left after travelling back through all steps. {}",
        of_flow::rule()
    );
    let beside = [word, aside(ui, place.join(" · "))];
    Readout { caption: &caption, value: &value, tip: &tip, beside }.show(ui);
}

/// The number of [`reach`]; none if there is no way to travel.
fn left(report: &FlowReport, verdict: &Verdict) -> Option<String> {
    let bound = |sign: &str, ln: f64| match ln.exp() {
        bound if bound > 0.0 && bound.is_finite() => format!("{sign} {}", number(bound, 2)),
        _ => of_flow::left_in_words(f64::NAN),
    };
    Some(match verdict.left {
        Left::Part { quotient, .. } => number(quotient, 3),
        Left::Below { ln } => bound("<", ln),
        Left::Nothing => number(0.0, 3),
        Left::Above { ln } => bound(">", ln),
        Left::Untold(Why::OneStep) => return None,
        Left::Untold(Why::ManySteps | Why::NoGradient | Why::TooSmall | Why::Broken(_)) => {
            let flow = report.layers.get(verdict.layer)?;
            let norms = match verdict.state {
                State::Hidden => &flow.grad_norm,
                State::Cell => flow.cell_grad_norm.as_ref()?,
            };
            number(norms.first()? / norms.last()?, 3)
        }
    })
}

/// The network on screen, the numbers training would change, and how long the measurement took.
pub fn facts(report: &FlowReport) -> String {
    let time = match report.spec.ticks {
        0 | 1 => report.length.to_string(),
        ticks => format!("{} × {ticks} ticks", report.length / ticks),
    };
    let readout = match &report.readout {
        ReadoutSource::Drawn | ReadoutSource::File(_) => String::new(),
        ReadoutSource::Random { .. } | ReadoutSource::None => {
            format!(" · readout: {}", report.readout)
        }
    };
    format!(
        "{}{readout} · {} parameters · T = {time}, B = {} · measured in {} ms",
        report.spec,
        report.parameters,
        report.batch,
        number(report.seconds * 1e3, 2)
    )
}
