//! The Box-Muller transform with PyTorch's single-precision functions.
//!
//! PyTorch fills long normal tensors with the vectorised logarithm, sine and cosine of the Cephes
//! library (Moshier), compiled with fused multiply-add. Repeating their coefficients and rounding
//! gives the same bits, on every machine, where the C library's functions are up to 2 ulp off.

/// Values transformed at a time.
pub(super) const BLOCK: usize = 16;

/// Turns [`BLOCK`] uniforms of [0, 1) into normals in place: the first half gives the radii, the
/// second the angles (Box & Muller 1958).
pub(super) fn box_muller(block: &mut [f32]) {
    let (first, second) = block.split_at_mut(BLOCK / 2);
    for (a, b) in first.iter_mut().zip(second) {
        let radius = (-2.0 * ln(1.0 - *a)).sqrt();
        let (sin, cos) = sin_cos(std::f32::consts::TAU * *b);
        *a = radius * cos;
        *b = radius * sin;
    }
}

/// Natural logarithm of x in (0, 1], after Cephes `logf`.
fn ln(x: f32) -> f32 {
    const COEFFICIENTS: [f32; 9] = [
        7.037_683_6e-2,
        -1.151_461e-1,
        1.167_699_84e-1,
        -1.242_014_1e-1,
        1.424_932_3e-1,
        -1.666_805_8e-1,
        2.000_071_5e-1,
        -2.499_999_4e-1,
        3.333_333e-1,
    ];
    /// ln 2 in two parts, the larger exact in few bits.
    const LN_2: (f32, f32) = (0.693_359_4, -2.121_944_4e-4);

    let bits = x.to_bits();
    let mut exponent = ((bits >> 23) as i32 - 126) as f32;
    let mut mantissa = f32::from_bits(bits & 0x007f_ffff | 0x3f00_0000);
    if mantissa < std::f32::consts::FRAC_1_SQRT_2 {
        exponent -= 1.0;
        mantissa = (mantissa - 1.0) + mantissa;
    } else {
        mantissa -= 1.0;
    }
    let square = mantissa * mantissa;
    let [head, rest @ ..] = COEFFICIENTS;
    let poly = rest.iter().fold(head, |sum, &c| sum.mul_add(mantissa, c)) * mantissa;
    let tail = square.mul_add(-0.5, poly.mul_add(square, exponent * LN_2.1));
    exponent.mul_add(LN_2.0, mantissa + tail)
}

/// Sine and cosine of x in [0, 2π), after Cephes `sinf` and `cosf`.
fn sin_cos(x: f32) -> (f32, f32) {
    /// π/4 in three parts, so that subtracting multiples of it loses nothing.
    const QUARTER_PI: [f32; 3] = [0.785_156_25, 2.418_756_5e-4, 3.774_895e-8];

    let octant = ((x * (4.0 / std::f32::consts::PI)) as i32 + 1) & !1;
    let reduced = QUARTER_PI.iter().fold(x, |rest, &part| (octant as f32).mul_add(-part, rest));
    let square = reduced * reduced;

    let cos = 2.443_315_7e-5_f32.mul_add(square, -1.388_731_6e-3).mul_add(square, 4.166_664_6e-2)
        * square;
    let cos = cos.mul_add(square, -(square * 0.5)) + 1.0;
    let sin = (-1.951_529_6e-4_f32).mul_add(square, 8.332_161e-3).mul_add(square, -1.666_665_5e-1)
        * square;
    let sin = sin.mul_add(reduced, reduced);

    let (sin, cos) = if octant & 2 == 0 { (sin, cos) } else { (cos, sin) };
    let sin = if octant & 4 == 0 { sin } else { -sin };
    let cos = if (octant - 2) & 4 == 0 { -cos } else { cos };
    (sin, cos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_within_single_precision_of_the_exact_ones() {
        for i in 1..=10_000u16 {
            let x = f32::from(i) / 10_000.0;
            assert!((f64::from(ln(x)) - f64::from(x).ln()).abs() < 1e-6, "ln {x}");
            let angle = x * 6.25;
            let (sin, cos) = sin_cos(angle);
            assert!((f64::from(sin) - f64::from(angle).sin()).abs() < 1e-6, "sin {angle}");
            assert!((f64::from(cos) - f64::from(angle).cos()).abs() < 1e-6, "cos {angle}");
        }
    }
}
