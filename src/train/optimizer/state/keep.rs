//! What a rule knows, to and from a file.

use std::sync::{Mutex, PoisonError};

use candle_core::{DType, Var};

use super::{Moments, Pair, Updater};
use crate::network::real::Real;
use crate::train::checkpoint::{Numbers, SavedRule};

impl Updater {
    /// What the rule has learned about these variables.
    pub(in crate::train) fn saved(&self, variables: &[Var], dtype: DType) -> SavedRule {
        // Optimiser and clipping are the comparison's.
        let Self { optimizer: _, clip: _, moments, updates } = self;
        let (mut first, mut second) = (Numbers::none(dtype), Numbers::none(dtype));
        for (variable, moments) in variables.iter().zip(moments) {
            match &*moments.lock().unwrap_or_else(PoisonError::into_inner) {
                // What no gradient has reached begins with zeros.
                Moments::None => {
                    first.push_zeros(variable.elem_count());
                    second.push_zeros(variable.elem_count());
                }
                Moments::F32(pair) => add(&mut first, &mut second, pair),
                Moments::F64(pair) => add(&mut first, &mut second, pair),
            }
        }
        SavedRule { updates: *updates, first, second }
    }

    /// Goes on with what was learned of variables of these sizes.
    pub(in crate::train) fn restore(&mut self, saved: &SavedRule, variables: &[Var]) {
        let SavedRule { updates, first, second } = saved;
        self.updates = *updates;
        let mut from = 0;
        self.moments.clear();
        for variable in variables {
            let range = from..from + variable.elem_count();
            from = range.end;
            let moments = match (first, second) {
                (Numbers::F32(first), Numbers::F32(second)) => {
                    Moments::F32(pair(&first[range.clone()], &second[range]))
                }
                (Numbers::F64(first), Numbers::F64(second)) => {
                    Moments::F64(pair(&first[range.clone()], &second[range]))
                }
                _ => Moments::None,
            };
            self.moments.push(Mutex::new(moments));
        }
    }
}

fn add<R: Real>(all_first: &mut Numbers, all_second: &mut Numbers, pair: &Pair<R>)
where
    Numbers: Extend<R>,
{
    // The parameter before an update is needed during that update alone.
    let Pair { first, second, before: _ } = pair;
    all_first.extend(first.iter().copied());
    all_second.extend(second.iter().copied());
}

fn pair<R: Real>(first: &[R], second: &[R]) -> Pair<R> {
    Pair { first: first.to_vec(), second: second.to_vec(), before: vec![R::default(); first.len()] }
}
