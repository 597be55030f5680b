//! Mutants of a small corpus, for every reader of files and for the window: what the targets in `fuzz/`
//! do with libFuzzer, in little and the same in every run.
//!
//! More of them: `RNNSCOPE_FUZZ_INPUTS=1000000 cargo test --release --test fuzz`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "fuzz/harness/mod.rs"]
mod harness;
#[path = "fuzz/memory.rs"]
mod memory;
#[path = "fuzz/mutate.rs"]
mod mutate;
#[path = "fuzz/security.rs"]
mod security;
#[path = "fuzz/seeds.rs"]
mod seeds;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use mutate::{Dice, mutant};
use seeds::seeds;

/// Mutants of each kind of file; of sequences of 48 events in the window one for each 400.
const INPUTS: usize = 20_000;

/// Longest mutant, in bytes.
const MOST: usize = 64 << 10;

/// What is allocated is counted for the whole process: one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives a target its seeds and so many of their mutants.
fn fuzz(name: &str, target: fn(&[u8]), inputs: usize, most: usize) {
    let _alone = alone();
    let seeds = seeds(name);
    let mut dice = Dice(0);
    let mutants = (0..inputs).map(|_| mutant(&mut dice, &seeds, most));
    for input in seeds.iter().cloned().chain(mutants) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(&input))) {
            let path = std::env::temp_dir().join(format!("rnnscope-fuzz-{name}-finding"));
            std::fs::write(&path, &input).unwrap();
            eprintln!("the input is in {}", path.display());
            std::panic::resume_unwind(panic);
        }
    }
}

/// As many as are wanted by the environment.
fn inputs() -> usize {
    let wanted = std::env::var("RNNSCOPE_FUZZ_INPUTS").ok();
    wanted.map_or(INPUTS, |number| number.parse().expect("a number of inputs"))
}

#[test]
fn state_dicts() {
    fuzz("state_dict", harness::state_dict, inputs(), MOST);
}

#[test]
fn safetensors() {
    fuzz("safetensors", harness::safetensors, inputs(), MOST);
}

#[test]
fn npz() {
    fuzz("npz", harness::npz, inputs(), MOST);
}

#[test]
fn sequences() {
    fuzz("sequence", harness::sequence, inputs(), MOST);
}

#[test]
fn data_sets() {
    fuzz("data_set", harness::data_set, inputs(), MOST);
}

#[test]
fn comparisons() {
    fuzz("comparison", harness::comparison, inputs(), MOST);
}

#[test]
fn sessions() {
    fuzz("session", harness::session, inputs(), MOST);
}

#[test]
fn the_window() {
    fuzz("window", harness::events, inputs() / 400, 3 * 48);
}

/// For libFuzzer: `cargo test --test fuzz write_seeds -- --ignored` puts them where it looks.
#[test]
#[ignore = "writes into fuzz/corpus"]
fn write_seeds() {
    for name in seeds::NAMES {
        let folder = std::path::Path::new("fuzz/corpus").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        for (number, seed) in seeds(name).iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{number}")), seed).unwrap();
        }
    }
}
