//! First zero: sequences of ones with exactly one zero (class 0) or with none (class 1), told apart
//! by one logit read off after the last step. Where the zero stands first, the answer is known
//! after one step and must be kept over all others.
//!
//! The course notebook trains on the zero in front, and calls a second variant "anywhere" although
//! its zero is always last, which asks for no memory; all three places are here.

use candle_core::{DType, Device, Tensor};
use candle_nn::loss::cross_entropy;
use serde::{Deserialize, Serialize};

use super::classes::balanced;
use super::{Batch, Example, Set, Task};
use crate::error::{Error, Result};
use crate::network::Reading;
use crate::rng::Generator;

/// Settings of the first-zero task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstZero {
    /// Steps T of a sequence, at least 1.
    pub length: usize,
    /// Where the zero stands.
    pub place: Place,
}

/// Where the zero stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// At the first step: the hardest.
    #[default]
    Leading,
    /// At the last step: no memory is needed.
    Last,
    /// At a step drawn anew for every sequence.
    Anywhere,
}

/// Most zeros in the set of all sequences, and most steps of all of them together.
const MOST_ZEROS: usize = 256;
const MOST_STEPS: usize = 200_000;

impl Default for FirstZero {
    fn default() -> Self {
        Self { length: 10, place: Place::Leading }
    }
}

impl FirstZero {
    /// Refuses a sequence without a place for the zero to be remembered from.
    ///
    /// # Errors
    /// [`Error::OutOfRange`].
    pub(super) fn validate(&self) -> Result<()> {
        if self.length < 2 {
            let allowed = "2 or more (a zero and a step after it)";
            return Err(Error::out_of_range("length of the first-zero task", allowed, self.length));
        }
        Ok(())
    }

    /// Sequences with a zero at each of the steps given (from 0), or without one.
    fn sequences(&self, zeros: &[Option<usize>]) -> Result<Batch> {
        let (length, size) = (self.length, zeros.len());
        let mut x = vec![1.0_f32; length * size];
        for (b, zero) in zeros.iter().enumerate() {
            if let Some(t) = zero {
                x[t * size + b] = 0.0;
            }
        }
        let target: Vec<u32> = zeros.iter().map(|zero| u32::from(zero.is_none())).collect();
        let x = Tensor::from_vec(x, (length, size, 1), &Device::Cpu)?;
        Ok(Batch::new(x, Tensor::from_vec(target, size, &Device::Cpu)?))
    }

    /// The zero of the hardest sequence of the kind.
    fn hardest(&self) -> usize {
        match self.place {
            Place::Leading | Place::Anywhere => 0,
            Place::Last => self.length - 1,
        }
    }
}

impl FirstZero {
    /// Name of the set of all sequences.
    pub(super) const SET: &str = "all sequences";

    /// The loss of a guess.
    pub(super) fn baselines(&self) -> Vec<(String, f64)> {
        vec![("ln 2: no better than guessing".to_owned(), std::f64::consts::LN_2)]
    }
}

impl Task for FirstZero {
    fn input_size(&self) -> usize {
        1
    }

    fn output_size(&self) -> usize {
        1
    }

    fn length(&self) -> usize {
        self.length
    }

    fn reading(&self) -> Reading {
        Reading::LastStepRelu
    }

    /// Sequences with a zero and without take turns, the zero first: batches of one update on each
    /// in turn, as the notebook does.
    fn batch(&self, step: u64, size: usize, generator: &mut Generator) -> Result<Batch> {
        let first = step * size as u64;
        let mut zero = |b: u64| {
            (first + b).is_multiple_of(2).then(|| match self.place {
                Place::Anywhere => (generator.uniform_f64() * self.length as f64) as usize,
                Place::Leading | Place::Last => self.hardest(),
            })
        };
        let zeros: Vec<_> = (0..size as u64).map(&mut zero).collect();
        self.sequences(&zeros)
    }

