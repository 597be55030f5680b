use std::fs;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use proptest::prelude::*;

use super::*;

/// Ten sequences to learn from, five to test with.
fn small() -> Dataset {
    let part = |n: usize| Points {
        values: (0..n * LENGTH).map(|i| i as f32 / 8.0).collect(),
        labels: (0..n).map(|i| (i % CLASSES) as u32).collect(),
    };
    Dataset { train: part(10), test: part(5) }
}

fn arrays(dataset: &Dataset) -> Vec<(&'static str, Tensor)> {
    let x = |points: &Points| {
        Tensor::from_slice(&points.values, (points.len(), LENGTH), &Device::Cpu).unwrap()
    };
    let y = |points: &Points| {
        let labels: Vec<i64> = points.labels.iter().map(|&label| i64::from(label)).collect();
        Tensor::from_vec(labels, points.len(), &Device::Cpu).unwrap()
    };
    let Dataset { train, test } = dataset;
    vec![("x", x(train)), ("y", y(train)), ("x_test", x(test)), ("y_test", y(test))]
}

/// A temporary folder with one file in it.
fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn npz(arrays: &[(&str, Tensor)]) -> (tempfile::TempDir, PathBuf) {
    let (folder, path) = file("data.npz", b"");
    Tensor::write_npz(arrays, &path).unwrap();
    (folder, path)
}

fn csv_text(points: &Points) -> String {
    let line = |(values, label): (&[f32], usize)| {
        let values: Vec<String> = values.iter().map(f32::to_string).collect();
        format!("{label},{}\n", values.join(","))
    };
    points.iter().map(line).collect()
}

