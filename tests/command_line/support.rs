//! Runs the binary in a folder of its own, and reads what it left there.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::Value;
use tempfile::TempDir;

/// A temporary folder in which the program runs, and one in which it keeps its own files.
pub struct Desk(TempDir, TempDir);

impl Desk {
    pub fn new() -> Self {
        let folder = || tempfile::tempdir().expect("temporary folder");
        Self(folder(), folder())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn put(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("writable folder");
    }

    /// Trainings that it kept because they could not be written.
    pub fn rescued(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.1.path().join("rnnscope/rescue")) else {
            return Vec::new();
        };
        entries.map(|entry| entry.expect("entry").path()).collect()
    }

    /// The program, about to run here, without assert_cmd's time limits.
    pub fn process(&self, arguments: &str) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rnnscope"));
        command.current_dir(self.0.path()).args(arguments.split_whitespace());
        command.env("XDG_DATA_HOME", self.1.path());
        command
    }

    /// Names of the files that lie here, sorted.
    pub fn files(&self) -> Vec<String> {
        self.files_in("")
    }

    /// Names of the files in a folder that lies here, sorted.
    pub fn files_in(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(folder)).expect("readable folder");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.expect("entry").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<_> = entries.map(name).collect();
        names.sort();
        names
    }

    /// The program, about to run here, with no display in sight.
    pub fn command(&self, arguments: &str) -> Command {
        self.about_to_run(Command::cargo_bin("rnnscope").expect("binary"), arguments)
    }

    /// Runs the binary named by `RNNSCOPE_BINARY`, which may be an optimised one.
    pub fn built(&self, arguments: &str) -> Output {
        let built = env!("CARGO_BIN_EXE_rnnscope");
        let binary = std::env::var_os("RNNSCOPE_BINARY").unwrap_or_else(|| built.into());
        let mut command = self.about_to_run(Command::new(binary), arguments);
        command.output().expect("the program starts")
    }

    fn about_to_run(&self, mut command: Command, arguments: &str) -> Command {
        command.current_dir(self.0.path()).args(arguments.split_whitespace());
        command.env("XDG_DATA_HOME", self.1.path());
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs `rnnscope ARGUMENTS` (separated by blanks) to its end.
    pub fn run(&self, arguments: &str) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// Starts it, presses Ctrl-C two seconds after `folder` was made, and waits for its end.
    #[cfg(unix)]
    pub fn interrupted(&self, arguments: &str, folder: &str) -> Output {
        use std::process::Stdio;
        use std::time::{Duration, Instant};

        let mut command = self.process(arguments);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
        let begun = Instant::now();
        while !self.path(folder).exists() {
            assert!(begun.elapsed() < Duration::from_secs(60), "no folder");
            std::thread::sleep(Duration::from_millis(10));
        }
        // The folder is made just before training begins.
        std::thread::sleep(Duration::from_secs(2));
        let kill = format!("kill -INT {}", child.id());
        let killed = std::process::Command::new("sh").args(["-c", &kill]).status().expect("sh");
        assert!(killed.success());
        child.wait_with_output().expect("ends")
    }

    /// Runs it, expects success and silence on stderr, returns stdout. How far trainings are is said
    /// on slow machines only, and no complaint.
    pub fn ok(&self, arguments: &str) -> String {
        let Output { status, stdout, stderr } = self.run(arguments);
        let stderr = String::from_utf8_lossy(&stderr);
        assert!(status.success(), "{arguments}: {stderr}");
        let complaints: Vec<_> = stderr.lines().filter(|line| !tells_progress(line)).collect();
        assert!(complaints.is_empty(), "{arguments}: {complaints:?}");
        String::from_utf8(stdout).expect("UTF-8")
    }

    /// Runs `explore FLAGS --json -` and parses what it prints.
    pub fn json(&self, flags: &str) -> Value {
        let text = self.ok(&format!("explore {flags} --json -"));
        serde_json::from_str(&text).expect("nothing but JSON")
    }
}

/// Such as `RNN 40/60 loss 0.2368; LSTM 21/60 loss 0.4345`.
fn tells_progress(line: &str) -> bool {
    line.split("; ").all(|training| {
        let before = training.split_once(" loss ").map(|(before, _)| before);
        before.and_then(|before| before.rsplit_once(' ')).is_some_and(|(_, done)| {
            done.split_once('/').is_some_and(|(done, all)| {
                done.parse::<u64>().is_ok() && all.parse::<u64>().is_ok()
            })
        })
    })
}

/// Numbers of a JSON list; the words for non-finite ones included.
pub fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().expect("a list").iter().map(number).collect()
}

/// One number of our JSON.
pub fn number(value: &Value) -> f64 {
    match value {
        Value::String(word) => word.parse().expect("inf, -inf or nan"),
        other => other.as_f64().expect("a number"),
    }
}

/// Asserts equality up to a relative error, of lists of the same length.
pub fn assert_close(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found - expected).abs() / expected.abs().max(1e-12);
        assert!(error <= tolerance, "{what}[{index}]: {found} instead of {expected}");
    }
}

/// Writes a `.safetensors` file of f32 tensors.
pub fn safetensors(path: &Path, tensors: &[(&str, &[usize], &[f32])]) {
    let bytes: Vec<(&str, &[usize], Vec<u8>)> = tensors
        .iter()
        .map(|(name, shape, values)| {
            (*name, *shape, values.iter().flat_map(|value| value.to_le_bytes()).collect())
        })
        .collect();
    let views: HashMap<_, _> = bytes
        .iter()
        .map(|(name, shape, bytes)| {
            let view = TensorView::new(Dtype::F32, shape.to_vec(), bytes).expect("shape fits");
            (name.to_string(), view)
        })
        .collect();
    safetensors::serialize_to_file(views, None, path).expect("writable folder");
}

/// A decoded PNG.
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pixels: Vec<u8>,
    channels: usize,
}

impl Picture {
    pub fn read(path: &Path) -> Self {
        let file = std::io::BufReader::new(std::fs::File::open(path).expect("PNG"));
        let mut reader = png::Decoder::new(file).read_info().expect("PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("size")];
        let info = reader.next_frame(&mut pixels).expect("pixels");
        let channels = info.color_type.samples();
        Self { width: info.width, height: info.height, pixels, channels }
    }

    /// How many different colours there are.
    pub fn colours(&self) -> usize {
        self.pixels.chunks(self.channels).collect::<HashSet<_>>().len()
    }

    /// Mean of all colour channels, 0 to 255.
    pub fn brightness(&self) -> f64 {
        let colours = self.pixels.chunks(self.channels).flat_map(|pixel| &pixel[..3]);
        let sum: f64 = colours.clone().copied().map(f64::from).sum();
        sum / colours.count() as f64
    }
}
