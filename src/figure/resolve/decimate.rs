//! Long lines with fewer points that look the same.

/// A line reduced to what can be seen where columns are `width` wide: of a run of points within
/// one column only the first, the lowest, the highest and the last stay, in their order. A width
/// of half a pixel leaves every peak in place. Coordinates are finite.
pub fn decimate(line: &[[f64; 2]], width: f64) -> Vec<[f64; 2]> {
    let column = |p: &[f64; 2]| (p[0] / width).floor();
    let runs = line.chunk_by(|a, b| column(a) == column(b));
    runs.flat_map(|run| extremes(run).into_iter().map(|n| run[n])).collect()
}

/// Indices of the first, lowest, highest and last point, in order, each once.
fn extremes(run: &[[f64; 2]]) -> Vec<usize> {
    let by_height = |a: &usize, b: &usize| run[*a][1].total_cmp(&run[*b][1]);
    let lowest = (0..run.len()).min_by(by_height);
    let highest = (0..run.len()).max_by(by_height);
    let mut kept: Vec<usize> =
        [Some(0), lowest, highest, run.len().checked_sub(1)].into_iter().flatten().collect();
    kept.sort_unstable();
    kept.dedup();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_ends_and_sparse_lines_stay() {
        let mut line: Vec<[f64; 2]> = (0..10_000).map(|n| [f64::from(n), 0.0]).collect();
        (line[1234][1], line[1240][1]) = (7.0, -7.0);
        let short = decimate(&line, 100.0);
        assert!(short.len() <= 400);
        assert_eq!((short[0], short[short.len() - 1]), (line[0], line[9999]));
        assert!(short.contains(&line[1234]) && short.contains(&line[1240]));
        assert!(short.windows(2).all(|pair| pair[0][0] < pair[1][0]));
        assert_eq!(decimate(&line[..50], 0.5), line[..50]);
        assert!(decimate(&[], 1.0).is_empty());
    }
}
