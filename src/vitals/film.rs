//! From the pictures of a filmed visit to its film, its Speed Index and when it was visually
//! complete.
//!
//! Source: Patrick Meenan, "Speed Index" (WebPageTest documentation): the area above the curve of
//! visual progress, where the progress of a frame is how far its colour histogram has come from the
//! first frame's to the last's; as WebPageTest's `visualmetrics.py` counts it, near-white pixels
//! left out.

use crate::model::{Film, Frame, Shot};

/// A histogram's neighbours that count as the same colour, for JPEG's sake (visualmetrics.py).
const SLOP: usize = 5;
/// Pixels with every channel at or above this count as white paper (visualmetrics.py).
const WHITE: u8 = 253;
/// From here on a page looks finished: a hundred percent when rounded to a whole one.
const COMPLETE: f64 = 0.995;

/// What a film amounts to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Area above the curve of visual progress, milliseconds.
    pub speed_index: f64,
    /// From when on the page looks as it does in the end, milliseconds after navigation start.
    pub visual_complete: f64,
}

/// Puts pictures on the page's clock: those of the page before are left out but for the last,
/// which is what was to be seen at the start. `origin_ms`: the page's time origin on the wall
/// clock; `end_ms`: end of the quiet window on the page's clock. `None` without a picture that can
/// be read.
#[must_use]
pub fn develop(shots: &[Shot], origin_ms: f64, end_ms: f64) -> Option<Film> {
    let mut frames: Vec<Frame> = Vec::new();
    for shot in shots {
        let at_ms = ((shot.epoch_ms - origin_ms) * 10.0).round() / 10.0;
        if at_ms > end_ms {
            break;
        }
        if at_ms <= 0.0 {
            frames.clear();
        } else if frames.last().is_some_and(|f| f.jpeg == shot.jpeg) {
            continue;
        }
        frames.push(Frame {
            at_ms: at_ms.max(0.0),
            jpeg: shot.jpeg.clone(),
        });
    }
    let last = decode(frames.last()?)?;
    Some(Film {
        width: last.width(),
        height: last.height(),
        frames,
    })
}

/// Speed Index and visual completeness; `None` where nothing was ever drawn.
#[must_use]
pub fn figures(film: &Film) -> Option<Figures> {
    let progress = progress(film)?;
    let mut speed_index = 0.0;
    let mut before = (0.0, 0.0);
    for &(at, done) in &progress {
        speed_index += (at - before.0) * (1.0 - before.1);
        before = (at, done);
    }
    let first_of_the_end = progress
        .iter()
        .rposition(|&(_, done)| done < COMPLETE)
        .map_or(0, |i| i + 1);
    Some(Figures {
        speed_index,
        visual_complete: progress.get(first_of_the_end)?.0,
    })
}

/// Visual progress, 0 to 1, at the time of each frame.
#[must_use]
pub fn progress(film: &Film) -> Option<Vec<(f64, f64)>> {
    let histograms: Option<Vec<Histogram>> = film
        .frames
        .iter()
        .map(|f| decode(f).map(|i| Histogram::of(&i)))
        .collect();
    let histograms = histograms?;
    let (first, last) = (histograms.first()?, histograms.last()?);
    if first == last {
        return None;
    }
    Some(
        film.frames
            .iter()
            .zip(&histograms)
            .map(|(frame, h)| (frame.at_ms, h.progress(first, last)))
            .collect(),
    )
}

fn decode(frame: &Frame) -> Option<image::RgbImage> {
    image::load_from_memory_with_format(&frame.jpeg, image::ImageFormat::Jpeg)
        .ok()
        .map(image::DynamicImage::into_rgb8)
}

/// How many pixels have each value, a channel.
#[derive(Debug, Clone, PartialEq)]
struct Histogram([[u32; 256]; 3]);

impl Histogram {
    fn of(image: &image::RgbImage) -> Self {
        let mut channels = [[0; 256]; 3];
        for pixel in image.pixels() {
            if pixel.0.iter().all(|&v| v >= WHITE) {
                continue;
            }
            for (channel, &v) in channels.iter_mut().zip(&pixel.0) {
                channel[usize::from(v)] += 1;
            }
        }
        Histogram(channels)
    }

