use super::*;
use crate::figure::Range;
use crate::figure::resolve::Shade;

fn bounds(figure: &crate::figure::Figure) -> [f64; 2] {
    match figure.y.range {
        Range::Fixed(low, high) => [low, high],
        Range::Auto => panic!("no common bounds"),
    }
}

#[test]
fn a_gallery_shows_each_class_on_the_same_axes() {
    let examples =
        vec![(vec![1.0, 5.0], 3), (vec![0.0, -5.0], 0), (vec![f32::NAN, 2.0], 3), (vec![1.0], 12)];
    let figures = gallery(&examples);
    let names: Vec<_> = figures.iter().map(|figure| figure.name).collect();
    assert_eq!(names, ["class-0", "class-3"]);
    assert_eq!(bounds(&figures[0]), bounds(&figures[1]));
    assert!(bounds(&figures[0])[0] < -5.0 && bounds(&figures[0])[1] > 5.0);
    let [first, second] = &figures[1].series[..] else { panic!("two examples of class 3") };
    assert_eq!(first.points, [[1.0, 1.0], [2.0, 5.0]]);
    assert!(!first.faint && second.faint);
    assert!(gallery(&[]).is_empty());
}

#[test]
fn a_confusion_matrix_has_the_truth_downwards_and_says_what_is_right() {
    let matrix = [vec![8, 2, 0], vec![0, 10, 0], vec![5, 1, 4]];
    let figure = confusion("LSTM", &matrix);
    assert_eq!(figure.title, "LSTM: 22 of 30 right (73.3 %)");
    assert_eq!(figure.notes, ["Most frequent mistake: 2 taken for 0, 5 of 8 wrong."]);
    let mosaic = figure.resolve().heat.unwrap();
    assert_eq!((mosaic.width, mosaic.height), (3, 3));
    // As seen: the row of class 0 at the top, its right ones at the left.
    assert_eq!(mosaic.shades[4], Shade::Level(255), "10 is the most");
    assert_eq!(mosaic.shades[2], Shade::Level(0));
    assert_eq!(mosaic.shades[6], Shade::Level(128), "5 of 10");
    assert!(figure.resolve().sentences().is_empty());
    let texts = mosaic.writing.unwrap().texts;
    let corner = texts.iter().find(|text| text.at == [0.0, 2.0]).unwrap();
    assert_eq!(corner.lines, ["5"]);
    assert_eq!(texts.len(), 6, "zeros are not written");
}

#[test]
fn confusion_without_sequences_or_without_mistakes() {
    let none = confusion("GRU", &vec![vec![0; 10]; 10]);
    assert_eq!(none.title, "GRU: nothing classified yet");
    assert!(none.notes.is_empty());
    let perfect = confusion("GRU", &[vec![3, 0], vec![0, 4]]);
    assert_eq!(perfect.title, "GRU: 7 of 7 right (100.0 %)");
    assert!(perfect.notes.is_empty());
    assert!(confusion("GRU", &[]).resolve().sentences().is_empty());
}

#[test]
fn a_mistake_names_both_classes_and_shows_what_it_was_taken_for() {
    let values = vec![0.5, 1.5];
    let mistake = Mistake { index: 16, values, truth: 3, predicted: 8, probability: Some(0.616) };
    let typical = [(vec![9.0, 9.0], 3), (vec![0.0, 1.0], 8)];
    let figures = mistakes("GRU", &vec![mistake; 20], &typical);
    assert_eq!(figures.len(), 12);
    assert_eq!(figures[0].title, "GRU, sequence 17: 3 taken for 8 (62 %)");
    let [sequence, behind] = &figures[0].series[..] else { panic!("two lines") };
    assert_eq!(sequence.points, [[1.0, 0.5], [2.0, 1.5]]);
    assert_eq!((behind.points.as_slice(), behind.ghost), (&[[1.0, 0.0], [2.0, 1.0]][..], true));
    assert!(mistakes("GRU", &[], &typical).is_empty());
}

/// How often a document writes a text.
fn written(figure: crate::figure::Figure, wanted: &str) -> usize {
    let document = crate::figure::svg(&[figure], &crate::figure::Style::default()).unwrap();
    document.lines().filter(|line| *line == wanted).count()
}

#[test]
fn counts_are_written_into_pictures_where_they_fit_and_into_tables() {
    let table = || confusion("GRU", &[vec![1071, 0], vec![23, 1164]]);
    for count in ["1071", "23"] {
        assert_eq!(written(table(), count), 1, "{count}");
    }
    let crowded = confusion("GRU", &vec![vec![23, 7]; 200]);
    assert_eq!(written(crowded, "7"), 0);
    let csv = crate::figure::csv(&[table()]).unwrap();
    assert!(csv.contains("confusion,sequences,0,1,23\n"), "{csv}");
}