/// The message for a file, which must be one line that begins with its path.
fn refusal(path: &Path) -> String {
    let text = Dataset::open(path).unwrap_err().to_string();
    assert!(!text.contains('\n'), "{text}");
    let start = format!("{}: ", path.display());
    text.strip_prefix(&start).unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[test]
fn an_archive_gives_its_arrays_whatever_their_number_type() {
    let expected = small();
    let mut arrays = arrays(&expected);
    let (_folder, path) = npz(&arrays);
    assert_eq!(Dataset::open(&path).unwrap(), expected);

    for (_, array) in &mut arrays {
        *array = array.to_dtype(candle_core::DType::F64).unwrap();
    }
    arrays.push(("t", Tensor::zeros(3, candle_core::DType::U8, &Device::Cpu).unwrap()));
    let (_folder, path) = npz(&arrays);
    assert_eq!(Dataset::open(&path).unwrap(), expected);
}

#[test]
fn wrong_archives_are_refused_with_the_array_and_the_place() {
    let data = small();
    let replaced = |name: &str, array: Tensor| {
        let mut arrays = arrays(&data);
        arrays.iter_mut().find(|(found, _)| *found == name).unwrap().1 = array;
        let (_folder, path) = npz(&arrays);
        refusal(&path)
    };
    let of = |values: Vec<f64>, shape: &[usize]| Tensor::from_vec(values, shape, &Device::Cpu);
    let mut values = vec![0.5; 10 * LENGTH];

    let found = replaced("x", of(vec![0.0; 390], &[10, 39]).unwrap());
    assert!(found.starts_with("array `x` has shape [10, 39]; expected [N, 40]"), "{found}");
    let found = replaced("x_test", of(vec![], &[0, 40]).unwrap());
    assert!(found.starts_with("array `x_test` has shape [0, 40]; expected"), "{found}");
    let found = replaced("y", of(vec![0.0; 9], &[9]).unwrap());
    assert!(found.starts_with("array `y` has shape [9]; expected [10]"), "{found}");
    let mut labels = vec![0.0; 10];
    for wrong in [10.0, -1.0, 0.5, f64::NAN] {
        labels[7] = wrong;
        let found = replaced("y", of(labels.clone(), &[10]).unwrap());
        assert!(found.starts_with(&format!("y[7] is {wrong}; labels are")), "{found}");
    }
    for wrong in [f64::NAN, f64::INFINITY, 1e300] {
        values[3 * LENGTH + 5] = wrong;
        let found = replaced("x", of(values.clone(), &[10, LENGTH]).unwrap());
        assert!(found.starts_with(&format!("x[3, 5] is {wrong}; values must")), "{found}");
    }

    let (_folder, path) = npz(&arrays(&data)[..3]);
    let found = refusal(&path);
    assert!(found.starts_with("array `y_test` is missing"), "{found}");
    assert!(found.ends_with("found x, x_test, y"), "{found}");
}

#[test]
fn an_array_that_claims_to_be_huge_is_refused_before_it_is_read() {
    let (_folder, path) = npz(&arrays(&small()));
    let bytes = fs::read(&path).unwrap();
    let honest = b"(10,40,), }";
    for claim in [b"(1e9,40,),}", b"(99999999,)", b"(999999,40)"] {
        let at = bytes.windows(honest.len()).position(|found| found == honest).unwrap();
        let mut forged = bytes.clone();
        forged[at..at + honest.len()].copy_from_slice(claim);
        fs::write(&path, forged).unwrap();
        assert!(refusal(&path).starts_with("array `x`"));
    }
}

#[test]
fn a_table_is_split_or_has_its_test_set_beside_it() {
    let expected = small();
    let (_folder, path) = file("data.csv", csv_text(&expected.train).as_bytes());
    let split = Dataset::open(&path).unwrap();
    assert_eq!((split.train.len(), split.test.len()), (8, 2));
    assert_eq!(split.test.labels, [8, 9]);
    assert_eq!(split.test.values, expected.train.values[8 * LENGTH..]);

    fs::write(path.with_file_name("data_test.csv"), csv_text(&expected.test)).unwrap();
    assert_eq!(Dataset::open(&path).unwrap(), expected);
}

#[test]
fn a_mistyped_first_label_is_no_heading() {
    let text = csv_text(&small().train);
    for label in ["7x", "-", "", "nan", "O.5"] {
        let rest = text.split_once(',').unwrap().1;
        let (_folder, path) = file("data.csv", format!("{label},{rest}").as_bytes());
        let message = refusal(&path);
        assert!(message.starts_with("line 1, column 1"), "{label:?}: {message}");
    }
}

#[test]
fn headings_marks_spaces_and_foreign_line_ends_are_skipped() {
    let lines = csv_text(&small().train);
    let (_folder, path) = file("plain.csv", lines.as_bytes());
    let expected = Dataset::open(&path).unwrap();
    let words: Vec<String> = (1..=LENGTH).map(|i| format!("x{i}")).collect();
    let numbers: Vec<String> = (0..=LENGTH).map(|i| i.to_string()).collect();
    for text in [
        format!("\u{feff}label,{}\n{lines}", words.join(",")),
        format!("{}\r\n{}", numbers.join(","), lines.replace('\n', "\r\n")),
        lines.replace(',', " , "),
    ] {
        let (_folder, path) = file("DATA.CSV", text.as_bytes());
        assert_eq!(Dataset::open(&path).unwrap(), expected, "{text}");
    }
}

#[test]
fn wrong_tables_are_refused_with_line_and_column() {
    let lines = csv_text(&small().train);
    let refused = |text: String| refusal(&file("data.csv", text.as_bytes()).1);
    let found = refused(lines.replacen("3,15", "11,15", 1));
    assert!(found.starts_with("line 4, column 1 is 11; labels"), "{found}");
    let found = refused(lines.replacen(",15,", ",NaN,", 1));
    assert!(found.starts_with("line 4, column 2 is NaN; values"), "{found}");
    let found = refused(lines.replacen(",15,", ",,", 1));
    assert!(found.starts_with("line 4, column 2: \"\" is not a number"), "{found}");
    let found = refused(lines.replace(',', ";"));
    assert!(found.starts_with("line 1 has 1 column;"), "{found}");
    let found = refused(lines.lines().take(4).collect::<Vec<_>>().join("\n"));
    assert!(found.starts_with("4 sequences are too few"), "{found}");
    for empty in ["", "label\n"] {
        assert!(refused(empty.to_owned()).starts_with("no sequences"));
    }
}

#[test]
fn what_is_no_data_file_is_refused() {
    let (folder, path) = file("data.pkl", b"");
    assert!(refusal(&path).contains("numpy.savez"));
    assert!(refusal(folder.path()).starts_with("this is a folder"));
    let missing = Dataset::open(&folder.path().join("none.npz")).unwrap_err();
    assert!(matches!(missing, Error::Read { .. }), "{missing}");
    let (_folder, path) = file("data.npz", b"no archive");
    assert!(refusal(&path).starts_with("not a .npz archive"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Damaged archives give their data or one line, never a panic.
    #[test]
    fn damaged_archives_are_survived(
        cut in 0usize..6_000,
        flips in prop::collection::vec((0usize..6_000, any::<u8>()), 0..8),
    ) {
        let (_folder, path) = npz(&arrays(&small()));
        let mut bytes = fs::read(&path).unwrap();
        let end = bytes.len();
        for (at, value) in flips {
            bytes[at % end] = value;
        }
        bytes.truncate(end - cut.saturating_sub(3_000) % end);
        fs::write(&path, bytes).unwrap();
        if let Err(error) = Dataset::open(&path) {
            prop_assert!(!error.to_string().contains('\n'), "{error}");
        }
    }

    /// So do damaged tables.
    #[test]
    fn damaged_tables_are_survived(text in "[0-9eE,.\"\n\r \\-nai\u{0}\u{e9}]{0,400}") {
        let (_folder, path) = file("data.csv", text.as_bytes());
        prop_assert!(Dataset::open(&path).is_err());
    }
}
