//! Two windows at once: what one has changed is put on top of what the other has saved.

use serde_json::{Map, Value};

use super::Session;

/// Settings that mean something only together: of these, all is taken from one window unless both
/// ask about the same kind of thing (a drawn network, files, one task).
const WHOLE: [&str; 2] = ["question", "comparison"];

/// What is saved after `mine` has become of `base` in one window while `theirs` became of it in
/// others. Changes of both survive; where both have changed the same setting, mine is the later one.
/// Pins are a set: those made anywhere are there, those removed anywhere are not.
pub fn merge(base: &Session, mine: &Session, theirs: &Session) -> Session {
    if base == theirs || mine == theirs {
        return mine.clone();
    }
    if base == mine {
        return theirs.clone();
    }
    // Numbers that JSON does not have, and settings that are sound only alone: mine are.
    merged(base, mine, theirs).unwrap_or_else(|| mine.clone())
}

fn merged(base: &Session, mine: &Session, theirs: &Session) -> Option<Session> {
    let value = |session: &Session| serde_json::to_value(session).ok();
    let (base, mine, theirs) = (value(base)?, value(mine)?, value(theirs)?);
    let mut merged = settings(&base, &mine, &theirs);
    let list = |of: &Value| of.get("pins").and_then(Value::as_array).cloned().unwrap_or_default();
    merged["pins"] = Value::Array(pins(&list(&base), &list(&mine), list(&theirs)));
    serde_json::from_value::<Session>(merged).ok()?.made_sound().ok()
}

/// Merges key by key as long as all three have the same keys; anything else is one setting.
fn settings(base: &Value, mine: &Value, theirs: &Value) -> Value {
    if mine == base {
        return theirs.clone();
    }
    match (base, mine, theirs) {
        (Value::Object(base), Value::Object(mine), Value::Object(theirs))
            if same_keys(base, mine) && same_keys(base, theirs) =>
        {
            let merge = |(key, base): (&String, &Value)| {
                let (mine, theirs) = (&mine[key], &theirs[key]);
                let apart = WHOLE.contains(&key.as_str())
                    && !(same_shape(base, mine) && same_shape(base, theirs));
                let value = match apart {
                    true if mine == base => theirs.clone(),
                    true => mine.clone(),
                    false => settings(base, mine, theirs),
                };
                (key.clone(), value)
            };
            Value::Object(base.iter().map(merge).collect())
        }
        _ => mine.clone(),
    }
}

fn same_keys(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    one.len() == other.len() && one.keys().all(|key| other.contains_key(key))
}

/// Whether two values differ in numbers and words alone, not in what there is to be set.
fn same_shape(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            same_keys(one, other) && one.iter().all(|(key, one)| same_shape(one, &other[key]))
        }
        (one, other) => !one.is_object() && !other.is_object(),
    }
}

/// Pins are the same if they ask the same question, whatever they are called.
fn pins(base: &[Value], mine: &[Value], theirs: Vec<Value>) -> Vec<Value> {
    let find = |list: &[Value], pin: &Value| {
        list.iter().find(|other| other["question"] == pin["question"]).cloned()
    };
    let kept =
        theirs.into_iter().filter_map(|their| match (find(base, &their), find(mine, &their)) {
            (Some(_), None) => None,
            (Some(base), Some(mine)) if base["name"] != mine["name"] => Some(mine),
            _ => Some(their),
        });
    let mut all: Vec<Value> = kept.collect();
    for pin in mine {
        if find(base, pin).is_none() && find(&all, pin).is_none() {
            all.push(pin.clone());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::flow::Weights;
    use crate::network::{Cell, Head};
    use crate::session::{Pane, Pin, Tab, ThemeChoice};

    fn changed(base: &Session, how: impl FnOnce(&mut Session)) -> Session {
        let mut session = base.clone();
        how(&mut session);
        session
    }

    #[test]
    fn changes_of_both_survive_and_the_later_hand_wins() {
        let base = Session::default();
        let mine = changed(&base, |session| {
            session.theme = ThemeChoice::Dark;
            session.question.weight_scale = 1.5;
            session.why.arrangement.open(Pane::Gates);
            session.train.comparison.seed = 5;
        });
        let theirs = changed(&base, |session| {
            session.theme = ThemeChoice::Light;
            session.question.bias_scale = 0.5;
            session.zoom = 1.25;
            session.tab = Tab::Train;
            session.train.comparison.batch = 7;
        });
        let wanted = changed(&mine, |session| {
            session.question.bias_scale = 0.5;
            session.zoom = 1.25;
            session.tab = Tab::Train;
            session.train.comparison.batch = 7;
        });
        assert_eq!(merge(&base, &mine, &theirs), wanted);
        assert_eq!(merge(&base, &base, &theirs), theirs);
        assert_eq!(merge(&base, &mine, &base), mine);
    }

    #[test]
    fn a_network_from_a_file_is_not_mixed_with_a_drawn_one() {
        let base = Session::default();
        let mine = changed(&base, |session| {
            session.draw_again(9);
            session.set_cell(Cell::Gru);
        });
        let theirs = changed(&base, |session| {
            let path = PathBuf::from("net.pt");
            let (nonlinearity, seed, head) = (session.memory.nonlinearity, 0, Head::Fitting);
            let content = None;
            session.question.weights = Weights::File { path, nonlinearity, seed, head, content };
            session.zoom = 2.0;
        });
        let merged = merge(&base, &mine, &theirs);
        assert_eq!((merged.question, merged.zoom), (mine.question, 2.0));
    }

    #[test]
    fn pins_of_both_are_there_and_removed_ones_are_not() {
        let pin = |scale: f64, name: Option<&str>| {
            let mut question = Session::default().question;
            question.weight_scale = scale;
            Pin { name: name.map(str::to_owned), question }
        };
        let with = |pins: Vec<Pin>| Session { pins, ..Session::default() };
        let base = with(vec![pin(1.0, None), pin(2.0, None), pin(3.0, None)]);
        let mine = with(vec![pin(2.0, Some("mine")), pin(3.0, None), pin(4.0, None)]);
        let theirs = with(vec![pin(1.0, None), pin(2.0, None), pin(5.0, None), pin(4.0, None)]);
        let wanted = vec![pin(2.0, Some("mine")), pin(5.0, None), pin(4.0, None)];
        assert_eq!(merge(&base, &mine, &theirs).pins, wanted);
    }

    #[test]
    fn every_setting_comes_through() {
        let mut session = Session::default();
        session.question.weight_scale = 0.1 + 0.2;
        session.zoom = 1.1;
        session.pin();
        let theirs = changed(&session, |session| session.theme = ThemeChoice::Dark);
        let mine = changed(&session, |session| session.tab = Tab::Train);
        let wanted = changed(&mine, |session| session.theme = ThemeChoice::Dark);
        assert_eq!(merge(&session, &mine, &theirs), wanted);
    }
}
