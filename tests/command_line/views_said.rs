//! What `--view` says of causes, of all steps together, of numbers that no format holds, and of files.

use serde_json::Value;

use crate::support::{Desk, number, numbers};

fn theory(desk: &Desk, flags: &str) -> Value {
    desk.json(&format!("{flags} --view theory"))["views"]["theory"]["layers"][0].clone()
}

#[test]
fn directions_that_hardly_differ_are_no_cause() {
    let desk = Desk::new();
    for flags in [
        "--cell gru",
        "--cell lstm",
        "--cell lstm --hidden-size 2 --length 50 --seed 31 --weight-scale=0.5",
    ] {
        let layer = theory(&desk, flags);
        let gap = &layer["gap"];
        let part = number(&gap["ln_steps_differ"]) / number(&gap["ln_total"]);
        assert!(part < 0.3 && layer["reason"] != "steps-differ", "{flags}: {layer}");
    }
    let text = desk.ok("explore --cell gru --view theory");
    assert!(text.contains("only a small part in the direction that lasts: 0.39 times"), "{text}");
    assert!(!text.contains("differs from step to step"), "{text}");
}

#[test]
fn all_steps_together_are_judged_by_sigma_max_of_their_product() {
    let desk = Desk::new();
    for (flags, left) in [
        ("--cell lstm --hold 5 --length 50", "0.91, so a gradient in its direction keeps its size"),
        ("--cell lstm --hold 5 --length 25 --seed 41", "1.0, so a gradient in its direction keeps"),
        (
            "--cell lstm --hidden-size 16 --length 50 --seed 47 --weight-scale=6 --hold 3",
            "so a gradient in its direction grows",
        ),
    ] {
        let text = desk.ok(&format!("explore {flags} --view jacobians"));
        assert!(text.contains(left) && !text.contains("it fades"), "{flags}: {text}");
    }
    let text = desk.ok("explore --ticks 3 --view jacobians");
    assert!(text.contains(" a tick; ") && !text.contains(" a step; "), "{text}");
}

#[test]
fn what_no_number_format_holds_is_neither_nothing_nor_infinite() {
    let desk = Desk::new();
    let text = desk.ok("explore --length 2000 --view theory");
    for words in ["predicts that about 10⁻⁴⁸", "by the Jacobians, about 10⁻⁵"] {
        assert!(text.contains(words) && !text.contains("nothing of"), "{words} in\n{text}");
    }
    let left = number(&theory(&desk, "--length 2000")["ln_left_over"]);
    assert!((left / std::f64::consts::LN_10 + 539.0).abs() < 2.0, "{left}");
    let text = desk.ok("explore --length 2000 --view jacobians");
    assert!(text.contains("all 1999 steps back together: about 10⁻⁵"), "{text}");
    let grows = "explore --weight-scale 50 --nonlinearity identity --length 300 --view jacobians";
    let text = desk.ok(grows);
    assert!(text.contains("together: about 10") && !text.contains("∞ over"), "{text}");
    let text = desk.ok("explore --weight-scale 1e-310 --view theory");
    assert!(text.contains("at most about 10⁻") && !text.contains("at most 0 "), "{text}");
}

#[test]
fn what_a_file_has_of_long_sequences_is_what_the_table_says() {
    let desk = Desk::new();
    desk.ok("explore --length 2000 --view jacobians --csv j.csv");
    let text = desk.ok("explore --length 2000 --view jacobians");
    let said = "(--csv FILE has singular values too, of the Jacobians of 256 of 2000 steps and of the \
                products of 33 of 2000)";
    assert!(text.contains(said) && text.contains("layer 1: the largest exponent so far"), "{text}");
    let text = std::fs::read_to_string(desk.path("j.csv")).expect("text");
    let rows = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!(rows("step-singular-values,largest,"), 256);
    assert_eq!(rows("product-singular-values,largest,"), 33);
    assert_eq!(rows("lyapunov-drift,layer 1,"), 2000);
    let text = desk.ok("explore --length 100 --view jacobians");
    assert!(text.contains("singular values of the step's Jacobian, and the largest"), "{text}");
    assert!(text.contains("singular values too, of the products of 33 of 100)"), "{text}");
    let text = desk.ok("explore --length 12 --view jacobians");
    assert!(!text.contains("FILE"), "{text}");
    let largest = &desk.json("--length 2000 --view jacobians")["views"]["jacobians"]["layers"][0];
    assert_eq!(numbers(&largest["largest_exponent"]).len(), 2000);
}

#[test]
fn tables_of_losses_count_in_steps() {
    let text = Desk::new().ok("explore --length 40 --view itemized");
    assert!(text.contains("of 40 steps; --csv FILE has them all)"), "{text}");
    assert!(!text.contains("step ss"), "{text}");
}
