//! The command line: flags to a question, an answer to a table and files. One file a command.

mod agreement;
mod choices;
mod completions;
mod display;
mod explore;
mod failure;
mod full;
mod guard;
mod json;
mod man_pages;
mod manual;
mod outputs;
mod question;
mod reading;
mod stderr;
mod stdout;
mod table;
mod task;
mod train;
mod verdict;
mod view;
mod window;

use std::ffi::OsString;

use clap::{CommandFactory, Parser, Subcommand};

use completions::CompletionsArguments;
use explore::ExploreArguments;
use man_pages::ManPagesArguments;
use train::TrainArguments;
use window::WindowArguments;

use crate::disk::outlive_limits;

pub use failure::Failure;

/// Everything the command line can say.
#[derive(Clone, Debug, Parser)]
#[command(name = "rnnscope", version, about = manual::ABOUT, long_about = manual::LONG_ABOUT)]
#[command(after_long_help = manual::EXAMPLES, args_conflicts_with_subcommands = true)]
#[command(after_help = manual::HINT, disable_help_subcommand = true, max_term_width = 100)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    window: WindowArguments,
}

/// What can be done without a window.
#[derive(Clone, Debug, Subcommand)]
enum Command {
    /// Measure one network and print a table, or write figures and numbers to files
    #[command(long_about = manual::EXPLORE, after_long_help = manual::EXPLORE_EXAMPLES)]
    #[command(after_help = manual::EXPLORE_HINT)]
    Explore(Box<ExploreArguments>),
    /// Train networks side by side and print a ranking, or write figures, numbers and networks
    #[command(long_about = manual::TRAIN, after_long_help = manual::TRAIN_EXAMPLES)]
    #[command(after_help = manual::TRAIN_HINT)]
    Train(Box<TrainArguments>),
    /// Print a script that completes commands, flags and their values in a shell
    #[command(long_about = manual::COMPLETIONS, after_long_help = manual::COMPLETIONS_EXAMPLES)]
    Completions(CompletionsArguments),
    /// Write manual pages for man(1): what --help says, a page a command
    #[command(long_about = manual::MAN_PAGES)]
    ManPages(ManPagesArguments),
}

/// Parses `arguments` (the program's name first) and does what they say.
///
/// # Errors
/// A [`Failure`] with its line of text and exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<(), Failure> {
    outlive_limits();
    let arguments: Vec<_> = arguments.into_iter().collect();
    let CommandLine { command, window } = match CommandLine::try_parse_from(&arguments) {
        Ok(parsed) => parsed,
        // `--help` and `--version` arrive here too; they are answers, not failures.
        Err(answer) if !answer.use_stderr() => return answer_on_stdout(&answer),
        Err(error) => return Err(Failure::input(usage(&error, &arguments))),
    };
    let done = guard::guard(|| match command {
        Some(Command::Explore(arguments)) => explore::run(&arguments),
        Some(Command::Train(arguments)) => train::run(&arguments),
        Some(Command::Completions(arguments)) => completions::run(&arguments),
        Some(Command::ManPages(arguments)) => man_pages::run(&arguments),
        None => window::run(&window),
    });
    tell_of_finished_saves();
    done.unwrap_or_else(|panic| Err(Failure::fault(&panic)))
}

/// What was done about saves that were cut off earlier, on standard error.
fn tell_of_finished_saves() {
    for told in crate::disk::tidied() {
        stderr::say(&format!("rnnscope: {told}"));
    }
}

fn answer_on_stdout(answer: &clap::Error) -> Result<(), Failure> {
    use std::io::IsTerminal;
    let text = answer.render();
    let styled = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let text = if styled { text.ansi().to_string() } else { text.to_string() };
    stdout::print_styled(&text)
}

/// clap's complaint as one line: what is wrong, the tip if there is one, where to read on.
fn usage(error: &clap::Error, arguments: &[OsString]) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let complaint: Vec<_> = text
        .lines()
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let tree = CommandLine::command();
    let command = arguments.get(1).and_then(|first| tree.find_subcommand(first));
    let help =
        command.map_or("--help".to_owned(), |command| format!("{} --help", command.get_name()));
    format!("{} (see rnnscope {help})", complaint.join(" ").replace(" tip: ", "; tip: "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_are_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn a_wrong_flag_is_one_line_with_a_tip() {
        let words = ["rnnscope", "explore", "--celll", "rnn"].map(OsString::from);
        let parsed = CommandLine::try_parse_from(&words);
        let line = usage(&parsed.expect_err("no such flag"), &words);
        assert!(line.contains("'--celll'") && line.contains("'--cell'"), "{line}");
        assert!(line.ends_with("(see rnnscope explore --help)"), "{line}");
        assert!(!line.contains('\n'), "{line}");
    }

    #[test]
    fn negative_scales_are_values_not_flags() {
        let words = ["rnnscope", "explore", "--weight-scale", "-2", "--bias-scale=-.5"];
        assert!(CommandLine::try_parse_from(words).is_ok());
    }
}
