//! Fewer points without losing a peak: what a column of pixels shows is its first, lowest, highest
//! and last point.

use egui::Pos2;

/// Keeps at most four points a column of `width` points. Expects points sorted by x, either way.
pub fn thin(points: impl Iterator<Item = Pos2>, width: f32) -> Vec<Pos2> {
    let mut kept = Vec::new();
    let mut column: Option<Column> = None;
    for point in points {
        match &mut column {
            Some(open) if (point.x - open.first.x).abs() < width => open.add(point),
            _ => {
                if let Some(full) = column.replace(Column::new(point)) {
                    full.close(&mut kept);
                }
            }
        }
    }
    if let Some(last) = column {
        last.close(&mut kept);
    }
    kept
}

/// The points of one column that matter, with the order in which the extremes came.
struct Column {
    first: Pos2,
    lowest: Pos2,
    highest: Pos2,
    last: Pos2,
    lowest_came_first: bool,
    single: bool,
}

impl Column {
    fn new(point: Pos2) -> Self {
        Self {
            first: point,
            lowest: point,
            highest: point,
            last: point,
            lowest_came_first: true,
            single: true,
        }
    }

    fn add(&mut self, point: Pos2) {
        self.single = false;
        self.last = point;
        if point.y < self.lowest.y {
            self.lowest = point;
            self.lowest_came_first = false;
        }
        if point.y > self.highest.y {
            self.highest = point;
            self.lowest_came_first = true;
        }
    }

    fn close(self, kept: &mut Vec<Pos2>) {
        if self.single {
            kept.push(self.first);
            return;
        }
        let (second, third) = if self.lowest_came_first {
            (self.lowest, self.highest)
        } else {
            (self.highest, self.lowest)
        };
        for point in [self.first, second, third, self.last] {
            if kept.last() != Some(&point) {
                kept.push(point);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn a_single_peak_among_ten_thousand_points_survives() {
        let at = |n: usize| pos2(n as f32 * 0.05, if n == 6543 { 99.0 } else { (n % 7) as f32 });
        let kept = thin((0..10_000).map(at), 1.0);
        assert!(kept.len() <= 4 * 501, "{}", kept.len());
        assert!(kept.contains(&at(6543)));
        assert_eq!(kept.first(), Some(&at(0)));
        assert_eq!(kept.last(), Some(&at(9_999)));
    }

    #[test]
    fn few_points_are_left_alone_in_either_direction() {
        let points: Vec<Pos2> = (0..20).map(|n| pos2(n as f32 * 3.0, (n * n) as f32)).collect();
        assert_eq!(thin(points.iter().copied(), 1.0), points);
        let reversed: Vec<Pos2> = points.iter().rev().copied().collect();
        assert_eq!(thin(reversed.iter().copied(), 1.0), reversed);
    }
}
