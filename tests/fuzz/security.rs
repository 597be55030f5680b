//! The limits that SECURITY.md tells are those of the readers.

use std::fs::File;
use std::path::Path;

use rnnscope::error::Result;
use rnnscope::flow::SequenceFile;
use rnnscope::network::StateDict;
use rnnscope::session::Session;
use rnnscope::task::Dataset;
use rnnscope::train::Comparison;

type Reader = fn(&Path) -> Result<()>;

#[test]
fn a_file_beyond_its_limit_is_refused_with_the_number_that_is_told() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("SECURITY.md"));
    let text = text.unwrap();
    let readers: [(&str, &str, Reader); 6] = [
        ("weights", "pt", |path| StateDict::read(path).map(drop)),
        ("a data set", "npz", |path| Dataset::open(path).map(drop)),
        ("a data set", "csv", |path| Dataset::open(path).map(drop)),
        ("a sequence", "csv", |path| SequenceFile::open(path).map(drop)),
        ("a comparison", "json", |path| Comparison::read(path).map(drop)),
        ("a session", "rnnscope", |path| Session::read(path).map(drop)),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (kind, extension, read) in readers {
        let row = text.lines().find(|line| line.starts_with(&format!("| {kind}:"))).unwrap();
        let told: u64 = row.trim_end_matches(" |").rsplit(' ').next().unwrap().parse().unwrap();
        let path = folder.path().join(format!("large.{extension}"));
        // A hole: it takes no room on the disk.
        File::create(&path).unwrap().set_len(told + 1).unwrap();
        let error = read(&path).unwrap_err().to_string();
        assert!(error.ends_with(&format!("at most {told} are read")), "{kind}: {error}");
    }
}
