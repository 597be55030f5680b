//! Every flag does what its help says.

use serde_json::json;

use crate::support::{Desk, Picture, number, numbers};

#[test]
fn flags_reach_the_question() {
    let desk = Desk::new();
    let drawn = "--cell lstm --hidden-size 5 --num-layers 2 --biases 1 --seed 7 --init identity \
                 --forget-bias -1.5 --weight-scale -2 --bias-scale=-.5 --loss all --precision f32 \
                 --length 6 --batch 3 --signal sine --input-seed 9";
    let question = &desk.json(drawn)["question"];
    assert_eq!(
        *question,
        json!({
            "weights": { "draw": {
                "design": {
                    "cell": "lstm", "hidden_size": 5, "num_layers": 2, "wiring": "stacked",
                    "ticks": 1, "recipe": "notebook", "init": "identity", "input_init": "default",
                    "gate_bias": { "forget": -1.5 },
                },
                "seed": 7,
            } },
            "input": { "signal": "sine", "length": 6, "batch": 3, "seed": 9 },
            "weight_scale": -2.0, "bias_scale": -0.5, "loss": "all", "precision": "f32",
        })
    );
    let design = |flags: &str| {
        let json = desk.json(&format!("{flags} --hidden-size 3 --length 3"));
        json["question"]["weights"]["draw"]["design"].clone()
    };
    let found = design("--cell gru --hold 2.5 --input-init normal --wiring skips --ticks 2");
    assert_eq!(found["gate_bias"], json!({ "hold": 2.5 }));
    assert_eq!((&found["input_init"], &found["wiring"]), (&json!("normal"), &json!("skips")));
    assert_eq!(found["ticks"], 2);
    assert_eq!(design("--cell lstm --chrono 40")["gate_bias"], json!({ "chrono": 40.0 }));
    for nonlinearity in ["tanh", "relu", "identity"] {
        let json = desk.json(&format!("--nonlinearity {nonlinearity}"));
        assert_eq!(json["spec"]["cell"], json!({ "rnn": nonlinearity }));
    }
}

#[test]
fn json_has_a_list_a_layer_and_a_number_a_step() {
    let json = Desk::new().json("--cell lstm --hidden-size 4 --num-layers 3 --length 6 --batch 2");
    for key in ["hidden_norm", "cell_norm", "grad_norm", "cell_grad_norm"] {
        let layers = json[key].as_array().expect(key);
        assert_eq!(layers.len(), 3, "{key}");
        for layer in layers {
            let norms = numbers(layer);
            assert_eq!(norms.len(), 6, "{key}");
            assert!(norms.iter().all(|norm| *norm >= 0.0), "{key}: {norms:?}");
        }
    }
    for key in ["spectral_radius", "sigma_max", "spectrum"] {
        let layer = json[key][2].as_object().expect(key);
        let mut names: Vec<_> = layer.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["f", "g", "i", "jacobian", "o"], "{key}");
    }
    // Of h and c together: twice the units.
    assert_eq!(json["spectrum"][0]["jacobian"].as_array().map(Vec::len), Some(8));
    assert_eq!(json["spectrum"][0]["f"].as_array().map(Vec::len), Some(4));
    assert!(number(&json["sigma_max"][0]["f"]) >= number(&json["spectral_radius"][0]["f"]));
}

#[test]
fn an_rnn_has_bare_spectra_and_no_cell_state() {
    let json = Desk::new().json("--hidden-size 4");
    assert!(json.get("cell_norm").is_none() && json.get("cell_grad_norm").is_none());
    let eigenvalues = json["spectrum"][0].as_array().expect("a list");
    let largest = eigenvalues.iter().map(|pair| {
        let pair = numbers(pair);
        pair[0].hypot(pair[1])
    });
    let radius = number(&json["spectral_radius"][0]);
    assert_eq!(eigenvalues.len(), 4);
    assert!((largest.fold(0.0, f64::max) - radius).abs() < 1e-12);
}