    /// How much of the change from `first` to `last` has been made.
    fn progress(&self, first: &Histogram, last: &Histogram) -> f64 {
        let mut shares = Vec::new();
        for channel in 0..3 {
            let changed = |h: &Histogram, i: usize| h.0[channel][i].abs_diff(first.0[channel][i]);
            let mut available: Vec<u32> = (0..256).map(|i| changed(self, i)).collect();
            let (mut wanted_in_all, mut matched) = (0_u64, 0_u64);
            for i in 0..256 {
                let mut wanted = changed(last, i);
                wanted_in_all += u64::from(wanted);
                let near = i.saturating_sub(SLOP)..(i + SLOP).min(256);
                for there in &mut available[near] {
                    let same = wanted.min(*there);
                    *there -= same;
                    wanted -= same;
                    matched += u64::from(same);
                }
            }
            shares.push(if wanted_in_all == 0 {
                1.0
            } else {
                matched as f64 / wanted_in_all as f64
            });
        }
        shares.iter().sum::<f64>() / 3.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A white page of which the upper share is dark.
    fn page(share: f64) -> Vec<u8> {
        let (width, height) = (100, 100);
        let dark = (f64::from(height) * share) as u32;
        let image = image::RgbImage::from_fn(width, height, |_, y| {
            image::Rgb(if y < dark { [20, 60, 90] } else { [255; 3] })
        });
        let mut jpeg = Vec::new();
        image
            .write_to(
                &mut std::io::Cursor::new(&mut jpeg),
                image::ImageFormat::Jpeg,
            )
            .unwrap();
        jpeg
    }

    fn shots(of: &[(f64, f64)]) -> Vec<Shot> {
        of.iter()
            .map(|&(at, share)| Shot {
                epoch_ms: 1_000_000.0 + at,
                jpeg: page(share),
            })
            .collect()
    }

    fn film(of: &[(f64, f64)]) -> Film {
        develop(&shots(of), 1_000_000.0, 10_000.0).unwrap()
    }

    #[test]
    fn speed_index_is_the_area_above_the_curve_of_progress() {
        // Nothing until 500 ms, half until 1,500 ms, all from then on: 500 + 1,000 / 2. JPEG blurs
        // the edge between paper and ink by a few lines of the hundred.
        let figures = figures(&film(&[(-30.0, 0.0), (500.0, 0.48), (1_500.0, 0.96)])).unwrap();
        assert!((figures.speed_index - 1_000.0).abs() < 30.0, "{figures:?}");
        assert_eq!(figures.visual_complete, 1_500.0);
    }

    #[test]
    fn what_is_drawn_and_drawn_over_is_no_progress() {
        let there_and_back = film(&[(0.0, 0.0), (200.0, 0.8), (400.0, 0.4), (900.0, 0.8)]);
        let figures = figures(&there_and_back).unwrap();
        assert_eq!(figures.visual_complete, 900.0);
        assert!(
            (figures.speed_index - (200.0 + 250.0)).abs() < 25.0,
            "{figures:?}"
        );
    }

    #[test]
    fn a_page_that_shows_nothing_has_no_speed_index() {
        assert_eq!(figures(&film(&[(0.0, 0.0), (300.0, 0.0)])), None);
        assert_eq!(develop(&[], 0.0, 1.0), None);
        let broken = Shot {
            epoch_ms: 1.0,
            jpeg: vec![1, 2, 3],
        };
        assert_eq!(develop(&[broken], 0.0, 10.0), None);
    }

    #[test]
    fn the_page_before_is_what_was_to_be_seen_at_the_start_and_the_end_is_the_end() {
        let all = shots(&[
            (-900.0, 0.5),
            (-20.0, 0.0),
            (300.0, 0.4),
            (400.0, 0.4),
            (5_000.0, 0.9),
        ]);
        let film = develop(&all, 1_000_000.0, 4_000.0).unwrap();
        let times: Vec<f64> = film.frames.iter().map(|f| f.at_ms).collect();
        assert_eq!(times, [0.0, 300.0]);
        assert_eq!(film.frames[0].jpeg, page(0.0));
        assert_eq!((film.width, film.height), (100, 100));
    }
}
