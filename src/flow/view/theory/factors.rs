//! The predicted factors a step: |λ|max and σ_max, of W_hh or of the step Jacobians.

use std::ops::Range;

use faer::Mat;

use crate::error::Result;
use crate::flow::Spectrum;
use crate::flow::view::cores::on_all_cores;
use crate::flow::view::jacobians::largest_of_step;
use crate::flow::view::path::Path;
use crate::network::{Cell, NetworkSpec};
use crate::rng::Generator;
use crate::ticket::Ticket;

/// Eigenvalues are taken of so many Jacobians that their [`cost`] adds up to this: about a tenth of a
/// second on one core.
const BUDGET: usize = 1 << 26;

/// Of so many at least, however large they are.
const LEAST_RADII: usize = 16;

/// Largest singular values take a twelfth of the time.
const SIGMAS_A_RADIUS: usize = 12;

/// Of so many at least.
const LEAST_SIGMAS: usize = 256;

/// Where the predicted factors come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    /// W_hh of a plain RNN.
    Weights,
    /// The step Jacobians of an LSTM or GRU, to which the bound on W_hh does not apply: the largest
    /// σ_max, and the geometric mean of |λ|max.
    Jacobians {
        /// Whose |λ|max the mean is of: the steps that the gradient crosses, or some of them.
        radii: Taken,
        /// By what factor the mean may be off either way, at two standard errors: 1 if it is of all
        /// steps. NaN if an eigenvalue is zero or unknown.
        radius_error: f64,
        /// Whose σ_max were looked at: steps 2 to T, or some of them.
        sigmas: Taken,
    },
}

/// How many of the steps in question a number was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Steps whose Jacobian was decomposed.
    pub steps: usize,
    /// Steps in question.
    pub of: usize,
}

impl Taken {
    /// Whether it was made of every one.
    pub fn all(self) -> bool {
        self.steps == self.of
    }
}

/// The factors of a layer.
pub(super) struct Factors {
    pub(super) source: Source,
    pub(super) radius: f64,
    pub(super) sigma_max: f64,
    /// Geometric mean of σ_max / |λ|max of one matrix: 1 if all are normal.
    pub(super) stretch: f64,
}

impl Factors {
    /// Of the recurrent weights of a plain RNN.
    pub(super) fn of_weights(weights: &Mat<f64>) -> Self {
        let Spectrum { radius, sigma_max, .. } = Spectrum::of(weights);
        Self { source: Source::Weights, radius, sigma_max, stretch: sigma_max / radius }
    }

    /// Of a cell with gates: from the Jacobians of the steps that the gradient crosses on its way
    /// from step T to step `from`, on all cores.
    pub(super) fn of_jacobians(path: &Path, from: usize, ticket: &Ticket) -> Result<Self> {
        let (steps, size) = (path.steps(), path.size());
        let crossed = between(from, steps);
        let radii = drawn(crossed, most_radii(size));
        let sigmas = drawn(between(1, steps), most_sigmas(size));
        let jobs = jobs_of(size, steps);
        let found = on_all_cores(jobs, ticket, |job| {
            Ok(match (radii.get(job), sigmas.get(job.saturating_sub(radii.len()))) {
                (Some(t), _) => {
                    [Spectrum::radius_of(&path.jacobian(*t)), largest_of_step(path, *t)]
                }
                (None, Some(t)) => [f64::NAN, largest_of_step(path, *t)],
                // Less to do where the gradient ends early.
                (None, None) => [f64::NAN; 2],
            })
        })?;
        let (of_radii, rest) = found.split_at(radii.len());
        let ln_radii: Vec<f64> = of_radii.iter().map(|[radius, _]| radius.ln()).collect();
        let ln_stretch: Vec<f64> =
            of_radii.iter().map(|[radius, sigma]| (sigma / radius).ln()).collect();
        let larger = |a: f64, b: f64| if a.is_nan() || a > b { a } else { b };
        let sigma_max = rest[..sigmas.len()].iter().map(|[_, sigma]| *sigma).fold(0.0, larger);
        let taken = |steps: &[usize], (first, last): (usize, usize)| Taken {
            steps: steps.len(),
            of: last + 1 - first,
        };
        let radii = taken(&radii, crossed);
        let source = Source::Jacobians {
            radii,
            radius_error: two_standard_errors(&ln_radii, radii.of).exp(),
            sigmas: taken(&sigmas, between(1, steps)),
        };
        let (radius, stretch) = (mean(&ln_radii).exp(), mean(&ln_stretch).exp());
        Ok(Self { source, radius, sigma_max, stretch })
    }
}

