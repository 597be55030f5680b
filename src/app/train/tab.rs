//! The state of the Train tab: what was ordered, what was reported, what is open on top.

use std::path::PathBuf;
use std::sync::Arc;

use super::closing::Closing;
use super::director::{Director, Mail, News, Order};
use super::errand::{Delivery, Errand};
use super::gallery::Gallery;
use super::ledger::Ledger;
use super::save_dialog::SaveDialog;
use super::scene::{Phase, Scene, View};
use super::shelter::Offer;
use crate::error::Result;
use crate::figure::Figure;
use crate::session::TrainSettings;

/// The Train tab while the window is open.
pub struct TrainTab {
    director: Director,
    scene: Option<Arc<Scene>>,
    /// All runs.
    ledger: Arc<Ledger>,
    /// Orders that the director has carried out.
    answered: u64,
    /// The number of the order that lines up networks, while it is under way.
    lining_up: Option<u64>,
    /// What the director was last told to look at.
    told: Option<View>,
    /// The page of mistaken sequences looked at.
    pub(super) page: usize,
    /// Whether the trainings of each contender are listed.
    pub(super) unfolded: Vec<bool>,
    pub(super) gallery: Gallery,
    /// The moment of training looked at; none follows the training.
    pub(super) cursor: Option<u64>,
    /// The step under the pointer, marked in all plots of steps.
    pub(super) marked: Option<f64>,
    pub(super) dialog: Option<SaveDialog>,
    pub(super) error: Option<String>,
    /// The earlier run whose curves are laid over those on screen.
    pub(super) overlaid: Option<u64>,
    /// What became of runs and was not told yet.
    pub(super) news: Vec<News>,
    /// Errands under way.
    pub(super) errands: usize,
    /// Where networks are kept for Explore; none where the system names no folder for such files.
    pub(super) networks: Option<PathBuf>,
    /// Files of weights that Explore names at the moment.
    pub(in crate::app) in_use: Vec<PathBuf>,
    /// What becomes of closing the window.
    pub(super) closing: Closing,
    /// Trainings that earlier windows and commands could not save,
    pub(super) offers: Vec<Offer>,
    /// whether they are offered another time,
    pub(super) put_off: bool,
    /// the one whose discarding waits for a second click,
    pub(super) discarding: Option<PathBuf>,
    /// and the one that the open dialog is about.
    pub(super) saving_offer: Option<PathBuf>,
    /// What went wrong and was not told yet.
    pub(super) warnings: Vec<String>,
}

