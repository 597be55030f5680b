//! Whose turn it is where there are more lanes than threads.

use std::collections::VecDeque;

/// Whose turn it is.
pub(super) struct Queue {
    /// Lanes that wait, the next one first.
    pub(super) waiting: VecDeque<usize>,
    /// Whether a thread is at work on each lane. No lane that can go on is neither held nor waiting.
    pub(super) held: Vec<bool>,
    /// Threads at work.
    pub(super) threads: usize,
}

impl Queue {
    /// All lanes wait.
    pub(super) fn of(lanes: usize) -> Self {
        Self { waiting: (0..lanes).collect(), held: vec![false; lanes], threads: 0 }
    }

    /// The lane that a thread which holds `held` goes on with; none if there is nothing left for it,
    /// which ends the thread.
    pub(super) fn next(&mut self, held: Option<usize>, one_by_one: bool) -> Option<usize> {
        if held.is_some() && one_by_one {
            return held;
        }
        let Some(next) = self.waiting.pop_front() else {
            self.threads -= usize::from(held.is_none());
            return held;
        };
        if let Some(held) = held {
            self.held[held] = false;
            self.waiting.push_back(held);
        }
        self.held[next] = true;
        Some(next)
    }

    /// Lets a lane that can go on take part.
    pub(super) fn admit(&mut self, lane: usize) {
        if !self.held[lane] && !self.waiting.contains(&lane) {
            self.waiting.push_back(lane);
        }
    }

    /// Threads that work for a lane, on the average.
    pub(super) fn share(&self, lane: usize, one_by_one: bool) -> f64 {
        let held = self.held.iter().filter(|held| **held).count();
        match (self.held[lane], self.waiting.contains(&lane)) {
            (false, false) => 0.0,
            (held, _) if one_by_one => f64::from(u8::from(held)),
            _ => (self.threads as f64 / (held + self.waiting.len()) as f64).min(1.0),
        }
    }
}
