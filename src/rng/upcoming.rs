//! Where a stream of numbers stands, as numbers that can be kept: the words that come next.
//!
//! MT19937 gives every word from the 624 before it, and can be run backwards as well. So the next 624
//! words say all about a generator, without a look at how it is made, and any words that are not all
//! zero make one.

use rand_mt::Mt;

use super::Generator;

/// Words that a generator looks back on.
const N: usize = 624;
/// The word that is mixed in lies so many after the oldest.
const M: usize = 397;
/// What is added (over GF(2)) where the lowest bit is set.
const MATRIX: u32 = 0x9908_b0df;
/// Masks of the output transform.
const MASKS: [u32; 2] = [0x9d2c_5680, 0xefc6_0000];

/// Where a generator stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Upcoming {
    /// The next words of the engine, [`Upcoming::WORDS`] of them.
    pub words: Vec<u32>,
    /// The normal that the next short draw begins with, if one is left over.
    pub spare_normal: Option<f64>,
}

impl Upcoming {
    /// Words of a state.
    pub const WORDS: usize = N;
}

impl Generator {
    /// Where the stream stands. The generator is left as it is.
    pub fn upcoming(&self) -> Upcoming {
        let Self { engine, spare_normal } = self;
        let mut engine = engine.clone();
        let words = (0..N).map(|_| engine.next_u32()).collect();
        Upcoming { words, spare_normal: *spare_normal }
    }

    /// A generator that goes on from there; none for words that no generator gives.
    pub fn from_upcoming(upcoming: &Upcoming) -> Option<Self> {
        let Upcoming { words, spare_normal } = upcoming;
        if words.len() != N || words.iter().all(|word| *word == 0) {
            return None;
        }
        let mut states = vec![0; N];
        states.extend(words.iter().map(|word| untempered(*word)));
        for k in (0..N).rev() {
            // Each tells its own upper bit and the lower bits of the one after it.
            let upper = mixed(states[k + N] ^ states[k + M]) & 0x8000_0000;
            let lower = mixed(states[k + N - 1] ^ states[k + M - 1]) & 0x7fff_ffff;
            states[k] = upper | lower;
        }
        let engine = Mt::recover(states[..N].iter().map(|state| tempered(*state))).ok()?;
        Some(Self { engine, spare_normal: *spare_normal })
    }
}

/// The upper bit of one state and the lower bits of the next, from what they gave.
fn mixed(given: u32) -> u32 {
    let odd = given >> 31;
    (given ^ (odd * MATRIX)) << 1 | odd
}

/// The output transform.
fn tempered(mut state: u32) -> u32 {
    state ^= state >> 11;
    state ^= state << 7 & MASKS[0];
    state ^= state << 15 & MASKS[1];
    state ^ state >> 18
}

/// Back through the output transform.
fn untempered(word: u32) -> u32 {
    let word = word ^ word >> 18;
    let word = word ^ word << 15 & MASKS[1];
    let unshifted = (0..4).fold(word, |found, _| word ^ found << 7 & MASKS[0]);
    (0..2).fold(unshifted, |found, _| unshifted ^ found >> 11)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_goes_on_from_wherever_it_stood() {
        for drawn in [0, 1, 2, 15, 16, 226, 227, 228, 396, 397, 398, 623, 624, 625, 1247, 5000] {
            let mut whole = Generator::seeded(7 + drawn as u64);
            whole.uniform(drawn, 0.0, 1.0);
            whole.randn(drawn % 4);
            let mut kept = Generator::from_upcoming(&whole.upcoming()).unwrap();
            assert_eq!(kept.upcoming(), whole.upcoming());
            let next = |generator: &mut Generator| {
                let short: Vec<_> = (0..3).flat_map(|_| generator.randn(3)).collect();
                (short, generator.uniform(3000, -1.0, 1.0), generator.randn(40))
            };
            assert_eq!(next(&mut kept), next(&mut whole), "after {drawn}");
        }
    }

    #[test]
    fn the_output_transform_is_undone() {
        for word in [0, 1, 0x8000_0000, u32::MAX, 0x1234_5678, MATRIX] {
            assert_eq!((untempered(tempered(word)), tempered(untempered(word))), (word, word));
        }
    }

    #[test]
    fn what_no_generator_gives_is_refused() {
        let upcoming = |words| Upcoming { words, spare_normal: None };
        assert!(Generator::from_upcoming(&upcoming(vec![0; N])).is_none());
        assert!(Generator::from_upcoming(&upcoming(vec![1; N - 1])).is_none());
        assert!(Generator::from_upcoming(&upcoming(vec![1; N])).is_some());
    }
}