impl TrainTab {
    /// An empty tab; `wake` is called when there is something new to see.
    ///
    /// # Errors
    /// The system's error if no thread can be started.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let networks = crate::app::settings::data_folder();
        Ok(Self {
            director: Director::new(wake)?,
            scene: None,
            ledger: Arc::default(),
            answered: 0,
            lining_up: None,
            told: None,
            page: 0,
            unfolded: Vec::new(),
            gallery: Gallery::default(),
            cursor: None,
            marked: None,
            dialog: None,
            error: None,
            overlaid: None,
            news: Vec::new(),
            errands: 0,
            networks: networks.map(|folder| folder.join("networks")),
            in_use: Vec::new(),
            closing: Closing::default(),
            offers: Vec::new(),
            put_off: false,
            discarding: None,
            saving_offer: None,
            warnings: Vec::new(),
        })
    }

    /// Where training stands.
    pub fn phase(&self) -> Phase {
        match (self.lining_up, &self.scene) {
            (Some(_), _) => Phase::LiningUp,
            (None, Some(scene)) => scene.phase,
            (None, None) => Phase::Empty,
        }
    }

    /// What is on screen of the training.
    pub fn scene(&self) -> Option<&Arc<Scene>> {
        self.scene.as_ref()
    }

    /// All runs: the one on screen and those that were put away.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// Whether there is something to undo, and to redo.
    pub fn can_undo(&self) -> [bool; 2] {
        let idle = self.phase() != Phase::LiningUp;
        [&self.ledger.undo, &self.ledger.redo].map(|what| idle && what.is_some())
    }

    /// What could not be carried out, as one line.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// The figures on screen.
    pub fn figures(&self) -> Vec<Figure> {
        self.scene.as_ref().map(|scene| scene.figures()).unwrap_or_default()
    }

    /// Whether nothing is under way but, perhaps, training itself.
    pub fn attentive(&self) -> bool {
        self.answered == self.director.sent() && self.errands == 0
    }

    /// Whether nothing is under way at all.
    pub fn settled(&self) -> bool {
        self.attentive() && self.gallery.is_settled() && self.phase() != Phase::Running
    }

    /// Keeps networks for Explore in another folder than the user's own for such files.
    pub fn keep_networks_in(&mut self, folder: PathBuf) {
        self.networks = Some(folder);
    }

    /// Keeps in this folder what no file holds, and offers what earlier windows and commands could not
    /// save.
    pub fn shelter_in(&mut self, folder: PathBuf) {
        self.director.order(Order::Shelter(folder));
    }

    /// Trainings that earlier windows and commands could not save.
    pub fn offered(&self) -> &[Offer] {
        &self.offers
    }

    pub(super) fn order(&mut self, order: Order) {
        let lines_up = matches!(order, Order::Start(_) | Order::LineUp(..) | Order::Rewind);
        let another =
            matches!(order, Order::Recall(_) | Order::OpenOffer(_) | Order::Undo | Order::Redo);
        if lines_up || another {
            self.cursor = None;
            self.page = 0;
        }
        self.error = None;
        let number = self.director.order(order);
        if lines_up {
            self.lining_up = Some(number);
        }
    }

    pub(super) fn send(&mut self, errand: Errand) {
        self.errands += 1;
        self.director.order(Order::Deliver(errand));
    }

    /// Has runs written, each into a folder of its own inside `folder`.
    pub(super) fn send_runs(&mut self, numbers: Vec<u64>, folder: PathBuf) {
        self.errands += 1;
        self.director.order(Order::SaveRuns { numbers, folder });
    }

    /// Has a training that was offered written into a folder of its own inside `folder`.
    pub(super) fn send_offer(&mut self, path: PathBuf, folder: PathBuf) {
        self.errands += 1;
        self.director.order(Order::SaveOffer { path, folder });
    }

    /// Tells the director what to look at, if that has changed.
    pub fn look(&mut self, settings: &TrainSettings) {
        let view = View {
            contender: settings.contender,
            length: settings.length,
            trial: settings.trial,
            layer: settings.layer,
            cursor: self.cursor,
            parameters: settings.parameters_open,
            page: self.page,
            overlaid: self.overlaid,
        };
        if self.told != Some(view) {
            self.told = Some(view);
            self.director.order(Order::Show(view));
        }
    }

    /// Takes what the director has to say. Returns what became of errands.
    pub fn collect(&mut self) -> Vec<Result<Delivery>> {
        let Mail { scene, troubles, deliveries, news, offers, warnings } = self.director.take();
        self.news.extend(news);
        self.warnings.extend(warnings);
        self.offers = offers.unwrap_or_else(|| std::mem::take(&mut self.offers));
        if let Some((orders, scene, ledger)) = scene {
            self.answered = orders;
            self.scene = scene;
            // What is on screen, deleted or gone cannot be laid over.
            self.overlaid = self.overlaid.filter(|number| ledger.earlier(*number).is_some());
            self.ledger = ledger;
            if self.lining_up.is_some_and(|number| number <= orders) {
                self.lining_up = None;
            }
        }
        if let Some(error) = troubles.last() {
            self.error = Some(error.to_string());
        }
        self.errands = self.errands.saturating_sub(deliveries.len());
        deliveries
    }
}
