//! The processor's vectors for both number formats, as far as products need them.

use pulp::Simd;

/// A number that fits into vectors.
pub(crate) trait Lanes: Copy + Default + 'static {
    /// A vector of the processor that `S` stands for.
    type Vector<S: Simd>: Copy;

    /// Numbers in a vector.
    fn lanes<S: Simd>() -> usize;

    /// The same number in every lane.
    fn splat<S: Simd>(simd: S, value: Self) -> Self::Vector<S>;

    /// a · b + c, fused where that is cheap.
    fn mul_add<S: Simd>(
        simd: S,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
        c: Self::Vector<S>,
    ) -> Self::Vector<S>;

    /// The whole vectors at the start of a slice.
    fn vectors<S: Simd>(values: &[Self]) -> &[Self::Vector<S>];

    /// `to += values`, in as many lanes as `to` has room for.
    fn add_to<S: Simd>(simd: S, to: &mut [Self], values: Self::Vector<S>);
}

/// Implements [`Lanes`] by pulp's functions for one format.
macro_rules! lanes {
    ($float:ty, $vector:ident, $lanes:ident, $splat:ident, $mul_add:ident, $add:ident,
     $vectors:ident, $vectors_mut:ident, $load:ident, $store:ident) => {
        impl Lanes for $float {
            type Vector<S: Simd> = S::$vector;

            #[inline(always)]
            fn lanes<S: Simd>() -> usize {
                S::$lanes
            }

            #[inline(always)]
            fn splat<S: Simd>(simd: S, value: Self) -> S::$vector {
                simd.$splat(value)
            }

            #[inline(always)]
            fn mul_add<S: Simd>(
                simd: S,
                a: S::$vector,
                b: S::$vector,
                c: S::$vector,
            ) -> S::$vector {
                simd.$mul_add(a, b, c)
            }

            #[inline(always)]
            fn vectors<S: Simd>(values: &[Self]) -> &[S::$vector] {
                S::$vectors(values).0
            }

            #[inline(always)]
            fn add_to<S: Simd>(simd: S, to: &mut [Self], values: S::$vector) {
                match S::$vectors_mut(to) {
                    ([first, ..], _) => *first = simd.$add(*first, values),
                    ([], rest) => {
                        let sum = simd.$add(simd.$load(rest), values);
                        simd.$store(rest, sum);
                    }
                }
            }
        }
    };
}

lanes!(
    f32,
    f32s,
    F32_LANES,
    splat_f32s,
    mul_add_e_f32s,
    add_f32s,
    as_simd_f32s,
    as_mut_simd_f32s,
    partial_load_f32s,
    partial_store_f32s
);

lanes!(
    f64,
    f64s,
    F64_LANES,
    splat_f64s,
    mul_add_e_f64s,
    add_f64s,
    as_simd_f64s,
    as_mut_simd_f64s,
    partial_load_f64s,
    partial_store_f64s
);
