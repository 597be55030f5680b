use super::*;

fn opened(panes: &[Pane]) -> Arrangement {
    let mut arrangement = Arrangement::default();
    panes.iter().for_each(|pane| arrangement.open(*pane));
    arrangement
}

#[test]
fn views_open_in_front_of_the_curves_and_leave_them_when_closed() {
    let mut arrangement = opened(&[Pane::Theory, Pane::Gates]);
    assert_eq!(arrangement.panes(), [Pane::Curves, Pane::Theory, Pane::Gates]);
    assert_eq!(arrangement.visible(), [Pane::Gates]);
    arrangement.open(Pane::Theory);
    assert_eq!(arrangement.visible(), [Pane::Theory]);
    arrangement.close(Pane::Gates);
    assert_eq!(arrangement.visible(), [Pane::Theory], "the one in front stays there");
    arrangement.close(Pane::Theory);
    arrangement.close(Pane::Curves);
    assert_eq!(arrangement, Arrangement::default(), "the curves cannot be closed");
}

#[test]
fn beside_the_curves_views_join_the_other_views() {
    let mut arrangement = opened(&[Pane::Theory]).side_by_side();
    assert_eq!(arrangement.visible(), [Pane::Curves, Pane::Theory]);
    arrangement.open(Pane::Gates);
    assert_eq!(arrangement.visible(), [Pane::Curves, Pane::Gates]);
    arrangement.open(Pane::Weights);
    assert_eq!(arrangement.panes(), [Pane::Curves, Pane::Theory, Pane::Gates, Pane::Weights]);
    assert_eq!(arrangement.gridded().visible().len(), 4);
    assert_eq!(arrangement.stacked().visible(), [Pane::Weights]);
    for pane in Pane::VIEWS {
        arrangement.close(pane);
    }
    assert_eq!(arrangement, Arrangement::default());
    assert_eq!(arrangement.side_by_side(), arrangement);
    assert_eq!(arrangement.gridded(), arrangement);
}

#[test]
fn what_a_damaged_file_holds_is_made_sound() {
    let twice = Arrangement::Split {
        direction: Direction::Row,
        children: vec![
            Arrangement::Tabs { children: vec![Arrangement::Pane(Pane::Gates); 2], active: 9 },
            Arrangement::Tabs { children: Vec::new(), active: 0 },
            Arrangement::Pane(Pane::Gates),
            Arrangement::Pane(Pane::Theory),
        ],
        shares: vec![f32::NAN],
    };
    let mended = twice.mended();
    assert_eq!(mended.panes(), [Pane::Curves, Pane::Gates, Pane::Theory]);
    assert_eq!(mended.clone().mended(), mended);
    let mut deep = Arrangement::Pane(Pane::Gates);
    for _ in 0..100 {
        deep = Arrangement::Tabs { children: vec![deep], active: 0 };
    }
    assert!(deep.mended().has(Pane::Curves));
    let empty = Arrangement::Tabs { children: Vec::new(), active: 3 };
    assert_eq!(empty.mended(), Arrangement::default());
}
