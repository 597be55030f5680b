//! Long time lag (Hochreiter & Schmidhuber 1997, experiment 2): of p + 1 symbols a sequence shows x or y,
//! then p - 1 distractors, and asks for the first symbol again. Only that last symbol can be
//! predicted, and only by who remembers the first over all distractors.
//!
//! The course notebook has slips, each here as an option: distractors of y sequences follow the
//! chain of the x sequence drawn before, and networks start from random states.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{Device, Tensor};
use candle_nn::loss::cross_entropy;
use serde::{Deserialize, Serialize};

use super::classes::{largest, right};
use super::{Batch, Example, Loss, Task};
use crate::error::{Error, Result};
use crate::network::Reading;
use crate::rng::Generator;

/// Settings of the long-time-lag task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LongLag {
    /// p, the lag: symbols a_1..a_{p-1}, x and y; the network reads p of them. 2 to
    /// [`LongLag::MAX_SYMBOLS`].
    pub symbols: usize,
    /// How distractors are drawn.
    pub distractors: Distractors,
    /// Whether each next symbol is to be predicted or only the last.
    pub loss: Loss,
    /// Fresh sequences for the test after training.
    pub test: usize,
    /// If set, training goes through the same so many sequences again and again.
    #[serde(default)]
    pub pool: Option<usize>,
    /// The notebook's slips: distractors of y sequences follow the chain of an x sequence, and
    /// initial states are drawn from U(0, 1).
    #[serde(default)]
    pub slips: bool,
}

/// How distractors i_1, i_2, ... are drawn from 1..p-1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Distractors {
    /// Each uniformly from the one before up to p - 1, as the notebook does: most are the last.
    #[default]
    Chain,
    /// Drawn independently and then sorted: all non-decreasing sequences, but not equally likely.
    Sorted,
    /// Drawn independently.
    Independent,
}

impl Default for LongLag {
    fn default() -> Self {
        Self {
            symbols: 100,
            distractors: Distractors::Chain,
            loss: Loss::Last,
            test: 3000,
            pool: None,
            slips: false,
        }
    }
}

impl LongLag {
    /// The largest lag: there is an output for each symbol.
    pub const MAX_SYMBOLS: usize = 2000;

    /// The most test sequences.
    pub const MAX_TEST: usize = 1_000_000;

    /// Refuses alphabets without distractors, and sizes without sense.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] naming the setting.
    pub(super) fn validate(&self) -> Result<()> {
        let Self { symbols, test, pool, .. } = *self;
        if !(2..=Self::MAX_SYMBOLS).contains(&symbols) {
            return Err(Error::out_of_range("lag p", "2 to 2000", symbols));
        }
        if test > Self::MAX_TEST {
            return Err(Error::out_of_range("number of test sequences", "0 to 1000000", test));
        }
        if let Some(pool) = pool.filter(|pool| !(1..=100_000).contains(pool)) {
            return Err(Error::out_of_range("training sequences", "1 to 100000", pool));
        }
        Ok(())
    }

    /// The p + 1 symbols of a sequence: a_1..a_{p-1} as 0..p-2, x as p - 1, y as p. `chain` is the
    /// sequence whose distractors are followed, if not its own.
    fn sequence(&self, generator: &mut Generator, chain: Option<&[u32]>) -> Vec<u32> {
        let p = self.symbols;
        let mut between =
            |low: usize| low + (generator.uniform_f64() * (p - 1 - low) as f64) as usize;
        let mut all: Vec<u32> = Vec::with_capacity(p + 1);
        all.push(0);
        for k in 1..p {
            let follows = self.distractors == Distractors::Chain && k > 1;
            let low = match chain {
                _ if !follows => 0,
                Some(chain) => chain[k - 1] as usize,
                None => all[k - 1] as usize,
            };
            all.push(between(low) as u32);
        }
        if self.distractors == Distractors::Sorted {
            all[1..].sort_unstable();
        }
        let is_x = match (self.slips, chain) {
            (false, _) => generator.uniform_f64() < 0.5,
            (true, chain) => chain.is_none(),
        };
        let end = if is_x { p - 1 } else { p } as u32;
        all[0] = end;
        all.push(end);
        all
    }

