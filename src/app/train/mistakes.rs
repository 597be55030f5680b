//! The sequences that a classifier gets wrong, page by page.

use candle_core::{DType, Device, Tensor};

use super::scene::Mistakes;
use crate::app::explore::scene::Picture;
use crate::error::Result;
use crate::figure::of_data::{self, Mistake};
use crate::network::{Network, Probing};
use crate::task::{Dataset, Mnist1d, Points};
use crate::ticket::Ticket;
use crate::train::RunLog;
use crate::worker::Race;

/// Sequences of a page.
const PAGE: usize = 6;

/// How the training in a lane, called `who`, answered the test set at its last evaluation; none
/// before there was one.
pub fn of(
    (race, lane): (&Race, usize),
    data: &Dataset,
    (who, log): (&str, &RunLog),
    page: usize,
) -> Option<Mistakes> {
    let test = &data.test;
    if log.answers.len() != test.len() || test.is_empty() {
        return None;
    }
    let mut matrix = vec![vec![0; Mnist1d::CLASSES]; Mnist1d::CLASSES];
    let mut wrong = Vec::new();
    for (index, (truth, answer)) in test.labels.iter().zip(&log.answers).enumerate() {
        let (truth, answer) = (*truth as usize, *answer as usize);
        *matrix.get_mut(truth)?.get_mut(answer)? += 1;
        if truth != answer {
            wrong.push(index);
        }
    }
    let pages = wrong.len().div_ceil(PAGE).max(1);
    let page = page.min(pages - 1);
    let shown: Vec<usize> = wrong.iter().copied().skip(page * PAGE).take(PAGE).collect();
    let sure = race.look(lane, |trainee| probabilities(trainee.network(), test, &shown)).ok()?;
    let mistake = |(&index, sure): (&usize, Vec<f32>)| {
        let predicted = log.answers[index] as usize;
        let length = Mnist1d::POINTS;
        Mistake {
            index,
            values: test.values[index * length..(index + 1) * length].to_vec(),
            truth: test.labels[index] as usize,
            predicted,
            probability: sure.get(predicted).copied().map(f64::from),
        }
    };
    let shown: Vec<Mistake> = shown.iter().zip(sure).map(mistake).collect();
    let figures = of_data::mistakes(who, &shown, &data.train.examples(1));
    Some(Mistakes {
        confusion: Picture::new(of_data::confusion(who, &matrix)),
        page: figures.into_iter().map(Picture::new).collect(),
        place: (page, pages),
        count: (wrong.len(), test.len()),
    })
}

/// What the network gives each class, for the sequences at these places.
fn probabilities(network: &Network, points: &Points, places: &[usize]) -> Result<Vec<Vec<f32>>> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let length = Mnist1d::POINTS;
    let x: Vec<f32> = (0..length)
        .flat_map(|t| places.iter().map(move |place| points.values[place * length + t]))
        .collect();
    let x = Tensor::from_vec(x, (length, places.len(), 1), &Device::Cpu)?;
    let x = x.to_dtype(network.dtype())?;
    let output = network.run(&x, Probing::Off, &Ticket::new())?.output;
    let output = candle_nn::ops::softmax(&output.squeeze(0)?, 1)?;
    Ok(output.to_dtype(DType::F32)?.to_vec2()?)
}
