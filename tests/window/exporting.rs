//! Exported files: right size, not blank, whole or not at all.

use std::path::Path;

use egui_kittest::kittest::Queryable as _;
use rnnscope::app::Command;
use rnnscope::figure::Format;
use rnnscope::session::{ExportSettings, Session};

use super::driver::Window;

fn session(folder: &Path, format: Format) -> Session {
    let export = ExportSettings {
        format,
        width: 800,
        scale: 1.5,
        folder: Some(folder.to_owned()),
        ..ExportSettings::default()
    };
    Session { export, ..Session::default() }
}

/// Width, height and pixels of a PNG file.
fn decode(path: &Path) -> (u32, u32, Vec<u8>) {
    let file = std::io::BufReader::new(std::fs::File::open(path).expect("the file"));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut pixels).expect("pixels");
    (info.width, info.height, pixels)
}

#[test]
fn a_png_has_the_size_asked_for_and_is_not_blank() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(session(folder.path(), Format::Png));
    window.press(Command::Export);
    window.click("Save");
    let path = folder.path().join("rnnscope-explore.png");
    let (width, height, pixels) = decode(&path);
    assert_eq!(width, 1200);
    assert!(height > 400, "{height}");
    let mut colors: Vec<&[u8]> = pixels.chunks_exact(4).collect();
    colors.sort_unstable();
    colors.dedup();
    assert!(colors.len() > 50, "only {} colours", colors.len());
    window.harness.get_by_label_contains(&format!("Saved {}", path.display()));
}

#[test]
fn an_existing_file_is_replaced_only_after_a_second_yes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rnnscope-explore.csv");
    std::fs::write(&path, "precious").unwrap();
    let mut window = Window::open(session(folder.path(), Format::Csv));
    window.press(Command::Export);
    window.click("Save");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    window.harness.get_by_label_contains("exists already");
    window.click("Replace it");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("figure,series,x,y,network,weights,readout,"), "{text}");
    assert!(text.contains("gradient-norm,layer 1,"), "{text}");
}

#[test]
fn one_figure_can_be_exported_as_svg() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session(folder.path(), Format::Svg);
    session.export.figure = Some("eigenvalues".to_owned());
    let mut window = Window::open(session);
    window.press(Command::Export);
    window.click("Save");
    let svg = std::fs::read_to_string(folder.path().join("rnnscope-eigenvalues.svg")).unwrap();
    assert!(svg.contains("Eigenvalues") && !svg.contains("Input, target"), "one figure only");
}

#[test]
fn a_folder_that_is_not_there_is_told_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let mut window = Window::open(session(&missing, Format::Png));
    window.press(Command::Export);
    window.click("Save");
    window.harness.get_by_label_contains("cannot write ");
    assert!(!missing.exists());
    window.click("Cancel");
    assert!(window.harness.query_by_label("Save").is_none());
}

#[test]
fn the_figures_reach_the_clipboard_as_an_image() {
    let mut window = Window::open(Session::default());
    let size = window.clipboard(Command::CopyImage, |command| match command {
        egui::OutputCommand::CopyImage(image) => Some(image.size),
        _ => None,
    });
    assert_eq!(size[0], 1600);
}
