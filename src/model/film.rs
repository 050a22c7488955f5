//! The film of a visit: what its viewport looked like, picture by picture.
//!
//! Only visits of the warm-up round are filmed, so that filming disturbs no timing that counts.
//! What a film amounts to is for `vitals`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A film as it is stored (artefact `film`, JSON). Without a frame there is no film.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Film {
    /// Width of the frames, pixels.
    pub width: u32,
    /// Height of the frames, pixels.
    pub height: u32,
    /// Frames in order of time. The first is what was to be seen when the navigation began; a frame
    /// stands until the next.
    pub frames: Vec<Frame>,
}

/// One picture of a film.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// When it was shown, milliseconds after navigation start.
    pub at_ms: f64,
    /// The picture as JPEG; base64 in JSON.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub jpeg: Vec<u8>,
}

impl Frame {
    /// The picture as the address of an image in a page.
    #[must_use]
    pub fn data_url(&self) -> String {
        format!("data:image/jpeg;base64,{}", STANDARD.encode(&self.jpeg))
    }
}

impl Film {
    /// What was to be seen at a time, milliseconds after navigation start.
    #[must_use]
    pub fn at(&self, ms: f64) -> Option<&Frame> {
        self.frames
            .iter()
            .rev()
            .find(|f| f.at_ms <= ms)
            .or_else(|| self.frames.first())
    }
}

/// A picture as the browser gave it, on the wall clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Shot {
    /// Milliseconds since 1970-01-01 UTC by the browser's clock.
    pub epoch_ms: f64,
    /// The picture as JPEG.
    pub jpeg: Vec<u8>,
}

fn to_base64<S: Serializer>(bytes: &[u8], s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(&STANDARD.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(d)?;
    STANDARD.decode(text).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn film() -> Film {
        let frame = |at_ms, byte| Frame {
            at_ms,
            jpeg: vec![byte],
        };
        Film {
            width: 600,
            height: 400,
            frames: vec![frame(0.0, 1), frame(500.0, 2)],
        }
    }

    #[test]
    fn a_film_is_json_with_pictures_in_base64_and_reads_back() {
        let json = serde_json::to_string(&film()).unwrap();
        insta::assert_snapshot!(json, @r#"{"width":600,"height":400,"frames":[{"at_ms":0.0,"jpeg":"AQ=="},{"at_ms":500.0,"jpeg":"Ag=="}]}"#);
        assert_eq!(serde_json::from_str::<Film>(&json).unwrap(), film());
    }

    #[test]
    fn a_frame_stands_until_the_next() {
        let film = film();
        let seen = [-1.0, 0.0, 499.9, 500.0, 9_000.0].map(|ms| film.at(ms).unwrap().jpeg[0]);
        assert_eq!(seen, [1, 1, 1, 2, 2]);
    }
}
