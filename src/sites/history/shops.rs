//! What each shop was like on a night of the year: the drift, the releases, the redesign.

use super::NIGHTS;

/// Nights before tonight, version and note of our releases, oldest first.
pub(super) const RELEASES: [(i32, &str, &str); 4] = [
    (318, "4.0", "new footer"),
    (254, "4.1", "tag manager and nine more tags"),
    (149, "4.2", "hero image preloaded, pages cached"),
    (17, "4.3", "consent script after the main content"),
];
/// The night of Maison Claire's redesign.
const REDESIGN: i32 = 201;

/// A shop on one night, as seen from a browser beside it. Times in milliseconds, sizes in kB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shop {
    pub(super) server: f64,
    pub(super) delay: f64,
    pub(super) load: f64,
    pub(super) render: f64,
    pub(super) busy: f64,
    pub(super) requests: f64,
    pub(super) third: f64,
    pub(super) script: f64,
    pub(super) images: f64,
    pub(super) fonts: f64,
    pub(super) errors: f64,
    pub(super) jump: f64,
}

/// One that stands for any shop without a story of its own.
const PLAIN: Shop = Shop {
    server: 240.0,
    delay: 160.0,
    load: 420.0,
    render: 180.0,
    busy: 120.0,
    requests: 18.0,
    third: 2.0,
    script: 160.0,
    images: 420.0,
    fonts: 40.0,
    errors: 0.0,
    jump: 0.01,
};

impl Shop {
    /// A target's shop so many nights before tonight.
    pub(super) fn on(target: &str, before: i32) -> Shop {
        let year = f64::from(NIGHTS - before) / f64::from(NIGHTS);
        match target {
            "harbour" => ours(before, year),
            "southern" => Shop {
                server: 350.0,
                delay: 220.0 + 60.0 * year,
                jump: 0.18,
                ..PLAIN
            },
            "kookaburra" => Shop {
                load: 760.0 + 160.0 * year,
                errors: 1.0,
                ..PLAIN
            },
            "northfield" => Shop {
                server: 60.0 - 20.0 * year,
                delay: 60.0,
                load: 90.0,
                render: 130.0 - 20.0 * year,
                busy: 20.0,
                requests: 10.0,
                third: 0.0,
                script: 28.0,
                images: 260.0,
                fonts: 0.0,
                ..PLAIN
            },
            "claire" => claire(before),
            "kyoto" => Shop {
                server: 320.0,
                delay: 190.0,
                load: 380.0,
                render: 310.0,
                ..PLAIN
            },
            _ => PLAIN,
        }
    }
}

fn claire(before: i32) -> Shop {
    let new = Shop {
        server: 120.0,
        delay: 170.0,
        load: 150.0,
        render: 140.0,
        third: 3.0,
        ..PLAIN
    };
    if before > REDESIGN {
        Shop {
            delay: 420.0,
            render: 390.0,
            script: 310.0,
            ..new
        }
    } else {
        new
    }
}

/// Ours: a slow drift, and what each release did.
fn ours(before: i32, year: f64) -> Shop {
    let mut shop = Shop {
        server: 820.0 + 60.0 * year,
        delay: 260.0,
        load: 240.0,
        render: 330.0,
        busy: 180.0,
        requests: 15.0,
        third: 4.0,
        script: 260.0,
        images: 640.0,
        fonts: 90.0,
        ..PLAIN
    };
    if before <= RELEASES[1].0 {
        shop.delay += 110.0;
        shop.render += 280.0;
        shop.busy += 160.0;
        shop.third += 9.0;
        shop.script += 210.0;
        shop.errors = 1.0;
    }
    if before <= RELEASES[2].0 {
        shop.server -= 190.0;
        shop.delay -= 170.0;
        shop.load -= 60.0;
    }
    if before <= RELEASES[3].0 {
        shop.render -= 190.0;
        shop.busy -= 90.0;
    }
    shop
}

/// How heavy a page kind is against the home page.
pub(super) fn page_factor(page: &str) -> f64 {
    match page {
        "search" => 0.85,
        "product" => 1.15,
        "checkout" => 0.7,
        _ => 1.0,
    }
}
