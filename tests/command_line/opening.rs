//! Files that were made to break whoever opens them: each ends at once, in little memory, with one line.

use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::support::Desk;

/// Address space of the program in KiB. What a sound file takes is well below; what the files here once
/// took, or claim, is above.
const LIMIT: u32 = 1 << 20;

/// Runs the program with limited memory.
fn limited(desk: &Desk, arguments: &str) -> Output {
    let line = format!("ulimit -v {LIMIT} && exec \"$0\" {arguments}");
    let mut command = Command::new("sh");
    command.args(["-c", &line, env!("CARGO_BIN_EXE_rnnscope")]).current_dir(desk.path(""));
    // Its threads reserve room for their own heaps, which says nothing about files.
    command.env("MALLOC_ARENA_MAX", "1").output().expect("a shell")
}

/// Whether the program runs here at all with so little address space.
fn can_be_limited(desk: &Desk) -> bool {
    let output = limited(desk, "explore --length 3 --hidden-size 2");
    if !output.status.success() {
        println!("skipped: {}", String::from_utf8_lossy(&output.stderr));
    }
    output.status.success()
}

/// Runs what must be refused at once; the line.
fn refused(desk: &Desk, arguments: &str, words: &str) {
    let start = Instant::now();
    let output = limited(desk, arguments);
    let line = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2), "{arguments}: {line}");
    assert!(line.contains(words) && line.lines().count() == 1, "{arguments}: {line}");
    assert!(line.len() < 500, "{arguments}: a line of {} bytes", line.len());
    assert!(start.elapsed() < Duration::from_secs(20), "{arguments}: {:?}", start.elapsed());
}

fn archive(path: &Path, files: &[(&str, &[u8])]) {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in files {
        zip.start_file(*name, options).expect("a file");
        zip.write_all(bytes).expect("its bytes");
    }
    std::fs::write(path, zip.finish().expect("an archive").into_inner()).expect("writable");
}

#[test]
fn pickles_take_no_more_than_their_size_allows() {
    let desk = Desk::new();
    if !can_be_limited(&desk) {
        return;
    }
    let path = desk.path("bomb.pt");
    // 150,000 lists in one another.
    let nested =
        [b"\x80\x02".to_vec(), vec![b']'; 150_000], vec![b'a'; 149_999], vec![b'.']].concat();
    // A list of itself twice, thirty times: 2^30 items if each were a copy.
    let mut doubled = b"\x80\x02]q\x00".to_vec();
    for n in 0..30 {
        doubled.extend([b']', b'q', n + 1, b'(', b'h', n, b'h', n, b'e', b'0']);
    }
    doubled.extend(b"h\x1e.");
    // The same long list again and again.
    let mut squared = b"\x80\x02(".to_vec();
    squared.extend(vec![b'N'; 100_000]);
    squared.extend(b"lq\x00ccollections\nOrderedDict\nq\x01");
    squared.extend(b"h\x01h\x00\x85R0".repeat(100_000));
    squared.push(b'.');
    // Sixty million values, packed a thousand to one.
    let unpacked = [b"\x80\x02".to_vec(), vec![b'N'; 30 << 20], vec![b'.']].concat();
    for (what, pickle) in
        [("nested", nested), ("doubled", doubled), ("squared", squared), ("unpacked", unpacked)]
    {
        archive(&path, &[("archive/data.pkl", &pickle), ("archive/data/0", &[0; 64])]);
        println!("{what}: {} bytes", std::fs::metadata(&path).expect("size").len());
        refused(&desk, "explore --weights bomb.pt", "bomb.pt: ");
    }
}

