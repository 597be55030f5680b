//! The words and numbers that flags accept, and what they mean to the library.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::figure::Theme;
use crate::figure::of_view::UnitSort;
use crate::flow::view::Across;
use crate::flow::{Precision, Signal, View};
use crate::network::Nonlinearity;
use crate::network::{Init, InputInit, Recipe, Wiring};
use crate::session::{Pane, Tab};
use crate::task::{Distractors, Loss, Memory, Place};

/// A word that stands for a value of the library. The library itself knows nothing of flags.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident => $target:ty {
        $($(#[$help:meta])* $word:ident => $value:expr),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
        pub(super) enum $name { $($(#[$help])* $word),+ }

        impl From<$name> for $target {
            fn from(word: $name) -> Self {
                match word { $($name::$word => $value),+ }
            }
        }
    };
}

words! {
    /// `--nonlinearity`.
    NonlinearityWord => Nonlinearity {
        /// Hyperbolic tangent
        Tanh => Nonlinearity::Tanh,
        /// Rectified linear unit
        Relu => Nonlinearity::Relu,
        /// None: a linear recurrence
        Identity => Nonlinearity::Identity,
    }
}

words! {
    /// `--init`.
    InitWord => Init {
        /// As drawn, uniform within 1/√hidden_size
        Default => Init::Default,
        /// A random orthogonal matrix per gate
        Orthogonal => Init::Orthogonal,
        /// The identity matrix per gate
        Identity => Init::Identity,
    }
}

words! {
    /// `--input-init`.
    InputInitWord => InputInit {
        /// As drawn
        Default => InputInit::Default,
        /// Independent N(0, 1) weights
        Normal => InputInit::Normal,
    }
}

words! {
    /// `--wiring`.
    WiringWord => Wiring {
        /// Each layer reads the one below
        Stacked => Wiring::Stacked,
        /// Every layer reads the input and, over skip connections, the layer below or the top one
        Skips => Wiring::Skips,
    }
}

words! {
    /// `--biases`.
    BiasesWord => Recipe {
        /// The course notebook's own cells: two nn.Linear a layer
        #[value(name = "1")]
        One => Recipe::Notebook,
        /// nn.RNN, nn.LSTM, nn.GRU
        #[value(name = "2")]
        Two => Recipe::Torch,
    }
}

words! {
    /// `--recipe`.
    RecipeWord => Recipe {
        /// nn.RNN, nn.LSTM, nn.GRU: two biases, everything U(±1/√hidden_size)
        Torch => Recipe::Torch,
        /// The course notebook's own cells: two nn.Linear a layer, one bias
        Notebook => Recipe::Notebook,
        /// The MNIST-1D lab's own cells, which compute x W: as torch, each matrix its transpose
        Lab => Recipe::Lab,
    }
}

words! {
    /// `--signal`.
    SignalWord => Signal {
        /// Independent normal numbers
        Noise => Signal::Noise,
        /// 1 at the first step, then 0
        Impulse => Signal::Impulse,
        /// A sine of period 10 steps
        Sine => Signal::Sine,
        /// 1 at every step
        Constant => Signal::Constant,
    }
}

words! {
    /// `--loss`.
    LossWord => Loss {
        /// The last step only
        Last => Loss::Last,
        /// The mean over all steps
        All => Loss::All,
    }
}

words! {
    /// `--where`.
    PlaceWord => Place {
        /// At the first step: the hardest
        Leading => Place::Leading,
        /// At the last step: no memory is needed
        Last => Place::Last,
        /// At a step drawn anew for every sequence
        Anywhere => Place::Anywhere,
    }
}

words! {
    /// `--distractors`.
    DistractorsWord => Distractors {
        /// Each from the one before upwards, as the notebook has it
        Chain => Distractors::Chain,
        /// Drawn independently, then sorted
        Sorted => Distractors::Sorted,
        /// Drawn independently
        Independent => Distractors::Independent,
    }
}

words! {
    /// `--memory`.
    MemoryWord => Memory {
        /// Where the epoch before ended
        Carried => Memory::Carried,
        /// At zero
        Reset => Memory::Reset,
    }
}

words! {
    /// `--precision`.
    PrecisionWord => Precision {
        /// Single precision: what training sees
        F32 => Precision::F32,
        /// Double precision: resolves gradients down to 1e-308
        F64 => Precision::F64,
    }
}

words! {
    /// `--view`.
    ViewWord => View {
        /// Which loss reaches how far: dL_s/dh_t for every loss step s and state step t
        Itemized => View::Itemized,
        /// What theory predicts: the slope of dL/dh_t against |lambda|max and sigma_max
        Theory => View::Theory,
        /// What each step does: singular values of step Jacobians, Lyapunov exponents
        Jacobians => View::Jacobians,
        /// Where the edge is: gradient growth by weight scale and --across, 41 x 41
        Landscape => View::Landscape(Across::BiasScale),
        /// What the gates do: activations, saturation, the product of the gates that keep the state
        Gates => View::Gates,
        /// Which weights hear the past: dL/dW_hh split by the step that contributed it
        Weights => View::Weights,
        /// Can I trust it: autograd against finite differences, and f32 against f64
        Check => View::Check,
    }
}

/// What `--view` accepts: a view, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WantedView {
    One(ViewWord),
    All,
}

impl WantedView {
    /// Everything that can be asked for, the views in the order in which they are read.
    const OFFERED: [Self; 8] = [
        Self::One(ViewWord::Itemized),
        Self::One(ViewWord::Theory),
        Self::One(ViewWord::Jacobians),
        Self::One(ViewWord::Landscape),
        Self::One(ViewWord::Gates),
        Self::One(ViewWord::Weights),
        Self::One(ViewWord::Check),
        Self::All,
    ];

    /// The views this stands for.
    pub(super) fn views(self) -> Vec<ViewWord> {
        let offered = Self::OFFERED.into_iter().filter_map(|wanted| match wanted {
            Self::One(word) => Some(word),
            Self::All => None,
        });
        match self {
            Self::One(word) => vec![word],
            Self::All => offered.collect(),
        }
    }
}

impl ValueEnum for WantedView {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::OFFERED
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::One(word) => word.to_possible_value(),
            Self::All => Some(PossibleValue::new("all").help("All of these, in this order")),
        }
    }
}

