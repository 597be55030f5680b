//! What mutants are made of: files of the repository, committed reproducers, and what rnnscope itself
//! writes today.

use std::path::{Path, PathBuf};

use rnnscope::flow::Draw;
use rnnscope::network::{Cell, Design, Nonlinearity, encode};
use rnnscope::rng::Generator;
use rnnscope::session::{Pane, Session};
use rnnscope::task::TaskChoice;
use rnnscope::train::presets;

/// All targets.
pub const NAMES: [&str; 8] =
    ["state_dict", "safetensors", "npz", "sequence", "data_set", "comparison", "session", "window"];

/// The inputs that a target starts from; there is at least one.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut seeds = files(&tests.join("fuzz/corpus").join(target));
    match target {
        "state_dict" => seeds.extend(files(&tests.join("data/state_dicts"))),
        "safetensors" => seeds.extend(networks()),
        "comparison" => seeds.extend(comparisons()),
        "session" => seeds.extend(sessions()),
        "window" => seeds.push((0..=143).collect()),
        _ => {}
    }
    assert!(!seeds.is_empty(), "no seeds for {target}");
    seeds
}

/// The contents of the files in a folder, small ones, in the order of their names; none without a folder.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let contents =
        paths.into_iter().filter(|path| path.is_file()).map(|path| std::fs::read(path).unwrap());
    contents.filter(|bytes| bytes.len() <= 16 << 10).collect()
}

/// Small networks, and the header of one alone.
fn networks() -> Vec<Vec<u8>> {
    let cells = [Cell::Rnn(Nonlinearity::Tanh), Cell::Lstm, Cell::Gru];
    let whole = cells.map(|cell| {
        let draw = Draw { design: Design::new(cell, 2, 2), seed: 0 };
        let spec = draw.design.spec(1, 1);
        encode(&draw.design.network(&spec, &mut Generator::seeded(0)).unwrap()).unwrap()
    });
    let length = u64::from_le_bytes(whole[0][..8].try_into().unwrap()) as usize;
    let header = whole[0][8..8 + length].to_vec();
    whole.into_iter().chain([header]).collect()
}

/// The first preset of every task.
fn comparisons() -> Vec<Vec<u8>> {
    let rounds = |task: &TaskChoice| {
        presets(task.name()).into_iter().take(1).flat_map(|preset| preset.rounds)
    };
    TaskChoice::all().iter().flat_map(rounds).map(|round| round.encode().unwrap()).collect()
}

/// Settings as they are at first, and as they may be after some use.
fn sessions() -> Vec<Vec<u8>> {
    let mut used = Session::default();
    used.draw_again(7);
    used.pin();
    used.pins[0].name = Some("first try".to_owned());
    used.why.toggle(Pane::Gates);
    used.why.toggle(Pane::Landscape);
    used.why.arrangement = used.why.arrangement.side_by_side();
    used.train.choose_task(&TaskChoice::all()[1]);
    [Session::default(), used].iter().map(|session| session.save().unwrap().into_bytes()).collect()
}
