//! The two number formats, and the functions that the cells need in a form that vectorises.

use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub};

use candle_core::WithDType;

use super::kernel::Lanes;

/// f32 or f64.
pub(crate) trait Real:
    WithDType
    + Lanes
    + Default
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + std::ops::Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + MulAssign
{
    const ONE: Self;
    const TWO: Self;
    const HALF: Self;

    /// self · a + b, fused where `FMA` says that the processor can.
    fn mul_add_if<const FMA: bool>(self, a: Self, b: Self) -> Self;

    /// √self.
    fn root(self) -> Self;

    /// |self|.
    fn magnitude(self) -> Self;

    /// The magnitude of self with the sign of `sign`.
    fn with_sign(self, sign: Self) -> Self;

    /// (exp(x) - 1, exp(x)) for x <= 0, within 2 ulp, NaN staying NaN.
    fn exp_m1_and_exp<const FMA: bool>(self) -> (Self, Self);

    /// tanh, accurate near zero and, because 1 - tanh² needs it, where it saturates.
    #[inline(always)]
    fn tanh_fast<const FMA: bool>(self) -> Self {
        let (exp_m1, exp) = (self.magnitude() * -Self::TWO).exp_m1_and_exp::<FMA>();
        let near_zero = exp_m1 > Self::HALF - Self::ONE;
        let numerator = if near_zero { -exp_m1 } else { Self::TWO * exp };
        let quotient = numerator / (Self::TWO + exp_m1);
        (if near_zero { quotient } else { Self::ONE - quotient }).with_sign(self)
    }

    /// The logistic function 1 / (1 + exp(-x)), accurate in both tails.
    #[inline(always)]
    fn sigmoid_fast<const FMA: bool>(self) -> Self {
        let (_, exp) = (-self.magnitude()).exp_m1_and_exp::<FMA>();
        let low = exp / (Self::ONE + exp);
        // Compared with >=, NaN takes the low branch and stays NaN.
        if self >= Self::default() { Self::ONE - low } else { low }
    }
}

/// Implements [`Real`]: exp by reduction x = n ln 2 + r, |r| <= ln 2 / 2, a Taylor polynomial for
/// exp(r) - 1, and 2^n put together from bits in two halves, so that subnormal results come out.
macro_rules! real {
    ($float:ty, $mantissa_bits:literal, $bias:literal, $clamp:literal, $ln2:expr, $taylor:expr) => {
        impl Real for $float {
            const ONE: Self = 1.0;
            const TWO: Self = 2.0;
            const HALF: Self = 0.5;

            #[inline(always)]
            fn mul_add_if<const FMA: bool>(self, a: Self, b: Self) -> Self {
                if FMA { self.mul_add(a, b) } else { self * a + b }
            }

            #[inline(always)]
            fn root(self) -> Self {
                self.sqrt()
            }

            #[inline(always)]
            fn magnitude(self) -> Self {
                self.abs()
            }

            #[inline(always)]
            fn with_sign(self, sign: Self) -> Self {
                self.copysign(sign)
            }

            #[inline(always)]
            fn exp_m1_and_exp<const FMA: bool>(self) -> (Self, Self) {
                /// Adding and subtracting this rounds to an integer, whose value then sits in
                /// the low bits.
                const ROUND: $float = 1.5 * (1u64 << $mantissa_bits) as $float;
                const LN_2: ($float, $float) = $ln2;

                // Below this exp is 0; the comparison lets NaN through.
                let x = if self < $clamp { $clamp } else { self };
                let shifted = x.mul_add_if::<FMA>(std::f64::consts::LOG2_E as $float, ROUND);
                let n = shifted - ROUND;
                let r = n.mul_add_if::<FMA>(-LN_2.1, n.mul_add_if::<FMA>(-LN_2.0, x));

                let [head, rest @ ..] = $taylor;
                let mut poly = head;
                for coefficient in rest {
                    poly = poly.mul_add_if::<FMA>(r, coefficient);
                }
                let poly = (poly * r).mul_add_if::<FMA>(r, r);

                let half = (n * 0.5 + ROUND) - ROUND;
                let (first, second) = (power_of_two(half), power_of_two(n - half));
                let scale = first * second;
                let exp_m1 = scale.mul_add_if::<FMA>(poly, scale - 1.0);
                let exp = (1.0 + poly) * first * second;
                return (exp_m1, exp);

                /// 2^n for a small whole n.
                #[inline(always)]
                fn power_of_two(n: $float) -> $float {
                    let low_bits = (n + (ROUND + $bias)).to_bits();
                    <$float>::from_bits(low_bits << $mantissa_bits)
                }
            }
        }
    };
}

real!(
    f64,
    52,
    1023.0,
    -800.0,
    // ln 2 split so that n times the first part is exact (fdlibm).
    (6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10),
    [
        1.0 / 6_227_020_800.0,
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
    ]
);

real!(
    f32,
    23,
    127.0,
    -120.0,
    (6.931_457_5e-1, 1.428_606_8e-6),
    [1.0 / 5_040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5]
);

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> impl Iterator<Item = f64> {
        let fine = (-4000..=4000).map(|i| f64::from(i) / 100.0);
        fine.chain([1e-300, -1e-300, 1e-9, 709.0, -709.0, -740.0, 1e300, -1e300, 0.0])
    }

    #[test]
    fn f64_functions_agree_with_libm_to_four_ulp() {
        for x in grid() {
            for tanh in [x.tanh_fast::<true>(), x.tanh_fast::<false>()] {
                assert!((tanh - x.tanh()).abs() <= 4.0 * f64::EPSILON * x.tanh().abs(), "{x}");
            }
            let exact = if x >= 0.0 { 1.0 / (1.0 + (-x).exp()) } else { x.exp() / (1.0 + x.exp()) };
            for sigmoid in [x.sigmoid_fast::<true>(), x.sigmoid_fast::<false>()] {
                let allowed = 4.0 * f64::EPSILON * exact + 1e-323;
                assert!((sigmoid - exact).abs() <= allowed, "{x}: {sigmoid} for {exact}");
            }
        }
    }

    #[test]
    fn f32_functions_agree_with_libm_to_four_ulp() {
        for x in grid().map(|x| x as f32) {
            let exact = f64::from(x).tanh();
            let off = (f64::from(x.tanh_fast::<true>()) - exact).abs();
            assert!(off <= 4.0 * f64::from(f32::EPSILON) * exact.abs(), "tanh {x}");
            let exact = 1.0 / (1.0 + (-f64::from(x)).exp());
            let off = (f64::from(x.sigmoid_fast::<true>()) - exact).abs();
            assert!(off <= 4.0 * f64::from(f32::EPSILON) * exact + 1e-44, "sigmoid {x}");
        }
    }

    #[test]
    fn limits_and_nan_come_out() {
        assert_eq!(f64::INFINITY.tanh_fast::<true>(), 1.0);
        assert_eq!(f64::NEG_INFINITY.tanh_fast::<true>(), -1.0);
        assert_eq!(f32::NEG_INFINITY.sigmoid_fast::<true>(), 0.0);
        assert_eq!(f64::INFINITY.sigmoid_fast::<false>(), 1.0);
        assert!(f64::NAN.tanh_fast::<true>().is_nan());
        assert!(f32::NAN.sigmoid_fast::<true>().is_nan());
    }
}
