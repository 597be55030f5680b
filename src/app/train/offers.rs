//! Trainings that an earlier window or command could not save: to open, to save, to discard.

use std::time::{SystemTime, UNIX_EPOCH};

use egui::{Align2, Context, Label, RichText, ScrollArea, Ui};

use super::director::Order;
use super::progress::time;
use super::save_dialog::Kind;
use super::shelter::Offer;
use super::tab::TrainTab;
use crate::app::App;
use crate::app::widgets::named;
use crate::session::Tab;
use crate::visible;

/// The list is at most so high, in points, before it scrolls.
const LIST: f32 = 260.0;

/// What a user wants of a training that was kept.
enum Wish {
    Open,
    Save,
    Discard,
}

impl App {
    /// Draws the window that offers them, while there are any and nobody has put them off.
    pub(in crate::app) fn offers(&mut self, ctx: &Context) {
        let tab = &mut self.train;
        if tab.offers.is_empty() || tab.put_off || tab.dialog.is_some() {
            return;
        }
        let mut wish = None;
        let title = match tab.offers.len() {
            1 => "A training that was not saved".to_owned(),
            count => format!("{count} trainings that were not saved"),
        };
        let window = egui::Window::new(title).id(egui::Id::unique("offers"));
        let window = window.collapsible(false).resizable(false);
        window.anchor(Align2::CENTER_CENTER, [0.0, 0.0]).show(ctx, |ui| {
            ui.set_width((ctx.content_rect().width() - 60.0).clamp(200.0, 480.0));
            let most = LIST.min(0.5 * ctx.content_rect().height());
            ScrollArea::vertical().max_height(most).show(ui, |ui| {
                let asked = tab.discarding.clone();
                for (place, offer) in tab.offers.iter().enumerate() {
                    let sure = asked.as_ref() == Some(&offer.path);
                    let asked = ui.push_id(place, |ui| row(ui, offer, (place, sure))).inner;
                    wish = wish.take().or(asked.map(|asked| (asked, offer.clone())));
                }
            });
            ui.add_space(4.0);
            let later = ui.button("Later").on_hover_text("Offers them again at the next start.");
            tab.put_off |= later.clicked();
        });
        match wish {
            Some((Wish::Open, offer)) => {
                tab.order(Order::OpenOffer(offer.path));
                self.session.tab = Tab::Train;
            }
            Some((Wish::Save, offer)) => {
                tab.ask_where(Kind::Runs, &self.session.train);
                tab.saving_offer = Some(offer.path);
            }
            Some((Wish::Discard, offer)) => tab.discard_offer(offer),
            None => {}
        }
    }
}

impl TrainTab {
    /// Discards it the second time: what is gone does not come back.
    fn discard_offer(&mut self, offer: Offer) {
        match self.discarding.take() {
            Some(path) if path == offer.path => self.order(Order::DiscardOffer(path)),
            _ => self.discarding = Some(offer.path),
        }
    }
}

fn row(ui: &mut Ui, offer: &Offer, (place, sure): (usize, bool)) -> Option<Wish> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let text = format!(
        "{}, begun {} ago ({:.1} MB)",
        offer.title,
        time((now - offer.began).max(0.0)),
        offer.bytes as f64 / 1e6
    );
    ui.add(Label::new(RichText::new(text)).wrap()).on_hover_text(visible::path(&offer.path));
    let which = place + 1;
    let mut wish = None;
    ui.horizontal_wrapped(|ui| {
        let open = named(ui.button("Open"), &format!("Open training {which}"));
        let tip = "Puts it on screen as it was left: to look at, save from or train further.";
        if open.on_hover_text(tip).clicked() {
            wish = Some(Wish::Open);
        }
        let save = named(ui.button("Save…"), &format!("Save training {which}"));
        let tip = "Writes it into a folder: its comparison, every loss and every network.";
        if save.on_hover_text(tip).clicked() {
            wish = Some(Wish::Save);
        }
        let text = if sure { "Discard for good" } else { "Discard" };
        let discard = named(ui.button(text), &format!("{text} training {which}"));
        let tip = "Removes it. It is asked for a second click.";
        if discard.on_hover_text(tip).clicked() {
            wish = Some(Wish::Discard);
        }
    });
    ui.add_space(6.0);
    wish
}
