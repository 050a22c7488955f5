//! The line a profile is on: round trip, rates and loss, and what of them was achieved.
//!
//! The known lines have the numbers of WebPageTest's connectivity profiles (`connectivity.ini`),
//! which Lighthouse's presets come from too. A label never stands without its numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The numbers behind a network label.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LineNumbers {
    /// Round trip that is added, milliseconds.
    pub rtt_ms: f64,
    /// Rate towards the browser, kbit/s.
    pub down_kbps: f64,
    /// Rate away from the browser, kbit/s.
    pub up_kbps: f64,
    /// Share of packets that are lost and sent again, a round trip later; 0 to 1.
    pub loss: f64,
}

impl LineNumbers {
    const fn new(rtt_ms: f64, down_kbps: f64, up_kbps: f64) -> Self {
        LineNumbers {
            rtt_ms,
            down_kbps,
            up_kbps,
            loss: 0.0,
        }
    }
}

impl fmt::Display for LineNumbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mbit = |kbps: f64| kbps / 1000.0;
        let (down, up) = (mbit(self.down_kbps), mbit(self.up_kbps));
        write!(
            f,
            "{} ms round trip, {down} Mbit/s down, {up} up",
            self.rtt_ms
        )?;
        if self.loss > 0.0 {
            write!(f, ", {} % lost", self.loss * 100.0)?;
        }
        Ok(())
    }
}

/// A line of `[[network]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnNetwork {
    /// Its id.
    pub id: String,
    /// Its numbers.
    pub numbers: LineNumbers,
}

/// Network of a profile. `none` is the line as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// Nothing is shaped.
    None,
    /// WebPageTest "Cable": 28 ms, 5 Mbit/s down, 1 up.
    Cable,
    /// WebPageTest "DSL": 50 ms, 1.5 Mbit/s down, 0.384 up.
    Dsl,
    /// WebPageTest "4G": 170 ms, 9 Mbit/s down, 9 up.
    #[serde(rename = "4g")]
    FourG,
    /// WebPageTest "3G": 300 ms, 1.6 Mbit/s down, 0.768 up.
    #[serde(rename = "3g")]
    ThreeG,
    /// WebPageTest "3G Slow": 400 ms, 0.4 Mbit/s down, 0.4 up.
    Slow3g,
    /// One of the file's own.
    Own(Box<OwnNetwork>),
}

impl Network {
    /// Those that need no `[[network]]`, in the order in which they are listed to people.
    pub const KNOWN: [Network; 6] = [
        Network::None,
        Network::Cable,
        Network::Dsl,
        Network::FourG,
        Network::ThreeG,
        Network::Slow3g,
    ];

    /// The word in the file.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Network::None => "none",
            Network::Cable => "cable",
            Network::Dsl => "dsl",
            Network::FourG => "4g",
            Network::ThreeG => "3g",
            Network::Slow3g => "slow3g",
            Network::Own(own) => &own.id,
        }
    }

    /// What is shaped; `None` where nothing is.
    #[must_use]
    pub fn numbers(&self) -> Option<LineNumbers> {
        Some(match self {
            Network::None => return None,
            Network::Cable => LineNumbers::new(28.0, 5_000.0, 1_000.0),
            Network::Dsl => LineNumbers::new(50.0, 1_500.0, 384.0),
            Network::FourG => LineNumbers::new(170.0, 9_000.0, 9_000.0),
            Network::ThreeG => LineNumbers::new(300.0, 1_600.0, 768.0),
            Network::Slow3g => LineNumbers::new(400.0, 400.0, 400.0),
            Network::Own(own) => own.numbers,
        })
    }

    /// The label with its numbers, for the middle of a sentence.
    #[must_use]
    pub fn described(&self) -> String {
        match self.numbers() {
            None => "network not shaped".to_owned(),
            Some(numbers) => format!("network {} ({numbers})", self.name()),
        }
    }
}

/// By what a line is made. Never by two at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShapedBy {
    /// Nothing: the line as it is.
    #[default]
    Nothing,
    /// Our proxy, which every connection of the browser goes through.
    Proxy,
    /// The browser itself (DevTools `Network.emulateNetworkConditions`): it delays answers, not
    /// connections, and knows no loss.
    DevTools,
}

impl fmt::Display for ShapedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ShapedBy::Nothing => "nothing",
            ShapedBy::Proxy => "our proxy",
            ShapedBy::DevTools => "DevTools",
        })
    }
}

/// What a probe through the proxy found of a line, stored with the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineProbe {
    /// Network label.
    pub network: String,
    /// Lab latency on top, milliseconds.
    pub added_rtt_ms: f64,
    /// What was asked; rates are 0 where none is shaped.
    pub asked: LineNumbers,
    /// Time to connect, milliseconds.
    pub connect_ms: f64,
    /// Round trip of one byte, milliseconds.
    pub rtt_ms: f64,
    /// Rate towards the browser, kbit/s; 0 where none is shaped.
    pub down_kbps: f64,
    /// Rate away from the browser, kbit/s; 0 where none is shaped.
    pub up_kbps: f64,
}

/// How far from what was asked a line may be, as a share.
pub const LINE_TOLERANCE: f64 = 0.10;
/// Times nearer than this are the scheduler's, milliseconds.
const TIMER_MS: f64 = 3.0;

impl LineProbe {
    /// What is more than a tenth away from what was asked, in words; empty when the line is sound.
    #[must_use]
    pub fn off(&self) -> Vec<String> {
        let rtt = self.asked.rtt_ms + self.added_rtt_ms;
        let mut off = Vec::new();
        for (what, asked, got, unit, slack) in [
            ("connect", rtt, self.connect_ms, "ms", TIMER_MS),
            ("round trip", rtt, self.rtt_ms, "ms", TIMER_MS),
            ("down", self.asked.down_kbps, self.down_kbps, "kbit/s", 0.0),
            ("up", self.asked.up_kbps, self.up_kbps, "kbit/s", 0.0),
        ] {
            if (got - asked).abs() > (asked * LINE_TOLERANCE).max(slack) {
                off.push(format!(
                    "{what} {got:.0} {unit} where {asked:.0} were asked"
                ));
            }
        }
        off
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_has_its_numbers_and_the_word_of_the_file() {
        for network in Network::KNOWN {
            let word = serde_json::to_value(&network).unwrap();
            assert_eq!(word, network.name());
        }
        assert_eq!(
            Network::ThreeG.described(),
            "network 3g (300 ms round trip, 1.6 Mbit/s down, 0.768 up)"
        );
    }

    #[test]
    fn a_line_is_off_from_a_tenth_on_and_not_by_a_timers_tick() {
        let mut probe = LineProbe {
            network: "4g".to_owned(),
            added_rtt_ms: 8.0,
            asked: Network::FourG.numbers().unwrap(),
            connect_ms: 179.0,
            rtt_ms: 178.5,
            down_kbps: 8_800.0,
            up_kbps: 9_010.0,
        };
        assert!(probe.off().is_empty());
        probe.down_kbps = 8_000.0;
        probe.rtt_ms = 200.0;
        assert_eq!(
            probe.off(),
            [
                "round trip 200 ms where 178 were asked",
                "down 8000 kbit/s where 9000 were asked"
            ]
        );
    }
}
