//! The smaller parts of a session: what controls remember, the theme, the export dialog.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::figure::{Format, Theme};
use crate::flow::Draw;
use crate::network::Nonlinearity;

/// What controls return to when they are switched back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Nonlinearity of the RNN, kept while another cell is looked at.
    pub nonlinearity: Nonlinearity,
    /// The drawn network, kept while one from a file is looked at.
    pub draw: Draw,
    /// Forget-gate bias, kept while it is switched off.
    pub forget_bias: f64,
    /// Bias of gates that hold, kept while another rule is looked at.
    pub hold_bias: f64,
    /// `T_max` of the chrono initialisation, kept while another rule is looked at.
    pub chrono: f64,
    /// Seed of the input, kept while the input continues the weights' stream.
    pub input_seed: u64,
    /// Seeds drawn before the present one, oldest first.
    pub seeds: Vec<u64>,
}

/// Light, dark or the system's choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    /// What the desktop is set to.
    #[default]
    System,
    /// Dark on white.
    Light,
    /// Light on black.
    Dark,
}

/// What the export dialog was last set to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExportSettings {
    /// One figure by its name, or all of them.
    pub figure: Option<String>,
    /// Kind of file.
    pub format: Format,
    /// Width of the drawing in pixels at scale 1.
    pub width: u32,
    /// Pixels of the PNG per pixel of the drawing.
    pub scale: f32,
    /// Theme of the files, whatever the window's.
    pub theme: Theme,
    /// Folder last written to; none means the current one.
    #[serde(with = "crate::path_text::option")]
    pub folder: Option<PathBuf>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            nonlinearity: Nonlinearity::Tanh,
            draw: Draw::default(),
            forget_bias: 1.0,
            hold_bias: 5.0,
            chrono: 400.0,
            input_seed: 0,
            seeds: Vec::new(),
        }
    }
}

impl Default for ExportSettings {
    fn default() -> Self {
        Self {
            figure: None,
            format: Format::Png,
            width: 1600,
            scale: 1.0,
            theme: Theme::Light,
            folder: None,
        }
    }
}
