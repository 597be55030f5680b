//! Curves of up to millions of losses with the few thousand points that can be seen.
//!
//! Steps are taken together in blocks whose size is a power of two, so that a curve which grows
//! while one watches keeps its points instead of flickering.

/// At most this many blocks.
const MOST_BLOCKS: usize = 2048;

/// At most about this many smoothed points: they vary too little to need more.
const MOST_MEANS: usize = 240;

/// A smoothed point is the mean of at least this many losses,
const LEAST_WINDOW: usize = 10;
/// and of at least the last hundredth of all.
const PART: usize = 100;

/// Steps in a block: 1 for short runs.
pub(super) fn block(losses: usize) -> usize {
    losses.div_ceil(MOST_BLOCKS).max(1).next_power_of_two()
}

/// How many losses a smoothed point is the mean of; a multiple of the block.
pub(super) fn window(losses: usize) -> usize {
    LEAST_WINDOW.max(losses / PART).next_multiple_of(block(losses))
}

/// The losses as points (updates done before it, loss): all of them, or the lowest and the highest
/// of each block, besides the first and the last. What is not finite stays too, once a block.
pub(super) fn peaks<N: Copy + Into<f64>>(losses: &[N]) -> Vec<[f64; 2]> {
    let size = block(losses.len());
    let chunks = losses.chunks(size).enumerate();
    let in_chunk = |(n, chunk)| extremes(chunk).into_iter().map(move |k| n * size + k);
    let mut kept: Vec<usize> = chunks.flat_map(in_chunk).collect();
    kept.extend([0, losses.len().saturating_sub(1)].iter().filter(|_| !losses.is_empty()));
    kept.sort_unstable();
    kept.dedup();
    kept.into_iter().map(|n| [n as f64, losses[n].into()]).collect()
}

/// Values with the times they were found at, thinned as [`peaks`] does.
pub(super) fn at_times(found: impl Iterator<Item = (f64, f64)>) -> Vec<[f64; 2]> {
    let (times, values): (Vec<f64>, Vec<f64>) = found.unzip();
    let kept = peaks(&values).into_iter();
    kept.map(|[n, value]| [times[n as usize], value]).collect()
}

/// Indices of the lowest, the highest and the first not finite value, in order, each once.
fn extremes<N: Copy + Into<f64>>(chunk: &[N]) -> Vec<usize> {
    let (mut lowest, mut highest, mut broken) = (None, None, None);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for (k, &loss) in chunk.iter().enumerate() {
        let loss: f64 = loss.into();
        if !loss.is_finite() {
            broken = broken.or(Some(k));
            continue;
        }
        if loss < low {
            (low, lowest) = (loss, Some(k));
        }
        if loss > high {
            (high, highest) = (loss, Some(k));
        }
    }
    let mut kept: Vec<usize> = [lowest, highest, broken].into_iter().flatten().collect();
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// Means of the last [`window`] losses (of all, while there are fewer) at the first block, the last
/// and some between; blocks that hold something not finite are left out.
///
/// Sums are added up anew for each point, never taken off a running sum: after a loss of 1e30 the
/// difference of two sums would hold no digit of a loss of 1.
pub(super) fn means<N: Copy + Into<f64>>(losses: &[N]) -> Vec<[f64; 2]> {
    let size = block(losses.len());
    let many = window(losses.len()) / size;
    let sums: Vec<(f64, usize)> = losses
        .chunks(size)
        .map(|chunk| (chunk.iter().map(|loss| (*loss).into()).sum(), chunk.len()))
        .collect();
    let every = sums.len().div_ceil(MOST_MEANS).next_power_of_two();
    let wanted = |n: usize| n.is_multiple_of(every) || n + 1 == sums.len();
    let mut end = 0;
    let mut points = Vec::with_capacity(sums.len() / every + 2);
    for (n, (own, count)) in sums.iter().enumerate() {
        end += count;
        if !(own.is_finite() && wanted(n)) {
            continue;
        }
        let recent = &sums[(n + 1).saturating_sub(many)..=n];
        let finite = recent.iter().filter(|(sum, _)| sum.is_finite());
        let (sum, count) = finite.fold((0.0, 0), |(s, c), (sum, count)| (s + sum, c + count));
        points.push([end as f64 - 1.0, sum / count as f64]);
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_run_keeps_every_loss_and_is_smoothed_over_ten() {
        let losses: Vec<f32> = (1..=100).map(|n| n as f32).collect();
        let raw = peaks(&losses);
        assert_eq!((raw.len(), raw[0], raw[99]), (100, [0.0, 1.0], [99.0, 100.0]));
        let smooth = means(&losses);
        assert_eq!((smooth[0], smooth[1], smooth[99]), ([0.0, 1.0], [1.0, 1.5], [99.0, 95.5]));
    }

    #[test]
    fn a_million_losses_become_a_few_thousand_points_with_all_peaks() {
        let mut losses = vec![0.5f32; 1_000_000];
        (losses[123_456], losses[123_460], losses[777_777]) = (9.0, 1e-6, f32::NAN);
        let raw = peaks(&losses);
        assert!(raw.len() < 5000, "{}", raw.len());
        assert!(raw.contains(&[123_456.0, 9.0]));
        assert!(raw.contains(&[123_460.0, f64::from(1e-6f32)]));
        assert!(raw.iter().any(|point| point[0] == 777_777.0 && point[1].is_nan()));
        assert!(raw.windows(2).all(|pair| pair[0][0] < pair[1][0]));
        assert_eq!((raw[0], raw[raw.len() - 1]), ([0.0, 0.5], [999_999.0, 0.5]));
        let smooth = means(&losses);
        assert!(smooth.len() <= MOST_MEANS + 1);
        assert_eq!(smooth[smooth.len() - 1], [999_999.0, 0.5]);
    }

    #[test]
    fn a_huge_loss_leaves_no_trace_once_it_is_out_of_the_window() {
        let mut losses = vec![0.25f32; 60];
        losses[3] = 1e30;
        let smooth = means(&losses);
        assert!(smooth[12][1] > 1e28);
        assert_eq!(smooth[13][1], 0.25);
    }

    #[test]
    fn growing_by_one_step_moves_no_block() {
        for steps in [2048, 2049, 4096, 4097, 100_000] {
            assert!(steps / block(steps) <= MOST_BLOCKS && window(steps) >= LEAST_WINDOW);
            assert!(block(steps).is_power_of_two() && window(steps).is_multiple_of(block(steps)));
        }
        assert!(peaks::<f64>(&[]).is_empty() && means::<f64>(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn smoothed_points_lie_between_the_losses(
            losses in prop::collection::vec(any::<f32>(), 1..40),
            repeat in 1usize..200,
        ) {
            let losses = losses.repeat(repeat);
            let finite = || losses.iter().filter(|l| l.is_finite()).map(|l| f64::from(*l));
            let (low, high) = (finite().fold(f64::MAX, f64::min), finite().fold(f64::MIN, f64::max));
            let slack = 1e-9 * low.abs().max(high.abs());
            for [step, mean] in means(&losses) {
                prop_assert!(step < losses.len() as f64);
                prop_assert!(mean >= low - slack && mean <= high + slack, "{low} {mean} {high}");
            }
            let raw: Vec<f64> = peaks(&losses).iter().map(|p| p[1]).collect();
            prop_assert!(finite().next().is_none() || (raw.contains(&low) && raw.contains(&high)));
        }
    }
}
