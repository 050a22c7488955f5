//! Which keys each table of `targets.toml` knows, and which it will know later.
//!
//! The schema for editors lists the same keys; a test holds the two together. A key that is
//! planned but not built is refused by name: accepted and without effect it would be a lie.

use super::suggest::quoted;

/// A key that is planned, why it is refused today and what to write instead.
pub(super) struct Later {
    pub(super) key: &'static str,
    pub(super) effect: &'static str,
    pub(super) instead: &'static str,
}

/// The keys of one table.
pub(super) struct Keys {
    /// How the table is written, for messages.
    pub(super) title: &'static str,
    pub(super) known: &'static [&'static str],
    pub(super) later: &'static [Later],
}

impl Keys {
    /// The title in a sentence.
    pub(super) fn shown(&self) -> String {
        if self.title.starts_with('[') {
            format!("`{}`", self.title)
        } else {
            self.title.to_owned()
        }
    }
}

const fn later(key: &'static str, effect: &'static str, instead: &'static str) -> Later {
    Later {
        key,
        effect,
        instead,
    }
}

const fn keys(title: &'static str, known: &'static [&'static str]) -> Keys {
    Keys {
        title,
        known,
        later: &[],
    }
}

/// The tables that know a key, for one that stands in the wrong place.
pub(super) fn elsewhere(key: &str) -> Option<String> {
    let tables = [
        &PROJECT, &MEASURE, &TARGET, &REGION, &PROFILE, &DEVICE, &NETWORK, &MANNERS, &SCHEDULE,
        &REPORT, &NOTIFY, &ALERTS, &BUDGET, &EVIDENCE, &CONSENT, &CONTROL, &BUSINESS,
    ];
    let titles: Vec<&str> = tables
        .into_iter()
        .filter(|t| t.known.contains(&key))
        .map(|t| t.title)
        .collect();
    (!titles.is_empty()).then(|| quoted(&titles))
}

/// Top of the file.
pub(super) static ROOT: Keys = Keys {
    title: "the file",
    known: &[
        "project", "measure", "target", "region", "profile", "device", "network", "manners",
        "schedule", "notify", "alerts", "report", "business", "budget", "evidence", "control",
    ],
    later: &[later(
        "journey",
        "no journey would be walked",
        "take it out, and list its pages under `[target.pages]`",
    )],
};

/// `[project]`.
pub(super) static PROJECT: Keys = keys(
    "[project]",
    &[
        "name",
        "timezone",
        "home_market",
        "reference",
        "database",
        "contact",
        "egress",
    ],
);

/// `[measure]`.
pub(super) static MEASURE: Keys = keys("[measure]", &["rounds", "quiet", "timeout", "calm"]);

/// `[[target]]`.
pub(super) static TARGET: Keys = Keys {
    title: "[[target]]",
    known: &[
        "id",
        "name",
        "role",
        "market",
        "first_party",
        "robots_override",
        "consent",
        "pages",
    ],
    later: &[later(
        "journey",
        "no journey would be walked",
        "take it out, and list its pages under `[target.pages]`",
    )],
};

/// `[target.consent]`.
pub(super) static CONSENT: Keys = keys("[target.consent]", &["state", "cookies", "click"]);

/// `[control]`.
pub(super) static CONTROL: Keys = keys("[control]", &["url", "expect"]);

/// A page written as a table.
pub(super) static PAGE: Keys = Keys {
    title: "a page",
    known: &["url", "expect"],
    later: &[],
};

/// `[[region]]`.
pub(super) static REGION: Keys = Keys {
    title: "[[region]]",
    known: &[
        "id",
        "name",
        "market",
        "driver",
        "capabilities",
        "latency",
        "sessions",
        "wait",
        "proxy",
        "ca",
        "token",
    ],
    later: &[later(
        "exit",
        "the browser would go out directly, and not from there",
        "write a proxy at that place: `proxy = \"socks5://…\"`",
    )],
};

/// `[[profile]]`.
pub(super) static PROFILE: Keys = Keys {
    title: "[[profile]]",
    known: &["id", "browser", "device", "network"],
    later: &[
        later(
            "cache",
            "every visit starts with an empty cache",
            "take it out",
        ),
        later(
            "cpu",
            "the processor would be slowed down as the device says",
            "take it out, and write a `[[device]]` of your own",
        ),
        later(
            "viewport",
            "the window would be as large as the device says",
            "take it out, and write a `[[device]]` of your own",
        ),
    ],
};

/// `[[device]]`.
pub(super) static DEVICE: Keys = keys(
    "[[device]]",
    &["id", "viewport", "scale", "touch", "user_agent", "cpu"],
);

/// `[[network]]`.
pub(super) static NETWORK: Keys = keys("[[network]]", &["id", "rtt", "down", "up", "loss"]);

/// `[manners]`.
pub(super) static MANNERS: Keys = keys(
    "[manners]",
    &[
        "distance",
        "daily_page_views",
        "daily_bytes",
        "block_beacons",
        "beacons",
    ],
);

/// `[schedule]`.
pub(super) static SCHEDULE: Keys = keys(
    "[schedule]",
    &[
        "nightly",
        "report",
        "prune",
        "backup",
        "backup_to",
        "backup_keep",
        "catch_up",
        "overlap",
        "jitter",
        "heartbeat",
        "listen",
        "disk_free_min_mb",
        "plan",
        "blackout",
    ],
);

/// `[[schedule.plan]]`.
pub(super) static PLAN: Keys = keys(
    "[[schedule.plan]]",
    &[
        "id", "cron", "targets", "pages", "regions", "profiles", "rounds",
    ],
);

/// `[[schedule.blackout]]`.
pub(super) static BLACKOUT: Keys = keys(
    "[[schedule.blackout]]",
    &["name", "from", "until", "effect"],
);

/// `[[notify]]`.
pub(super) static NOTIFY: Keys = keys(
    "[[notify]]",
    &[
        "id", "kind", "lanes", "url", "secret", "smtp", "ca", "from", "to", "command",
    ],
);

/// `[alerts]`.
pub(super) static ALERTS: Keys = keys("[alerts]", &["false_a_month"]);

/// `[evidence]`.
pub(super) static EVIDENCE: Keys = keys("[evidence]", &["keep"]);
/// `[report]`.
pub(super) static REPORT: Keys = keys("[report]", &["expectation", "leaders", "language", "url"]);

/// `[business]`.
pub(super) static BUSINESS: Keys = keys(
    "[business]",
    &[
        "visits_per_month",
        "conversion",
        "order_value",
        "currency",
        "per_second",
        "cap",
        "source",
    ],
);

/// `[[budget]]`.
pub(super) static BUDGET: Keys = keys(
    "[[budget]]",
    &[
        "metric",
        "page",
        "region",
        "profile",
        "at_most",
        "behind_best",
        "over_last_month",
    ],
);
