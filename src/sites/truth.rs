//! What is true of each page by construction: how long the server waits, how late the hero
//! image is, how long the script keeps the main thread busy, what is asked for, and why.
//!
//! The server reads its delays from here and tests read what a measurement has to find. Times
//! are lower bounds that the sites add; the browser, the network and the machine come on top.

/// How a visit of a page has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The page itself.
    Ok,
    /// A guard page with a status of refusal.
    Blocked,
}

/// What the largest contentful paint of a page is on a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Largest {
    /// The image marked `data-hero`.
    Hero,
    /// The picture of some product.
    Card,
    /// A block of text.
    Text,
    /// The text of the consent banner.
    Consent,
}

/// The truth about one page of one shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Truth {
    /// Shop id: the first label of its host.
    pub shop: &'static str,
    /// Page kind: `home`, `search`, `product` or `checkout`.
    pub page: &'static str,
    /// Host without port.
    pub host: &'static str,
    /// Path and query.
    pub path: &'static str,
    /// Wait before the document is answered, ms.
    pub server_ms: u64,
    /// Wait before the hero image is answered, ms.
    pub hero_ms: u64,
    /// Time for which a script keeps the main thread busy in one task, ms, whatever the machine.
    pub script_ms: u64,
    /// Wait before the script is answered that inserts a bar on top without reserved room, ms;
    /// 0 where nothing jumps. Longer than 500 ms after the first layout, for Chromium counts no
    /// shift that soon after an emulated phone's viewport takes its size.
    pub jump_ms: u64,
    /// HTTP requests of a fresh browser, the document included, `data:` addresses not.
    pub requests: u32,
    /// Of these, to other registrable domains (own static hosts are not).
    pub third_party: u32,
    /// How a visit ends.
    pub expected: Expected,
    /// Uncaught exceptions.
    pub script_errors: u32,
    /// Errors that a script writes to the console.
    pub console_errors: u32,
    /// What the largest contentful paint is on a phone, 412 by 823; on a desktop the heroes are
    /// it as well.
    pub largest: Largest,
    /// Why the page is as fast as it is, for people.
    pub reason: &'static str,
}

impl Truth {
    /// Whether the layout jumps: a layout shift score above 0.1 on a phone and on a desktop. The
    /// others stay below 0.02.
    #[must_use]
    pub fn layout_shift(&self) -> bool {
        self.jump_ms > 0
    }

    /// Address of the page on a port as a visitor sees it.
    #[must_use]
    pub fn url(&self, port: u16) -> String {
        format!("http://{}:{port}{}", self.host, self.path)
    }
}

/// Every page of every shop, shop by shop, and the control page last.
#[must_use]
pub fn truth() -> &'static [Truth] {
    &TRUTHS
}

/// The truth about a page kind of a shop.
#[must_use]
pub fn of(shop: &str, page: &str) -> Option<&'static Truth> {
    TRUTHS.iter().find(|t| t.shop == shop && t.page == page)
}

const PLAIN: Truth = Truth {
    shop: "",
    page: "",
    host: "",
    path: "/",
    server_ms: 0,
    hero_ms: 0,
    script_ms: 0,
    jump_ms: 0,
    requests: 1,
    third_party: 0,
    expected: Expected::Ok,
    script_errors: 0,
    console_errors: 0,
    largest: Largest::Hero,
    reason: "",
};

/// The same page kind under a shop's own defaults.
const fn home(shop: Truth) -> Truth {
    Truth {
        page: "home",
        path: "/",
        ..shop
    }
}

const fn search(shop: Truth) -> Truth {
    Truth {
        page: "search",
        path: "/search?q=lamp",
        largest: Largest::Card,
        ..shop
    }
}

const fn product(shop: Truth) -> Truth {
    Truth {
        page: "product",
        path: "/product/oak-lamp",
        ..shop
    }
}

const fn checkout(shop: Truth) -> Truth {
    Truth {
        page: "checkout",
        path: "/checkout",
        largest: Largest::Text,
        ..shop
    }
}

