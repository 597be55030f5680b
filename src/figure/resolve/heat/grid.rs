//! One direction of a heat map: where its columns or rows lie, and which of them share a pixel.

use std::ops::Range;

use crate::figure::resolve::Extent;

/// The columns, or the rows, of a heat map in the order in which they lie on their axis.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Index into the heat map of each.
    pub order: Vec<usize>,
    /// Drawing coordinate of the middle of each, rising.
    centers: Vec<f64>,
    /// Where they meet, half-way between the middles, and the two ends: one more than there are.
    edges: Vec<f64>,
}

impl Lane {
    /// Lays out raw positions on an axis; positions that have no place on it are left out.
    pub fn new(raw: &[f64], axis: &Extent) -> Self {
        let placed = raw.iter().enumerate().filter_map(|(n, raw)| Some((axis.place(*raw)?, n)));
        let mut placed: Vec<(f64, usize)> = placed.collect();
        placed.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (centers, order): (Vec<f64>, Vec<usize>) = placed.into_iter().unzip();
        let edges = edges(&centers);
        Self { order, centers, edges }
    }

    /// Index into the heat map, and middle, of each that has its middle between `bounds`.
    pub fn middles(&self, bounds: [f64; 2]) -> impl Iterator<Item = (usize, f64)> + Clone {
        let all = self.order.iter().copied().zip(self.centers.iter().copied());
        all.filter(move |(_, center)| (bounds[0]..=bounds[1]).contains(center))
    }

    /// The narrowest width.
    pub fn narrowest(&self) -> f64 {
        self.edges.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min)
    }

    /// The two outer ends.
    pub fn ends(&self) -> Option<[f64; 2]> {
        Some([*self.edges.first()?, *self.edges.last()?])
    }

    /// Divides what is visible between `bounds` into at most `most` pixels of equal size, from low to
    /// high: for each the range of `order` that it shows. Also the ends
    /// of what is visible.
    ///
    /// Every column whose middle is visible is in some pixel.
    pub fn pixels(&self, bounds: [f64; 2], most: usize) -> (Vec<Range<usize>>, [f64; 2]) {
        let Some([first, last]) = self.ends() else { return (Vec::new(), bounds) };
        let (lo, hi) = (first.max(bounds[0]), last.min(bounds[1]));
        if lo >= hi {
            return (Vec::new(), bounds);
        }
        let count = self.count(lo, hi, most);
        let size = (hi - lo) / count as f64;
        let pixels = (0..count).map(|n| {
            let (from, to) = (lo + n as f64 * size, lo + (n as f64 + 1.0) * size);
            // The upper end belongs to the last pixel.
            let to = if n + 1 == count { hi.next_up() } else { to };
            self.between(from, to)
        });
        (pixels.collect(), [lo, hi])
    }

    /// Pixels needed to show the narrowest visible column, or half of it where the frame cuts one.
    fn count(&self, lo: f64, hi: f64, most: usize) -> usize {
        let visible = self.edges.windows(2).filter(|pair| pair[1] > lo && pair[0] < hi);
        let narrowest = visible.map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
        let meets = |at: f64| self.edges.iter().any(|edge| (edge - at).abs() <= 1e-9 * (hi - lo));
        let cut = !(meets(lo) && meets(hi));
        let needed = ((hi - lo) / narrowest * if cut { 2.0 } else { 1.0 } - 1e-6).ceil();
        if needed.is_finite() { (needed as usize).clamp(1, most) } else { most }
    }

    /// The columns with their middle in `from..to`, or the one that reaches over all of it.
    fn between(&self, from: f64, to: f64) -> Range<usize> {
        let before = |at: f64| self.centers.partition_point(|center| *center < at);
        let (start, end) = (before(from), before(to));
        if start < end {
            return start..end;
        }
        let middle = from / 2.0 + to / 2.0;
        let past = self.edges.partition_point(|edge| *edge <= middle);
        let only = past.saturating_sub(1).min(self.order.len().saturating_sub(1));
        only..only + 1
    }
}

fn edges(centers: &[f64]) -> Vec<f64> {
    let (Some(first), Some(last)) = (centers.first(), centers.last()) else { return Vec::new() };
    let half = |gap: Option<&[f64]>| gap.map_or(0.0, |pair| pair[1] / 2.0 - pair[0] / 2.0);
    // A single column, or several in one place, still needs some width.
    let least = if first < last { 0.0 } else { (first.abs() * 1e-9).max(0.5) };
    let mut edges = vec![first - half(centers.windows(2).next()).max(least)];
    edges.extend(centers.windows(2).map(|pair| pair[0] / 2.0 + pair[1] / 2.0));
    edges.push(last + half(centers.windows(2).last()).max(least));
    edges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::model::Axis;

    fn lane(raw: &[f64]) -> Lane {
        Lane::new(raw, &Extent::fit(&Axis::linear("x"), raw.iter().copied()))
    }

    #[test]
    fn even_columns_get_a_pixel_each() {
        let raw: Vec<f64> = (0..1000).map(|n| 0.1 * f64::from(n)).collect();
        let lane = lane(&raw);
        let (pixels, ends) = lane.pixels([-1e9, 1e9], 1024);
        assert_eq!(pixels.len(), 1000);
        assert!(pixels.iter().enumerate().all(|(n, pixel)| *pixel == (n..n + 1)));
        assert!((ends[0] + 0.05).abs() < 1e-9 && (ends[1] - 99.95).abs() < 1e-9);
    }

    #[test]
    fn uneven_columns_keep_their_widths() {
        let (pixels, ends) = lane(&[0.0, 1.0, 2.0, 6.0]).pixels([-10.0, 10.0], 100);
        assert_eq!(ends, [-0.5, 8.0]);
        let widths = [0, 1, 2, 3].map(|n| pixels.iter().filter(|p| p.contains(&n)).count());
        assert_eq!(widths.iter().sum::<usize>(), pixels.len());
        assert!(widths[0] == widths[1] && widths[3] == 4 * widths[0], "{widths:?}");
    }

    #[test]
    fn thinning_and_cropping_lose_no_column_in_sight() {
        let raw: Vec<f64> = (0..5000).map(f64::from).collect();
        let (pixels, _) = lane(&raw).pixels([99.5, 4000.5], 512);
        assert_eq!(pixels.len(), 512);
        assert_eq!((pixels[0].start, pixels[511].end), (100, 4001));
        assert!(pixels.windows(2).all(|pair| pair[0].end == pair[1].start));
    }

    #[test]
    fn a_column_cut_in_half_is_half_as_wide() {
        let (pixels, _) = lane(&[0.0, 50.0, 100.0]).pixels([0.0, 200.0], 99);
        // From 0 to 125 in pieces of 25: the first column reaches from 0 to 25 only.
        assert_eq!(pixels, [0..1, 1..2, 1..2, 2..3, 2..3]);
    }

    #[test]
    fn one_column_and_none_at_all() {
        assert_eq!(lane(&[7.0]).ends(), Some([6.5, 7.5]));
        assert_eq!(lane(&[7.0, 7.0]).pixels([0.0, 10.0], 9).0, [0..1, 0..2], "two in one place");
        assert!(lane(&[]).pixels([0.0, 1.0], 9).0.is_empty());
        assert!(lane(&[f64::NAN]).ends().is_none());
        assert!(lane(&[7.0]).pixels([8.0, 9.0], 9).0.is_empty());
    }
}
