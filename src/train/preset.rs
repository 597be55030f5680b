//! Comparisons worth starting from: each notebook's own, and the one that shows the cure.

use super::comparison::{Comparison, Contender, Feed, StopRule};
use super::curriculum::{Curriculum, Growth, Mastery};
use super::optimizer::{Clip, Optimizer, Schedule};
use crate::flow::Precision;
use crate::network::{Cell, Design, GateBias, InputInit, Nonlinearity, Recipe, Wiring};
use crate::task::{Echo, FirstZero, LongLag, Loss, Mnist1d, Place, RunningMean, TaskChoice};

/// A comparison worth starting from.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// Its word on the command line.
    pub name: &'static str,
    /// Its name in the window.
    pub title: &'static str,
    /// What it is, and what it shows.
    pub about: &'static str,
    /// The comparisons, run one after another; usually one.
    pub rounds: Vec<Comparison>,
}

const TANH: Cell = Cell::Rnn(Nonlinearity::Tanh);

/// The presets of a task by its name; the first is what the task starts with. None for other names.
pub fn presets(task: &str) -> Vec<Preset> {
    match task {
        "running-mean" => running_mean(),
        "first-zero" => first_zero(),
        "mnist1d" => mnist1d(),
        "long-lag" => long_lag(),
        "echo" => echo(),
        _ => Vec::new(),
    }
}

/// Contenders named after their cells, in the colours of their places.
fn contenders(designs: impl IntoIterator<Item = Design>) -> Vec<Contender> {
    let contender = |(color, design): (usize, Design)| Contender {
        name: design.cell.to_string().replace(" tanh", ""),
        color,
        design,
        budget: None,
    };
    designs.into_iter().enumerate().map(contender).collect()
}

/// What presets share: f32, no schedule, no clipping, data alike for all.
fn common(task: TaskChoice, designs: impl IntoIterator<Item = Design>) -> Comparison {
    Comparison {
        task,
        contenders: contenders(designs),
        optimizer: Optimizer::adam(1e-3),
        schedule: Schedule::Constant,
        clip: Clip::None,
        batch: 32,
        steps: 5000,
        seed: 0,
        feed: Feed::Fair,
        precision: Precision::F32,
        stop: StopRule::default(),
        probe_every: 50,
        evaluate_every: 0,
        trials: 1,
        lengths: Vec::new(),
        curriculum: None,
    }
}

fn running_mean() -> Vec<Preset> {
    let shapes = [(TANH, 1), (Cell::Lstm, 1), (TANH, 2), (Cell::Lstm, 2)];
    let task = TaskChoice::RunningMean(RunningMean::default());
    let named = shapes
        .into_iter()
        .enumerate()
        .map(|(color, (cell, layers))| Contender { color, ..Contender::new(cell, 32, layers) });
    let shapes = Comparison {
        contenders: named.collect(),
        optimizer: Optimizer::adam(1e-4),
        ..common(task.clone(), [])
    };
    let cells = [TANH, Cell::Lstm, Cell::Gru].map(|cell| Design::new(cell, 32, 1));
    vec![
        Preset {
            name: "shapes",
            title: "Four shapes",
            about: "RNN and LSTM of 32 units with one and two layers, drawn as torch.nn draws them; \
                    all see the same batches. Adam at 1e-4.",
            rounds: vec![shapes],
        },
        Preset {
            name: "notebook",
            title: "Notebook",
            about: "The course notebook's comparison: the same four shapes as its own cells with one \
                    bias, 5,000 batches of 32 in one random stream, first with a loss on all steps, \
                    then on the last step only. It gives the notebook's numbers.",
            rounds: [Loss::All, Loss::Last].map(Comparison::notebook).into(),
        },
        Preset {
            name: "fair",
            title: "Fair race",
            about: "RNN, LSTM and GRU of 32 units from the same seed on the same batches, at a \
                    learning rate of 1e-3.",
            rounds: vec![Comparison { steps: 3000, probe_every: 25, ..common(task, cells) }],
        },
    ]
}

