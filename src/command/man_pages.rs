//! `rnnscope man-pages`: what `--help` says, as pages for `man`: one of the program, one a command.

use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::{CommandLine, Failure};
use crate::disk::{create_folder, save_all};

/// The flags of `rnnscope man-pages`.
#[derive(Clone, Debug, Args)]
pub(super) struct ManPagesArguments {
    /// The folder they go to, such as ~/.local/share/man/man1
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Writes all pages, or none, and makes the folder if need be.
///
/// # Errors
/// A page or folder that cannot be written.
pub(super) fn run(arguments: &ManPagesArguments) -> Result<(), Failure> {
    let pages = pages()?;
    let at = |name: &str| arguments.folder.join(name);
    let files: Vec<_> = pages.iter().map(|(name, page)| (at(name), page)).collect();
    let files: Vec<(&Path, &[u8])> =
        files.iter().map(|(path, page)| (path.as_path(), page.as_slice())).collect();
    create_folder(&arguments.folder)?;
    Ok(save_all(&files)?)
}

/// Names and texts of all pages.
fn pages() -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut tree = CommandLine::command();
    tree.build();
    std::iter::once(&tree).chain(tree.get_subcommands()).map(page).collect()
}

fn page(command: &Command) -> Result<(String, Vec<u8>), Failure> {
    let version = format!("rnnscope {}", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone()).source(version).manual("rnnscope");
    let mut page = Vec::new();
    render(command, &man, &mut page)
        .map_err(|error| Failure::unforeseen(format!("no manual page: {error}")))?;
    Ok((man.get_filename(), page))
}

/// The order of sections that readers of `man` know; what follows `--help` has its own headings.
fn render(command: &Command, man: &Man, page: &mut Vec<u8>) -> std::io::Result<()> {
    man.render_title(page)?;
    man.render_name_section(page)?;
    synopsis(command).to_writer(page)?;
    let about = command.get_long_about().or(command.get_about());
    prose("DESCRIPTION", about.map(ToString::to_string).as_deref()).to_writer(page)?;
    man.render_options_section(page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(page)?;
    }
    if let Some(after) = command.get_after_long_help() {
        sections(&after.to_string()).to_writer(page)?;
    }
    Ok(())
}

/// The forms in which it is called, a line a form.
fn synopsis(command: &Command) -> Roff {
    let usage = command.clone().render_usage().to_string();
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    for form in usage.trim_start_matches("Usage:").lines().map(str::trim) {
        roff.control("br", []);
        let (name, rest) = form.split_once(' ').unwrap_or((form, ""));
        roff.text([bold(name), roman(" "), roman(rest)]);
    }
    roff
}

fn prose(heading: &str, text: Option<&str>) -> Roff {
    let mut roff = Roff::new();
    // Columns stay where they are only in lines that are not stretched; commands are not hyphenated.
    roff.control("ad", ["l"]).control("nh", []).control("SH", [heading]);
    text.unwrap_or_default().lines().for_each(|text| line(&mut roff, text));
    roff
}

/// Lines that end in a colon and are not indented are headings of sections.
fn sections(text: &str) -> Roff {
    let mut roff = Roff::new();
    for text in text.lines() {
        match text.strip_suffix(':').filter(|heading| !heading.starts_with(' ')) {
            Some(heading) => {
                roff.control("SH", [heading.to_uppercase().as_str()]);
            }
            None => line(&mut roff, text),
        }
    }
    roff
}

/// A line with its own indentation, which its continuation keeps where it is too long: below its
/// beginning, or below the second column where it has two.
fn line(roff: &mut Roff, text: &str) {
    let words = text.trim_start();
    let indent = text.len() - words.len();
    if words.is_empty() {
        roff.control("PP", []);
        return;
    }
    if indent == 0 {
        roff.text([roman(words)]);
        return;
    }
    roff.control("RS", [indent.to_string().as_str()]);
    match words.split_once("  ") {
        Some((term, said)) => {
            let said = said.trim_start();
            let column = words.chars().count() - said.chars().count();
            roff.control("PD", ["0"]).control("TP", [column.to_string().as_str()]);
            roff.text([roman(term)]).text([roman(said)]).control("PD", []);
        }
        None => {
            roff.text([roman(words)]);
        }
    }
    roff.control("RE", []);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(page: &[u8]) -> String {
        String::from_utf8_lossy(page).replace("\\-", "-").replace("\\fR", "").replace("\\fB", "")
    }

    #[test]
    fn every_command_has_a_page_with_all_its_flags() {
        let pages = pages().expect("pages");
        let mut tree = CommandLine::command();
        tree.build();
        assert_eq!(pages.len(), 1 + tree.get_subcommands().count());
        for (command, (name, page)) in
            std::iter::once(&tree).chain(tree.get_subcommands()).zip(&pages)
        {
            assert!(name.contains(command.get_name()) && name.ends_with(".1"), "{name}");
            let page = text(page);
            let shown = command.get_arguments().filter(|argument| !argument.is_hide_set());
            for flag in shown.filter_map(|argument| argument.get_long()) {
                assert!(page.contains(&format!("--{flag}")), "--{flag} in {name}");
            }
        }
        let front = text(&pages[0].1);
        for command in tree.get_subcommands() {
            let page = format!("rnnscope-{}(1)", command.get_name());
            assert!(front.contains(&page), "{page} in {front}");
        }
    }

    #[test]
    fn what_follows_help_has_sections_of_its_own() {
        let (_, page) = &pages().expect("pages")[0];
        let page = text(page);
        for heading in ["EXAMPLES", "ENVIRONMENT", "EXIT STATUS"] {
            let written = page.lines().any(|line| {
                line.strip_prefix(".SH ").is_some_and(|found| found.trim_matches('"') == heading)
            });
            assert!(written, "{heading} in {page}");
        }
    }

    #[test]
    fn no_line_of_text_is_taken_for_a_command() {
        let mut roff = Roff::new();
        line(&mut roff, "    .pt files");
        assert!(roff.render().lines().any(|line| line == "\\&.pt files"), "{}", roff.render());
    }
}
