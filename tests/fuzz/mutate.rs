//! Mutants of a corpus: the same in every run.

/// Numbers that look random and are the same in every run (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `sides`, which is not 0.
    pub fn throw(&mut self, sides: usize) -> usize {
        (self.next() >> 32) as usize % sides
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.throw(from.len())]
    }
}

/// Numbers at which lengths, offsets and counts go wrong.
const NUMBERS: [u64; 12] = [
    0,
    1,
    0x7f,
    0xff,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0xffff_ffff,
    1 << 40,
    1 << 62,
    i64::MAX as u64,
    u64::MAX,
];

/// Pieces of the formats, and what text may hold.
const WORDS: [&[u8]; 40] = [
    b"0",
    b"-1",
    b"1e999",
    b"nan",
    b"inf",
    b"18446744073709551616",
    b"1e-400",
    b"0x10",
    b",",
    b"\n",
    b"\r\n",
    b"\"",
    b"\\",
    b"[",
    b"]",
    b"{",
    b"}",
    b"(",
    b")",
    b":",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"Some(",
    b"None",
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xae",
    b"\x1b[31m",
    b"PK\x01\x02",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x80\x02",
    b"weight_hh_l0",
    b"weight_ih_l1",
    b"F64",
    b"BF16",
    b"data_offsets",
];

/// A mutant of one of these inputs, which are not empty a list, of at most `most` bytes.
pub fn mutant(dice: &mut Dice, corpus: &[Vec<u8>], most: usize) -> Vec<u8> {
    let mut bytes = corpus[dice.throw(corpus.len())].clone();
    for _ in 0..=dice.throw(4) {
        let other = &corpus[dice.throw(corpus.len())];
        change(dice, &mut bytes, other);
    }
    bytes.truncate(most);
    bytes
}

/// A stretch of so many bytes: often a short one.
fn stretch(dice: &mut Dice, length: usize) -> std::ops::Range<usize> {
    if length == 0 {
        return 0..0;
    }
    let begin = dice.throw(length);
    let most = if dice.throw(3) > 0 { (length - begin).min(16) } else { length - begin };
    begin..begin + 1 + dice.throw(most)
}

fn change(dice: &mut Dice, bytes: &mut Vec<u8>, other: &[u8]) {
    let place = stretch(dice, bytes.len());
    let at = place.start;
    match dice.throw(10) {
        0 if !bytes.is_empty() => bytes[at] ^= 1 << dice.throw(8),
        1 if !bytes.is_empty() => bytes[at] = dice.throw(256) as u8,
        2 => drop(bytes.drain(place)),
        3 => {
            // The same again, up to 64 times.
            let again = bytes[place].repeat(1 << dice.throw(7));
            bytes.splice(at..at, again);
        }
        4 => {
            let piece = &other[stretch(dice, other.len())];
            bytes.splice(place, piece.iter().copied());
        }
        5 => drop(bytes.splice(at..at, dice.pick(&WORDS).iter().copied())),
        6 => drop(bytes.splice(place, dice.pick(&WORDS).iter().copied())),
        7 => {
            let number = NUMBERS[dice.throw(NUMBERS.len())].to_le_bytes();
            let width = [1, 2, 4, 8][dice.throw(4)].min(bytes.len() - at);
            bytes[at..at + width].copy_from_slice(&number[..width]);
        }
        8 => number(dice, bytes, at),
        _ => bytes.truncate(at + 1),
    }
}

/// Puts another number in the place of the next one that is written in digits.
fn number(dice: &mut Dice, bytes: &mut Vec<u8>, from: usize) {
    let Some(begin) = bytes[from..].iter().position(u8::is_ascii_digit) else { return };
    let begin = from + begin;
    let length = bytes[begin..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let other = NUMBERS[dice.throw(NUMBERS.len())].to_string();
    bytes.splice(begin..begin + length, other.into_bytes());
}

#[test]
fn mutants_differ_and_are_the_same_in_every_run() {
    let corpus = [b"size,12\n".repeat(4), b"{\"shape\":[3,4]}".to_vec()];
    let run = || {
        let mut dice = Dice(5);
        (0..200).map(|_| mutant(&mut dice, &corpus, 100)).collect::<Vec<_>>()
    };
    let mutants = run();
    assert_eq!(mutants, run());
    let different: std::collections::HashSet<_> = mutants.iter().collect();
    assert!(different.len() > 150, "{}", different.len());
    assert!(mutants.iter().all(|mutant| mutant.len() <= 100));
}