fn first_zero() -> Vec<Preset> {
    let task = |place, length| TaskChoice::FirstZero(FirstZero { length, place });
    let cells = || [TANH, Cell::Lstm].map(|cell| Design::new(cell, 20, 1));
    // One step of the notebook is two updates: on the zero, then on ones.
    let mastery =
        |checks| StopRule { mastery: Some(Mastery { below: 0.1, checks }), ..StopRule::default() };
    let base = |task, designs: Vec<Design>| Comparison {
        optimizer: Optimizer::sgd(0.01, 0.99),
        batch: 1,
        steps: 20_000,
        probe_every: 200,
        evaluate_every: 100,
        ..common(task, designs)
    };
    let three: Vec<Design> =
        [TANH, Cell::Lstm, Cell::Gru].map(|cell| Design::new(cell, 20, 1)).into();
    vec![
        Preset {
            name: "notebook",
            title: "Notebook",
            about: "The zero in front, length 10, 20 units, SGD at 0.01 with momentum 0.99, one \
                    update a sequence, 10,000 of the notebook's steps (20,000 updates). Often \
                    learned; at length 20 not.",
            rounds: vec![base(task(Place::Leading, 10), three.clone())],
        },
        Preset {
            name: "anywhere",
            title: "Zero anywhere",
            about: "The zero at a random step, length 20, until every such sequence is told from \
                    ones: short distances teach the LSTM what long ones ask for. The plain RNN \
                    stays at ln 2.",
            rounds: vec![Comparison { stop: mastery(2), ..base(task(Place::Anywhere, 20), three) }],
        },
        Preset {
            name: "ladder",
            title: "Length ladder",
            about: "Zero anywhere at lengths 10, 20, 50 and 100, five seeds each, RNN against LSTM: \
                    how far does each get, and in how many steps?",
            rounds: vec![Comparison {
                lengths: vec![10, 20, 50, 100],
                trials: 5,
                probe_every: 0,
                stop: mastery(2),
                ..base(task(Place::Anywhere, 10), cells().into())
            }],
        },
        Preset {
            name: "leading-ladder",
            title: "Ladder, zero in front",
            about: "The zero in front at lengths 10 and 20, five seeds each: the one is often \
                    learned, the other is not.",
            rounds: vec![Comparison {
                lengths: vec![10, 20],
                trials: 5,
                probe_every: 0,
                stop: mastery(2),
                ..base(task(Place::Leading, 10), cells().into())
            }],
        },
        Preset {
            name: "curriculum",
            title: "Curriculum",
            about: "Zero anywhere, from length 2; once a length is mastered the next is a quarter \
                    longer, up to 150. RNN and LSTM, five seeds. Lengths that take thousands of steps \
                    on their own are reached in hundreds.",
            rounds: vec![Comparison {
                trials: 5,
                evaluate_every: 50,
                stop: mastery(1),
                curriculum: Some(Curriculum { from: 2, to: 150, growth: Growth::Factor(1.25) }),
                ..base(task(Place::Anywhere, 2), cells().into())
            }],
        },
    ]
}

fn mnist1d() -> Vec<Preset> {
    let designs = [TANH, Cell::Gru, Cell::Lstm]
        .map(|cell| Design { recipe: Recipe::Lab, ..Design::new(cell, 10, 1) });
    let optimizer =
        Optimizer::Adam { lr: 1e-2, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 1e-3 };
    let lab = Comparison {
        optimizer,
        batch: 100,
        steps: 4000,
        probe_every: 80,
        evaluate_every: 40,
        ..common(TaskChoice::Mnist1d(Mnist1d::default()), designs)
    };
    let torch = |comparison: &Comparison| {
        let mut other = comparison.clone();
        for contender in &mut other.contenders {
            contender.design.recipe = Recipe::Torch;
        }
        other
    };
    vec![
        Preset {
            name: "notebook",
            title: "Lab",
            about: "Vanilla RNN, GRU and LSTM of 10 units; all 40 hidden states side by side feed \
                    one linear layer. Cross-entropy, Adam at 0.01 with an L2 term of 0.001, 100 \
                    epochs of 40 batches of 100 in fixed order.",
            rounds: vec![lab.clone()],
        },
        Preset {
            name: "three-seeds",
            title: "Three seeds",
            about: "The lab's comparison from three seeds, weights drawn as torch.nn draws them: is \
                    the ranking luck?",
            rounds: vec![Comparison { trials: 3, ..torch(&lab) }],
        },
    ]
}

