//! Standard error: lines for people beside what was asked for.

use std::io::Write as _;

use crate::visible;

/// Writes a line, with all that is hidden in it written out. If even this cannot be said, nobody is
/// there to hear it: no reason to stop.
pub(super) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{}", visible::text(line));
}
