//! The numbers agree with PyTorch's: the course notebook's explorer under `torch.manual_seed(0)`,
//! computed there in single precision, and a network small enough to work out by hand.

use crate::support::{Desk, assert_close, number, numbers, safetensors};

/// One setting of the explorer's sliders and what the notebook computed for it.
struct Row {
    flags: &'static str,
    radius: Option<f64>,
    loss: f64,
    hidden: [f64; 10],
    gradient: [f64; 10],
}

const NOTEBOOK: &[Row] = &[
    Row {
        flags: "--cell rnn --nonlinearity tanh --hidden-size 16 --loss last",
        radius: Some(0.6266893),
        loss: 0.1186965,
        hidden: [
            2.899264, 2.579742, 2.17561, 1.905342, 2.388662, 1.667049, 2.697103, 2.477108,
            2.088593, 1.911637,
        ],
        gradient: [
            4.879782e-05,
            0.0001222357,
            0.0003585246,
            0.0008063505,
            0.002600384,
            0.00723725,
            0.0176757,
            0.06823087,
            0.1479176,
            0.2969607,
        ],
    },
    Row {
        flags: "--cell rnn --nonlinearity tanh --hidden-size 16 --loss all",
        radius: Some(0.6266893),
        loss: 0.3182564,
        hidden: [
            2.899264, 2.579742, 2.17561, 1.905342, 2.388662, 1.667049, 2.697103, 2.477108,
            2.088593, 1.911637,
        ],
        gradient: [
            0.1279802, 0.0510383, 0.00851153, 0.02154016, 0.05019906, 0.04322333, 0.0329409,
            0.03646174, 0.03929666, 0.02969607,
        ],
    },
    Row {
        flags: "--cell rnn --nonlinearity relu --hidden-size 16 --loss last",
        radius: Some(0.6266893),
        loss: 0.006973332,
        hidden: [
            2.977968, 1.990234, 1.890029, 1.422967, 2.571165, 1.172639, 2.345579, 1.885177,
            1.761941, 1.435396,
        ],
        gradient: [
            0.0001089427,
            0.0001819199,
            0.0003045685,
            0.0006605798,
            0.001030196,
            0.002534423,
            0.007582061,
            0.01315146,
            0.02860886,
            0.07197805,
        ],
    },
    Row {
        flags: "--cell rnn --nonlinearity tanh --hidden-size 16 --loss last \
                --weight-scale 5 --bias-scale 5",
        radius: Some(3.133446),
        loss: 0.2810574,
        hidden: [
            3.873771, 3.765327, 3.423381, 3.574739, 3.887159, 3.452806, 3.75525, 3.737739,
            3.340496, 3.725685,
        ],
        gradient: [
            0.0913559, 0.2165122, 0.1610989, 0.1725076, 0.3697643, 0.2197186, 0.2552475, 0.5374106,
            0.382712, 0.4569592,
        ],
    },
    Row {
        flags: "--cell lstm --hidden-size 3 --loss last --weight-scale -2",
        radius: None,
        loss: 0.1148341,
        hidden: [
            0.1953567, 0.3729908, 0.6878358, 0.4376542, 0.5895481, 0.5240365, 0.4362059, 0.5664078,
            0.4647807, 0.4575751,
        ],
        gradient: [
            0.00271665,
            0.0004074813,
            0.007291537,
            0.003405041,
            0.008380854,
            0.01225938,
            0.01455523,
            0.02631486,
            0.07754193,
            0.3314128,
        ],
    },
];

#[test]
fn the_notebooks_explorer_is_reproduced() {
    let desk = Desk::new();
    for Row { flags, radius, loss, hidden, gradient } in NOTEBOOK {
        let json = desk.json(&format!("{flags} --biases 1 --seed 0"));
        assert_close(&[number(&json["loss"])], &[*loss], 1e-4, flags);
        assert_close(&numbers(&json["hidden_norm"][0]), hidden, 1e-4, flags);
        assert_close(&numbers(&json["grad_norm"][0]), gradient, 1e-4, flags);
        if let Some(radius) = radius {
            assert_close(&[number(&json["spectral_radius"][0])], &[*radius], 1e-4, flags);
        }
    }
}