fn long_lag() -> Vec<Preset> {
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
    use crate::task::Distractors::{Chain, Independent};
    vec![
        Preset {
            name: "solved",
            title: "Solved",
            about: "LSTM of 32 units with chrono initialisation (T_max = 400) and N(0, 1) input \
                    weights, Adam at 0.01, gradient norm clipped at 1, batches of 16, until 2,000 \
                    sequences in a row are right; then 3,000 fresh ones. Ten trials, with a \
                    plain RNN beside it that gives up after 20,000 sequences.",
            rounds: vec![solved(Chain, 5000)],
        },
        Preset {
            name: "notebook",
            title: "Notebook",
            about: "As the notebook has it: 201 units, 2,000 fixed sequences in one batch, random \
                    initial states, default initialisation. The loss falls to ln 2 = 0.693 and \
                    stays: the network knows that x or y must come, and has forgotten which. Sixty \
                    of the notebook's 500 epochs are enough to see it.",
            rounds: vec![notebook],
        },
        Preset {
            name: "independent",
            title: "Independent distractors",
            about: "As Solved, with distractors drawn independently of each other, so that none of \
                    them can serve as a clock.",
            rounds: vec![solved(Independent, 5000)],
        },
    ]
}

fn echo() -> Vec<Preset> {
    let design =
        |hidden| Design { wiring: Wiring::Skips, ticks: 3, ..Design::new(Cell::Lstm, hidden, 2) };
    let base = |sizes: &[usize], lr, steps| {
        let mut comparison = Comparison {
            optimizer: Optimizer::adam(lr),
            batch: 4,
            steps,
            probe_every: 50,
            ..common(TaskChoice::Echo(Echo::default()), sizes.iter().map(|size| design(*size)))
        };
        for contender in &mut comparison.contenders {
            contender.name = format!("{} units", contender.design.hidden_size);
        }
        comparison
    };
    let enough = StopRule { target_loss: None, ..StopRule::default() };
    vec![
        Preset {
            name: "notebook",
            title: "Notebook",
            about: "Two LSTM layers of 8 units with skip connections, 3 ticks a step, memory carried \
                    from epoch to epoch, Adam at 1e-3, 5,000 epochs. The notebook expects a loss \
                    below 0.001 and never gets there: 8 units cannot span 10 outputs.",
            rounds: vec![base(&[8], 1e-3, 5000)],
        },
        Preset {
            name: "enough-units",
            title: "Enough units",
            about: "The same with 8, 10, 12, 16 and 32 units: from 10 on the loss falls below 0.001.",
            rounds: vec![Comparison { stop: enough, ..base(&[8, 10, 12, 16, 32], 1e-3, 2000) }],
        },
        Preset {
            name: "faster",
            title: "Enough units, faster",
            about: "As before at a learning rate of 0.01: 51 to 192 epochs instead of 179 to 1,385.",
            rounds: vec![Comparison { stop: enough, ..base(&[8, 10, 12, 16, 32], 1e-2, 400) }],
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_has_presets_that_can_be_trained() {
        for task in TaskChoice::all() {
            let presets = presets(task.name());
            assert!(presets.len() > 1, "{}", task.name());
            assert!(presets.iter().any(|preset| preset.name == "notebook"), "{}", task.name());
            for preset in presets {
                for comparison in &preset.rounds {
                    comparison.validate().unwrap();
                    assert_eq!(comparison.task.name(), task.name());
                }
            }
        }
        assert!(presets("elsewhere").is_empty());
    }
}
