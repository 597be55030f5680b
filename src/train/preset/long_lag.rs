//! Long time lag: the notebook's training, and one that solves the task.

use super::super::comparison::{Comparison, StopRule};
use super::super::optimizer::{Clip, Optimizer};
use super::{Preset, TANH, common};
use crate::network::{Cell, Design, GateBias, InputInit};
use crate::task::{Distractors, LongLag, TaskChoice};

pub(super) fn presets() -> Vec<Preset> {
    let designs = [Cell::Lstm, TANH].map(|cell| Design::new(cell, 201, 1));
    let task = LongLag { pool: Some(2000), slips: true, ..LongLag::default() };
    let notebook = Comparison {
        optimizer: Optimizer::adam(1e-3),
        batch: 2000,
        steps: 60,
        probe_every: 10,
        ..common(TaskChoice::LongLag(task), designs)
    };
    let lstm = Design {
        input_init: InputInit::Normal,
        gate_bias: GateBias::Chrono(400.0),
        ..Design::new(Cell::Lstm, 32, 1)
    };
    let rnn = Design::new(TANH, 32, 1);
    let solved = |distractors, steps| {
        let task = LongLag { distractors, ..LongLag::default() };
        let mut comparison = Comparison {
            optimizer: Optimizer::adam(0.01),
            clip: Clip::Norm(1.0),
            batch: 16,
            steps,
            trials: 10,
            probe_every: 0,
            stop: StopRule { streak: Some(2000), ..StopRule::default() },
            ..common(TaskChoice::LongLag(task), [lstm, rnn])
        };
        // 20,000 sequences: more of them teach it nothing.
        comparison.contenders[1].budget = Some(1250);
        comparison
    };
    vec![
        Preset {
            name: "solved",
            title: "Solved",
            about: "LSTM of 32 units with chrono initialisation (T_max = 400) and N(0, 1) input \
                    weights, Adam at 0.01, gradient norm clipped at 1, batches of 16, until 2,000 \
                    sequences in a row are right; then 3,000 fresh ones. Ten trials, with a \
                    plain RNN beside it that gives up after 20,000 sequences.",
            rounds: vec![solved(Distractors::Chain, 5000)],
        },
        Preset {
            name: "notebook",
            title: "Notebook",
            about: "As the notebook has it: 201 units, 2,000 fixed sequences in one batch, random \
                    initial states, default initialisation. The LSTM's loss falls to ln 2 = 0.693 and \
                    stays: it knows that x or y must come, and has forgotten which; the RNN does not \
                    even get there. Sixty of the notebook's 500 epochs are enough to see it, and \
                    take some minutes.",
            rounds: vec![notebook],
        },
        Preset {
            name: "independent",
            title: "Independent distractors",
            about: "As Solved, with distractors drawn independently of each other, so that none of \
                    them can serve as a clock.",
            rounds: vec![solved(Distractors::Independent, 5000)],
        },
    ]
}
