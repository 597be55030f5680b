//! The verdict says what was measured, also of networks made to embarrass it.

use serde_json::Value;

use crate::support::{Desk, assert_close, number, numbers, safetensors};

/// The verdict on what `explore FLAGS` measures, with its sentence in plain spaces.
fn verdict(desk: &Desk, flags: &str) -> (Value, String) {
    let json = desk.json(flags);
    let verdict = json["verdict"].clone();
    let sentence = verdict["sentence"].as_str().expect("a sentence").replace('\u{a0}', " ");
    (verdict, sentence)
}

/// A plain RNN of one feature with this W_hh, row by row, and zero biases but `bias` on its units.
fn rnn(desk: &Desk, weight_hh: &[f32], bias: f32) {
    let size = weight_hh.len().isqrt();
    let ones = vec![1.0; size];
    let biases = vec![bias; size];
    let tensors: [(&str, &[usize], &[f32]); 5] = [
        ("weight_ih_l0", &[size, 1], &ones),
        ("weight_hh_l0", &[size, size], weight_hh),
        ("bias_ih_l0", &[size], &biases),
        ("head.weight", &[1, size], &ones),
        ("head.bias", &[1], &[-1.0]),
    ];
    safetensors(&desk.path("rnn.safetensors"), &tensors);
}

/// Flags for that network, which reads `length` zeros.
fn reads_zeros(desk: &Desk, nonlinearity: &str, length: usize) -> String {
    desk.put("zeros.csv", &"0\n".repeat(length));
    format!("--weights rnn.safetensors --nonlinearity {nonlinearity} --sequence zeros.csv")
}

fn assert_says(sentence: &str, parts: &[&str]) {
    for part in parts {
        assert!(sentence.contains(part), "no “{part}” in: {sentence}");
    }
}

#[test]
fn an_lstm_that_holds_its_cell_keeps_the_gradient_there() {
    let (verdict, sentence) = verdict(&Desk::new(), "--cell lstm --hold 5 --length 50");
    assert_eq!((&verdict["word"], &verdict["state"]), (&"keeps".into(), &"c".into()), "{sentence}");
    assert!(number(&verdict["left"]) > 0.3, "{sentence}");
    assert_says(&sentence, &["the gradient of the cell state", "the forget gate f is 0.99"]);
    assert_says(&sentence, &["Of the gradient of the hidden state, "]);
}

#[test]
fn a_saturated_rnn_vanishes_although_its_radius_exceeds_one() {
    let desk = Desk::new();
    let flags = "--weight-scale 2 --length 50";
    let json = desk.json(flags);
    let (steep, sentence) = verdict(&desk, flags);
    let radius = number(&json["spectral_radius"][0]);
    assert!(radius > 1.1, "{radius}");
    let norms = numbers(&json["grad_norm"][0]);
    let left = norms[0] / norms[49];
    assert!(left < 0.3, "{left}");
    assert_close(&[number(&steep["left"])], &[left], 1e-12, "left");
    assert_close(&[number(&steep["factor"])], &[left.powf(1.0 / 49.0)], 1e-9, "factor");
    assert_says(
        &sentence,
        &["On average, ", ", although |λ|max = 1.14 > 1, because the slope of tanh"],
    );
    let (flat, sentence) = verdict(&desk, &format!("{flags} --bias-scale 10"));
    assert!((0.2..1.0).contains(&number(&flat["saturated"])), "{flat}");
    assert!(number(&flat["slope_factor"]) < 0.8, "{flat}");
    assert_says(
        &sentence,
        &["although |λ|max = 1.14 > 1, because tanh is saturated in ", "% of units"],
    );
}

