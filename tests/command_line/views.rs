//! `--view`: why the gradients are what they are, from the command line.

use serde_json::Value;

use crate::support::{Desk, Picture, number, numbers};

fn lists(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().expect("a list").iter().map(numbers).collect()
}

#[test]
fn several_views_come_in_one_document() {
    let desk = Desk::new();
    let flags = "--cell lstm --hidden-size 5 --num-layers 2 --length 6 --batch 2 --loss all";
    let flow = desk.json(flags);
    let json =
        desk.json(&format!("{flags} --view gates --view itemized --view weights --view Gates"));
    assert_eq!(json["question"], flow["question"]);
    assert_eq!(json["loss"], flow["loss"]);
    let views = json["views"].as_object().expect("views");
    assert_eq!(views.len(), 3);

    let itemized = &views["itemized"];
    assert_eq!(itemized["terms"], "sum");
    for layer in 0..2 {
        let norms = lists(&itemized["grad_norm"][layer]);
        let lengths: Vec<usize> = norms.iter().map(Vec::len).collect();
        assert_eq!(lengths, [1, 2, 3, 4, 5, 6]);
        // Only the last loss reaches h_T; at other steps norms add up to at least that of the sum.
        let whole = numbers(&flow["grad_norm"][layer]);
        assert!((norms[5][5] / whole[5] - 1.0).abs() < 1e-12);
        for (t, whole) in whole.iter().enumerate() {
            let sum: f64 = norms.iter().filter_map(|row| row.get(t)).sum();
            assert!(sum >= whole * (1.0 - 1e-12), "step {}", t + 1);
        }
        assert_eq!(numbers(&itemized["horizon"][layer]).len(), 6);
    }

    let weights = &views["weights"];
    let norms = numbers(&weights["norm"][0]);
    assert_eq!((norms.len(), norms[0]), (6, 0.0));
    assert!((numbers(&weights["share"][0])[0] - 1.0).abs() < 1e-12);
    assert!(number(&weights["total"][0]) <= norms.iter().sum::<f64>());

    let layer = &views["gates"]["layers"][1];
    let mut names: Vec<_> = layer["gates"].as_object().expect("gates").keys().collect();
    names.sort();
    assert_eq!(names, ["f", "g", "i", "o"]);
    assert_eq!(lists(&layer["gates"]["f"]["values"]).len(), 5);
    assert_eq!(numbers(&layer["grad_norm"]).len(), 6);
    assert_eq!(numbers(&layer["highway"]["mean"])[5], 1.0);
}

