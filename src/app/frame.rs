//! One frame: the bars around, the results in the middle, what is open on top.

use std::sync::Arc;

use egui::{CentralPanel, Frame, Margin, Panel, ScrollArea, Ui};

use super::App;
use super::commands::Command;
use super::explore::controls::{self, Desk};
use super::explore::why::{Board, Wish};
use super::explore::{readouts, stale};
use super::train::{self, Phase};
use super::{help, top_bar};
use crate::network::Cell;
use crate::session::{Pane, Pin, Tab};
use crate::visible;

/// Width of the control panel in points; on a narrow window it takes at most half.
const PANEL_WIDTH: f32 = 322.0;

impl App {
    /// Draws one frame.
    pub fn show(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.follow_settings(&ctx);
        self.collect(&ctx);
        let mut commands = Command::pressed(&ctx, self.session.tab);
        if ctx.memory(|memory| memory.top_modal_layer().is_some()) {
            // Nobody steers a training through a dialog.
            commands.retain(|command| !command.steers_training(self.session.tab));
        }
        self.take_dropped(&ctx);
        self.bars(ui, &mut commands);
        self.overlays(&ctx, &mut commands);
        for command in commands {
            self.carry_out(&ctx, command);
        }
        self.remember(&ctx);
        self.keep(&ctx);
        self.ask(&ctx);
        self.train.look(&self.session.train);
    }

    fn bars(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let fill = ui.visuals().panel_fill;
        Panel::top("top")
            .frame(Frame::new().fill(fill).inner_margin(Margin::symmetric(12, 6)))
            .show(ui, |ui| {
                let explore = self.session.tab == Tab::Explore;
                let facts = || self.report().map(readouts::facts);
                let state = top_bar::State {
                    tab: self.session.tab,
                    training: self.train.phase() == Phase::Running,
                    work: (explore && self.busy()).then(|| self.work()),
                    can_stop: self.can_stop(),
                    facts: explore.then(facts).flatten().unwrap_or_default(),
                    undo: self.can_undo(),
                };
                if top_bar::show(ui, state, commands) {
                    self.stop();
                }
            });
        let alone = self.session.tab == Tab::Explore && self.session.why.enlarged.is_some();
        if !alone {
            self.side_panel(ui, commands);
        }
        let fill = ui.visuals().faint_bg_color.blend(fill);
        CentralPanel::default().frame(Frame::new().fill(fill).inner_margin(Margin::same(10))).show(
            ui,
            |ui| match self.session.tab {
                Tab::Explore => self.results(ui, commands),
                Tab::Train => self.train.page(ui, &mut self.session.train, commands),
            },
        );
    }