    /// Sequences one after another. With the notebook's slips x and y take turns and a y sequence
    /// follows the chain of the x sequence before it.
    fn sequences(&self, size: usize, generator: &mut Generator) -> Vec<Vec<u32>> {
        let mut all: Vec<Vec<u32>> = Vec::with_capacity(size);
        for b in 0..size {
            let chain = (self.slips && b % 2 == 1).then(|| all[b - 1].clone());
            all.push(self.sequence(generator, chain.as_deref()));
        }
        all
    }

    /// The sequences that training goes through again and again; kept for the next batch.
    fn pool(&self, size: usize) -> Pool {
        static KEPT: Mutex<Option<(LongLag, Pool)>> = Mutex::new(None);
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, sequences)) = kept.as_ref().filter(|(settings, _)| settings == self) {
            return Arc::clone(sequences);
        }
        let sequences = Arc::new(self.sequences(size, &mut Generator::seeded(POOL)));
        *kept = Some((*self, Arc::clone(&sequences)));
        sequences
    }

    fn tensors(&self, sequences: &[Vec<u32>], generator: &mut Generator) -> Result<Batch> {
        let (steps, size) = (self.symbols, sequences.len());
        let symbols = |t: usize| sequences.iter().map(move |sequence| sequence[t]);
        let x: Vec<u32> = (0..steps).flat_map(symbols).collect();
        let x = Tensor::from_vec(x, (steps, size), &Device::Cpu)?;
        let asked = match self.loss {
            Loss::Last => steps..=steps,
            Loss::All => 1..=steps,
        };
        let target: Vec<u32> = asked.clone().flat_map(symbols).collect();
        let target = Tensor::from_vec(target, (asked.count(), size), &Device::Cpu)?;
        let start = self.slips.then(|| {
            // Drawing once sets the stream apart from the one of the next batch.
            let start = generator.clone();
            generator.uniform_f64();
            start
        });
        Ok(Batch { x, target, start })
    }

    /// Outputs and targets of the last step.
    fn last(output: &Tensor, batch: &Batch) -> Result<(Tensor, Tensor)> {
        let (rows, asked) = (output.dim(0)?, batch.target.dim(0)?);
        Ok((output.get(rows - 1)?, batch.target.get(asked - 1)?))
    }
}

/// Sequences that many trainings share.
type Pool = Arc<Vec<Vec<u32>>>;

/// Seed of the sequences that training goes through again and again.
const POOL: u64 = 42;

impl LongLag {
    /// The loss of a guess.
    pub(super) fn baselines(&self) -> Vec<(String, f64)> {
        let ln_2 = std::f64::consts::LN_2;
        match self.loss {
            Loss::Last => vec![("ln 2: x or y, but which?".to_owned(), ln_2)],
            Loss::All => Vec::new(),
        }
    }
}

impl Task for LongLag {
    fn input_size(&self) -> usize {
        self.symbols + 1
    }

    fn output_size(&self) -> usize {
        self.symbols + 1
    }

    fn length(&self) -> usize {
        self.symbols
    }

    fn reading(&self) -> Reading {
        match self.loss {
            Loss::Last => Reading::LastStep,
            Loss::All => Reading::EachStep,
        }
    }

    fn batch(&self, step: u64, size: usize, generator: &mut Generator) -> Result<Batch> {
        let sequences = match self.pool {
            None => self.sequences(size, generator),
            Some(pool) => {
                let all = self.pool(pool);
                let first = step.wrapping_mul(size as u64) as usize % pool;
                all.iter().cycle().skip(first).take(size).cloned().collect()
            }
        };
        self.tensors(&sequences, generator)
    }

    fn fresh(&self, size: usize, generator: &mut Generator) -> Result<Batch> {
        self.tensors(&self.sequences(size, generator), generator)
    }

    fn fresh_tests(&self) -> usize {
        self.test
    }

    fn epoch(&self, batch: usize) -> Option<u64> {
        self.pool.map(|pool| pool.div_ceil(batch.max(1)) as u64)
    }

    fn loss(&self, output: &Tensor, batch: &Batch) -> Result<Tensor> {
        let rows = output.flatten_to(1)?;
        Ok(cross_entropy(&rows, &batch.target.flatten_all()?)?)
    }

    fn right(&self, output: &Tensor, batch: &Batch) -> Result<Option<Vec<bool>>> {
        let (output, target) = Self::last(output, batch)?;
        Ok(Some(right(&output, &target)?))
    }