    fn showcase(&self, _: &mut Generator) -> Result<Batch> {
        self.sequences(&[Some(self.hardest()), None])
    }

    /// Every sequence of the kind, the two hardest in front; of long ones, whose number grows with
    /// their length, a part with zeros at equal distances.
    fn sets(&self) -> Result<Vec<Set>> {
        let mut zeros = vec![Some(self.hardest()), None];
        if self.place == Place::Anywhere {
            let most = (MOST_STEPS / self.length).clamp(16, MOST_ZEROS);
            zeros.extend((1..self.length).step_by(self.length.div_ceil(most)).map(Some));
        }
        Ok(vec![Set { name: Self::SET, batch: self.sequences(&zeros)? }])
    }

    fn watched(&self) -> &'static [&'static str] {
        match self.place {
            Place::Leading | Place::Anywhere => &["zero first", "all ones"],
            Place::Last => &["zero last", "all ones"],
        }
    }

    /// Binary cross-entropy of the logit z, as the cross-entropy of the logits 0 and z: exact for
    /// any size of z.
    fn loss(&self, output: &Tensor, batch: &Batch) -> Result<Tensor> {
        let z = output.flatten_all()?.unsqueeze(1)?;
        let logits = Tensor::cat(&[&z.zeros_like()?, &z], 1)?;
        Ok(cross_entropy(&logits, &batch.target)?)
    }

    fn losses(&self, output: &Tensor, batch: &Batch) -> Result<Option<Vec<f64>>> {
        let target = batch.target.to_vec1::<u32>()?;
        let loss = |(z, one): (f64, u32)| softplus(if one == 1 { -z } else { z });
        Ok(Some(logits(output)?.into_iter().zip(target).map(loss).collect()))
    }

    fn right(&self, output: &Tensor, batch: &Batch) -> Result<Option<Vec<bool>>> {
        let target = batch.target.to_vec1::<u32>()?;
        // Neither 0 nor NaN is an answer.
        let right = |(z, one): (f64, u32)| if one == 1 { z > 0.0 } else { z < 0.0 };
        Ok(Some(logits(output)?.into_iter().zip(target).map(right).collect()))
    }

    /// Balanced: with the zero anywhere there is one sequence without it to as many with it as there
    /// are steps.
    fn accuracy(&self, output: &Tensor, batch: &Batch) -> Result<Option<f64>> {
        let classes = batch.target.to_vec1::<u32>()?;
        Ok(self.right(output, batch)?.map(|right| balanced(&right, &classes)))
    }

    /// The answer is the probability of "all ones", at the last step.
    fn examples(&self, output: &Tensor, batch: &Batch) -> Result<Vec<Example>> {
        let target = batch.target.to_vec1::<u32>()?;
        let x = batch.x.squeeze(2)?.t()?.to_dtype(DType::F64)?.to_vec2::<f64>()?;
        let at_the_end = |value: f64| {
            let mut values = vec![f64::NAN; self.length];
            values[self.length - 1] = value;
            values
        };
        let answers = logits(output)?.into_iter().map(|z| 1.0 / (1.0 + (-z).exp()));
        Ok(x.into_iter()
            .zip(target)
            .zip(answers)
            .map(|((input, one), answer)| Example {
                input,
                target: at_the_end(f64::from(one)),
                prediction: at_the_end(answer),
            })
            .collect())
    }
}

fn logits(output: &Tensor) -> Result<Vec<f64>> {
    Ok(output.flatten_all()?.to_dtype(DType::F64)?.to_vec1()?)
}

