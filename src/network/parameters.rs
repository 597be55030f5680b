//! The parameters of a layer under their `torch.nn` names; scaling and packing them.

use candle_core::{DType, Result, Tensor};

use super::spec::Cell;

/// Parameters of one recurrent layer, in the shapes and gate order of `torch.nn`.
#[derive(Clone, Debug)]
pub struct LayerParameters {
    /// `weight_ih_l{k}`, `[G·H, I]`.
    pub weight_ih: Tensor,
    /// `weight_hh_l{k}`, `[G·H, H]`.
    pub weight_hh: Tensor,
    /// `bias_ih_l{k}`, `[G·H]`.
    pub bias_ih: Tensor,
    /// `bias_hh_l{k}`, `[G·H]`; `None` for a layer with one bias.
    pub bias_hh: Option<Tensor>,
    /// `weight_skip_l{k}`, `[G·H, H]`; `None` without skip connections.
    pub weight_skip: Option<Tensor>,
}

impl LayerParameters {
    /// Every weight times `weight_scale` and every bias times `bias_scale`, in `dtype`.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn scaled(&self, weight_scale: f64, bias_scale: f64, dtype: DType) -> Result<Self> {
        let scale = |tensor: &Tensor, factor: f64| tensor.to_dtype(dtype)?.affine(factor, 0.0);
        let Self { weight_ih, weight_hh, bias_ih, bias_hh, weight_skip } = self;
        Ok(Self {
            weight_ih: scale(weight_ih, weight_scale)?,
            weight_hh: scale(weight_hh, weight_scale)?,
            bias_ih: scale(bias_ih, bias_scale)?,
            bias_hh: bias_hh.as_ref().map(|bias| scale(bias, bias_scale)).transpose()?,
            weight_skip: weight_skip.as_ref().map(|skip| scale(skip, weight_scale)).transpose()?,
        })
    }

    /// One matrix `[I + 1 + H (+ 1) (+ H), G·H]` as the unrolled operation reads it, made by candle
    /// operations so that its gradient reaches each parameter.
    pub(super) fn packed(&self, cell: Cell) -> Result<Tensor> {
        let Self { weight_ih, weight_hh, bias_ih, bias_hh, weight_skip } = self;
        let (weight_ih, weight_hh) = (weight_ih.t()?, weight_hh.t()?);
        let row = |bias: &Tensor| bias.unsqueeze(0);
        let packed = match (cell.splits_recurrent(), bias_hh) {
            (true, Some(bias_hh)) => {
                Tensor::cat(&[&weight_ih, &row(bias_ih)?, &weight_hh, &row(bias_hh)?], 0)
            }
            (true, None) => {
                let none = row(&bias_ih.zeros_like()?)?;
                Tensor::cat(&[&weight_ih, &row(bias_ih)?, &weight_hh, &none], 0)
            }
            (false, Some(bias_hh)) => {
                Tensor::cat(&[&weight_ih, &row(&(bias_ih + bias_hh)?)?, &weight_hh], 0)
            }
            (false, None) => Tensor::cat(&[&weight_ih, &row(bias_ih)?, &weight_hh], 0),
        }?;
        match weight_skip {
            Some(skip) => Tensor::cat(&[&packed, &skip.t()?], 0),
            None => Ok(packed),
        }
    }

    /// Every tensor, in the order of [`LayerParameters::named`].
    pub(crate) fn tensors_mut(&mut self) -> Vec<&mut Tensor> {
        let Self { weight_ih, weight_hh, bias_ih, bias_hh, weight_skip } = self;
        let mut tensors = vec![weight_ih, weight_hh, bias_ih];
        tensors.extend(bias_hh);
        tensors.extend(weight_skip);
        tensors
    }

    /// Names and tensors of layer `layer`, as in a `torch.nn` state dict.
    pub fn named(&self, layer: usize) -> Vec<(String, &Tensor)> {
        let Self { weight_ih, weight_hh, bias_ih, bias_hh, weight_skip } = self;
        let mut named = vec![
            (format!("weight_ih_l{layer}"), weight_ih),
            (format!("weight_hh_l{layer}"), weight_hh),
            (format!("bias_ih_l{layer}"), bias_ih),
        ];
        named.extend(bias_hh.iter().map(|bias| (format!("bias_hh_l{layer}"), bias)));
        named.extend(weight_skip.iter().map(|skip| (format!("weight_skip_l{layer}"), skip)));
        named
    }
}
