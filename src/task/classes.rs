//! Answers that are one of several classes, by the largest output.

use candle_core::{DType, Tensor};

use crate::error::Result;

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
    Ok(largest(outputs)?.into_iter().zip(target).map(|(found, asked)| found == asked).collect())
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
        assert_eq!(right(&outputs, &target).unwrap(), [true, false, true]);
    }
}
