//! The documents: which templates a shop has, what they are filled with, and in which order
//! goods appear. Delays, headers and everything that is not HTML are left to the server.

use std::borrow::Borrow;

use askama::Template;

use super::goods::{self, Good};
use super::truth::{self, Truth};

/// What a template sees.
pub(super) struct View {
    truth: &'static Truth,
    port: String,
    query: String,
    goods: Vec<&'static Good>,
    good: &'static Good,
    ask_consent: bool,
}

impl View {
    /// Origin of Northfield's own static host.
    fn static_origin(&self) -> String {
        format!("http://northfield-static.localhost{}", self.port)
    }

    /// Whether the product page is that of the piece with a story and a large picture of its own.
    fn is_featured(&self) -> bool {
        self.good.slug == "oak-lamp"
    }

    /// Name of the product page's main picture.
    fn shot(&self) -> &'static str {
        if self.is_featured() {
            "oak-lamp-large"
        } else {
            self.good.slug
        }
    }

    fn quarter(&self) -> u32 {
        self.good.cents / 4
    }

    fn total(&self) -> u32 {
        self.goods.iter().map(|g| g.cents).sum()
    }

    /// A price as the shop writes it.
    fn price(&self, cents: impl Borrow<u32>) -> String {
        let cents = *cents.borrow();
        let (whole, rest) = (cents / 100, cents % 100);
        match self.truth.shop {
            "maison-claire" => format!("{whole},{rest:02}\u{a0}€"),
            _ if rest == 0 => format!("${whole}"),
            _ => format!("${whole}.{rest:02}"),
        }
    }
}

macro_rules! templates {
    ($($shop:literal: $home:ident $home_path:literal, $search:ident $search_path:literal,
       $product:ident $product_path:literal, $checkout:ident $checkout_path:literal;)*) => {
        $(
            templates!(@one $home $home_path);
            templates!(@one $search $search_path);
            templates!(@one $product $product_path);
            templates!(@one $checkout $checkout_path);
        )*

        fn render(v: &View) -> Option<askama::Result<String>> {
            Some(match (v.truth.shop, v.truth.page) {
                $(
                    ($shop, "home") => $home { v }.render(),
                    ($shop, "search") => $search { v }.render(),
                    ($shop, "product") => $product { v }.render(),
                    ($shop, "checkout") => $checkout { v }.render(),
                )*
                _ => return None,
            })
        }
    };
    (@one $name:ident $path:literal) => {
        #[derive(Template)]
        #[template(path = $path, config = "src/sites/askama.toml")]
        struct $name<'a> { v: &'a View }
    };
}

templates! {
    "harbour-home":
        HarbourHome "harbour-home/home.html", HarbourSearch "harbour-home/search.html",
        HarbourProduct "harbour-home/product.html", HarbourCheckout "harbour-home/checkout.html";
    "southern-cross":
        SouthernHome "southern-cross/home.html", SouthernSearch "southern-cross/search.html",
        SouthernProduct "southern-cross/product.html", SouthernCheckout "southern-cross/checkout.html";
    "kookaburra":
        KookaburraHome "kookaburra/home.html", KookaburraSearch "kookaburra/search.html",
        KookaburraProduct "kookaburra/product.html", KookaburraCheckout "kookaburra/checkout.html";
    "northfield":
        NorthfieldHome "northfield/home.html", NorthfieldSearch "northfield/search.html",
        NorthfieldProduct "northfield/product.html", NorthfieldCheckout "northfield/checkout.html";
    "maison-claire":
        ClaireHome "maison-claire/home.html", ClaireSearch "maison-claire/search.html",
        ClaireProduct "maison-claire/product.html", ClaireCheckout "maison-claire/checkout.html";
}

#[derive(Template)]
#[template(path = "house/index.html", config = "src/sites/askama.toml")]
struct Index<'a> {
    truths: &'a [Truth],
    port: &'a str,
}

/// The guard page of Kyoto Loft.
pub(super) const GUARD: &str = include_str!("shops/kyoto-loft/guard.html");

/// The control page.
pub(super) const CONTROL: &str = include_str!("shops/house/control.html");

/// What a visitor sent that a page depends on.
pub(super) struct Asked<'a> {
    /// `:PORT` of the `Host` header, or nothing.
    pub(super) port: &'a str,
    /// Words searched for.
    pub(super) query: &'a str,
    /// Product asked for, when it is a product page.
    pub(super) slug: Option<&'a str>,
    /// Whether the visitor answered the consent banner before.
    pub(super) consent_known: bool,
}

/// The document of a page, or nothing where the shop has no such product.
pub(super) fn document(truth: &'static Truth, asked: &Asked<'_>) -> Option<String> {
    let all = goods::of(truth.shop);
    let good = match asked.slug {
        Some(slug) => all.iter().find(|g| g.slug == slug)?,
        None => all.first()?,
    };
    let goods = match truth.page {
        "home" if truth.shop == "northfield" => all.iter().take(6).collect(),
        "home" => all.iter().collect(),
        "search" => goods::found(truth.shop, asked.query),
        "product" => all.iter().filter(|g| g.slug != good.slug).take(4).collect(),
        _ => all.iter().take(2).collect(),
    };
    let view = View {
        truth,
        port: asked.port.to_owned(),
        query: asked.query.to_owned(),
        goods,
        good,
        ask_consent: !asked.consent_known,
    };
    Some(render(&view)?.expect("a template writes to a string, which does not fail"))
}

/// The list of shops.
pub(super) fn index(port: &str) -> String {
    let index = Index {
        truths: truth::truth(),
        port,
    };
    index
        .render()
        .expect("a template writes to a string, which does not fail")
}