words! {
    /// `--across`.
    AcrossWord => Across {
        /// Factor on every recurrent bias
        BiasScale => Across::BiasScale,
        /// Units of a layer, each row drawn from the same seed
        HiddenSize => Across::HiddenSize,
        /// Steps of the input
        Length => Across::Length,
        /// Bias of the forget gate (LSTM), or of the update gate (GRU; other biases 0)
        ForgetBias => Across::ForgetBias,
    }
}

words! {
    /// `--view` of the window.
    PaneWord => Pane {
        /// Which loss reaches how far?
        Itemized => Pane::Itemized,
        /// What does theory predict?
        Theory => Pane::Theory,
        /// What does each step do?
        Jacobians => Pane::Jacobians,
        /// Where is the edge?
        Landscape => Pane::Landscape,
        /// What do the gates do?
        Gates => Pane::Gates,
        /// Which weights hear the past?
        Weights => Pane::Weights,
        /// Can I trust it?
        Check => Pane::Check,
    }
}

words! {
    /// `--sort`.
    SortWord => UnitSort {
        /// By mean over time
        Mean => UnitSort::Mean,
        /// By the unit's number
        Index => UnitSort::Index,
        /// By the part of the time in which the unit is saturated
        Saturation => UnitSort::Saturation,
        /// By how much the unit varies over time
        Change => UnitSort::Change,
    }
}

words! {
    /// `--theme`.
    ThemeWord => Theme {
        /// Dark ink on white
        Light => Theme::Light,
        /// Light ink on near-black
        Dark => Theme::Dark,
    }
}

