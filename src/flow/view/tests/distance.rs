//! What the update hears from far, against one loss at a time.

use proptest::prelude::*;

use super::{any_question, assert_near, question, show};
use crate::flow::Question;
use crate::flow::measure::norm;
use crate::flow::view::itemized::itemize;
use crate::flow::view::weights::weights;
use crate::network::{Cell, Design};
use crate::task::Loss;
use crate::ticket::Ticket;

/// Every loss goes back alone, and each of its contributions is added to all distances it is part of.
fn check_far(question: &Question) {
    show(question, |scene| {
        let (found, ticks) = (weights(scene).unwrap(), scene.network.spec.ticks);
        assert_eq!(found.distances.is_empty(), !found.many_losses);
        let mut sums = vec![vec![Vec::new(); found.distances.len()]; scene.layers()];
        itemize(scene, 1, &mut |sent| {
            let matrix = scene.replay.weight_gradient(sent.layer, sent.tick, sent.delta);
            let loss_at = (sent.step + 1) * ticks;
            for (distance, sum) in found.distances.iter().zip(&mut sums[sent.layer]) {
                let counted = sent.tick + 1 + distance <= loss_at;
                sum.resize(matrix.len(), 0.0);
                if counted {
                    sum.iter_mut().zip(&matrix).for_each(|(sum, number)| *sum += number);
                }
            }
        })
        .unwrap();
        for (layer, sums) in found.layers.iter().zip(&sums) {
            let expected: Vec<f64> = sums.iter().map(|sum| norm(sum)).collect();
            // Near and far parts may cancel.
            let size = expected.iter().copied().fold(layer.total, f64::max);
            for (found, expected) in layer.far.iter().zip(&expected) {
                assert!((found - expected).abs() <= 1e-12 * size, "{:?} {expected}", layer.far);
            }
            assert_eq!(layer.far.len(), expected.len());
            if let Some(all) = layer.far.first() {
                assert_near(&[*all], &[layer.total], "all distances");
            }
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn parts_from_far_add_up_loss_by_loss(question in any_question()) {
        check_far(&question);
    }
}

#[test]
fn distances_double_and_progress_adds_up() {
    let long = question(Design::new(Cell::Gru, 3, 2), 37, 2, Loss::All);
    check_far(&long);
    let ticket = Ticket::new();
    let seen = crate::flow::Instrument::new().view(&long, super::View::Weights, &ticket).unwrap();
    let super::ViewReport::Weights(report) = seen else { panic!("another view") };
    assert_eq!(report.distances, [0, 1, 2, 4, 8, 16, 32]);
    assert_eq!(ticket.progress(), Some(1.0));
}