#[test]
fn archives_and_headers_that_claim_too_much_are_refused() {
    let desk = Desk::new();
    if !can_be_limited(&desk) {
        return;
    }
    let header = |text: &str| {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((text.len() as u16).to_le_bytes());
        bytes.extend(text.as_bytes());
        bytes
    };
    let x = |shape: &str| {
        header(&format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape}), }}"))
    };
    let mut long = b"\x93NUMPY\x02\x00".to_vec();
    long.extend(u32::MAX.to_le_bytes());
    long.resize(4 << 20, b' ');
    let mut zeros = x("200000, 40");
    zeros.resize(zeros.len() + 200_000 * 40 * 8, 0);
    let labels = {
        let mut bytes = x("200000,");
        bytes.resize(bytes.len() + 200_000 * 8, 0);
        bytes
    };
    let train = "train mnist1d --steps 1 --data data.npz";
    for (array, words) in [
        (long, "a header of 4294967295 bytes"),
        (x("4611686018427387904, 40"), "has shape [4611686018427387904, 40]"),
        (zeros, "claims more numbers than fit"),
    ] {
        archive(
            &desk.path("data.npz"),
            &[
                ("x.npy", &array),
                ("y.npy", &labels),
                ("x_test.npy", &array),
                ("y_test.npy", &labels),
            ],
        );
        refused(&desk, train, words);
    }
    // 2^62 files in a directory at 2^62.
    let mut directory = b"PK\x03\x04".to_vec();
    directory.resize(64, 0);
    let record = directory.len() as u64;
    directory.extend(b"PK\x06\x06");
    directory.extend(44_u64.to_le_bytes());
    directory.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for claim in [1_u64 << 62; 4] {
        directory.extend(claim.to_le_bytes());
    }
    directory.extend(b"PK\x06\x07\0\0\0\0");
    directory.extend(record.to_le_bytes());
    directory.extend(1_u32.to_le_bytes());
    directory.extend(b"PK\x05\x06\0\0\0\0");
    directory.extend([0xff; 12]);
    directory.extend([0, 0]);
    for (name, arguments) in [("data.npz", train), ("net.pt", "explore --weights net.pt")] {
        std::fs::write(desk.path(name), &directory).expect("writable");
        refused(&desk, arguments, "a zip archive");
    }
    let claim = r#"{"weight_hh_l0":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,4611686018427387904]}}"#;
    let header = [&(claim.len() as u64).to_le_bytes()[..], claim.as_bytes(), &[0; 64]].concat();
    std::fs::write(desk.path("net.safetensors"), header).expect("writable");
    refused(&desk, "explore --weights net.safetensors", "net.safetensors: ");
}

#[test]
fn tables_are_refused_at_the_first_row_that_cannot_be_measured() {
    let desk = Desk::new();
    if !can_be_limited(&desk) {
        return;
    }
    let explore = "explore --sequence x.csv";
    desk.put("x.csv", &"1\n".repeat(20 << 20));
    refused(&desk, explore, "line 100001: more than 100000 steps");
    desk.put("x.csv", &format!("0.5\n{}\n", "z".repeat(60 << 20)));
    refused(&desk, explore, "line 2: a row of more than");
    desk.put("x.csv", &format!("0.5\n{}\n", "z".repeat(400 << 10)));
    refused(&desk, explore, "line 2: \"zzz");
    desk.put("x.csv", &"1,".repeat(10 << 20));
    refused(&desk, explore, "line 1: more than 4096 columns");
    let train = "train mnist1d --steps 1 --data x.csv";
    desk.put("x.csv", &format!("{}\n", "z".repeat(400 << 10)));
    refused(&desk, train, "x.csv: ");
    let comparison = format!("{{\"rnnscope_comparison\": 1, \"{}\": 2}}", "k".repeat(900 << 10));
    desk.put("c.json", &comparison);
    refused(&desk, "train --comparison c.json", "not a comparison saved by rnnscope");
}

#[test]
fn what_is_no_regular_file_is_refused_without_waiting() {
    let desk = Desk::new();
    let made = Command::new("mkfifo").arg(desk.path("pipe")).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo");
    std::os::unix::fs::symlink(desk.path("pipe"), desk.path("pipe.npz")).expect("a link");
    let _socket = std::os::unix::net::UnixListener::bind(desk.path("socket")).expect("a socket");
    std::fs::create_dir(desk.path("folder")).expect("a folder");
    for path in ["/dev/zero", "pipe", "socket", "folder", "/proc/self/mem"] {
        for arguments in ["explore --weights", "explore --sequence", "train --comparison"] {
            let line = crate::bad_input::refused(&desk, &format!("{arguments} {path}"));
            assert!(line.contains(path), "{line}");
        }
    }
    let line = crate::bad_input::refused(&desk, "train mnist1d --steps 1 --data pipe.npz");
    assert!(line.contains("a pipe or a device"), "{line}");
}