words! {
    /// `--tab`.
    TabWord => Tab {
        /// Gradients in one network, while it is changed
        Explore => Tab::Explore,
        /// Networks compared while they learn
        Train => Tab::Train,
    }
}

/// `--cell`. The nonlinearity of a plain RNN is a flag of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CellWord {
    /// Elman RNN
    Rnn,
    /// Long short-term memory
    Lstm,
    /// Gated recurrent unit
    Gru,
}

/// A finite number; `nan` and `inf` parse as floats, but scale nothing sensibly.
pub(super) fn finite(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        Ok(_) => Err("must be a finite number".into()),
        Err(_) => Err("must be a number, such as 1.5 or -2".into()),
    }
}

/// A whole number within `LOW..=HIGH`.
pub(super) fn whole<const LOW: usize, const HIGH: usize>(text: &str) -> Result<usize, String> {
    let number = text.trim().parse().ok().filter(|number| (LOW..=HIGH).contains(number));
    number.ok_or_else(|| format!("must be a whole number from {LOW} to {HIGH}"))
}

/// A seed: any whole number from 0 that fits 64 bits.
pub(super) fn seed(text: &str) -> Result<u64, String> {
    text.trim().parse().map_err(|_| format!("must be a whole number from 0 to {}", u64::MAX))
}

/// Width of a sheet of figures in pixels; its height follows and stays within what can be drawn.
pub(super) fn width(text: &str) -> Result<u32, String> {
    whole::<400, 8000>(text).map(|pixels| pixels as u32)
}

/// A window size such as `1280x800`, in logical pixels.
pub(super) fn size(text: &str) -> Result<[f32; 2], String> {
    let side = |text: &str| whole::<MIN_SIDE, MAX_SIDE>(text).ok().map(|pixels| pixels as f32);
    let sides = text.split_once(['x', 'X', '×']).map(|(width, height)| [side(width), side(height)]);
    match sides {
        Some([Some(width), Some(height)]) => Ok([width, height]),
        _ => {
            Err(format!("must be WIDTHxHEIGHT, such as 1280x800, of {MIN_SIDE} to {MAX_SIDE} each"))
        }
    }
}

/// Smallest window side worth a picture.
const MIN_SIDE: usize = 200;
/// Largest window side asked of a graphics driver.
const MAX_SIDE: usize = 8192;

/// Interface zoom.
pub(super) fn zoom(text: &str) -> Result<f32, String> {
    let number = text.trim().parse().ok().filter(|zoom| (0.25..=5.0).contains(zoom));
    number.ok_or_else(|| "must be a number from 0.25 to 5".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_scale_nothing_are_refused() {
        assert_eq!(finite("-2.5"), Ok(-2.5));
        assert!(finite("nan").is_err());
        assert!(finite("-inf").is_err());
        assert!(finite("1e999").is_err());
        assert!(finite("two").is_err());
    }

    #[test]
    fn whole_numbers_keep_their_bounds() {
        assert_eq!(whole::<1, 8>("8"), Ok(8));
        for text in ["0", "9", "-1", "1.5", "", "99999999999999999999999"] {
            assert!(whole::<1, 8>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn all_views_are_every_view_once() {
        let all = WantedView::All.views();
        assert_eq!(all.len(), ViewWord::value_variants().len());
        assert!(ViewWord::value_variants().iter().all(|word| all.contains(word)));
        assert_eq!(WantedView::One(ViewWord::Gates).views(), [ViewWord::Gates]);
    }

    #[test]
    fn sizes_are_two_sides() {
        assert_eq!(size("1280x800"), Ok([1280.0, 800.0]));
        for text in ["1280", "x", "1280x", "0x0", "1280x800x2", "99999x800"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn zoom_is_bounded() {
        assert_eq!(zoom("2"), Ok(2.0));
        for text in ["0", "nan", "inf", "-1", "6"] {
            assert!(zoom(text).is_err(), "{text}");
        }
    }
}