/// ln(1 + e^a) without overflow.
fn softplus(a: f64) -> f64 {
    a.max(0.0) + (-a.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(batch: &Batch, b: usize) -> Vec<f32> {
        batch.x.narrow(1, b, 1).unwrap().flatten_all().unwrap().to_vec1().unwrap()
    }

    #[test]
    fn zeros_stand_where_they_should_and_take_turns_with_ones() {
        let mut generator = Generator::seeded(0);
        let task = FirstZero { length: 4, place: Place::Leading };
        let batches = [0, 1, 2].map(|step| task.batch(step, 1, &mut generator).unwrap());
        assert_eq!(column(&batches[0], 0), [0.0, 1.0, 1.0, 1.0]);
        assert_eq!(column(&batches[1], 0), [1.0; 4]);
        assert_eq!(column(&batches[2], 0), column(&batches[0], 0));
        let last = FirstZero { place: Place::Last, ..task };
        let batch = last.batch(0, 2, &mut generator).unwrap();
        assert_eq!(column(&batch, 0), [1.0, 1.0, 1.0, 0.0]);
        assert_eq!(batch.target.to_vec1::<u32>().unwrap(), [0, 1]);
    }

    #[test]
    fn anywhere_reaches_every_step_and_the_set_holds_every_sequence() {
        let task = FirstZero { length: 5, place: Place::Anywhere };
        let mut generator = Generator::seeded(1);
        let batch = task.batch(0, 400, &mut generator).unwrap();
        let mut counts = [0; 5];
        for b in (0..400).step_by(2) {
            let x = column(&batch, b);
            counts[x.iter().position(|value| *value == 0.0).unwrap()] += 1;
            assert_eq!(x.iter().sum::<f32>(), 4.0);
        }
        assert!(counts.iter().all(|count| (20..70).contains(count)), "{counts:?}");
        let set = &task.sets().unwrap()[0].batch;
        assert_eq!(set.target.to_vec1::<u32>().unwrap(), [0, 1, 0, 0, 0, 0]);
        let long = FirstZero { length: 10_000, place: Place::Anywhere };
        let steps = long.sets().unwrap()[0].batch.x.elem_count();
        assert!((150_000..300_000).contains(&steps), "{steps}");
    }

    #[test]
    fn who_always_sees_a_zero_has_half_of_the_balanced_accuracy_not_99_percent() {
        let task = FirstZero { length: 100, place: Place::Anywhere };
        let batch = task.sets().unwrap().remove(0).batch;
        let size = batch.size().unwrap();
        let accuracy = |logits: &[f64]| {
            let output = Tensor::from_slice(logits, (1, size, 1), &Device::Cpu).unwrap();
            task.accuracy(&output, &batch).unwrap().unwrap()
        };
        assert_eq!(accuracy(&vec![-1e-6; size]), 0.5);
        assert_eq!(accuracy(&vec![3.0; size]), 0.5);
        let truth = batch.target.to_vec1::<u32>().unwrap();
        let sure =
            |one: f64| truth.iter().map(|c| if *c == 1 { one } else { -one }).collect::<Vec<_>>();
        assert_eq!((accuracy(&sure(9.0)), accuracy(&sure(-9.0))), (1.0, 0.0));
        // Nothing said is nothing told apart: a tie, NaN; infinity is an answer.
        assert_eq!((accuracy(&vec![0.0; size]), accuracy(&vec![f64::NAN; size])), (0.0, 0.0));
        assert_eq!(accuracy(&sure(f64::INFINITY)), 1.0);
    }

    #[test]
    fn the_loss_is_the_binary_cross_entropy_for_logits_of_any_size() {
        let task = FirstZero::default();
        let batch = task.showcase(&mut Generator::seeded(0)).unwrap();
        for z in [0.0, 1.5, -30.0, 200.0] {
            let output = Tensor::new(&[[[z], [z]]], &Device::Cpu).unwrap();
            let loss = task.loss(&output, &batch).unwrap().to_scalar::<f64>().unwrap();
            let each = task.losses(&output, &batch).unwrap().unwrap();
            assert!((loss - (each[0] + each[1]) / 2.0).abs() < 1e-12, "{z}: {loss} {each:?}");
            assert!((each[0] - each[1] - z).abs() < 1e-9, "{z}: {each:?}");
        }
    }
}