#[test]
fn several_sequences_make_a_batch() {
    let desk = Desk::new();
    desk.put("a.csv", "1,5\n2,6\n3,7\n");
    desk.put("b.csv", "first,second\n0,0\n0,0\n0,0\n");
    let json = desk.json("--sequence a.csv --sequence b.csv --cell gru");
    assert_eq!((&json["batch"], &json["length"]), (&json!(2), &json!(3)));
    assert_eq!(json["spec"]["input_size"], 2);
    assert_eq!(json["input"], json!([[1.0, 2.0, 3.0], [5.0, 6.0, 7.0]]));
    assert_eq!(json["target"], json!([1.0, 1.5, 2.0]));
}

#[test]
fn figures_and_numbers_go_where_they_are_sent() {
    let desk = Desk::new();
    let flags = "explore --cell gru --num-layers 2 --length 4 --width 900 --theme dark";
    let said = desk.ok(&format!("{flags} --png a.png --svg a.svg --csv a.csv --json a.json"));
    assert_eq!(desk.files(), ["a.csv", "a.json", "a.png", "a.svg"]);
    assert!(desk.files().iter().all(|name| said.contains(name.as_str())), "{said}");

    let picture = Picture::read(&desk.path("a.png"));
    assert_eq!(picture.width, 900);
    assert!(picture.colours() > 20, "{} colours: the figure is blank", picture.colours());
    let svg = std::fs::read_to_string(desk.path("a.svg")).expect("SVG");
    assert!(svg.contains("<svg") && svg.contains("</svg>"));
    let mut csv = csv::Reader::from_path(desk.path("a.csv")).expect("CSV");
    let headers: Vec<_> = csv.headers().expect("header").iter().map(str::to_owned).collect();
    assert!(["layer", "step"].iter().all(|name| headers.contains(&(*name).into())), "{headers:?}");
    assert_eq!(csv.records().filter_map(Result::ok).count(), 2 * 4);
    let json = std::fs::read(desk.path("a.json")).expect("JSON");
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    assert_eq!(json["length"], 4);
}

#[test]
fn themes_differ() {
    let desk = Desk::new();
    desk.ok("explore --theme light --svg light.svg");
    desk.ok("explore --theme dark --svg dark.svg");
    let read = |name| std::fs::read(desk.path(name)).expect("SVG");
    assert_ne!(read("light.svg"), read("dark.svg"));
}

#[test]
fn the_same_command_writes_the_same_bytes() {
    let desk = Desk::new();
    let flags = "explore --cell lstm --num-layers 2 --seed 3 --length 20 --batch 2";
    for name in ["one", "two"] {
        desk.ok(&format!(
            "{flags} --png {name}.png --svg {name}.svg --csv {name}.csv --json {name}.json"
        ));
    }
    for kind in ["png", "svg", "csv", "json"] {
        let read = |name| std::fs::read(desk.path(&format!("{name}.{kind}"))).expect("file");
        assert!(read("one") == read("two"), "{kind} files differ");
    }
    let other = desk.ok(&format!("{} --json -", flags.replace("--seed 3", "--seed 4")));
    assert_ne!(other.into_bytes(), std::fs::read(desk.path("one.json")).expect("file"));
}

#[test]
fn without_output_flags_a_table_is_printed() {
    let desk = Desk::new();
    let text = desk.ok("explore --num-layers 2 --length 5");
    for words in ["RNN tanh, 16 units, 2 layers", "seed 0", "Loss", "|λ|max"] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
    let rows = text.lines().filter(|line| line.trim_start().starts_with(['1', '5'])).count();
    assert_eq!(rows, 4, "first and last step of two layers in\n{text}");
    assert!(desk.files().is_empty());

    let long = desk.ok("explore --length 5000");
    assert!(long.contains("of 5000 steps") && long.lines().count() < 60, "{long}");
}