    /// Symbols by their numbers: a_1 is 1, x is p, y is p + 1.
    fn examples(&self, output: &Tensor, batch: &Batch) -> Result<Vec<Example>> {
        let steps = self.symbols;
        let numbers = |tensor: &Tensor, b: usize| -> Result<Vec<f64>> {
            let column = tensor.narrow(1, b, 1)?.flatten_all()?.to_vec1::<u32>()?;
            Ok(column.into_iter().map(|symbol| f64::from(symbol) + 1.0).collect())
        };
        let at_the_end = |values: Vec<f64>| {
            let mut all = vec![f64::NAN; steps - values.len().min(steps)];
            all.extend(values);
            all
        };
        let (rows, size, _) = output.dims3()?;
        let answers = Tensor::from_vec(largest(output)?, (rows, size), &Device::Cpu)?;
        (0..size)
            .map(|b| {
                Ok(Example {
                    input: numbers(&batch.x, b)?,
                    target: at_the_end(numbers(&batch.target, b)?),
                    prediction: at_the_end(numbers(&answers, b)?),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(task: LongLag, size: usize) -> Vec<Vec<u32>> {
        task.sequences(size, &mut Generator::seeded(5))
    }

    #[test]
    fn the_first_symbol_comes_again_after_distractors_of_its_own_chain() {
        let task = LongLag { symbols: 20, ..LongLag::default() };
        let sequences = drawn(task, 400);
        for sequence in &sequences {
            assert_eq!(sequence.len(), 21);
            assert_eq!(sequence[0], sequence[20]);
            let distractors = &sequence[1..20];
            assert!(
                distractors.is_sorted() && distractors.iter().all(|a| *a <= 18),
                "{sequence:?}"
            );
        }
        let x = sequences.iter().filter(|sequence| sequence[0] == 19).count();
        assert!((150..250).contains(&x), "{x}");
        assert!(sequences.iter().all(|sequence| [19, 20].contains(&sequence[0])));
    }

    #[test]
    fn independent_distractors_have_every_value_and_sorted_ones_ascend() {
        let task =
            LongLag { symbols: 6, distractors: Distractors::Independent, ..LongLag::default() };
        let mut counts = [0; 5];
        for sequence in drawn(task, 300) {
            sequence[1..6].iter().for_each(|a| counts[*a as usize] += 1);
        }
        assert!(counts.iter().all(|count| (240..360).contains(count)), "{counts:?}");
        let sorted = LongLag { distractors: Distractors::Sorted, ..task };
        assert!(drawn(sorted, 50).iter().all(|sequence| sequence[1..6].is_sorted()));
    }

    /// In the notebook a y sequence's k-th distractor is at least the x sequence's one before.
    #[test]
    fn the_notebooks_slips_are_reproduced_on_demand() {
        let task = LongLag { symbols: 10, slips: true, ..LongLag::default() };
        let sequences = drawn(task, 100);
        let pairs = || sequences.chunks_exact(2);
        assert!(pairs().all(|pair| pair[0][0] == 9 && pair[1][0] == 10));
        assert!(pairs().all(|pair| (2..10).all(|k| pair[1][k] >= pair[0][k - 1])));
        assert!(pairs().any(|pair| !pair[1][1..10].is_sorted()), "chains of their own");
        let batch = task.batch(0, 4, &mut Generator::seeded(0)).unwrap();
        assert!(batch.start.is_some());
    }

    #[test]
    fn a_pool_comes_round_again() {
        let task = LongLag { symbols: 5, pool: Some(6), ..LongLag::default() };
        let x = |step| {
            let batch = task.batch(step, 4, &mut Generator::seeded(9)).unwrap();
            batch.x.t().unwrap().to_vec2::<u32>().unwrap()
        };
        let (first, second, fourth) = (x(0), x(1), x(3));
        assert_eq!(second[2..], first[..2]);
        assert_eq!(fourth, first);
    }

    #[test]
    fn two_symbols_are_enough_and_one_is_not() {
        assert!(LongLag { symbols: 1, ..LongLag::default() }.validate().is_err());
        let task = LongLag { symbols: 2, ..LongLag::default() };
        task.validate().unwrap();
        assert!(drawn(task, 20).iter().all(|sequence| sequence[1] == 0));
    }
}
