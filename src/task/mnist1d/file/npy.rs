//! One array as `numpy.save` writes it: a header that is a dictionary in Python, then the numbers.
//!
//! A reader of our own because those that there are allocate whatever a header claims (candle's,
//! npyz) or bring an array library with them (ndarray-npy).

use std::io::Read;

/// A header is this long at most; NumPy itself refuses longer ones of files it does not trust.
const MOST_HEADER: usize = 10_000;

/// Dimensions of an array at most, as in NumPy.
const MOST_DIMENSIONS: usize = 64;

/// What an array says of itself.
#[derive(Debug, PartialEq)]
pub(super) struct Header {
    pub(super) shape: Vec<usize>,
    /// Whether the first dimension moves fastest.
    columns_first: bool,
    number: Number,
}

/// How a number is stored.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Number {
    kind: Kind,
    width: usize,
    /// Whether its most significant byte comes first.
    big_endian: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Float,
    Signed,
    Unsigned,
    Bool,
}

impl Header {
    /// Reads what stands before the numbers.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(source: &mut impl Read) -> Result<Self, String> {
        let start: [u8; 8] = array(source)?;
        if !start.starts_with(b"\x93NUMPY") {
            return Err("it does not begin as an array of NumPy".to_owned());
        }
        let length = match start[6] {
            1 => usize::from(u16::from_le_bytes(array(source)?)),
            2 | 3 => u32::from_le_bytes(array(source)?) as usize,
            version => return Err(format!("version {version} of the format is not known")),
        };
        if length > MOST_HEADER {
            return Err(format!("a header of {length} bytes; at most {MOST_HEADER} are read"));
        }
        let mut text = vec![0; length];
        source.read_exact(&mut text).map_err(|error| cut(&error))?;
        let text = std::str::from_utf8(&text).map_err(|_| "its header is no text".to_owned())?;
        Self::parse(text)
    }

    /// Bytes of the numbers, unless they are more than can be counted.
    pub(super) fn bytes(&self) -> Option<u64> {
        let count =
            self.shape.iter().try_fold(1_u64, |count, &size| count.checked_mul(size as u64));
        count?.checked_mul(self.number.width as u64)
    }

    /// Hands on each number with its place in row-major order, and reads to the end of the source.
    ///
    /// # Errors
    /// Fewer or more bytes than the shape says, and what `source` says.
    pub(super) fn each(
        &self,
        source: &mut impl Read,
        mut take: impl FnMut(usize, f64),
    ) -> Result<(), String> {
        let count: usize = self.shape.iter().product();
        let width = self.number.width;
        let mut piece = vec![0; 4096 * width];
        let mut done = 0;
        while done < count {
            let numbers = (count - done).min(4096);
            let bytes = &mut piece[..numbers * width];
            source.read_exact(bytes).map_err(|error| cut(&error))?;
            for (k, bytes) in bytes.chunks_exact(width).enumerate() {
                take(self.place(done + k), self.number.value(bytes));
            }
            done += numbers;
        }
        match source.read(&mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) => Err("it holds more bytes than its shape says".to_owned()),
            Err(error) => Err(cut(&error)),
        }
    }

    /// Place in row-major order of the n-th number stored.
    fn place(&self, n: usize) -> usize {
        if !self.columns_first {
            return n;
        }
        let mut rest = n;
        let mut stride: usize = self.shape.iter().product();
        let mut place = 0;
        for &size in &self.shape {
            stride /= size;
            place += rest % size * stride;
            rest /= size;
        }
        place
    }

    /// `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 40), }`
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "its header is damaged".to_owned();
        let mut rest = text.trim().strip_prefix('{').ok_or_else(wrong)?.trim_start();
        let (mut number, mut order, mut shape) = (None, None, None);
        while !rest.starts_with('}') {
            let (key, after) = quoted(rest).ok_or_else(wrong)?;
            let value = after.trim_start().strip_prefix(':').ok_or_else(wrong)?.trim_start();
            let known = match key {
                "descr" => number.is_some(),
                "fortran_order" => order.is_some(),
                "shape" => shape.is_some(),
                _ => true,
            };
            if known {
                return Err(wrong());
            }
            rest = match key {
                "descr" if value.starts_with('[') => {
                    return Err("it holds records of several fields".to_owned());
                }
                "descr" => {
                    let (word, after) = quoted(value).ok_or_else(wrong)?;
                    number = Some(Number::of(word)?);
                    after
                }
                "fortran_order" => {
                    let word = value.split([',', '}']).next().unwrap_or_default();
                    order = Some(match word.trim_end() {
                        "True" => true,
                        "False" => false,
                        _ => return Err(wrong()),
                    });
                    &value[word.len()..]
                }
                _ => {
                    let (sizes, after) = value
                        .strip_prefix('(')
                        .and_then(|v| v.split_once(')'))
                        .ok_or_else(wrong)?;
                    shape = Some(sizes_of(sizes).ok_or_else(wrong)?);
                    after
                }
            };
            rest = rest.trim_start();
            rest = match rest.strip_prefix(',') {
                Some(after) => after.trim_start(),
                None if rest.starts_with('}') => rest,
                None => return Err(wrong()),
            };
        }
        match (shape, order, number) {
            _ if rest != "}" => Err(wrong()),
            (Some(shape), Some(columns_first), Some(number)) => {
                Ok(Self { shape, columns_first, number })
            }
            _ => Err(wrong()),
        }
    }
}

