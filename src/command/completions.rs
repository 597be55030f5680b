//! `rnnscope completions`: what lets a shell complete commands, flags and their values.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::{CommandLine, Failure, stdout};

/// The flags of `rnnscope completions`.
#[derive(Clone, Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell that reads it
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// Standard output that cannot be written.
pub(super) fn run(arguments: &CompletionsArguments) -> Result<(), Failure> {
    stdout::print(&script(arguments.shell))
}

fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    generate(shell, &mut CommandLine::command(), "rnnscope", &mut script);
    script
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_command_and_every_long_flag_is_completed_in_every_shell() {
        let mut tree = CommandLine::command();
        tree.build();
        for shell in Shell::value_variants() {
            let script = String::from_utf8(script(*shell)).expect("UTF-8");
            for command in std::iter::once(&tree).chain(tree.get_subcommands()) {
                assert!(script.contains(command.get_name()), "{shell}: {}", command.get_name());
                for flag in command.get_arguments().filter_map(|argument| argument.get_long()) {
                    assert!(script.contains(flag), "{shell}: {} --{flag}", command.get_name());
                }
            }
        }
    }
}
