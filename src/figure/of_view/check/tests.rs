//! Checks made by hand, so that every verdict is drawn, also those that no network has.

use crate::figure::of_view::{Layout, figures};
use crate::figure::{Color, Figure, Guide, Stroke, Style, Theme, csv, png};
use crate::flow::ViewReport;
use crate::flow::view::{
    Cause, Check, CheckReport, LayerPrecision, Lost, Method, Part, PrecisionReport, Reason,
    Verdict, What,
};

fn parameter(name: &str, error: f64, verdict: Verdict) -> Part {
    Part {
        what: What::Parameter(name.to_owned()),
        method: Method::Whole,
        autograd: 1.0,
        difference: 1.0 - error,
        error,
        uncertainty: 1e-12,
        verdict,
    }
}

fn state(layer: usize, tick: usize, error: f64, verdict: Verdict) -> Part {
    let what = What::State { layer, cell: false, tick };
    Part { what, method: Method::StepByStep, ..parameter("", error, verdict) }
}

fn layer(lost: Option<Lost>) -> LayerPrecision {
    LayerPrecision {
        single: vec![0.0, 1e-30, 1.0],
        double: vec![1e-60, 1e-30, 1.0],
        error: vec![1.0, 1e-3, 1e-7],
        weight_error: 2e-7,
        lost,
    }
}

fn shown(parts: Vec<Part>, layers: Vec<LayerPrecision>) -> [Figure; 3] {
    let check = Check { loss: 0.5, ticks: 1, parts };
    let precision = PrecisionReport { ticks: 1, layers };
    figures(&ViewReport::Check(CheckReport { check, precision }), &Layout::default())
        .try_into()
        .unwrap()
}

fn two_layers(verdict: Verdict) -> Vec<Part> {
    let agrees = Verdict::Agrees;
    vec![
        parameter("weight_hh_l0", 1e-12, agrees),
        parameter("weight_hh_l1", 0.01, verdict),
        parameter("head.weight", 0.0, agrees),
        state(0, 1, 1e-10, agrees),
        state(1, 12, 1e-9, agrees),
    ]
}

#[test]
fn layers_share_a_row_and_verdicts_have_their_own_colour() {
    let [figure, ..] = shown(two_layers(Verdict::Differs), vec![layer(None)]);
    assert_eq!(figure.y.names, ["weight_hh", "head.weight", "∂L/∂h₁", "∂L/∂h₁₂"]);
    let of = |name: &str, detail: &str| {
        let mut all = figure.series.iter();
        all.find(|series| series.name == name && series.detail == detail).unwrap()
    };
    assert_eq!(of("agrees", "layer 1").points, [[1e-12, 0.0]]);
    assert_eq!(of("agrees", "").points, [[2e-17, 1.0]]);
    assert!(figure.notes.iter().any(|note| note.contains("1 that are equal to the last bit")));
    let red = of("differs", "layer 2");
    assert_eq!((red.color, &red.points[..]), (Color::Alarm, &[[0.01, 0.0]][..]));
    let ring = of("agrees, step by step", "layer 2");
    assert_eq!((ring.stroke, &ring.points[..]), (Stroke::Rings, &[[1e-9, 3.0]][..]));
    assert_eq!(figure.guides, [Guide::Vertical(1e-5, "tolerance".to_owned())]);
}

#[test]
fn the_sentence_says_yes_no_or_not_known() {
    let said = |verdict| shown(two_layers(verdict), vec![layer(None)])[0].notes.join(" ");
    let red = said(Verdict::Differs);
    assert!(red.contains("wrong about weight_hh_l1: it is off by 0.010 of"), "{red}");
    let open = said(Verdict::Unresolved(Reason::Kink));
    assert!(open.contains("agree on 4 of 5") && !open.contains("Yes"), "{open}");
    assert!(open.contains("Not known, at a kink of ReLU: weight_hh_l1."), "{open}");
    let green = shown(two_layers(Verdict::Agrees)[..1].to_vec(), vec![layer(None)]);
    let green = green[0].notes.join(" ");
    assert!(green.contains("Yes: ") && green.contains("all 1 derivatives"), "{green}");
    assert!(green.contains("Ridders 1982") && !green.contains("Rings"), "{green}");
    let open = Verdict::Unresolved(Reason::NotFinite);
    let parts = (0..9).map(|n| parameter(&format!("weight_hh_l{n}"), f64::NAN, open)).collect();
    let [none, ..] = shown(parts, vec![layer(None)]);
    let text = none.notes.join(" ");
    assert!(text.contains("No derivative") && text.contains("weight_hh_l5 and 3 more"), "{text}");
    assert!(none.series.iter().all(|series| series.points[0] == [1.0, 0.0]));
}

