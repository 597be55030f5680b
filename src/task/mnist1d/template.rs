//! The ten curves that every sequence starts from.

use super::data::CLASSES;

/// Points of a template.
pub(super) const POINTS: usize = 12;

/// One curve a digit, as in the reference package.
const DIGITS: [[f64; POINTS]; CLASSES] = [
    [5., 6., 6.5, 6.75, 7., 7., 7., 7., 6.75, 6.5, 6., 5.],
    [5., 3., 3., 3.4, 3.8, 4.2, 4.6, 5., 5.4, 5.8, 5., 5.],
    [5., 6., 6.5, 6.5, 6., 5.25, 4.75, 4., 3.5, 3.5, 4., 5.],
    [5., 6., 6.5, 6.5, 6., 5., 5., 6., 6.5, 6.5, 6., 5.],
    [5., 4.4, 3.8, 3.2, 2.6, 2.6, 5., 5., 5., 5., 5., 5.],
    [5., 3., 3., 3., 3., 5., 6., 6.5, 6.5, 6., 4.5, 5.],
    [5., 4., 3.5, 3.25, 3., 3., 3., 3., 3.25, 3.5, 4., 5.],
    [5., 7., 7., 6.6, 6.2, 5.8, 5.4, 5., 4.6, 4.2, 5., 5.],
    [5., 4., 3.5, 3.5, 4., 5., 5., 4., 3.5, 3.5, 4., 5.],
    [5., 4., 3.5, 3.5, 4., 5., 5., 5., 5., 4.7, 4.3, 5.],
];

/// The curves with standard deviation 1/6 each, starting at 0.
pub(super) fn templates() -> [[f64; POINTS]; CLASSES] {
    DIGITS.map(|mut curve| {
        let mean = curve.iter().sum::<f64>() / POINTS as f64;
        curve = curve.map(|point| point - mean);
        let deviation =
            (curve.iter().map(|point| point * point).sum::<f64>() / POINTS as f64).sqrt();
        curve = curve.map(|point| point / deviation);
        let start = curve[0];
        curve.map(|point| (point - start) / 6.0)
    })
}
