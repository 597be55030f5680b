//! Learning to classify the sequences.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use candle_core::{DType, Device, Tensor};
use candle_nn::loss::cross_entropy;
use serde::{Deserialize, Serialize};

use super::super::classes::{self, largest, right};
use super::super::{Batch, Example, Set, Task};
use super::file::test_file;
use super::{CLASSES, Dataset, LENGTH, Points};
use crate::disk::{self, Stamp};
use crate::error::Result;
use crate::frozen::Checksum;
use crate::network::Reading;
use crate::rng::Generator;
use crate::ticket::Ticket;

/// Settings of the MNIST-1D task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mnist1d {
    /// A file of the user's own with sequences of the same shape; none generates the data set.
    #[serde(default, with = "crate::path_text::option")]
    pub file: Option<PathBuf>,
}

impl Mnist1d {
    /// Classes to tell apart.
    pub const CLASSES: usize = CLASSES;
    /// Points of a sequence.
    pub const POINTS: usize = LENGTH;

    /// The data: generated once, or read from the file.
    ///
    /// # Errors
    /// A file that cannot be used.
    pub fn dataset(&self) -> Result<Arc<Dataset>> {
        self.dataset_with(&Ticket::new())
    }

    /// As [`Mnist1d::dataset`], but reading a file can be watched and stopped.
    ///
    /// # Errors
    /// A file that cannot be used, and [`crate::error::Error::Cancelled`].
    pub fn dataset_with(&self, ticket: &Ticket) -> Result<Arc<Dataset>> {
        static GENERATED: LazyLock<Arc<Dataset>> = LazyLock::new(|| Arc::new(Dataset::generate()));
        match &self.file {
            None => Ok(Arc::clone(&GENERATED)),
            Some(path) => opened(path, ticket),
        }
    }

    /// Files that the data may be read from.
    pub fn files(&self) -> Vec<PathBuf> {
        self.file.iter().flat_map(|path| [path.clone(), test_file(path)]).collect()
    }

    /// The loss of a guess.
    pub(in super::super) fn baselines() -> Vec<(String, f64)> {
        vec![("ln 10: any of ten digits".to_owned(), (CLASSES as f64).ln())]
    }

    /// The task with its data.
    ///
    /// # Errors
    /// A file that cannot be used.
    pub fn open(&self) -> Result<Classify> {
        Ok(Classify {
            data: self.dataset()?,
            is_own: self.file.is_some(),
            checksum: OnceLock::new(),
        })
    }
}

/// The data set of a file, kept until another file is asked for or this one changes: every training
/// and every figure asks for it.
fn opened(path: &Path, ticket: &Ticket) -> Result<Arc<Dataset>> {
    type Kept = (PathBuf, Stamp, Arc<Dataset>);
    static LAST: Mutex<Option<Kept>> = Mutex::new(None);
    // A file that cannot even be looked at is refused in the usual words.
    let Some(changed) = disk::stamp(path) else {
        return Dataset::open_with(path, ticket).map(Arc::new);
    };
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((known, at, data)) = &*last
        && (known.as_path(), *at) == (path, changed)
    {
        return Ok(Arc::clone(data));
    }
    let data = Arc::new(Dataset::open_with(path, ticket)?);
    *last = Some((path.to_owned(), changed, Arc::clone(&data)));
    Ok(data)
}

/// The task with its data.
#[derive(Clone, Debug)]
pub struct Classify {
    data: Arc<Dataset>,
    /// Whether they are the user's.
    is_own: bool,
    /// Worked out when it is asked for.
    checksum: OnceLock<Checksum>,
}

/// `x [T, B, 1]` and labels `[B]` of the sequences at these places.
fn tensors(points: &Points, places: impl Iterator<Item = usize> + Clone) -> Result<Batch> {
    let size = places.clone().count();
    let mut x = Vec::with_capacity(size * LENGTH);
    for t in 0..LENGTH {
        x.extend(places.clone().map(|place| points.values[place * LENGTH + t]));
    }
    let labels: Vec<u32> = places.map(|place| points.labels[place]).collect();
    let x = Tensor::from_vec(x, (LENGTH, size, 1), &Device::Cpu)?;
    Ok(Batch::new(x, Tensor::from_vec(labels, size, &Device::Cpu)?))
}

impl Classify {
    /// Name of the set of test sequences.
    pub(in super::super) const SET: &str = "test";
}

impl Task for Classify {
    fn input_size(&self) -> usize {
        1
    }

    fn output_size(&self) -> usize {
        CLASSES
    }

    fn length(&self) -> usize {
        LENGTH
    }

    fn reading(&self) -> Reading {
        Reading::AllSteps(LENGTH)
    }

    /// The training sequences in their fixed order; the last batch of an epoch may be smaller.
    fn batch(&self, step: u64, size: usize, _: &mut Generator) -> Result<Batch> {
        let all = self.data.train.len();
        let batches = all.div_ceil(size.max(1)) as u64;
        let first = (step % batches) as usize * size;
        tensors(&self.data.train, first..(first + size).min(all))
    }

    /// The first test sequences.
    fn showcase(&self, _: &mut Generator) -> Result<Batch> {
        tensors(&self.data.test, 0..self.data.test.len().min(4))
    }

    fn sets(&self) -> Result<Vec<Set>> {
        let batch = tensors(&self.data.test, 0..self.data.test.len())?;
        Ok(vec![Set { name: Self::SET, batch }])
    }

    fn epoch(&self, batch: usize) -> Option<u64> {
        Some(self.data.train.len().div_ceil(batch.max(1)) as u64)
    }

    fn checksum(&self) -> Option<Checksum> {
        self.is_own.then(|| self.checksum.get_or_init(|| self.data.checksum()).clone())
    }

    fn loss(&self, output: &Tensor, batch: &Batch) -> Result<Tensor> {
        Ok(cross_entropy(&output.squeeze(0)?, &batch.target)?)
    }

    fn right(&self, output: &Tensor, batch: &Batch) -> Result<Option<Vec<bool>>> {
        Ok(Some(right(output, &batch.target)?))
    }

    fn answers(&self, output: &Tensor) -> Result<Option<Vec<u32>>> {
        classes::answers(output).map(Some)
    }

    /// The digit and the one the network takes it for, at the last step.
    fn examples(&self, output: &Tensor, batch: &Batch) -> Result<Vec<Example>> {
        let labels = batch.target.to_vec1::<u32>()?;
        let x = batch.x.squeeze(2)?.t()?.to_dtype(DType::F64)?.to_vec2::<f64>()?;
        let at_the_end = |value: u32| {
            let mut values = vec![f64::NAN; LENGTH];
            values[LENGTH - 1] = f64::from(value);
            values
        };
        let answers = largest(output)?;
        let example = |((input, label), answer)| Example {
            input,
            target: at_the_end(label),
            prediction: at_the_end(answer),
        };
        Ok(x.into_iter().zip(labels).zip(answers).map(example).collect())
    }
}
