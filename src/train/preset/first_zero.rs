//! First zero: the notebook's training, zeros anywhere, ladders of lengths, a curriculum.

use super::super::comparison::{Comparison, StopRule};
use super::super::curriculum::{Curriculum, Growth, Mastery};
use super::super::optimizer::Optimizer;
use super::{Preset, TANH, common};
use crate::network::{Cell, Design};
use crate::task::{FirstZero, Place, TaskChoice};

pub(super) fn presets() -> Vec<Preset> {
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
