//! Cutting a line at the frame of a plot, after Liang and Barsky (1984).

/// The parts of a line inside the rectangle from `lo` to `hi`, in order. Coordinates are finite.
pub fn clip(line: &[[f64; 2]], lo: [f64; 2], hi: [f64; 2]) -> Vec<Vec<[f64; 2]>> {
    let mut parts: Vec<Vec<[f64; 2]>> = Vec::new();
    let mut joined = false;
    for pair in line.windows(2) {
        let Some((from, to)) = visible(pair[0], pair[1], lo, hi) else {
            joined = false;
            continue;
        };
        match parts.last_mut() {
            Some(part) if joined => part.push(to),
            _ => parts.push(vec![from, to]),
        }
        joined = to == pair[1];
    }
    parts
}

/// The visible part of the straight line from `a` to `b`.
fn visible(a: [f64; 2], b: [f64; 2], lo: [f64; 2], hi: [f64; 2]) -> Option<([f64; 2], [f64; 2])> {
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for k in 0..2 {
        let run = b[k] - a[k];
        if run == 0.0 {
            if a[k] < lo[k] || a[k] > hi[k] {
                return None;
            }
            continue;
        }
        let (first, second) = ((lo[k] - a[k]) / run, (hi[k] - a[k]) / run);
        enter = enter.max(first.min(second));
        leave = leave.min(first.max(second));
    }
    // Clamped, because rounding may leave a point a hair outside.
    let inside = |p: [f64; 2]| [p[0].clamp(lo[0], hi[0]), p[1].clamp(lo[1], hi[1])];
    let at = |s: f64| [a[0] + s * (b[0] - a[0]), a[1] + s * (b[1] - a[1])];
    (enter <= leave).then(|| {
        let from = if enter <= 0.0 { a } else { at(enter) };
        let to = if leave >= 1.0 { b } else { at(leave) };
        (inside(from), inside(to))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LO: [f64; 2] = [0.0, 0.0];
    const HI: [f64; 2] = [10.0, 10.0];

    #[test]
    fn a_line_inside_stays_whole() {
        let line = [[1.0, 1.0], [2.0, 9.0], [3.0, 4.0]];
        assert_eq!(clip(&line, LO, HI), [line.to_vec()]);
    }

    #[test]
    fn a_line_that_leaves_and_returns_is_cut_in_two() {
        let line = [[0.0, 5.0], [2.0, 15.0], [4.0, 5.0]];
        let parts = clip(&line, LO, HI);
        assert_eq!(parts, [vec![[0.0, 5.0], [1.0, 10.0]], vec![[3.0, 10.0], [4.0, 5.0]]]);
    }

    #[test]
    fn a_line_across_keeps_its_middle_and_one_outside_vanishes() {
        assert_eq!(clip(&[[5.0, -10.0], [5.0, 20.0]], LO, HI), [vec![[5.0, 0.0], [5.0, 10.0]]]);
        assert!(clip(&[[11.0, 0.0], [12.0, 5.0]], LO, HI).is_empty());
        assert!(clip(&[[1.0, 1.0]], LO, HI).is_empty());
    }
}