impl Number {
    /// Of a description in NumPy's words: `<f8`.
    fn of(word: &str) -> Result<Self, String> {
        let mut letters = word.chars();
        let (order, kind) = (letters.next(), letters.next());
        let what = match kind {
            Some('f') => Ok(Kind::Float),
            Some('i') => Ok(Kind::Signed),
            Some('u') => Ok(Kind::Unsigned),
            Some('b') => Ok(Kind::Bool),
            Some('c') => Err("complex numbers"),
            Some('O') => Err("Python objects, which are never unpacked"),
            Some('U' | 'S' | 'a') => Err("texts"),
            Some('M' | 'm') => Err("dates"),
            _ => Err("no numbers"),
        };
        let unknown = || format!("it holds numbers of an unknown kind, {}", quote(word));
        let kind = what.map_err(|what| format!("it holds {what}"))?;
        let width: usize = letters.as_str().parse().map_err(|_| unknown())?;
        let known = match kind {
            Kind::Float => matches!(width, 2 | 4 | 8),
            Kind::Signed | Kind::Unsigned => matches!(width, 1 | 2 | 4 | 8),
            Kind::Bool => width == 1,
        };
        let big_endian = match order {
            Some('>') => true,
            Some('<' | '|') => false,
            _ => return Err(unknown()),
        };
        match known {
            true => Ok(Self { kind, width, big_endian }),
            false if kind == Kind::Float => {
                Err(format!("it holds floating-point numbers of {width} bytes"))
            }
            false => Err(unknown()),
        }
    }

    fn value(self, bytes: &[u8]) -> f64 {
        let mut wide = [0; 8];
        for (to, from) in wide.iter_mut().zip(bytes) {
            *to = *from;
        }
        if self.big_endian {
            wide[..self.width].reverse();
        }
        let bits = u64::from_le_bytes(wide);
        match (self.kind, self.width) {
            (Kind::Float, 8) => f64::from_bits(bits),
            (Kind::Float, 4) => f64::from(f32::from_bits(bits as u32)),
            (Kind::Float, _) => half(bits as u16),
            (Kind::Signed, width) => {
                let unused = 64 - 8 * width;
                ((bits << unused) as i64 >> unused) as f64
            }
            (Kind::Unsigned, _) => bits as f64,
            (Kind::Bool, _) => f64::from(u8::from(bits != 0)),
        }
    }
}

/// The value of a number in half precision.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let fraction = f64::from(bits & 0x3ff) / 1024.0;
    match i32::from(bits >> 10 & 0x1f) {
        0 => sign * fraction * 2_f64.powi(-14),
        31 if fraction > 0.0 => f64::NAN,
        31 => sign * f64::INFINITY,
        exponent => sign * (1.0 + fraction) * 2_f64.powi(exponent - 15),
    }
}

/// A text in quotes without escapes, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|first| matches!(first, '\'' | '"'))?;
    text[1..].split_once(quote)
}

/// `3, 40`, with or without a comma at the end.
fn sizes_of(text: &str) -> Option<Vec<usize>> {
    let text = text.trim();
    let text = text.strip_suffix(',').unwrap_or(text).trim_end();
    if text.is_empty() {
        return Some(Vec::new());
    }
    let size = |word: &str| {
        let word = word.trim();
        // Python 2 wrote long integers so.
        word.strip_suffix('L').unwrap_or(word).parse().ok()
    };
    let sizes: Vec<usize> = text.split(',').map(size).collect::<Option<_>>()?;
    (sizes.len() <= MOST_DIMENSIONS).then_some(sizes)
}