/// One linear unit: h_t = w h_{t-1} + x_t, so every number can be written down.
#[test]
fn a_network_of_one_unit_is_as_worked_out_by_hand() {
    let desk = Desk::new();
    let one: &[f32] = &[1.0];
    let tensors: [(&str, &[usize], &[f32]); 5] = [
        ("rnn.weight_ih_l0", &[1, 1], one),
        ("rnn.weight_hh_l0", &[1, 1], &[0.5]),
        ("rnn.bias_ih_l0", &[1], &[0.0]),
        ("head.weight", &[1, 1], &[3.0]),
        ("head.bias", &[1], &[-1.0]),
    ];
    safetensors(&desk.path("one.safetensors"), &tensors);
    desk.put("step.csv", "level\n2\n0\n0\n");
    let flags = "--weights one.safetensors --nonlinearity identity --sequence step.csv";
    let json = desk.json(flags);

    // h = 2, 1, 0.5; prediction 3 h - 1; target the running mean 2, 1, 2/3.
    assert_close(&numbers(&json["hidden_norm"][0]), &[2.0, 1.0, 0.5], 1e-12, "h");
    assert_close(&numbers(&json["prediction"]), &[5.0, 2.0, 0.5], 1e-12, "prediction");
    assert_close(&numbers(&json["target"]), &[2.0, 1.0, 2.0 / 3.0], 1e-12, "target");
    let miss = 0.5 - 2.0 / 3.0;
    assert_close(&[number(&json["loss"])], &[miss * miss], 1e-12, "loss");
    // dL/dh_3 = 2 * miss * 3, and half as much for every step further back.
    let last = 6.0 * f64::abs(miss);
    assert_close(&numbers(&json["grad_norm"][0]), &[last / 4.0, last / 2.0, last], 1e-12, "dL/dh");
    assert_close(&[number(&json["spectral_radius"][0])], &[0.5], 1e-12, "radius");

    // Scales reach the recurrent weights, never the readout.
    let scaled = desk.json(&format!("{flags} --weight-scale -2"));
    assert_close(&numbers(&scaled["hidden_norm"][0]), &[4.0, 4.0, 4.0], 1e-12, "scaled h");
    assert_close(&numbers(&scaled["prediction"]), &[-13.0, 11.0, -13.0], 1e-12, "scaled");
    assert_close(&[number(&scaled["spectral_radius"][0])], &[1.0], 1e-12, "scaled radius");
}

#[test]
fn an_orthogonal_linear_network_keeps_its_gradient() {
    let flags = "--nonlinearity identity --init orthogonal --length 60 --hidden-size 8";
    let json = Desk::new().json(flags);
    let norms = numbers(&json["grad_norm"][0]);
    // The matrix is drawn in f32, as PyTorch does, so it is orthogonal to that precision.
    assert_close(&norms, &[norms[59]; 60], 1e-5, "dL/dh");
    assert!(norms[0] > 0.0);
}

#[test]
fn explosion_ends_in_words_not_in_a_failure() {
    let desk = Desk::new();
    let flags = "--nonlinearity identity --weight-scale 5 --length 400 --precision f32";
    let json = desk.json(flags);
    let norms = numbers(&json["hidden_norm"][0]);
    assert!(norms[0].is_finite() && norms.iter().any(|norm| !norm.is_finite()), "{norms:?}");
    let census = &json["hidden_census"][0];
    assert!(number(&census["infinities"]) + number(&census["nans"]) > 0.0, "{census}");
    assert!(desk.ok(&format!("explore {flags}")).contains("inf"));
}

/// The task's own sequences and loss, on a network trained for it.
#[test]
fn a_trained_network_is_measured_on_its_task() {
    let desk = Desk::new();
    let train = |flags: &str, folder: &str| {
        let flags = format!("train {flags} --steps 3 --save {folder} --json {folder}.json");
        desk.ok(&flags);
    };
    train("first-zero --length 7 --contender lstm,name=n,hidden=5", "first");
    let json = desk.json("--weights first/n.safetensors --task first-zero --length 7");
    // The hardest sequence: a zero, then ones; one answer, at the end.
    assert_eq!(numbers(&json["input"][0]), [0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
    let prediction = numbers(&json["prediction"]);
    assert!(prediction[..6].iter().all(|value| value.is_nan()), "{prediction:?}");
    assert!((0.0..=1.0).contains(&prediction[6]), "{prediction:?}");
    assert_eq!(numbers(&json["grad_norm"][0]).len(), 7);

    train("mnist1d --contender gru,name=n,hidden=4", "digits");
    let json = desk.json("--weights digits/n.safetensors --task mnist1d");
    assert_eq!((json["length"].as_u64(), numbers(&json["input"][0]).len()), (Some(40), 40));

    train("long-lag --lag 6 --trials 1 --test 0 --contender lstm,name=n,hidden=4", "lag");
    let json = desk.json("--weights lag/n.safetensors --task long-lag --lag 6");
    assert_eq!(json["question"]["input"]["signal"]["task"]["long-lag"]["symbols"], 6);
    assert_eq!(numbers(&json["input"][0]).len(), 6);

    // The only batch of echo, and tick by tick: three ticks for each of five steps.
    train("echo --contender lstm,layers=2,hidden=8,wiring=skips,ticks=3,name=n", "echo");
    let json = desk.json("--weights echo/n.safetensors --task echo --precision f32");
    assert_eq!(
        (json["grad_norm"].as_array().map(Vec::len), json["batch"].as_u64()),
        (Some(2), Some(4))
    );
    assert_eq!(numbers(&json["grad_norm"][0]).len(), 15);
    // Nobody has to be trained.
    let drawn = desk
        .json("--task echo --cell lstm --num-layers 2 --hidden-size 8 --wiring skips --ticks 3");
    assert_eq!(numbers(&drawn["grad_norm"][1]).len(), 15);
    let text = desk.ok("explore --task echo --ticks 2");
    assert!(text.contains("  tick  ") && !text.contains("  step  "), "{text}");
    desk.ok("explore --task running-mean --length 6 --loss all");
}
