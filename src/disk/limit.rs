//! Limits on the size of files (`ulimit -f`, batch systems).

/// Makes a file that grows beyond the limit of the process an error like that of a full disk, instead of
/// the death of the process with everything it has computed.
#[cfg(unix)]
pub fn outlive_limits() {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    // Where the signal cannot be caught, everything else is as it was.
    let _ =
        signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false)));
}

/// Other systems have no such limit.
#[cfg(not(unix))]
pub fn outlive_limits() {}