#[test]
fn a_rotation_of_0_99_vanishes_over_2000_steps_and_keeps_over_10() {
    let desk = Desk::new();
    let flags = "--nonlinearity identity --init orthogonal --weight-scale 0.99";
    let (long, sentence) = verdict(&desk, &format!("{flags} --length 2000"));
    assert_eq!(long["word"], "vanishes", "{sentence}");
    assert_close(&[number(&long["left"])], &[0.99_f64.powi(1999)], 1e-3, "left");
    assert_says(
        &sentence,
        &["Each step back multiplies the gradient by 0.99: 1.9×10⁻⁹ of it is left"],
    );
    assert_says(&sentence, &["because Wₕₕ shrinks it: |λ|max = 0.990 < 1"]);
    let (short, sentence) = verdict(&desk, &format!("{flags} --length 10"));
    assert_eq!(short["word"], "keeps", "{sentence}");
    let table = desk.ok(&format!("explore {flags} --length 2000"));
    assert!(!table.contains("keeps"), "|λ|max has no word of its own: {table}");
}

#[test]
fn transient_growth_is_explained_by_a_matrix_that_is_not_normal() {
    let desk = Desk::new();
    rnn(&desk, &[0.9, 50.0, 0.0, 0.9], 0.0);
    let (short, sentence) = verdict(&desk, &reads_zeros(&desk, "identity", 5));
    assert_eq!(short["word"], "grows", "{sentence}");
    assert_says(&sentence, &["On average, each step back", "times as large as at step 5"]);
    assert_says(
        &sentence,
        &["although |λ|max = 0.900 < 1, because Wₕₕ is not normal: σmax = 50.0"],
    );
    // It forgets in the end, after a hump that its mean factor hides.
    let (long, sentence) = verdict(&desk, &reads_zeros(&desk, "identity", 400));
    assert_eq!(long["word"], "vanishes", "{sentence}");
    assert_says(&sentence, &["On average", "because Wₕₕ shrinks it", "On its way it rises to "]);
}

#[test]
fn a_nilpotent_matrix_and_inactive_units_leave_nothing_at_all() {
    let desk = Desk::new();
    rnn(&desk, &[0.0, 1.0, 0.0, 0.0], 0.0);
    let (cut, sentence) = verdict(&desk, &reads_zeros(&desk, "identity", 6));
    assert_eq!((cut["word"].as_str(), number(&cut["left"])), (Some("vanishes"), 0.0), "{sentence}");
    assert_says(
        &sentence,
        &["Nothing of the gradient is left at step 1", "further back than step 5"],
    );
    rnn(&desk, &[0.5, 0.1, 0.2, 0.5], -3.0);
    let (_, sentence) = verdict(&desk, &reads_zeros(&desk, "relu", 6));
    assert_says(&sentence, &["Nothing", "step 6, because no ReLU unit is active at step 6."]);
}

#[test]
fn weight_scale_0_cuts_an_rnn_but_not_what_gates_keep() {
    let desk = Desk::new();
    let zero = "--weight-scale 0 --bias-scale 0 --length 8";
    let (_, rnn) = verdict(&desk, zero);
    assert_says(
        &rnn,
        &["Nothing of the gradient", "because weight scale 0 cuts every path through time"],
    );
    // Gates without weights and biases are half open.
    for (cell, state) in [("lstm", "c"), ("gru", "h")] {
        let (verdict, sentence) = verdict(&desk, &format!("--cell {cell} {zero}"));
        assert_eq!(verdict["state"], state, "{sentence}");
        assert_close(&[number(&verdict["factor"])], &[0.5], 1e-12, "factor");
        assert_close(&[number(&verdict["keeping_gate"])], &[0.5], 1e-12, "gate");
        assert_says(&sentence, &["by 0.50: 0.78 % of it", "is 0.50 on average"]);
    }
}

#[test]
fn underflow_is_a_bound_not_zero() {
    let desk = Desk::new();
    for (precision, bound) in [("f32", 1e-36), ("f64", 1e-305)] {
        let flags = format!("--weight-scale 0.01 --length 400 --precision {precision}");
        let (verdict, sentence) = verdict(&desk, &flags);
        assert_eq!((&verdict["word"], &verdict["bound"]), (&"vanishes".into(), &"below".into()));
        let left = number(&verdict["left"]);
        assert!(0.0 < left && left < bound, "{left}");
        assert_says(
            &sentence,
            &[&format!("until it underflows {precision} at step "), "less than "],
        );
        assert!(!sentence.contains("Nothing") && number(&verdict["factor"]) > 0.0, "{sentence}");
    }
}

