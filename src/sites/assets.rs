//! The files that are compiled in: styles, scripts, fonts and pictures, by house and path.
//! Documents are made by `pages`; delays are added by the server.

use std::collections::HashMap;

use axum::body::Bytes;

use super::goods;

/// A file as it is sent.
pub(super) struct File {
    pub(super) mime: &'static str,
    pub(super) body: Bytes,
}

/// The files of one house under their paths.
type House = &'static [(&'static str, &'static [u8])];

macro_rules! own {
    ($shop:literal: $($file:literal)*) => {
        &[$((concat!("/static/", $file), include_bytes!(concat!("shops/", $shop, "/", $file)))),*]
    };
}

macro_rules! fonts {
    ($prefix:literal: $($file:literal)*) => {
        &[$((concat!($prefix, $file), include_bytes!(concat!("assets/fonts/", $file)))),*]
    };
}

macro_rules! pictures {
    ($shop:literal $prefix:literal $ext:literal) => {
        pictures!(@all $shop $prefix $ext: "hero" "oak-lamp-large" "oak-lamp" "floor-lamp"
            "pendant-lamp" "globe-lamp" "vase" "chair" "stool" "bowl")
    };
    (@all $shop:literal $prefix:literal $ext:literal: $($name:literal)*) => {
        &[$((
            concat!($prefix, $name, ".", $ext),
            include_bytes!(concat!("assets/", $shop, "/", $name, ".", $ext)),
        )),*]
    };
}

/// The smallest GIF: one transparent dot, as trackers send.
const DOT: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

const HOUSES: &[(&str, House)] = &[
    ("harbour-home", own!("harbour-home": "style.css" "app.js")),
    (
        "harbour-home",
        fonts!("/fonts/": "karla.woff2" "fraunces.woff2"),
    ),
    ("harbour-home", pictures!("harbour-home" "/img/" "jpg")),
    (
        "southern-cross",
        own!("southern-cross": "style.css" "app.js" "promo.js"),
    ),
    ("southern-cross", fonts!("/fonts/": "archivo.woff2")),
    ("southern-cross", pictures!("southern-cross" "/img/" "jpg")),
    (
        "kookaburra",
        own!("kookaburra": "style.css" "app.js" "reviews.js"),
    ),
    (
        "kookaburra",
        fonts!("/fonts/": "zilla-400.woff2" "zilla-700.woff2"),
    ),
    ("kookaburra", pictures!("kookaburra" "/img/" "jpg")),
    (
        "northfield-static",
        &[("/s/app.js", include_bytes!("shops/northfield/app.js"))],
    ),
    ("northfield-static", fonts!("/f/": "figtree.woff2")),
    ("northfield-static", pictures!("northfield" "/i/" "webp")),
    ("maison-claire", own!("maison-claire": "style.css" "app.js")),
    ("maison-claire", pictures!("maison-claire" "/img/" "webp")),
    (
        "tags",
        &[
            ("/tag.js", include_bytes!("shops/third/tag.js")),
            ("/collect", DOT),
        ],
    ),
    ("img", &[("/p.gif", DOT)]),
    (
        "chat",
        &[("/widget.js", include_bytes!("shops/third/widget.js"))],
    ),
    (
        "cdn",
        &[("/css", include_bytes!("shops/third/fontbarn.css"))],
    ),
    ("cdn", fonts!("/f/": "cormorant.woff2" "jost.woff2")),
];

const WITH_STOCK: [&str; 4] = [
    "harbour-home",
    "southern-cross",
    "kookaburra",
    "maison-claire",
];

/// All files, by house (first label of the host) and path.
pub(super) fn files() -> HashMap<(&'static str, &'static str), File> {
    let mut files = HashMap::new();
    for (house, list) in HOUSES {
        for (path, body) in *list {
            let file = File {
                mime: mime(path),
                body: Bytes::from_static(body),
            };
            files.insert((*house, *path), file);
        }
    }
    for shop in WITH_STOCK {
        let file = File {
            mime: mime("/static/stock.js"),
            body: Bytes::from(goods::stock_js(shop)),
        };
        files.insert((shop, "/static/stock.js"), file);
    }
    files
}

/// Media type by the end of the path.
fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("woff2") => "font/woff2",
        Some("jpg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("css" | "/css") => "text/css; charset=utf-8",
        _ => "image/gif",
    }
}
