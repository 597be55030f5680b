//! h_1..h_T out of all states, as one operation: candle's own slices would copy the states and,
//! on the way back, their gradient several times over.

use candle_core::{CpuStorage, CustomOp1, DType, Layout, Result, Shape, Tensor};

use super::slice;

/// h after each step, `[T, B, H]`, out of states `[S, T+1, B, H]`.
///
/// # Errors
/// States of another rank.
pub(in super::super) fn hidden_of(states: &Tensor) -> Result<Tensor> {
    states.contiguous()?.apply_op1(HiddenOf)
}

struct HiddenOf;

impl CustomOp1 for HiddenOf {
    fn name(&self) -> &'static str {
        "hidden-of"
    }

    fn cpu_fwd(&self, states: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (_, rows, batch, hidden) = layout.shape().dims4()?;
        let part = batch * hidden..rows * batch * hidden;
        let storage = match states {
            CpuStorage::F32(_) => CpuStorage::F32(slice::<f32>(states, layout)?[part].to_vec()),
            _ => CpuStorage::F64(slice::<f64>(states, layout)?[part].to_vec()),
        };
        Ok((storage, Shape::from((rows - 1, batch, hidden))))
    }

    fn bwd(&self, states: &Tensor, _: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let grad = grad.contiguous()?.flatten_all()?;
        let (shape, device) = (states.shape(), states.device());
        let (_, rows, batch, hidden) = shape.dims4()?;
        let first = batch * hidden;
        let all = match states.dtype() {
            DType::F32 => {
                let all = placed::<f32>(&grad, first, shape.elem_count())?;
                Tensor::from_vec(all, shape, device)?
            }
            _ => {
                let all = placed::<f64>(&grad, first, shape.elem_count())?;
                Tensor::from_vec(all, shape, device)?
            }
        };
        debug_assert_eq!(grad.elem_count(), (rows - 1) * first);
        Ok(Some(all))
    }
}

/// Zeros but for the numbers of `grad` from `first` on.
fn placed<D: candle_core::WithDType + Default>(
    grad: &Tensor,
    first: usize,
    length: usize,
) -> Result<Vec<D>> {
    let mut all = vec![D::default(); length];
    let (storage, layout) = grad.storage_and_layout();
    let candle_core::Storage::Cpu(storage) = &*storage else {
        candle_core::bail!("hidden-of: only on the CPU")
    };
    let grad = slice::<D>(storage, layout)?;
    all[first..first + grad.len()].copy_from_slice(grad);
    Ok(all)
}
