//! Which task, with its settings: what files and the command line hold.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Classify, Echo, FirstZero, LongLag, Loss, Mnist1d, RunningMean, Task};
use crate::error::{Error, Result};

/// Which task, with its settings: what files and the command line hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskChoice {
    /// Predict the mean of everything seen so far.
    RunningMean(RunningMean),
    /// Tell a sequence of ones with one zero from one without.
    FirstZero(FirstZero),
    /// Classify sequences of 40 points.
    #[serde(rename = "mnist1d")]
    Mnist1d(Mnist1d),
    /// Recall a symbol after many others.
    LongLag(LongLag),
    /// Repeat the input, by a network large enough or not.
    Echo(Echo),
}

impl TaskChoice {
    /// Every task with its usual settings.
    pub fn all() -> [Self; 5] {
        [
            Self::RunningMean(RunningMean::default()),
            Self::FirstZero(FirstZero::default()),
            Self::Mnist1d(Mnist1d::default()),
            Self::LongLag(LongLag::default()),
            Self::Echo(Echo::default()),
        ]
    }

    /// The task with its data, which may have to be read from a file.
    ///
    /// # Errors
    /// A data file that cannot be used.
    pub fn open(&self) -> Result<Arc<dyn Task>> {
        Ok(match self {
            Self::RunningMean(task) => Arc::new(*task),
            Self::FirstZero(task) => Arc::new(*task),
            Self::Mnist1d(task) => Arc::new(task.open()?),
            Self::LongLag(task) => Arc::new(*task),
            Self::Echo(task) => Arc::new(*task),
        })
    }

    /// The file of the user's own that its data come from, if they do.
    pub fn data_file(&self) -> Option<&Path> {
        match self {
            Self::Mnist1d(task) => task.file.as_deref(),
            Self::RunningMean(_) | Self::FirstZero(_) | Self::LongLag(_) | Self::Echo(_) => None,
        }
    }

    /// Features of an input step, or symbols of the alphabet.
    pub fn input_size(&self) -> usize {
        match self {
            Self::RunningMean(task) => task.input_size(),
            Self::FirstZero(task) => task.input_size(),
            Self::Mnist1d(_) => 1,
            Self::LongLag(task) => task.input_size(),
            Self::Echo(task) => task.input_size(),
        }
    }

    /// Features of a prediction.
    pub fn output_size(&self) -> usize {
        match self {
            Self::RunningMean(task) => task.output_size(),
            Self::FirstZero(task) => task.output_size(),
            Self::Mnist1d(_) => Mnist1d::CLASSES,
            Self::LongLag(task) => task.output_size(),
            Self::Echo(task) => task.output_size(),
        }
    }

    /// Steps of a sequence.
    pub fn length(&self) -> usize {
        match self {
            Self::RunningMean(task) => task.length,
            Self::FirstZero(task) => task.length,
            Self::Mnist1d(_) => Mnist1d::POINTS,
            Self::LongLag(task) => task.length(),
            Self::Echo(task) => task.length,
        }
    }

    /// What the readout reads.
    pub fn reading(&self) -> crate::network::Reading {
        match self {
            Self::RunningMean(task) => task.reading(),
            Self::FirstZero(task) => task.reading(),
            Self::Mnist1d(_) => crate::network::Reading::AllSteps(Mnist1d::POINTS),
            Self::LongLag(task) => task.reading(),
            Self::Echo(task) => task.reading(),
        }
    }

    /// The same task with sequences of another length, if it has a length to choose.
    pub fn with_length(&self, length: usize) -> Option<Self> {
        match self {
            Self::RunningMean(task) => Some(Self::RunningMean(RunningMean { length, ..*task })),
            Self::FirstZero(task) => Some(Self::FirstZero(FirstZero { length, ..*task })),
            Self::LongLag(task) => Some(Self::LongLag(LongLag { symbols: length, ..*task })),
            Self::Echo(task) => Some(Self::Echo(Echo { length, ..*task })),
            Self::Mnist1d(_) => None,
        }
    }

    /// Refuses settings that make no task.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] naming the setting.
    pub fn validate(&self) -> Result<()> {
        let length = self.length();
        if !(1..=10_000).contains(&length) {
            return Err(Error::out_of_range("length", "1 to 10000", length));
        }
        match self {
            Self::RunningMean(_) | Self::Mnist1d(_) => Ok(()),
            Self::FirstZero(task) => task.validate(),
            Self::LongLag(task) => task.validate(),
            Self::Echo(task) => task.validate(),
        }
    }

    /// Which steps its loss looks at.
    pub fn loss(&self) -> Loss {
        match self {
            Self::RunningMean(task) => task.loss,
            Self::LongLag(task) => task.loss,
            Self::FirstZero(_) | Self::Mnist1d(_) => Loss::Last,
            Self::Echo(_) => Loss::All,
        }
    }

    /// What the accuracy on its fixed set is called.
    pub fn accuracy_name(&self) -> &'static str {
        match self {
            Self::Mnist1d(_) => "test accuracy",
            Self::FirstZero(_) => "balanced accuracy",
            Self::RunningMean(_) | Self::LongLag(_) | Self::Echo(_) => "accuracy",
        }
    }

    /// Name of the fixed set on which networks are evaluated through training, if there is one.
    pub fn set_name(&self) -> Option<&'static str> {
        match self {
            Self::Mnist1d(_) => Some(Classify::SET),
            Self::FirstZero(_) => Some(FirstZero::SET),
            Self::RunningMean(_) | Self::LongLag(_) | Self::Echo(_) => None,
        }
    }

    /// Whether trainings are ranked by their accuracy on the fixed set before their loss: where the
    /// loss of a guess is nearly as small as that of a network that has begun to understand.
    pub fn ranks_by_accuracy(&self) -> bool {
        match self {
            Self::FirstZero(_) => true,
            Self::RunningMean(_) | Self::Mnist1d(_) | Self::LongLag(_) | Self::Echo(_) => false,
        }
    }

    /// Losses worth a reference line, such as that of a network that always says zero, for networks
    /// with these hidden sizes on batches of `size` sequences from a seed.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn baselines(
        &self,
        hidden_sizes: &[usize],
        size: usize,
        seed: u64,
    ) -> Result<Vec<(String, f64)>> {
        Ok(match self {
            Self::RunningMean(task) => task.baselines(),
            Self::FirstZero(task) => task.baselines(),
            Self::Mnist1d(_) => Mnist1d::baselines(),
            Self::LongLag(task) => task.baselines(),
            Self::Echo(task) => task.baselines(hidden_sizes, size, seed)?,
        })
    }

    /// Its name on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RunningMean(_) => "running-mean",
            Self::FirstZero(_) => "first-zero",
            Self::Mnist1d(_) => "mnist1d",
            Self::LongLag(_) => "long-lag",
            Self::Echo(_) => "echo",
        }
    }
}
