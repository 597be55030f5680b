//! Looking at a network beside its training: on fixed sets while it learns, in a test at the end.

use candle_core::Tensor;

use super::super::evaluation::{CHUNK, Evaluation, Test, Testing, score, watched};
use super::super::stop::Stop;
use super::{Trainee, in_dtype};
use crate::error::Result;
use crate::task::Batch;

/// Steps of all sequences together that are evaluated at a time: keeps memory within bounds.
const AT_A_TIME: usize = 100_000;

impl Trainee {
    /// Evaluates if it is time to; on mastery goes on to longer sequences or stops.
    pub(super) fn look(&mut self) -> Result<()> {
        let interval = self.comparison.evaluate_every;
        let step = self.log.steps();
        let last = self.log.evaluations.last().map(|evaluation| evaluation.step);
        if interval == 0 || !step.is_multiple_of(interval) || last == Some(step) {
            return Ok(());
        }
        let worst = self.evaluate()?;
        let Some(mastery) = self.comparison.stop.mastery else { return Ok(()) };
        let small = worst.is_some_and(|worst| worst < mastery.below);
        self.mastered = if small { self.mastered + 1 } else { 0 };
        if self.mastered < mastery.checks.max(1) {
            return Ok(());
        }
        let next = self.comparison.curriculum.and_then(|plan| plan.next(self.task.length()));
        match next {
            Some(length) => {
                let task = self.comparison.task_of_length(length)?.open()?;
                self.begin(task)
            }
            None => {
                self.log.stop = Some(Stop::Mastered(step));
                Ok(())
            }
        }
    }

    /// Runs the fixed sets. Returns the largest loss of any sequence, where that counts.
    pub(super) fn evaluate(&mut self) -> Result<Option<f64>> {
        let mut evaluation = Evaluation { step: self.log.steps(), ..Evaluation::default() };
        let mut answers = None;
        for (index, set) in self.sets.iter().enumerate() {
            let output = self.outputs(&set.batch)?;
            evaluation.sets.push(score(&*self.task, &output, &set.batch)?);
            if index == 0 {
                evaluation.watched = watched(&*self.task, &output, set)?;
                answers = self.task.answers(&output)?;
            }
        }
        self.log.answers = answers.unwrap_or_default();
        let worst = evaluation.sets.first().and_then(|score| score.worst);
        self.log.evaluated(evaluation);
        Ok(worst)
    }

    /// Outputs for a batch of any size, a part at a time.
    pub(super) fn outputs(&self, batch: &Batch) -> Result<Tensor> {
        let (steps, size) = (batch.x.dim(0)?, batch.size()?);
        let part = (AT_A_TIME / steps.max(1)).clamp(1, size.max(1));
        let outputs = (0..size)
            .step_by(part)
            .map(|first| {
                let x = batch.x.narrow(1, first, part.min(size - first))?.contiguous()?;
                Ok(self.predict(&Batch { x, ..batch.clone() })?.output)
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Tensor::cat(&outputs, 1)?)
    }

    /// What is left to do after training: a last evaluation, and the test bit by bit.
    pub(super) fn finish(&mut self) -> Result<Option<Stop>> {
        let steps = self.log.steps();
        let last = self.log.evaluations.last().map(|evaluation| evaluation.step);
        if self.comparison.evaluate_every > 0 && steps > 0 && last != Some(steps) {
            self.evaluate()?;
        }
        if !self.owes_test() {
            return Ok(self.log.stop);
        }
        let generator = self.streams.test.clone();
        let mut testing = self.testing.take().unwrap_or(Testing { generator, asked: 0, wrong: 0 });
        let sequences = self.task.fresh_tests();
        let size = CHUNK.min(sequences - testing.asked);
        let batch = in_dtype(self.task.fresh(size, &mut testing.generator)?, self.dtype())?;
        let said = self.predict(&batch)?;
        let right = self.task.right(&said.output, &batch)?.unwrap_or_default();
        testing.asked += size;
        testing.wrong += right.iter().filter(|right| !**right).count();
        if testing.asked >= sequences {
            self.log.test = Some(Test { sequences, wrong: testing.wrong });
            return Ok(self.log.stop);
        }
        self.testing = Some(testing);
        Ok(None)
    }
}
