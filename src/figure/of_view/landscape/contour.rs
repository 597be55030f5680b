//! Where values on a grid change sign, as lines (marching squares).

use std::collections::BTreeMap;

/// Values larger than this are as good as infinite: a decimal logarithm never is.
const LARGEST: f64 = 1e3;

/// An edge of the grid: from row and column, along the row or else up the column.
type Edge = (usize, usize, bool);

/// The lines along which `value(row, column)`, linear between neighbours, is zero. Squares with a
/// corner that is NaN have none.
pub(super) fn zero_lines(
    x: &[f64],
    y: &[f64],
    value: impl Fn(usize, usize) -> f64,
) -> Vec<Vec<[f64; 2]>> {
    let value = |row: usize, column: usize| value(row, column).clamp(-LARGEST, LARGEST);
    let links = links([y.len(), x.len()], value);
    let point = |&(row, column, along): &Edge| {
        let (up, right) = if along { (row, column + 1) } else { (row + 1, column) };
        let (from, to) = (value(row, column), value(up, right));
        let part = from / (from - to);
        let between = |axis: &[f64], a: usize, b: usize| axis[a] + part * (axis[b] - axis[a]);
        [between(x, column, right), between(y, row, up)]
    };
    chains(links).iter().map(|chain| chain.iter().map(point).collect()).collect()
}

/// Which crossed edges of the grid are joined inside some square.
fn links(
    [rows, columns]: [usize; 2],
    value: impl Fn(usize, usize) -> f64,
) -> BTreeMap<Edge, Vec<Edge>> {
    let mut links: BTreeMap<Edge, Vec<Edge>> = BTreeMap::new();
    let mut join = |a: Edge, b: Edge| {
        links.entry(a).or_default().push(b);
        links.entry(b).or_default().push(a);
    };
    for row in 1..rows {
        for column in 1..columns {
            let (below, left) = (row - 1, column - 1);
            let corners = [(below, left), (below, column), (row, column), (row, left)];
            let values = corners.map(|(row, column)| value(row, column));
            if values.iter().any(|value| value.is_nan()) {
                continue;
            }
            let high = values.map(|value| value > 0.0);
            let bottom = (below, left, true);
            let right = (below, column, false);
            let top = (row, left, true);
            let side = (below, left, false);
            let edges = [bottom, right, top, side];
            let crossed: Vec<Edge> =
                (0..4).filter(|k| high[*k] != high[(k + 1) % 4]).map(|k| edges[k]).collect();
            if let [a, b] = crossed[..] {
                join(a, b);
            } else if crossed.len() == 4 {
                // A saddle: its middle says which two corners belong together.
                let middle = values.iter().sum::<f64>() > 0.0;
                let pairs = if middle == high[0] {
                    [(bottom, right), (top, side)]
                } else {
                    [(side, bottom), (right, top)]
                };
                pairs.into_iter().for_each(|(a, b)| join(a, b));
            }
        }
    }
    links
}

/// Follows the links: first the lines with ends, then those that close.
fn chains(mut links: BTreeMap<Edge, Vec<Edge>>) -> Vec<Vec<Edge>> {
    let mut chains = Vec::new();
    loop {
        let end = links.iter().find(|(_, next)| next.len() == 1).or_else(|| links.iter().next());
        let Some((&start, _)) = end else { return chains };
        let mut chain = vec![start];
        let mut at = start;
        while let Some(next) = links.get_mut(&at).and_then(Vec::pop) {
            if links.get(&at).is_some_and(Vec::is_empty) {
                links.remove(&at);
            }
            if let Some(back) = links.get_mut(&next) {
                if let Some(place) = back.iter().position(|edge| *edge == at) {
                    back.remove(place);
                }
                if back.is_empty() {
                    links.remove(&next);
                }
            }
            chain.push(next);
            at = next;
        }
        chains.push(chain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn axis(n: usize) -> Vec<f64> {
        (0..n).map(|n| n as f64).collect()
    }

    #[test]
    fn a_slope_is_crossed_once_from_edge_to_edge() {
        let lines = zero_lines(&axis(5), &axis(4), |_, column| column as f64 - 1.75);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].len(), 4);
        assert!(lines[0].iter().all(|point| point[0] == 1.75), "{lines:?}");
    }

    #[test]
    fn a_hill_is_gone_around() {
        let distance = |row: usize, column: usize| (row as f64 - 10.0).hypot(column as f64 - 10.0);
        let lines = zero_lines(&axis(21), &axis(21), |row, column| 6.5 - distance(row, column));
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last(), "closed");
        for [x, y] in &lines[0] {
            assert!(((x - 10.0).hypot(y - 10.0) - 6.5).abs() < 0.05, "{x} {y}");
        }
    }

    #[test]
    fn saddles_infinities_and_gaps() {
        let saddle = [[1.0, -1.0], [-1.0, 1.0]];
        assert_eq!(zero_lines(&axis(2), &axis(2), |row, column| saddle[row][column]).len(), 2);
        let steep = |_: usize, column: usize| [-1.0, f64::INFINITY][column];
        let near = &zero_lines(&axis(2), &axis(2), steep)[0];
        assert!(near.iter().all(|point| point[0] > 0.0 && point[0] < 0.01), "{near:?}");
        assert!(zero_lines(&axis(2), &axis(2), |row, _| [f64::NAN, 1.0][row]).is_empty());
        assert!(zero_lines(&[], &[], |_, _| 0.0).is_empty());
        assert!(zero_lines(&axis(3), &axis(3), |_, _| 0.0).is_empty(), "nowhere to cross");
    }

    proptest! {
        /// Every crossed edge between whole squares is in just one line, and nothing else is.
        #[test]
        fn each_crossing_is_in_one_line(values in prop::collection::vec(-2.0f64..2.0, 30)) {
            let value = |row: usize, column: usize| values[row * 6 + column];
            let high = |row: usize, column: usize| value(row, column) > 0.0;
            let along = (0..5).flat_map(|r| (0..5).map(move |c| ((r, c), (r, c + 1))));
            let up = (0..4).flat_map(|r| (0..6).map(move |c| ((r, c), (r + 1, c))));
            let crossed = along.chain(up).filter(|(a, b)| high(a.0, a.1) != high(b.0, b.1)).count();
            let lines = zero_lines(&axis(6), &axis(5), value);
            let closed = lines.iter().filter(|line| line.first() == line.last()).count();
            let points: usize = lines.iter().map(Vec::len).sum();
            prop_assert_eq!(points - closed, crossed);
            for [x, y] in lines.concat() {
                prop_assert!((0.0..=5.0).contains(&x) && (0.0..=4.0).contains(&y));
            }
        }
    }
}
