//! The figures of all trainings of a run, made anew only when there is something new to show, with the
//! curves of another run laid over.

use std::sync::Arc;

use super::ledger;
use crate::app::explore::scene::Picture;
use crate::figure::{Figure, Owner, of_run, overlay};
use crate::train::{Comparison, RunLog, Stop};

/// How far each training is: updates, evaluations, whether it was tested, why it ended.
type Progress = Vec<(u64, usize, bool, Option<Stop>)>;

/// What is laid over: the number of a run, what was trained, its figures.
type Other<'a> = (u64, &'a Comparison, Arc<Vec<Figure>>);

/// The last figures of a run and what they were made of.
#[derive(Default)]
pub struct Overview {
    figures: Option<(Progress, Arc<Vec<Figure>>)>,
    drawn: Option<Drawn>,
}

/// Figures ready to be drawn.
struct Drawn {
    own: Arc<Vec<Figure>>,
    /// The figures that were laid over.
    other: Option<Arc<Vec<Figure>>>,
    pictures: Vec<Arc<Picture>>,
}

impl Overview {
    /// The figures of the run alone.
    pub fn figures(&mut self, comparison: &Comparison, logs: &[RunLog]) -> Arc<Vec<Figure>> {
        let progress =
            |log: &RunLog| (log.steps(), log.evaluations.len(), log.test.is_some(), log.stop);
        let progress: Progress = logs.iter().map(progress).collect();
        if let Some((known, figures)) = &self.figures
            && *known == progress
        {
            return Arc::clone(figures);
        }
        let logs: Vec<&RunLog> = logs.iter().collect();
        let figures = Arc::new(of_run::overview(comparison, &logs));
        self.figures = Some((progress, Arc::clone(&figures)));
        figures
    }

    /// The same, ready to be drawn, with the curves of another run over those they have in common.
    pub fn pictures(
        &mut self,
        (number, comparison, logs): (u64, &Comparison, &[RunLog]),
        other: Option<Other<'_>>,
    ) -> Vec<Arc<Picture>> {
        let own = self.figures(comparison, logs);
        let laid_over = other.as_ref().map(|(_, _, figures)| Arc::clone(figures));
        // Figures that were made anew are others, even if they look the same.
        let pointer = |figures: &Option<Arc<Vec<Figure>>>| figures.as_ref().map(Arc::as_ptr);
        if let Some(drawn) = &self.drawn
            && Arc::ptr_eq(&drawn.own, &own)
            && pointer(&drawn.other) == pointer(&laid_over)
        {
            return drawn.pictures.clone();
        }
        let figures = match other {
            None => own.as_ref().clone(),
            Some(other) => both((number, comparison, Arc::clone(&own)), other),
        };
        let pictures: Vec<Arc<Picture>> =
            figures.into_iter().map(|figure| Arc::new(Picture::new(figure))).collect();
        self.drawn = Some(Drawn { own, other: laid_over, pictures: pictures.clone() });
        pictures
    }
}

/// The figures of a run, with the curves of another one over those that both have.
fn both(own: Other<'_>, other: Other<'_>) -> Vec<Figure> {
    let names = [own.0, other.0].map(ledger::name);
    let settings = [own.1, other.1].map(ledger::settings);
    let [who, whose] = [0, 1].map(|n| Owner { name: &names[n], settings: &settings[n] });
    let laid_over = |figure: &Figure| {
        let counterpart = other.2.iter().find(|one| one.name == figure.name);
        counterpart.and_then(|one| overlay(figure, who, one, whose))
    };
    own.2.iter().map(|figure| laid_over(figure).unwrap_or_else(|| figure.clone())).collect()
}