#[test]
fn overflow_on_the_way_back_explodes_and_broken_states_are_undefined() {
    let desk = Desk::new();
    rnn(&desk, &[9.0, 1.0, 1.0, 9.0], 0.0);
    let (over, sentence) = verdict(&desk, &reads_zeros(&desk, "identity", 500));
    assert_eq!(
        (&over["word"], &over["bound"]),
        (&"explodes".into(), &"above".into()),
        "{sentence}"
    );
    assert_says(
        &sentence,
        &["Each step back multiplies the gradient by 10 until it overflows f64"],
    );
    assert_says(&sentence, &["because Wₕₕ stretches it: |λ|max = 10.0 > 1"]);
    let broken = "--nonlinearity identity --weight-scale 5 --length 400 --precision f32";
    let (verdict, sentence) = verdict(&desk, broken);
    assert_eq!(verdict["word"], "undefined", "{sentence}");
    assert_says(&sentence, &["as the states leave the range of f32 at step ", "undefined"]);
}

#[test]
fn one_step_and_a_loss_at_all_steps_get_no_word() {
    let desk = Desk::new();
    for cell in ["rnn", "lstm", "gru"] {
        let (one, sentence) = verdict(&desk, &format!("--cell {cell} --length 1"));
        assert_eq!((&one["word"], &one["steps_back"]), (&Value::Null, &0.into()), "{sentence}");
        assert_says(&sentence, &["There is one step only"]);
        let (all, sentence) = verdict(&desk, &format!("--cell {cell} --loss all"));
        assert_eq!(all["word"], Value::Null, "{sentence}");
        assert!(number(&all["left"]).is_nan() && number(&all["factor"]).is_nan(), "{all}");
        assert_says(&sentence, &["Every step feeds an error of its own into the gradient"]);
        assert!(!sentence.contains("because"), "{sentence}");
    }
    let (echo, sentence) = verdict(&desk, "--task echo");
    assert_eq!(echo["word"], Value::Null, "{sentence}");
}

#[test]
fn of_several_layers_the_lowest_is_told_without_a_cause_that_was_not_measured() {
    let desk = Desk::new();
    let flags = "--num-layers 3 --weight-scale 2 --length 30";
    let json = desk.json(flags);
    let (verdict, sentence) = verdict(&desk, flags);
    let lowest = numbers(&json["grad_norm"][0]);
    assert_close(&[number(&verdict["left"])], &[lowest[0] / lowest[29]], 1e-12, "left");
    assert_says(&sentence, &["In layer 1 of 3, ", " of that at step 30"]);
    assert!(!sentence.contains("because"), "other ways feed layer 1 too: {sentence}");
}

#[test]
fn table_json_and_figure_carry_the_same_sentence_and_ticks_their_name() {
    let desk = Desk::new();
    let flags = "--weight-scale 1.5 --batch 3";
    let sentence = desk.json(flags)["verdict"]["sentence"].as_str().expect("text").to_owned();
    let table = desk.ok(&format!("explore {flags}"));
    let above = table.lines().take_while(|line| !line.is_empty()).last();
    assert_eq!(above, Some(&*sentence), "the last line above the numbers");
    assert_eq!(table.matches(&sentence).count(), 1, "{table}");
    desk.ok(&format!("explore {flags} --svg four.svg"));
    let svg = std::fs::read_to_string(desk.path("four.svg")).expect("SVG");
    let start: String = sentence.split(' ').take(5).collect::<Vec<_>>().join(" ");
    assert!(svg.contains(&start), "{start}");
    let (_, ticks) = verdict(&desk, "--task first-zero --ticks 2 --cell gru");
    assert_says(&ticks, &["tick"]);
}

#[test]
fn the_help_publishes_the_thresholds() {
    let help = Desk::new().ok("explore --help");
    let one_line = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(one_line.contains(&rnnscope::flow::Fate::rule()), "{one_line}");
}

