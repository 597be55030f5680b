//! `rnnscope` without a command: the window, or the same work without one where none can be had.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use clap::Args;

use super::choices::{PaneWord, TabWord, ThemeWord, size, zoom};
use super::explore::{figures, measure};
use super::failure::Failure;
use super::guard::guard;
use super::outputs::Outcome;
use super::table::table;
use super::{display, stderr, stdout};
use crate::app;
use crate::figure::{Style, Theme, check_writable, of_flow, png};
use crate::session::{Session, Tab};
use crate::visible;

/// The flags of `rnnscope` itself.
#[derive(Clone, Debug, Args)]
pub(super) struct WindowArguments {
    /// Save what the settled window shows as PNG, then end
    #[arg(long, value_name = "FILE")]
    screenshot: Option<PathBuf>,
    /// Size of the window for --screenshot, in pixels [default: 1280x800]
    #[arg(long, value_name = "WxH", value_parser = size, requires = "screenshot")]
    size: Option<[f32; 2]>,
    /// Interface zoom for --screenshot, 0.25 to 5 [default: 1]
    #[arg(long, value_name = "Z", value_parser = zoom, requires = "screenshot")]
    zoom: Option<f32>,
    /// Colours for --screenshot [default: light]
    #[arg(long, value_enum, value_name = "THEME", ignore_case = true, requires = "screenshot")]
    theme: Option<ThemeWord>,
    /// Tab to show first [default: the one shown last]
    #[arg(long, value_enum, value_name = "TAB", ignore_case = true)]
    tab: Option<TabWord>,
    /// Open weights, a sequence, a comparison, data or a session, as dropping the files on the window
    /// does
    // None at all is what a desktop's menu passes.
    #[arg(long = "open", value_name = "FILE", num_args = 0..)]
    files: Vec<PathBuf>,
    /// Open a view that explains beside the curves; repeat for several, the last one in front
    #[arg(long = "view", value_enum, value_name = "VIEW", ignore_case = true)]
    views: Vec<PaneWord>,
    /// Start as if for the first time: saved settings are neither read nor changed
    #[arg(long)]
    safe: bool,
    /// Print how many frames there were, the milliseconds of all and of the longest, every second
    #[arg(long, hide = true)]
    frame_times: bool,
}

/// Opens the window; where none can be had, prints the table and writes the figures instead.
///
/// # Errors
/// A screenshot that cannot be had or written; figures that cannot be written.
pub(super) fn run(arguments: &WindowArguments) -> Result<(), Failure> {
    if let Some(path) = &arguments.screenshot {
        check_writable(path)?;
    }
    let obstacle = match display::obstacle() {
        Some(obstacle) => obstacle,
        None => match open(arguments)? {
            Opening::Done => return Ok(()),
            Opening::Impossible(why) => why,
        },
    };
    match &arguments.screenshot {
        Some(_) => Err(Failure::input(format!("no screenshot without a window: {obstacle}"))),
        None if !arguments.files.is_empty() => Err(Failure::input(format!(
            "no window to open files in: {obstacle}; `rnnscope explore --weights FILE` and \
             `--sequence FILE` measure without one"
        ))),
        None => without_window(&obstacle),
    }
}

/// What came of trying to open the window.
enum Opening {
    /// It was open, and the user closed it or the screenshot is written.
    Done,
    /// It never opened, for this reason.
    Impossible(String),
}

/// Runs the window until it is closed.
///
/// # Errors
/// What went wrong while the window was open, and a screenshot that could not be written.
fn open(arguments: &WindowArguments) -> Result<Opening, Failure> {
    let screenshot = arguments.screenshot.clone().map(|path| app::Screenshot {
        path,
        size: arguments.size.unwrap_or([1280.0, 800.0]),
        zoom: arguments.zoom.unwrap_or(1.0),
        theme: arguments.theme.map_or(Theme::Light, Theme::from),
    });
    let tab = arguments.tab.map(Tab::from);
    let views = arguments.views.iter().map(|view| (*view).into()).collect();
    let (files, frame_times) = (arguments.files.clone(), arguments.frame_times);
    let safe = arguments.safe;
    let options = app::Options {
        screenshot,
        tab,
        views,
        files,
        safe,
        frame_times,
        ..app::Options::default()
    };
    let opened = options.opened.clone();
    // The window library panics where a library or the X server disappoints it.
    let why = match guard(|| app::run(options)) {
        Ok(Ok(())) => return Ok(Opening::Done),
        Ok(Err(error)) if opened.load(Ordering::Relaxed) => return Err(error.into()),
        Ok(Err(error)) => error.to_string(),
        Err(panic) if opened.load(Ordering::Relaxed) => return Err(Failure::fault(&panic)),
        Err(panic) => format!("the window failed: {}", panic.message),
    };
    Ok(Opening::Impossible(format!(
        "{} (a display that answers and OpenGL are needed; on Debian or Ubuntu: apt install {})",
        without_place(&visible::message(&why)),
        display::packages()
    )))
}

/// What the window library says, less the place in its sources, which helps no user.
fn without_place(text: &str) -> String {
    const PLACE: &str = "os error at ";
    match text.split_once(PLACE) {
        Some((before, after)) => {
            let after = after.split_once(": ").map_or(after, |(_, after)| after);
            format!("{before}{after}")
        }
        None => text.to_owned(),
    }
}

/// The window's main job without it, for the network the window starts with.
fn without_window(obstacle: &str) -> Result<(), Failure> {
    stderr::say(&format!("rnnscope: {obstacle}; going on without a window"));
    let report = measure(&Session::default().question)?;
    let heading = Some(of_flow::heading(&report));
    let style = Style { width_px: 1000, heading, ..Style::default() };
    stdout::print(table(&report).as_bytes())?;
    let mut outcome = Outcome::default();
    for figure in figures(&report) {
        let path = PathBuf::from(format!("rnnscope-{}.png", figure.name));
        outcome.file(&path, || Ok(png(&[figure], &style, 1.0)?));
    }
    let folder = std::env::current_dir().unwrap_or_else(|_| ".".into());
    let names: Vec<_> = outcome.written().map(visible::path).collect();
    if !names.is_empty() {
        let note = format!("\nwrote {} into {}\n", names.join(", "), visible::path(&folder));
        stdout::print(note.as_bytes())?;
    }
    stdout::print(b"`rnnscope explore --help` tells how to ask for other networks\n")?;
    outcome.end()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::command::CommandLine;

    /// `%F` stands for any number of files: none from the menu, several from a file manager.
    #[test]
    fn the_desktop_entry_says_what_the_command_line_understands() {
        let entry = include_str!("../../assets/rnnscope.desktop");
        let exec = entry.lines().find_map(|line| line.strip_prefix("Exec=")).expect("Exec");
        let words = exec.strip_suffix(" %F").expect("files of a file manager");
        let several =
            ["a session.rnnscope", "explore", "--b.pt"].map(|name| format!("/home/{name}"));
        for files in [&several[..0], &several[..1], &several] {
            let words = words.split(' ').map(str::to_owned).chain(files.iter().cloned());
            let CommandLine { command, window } = CommandLine::try_parse_from(words).expect(exec);
            assert!(command.is_none());
            assert_eq!(window.files, files.iter().map(PathBuf::from).collect::<Vec<_>>());
        }
    }

    #[test]
    fn places_in_foreign_sources_are_left_out() {
        let text = "winit: os error at /src/linux/mod.rs:788: Failed to open connection";
        assert_eq!(without_place(text), "winit: Failed to open connection");
        assert_eq!(without_place("no OpenGL"), "no OpenGL");
    }
}
