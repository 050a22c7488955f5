//! What changed, in at most three sentences.

use super::{Cause, Causes};
use crate::model::{Metric, format};

impl Causes {
    /// At most three sentences: how far it moved and where that lies, and the likeliest causes.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let mut out = Vec::new();
        let Some((a, b)) = self.medians else {
            return vec![format!(
                "{} has no values on one side.",
                self.metric.label()
            )];
        };
        let value = |v| format::value(self.metric, v);
        let part = self
            .parts
            .iter()
            .filter(|p| (p.b - p.a) * (b - a) > 0.0 && is_part(p.metric))
            .max_by(|x, y| (x.b - x.a).abs().total_cmp(&(y.b - y.a).abs()));
        let lies = part.map_or_else(String::new, |p| {
            format!(
                ", most of it in {} ({:+.0} ms)",
                p.metric.label(),
                p.b - p.a
            )
        });
        out.push(format!(
            "{} went from {} to {} (medians){lies}.",
            self.metric.label(),
            value(a),
            value(b)
        ));
        let mut told = self.causes.iter().filter(|c| c.explains_ms != 0.0);
        match told.next() {
            Some(first) => out.push(format!("Likely cause: {}.", first.phrase())),
            None => match self.causes.first() {
                Some(first) => out.push(format!(
                    "Nothing found explains it; the largest change besides: {}.",
                    first.phrase()
                )),
                None => out.push("Nothing else changed that was looked at.".to_owned()),
            },
        }
        if let Some(second) = told.next().filter(|c| c.share.is_some_and(|s| s >= 0.1)) {
            out.push(format!("After that: {}.", second.phrase()));
        }
        out
    }
}

fn is_part(metric: Metric) -> bool {
    matches!(
        metric,
        Metric::LcpTtfb
            | Metric::LcpLoadDelay
            | Metric::LcpLoadTime
            | Metric::LcpRenderDelay
            | Metric::Redirect
            | Metric::Dns
            | Metric::Connect
            | Metric::Tls
            | Metric::Wait
            | Metric::Ttfb
    )
}

impl Cause {
    /// Such as `/static/app.js new, +300 kB, 310 ms more busy time (can explain 80 % of it)`.
    #[must_use]
    pub fn phrase(&self) -> String {
        let share = match self.share {
            Some(s) if self.explains_ms != 0.0 => {
                format!(" (can explain {:.0} % of it)", s * 100.0)
            }
            _ => String::new(),
        };
        format!("{} {}{share}", self.what, self.change)
    }
}