const HARBOUR: Truth = Truth {
    shop: "harbour-home",
    host: "harbour-home.localhost",
    server_ms: 1_200,
    script_ms: 180,
    third_party: 4,
    reason: "slow server, a heavy script and third-party tags",
    ..PLAIN
};

const SOUTHERN: Truth = Truth {
    shop: "southern-cross",
    host: "southern-cross.localhost",
    server_ms: 350,
    jump_ms: 900,
    third_party: 2,
    reason: "slow server; a promotion bar pushes the page down",
    ..PLAIN
};

const KOOKABURRA: Truth = Truth {
    shop: "kookaburra",
    host: "kookaburra.localhost",
    server_ms: 180,
    third_party: 2,
    reason: "ordinary server and pages",
    ..PLAIN
};

const NORTHFIELD: Truth = Truth {
    shop: "northfield",
    host: "northfield.localhost",
    server_ms: 40,
    reason: "fast server, styles in the page, hero preloaded, one small script, no third party",
    ..PLAIN
};

const CLAIRE: Truth = Truth {
    shop: "maison-claire",
    host: "maison-claire.localhost",
    server_ms: 120,
    third_party: 3,
    reason: "decent server; web fonts from a third party hold up the first paint; consent banner",
    ..PLAIN
};

const KYOTO: Truth = Truth {
    shop: "kyoto-loft",
    host: "kyoto-loft.localhost",
    server_ms: 5,
    expected: Expected::Blocked,
    reason: "a guard page answers 403 in a few milliseconds: unknown, not fast",
    ..PLAIN
};

const CONTROL: Truth = Truth {
    shop: "control",
    host: "control.localhost",
    server_ms: 50,
    largest: Largest::Text,
    reason: "small static page: when it moves, the instrument moved",
    ..PLAIN
};

static TRUTHS: [Truth; 25] = [
    Truth {
        requests: 19,
        ..home(HARBOUR)
    },
    Truth {
        requests: 14,
        ..search(HARBOUR)
    },
    Truth {
        requests: 15,
        server_ms: 1_400,
        reason: "slow server, a heavy script, and a hero image that the script inserts",
        ..product(HARBOUR)
    },
    Truth {
        requests: 12,
        ..checkout(HARBOUR)
    },
    Truth {
        requests: 17,
        ..home(SOUTHERN)
    },
    Truth {
        requests: 12,
        ..search(SOUTHERN)
    },
    Truth {
        requests: 13,
        ..product(SOUTHERN)
    },
    Truth {
        requests: 9,
        jump_ms: 0,
        reason: "slow server",
        ..checkout(SOUTHERN)
    },
    Truth {
        requests: 17,
        hero_ms: 900,
        reason: "hero image answered late",
        ..home(KOOKABURRA)
    },
    Truth {
        requests: 12,
        ..search(KOOKABURRA)
    },
    Truth {
        requests: 14,
        hero_ms: 900,
        script_errors: 1,
        console_errors: 1,
        reason: "hero image answered late; the ratings script throws",
        ..product(KOOKABURRA)
    },
    Truth {
        requests: 10,
        ..checkout(KOOKABURRA)
    },
    Truth {
        requests: 10,
        ..home(NORTHFIELD)
    },
    Truth {
        requests: 7,
        ..search(NORTHFIELD)
    },
    Truth {
        requests: 8,
        ..product(NORTHFIELD)
    },
    Truth {
        requests: 5,
        ..checkout(NORTHFIELD)
    },
    Truth {
        requests: 16,
        ..home(CLAIRE)
    },
    Truth {
        requests: 11,
        largest: Largest::Consent,
        ..search(CLAIRE)
    },
    Truth {
        requests: 12,
        ..product(CLAIRE)
    },
    Truth {
        requests: 9,
        largest: Largest::Consent,
        ..checkout(CLAIRE)
    },
    home(KYOTO),
    search(KYOTO),
    product(KYOTO),
    checkout(KYOTO),
    home(CONTROL),
];
