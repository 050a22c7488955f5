//! Loads and nights as the design simulated them: nine kinds of noise, stored sessions, six sites.
//!
//! Where the design names no noise beside a scenario's own, 9 % is taken (5 % beside two modes,
//! 12 % beside outliers), which gives pairs of about the same cost; the mix of all is halved.

use super::history::Noise;

/// A kind of noise, and what the design found: false alarms, found at +5, +10 and +20 %, pairs
/// without a change.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) design: [f64; 5],
    kind: Kind,
}

#[derive(Clone, Copy, Default)]
struct Kind {
    /// Plain noise of each load.
    sd: f64,
    /// Share of loads with an exponential tail of mean .40 more.
    tail: f64,
    /// Share of loads that are 25 % slower.
    slow: f64,
    /// Height of a slow sine.
    drift: f64,
    /// Noise that neighbouring loads share, autocorrelated by .9.
    shared: f64,
    /// Share of loads that take 3 to 8 times as long.
    outliers: f64,
    /// How much faster the second load of a pair is.
    second: f64,
}

/// Some of everything, each half as strong.
const MIX: Kind = Kind {
    sd: 0.06,
    tail: 0.05,
    slow: 0.15,
    drift: 0.05,
    shared: 0.05,
    outliers: 0.02,
    second: 0.02,
};

/// The nine scenarios of the design.
pub(crate) fn all() -> Vec<Scenario> {
    let mut all = Vec::with_capacity(9);
    let mut add = |name, sd, change: fn(&mut Kind), design| {
        let mut kind = Kind {
            sd,
            ..Kind::default()
        };
        change(&mut kind);
        all.push(Scenario { name, design, kind });
    };
    let none: fn(&mut Kind) = |_| {};
    add("quiet", 0.03, none, [0.002, 0.92, 1.0, 1.0, 11.0]);
    add("lognormal", 0.12, none, [0.042, 0.46, 0.93, 1.0, 25.0]);
    let heavy = [0.038, 0.43, 0.89, 1.0, 26.0];
    add("heavy tail", 0.10, |k| k.tail = 0.1, heavy);
    let modes = [0.042, 0.45, 0.91, 1.0, 26.0];
    add("two modes", 0.05, |k| k.slow = 0.35, modes);
    let drift = [0.029, 0.66, 0.99, 1.0, 18.0];
    add("drift", 0.09, |k| k.drift = 0.1, drift);
    let shared = [0.032, 0.61, 0.99, 1.0, 19.0];
    add("shared", 0.09, |k| k.shared = 0.1, shared);
    let outliers = [0.043, 0.48, 0.92, 1.0, 26.0];
    add("outliers", 0.12, |k| k.outliers = 0.04, outliers);
    add("mix", 0.0, |k| *k = MIX, [0.042, 0.46, 0.92, 1.0, 26.0]);
    let second = [0.035, 0.64, 0.99, 1.0, 19.0];
    add("second faster", 0.09, |k| k.second = 0.04, second);
    all
}

/// The loads of one check, pair by pair.
pub(crate) struct Loads {
    kind: Kind,
    at: f64,
    shared: f64,
    /// The side that goes first in the second pair of a block is that which went second.
    first_was_candidate: Option<bool>,
}

impl Scenario {
    pub(crate) fn loads(&self, noise: &mut Noise) -> Loads {
        Loads {
            kind: self.kind,
            at: noise.uniform() * std::f64::consts::TAU,
            shared: noise.draw(self.kind.shared),
            first_was_candidate: None,
        }
    }
}

impl Loads {
    /// ln of a pair's times over the base: baseline and candidate, in permuted blocks of two.
    pub(crate) fn pair(&mut self, noise: &mut Noise) -> (f64, f64) {
        let first = self.one(noise);
        let second = self.one(noise) - self.kind.second;
        let candidate_first = match self.first_was_candidate.take() {
            Some(before) => !before,
            None => {
                let drawn = noise.uniform() < 0.5;
                self.first_was_candidate = Some(drawn);
                drawn
            }
        };
        if candidate_first {
            (second, first)
        } else {
            (first, second)
        }
    }

    fn one(&mut self, noise: &mut Noise) -> f64 {
        let kind = self.kind;
        self.at += 0.1;
        // The step that keeps the variance.
        self.shared = 0.9 * self.shared + noise.draw(kind.shared * (1.0_f64 - 0.81).sqrt());
        let mut x = noise.draw(kind.sd) + self.shared + kind.drift * self.at.sin();
        if noise.uniform() < kind.tail {
            x -= 0.40 * (1.0 - noise.uniform()).ln();
        }
        if noise.uniform() < kind.slow {
            x += 1.25_f64.ln();
        }
        if noise.uniform() < kind.outliers {
            x += (3.0 + 5.0 * noise.uniform()).ln();
        }
        x
    }
}

/// Values that resemble their neighbours: AR(1) with this `phi` and standard deviation.
pub(crate) struct Nights {
    phi: f64,
    sd: f64,
    now: f64,
}

impl Nights {
    pub(crate) fn new(phi: f64, sd: f64, noise: &mut Noise) -> Self {
        let now = noise.draw(sd);
        Nights { phi, sd, now }
    }

    pub(crate) fn next(&mut self, noise: &mut Noise) -> f64 {
        self.now = self.phi * self.now + noise.draw(self.sd * (1.0 - self.phi.powi(2)).sqrt());
        self.now
    }
}
