//! What reading may take, and what a refusal looks like.

use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use rnnscope::error::Error;
use rnnscope::visible;

/// Counts what the process has allocated.
#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Memory beside three times the file.
const BESIDE: usize = 64 << 20;

/// No input of the corpus or of libFuzzer takes longer, on a busy machine without optimisation either.
const PATIENCE: Duration = Duration::from_secs(10);

/// Longest message, in bytes: pieces of a file are quoted in it, never the file.
const MESSAGE: usize = 64 << 10;

/// Bytes that are allocated at present.
pub fn allocated() -> usize {
    ALLOCATOR.current_usage()
}

/// Does what reads an input, and sees what it takes; the input itself counts.
pub fn within<T>(input: &[u8], read: impl FnOnce() -> T) -> T {
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let start = Instant::now();
    let found = read();
    let taken = ALLOCATOR.peak_usage().saturating_sub(before) + input.len();
    let allowed = 3 * input.len() + BESIDE;
    assert!(taken <= allowed, "{} bytes took {taken} of memory, {allowed} allowed", input.len());
    let time = start.elapsed();
    assert!(time <= PATIENCE, "{} bytes took {time:?}", input.len());
    found
}

/// What was accepted; a refusal is one short line.
pub fn accepted<T>(end: Result<T, Error>) -> Option<T> {
    match end {
        Ok(found) => Some(found),
        Err(error) => {
            let text = error.to_string();
            assert!(!text.is_empty() && text.len() <= MESSAGE, "{} bytes", text.len());
            let shown = visible::message(&text);
            assert!(
                !shown.contains(visible::is_hidden) && shown.chars().count() <= 2_001,
                "{shown}"
            );
            assert!(!matches!(error, Error::Fault(_)), "{error}");
            None
        }
    }
}
