//! What the window shows of names as nobody would choose them, of many pins and of many messages, and
//! that it rests while nothing happens.

use std::time::Duration;

use egui_kittest::kittest::{NodeT as _, Queryable as _};
use rnnscope::app::Command;
use rnnscope::session::{Pin, Session, Tab};
use rnnscope::visible::is_hidden;

use super::driver::Window;

/// 1280 by 720 pixels at 200 %, in points.
const SMALL: [f32; 2] = [640.0, 360.0];

const NAME: &str = "a\u{202e}\u{1b}[2J\nb\u{fffe}";
const SHOWN: &str = r"a\u{202e}\u{1b}[2J\nb\u{fffe}";

/// Texts on screen, and where they are.
fn texts(window: &Window) -> Vec<(String, egui::Rect)> {
    fn of(shape: &egui::Shape, clip: egui::Rect, found: &mut Vec<(String, egui::Rect)>) {
        match shape {
            egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| of(shape, clip, found)),
            egui::Shape::Text(text) => {
                let rect = text.visual_bounding_rect().intersect(clip);
                found.push((text.galley.text().to_owned(), rect));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for clipped in &window.harness.output().shapes {
        of(&clipped.shape, clipped.clip_rect, &mut found);
    }
    found
}

fn assert_visible(window: &Window) {
    for (text, _) in texts(window) {
        let hidden = text.chars().find(|letter| *letter != '\n' && is_hidden(*letter));
        assert_eq!(hidden, None, "{text:?}");
    }
}

/// How long the window may rest after the frame it has drawn.
fn rest(window: &Window) -> Duration {
    let output = window.harness.output();
    output
        .viewport_output
        .values()
        .map(|viewport| viewport.repaint_delay)
        .min()
        .expect("a viewport")
}

#[test]
fn a_focused_field_lets_the_window_rest() {
    let mut session = Session::default();
    session.pin();
    let mut window = Window::open(session);
    for field in ["Seed", "Name of pin 1"] {
        let field = window.harness.get_all_by_label(field).last().expect("a field");
        field.click();
        window.settle();
        let focus = window.harness.ctx.memory(|memory| memory.focused());
        assert!(focus.is_some(), "the field has the focus");
        // Tooltips and animations come to their end.
        for _ in 0..120 {
            window.harness.step();
        }
        for _ in 0..60 {
            window.harness.step();
            assert_eq!(rest(&window), Duration::MAX, "nothing happens, nothing is drawn");
        }
    }
}

#[test]
fn names_are_written_out_and_other_scripts_are_letters() {
    let mut session = Session::default();
    session.pin();
    session.pins[0].name = Some(NAME.to_owned());
    session.question.weight_scale = 2.0;
    session.pin();
    session.pins[1].name = Some("שלום مرحبا".to_owned());
    session.question.weight_scale = 3.0;
    let mut window = Window::open_sized(session, [1400.0, 1500.0], vec![format!("Saved {NAME}")]);
    assert_visible(&window);
    let seen = texts(&window);
    assert!(seen.iter().any(|(text, _)| text.starts_with(SHOWN)), "in the legend");
    assert!(seen.iter().any(|(text, _)| text.contains("שלום مرحبا")), "as it is");
    // Saved notices are one line.
    let notice = window.app().notices().next().expect("a notice").text.clone();
    assert_eq!(notice, r"Saved a\u{202e}\u{1b}[2J b\u{fffe}");
    // What is typed into a field is what is seen from then on.
    window.click("Name of pin 1");
    window.harness.key_press(egui::Key::End);
    window.harness.event(egui::Event::Text("c\u{202e}".to_owned()));
    window.settle();
    let name = window.session().pins[0].name.clone().expect("a name");
    assert_eq!(name, format!(r"{SHOWN}c\u{{202e}}"));
    // Contenders, too.
    window.change(|session| {
        session.train.comparison.contenders[0].name = NAME.to_owned();
        session.tab = Tab::Train;
    });
    window.settle();
    assert_visible(&window);
    assert!(texts(&window).iter().any(|(text, _)| text.starts_with(SHOWN)));
}

#[test]
fn two_hundred_pins_scroll() {
    let mut session = Session::default();
    let mut question = session.question.clone();
    question.input.length = 6;
    session.question = question.clone();
    for n in 0..200 {
        question.weight_scale = 0.5 + 0.01 * f64::from(n);
        let name = Some(format!("pin {n} {}", "with a long name ".repeat(4)));
        session.pins.push(Pin { name, question: question.clone() });
    }
    let mut window = Window::open_sized(session, [1280.0, 720.0], Vec::new());
    for zoom in [1.0, 2.0] {
        window.change(|session| session.zoom = zoom);
        window.settle();
        let screen = window.harness.ctx.content_rect();
        let figures = window.app().figures();
        assert_eq!(figures[0].series.iter().filter(|series| series.ghost).count() % 200, 0);
        for (text, rect) in texts(&window) {
            assert!(
                rect.is_negative() || screen.expand(1.0).contains_rect(rect),
                "{text}: {rect:?}"
            );
        }
        // Plots have their room, below a legend that scrolls.
        let plots = window.harness.output().shapes.iter().filter(|clipped| match &clipped.shape {
            egui::Shape::Rect(frame) => {
                let is_frame = frame.fill == egui::Color32::TRANSPARENT;
                is_frame && frame.rect.width() > 180.0 && frame.rect.height() > 100.0
            }
            _ => false,
        });
        assert!(plots.count() > 0, "no plot at {zoom}");
    }
    window.change(|session| session.zoom = 1.0);
    window.settle();
    // All of them can be reached, and go away together.
    assert!(window.harness.query_by_label("200 pins").is_some(), "a list that says how long it is");
    let last = window.harness.get_by_label("Name of pin 200");
    assert!(last.accesskit_node().bounding_box().is_some());
    window.press(Command::ClearPins);
}

#[test]
fn a_hundred_messages_scroll_and_none_is_lost_silently() {
    let said = |n: usize| format!("Message {n}: {}", "something went wrong ".repeat(4));
    let mut window =
        Window::open_sized(Session::default(), [1280.0, 720.0], (1..=103).map(said).collect());
    assert_eq!(window.app().notices().count(), 100);
    for zoom in [1.0, 2.0] {
        window.change(|session| session.zoom = zoom);
        window.settle();
        let screen = window.harness.ctx.content_rect();
        let count = window.harness.get_by_label("The last 100 messages; 3 older ones are gone");
        assert!(screen.contains_rect(count.rect()), "{:?}", count.rect());
        let newest = texts(&window).into_iter().find(|(text, _)| text.starts_with("Message 103:"));
        let (_, newest) = newest.expect("the newest is in sight");
        assert!(newest.is_positive() && screen.contains_rect(newest), "{newest:?}");
        // Half of the window is free.
        let topmost = texts(&window)
            .into_iter()
            .filter(|(text, rect)| text.starts_with("Message") && rect.is_positive())
            .map(|(_, rect)| rect.top())
            .fold(f32::INFINITY, f32::min);
        assert!(topmost > 0.25 * screen.height(), "{topmost} of {screen:?}");
    }
    window.change(|session| session.zoom = 1.0);
    window.settle();
    window.click("Close all");
    assert_eq!(window.app().notices().count(), 0);
}

#[test]
fn sixteen_contenders_fit_a_small_window() {
    let mut session = Session::default();
    let comparison = &mut session.train.comparison;
    let first = comparison.contenders[0].clone();
    comparison.contenders = (0..16).map(|_| first.clone()).collect();
    for (n, contender) in comparison.contenders.iter_mut().enumerate() {
        contender.name = format!("{n} {}", "is a name of many words ".repeat(9));
    }
    session.tab = Tab::Train;
    let window = Window::open_sized(session, SMALL, Vec::new());
    let screen = window.harness.ctx.content_rect();
    for (text, rect) in texts(&window) {
        assert!(!rect.is_positive() || screen.expand(1.0).contains_rect(rect), "{text}: {rect:?}");
    }
    let add = window.harness.get_by_label("Add");
    assert!(add.accesskit_node().is_disabled(), "16 are all there can be");
}