/// Of one prediction from all states there is one loss, whose gradient enters at each of them.
#[test]
fn one_loss_read_from_all_states_is_not_called_many() {
    let desk = Desk::new();
    let all = [0.1; 20];
    let tensors: [(&str, &[usize], &[f32]); 5] = [
        ("rnn.weight_ih_l0", &[2, 1], &[0.3, 0.4]),
        ("rnn.weight_hh_l0", &[2, 2], &[0.5, 0.1, 0.2, 0.5]),
        ("rnn.bias_ih_l0", &[2], &[0.0, 0.0]),
        ("fc.weight", &[1, 20], &all),
        ("fc.bias", &[1], &[0.0]),
    ];
    safetensors(&desk.path("all.safetensors"), &tensors);
    for (flags, loss) in [
        ("--task mnist1d", "cross-entropy, all states"),
        ("--weights all.safetensors", "mean squared error, all states"),
        ("--weights all.safetensors --loss all", "mean squared error, all states"),
    ] {
        let (all, sentence) = verdict(&desk, flags);
        assert_eq!(all["word"], Value::Null, "{sentence}");
        assert_says(
            &sentence,
            &["There is one loss, but the readout reads the state after every step"],
        );
        assert!(!sentence.contains("error"), "{sentence}");
        desk.ok(&format!("explore {flags} --csv all.csv"));
        let table = desk.ok(&format!("explore {flags}"));
        let heading = table.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(heading.contains("all states ·"), "{heading}");
        let csv = std::fs::read_to_string(desk.path("all.csv")).expect("CSV");
        assert!(csv.contains(loss) && !csv.contains("last step"), "{csv}");
    }
}

/// NaN in the weights is no overflow, and what scaling makes infinite is named too.
#[test]
fn weights_that_are_not_finite_are_named_as_the_cause() {
    let desk = Desk::new();
    for bad in [f32::NAN, f32::INFINITY] {
        rnn(&desk, &[0.5, bad, 0.1, 0.5], 0.0);
        let flags = reads_zeros(&desk, "tanh", 6);
        let (broken, sentence) = verdict(&desk, &flags);
        assert_eq!(broken["word"], "undefined", "{sentence}");
        assert_says(&sentence, &[" back, as weight_hh_l0 holds NaN or infinity: "]);
        assert!(!sentence.contains("range of"), "{sentence}");
        desk.ok(&format!("explore {flags} --svg broken.svg"));
        let svg = std::fs::read_to_string(desk.path("broken.svg")).expect("SVG");
        assert!(!svg.contains("Overflow") && !svg.contains("have no value"), "{bad}");
    }
    rnn(&desk, &[f32::NAN; 4], f32::NAN);
    let (_, sentence) = verdict(&desk, &reads_zeros(&desk, "tanh", 6));
    assert_says(&sentence, &["as weight_hh_l0 and bias_ih_l0 hold NaN or infinity"]);
    let (_, sentence) = verdict(&desk, "--weight-scale 1e300 --precision f32");
    assert_says(
        &sentence,
        &["as weight_ih_l0 and weight_hh_l0, once scaled, hold NaN or infinity in f32"],
    );
}

/// A gate below 1 makes nothing grow, and one whose powers miss by decades is not the reason.
#[test]
fn a_gate_is_the_reason_only_where_it_leaves_what_is_left() {
    let desk = Desk::new();
    for flags in [
        "--cell lstm --hidden-size 1 --length 10 --seed 43 --weight-scale=2 --bias-scale=5 --hold 1",
        "--cell gru --hidden-size 1 --length 120 --seed 2 --weight-scale=1.7 --batch 3",
    ] {
        let (judged, sentence) = verdict(&desk, flags);
        let alone = number(&judged["keeping_gate"]).ln() * number(&judged["steps_back"]);
        let left = number(&judged["left"]).ln();
        assert!(left > 5e-4 || (alone / left - 1.0).abs() > 0.1, "{judged}");
        assert_says(&sentence, &[" gate "]);
        assert!(!sentence.contains("because"), "{sentence}");
        assert!(!sentence.contains("is 1.0 on"), "digits tell it from 1: {sentence}");
    }
    // Without weights and biases the gate is all that there is.
    let (_, sentence) = verdict(&desk, "--cell gru --weight-scale 0 --bias-scale 0 --length 120");
    assert_says(&sentence, &["because the update gate z is 0.50 on average"]);
}
