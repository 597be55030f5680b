//! Updates that are not finite, by every rule.

use candle_core::Device;

use super::*;

fn rules(lr: f64) -> [Optimizer; 5] {
    [
        Optimizer::adam(lr),
        Optimizer::adamw(lr),
        Optimizer::sgd(lr, 0.0),
        Optimizer::sgd(lr, 0.9),
        Optimizer::rmsprop(lr),
    ]
}

/// The weights after updates on these gradients, and whether the last was done.
fn after(rule: Optimizer, clip: Clip, grads: &[[f32; 2]]) -> (Vec<f32>, bool) {
    let one = Var::new(&[1.0_f32, -2.0], &Device::Cpu).unwrap();
    let other = Var::new(&[0.5_f32, 0.25], &Device::Cpu).unwrap();
    let variables = [one, other];
    let mut updater = Updater::new(rule, clip, 2);
    let mut done = true;
    for grad in grads {
        assert!(done, "{rule:?}");
        let quiet = Tensor::new(&[1e-3_f32, 1e-3], &Device::Cpu).unwrap();
        let grads = [Some(Tensor::new(grad, &Device::Cpu).unwrap()), Some(quiet)];
        let norm = Updater::norms(&grads).unwrap().total;
        done = updater.update(&variables, &grads, norm, rule.lr()).unwrap();
    }
    (variables.iter().flat_map(|one| one.to_vec1::<f32>().unwrap()).collect(), done)
}

#[test]
fn an_update_that_is_not_finite_is_taken_back_by_every_rule() {
    for rule in rules(1e38) {
        for clip in [Clip::None, Clip::Value(1e30)] {
            let (weights, done) = after(rule, clip, &[[1e3, 0.0]]);
            assert!(!done, "{rule:?} {clip:?}");
            assert_eq!(weights, [1.0, -2.0, 0.5, 0.25], "{rule:?} {clip:?}");
        }
    }
    // Only the decay overflows.
    let decay = Optimizer::AdamW { lr: 1e20, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 1e20 };
    assert_eq!(after(decay, Clip::None, &[[0.0, 0.0]]), (vec![1.0, -2.0, 0.5, 0.25], false));
    let l2 = Optimizer::Sgd { lr: 1e20, momentum: 0.0, weight_decay: 1e20 };
    assert_eq!(after(l2, Clip::None, &[[0.0, 0.0]]), (vec![1.0, -2.0, 0.5, 0.25], false));
}

#[test]
fn running_averages_that_overflow_end_a_training_that_could_only_stand_still() {
    for rule in rules(1e-3) {
        let keeps_squares = !matches!(rule, Optimizer::Sgd { .. });
        let (weights, done) = after(rule, Clip::None, &[[0.1, 0.1], [1e30, 0.1]]);
        assert_eq!(done, !keeps_squares, "{rule:?}");
        let (first, _) = after(rule, Clip::None, &[[0.1, 0.1]]);
        assert!(done || weights == first, "{rule:?}: {weights:?}");
        assert!(after(rule, Clip::Norm(1.0), &[[0.1, 0.1], [1e30, 0.1]]).1, "{rule:?}");
    }
    let pushed = [[2e38, 0.0], [3e38, 0.0]];
    assert!(!after(Optimizer::sgd(1e-30, 0.9), Clip::None, &pushed).1, "momentum");
}
