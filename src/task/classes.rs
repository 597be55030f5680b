//! Answers that are one of several classes, by the largest output.

use std::collections::BTreeMap;

use candle_core::{DType, Tensor};

use crate::error::Result;

/// Stands for a class where outputs are NaN and there is none.
pub const NO_ANSWER: u32 = u32::MAX;

/// The class of each row of the outputs `[..., C]`: that of the largest, or [`NO_ANSWER`] in a row with
/// a NaN, whose probabilities are all NaN.
pub(super) fn answers(outputs: &Tensor) -> Result<Vec<u32>> {
    let classes = outputs.dim(outputs.rank() - 1)?;
    let numbers = outputs.to_dtype(DType::F64)?.flatten_all()?.to_vec1::<f64>()?;
    let broken = numbers.chunks_exact(classes.max(1)).map(|row| row.iter().any(|z| z.is_nan()));
    let found = largest(outputs)?.into_iter().zip(broken);
    Ok(found.map(|(class, broken)| if broken { NO_ANSWER } else { class }).collect())
}

/// The class with the largest of the outputs `[..., C]`, the first of several, row by row. NaN is
/// never the largest; a row of nothing else answers the last class.
pub(super) fn largest(outputs: &Tensor) -> Result<Vec<u32>> {
    let classes = outputs.dim(outputs.rank() - 1)?;
    let outputs = outputs.to_dtype(DType::F64)?.flatten_all()?.to_vec1::<f64>()?;
    let largest = |row: &[f64]| {
        let mut best = 0;
        for (class, value) in row.iter().enumerate() {
            if *value > row[best] || row[best].is_nan() {
                best = class;
            }
        }
        best as u32
    };
    Ok(outputs.chunks_exact(classes.max(1)).map(largest).collect())
}

/// Whether the classes of the outputs `[..., C]` are those of `target` (u32), one by one.
pub(super) fn right(outputs: &Tensor, target: &Tensor) -> Result<Vec<bool>> {
    let target = target.flatten_all()?.to_vec1::<u32>()?;
    Ok(answers(outputs)?.into_iter().zip(target).map(|(found, asked)| found == asked).collect())
}

/// Balanced accuracy: the mean, over the classes that occur, of the part of their members that was
/// answered rightly (their recall), so that a class of many members counts no more than one of few.
/// For two classes 0.5 is a guess (Brodersen et al. 2010).
pub(super) fn balanced(right: &[bool], classes: &[u32]) -> f64 {
    let mut counts: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
    for (right, class) in right.iter().zip(classes) {
        let (hits, all) = counts.entry(*class).or_default();
        *hits += usize::from(*right);
        *all += 1;
    }
    let recalls = counts.values().map(|(hits, all)| *hits as f64 / *all as f64);
    recalls.sum::<f64>() / counts.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    #[test]
    fn the_first_of_the_largest_is_the_answer_and_nan_never_is() {
        let rows = [[1.0, 3.0, 3.0], [f64::NAN, -2.0, -1.0], [f64::NAN; 3]];
        let outputs = Tensor::new(&rows, &Device::Cpu).unwrap();
        assert_eq!(largest(&outputs).unwrap(), [1, 2, 2]);
        let target = Tensor::new(&[1_u32, 1, 2], &Device::Cpu).unwrap();
        assert_eq!(right(&outputs, &target).unwrap(), [true, false, false]);
        assert_eq!(answers(&outputs).unwrap(), [1, NO_ANSWER, NO_ANSWER]);
    }

    #[test]
    fn an_infinite_output_is_an_answer_and_nan_is_none() {
        let rows = [[f64::INFINITY, 0.0], [0.0, f64::NAN], [f64::NEG_INFINITY, 0.0]];
        let outputs = Tensor::new(&rows, &Device::Cpu).unwrap();
        let target = Tensor::new(&[0_u32, 0, 1], &Device::Cpu).unwrap();
        assert_eq!(right(&outputs, &target).unwrap(), [true, false, true]);
    }

    #[test]
    fn a_class_of_many_counts_no_more_than_one_of_few() {
        let classes = [[0_u32; 99].as_slice(), &[1]].concat();
        let all_zero: Vec<bool> = classes.iter().map(|class| *class == 0).collect();
        assert_eq!(balanced(&all_zero, &classes), 0.5);
        let all_wrong = [false; 100];
        assert_eq!(balanced(&all_wrong, &classes), 0.0);
        assert_eq!(balanced(&[true; 100], &classes), 1.0);
        assert_eq!((balanced(&[true], &[7]), balanced(&[], &[])), (1.0, 0.0));
    }
}