/// The start of a word from a file.
fn quote(word: &str) -> String {
    format!("{:?}", word.chars().take(20).collect::<String>())
}

fn array<const N: usize>(source: &mut impl Read) -> Result<[u8; N], String> {
    let mut bytes = [0; N];
    source.read_exact(&mut bytes).map_err(|error| cut(&error))?;
    Ok(bytes)
}

fn cut(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => "it ends too early".to_owned(),
        _ => format!("it cannot be unpacked: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str, bytes: &[u8]) -> Result<Vec<f64>, String> {
        let header = Header::parse(text)?;
        let mut found = vec![f64::NAN; header.shape.iter().product()];
        header.each(&mut &bytes[..], |place, value| found[place] = value)?;
        Ok(found)
    }

    #[test]
    fn numbers_are_read_in_either_byte_order_and_either_layout() {
        let of = |descr: &str, order: &str, shape: &str| {
            format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({shape}), }}")
        };
        let big = [1.5_f64, -2.0].map(f64::to_be_bytes).concat();
        assert_eq!(values(&of(">f8", "False", "2,"), &big).unwrap(), [1.5, -2.0]);
        let columns: Vec<u8> = (0..6).collect();
        assert_eq!(
            values(&of("|u1", "True", "2, 3"), &columns).unwrap(),
            [0.0, 2.0, 4.0, 1.0, 3.0, 5.0]
        );
        assert_eq!(values(&of("<i2", "False", "1,"), &[0xfe, 0xff]).unwrap(), [-2.0]);
        assert_eq!(values(&of(">i4", "False", "1,"), &[0, 0, 1, 0]).unwrap(), [256.0]);
        assert_eq!(values(&of("|b1", "False", "2,"), &[0, 1]).unwrap(), [0.0, 1.0]);
        // As numpy.float16([0.1, -65504, 6e-8, inf]).view("<u2") says.
        let halves = [0x2e66_u16, 0xfbff, 0x0001, 0x7c00].map(u16::to_le_bytes).concat();
        assert_eq!(
            values(&of("<f2", "False", "4,"), &halves).unwrap(),
            [0.0999755859375, -65504.0, 2_f64.powi(-24), f64::INFINITY]
        );
    }

    #[test]
    fn what_is_no_number_is_refused_by_its_kind() {
        for (descr, words) in [
            ("|O", "Python objects"),
            ("<c8", "complex numbers"),
            ("<U3", "texts"),
            ("<M8[ns]", "dates"),
            ("<f16", "floating-point numbers of 16 bytes"),
            ("<i3", "unknown kind"),
            ("f8", "no numbers"),
        ] {
            let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': (2,)}}");
            let error = Header::parse(&text).unwrap_err();
            assert!(error.contains(words), "{descr}: {error}");
        }
        let fields = "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,)}";
        assert!(Header::parse(fields).unwrap_err().contains("several fields"));
    }

    #[test]
    fn headers_that_claim_too_much_are_refused_before_anything_is_made() {
        let mut huge = b"\x93NUMPY\x02\0".to_vec();
        huge.extend(u32::MAX.to_le_bytes());
        let error = Header::read(&mut huge.as_slice()).unwrap_err();
        assert!(error.starts_with("a header of 4294967295 bytes"), "{error}");
        let shape = "{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 9999999999)}";
        assert_eq!(Header::parse(shape).unwrap().bytes(), None);
        for damaged in [
            "",
            "{",
            "{'descr': '<f8'}",
            "{'descr': '<f8', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
            "{'descr': '<f8', 'fortran_order': 1, 'shape': (2,)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (-2,)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (2,)} x",
        ] {
            assert_eq!(Header::parse(damaged).unwrap_err(), "its header is damaged", "{damaged}");
        }
    }

    #[test]
    fn fewer_and_more_bytes_than_the_shape_says_are_told() {
        let text = "{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}";
        assert_eq!(values(text, &[1, 2]).unwrap_err(), "it ends too early");
        assert!(values(text, &[1, 2, 3, 4]).unwrap_err().contains("more bytes"));
    }
}
