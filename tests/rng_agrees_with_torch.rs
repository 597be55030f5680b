//! Random draws equal PyTorch's: reference words, uniforms and normals for two seeds.

mod common;

use common::{floats, json};
use rand::Rng;
use rnnscope::rng::Generator;

#[test]
fn words_uniforms_and_normals_equal_the_reference() {
    let reference = json("torch_rng.json");
    for seed in [0u64, 123] {
        let expected = &reference[seed.to_string()];
        let words = floats(&expected["u32_first8"]);
        let mut generator = Generator::seeded(seed);
        for word in words {
            assert_eq!(f64::from(generator.next_u32()), word, "seed {seed}");
        }

        let uniforms = floats(&expected["uniform01_first8"]);
        let mut generator = Generator::seeded(seed);
        for uniform in uniforms {
            assert_eq!(generator.uniform_f32(0.0, 1.0), uniform as f32, "seed {seed}");
        }

        for (name, n) in [("randn10", 10), ("randn40", 40), ("randn320_first8", 320)] {
            let drawn = Generator::seeded(seed).randn(n);
            for (i, (&found, expected)) in drawn.iter().zip(floats(&expected[name])).enumerate() {
                assert_eq!(found, expected as f32, "{name}[{i}], seed {seed}");
            }
        }
    }
}
