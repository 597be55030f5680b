//! The generated MNIST-1D equals the reference package's: labels exactly, values to 1e-6.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{float, floats, json};
use rnnscope::task::mnist1d::{CLASSES, Dataset, LENGTH, Points};

/// Mean, population standard deviation and sum of magnitudes.
fn moments(points: &Points) -> [f64; 3] {
    let values: Vec<f64> = points.values.iter().map(|&value| f64::from(value)).collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
    [mean, variance.sqrt(), values.iter().map(|value| value.abs()).sum()]
}

fn counts(points: &Points) -> Vec<f64> {
    let count = |digit| points.iter().filter(|&(_, label)| label == digit).count() as f64;
    (0..CLASSES).map(count).collect()
}

fn checksum(labels: &[u32]) -> u32 {
    let bytes: Vec<u8> = labels.iter().map(|&label| label as u8).collect();
    crc32c::crc32c(&bytes)
}

fn assert_close(found: &[f64], expected: &[f64], within: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() < within, "{what}[{i}]: {found}, expected {expected}");
    }
}

#[test]
fn labels_are_those_of_the_reference_package() {
    let Dataset { train, test } = Dataset::generate();
    let reference = json("mnist1d_check.json");
    assert_eq!((train.len(), test.len()), (4_000, 1_000));
    assert_eq!(counts(&train), floats(&reference["y_counts"]));
    assert_eq!(counts(&test), floats(&reference["y_test_counts"]));
    let first: Vec<f64> = train.labels[..20].iter().map(|&label| f64::from(label)).collect();
    assert_eq!(first, floats(&reference["y_first20"]));
    // CRC-32C of the package's labels, one byte each.
    assert_eq!(checksum(&train.labels), 0x1c06_b9fd);
    assert_eq!(checksum(&test.labels), 0x700d_1d0e);
}

#[test]
fn values_are_those_of_the_reference_package() {
    let Dataset { train, test } = Dataset::generate();
    let reference = json("mnist1d_check.json");
    let row = |points: &Points, i: usize| -> Vec<f64> {
        let (values, _) = points.iter().nth(i).unwrap();
        values.iter().map(|&value| f64::from(value)).collect()
    };
    assert_eq!(row(&train, 0).len(), LENGTH);
    assert_close(&row(&train, 0), &floats(&reference["x0"]), 1e-6, "first of train");
    assert_close(&row(&test, 999), &floats(&reference["x_last_test"]), 1e-6, "last of test");

    let expected = |names: [&str; 3]| names.map(|name| float(&reference[name]));
    let (found, names) = (moments(&train), ["mean", "std", "sum_abs_train"]);
    assert_close(&found, &expected(names), 1e-3, "moments of train");
    assert_close(&found[..2], &expected(names)[..2], 1e-8, "moments of train");
    let (found, names) = (moments(&test), ["test_mean", "test_std", "sum_abs_test"]);
    assert_close(&found, &expected(names), 1e-3, "moments of test");
    assert_close(&found[..2], &expected(names)[..2], 1e-8, "moments of test");

    let all = || train.values.iter().chain(&test.values).map(|&value| f64::from(value));
    let extremes = [all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max)];
    let expected = [float(&reference["min"]), float(&reference["max"])];
    assert_close(&extremes, &expected, 1e-6, "extremes");
}
