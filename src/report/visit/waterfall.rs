//! The waterfall of a visit: one row a request, its phases end to end, in one `svg` element with
//! text as text.
//!
//! Drawn twice, as all charts of the house: for a desk with the address beside the bar, for a phone
//! above it. Rows get flatter where there are many.

use std::fmt::Write as _;

use url::Url;

use super::super::text::{clean, shorten};
use crate::model::{Metric, Phase, RequestFact, WholeVisit, format};

/// Requests that are drawn; a page with more says how many were left out.
const MOST: usize = 400;
/// Rows from which they are set flatter.
const MANY: usize = 60;

const INK: &str = "#1B1F24";
const SECOND: &str = "#5B626C";
const HAIR: &str = "#E3E6EA";
const FAILED: &str = "#B3261E";
/// Lines under a text do not cross it.
const HALO: &str = "stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\"";

/// Phases in order, with their colour and their word.
const PHASES: [(Phase, &str, &str); 6] = [
    (Phase::Blocked, "#8A9099", "its turn"),
    (Phase::Dns, "#3F9E8C", "name"),
    (Phase::Connect, "#E69F00", "connection"),
    (Phase::Tls, "#B07AA1", "TLS"),
    (Phase::Wait, "#B9CFE0", "server"),
    (Phase::Receive, "#0072B2", "download"),
];

/// For which width it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    Wide,
    Narrow,
}

/// Where things stand, CSS pixels.
struct Plan {
    width: Width,
    /// Of the whole drawing.
    across: f64,
    /// Where time begins.
    left: f64,
    /// Pixels a millisecond.
    scale: f64,
    /// Milliseconds at the right end.
    until: f64,
    /// Height of a row.
    row: f64,
    /// Size of its text.
    size: f64,
    /// Where the marks' lines are.
    marks: Vec<f64>,
}

impl Plan {
    fn new(visit: &WholeVisit, width: Width) -> Self {
        let rows = visit.requests.len();
        let (across, left) = match width {
            Width::Wide => (760.0, 238.0),
            Width::Narrow => (328.0, 0.0),
        };
        let (row, size) = match (width, rows > MANY) {
            (Width::Wide, false) => (19.0, 11.0),
            (Width::Wide, true) => (15.0, 10.0),
            (Width::Narrow, false) => (32.0, 11.5),
            (Width::Narrow, true) => (27.0, 11.0),
        };
        let marks = marks(visit).into_iter().map(|(_, ms, _)| ms);
        let ends = visit.requests.iter().take(MOST).map(RequestFact::last_ms);
        let until = marks.chain(ends).fold(1.0_f64, f64::max) * 1.01;
        let mut plan = Plan {
            width,
            across,
            left,
            scale: (across - left - 2.0) / until,
            until,
            row,
            size,
            marks: Vec::new(),
        };
        let at = self::marks(visit).into_iter();
        plan.marks = at.map(|(_, ms, _)| plan.x(ms)).collect();
        plan
    }

    fn x(&self, ms: f64) -> f64 {
        self.left + ms.clamp(0.0, self.until) * self.scale
    }
}

/// The drawing.
pub(super) fn waterfall(visit: &WholeVisit, width: Width) -> String {
    let plan = Plan::new(visit, width);
    let mut body = String::new();
    let top = key(&mut body, &plan, visit);
    let top = top + flags(&mut body, &plan, visit, top);
    let shown = visit.requests.iter().take(MOST);
    let bottom = top + 16.0 + plan.row * shown.clone().count() as f64;
    axis(&mut body, &plan, top, bottom);
    for (_, ms, colour) in marks(visit) {
        let x = plan.x(ms);
        line(&mut body, (x, top - 4.0), (x, bottom), (colour, 1.2));
    }
    for (i, request) in shown.enumerate() {
        row(&mut body, &plan, request, top + 16.0 + plan.row * i as f64);
    }
    let class = match width {
        Width::Wide => "wide",
        Width::Narrow => "narrow",
    };
    let count = format::count(visit.requests.len() as u64, "request", "requests");
    format!(
        "<svg class=\"chart {class}\" viewBox=\"0 0 {} {}\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\" font-family=\"Inter, sans-serif\"><title>Waterfall of {count}</title>{body}</svg>",
        plan.across,
        (bottom + 4.0).ceil()
    )
}

/// What is said of requests that are not drawn.
pub(super) fn left_out(visit: &WholeVisit) -> Option<String> {
    let more = visit.requests.len().checked_sub(MOST).filter(|&n| n > 0)?;
    Some(format!(
        "The first {MOST} are drawn; {more} more were sent later."
    ))
}