/// Jobs that the factors of one layer take at most.
pub(super) fn jobs(spec: &NetworkSpec, steps: usize) -> usize {
    match spec.cell {
        Cell::Rnn(_) => 0,
        Cell::Lstm | Cell::Gru => jobs_of(spec.cell.states() * spec.hidden_size, steps),
    }
}

fn jobs_of(size: usize, steps: usize) -> usize {
    let most = steps.saturating_sub(1).max(1);
    most.min(most_radii(size)) + most.min(most_sigmas(size))
}

fn most_radii(size: usize) -> usize {
    (BUDGET / cost(size)).max(LEAST_RADII)
}

fn most_sigmas(size: usize) -> usize {
    (SIGMAS_A_RADIUS * BUDGET / cost(size)).max(LEAST_SIGMAS)
}

/// Of the eigenvalues of one matrix, in units of one to three nanoseconds: 0.07 ms for 16 rows, 1 ms
/// for 64, 5 ms for 128.
fn cost(size: usize) -> usize {
    size * size * (size + 75)
}

/// The steps whose Jacobians lie between h_from and h_T. A single step has only its own.
fn between(from: usize, steps: usize) -> (usize, usize) {
    if from < steps { (from + 1, steps) } else { (2.min(steps), steps) }
}

/// All steps, or one drawn from each of `most` equal stretches: steps at equal distances would miss
/// half of a rhythm of two.
fn drawn((first, last): (usize, usize), most: usize) -> Vec<usize> {
    let count = last + 1 - first;
    if count <= most {
        return (first..=last).collect();
    }
    let mut generator = Generator::seeded(1);
    let stretch = |n: usize| n * count / most..(n + 1) * count / most;
    let mut step = |stretch: Range<usize>| {
        let drawn = (generator.uniform_f64() * stretch.len() as f64) as usize;
        first + stretch.start + drawn.min(stretch.len() - 1)
    };
    (0..most).map(|n| step(stretch(n))).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Of the mean of values drawn from `of`: zero if they are all of them. Drawn from stretches they
/// are rather nearer.
fn two_standard_errors(values: &[f64], of: usize) -> f64 {
    let count = values.len() as f64;
    if values.len() == of {
        return 0.0;
    }
    let mean = mean(values);
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0);
    2.0 * (variance / count * (1.0 - count / of as f64)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stretch_has_its_step_and_few_are_all_taken() {
        assert_eq!(drawn((2, 6), 9), [2, 3, 4, 5, 6]);
        for (range, most) in [((2, 1000), 16), ((300, 777), 64), ((2, 100_000), 7)] {
            let steps = drawn(range, most);
            assert_eq!(steps.len(), most);
            assert!(steps.windows(2).all(|pair| pair[0] < pair[1]), "{steps:?}");
            assert!(range.0 <= steps[0] && steps[most - 1] <= range.1);
        }
        // Both sides of a rhythm of two, three and four.
        for rhythm in 2..5 {
            let steps = drawn((2, 1601), 16);
            assert!((0..rhythm).all(|n| steps.iter().any(|step| step % rhythm == n)), "{rhythm}");
        }
    }

    #[test]
    fn the_error_of_a_sample_covers_the_mean_of_all() {
        let all: Vec<f64> = (0..1000).map(|t| (f64::from(t) * 0.37).sin() - 0.1).collect();
        let sample: Vec<f64> = drawn((1, 1000), 40).into_iter().map(|t| all[t - 1]).collect();
        let error = two_standard_errors(&sample, all.len());
        assert!(error > 0.01 && (mean(&sample) - mean(&all)).abs() < error, "{error}");
        assert_eq!(two_standard_errors(&all, all.len()), 0.0);
    }

    #[test]
    fn the_crossed_steps_leave_out_the_first() {
        assert_eq!(between(1, 33), (2, 33));
        assert_eq!(between(20, 33), (21, 33));
        assert_eq!(between(33, 33), (2, 33), "no gradient: what it would have crossed");
        assert_eq!(between(1, 1), (1, 1));
    }
}
