//! The house style of charts: colours, sizes, weights. Sizes are CSS pixels at the sheet's scale.

use plotters::style::RGBColor;

use super::super::scene::Who;

/// Text and axis lines.
pub(super) const INK: RGBColor = RGBColor(0x1b, 0x1f, 0x24);
/// Secondary text.
pub(super) const SECOND: RGBColor = RGBColor(0x5b, 0x62, 0x6c);
/// Grid lines.
pub(super) const HAIR: RGBColor = RGBColor(0xe3, 0xe6, 0xea);
/// Paper.
pub(super) const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);
/// Behind us and whoever is level with us.
pub(super) const BAND: RGBColor = RGBColor(0xee, 0xf4, 0xf9);
/// The zone that people expect.
pub(super) const ZONE: RGBColor = RGBColor(0xf1, 0xf3, 0xf5);
/// The zone of leaders.
pub(super) const ZONE_LEADERS: RGBColor = RGBColor(0xe4, 0xe8, 0xec);
/// What joins two dots.
pub(super) const LINK: RGBColor = RGBColor(0xc9, 0xce, 0xd4);

/// 12.2 pt.
pub(super) const LARGE: f64 = 16.2;
/// 10.2 pt.
pub(super) const BODY: f64 = 13.6;
/// 8.6 pt.
pub(super) const SMALL: f64 = 11.5;

/// Colour of a mark.
pub(super) fn mark(who: Who) -> RGBColor {
    match who {
        Who::Own => RGBColor(0x00, 0x72, 0xb2),
        Who::Best => RGBColor(0xd5, 0x5e, 0x00),
        Who::Other => RGBColor(0x8a, 0x90, 0x99),
    }
}

/// Colour of words: the benchmark's darker than its mark, which would fall short of a contrast of
/// 4.5 to 1 on paper (WCAG 2.2, 1.4.3).
pub(super) fn words(who: Who) -> RGBColor {
    match who {
        Who::Own => RGBColor(0x00, 0x68, 0xa3),
        Who::Best => RGBColor(0xad, 0x4b, 0x00),
        Who::Other => INK,
    }
}

/// Colour of what stands behind a mark: an 80 % interval, or single visits.
pub(super) fn light(who: Who) -> RGBColor {
    match who {
        Who::Own => RGBColor(0x7f, 0xb8, 0xd8),
        Who::Best => RGBColor(0xea, 0xae, 0x7f),
        Who::Other => RGBColor(0xc4, 0xc8, 0xcd),
    }
}

/// A quarter of a mark's colour on paper, for a range behind it.
pub(super) fn quarter(who: Who) -> RGBColor {
    let RGBColor(r, g, b) = mark(who);
    let pale = |c: u8| 255 - (255 - c) / 4;
    RGBColor(pale(r), pale(g), pale(b))
}

/// Lighter than the interval's shade, for what fills more: a ribbon, or the ground of a bar.
pub(super) fn pale(who: Who) -> RGBColor {
    match who {
        Who::Own => RGBColor(0xd6, 0xe6, 0xf2),
        Who::Best => RGBColor(0xf9, 0xe3, 0xd2),
        Who::Other => RGBColor(0xe6, 0xe8, 0xeb),
    }
}