/// Moments of the page: words, milliseconds, colour.
fn marks(visit: &WholeVisit) -> Vec<(&'static str, f64, &'static str)> {
    let of = |metric, words, colour| Some((words, visit.row.values.get(metric)?, colour));
    let mut marks: Vec<_> = [
        of(Metric::Fcp, "first content", "#1F7A6A"),
        of(Metric::Lcp, "main content", "#AD4B00"),
        of(Metric::Load, "load", "#5B626C"),
    ]
    .into_iter()
    .flatten()
    .collect();
    marks.sort_by(|a, b| a.1.total_cmp(&b.1));
    marks
}

/// The key line; gives its height.
fn key(out: &mut String, plan: &Plan, visit: &WholeVisit) -> f64 {
    let (mut x, mut y) = (0.0, 8.0);
    let used = |phase: Phase| {
        let mut spent = visit.requests.iter().filter_map(|r| r.spent(phase));
        spent.any(|ms| ms > 0.0)
    };
    let phases = PHASES.iter().filter(|(phase, ..)| used(*phase));
    let third = visit.requests.iter().any(|r| r.third_party);
    let signs = phases
        .map(|&(_, colour, word)| (colour, word, 16.0))
        .chain(third.then_some((SECOND, "▸ third party", 0.0)));
    for (colour, word, swatch) in signs {
        let wide = swatch + word.chars().count() as f64 * 6.2 + 14.0;
        if x > 0.0 && x + wide > plan.across {
            x = 0.0;
            y += 17.0;
        }
        if swatch > 0.0 {
            rectangle(out, (x, y - 4.0), (11.0, 8.0), colour);
        }
        text(out, (x + swatch, y + 4.0), word, (11.0, SECOND));
        x += wide;
    }
    y + 18.0
}

/// The words at the marks, in lanes so that none touches another; gives their height.
fn flags(out: &mut String, plan: &Plan, visit: &WholeVisit, top: f64) -> f64 {
    let mut lanes: Vec<f64> = Vec::new();
    for (words, ms, colour) in marks(visit) {
        let label = format!("{words} {}", format::seconds(ms));
        let wide = label.chars().count() as f64 * 6.1;
        let x = plan.x(ms);
        let (anchor, from) = if x + wide + 4.0 > plan.across {
            ("end", x - wide)
        } else {
            ("start", x)
        };
        let lane = lanes.iter().position(|&end| from > end + 8.0);
        let lane = lane.unwrap_or_else(|| {
            lanes.push(0.0);
            lanes.len() - 1
        });
        lanes[lane] = from + wide;
        let y = top + lane as f64 * 15.0 + 9.0;
        let _ = write!(
            out,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"11\" font-weight=\"600\" fill=\"{colour}\" text-anchor=\"{anchor}\">{}</text>",
            escape(&label)
        );
    }
    lanes.len() as f64 * 15.0 + 6.0
}

fn axis(out: &mut String, plan: &Plan, top: f64, bottom: f64) {
    let most = match plan.width {
        Width::Wide => 7.0,
        Width::Narrow => 4.0,
    };
    let steps = [1.0, 2.0, 5.0].into_iter();
    let step = (1..7)
        .flat_map(|power| steps.clone().map(move |s| s * 10_f64.powi(power)))
        .find(|step| plan.until / step <= most)
        .unwrap_or(plan.until);
    let mut at = 0.0;
    while at <= plan.until {
        let x = plan.x(at);
        line(out, (x, top + 14.0), (x, bottom), (HAIR, 1.0));
        let label = if step < 1000.0 && plan.until < 2000.0 {
            format!("{at:.0} ms")
        } else {
            format!("{} s", at / 1000.0)
        };
        let wide = label.chars().count() as f64 * 6.0;
        if x + wide < plan.across {
            text(out, (x, top + 8.0), &label, (10.5, SECOND));
        }
        at += step;
    }
}

fn row(out: &mut String, plan: &Plan, request: &RequestFact, y: f64) {
    let failed = request.failed();
    let colour = if failed { FAILED } else { INK };
    let _ = write!(out, "<g>");
    if plan.width == Width::Wide {
        let _ = write!(out, "<title>{}</title>", escape(&whole(request)));
    }
    let (label_y, bar_y, bar, clip) = match plan.width {
        Width::Wide => (
            y + plan.row / 2.0 + 3.6,
            y + 3.0,
            plan.row - 6.0,
            plan.left - 10.0,
        ),
        Width::Narrow => (y + 11.0, y + 15.0, plan.row - 20.0, plan.across),
    };
    // Clipped by an inner `svg`, since nobody knows how wide a text comes out.
    let _ = write!(
        out,
        "<svg x=\"0\" y=\"{y:.1}\" width=\"{clip:.0}\" height=\"{:.0}\">",
        plan.row
    );
    text(
        out,
        (0.0, label_y - y),
        &label(plan, request),
        (plan.size, colour),
    );
    out.push_str("</svg>");
    for (phase, from, to) in request.segments() {
        let Some((_, fill, _)) = PHASES.iter().find(|(p, ..)| *p == phase) else {
            continue;
        };
        let (from, to) = (plan.x(from), plan.x(to));
        let thin = phase == Phase::Blocked;
        let (top, high) = if thin {
            (bar_y + bar / 2.0 - 1.0, 2.0)
        } else {
            (bar_y, bar)
        };
        if to - from > 0.05 {
            rectangle(out, (from, top), ((to - from).max(0.6), high), fill);
        }
    }
    if plan.width == Width::Wide {
        beside(out, plan, request, label_y);
    }
    out.push_str("</g>\n");
}

