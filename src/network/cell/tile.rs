//! Rows of gates seen gate by gate, so that loops run over whole vectors however few units a layer
//! has.

use crate::network::real::Real;

/// Rows gathered at a time: of any width, they fill vectors of so many numbers.
const ROWS: usize = 16;

/// From this width on, single rows fill vectors well enough.
const WIDE: usize = 48;

/// Numbers moved at a time.
const CHUNK: usize = 16;

/// `G` gates of `size` numbers a row, a few rows at a time.
pub(super) struct Tile<R, const G: usize> {
    size: usize,
    rows: usize,
    /// The gates of several rows, gate by gate; unused where a tile is a single row, which is so
    /// already.
    gathered: Vec<R>,
}

impl<R: Real, const G: usize> Tile<R, G> {
    /// For a step of `numbers` gates in all.
    #[inline(always)]
    pub(super) fn new(size: usize, numbers: usize) -> Self {
        let single = size >= WIDE || numbers == G * size;
        let rows = if single { 1 } else { ROWS };
        let gathered = vec![R::default(); if single { 0 } else { rows * G * size }];
        Self { size, rows, gathered }
    }

    /// Gates in a tile; the last of a step may have less.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.rows * G * self.size
    }

    /// The gates of a tile, each of all its rows.
    #[inline(always)]
    pub(super) fn load<'a>(&'a mut self, tile: &'a mut [R]) -> [&'a mut [R]; G] {
        let (size, each) = (self.size, tile.len() / G);
        if self.rows == 1 {
            return split(tile, each);
        }
        for (gate, to) in self.gathered[..tile.len()].chunks_exact_mut(each).enumerate() {
            for (row, from) in tile.chunks_exact(G * size).enumerate() {
                copy(&mut to[row * size..], &from[gate * size..], size);
            }
        }
        split(&mut self.gathered[..tile.len()], each)
    }

    /// Puts the gates of a tile back. Rows are written in the order of memory, as [`copy`] needs.
    #[inline(always)]
    pub(super) fn store(&self, tile: &mut [R]) {
        let (size, each) = (self.size, tile.len() / G);
        if self.rows == 1 {
            return;
        }
        for row in 0..each / size {
            for gate in 0..G {
                let to = &mut tile[(row * G + gate) * size..];
                copy(to, &self.gathered[gate * each + row * size..], size);
            }
        }
    }
}

#[inline(always)]
fn split<R, const G: usize>(gates: &mut [R], each: usize) -> [&mut [R]; G] {
    let mut gates = gates.chunks_exact_mut(each);
    std::array::from_fn(|_| gates.next().unwrap_or_default())
}

/// Copies `n` numbers by whole chunks where there is room: up to a chunk too much is written, to
/// be overwritten by what follows in memory.
#[inline(always)]
fn copy<R: Copy>(to: &mut [R], from: &[R], n: usize) {
    for at in (0..n).step_by(CHUNK) {
        let (to, from) = (&mut to[at..], &from[at..]);
        match (to.first_chunk_mut::<CHUNK>(), from.first_chunk::<CHUNK>()) {
            (Some(to), Some(from)) => *to = *from,
            _ => {
                let rest = CHUNK.min(n - at);
                to[..rest].copy_from_slice(&from[..rest]);
            }
        }
    }
}