    fn side_panel(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let width = PANEL_WIDTH.min(0.48 * ui.available_width());
        let margin = Margin { left: 12, right: 2, top: 6, bottom: 6 };
        Panel::left("controls")
            .resizable(false)
            .exact_size(width)
            .frame(Frame::new().fill(ui.visuals().panel_fill).inner_margin(margin))
            .show(ui, |ui| {
                ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                    ui.set_max_width(ui.available_width() - 8.0);
                    match self.session.tab {
                        Tab::Explore => self.controls(ui, commands),
                        Tab::Train => self.train_controls(ui, commands),
                    }
                });
            });
    }

    fn train_controls(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let mut save = None;
        let mut desk = train::Desk {
            phase: self.train.phase(),
            trained: self.train.scene().is_some(),
            session: &mut self.session,
            commands,
            save: &mut save,
        };
        train::controls(ui, &mut desk);
        if let Some(kind) = save {
            self.train.ask_where(kind, &self.session.train);
        }
    }

    fn controls(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let weights = self.session.question.weights.clone();
        let shown = self.scene.as_ref().map(|scene| Arc::clone(&scene.report));
        let report = shown.filter(|report| report.question.weights == weights);
        let failure = |pin: &Pin| self.librarian.failure(&pin.question).map(str::to_owned);
        let pin_errors: Vec<Option<String>> = self.session.pins.iter().map(failure).collect();
        let mut desk = Desk {
            session: &mut self.session,
            commands,
            report: report.as_deref(),
            candidates: self.offer.of(&weights),
            pin_errors: &pin_errors,
            retry: false,
        };
        controls::show(ui, &mut desk);
        if desk.retry {
            self.retry();
        }
    }

    /// Says that files in use hold something else by now. What is on screen stays as it was opened.
    fn changed_files(&mut self, ui: &mut Ui) {
        let names: Vec<String> =
            self.watch.changed().iter().map(|path| visible::file_name(path)).collect();
        if names.is_empty() {
            return;
        }
        let have = if names.len() == 1 { "has" } else { "have" };
        let again = ui
            .horizontal_wrapped(|ui| {
                let text = format!("{} {have} changed on disk.", names.join(", "));
                ui.colored_label(ui.visuals().warn_fg_color, text);
                let tip = "Until then everything here is about what was read when it was opened.";
                let again = ui.button("Read it again");
                again.on_hover_text(tip).clicked()
            })
            .inner;
        if again {
            self.read_again(ui.ctx());
        }
    }

    fn results(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        self.changed_files(ui);
        if let Some(error) = &self.error {
            let text = egui::RichText::new(format!("⚠ {}", visible::message(error))).strong();
            let text = text.color(ui.visuals().error_fg_color);
            ui.add(egui::Label::new(text).wrap().selectable(true));
        }
        let Some(scene) = self.scene.clone() else {
            let act = match self.error.is_none() && self.busy() {
                true => stale::awaited(ui, self.work()),
                false => None,
            };
            if let Some(act) = act {
                self.act(Pane::Curves, act);
            }
            return;
        };
        let mut board = Board {
            scene: &scene,
            stale: self.visibly_stale(),
            act: None,
            viewers: &self.viewers,
            badge: &self.badge,
            session: &mut self.session,
            commands,
            readouts_inside: false,
            holding: false,
            marked: (self.marked, self.marked_in_plot),
            hovered: None,
            in_table: None,
        };
        let wish = self.wall.show(ui, &mut board);
        let Board { hovered, in_table, holding, act, .. } = board;
        self.holding = holding;
        if hovered.or(in_table) != self.marked {
            ui.ctx().request_repaint();
        }
        self.marked = hovered.or(in_table);
        self.marked_in_plot = hovered.is_some();
        if let Some((pane, act)) = act {
            self.act(pane, act);
        }
        match wish {
            Some(Wish::Enlarge(pane)) => self.session.why.enlarged = Some(pane),
            Some(Wish::Export(pane)) => self.toggle_export(Some(pane)),
            None => {}
        }
    }

    fn overlays(&mut self, ctx: &egui::Context, commands: &mut Vec<Command>) {
        if self.help_open {
            self.help_open = !ctx.input(|input| input.key_pressed(egui::Key::Escape));
            let cell = self.cell();
            help::show(ctx, cell, &mut self.help_open);
        }
        self.train.guard_closing(ctx, &self.session.train, self.scribe.is_some());
        self.offers(ctx);
        self.training_dialog(ctx);
        self.export_dialog(ctx);
        self.opening_dialogs(ctx);
        self.session_dialog(ctx);
        drop_hint(ctx);
        commands.extend(self.notices.show(ctx));
    }
}

impl App {
    /// The cell on screen, whose formulas the help shows.
    fn cell(&self) -> Cell {
        let train = &self.session.train;
        match (self.session.tab, &self.scene) {
            (Tab::Train, _) => train
                .comparison
                .contenders
                .get(train.contender)
                .map_or(self.session.draw().design.cell, |contender| contender.design.cell),
            (Tab::Explore, Some(scene)) => scene.report.spec.cell,
            (Tab::Explore, None) => self.session.draw().design.cell,
        }
    }
}

/// Says what will happen to files that are being dragged over the window.
fn drop_hint(ctx: &egui::Context) {
    if ctx.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop hint"));
    let painter = ctx.layer_painter(layer);
    let screen = ctx.content_rect();
    let visuals = &ctx.global_style().visuals;
    painter.rect_filled(screen, 0.0, visuals.panel_fill.gamma_multiply(0.85));
    let text = "Drop .safetensors or .pt weights, .csv sequences, a .json comparison, \
                .npz data, or a .rnnscope session";
    let font = egui::FontId::proportional(24.0);
    painter.text(screen.center(), egui::Align2::CENTER_CENTER, text, font, visuals.text_color());
}