/// How long it took and how large it was, behind the bar or, where there is no room, before it.
fn beside(out: &mut String, plan: &Plan, request: &RequestFact, y: f64) {
    let took = format::seconds(request.last_ms() - request.start_ms);
    let words = match (&request.error, request.status) {
        (Some(error), _) => format!("failed: {}", shorten(&clean(error), 34)),
        (None, Some(status)) if status >= 400 => format!("{status} · {took}"),
        (None, Some(status)) if (300..400).contains(&status) => format!("{status} · {took}"),
        _ => format!("{took} · {}", format::bytes(request.bytes)),
    };
    let wide = words.chars().count() as f64 * plan.size * 0.56;
    let (from, to) = (plan.x(request.start_ms), plan.x(request.last_ms()));
    let colour = if request.failed() { FAILED } else { SECOND };
    // Behind the bar or before it: where there is room, and better where no mark's line crosses.
    let places = [
        (to + 6.0 + wide < plan.across, to + 4.0, "start", to + 4.0),
        (
            from - wide - 4.0 > plan.left,
            from - 4.0,
            "end",
            from - 4.0 - wide,
        ),
    ];
    let clear = |left: f64| {
        let mut marks = plan.marks.iter();
        !marks.any(|m| *m > left - 1.0 && *m < left + wide + 1.0)
    };
    let fits = || places.iter().filter(|(fits, ..)| *fits);
    let place = fits().find(|(.., left)| clear(*left)).or(fits().next());
    let Some((_, x, anchor, _)) = place else {
        return;
    };
    let _ = write!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{}\" fill=\"{colour}\" text-anchor=\"{anchor}\" {HALO}>{}</text>",
        plan.size - 0.5,
        escape(&words)
    );
}

/// A request by its path; a third party's by its host too.
fn label(plan: &Plan, request: &RequestFact) -> String {
    let longest = match plan.width {
        Width::Wide => 37,
        Width::Narrow => 50,
    };
    let Ok(url) = Url::parse(&request.url) else {
        return shorten(&clean(&request.url), longest);
    };
    let query = url.query().map_or(String::new(), |q| format!("?{q}"));
    let path = format!("{}{query}", url.path());
    let host = url.host_str().unwrap_or_default();
    let name = if request.third_party {
        // The end of a path says more than its middle.
        let rest = longest.saturating_sub(host.chars().count() + 2).max(8);
        format!("▸{host}{}", shorten_front(&path, rest))
    } else {
        shorten_front(&path, longest - 4)
    };
    let status = match (plan.width, request.status, &request.error) {
        (Width::Narrow, _, Some(_)) => "failed ".to_owned(),
        (Width::Narrow, Some(status), _) if status >= 300 => format!("{status} "),
        _ => String::new(),
    };
    clean(&format!("{status}{name}"))
}

fn shorten_front(text: &str, longest: usize) -> String {
    let count = text.chars().count();
    if count <= longest {
        return text.to_owned();
    }
    let tail: String = text.chars().skip(count - longest + 1).collect();
    format!("…{tail}")
}

/// All of a request, for whoever points at it.
fn whole(request: &RequestFact) -> String {
    let mut lines = vec![format!("{} {}", request.method, clean(&request.url))];
    for (phase, _, word) in PHASES {
        if let Some(ms) = request.spent(phase).filter(|&ms| ms >= 0.05) {
            lines.push(format!("{word} {ms:.1} ms"));
        }
    }
    if let Some(priority) = request.detail.as_ref().and_then(|d| d.priority.as_ref()) {
        lines.push(format!("priority {}", clean(priority)));
    }
    lines.join("\n")
}

type Point = (f64, f64);

fn rectangle(out: &mut String, at: Point, size: Point, fill: &str) {
    let _ = write!(
        out,
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{fill}\"/>",
        at.0, at.1, size.0, size.1
    );
}

fn line(out: &mut String, from: Point, to: Point, (colour, width): (&str, f64)) {
    if width > 0.0 {
        let _ = write!(
            out,
            "<path d=\"M{:.1} {:.1}L{:.1} {:.1}\" stroke=\"{colour}\" stroke-width=\"{width}\" fill=\"none\"/>",
            from.0, from.1, to.0, to.1
        );
    }
}

fn text(out: &mut String, at: Point, words: &str, (size, colour): (f64, &str)) {
    let _ = write!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{size}\" fill=\"{colour}\" {HALO}>{}</text>",
        at.0,
        at.1,
        escape(words)
    );
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