#[test]
fn units_come_in_the_order_asked_for() {
    let desk = Desk::new();
    let map = |sort: &str| {
        let json = desk.json(&format!("--hidden-size 6 --weight-scale 3 --view gates {sort}"));
        let gate = &json["views"]["gates"]["layers"][0]["gates"]["hh"];
        (numbers(&gate["units"]), lists(&gate["values"]))
    };
    let (units, values) = map("");
    assert_eq!(map("--sort mean"), (units.clone(), values.clone()));
    let (sorted, by_index) = map("--sort Index");
    assert_eq!(sorted, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    for (unit, values) in units.iter().zip(&values) {
        assert_eq!(by_index[*unit as usize], *values);
    }
    for sort in ["saturation", "change"] {
        let (units, values) = map(&format!("--sort {sort}"));
        for (unit, values) in units.iter().zip(&values) {
            assert_eq!(by_index[*unit as usize], *values, "{sort}");
        }
    }
    desk.ok("explore --view gates --sort change --svg v.svg");
    let drawn = std::fs::read_to_string(desk.path("v.svg")).expect("text");
    assert!(drawn.contains("unit, by change over time"), "{drawn}");
}

#[test]
fn views_are_printed_and_written() {
    let desk = Desk::new();
    let flags = "explore --length 12 --view itemized --view weights --view gates";
    let text = desk.ok(flags);
    for words in ["‖dLs/dh1‖", "horizon", "share t..T", "hh flat", "Cashman et al. 2018"] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
    desk.ok(&format!("{flags} --png v.png --svg v.svg --csv v.csv --json v.json --theme dark"));
    assert_eq!(desk.files(), ["v.csv", "v.json", "v.png", "v.svg"]);
    assert_eq!(Picture::read(&desk.path("v.png")).width, 1600);
    let csv = std::fs::read_to_string(desk.path("v.csv")).expect("text");
    let columns = "figure,series,x,y,value,network,weights,readout,input,length,batch,target,";
    assert!(csv.starts_with(columns), "{csv}");
    for figure in ["itemized", "weight-contributions", "weight-share", "activations", "saturation"]
    {
        assert!(csv.contains(&format!("\n{figure},")), "{figure}");
    }
    // A row a cell of the map; states after the loss have none.
    assert_eq!(csv.lines().filter(|line| line.starts_with("itemized,‖∂Lₛ/∂hₜ‖,")).count(), 78);
}

#[test]
fn views_of_a_task_say_what_its_rows_are() {
    let desk = Desk::new();
    let terms = |flags: &str| {
        desk.json(&format!("{flags} --view itemized"))["views"]["itemized"]["terms"].clone()
    };
    assert_eq!(terms("--task mnist1d --hidden-size 4"), "shares");
    assert_eq!(terms("--task first-zero --hidden-size 4"), "last-only");
    assert_eq!(terms("--task echo --hidden-size 4"), "sum");
    assert_eq!(terms("--task long-lag --lag 6 --hidden-size 4"), "last-only");
    assert_eq!(terms("--loss last"), "last-only");
}

#[test]
fn numbers_that_are_none_are_results() {
    let desk = Desk::new();
    let flags = "--nonlinearity identity --weight-scale 1e60 --length 30 --loss all";
    let json = desk.json(&format!("{flags} --view itemized --view weights --view gates"));
    assert!(!number(&json["views"]["weights"]["total"][0]).is_finite());
    assert!(lists(&json["views"]["itemized"]["grad_norm"][0])[0][0].is_finite());
    desk.ok(&format!("explore {flags} --view itemized --view weights --view gates --svg v.svg"));
}

#[test]
fn what_no_view_can_show_is_refused_in_a_line() {
    let desk = Desk::new();
    for (flags, words) in [
        ("--length 3000 --view itemized", "itemized view must be 1 to 2048, found 3000"),
        ("--view nothing", "itemized"),
        ("--sort mean --view weights", "--sort needs --view gates"),
        ("--sort index", "--sort needs --view gates"),
        ("--view gates --sort size", "saturation"),
    ] {
        let output = desk.run(&format!("explore {flags} --png v.png"));
        let line = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(line.contains(words) && line.lines().count() == 1, "{line}");
        assert!(desk.files().is_empty());
    }
}

#[test]
fn prediction_and_step_jacobians_come_as_json() {
    let desk = Desk::new();
    let flags = "--hidden-size 5 --length 7 --weight-scale 0.5 --seed 3";
    let flow = desk.json(flags);
    let json = desk.json(&format!("{flags} --view theory --view jacobians"));
    let theory = &json["views"]["theory"]["layers"][0];
    // With one layer and a loss on the last step it is the gradient of the plain report.
    let (whole, shown) = (numbers(&flow["grad_norm"][0]), numbers(&theory["grad_norm"]));
    for (whole, shown) in whole.iter().zip(&shown) {
        assert!((whole - shown).abs() < 1e-14, "{whole} {shown}");
    }
    assert_eq!(theory["regime"], "must-vanish");
    let (sigma_max, slope) = (number(&theory["sigma_max"]), number(&theory["slope"]));
    assert!(sigma_max < 1.0 && slope < sigma_max);
    let jacobians = &json["views"]["jacobians"]["layers"][0];
    assert_eq!(numbers(&jacobians["exponents"]).len(), 5);
    let largest = numbers(&jacobians["largest_exponent"]);
    assert_eq!(largest[6], numbers(&jacobians["exponents"])[0]);
    assert_eq!(numbers(&jacobians["products"]["t"]), [6.0, 5.0, 4.0, 3.0, 2.0, 1.0]);
    for max in numbers(&jacobians["steps"]["max"]) {
        assert!(max <= sigma_max * (1.0 + 1e-12));
    }
    for ln_max in numbers(&jacobians["products"]["ln_max"]) {
        assert!(ln_max < 0.0);
    }
}

/// One unit: the product of all step Jacobians is the gradient, and nothing is left to blame.
#[test]
fn the_radius_of_gates_is_that_of_all_steps_back() {
    let desk = Desk::new();
    let flags = "--cell gru --hidden-size 1 --length 33 --seed 7602481930 --weight-scale=-1.51";
    let json = desk.json(&format!("{flags} --view theory"));
    let layer = &json["views"]["theory"]["layers"][0];
    let (radius, slope) = (number(&layer["radius"]), number(&layer["slope"]));
    // 0.0311 by half of the steps; with the Jacobian of step 1, which nothing crosses, 0.0965.
    assert!((radius - 0.09693).abs() < 1e-5, "{radius}");
    assert!((radius / slope - 1.0).abs() < 1e-9, "{radius} {slope}");
    assert_eq!(layer["source"], "step-jacobians");
    assert_eq!(layer["radius_steps"]["taken"], 32);
    assert_eq!(
        (number(&layer["radius_relative_error"]), &layer["reason"]),
        (0.0, &"as-predicted".into())
    );
    let norms = numbers(&layer["grad_norm"]);
    assert!((number(&layer["left_over"]) / (norms[0] / norms[32]) - 1.0).abs() < 1e-12);
    assert_eq!(layer["fate"], "vanishes");
    let text = desk.ok(&format!("explore {flags} --view theory"));
    assert!(text.contains("as |λ|max predicts") && !text.contains("normal"), "{text}");
    assert!(text.contains("Of the gradient at the last step less than 0.001 left"), "{text}");
}

/// Whatever a plot has no room for.
#[test]
fn csv_files_hold_all_that_was_measured() {
    let desk = Desk::new();
    desk.ok("explore --length 30 --hidden-size 4 --nonlinearity relu --weight-scale 3 --seed 2 \
         --view theory --view jacobians --view weights --csv v.csv");
    let text = std::fs::read_to_string(desk.path("v.csv")).unwrap();
    let rows = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
    for series in ["largest", "geometric mean", "smallest"] {
        assert_eq!(rows(&format!("product-singular-values,{series},")), 30, "{series}");
    }
    assert_eq!(rows("theory,measured"), 30);
    assert_eq!(rows("theory,|λ|max: "), 30);
    assert_eq!(rows("theory,at most σmax: "), 30);
    assert_eq!(rows("lyapunov-spectrum,layer 1,"), 4);
    assert_eq!(rows("weight-contributions,layer 1,"), 30);
}

#[test]
fn prediction_and_step_jacobians_work_for_all_that_can_be_asked() {
    let desk = Desk::new();
    for flags in [
        "--cell gru --num-layers 2 --wiring skips --ticks 2 --length 4 --batch 3 --loss all",
        "--cell lstm --precision f32 --length 3",
        "--nonlinearity identity --weight-scale 1e60 --length 30",
        "--weight-scale 0 --length 1",
        "--task mnist1d --hidden-size 4",
        "--task first-zero --hidden-size 4",
        "--task long-lag --lag 6 --hidden-size 4 --cell lstm",
        "--task echo --hidden-size 4 --nonlinearity relu",
    ] {
        let text = desk.ok(&format!("explore {flags} --view theory --view jacobians"));
        for words in ["by σmax", "exponent", "Pascanu et al. 2013", "Benettin et al. 1980"] {
            assert!(
                text.contains(words) || flags.contains("gru") || flags.contains("lstm"),
                "{words} in\n{text}"
            );
        }
        desk.ok(&format!("explore {flags} --view theory --view jacobians --png v.png --csv v.csv"));
    }
}

#[test]
fn the_check_comes_as_json() {
    let desk = Desk::new();
    let flags = "--cell gru --hidden-size 6 --num-layers 2 --length 9 --batch 2 --loss all";
    let flow = desk.json(flags);
    let json = desk.json(&format!("{flags} --view check"));
    let check = &json["views"]["check"];
    assert_eq!((&check["verdict"], &check["culprit"]), (&"agrees".into(), &Value::Null));
    let parts = check["parts"].as_array().expect("parts");
    // Four tensors and three states a layer, and the readout.
    assert_eq!(parts.len(), 16);
    for part in parts {
        let (autograd, difference) = (number(&part["autograd"]), number(&part["difference"]));
        assert!((autograd / difference - 1.0).abs() < 1e-6, "{part}");
        assert!(number(&part["error"]) <= number(&check["worst"]), "{part}");
        assert_eq!(part["verdict"], "agrees");
    }
    assert_eq!(parts[1]["of"], "weight_hh_l0");
    assert_eq!(parts[11]["of"], "h_5 of layer 1");
    for layer in 0..2 {
        let precision = &check["precision"][layer];
        assert_eq!(numbers(&precision["grad_norm_f64"]), numbers(&flow["grad_norm"][layer]));
        assert!(numbers(&precision["error"]).iter().all(|error| (1e-9..1e-5).contains(error)));
        assert_eq!(precision["lost"], Value::Null);
    }
    // The same in any precision asked for.
    let single = desk.json(&format!("{flags} --view check --precision f32"));
    assert_eq!(&single["views"]["check"], check);
}

#[test]
fn a_gradient_lost_in_f32_is_told_by_step() {
    let desk = Desk::new();
    let flags = "--length 150 --weight-scale 0.4";
    let check = desk.json(&format!("{flags} --view check"))["views"]["check"].clone();
    assert_eq!(check["verdict"], "agrees");
    let first = &check["parts"][6];
    assert_eq!(
        (&first["of"], &first["method"]),
        (&"h_1 of layer 1".into(), &"step-by-step".into())
    );
    let precision = &check["precision"][0];
    assert_eq!(precision["lost"]["cause"], "underflow");
    let t = number(&precision["lost"]["t"]) as usize;
    let (single, double) =
        (numbers(&precision["grad_norm_f32"]), numbers(&precision["grad_norm_f64"]));
    assert!(double[t - 1] < 1e-38 && double[t - 1] > 1e-46, "{:e}", double[t - 1]);
    assert_eq!((single[0], double[0] > 0.0), (0.0, true));
    let text = desk.ok(&format!("explore {flags} --view check"));
    let expected = format!("f32 loses the gradient at step {t} of 150");
    for words in ["agrees, step by step", "weight_ih_l0", "Ridders 1982", &expected] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
}

#[test]
fn the_check_works_for_all_that_can_be_asked() {
    let desk = Desk::new();
    for flags in [
        "--cell gru --num-layers 2 --wiring skips --ticks 2 --length 4 --batch 3 --loss all",
        "--cell lstm --precision f32 --length 3",
        "--nonlinearity identity --weight-scale 1e60 --length 30",
        "--weight-scale 0 --bias-scale 0 --nonlinearity relu",
        "--weight-scale 0 --length 1",
        "--task mnist1d --hidden-size 4",
        "--task first-zero --hidden-size 4 --nonlinearity relu",
        "--task long-lag --lag 6 --hidden-size 4 --cell lstm",
        "--task echo --hidden-size 4 --nonlinearity relu",
    ] {
        let text = desk.ok(&format!("explore {flags} --view check"));
        assert!(text.contains("autograd") && !text.contains("DIFFERS"), "{text}");
        desk.ok(&format!("explore {flags} --view check --png v.png --csv v.csv --svg v.svg"));
    }
    let csv = std::fs::read_to_string(desk.path("v.csv")).expect("text");
    for figure in ["check", "precision", "precision-error"] {
        assert!(csv.contains(&format!("\n{figure},")), "{figure}");
    }
}
