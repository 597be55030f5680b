//! Prepares the process, runs the command line, turns its end into an exit code.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    one_thread_for_matrix_products();
    match rnnscope::command::run(std::env::args_os()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // If even this cannot be written, the exit code still tells.
            let _ = writeln!(std::io::stderr(), "{failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Without this variable candle reads `/proc/cpuinfo` on every matrix product on the CPU, which
/// makes it 2 to 10 times slower; the networks are small, so one thread is also the fastest.
#[expect(unsafe_code, reason = "the environment can be changed safely only before any thread")]
fn one_thread_for_matrix_products() {
    const THREADS: &str = "RAYON_NUM_THREADS";
    if std::env::var_os(THREADS).is_none() {
        // SAFETY: first act of main, no other thread exists that could read the environment.
        unsafe { std::env::set_var(THREADS, "1") };
    }
}