#[test]
fn where_f32_loses_the_gradient_is_said_with_its_cause() {
    let said = |lost| shown(Vec::new(), vec![layer(lost)])[1].notes.join(" ");
    let kept = said(None);
    assert!(kept.contains("keeps the gradient at every step: it is off by 1.0 at most"), "{kept}");
    let cases = [
        (1, Cause::Underflow, "too small for f32, where f64 has 10⁻⁶⁰. The first step hears"),
        (2, Cause::Overflow, "f32 has run over, where f64 has 10⁻³⁰. The first 2 steps hear"),
        (3, Cause::Rounding, "at the last step already: rounding has led f32 another way"),
    ];
    for (tick, cause, words) in cases {
        let text = said(Some(Lost { tick, cause }));
        assert!(text.contains(words), "{text}");
    }
    let lost = Lost { tick: 1, cause: Cause::Underflow };
    let [_, norms, errors] = shown(Vec::new(), vec![layer(None), layer(Some(lost))]);
    assert!(norms.notes[0].starts_with("Layer 2: "), "{:?}", norms.notes);
    assert!(matches!(&norms.guides[..], [Guide::Horizontal(at, _)] if *at > 1e-38 && *at < 2e-38));
    let names: Vec<_> = norms.series.iter().map(|series| series.full_name()).collect();
    let expected =
        ["layer 1, f64", "layer 2, f64", "in f32, dashed, layer 1", "in f32, dashed, layer 2"];
    assert_eq!(names, expected);
    assert!(errors.notes.iter().any(|note| note.contains("off by 2.0×10⁻⁷, 2.0×10⁻⁷ (by layer")));
}

/// A gradient that f64 has lost too cannot be lost by f32.
#[test]
fn steps_at_which_both_are_zero_are_left_out() {
    let gone = LayerPrecision {
        single: vec![0.0; 3],
        double: vec![0.0, 0.0, 1e-60],
        error: vec![0.0, 0.0, 1.0],
        ..layer(None)
    };
    let [_, _, errors] = shown(Vec::new(), vec![gone]);
    assert_eq!(errors.series[0].points, [[3.0, 1.0]]);
    assert!(errors.notes.iter().any(|note| note.starts_with("At up to 2 steps")));
}

#[test]
fn all_verdicts_and_broken_numbers_are_drawn_and_written() {
    let broken = LayerPrecision {
        single: vec![f64::NAN; 3],
        double: vec![f64::INFINITY; 3],
        error: vec![f64::NAN; 3],
        weight_error: f64::NAN,
        lost: None,
    };
    let reasons =
        [Reason::TooSmall, Reason::Rough, Reason::Kink, Reason::NotFinite, Reason::Underflow];
    let mut parts = two_layers(Verdict::Differs);
    let open = reasons.map(|reason| parameter("bias_ih_l0", f64::NAN, Verdict::Unresolved(reason)));
    parts.extend(open);
    let figures = shown(parts, vec![broken]);
    for theme in [Theme::Light, Theme::Dark] {
        png(&figures, &Style { theme, ..Style::default() }, 1.0).unwrap();
    }
    let text = csv(&figures).unwrap();
    assert!(text.contains("check,\"differs, layer 2\",0.01,weight_hh"), "{text}");
    assert!(figures[1].notes.iter().any(|note| note.contains("not finite either")));
    assert!(figures[2].notes.iter().any(|note| note.contains("all of it (NaN or infinity)")));
}

#[test]
fn files_have_the_errors_themselves_and_all_steps() {
    let mut layer = layer(None);
    (layer.double[0], layer.error[0]) = (0.0, 0.0);
    let figures = shown(two_layers(Verdict::Agrees), vec![layer]);
    assert_eq!(figures[2].series[0].points.len(), 2, "nothing to be off is not drawn");
    let text = csv(&figures).unwrap();
    for line in ["check,agrees,0,head.weight", "precision-error,f32 against f64,1,0"] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
}
