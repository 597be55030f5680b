//! PyTorch state dicts as `torch.save` has written them since PyTorch 1.6: a zip archive with a
//! pickled dictionary and one file a tensor. candle interprets the few pickle instructions that
//! describe tensors; nothing in the file is ever executed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use candle_core::pickle::PthTensors;

use super::tensors::Named;
use crate::error::{Error, Result};

/// Where checkpoints keep the state dict beside other things; first the file itself.
const KEYS: [Option<&str>; 4] = [None, Some("state_dict"), Some("model_state_dict"), Some("model")];

/// All tensors of a state dict in a file of `size` bytes.
///
/// # Errors
/// [`Error::Content`] for a file that is no state dict, is truncated, or claims more than it holds.
pub(super) fn read(path: &Path, size: u64) -> Result<Named> {
    // candle takes some properties of well-formed files for granted.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        for key in KEYS {
            match PthTensors::new(path, key) {
                Ok(dict) if dict.tensor_infos().is_empty() => {}
                Ok(dict) => return tensors(&dict, size),
                // A key that is not there is no reason to give up.
                Err(error) if key.is_none() => return Err(reason(&error)),
                Err(_) => {}
            }
        }
        Err("it holds no tensors by name".to_owned())
    }));
    outcome.unwrap_or_else(|_| Err("it is damaged".to_owned())).map_err(|reason| {
        Error::content(
            path,
            format!("not a state dict of PyTorch 1.6 or newer: {reason}; save model.state_dict()"),
        )
    })
}

fn tensors(dict: &PthTensors, size: u64) -> Result<Named, String> {
    let mut named = Named::new();
    let mut total = 0_u64;
    for (name, info) in dict.tensor_infos() {
        // The archive is not compressed, so that no tensor can be larger than the file.
        let numbers = info
            .layout
            .dims()
            .iter()
            .try_fold(1_u64, |product, &dim| product.checked_mul(dim as u64));
        let bytes = numbers.and_then(|n| n.checked_mul(info.dtype.size_in_bytes() as u64));
        total = bytes.map_or(u64::MAX, |bytes| total.saturating_add(bytes));
        if total > size {
            return Err(format!("{name} claims to be larger than the file"));
        }
        let tensor = dict.get(name).map_err(|error| format!("{name}: {}", reason(&error)))?;
        named.extend(tensor.map(|tensor| (name.clone(), tensor)));
    }
    Ok(named)
}

/// What candle says, on one line and without a backtrace.
fn reason(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().trim().to_owned()
}
