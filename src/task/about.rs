//! What each task asks, what there is to see, and what others found.

use super::TaskChoice;

/// A task in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// Its name.
    pub title: &'static str,
    /// What is learned, in one sentence.
    pub sentence: &'static str,
    /// The question behind it.
    pub question: &'static str,
    /// What to watch.
    pub watch: &'static str,
    /// What was found, and where a notebook goes wrong.
    pub found: &'static str,
    /// Where it comes from.
    pub source: &'static str,
}

impl TaskChoice {
    /// The task in words.
    pub fn about(&self) -> About {
        match self {
            Self::RunningMean(_) => RUNNING_MEAN,
            Self::FirstZero(_) => FIRST_ZERO,
            Self::Mnist1d(_) => MNIST1D,
            Self::LongLag(_) => LONG_LAG,
            Self::Echo(_) => ECHO,
        }
    }
}

const RUNNING_MEAN: About = About {
    title: "Running mean",
    sentence: "Say the mean of all random numbers read so far.",
    question: "Who learns to add up and to count, and what do more layers bring?",
    watch: "The loss curves against the dashed line of a network that always says 0, and how the \
            gradient reaches back further as training goes on.",
    found: "With a loss on all steps the second layer helps the LSTM most; with a loss on the last \
            step only, gates and depth both pay. At torch's default initialisation the gradients of \
            LSTMs vanish, too: the forget gate's bias decides.",
    source: "CS182 course notebook; Gers et al. 2000 on the forget gate",
};

const FIRST_ZERO: About = About {
    title: "First zero",
    sentence: "Tell a sequence of ones with a single zero from one without.",
    question: "For how many steps can a network keep one bit, and does it help to start with short \
               sequences?",
    watch: "The two logits: as long as they move together the network does not see the difference, \
            and its loss stays at ln 2. In the ladder, which lengths are mastered; in the curriculum, \
            how the length climbs.",
    found: "With the zero in front, length 10 is often learned and length 20 is not. With the zero \
            anywhere the LSTM often masters length 50, the plain RNN not even 10; with a curriculum \
            most LSTMs pass 100. Momentum of 0.99 makes single runs chaotic: compare rates. The \
            notebook's third variant says \"anywhere\" and trains on a zero that is always last, \
            which asks for no memory: it is here as the place \"last\".",
    source: "course notebook on curriculum learning; Elman 1993; Bengio et al. 2009",
};

const MNIST1D: About = About {
    title: "MNIST-1D",
    sentence: "Classify curves of forty points as one of ten digits.",
    question: "What do gates bring where every step can be seen by the readout?",
    watch: "Accuracy on the test sequences beside that on the training sequences, the confusion \
            matrix, and the curves that were mistaken.",
    found: "After 100 epochs the GRU is right in about 92 to 93 %, the LSTM in about 89 % and the \
            plain RNN in 75 to 79 % of the test sequences. All forty hidden states reach the \
            readout, so little has to be remembered; what counts is how well ten units describe \
            the shape.",
    source: "TI3155TU lab; Greydanus & Kobak 2020",
};

const LONG_LAG: About = About {
    title: "Long time lag",
    sentence: "Recall the first of a hundred symbols after all others.",
    question: "Can a network carry one bit past a hundred distractors, and what does its \
               initialisation have to do with it?",
    watch: "The training error against the number of sequences seen, when each trial stopped and \
            why, and the wrong answers on 3,000 fresh sequences.",
    found: "With default weights, or a forget bias of 1 to 5 alone, the loss stays near ln 2: x or \
            y, but which? With chrono initialisation the LSTM solves all of ten trials, in the \
            median after about 5,000 sequences, and errs less than once in 3,000; the plain RNN \
            hardly ever leaves chance. The notebook's y sequences follow the chain of an x sequence, its \
            initial states are random, and its test feeds the network its own answers, which does \
            not test memory: here the true symbols are read.",
    source: "Hochreiter & Schmidhuber 1997, experiment 2; Tallec & Ollivier 2018",
};

const ECHO: About = About {
    title: "Echo",
    sentence: "Repeat one batch of random vectors, overfitting it on purpose.",
    question: "When the loss stops falling, is it the training or the network?",
    watch: "The loss of the narrow network against the dashed floor that no training can pass, and \
            the others that fall through it.",
    found: "A linear readout of 8 units spans 8 dimensions; ten random outputs need ten. The rest, \
            the variance beyond the first eight principal components, is 0.0316 for seed 0: the \
            notebook's test (below 0.001) must fail. Ten units pass it after 1,385 epochs, 32 after \
            179.",
    source: "notebook on stacked LSTMs; Guez et al. 2019 for skips and ticks; Eckart & Young 1936",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_is_explained_and_cited() {
        for task in TaskChoice::all() {
            let About { title, sentence, question, watch, found, source } = task.about();
            assert!(sentence.len() < 80 && title.len() < 20, "{title}");
            assert!([sentence, watch, found].iter().all(|text| text.ends_with('.')), "{title}");
            assert!(question.ends_with('?') && source.len() > 10, "{title}");
        }
    }
}
