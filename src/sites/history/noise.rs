//! Chance that is a function of its key: the same on every machine, in any order.

/// A seeded source.
pub(super) struct Noise {
    seed: u64,
}

impl Noise {
    /// The source of a seed.
    pub(super) fn new(seed: u64) -> Self {
        Noise { seed }
    }

    /// Even bits of a key, by the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
    fn bits(&self, key: &[u64]) -> u64 {
        key.iter().fold(mix(self.seed), |state, k| {
            mix(state ^ k.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        })
    }

    /// Between 0 and 1.
    pub(super) fn uniform(&self, key: &[u64]) -> f64 {
        (self.bits(key) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Mean 0 and variance 1, nearly normal: twelve uniform numbers less six (Irwin and Hall). Only
    /// sums, so that no mathematics library can differ.
    pub(super) fn normal(&self, key: &[u64]) -> f64 {
        let mut state = self.bits(key);
        let mut sum = 0.0;
        for _ in 0..12 {
            state = mix(state.wrapping_add(0x9e37_79b9_7f4a_7c15));
            sum += (state >> 11) as f64 / (1u64 << 53) as f64;
        }
        sum - 6.0
    }
}

fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Neighbouring nights are alike: an autoregressive chain of first order.
pub(super) struct Chain {
    memory: f64,
    size: f64,
    now: f64,
}

impl Chain {
    /// A chain with this share of the night before in it, and this standard deviation a step.
    pub(super) fn new(memory: f64, size: f64) -> Self {
        Chain {
            memory,
            size,
            now: 0.0,
        }
    }

    /// The next night's value.
    pub(super) fn next(&mut self, normal: f64) -> f64 {
        self.now = self.memory * self.now + self.size * normal;
        self.now
    }
}
