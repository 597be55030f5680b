//! The data set, generated from its published recipe: nothing is downloaded.
//!
//! A digit's template is padded, stretched, scaled and shifted by random amounts; correlated noise
//! fills the silence around it, white noise and a random slope lie on top. The reference is the
//! package `mnist1d` of Greydanus with seed 42, whose every value this repeats.

use super::signal::{linspace, resample, smooth};
use super::template::{POINTS, templates};
use crate::frozen::Checksum;
use crate::rng::numpy::RandomState;

/// Steps of a sequence.
pub const LENGTH: usize = 40;

/// Digits to tell apart.
pub const CLASSES: usize = 10;

/// Sequences of each digit.
const PER_CLASS: usize = 500;

/// Sequences to learn from; the others are for testing.
const TRAIN: usize = 4_000;

/// Zeros appended to a template: this many, and up to [`MORE_PADDING`] more.
const PADDING: usize = 36;
const MORE_PADDING: usize = 24;

/// Points of a curve until it is reduced to [`LENGTH`].
const WIDE: usize = POINTS + PADDING + MORE_PADDING;

/// The largest shift to the right, in points of [`WIDE`].
const MAX_SHIFT: u32 = 47;

/// Sequences with labels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Points {
    /// All sequences in one piece, `[N, LENGTH]` row by row.
    pub values: Vec<f32>,
    /// The digit of each sequence, below [`CLASSES`].
    pub labels: Vec<u32>,
}

impl Points {
    /// Number of sequences N.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no sequence.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The sequences in order, each of [`LENGTH`] values, with their labels.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&[f32], usize)> {
        self.values.chunks_exact(LENGTH).zip(self.labels.iter().map(|&label| label as usize))
    }

    /// The first `per_class` sequences of each digit, in the order of the digits; fewer of digits
    /// that occur less often.
    pub fn examples(&self, per_class: usize) -> Vec<(Vec<f32>, usize)> {
        (0..CLASSES)
            .flat_map(|digit| self.iter().filter(move |&(_, label)| label == digit).take(per_class))
            .map(|(values, label)| (values.to_owned(), label))
            .collect()
    }
}

/// Sequences to learn from and others to test with.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// To learn from.
    pub train: Points,
    /// To test with.
    pub test: Points,
}

impl Dataset {
    /// MNIST-1D: 4,000 sequences to learn from and 1,000 to test with, always the same. All values
    /// together have mean 0 and standard deviation 1.
    pub fn generate() -> Self {
        let mut random = RandomState::seeded(42);
        let mut curves = Vec::with_capacity(CLASSES * PER_CLASS);
        for (label, template) in (0..).zip(templates()) {
            for _ in 0..PER_CLASS {
                curves.push((sequence(&template, &mut random), label));
            }
        }
        let order = random.permutation(curves.len() as u32);
        let (mean, deviation) = moments(curves.iter().flat_map(|(curve, _)| curve));

        let mut dataset = Self { train: Points::default(), test: Points::default() };
        for (place, from) in order.into_iter().enumerate() {
            let (curve, label) = &curves[from as usize];
            let part = if place < TRAIN { &mut dataset.train } else { &mut dataset.test };
            part.values.extend(curve.iter().map(|value| ((value - mean) / deviation) as f32));
            part.labels.push(*label);
        }
        dataset
    }

    /// What tells it from others: a checksum of all values and labels.
    pub fn checksum(&self) -> Checksum {
        let Self { train, test } = self;
        let mut bytes = Vec::new();
        for Points { values, labels } in [train, test] {
            bytes.extend((labels.len() as u64).to_le_bytes());
            bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            bytes.extend(labels.iter().flat_map(|label| label.to_le_bytes()));
        }
        Checksum::of(&bytes)
    }
}

/// One sequence of a digit. The order of the draws is part of the recipe.
fn sequence(template: &[f64; POINTS], random: &mut RandomState) -> Vec<f64> {
    let padding = PADDING + (random.rand() * (MORE_PADDING + 1) as f64) as usize;
    // Zeros of the template are lifted a little: only padding counts as silence below.
    let mut curve: Vec<f64> = template.iter().map(|point| point + 1e-8).collect();
    curve.resize(POINTS + padding, 0.0);
    let mut curve = resample(&curve, WIDE);

    let scale = 1.0 + 0.4 * (random.rand() - 0.5);
    curve.iter_mut().for_each(|value| *value *= scale);
    curve.rotate_right(random.randint(MAX_SHIFT) as usize);

    let correlated: Vec<f64> = (0..WIDE).map(|_| 0.25 * random.randn()).collect();
    for (value, noise) in curve.iter_mut().zip(smooth(&correlated)) {
        if *value == 0.0 {
            *value = noise;
        }
        *value += 0.02 * random.randn();
    }

    let slope = 0.75 * (random.rand() - 0.5);
    for (value, x) in curve.iter_mut().zip(linspace(-0.5, 0.5, WIDE)) {
        *value -= slope * x;
    }
    resample(&curve, LENGTH)
}

/// Mean and standard deviation of all values as one population.
fn moments<'a>(values: impl Iterator<Item = &'a f64> + Clone) -> (f64, f64) {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    let variance = values.map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_the_first_of_each_digit_that_occurs() {
        let values = (0..5 * LENGTH).map(|i| (i / LENGTH) as f32).collect();
        let points = Points { values, labels: vec![7, 2, 7, 7, 2] };
        let first = |n| points.examples(n).iter().map(|(v, l)| (v[0], *l)).collect::<Vec<_>>();
        assert_eq!(first(1), [(1.0, 2), (0.0, 7)]);
        assert_eq!(first(2), [(1.0, 2), (4.0, 2), (0.0, 7), (2.0, 7)]);
    }
}
