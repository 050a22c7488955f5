//! What the shops sell: eight pieces each, the same eight shapes under each house's own names
//! and prices. Prices are in cents of the shop's currency; writing them is left to `pages`.

use std::fmt::Write as _;

/// A piece on sale.
#[derive(Debug)]
pub(super) struct Good {
    /// Name in addresses and of its picture.
    pub(super) slug: &'static str,
    /// Name for people.
    pub(super) name: &'static str,
    /// Material or maker, one line.
    pub(super) note: &'static str,
    /// Price, cents.
    pub(super) cents: u32,
    /// Price before, cents; 0 where there was none.
    pub(super) was: u32,
}

const fn good(
    slug: &'static str,
    name: &'static str,
    note: &'static str,
    cents: u32,
    was: u32,
) -> Good {
    Good {
        slug,
        name,
        note,
        cents,
        was,
    }
}

#[rustfmt::skip]
static HARBOUR: [Good; 8] = [
    good("oak-lamp", "Balmain oak table lamp", "Turned oak, linen shade", 28_900, 0),
    good("vase", "Middle Harbour vase", "Stoneware, sea glaze", 9_500, 0),
    good("floor-lamp", "Tripod floor lamp", "Oak and brass", 54_900, 64_900),
    good("chair", "Cockatoo chair", "Steam-bent oak", 39_500, 0),
    good("bowl", "Ferry bowl", "Stoneware, 28 cm", 7_900, 0),
    good("pendant-lamp", "Wharf pendant lamp", "Spun steel, deep blue", 24_500, 0),
    good("stool", "Deckhand stool", "Oak, brass ring", 27_500, 31_000),
    good("globe-lamp", "Lighthouse globe lamp", "Opal glass, brass foot", 19_900, 0),
];

#[rustfmt::skip]
static SOUTHERN: [Good; 8] = [
    good("chair", "Verandah chair", "Walnut, slat back", 42_000, 0),
    good("oak-lamp", "Big belly oak lamp", "One piece of oak", 31_000, 36_500),
    good("vase", "Red dirt jar", "Terracotta, sealed", 12_000, 0),
    good("pendant-lamp", "Wide brim pendant lamp", "Powder-coated, rust", 26_000, 0),
    good("stool", "Shearer's stool", "Walnut, iron ring", 24_000, 0),
    good("globe-lamp", "Full moon lamp", "Opal glass, iron", 21_000, 25_000),
    good("bowl", "Paddock bowl", "Olive glaze, 30 cm", 8_400, 0),
    good("floor-lamp", "Three-leg floor lamp", "Walnut, linen", 58_000, 0),
];

#[rustfmt::skip]
static KOOKABURRA: [Good; 8] = [
    good("oak-lamp", "Beaded oak lamp", "Turned by A. Brennan", 26_500, 0),
    good("stool", "Milking stool, tall", "Blackwood and brass", 21_900, 0),
    good("bowl", "Fruit bowl, red", "Lead-free glaze", 6_900, 8_500),
    good("globe-lamp", "Station lamp", "Brass and milk glass", 18_700, 0),
    good("chair", "Sunday chair", "Spindle back, oak", 36_000, 0),
    good("vase", "Wattle jug", "Salt glaze, Bendigo", 8_800, 0),
    good("pendant-lamp", "Workshop pendant lamp", "Enamel, mustard", 19_500, 0),
    good("floor-lamp", "Parlour floor lamp", "Three legs, no wobble", 47_500, 52_000),
];

#[rustfmt::skip]
static NORTHFIELD: [Good; 8] = [
    good("oak-lamp", "Column oak lamp", "White oak, linen", 14_900, 0),
    good("chair", "Spindle chair", "Ash, wool seat", 22_900, 0),
    good("floor-lamp", "Tripod floor lamp", "Ash, linen", 27_900, 0),
    good("vase", "Plain vase", "Porcelain, matte", 4_900, 0),
    good("stool", "Shop stool", "Ash, steel ring", 13_900, 0),
    good("globe-lamp", "Dot lamp", "Opal glass, black", 11_900, 0),
    good("bowl", "Slate bowl", "Stoneware", 3_900, 0),
    good("pendant-lamp", "Cone pendant lamp", "Spun aluminum", 12_900, 0),
];

#[rustfmt::skip]
static CLAIRE: [Good; 8] = [
    good("oak-lamp", "Lampe Justine, chêne", "Chêne fumé, lin", 24_500, 0),
    good("globe-lamp", "Lampe Opale", "Verre soufflé, laiton", 18_900, 0),
    good("vase", "Vase Aurore", "Grès blanc moucheté", 9_200, 0),
    good("chair", "Chaise Odile", "Noyer, lin prune", 34_000, 0),
    good("pendant-lamp", "Suspension Lampe Iris", "Acier laqué aubergine", 21_500, 0),
    good("bowl", "Coupe Cerise", "Grès émaillé", 6_800, 0),
    good("stool", "Tabouret Basile", "Noyer, laiton", 19_500, 0),
    good("floor-lamp", "Lampadaire Colette", "Trois pieds, noyer", 42_000, 0),
];

/// Goods of a shop in the order of its home page; empty for a house that sells nothing.
pub(super) fn of(shop: &str) -> &'static [Good] {
    match shop {
        "harbour-home" => &HARBOUR,
        "southern-cross" => &SOUTHERN,
        "kookaburra" => &KOOKABURRA,
        "northfield" => &NORTHFIELD,
        "maison-claire" => &CLAIRE,
        _ => &[],
    }
}

/// The pieces whose name or address holds the words searched for; all of them for none.
pub(super) fn found(shop: &str, query: &str) -> Vec<&'static Good> {
    let query = query.trim().to_lowercase();
    of(shop)
        .iter()
        .filter(|g| g.name.to_lowercase().contains(&query) || g.slug.contains(&query))
        .collect()
}

/// The script that carries a shop's stock: every piece in every finish in every town. Large, as
/// such scripts are, and the same bytes each time.
pub(super) fn stock_js(shop: &str) -> String {
    let (finishes, towns) = match shop {
        "harbour-home" => (&FINISHES[..], &AU_TOWNS[..]),
        "southern-cross" => (&FINISHES[..3], &AU_TOWNS[..]),
        "kookaburra" => (&FINISHES[..2], &AU_TOWNS[..24]),
        _ => (&FINITIONS[..], &FR_TOWNS[..]),
    };
    let mut js = String::from("window.stock={\"goods\":{");
    for (n, good) in of(shop).iter().enumerate() {
        let comma = if n == 0 { "" } else { "," };
        let _ = write!(js, "{comma}\"{}\":[", good.slug);
        for (f, finish) in finishes.iter().enumerate() {
            let comma = if f == 0 { "" } else { ",\n" };
            let _ = write!(
                js,
                "{comma}{{\"sku\":\"{:04}-{f:02}\",\"finish\":\"{finish}\",\"shops\":[",
                1040 + n * 17
            );
            for (t, town) in towns.iter().enumerate() {
                let comma = if t == 0 { "" } else { "," };
                let left = (n * 31 + f * 17 + t * 7) % 11;
                let _ = write!(js, "{comma}{{\"name\":\"{town}\",\"left\":{left}}}");
            }
            js.push_str("]}");
        }
        js.push(']');
    }
    js.push_str("}};\n");
    js
}

const FINISHES: [&str; 6] = [
    "Natural",
    "Smoked oak",
    "Chalk white",
    "Slate grey",
    "River blue",
    "Sand",
];

const FINITIONS: [&str; 3] = ["Naturel", "Ivoire", "Aubergine"];

#[rustfmt::skip]
const AU_TOWNS: [&str; 48] = [
    "Albany", "Albury", "Alice Springs", "Ararat", "Armidale", "Ballarat", "Bathurst", "Bendigo",
    "Bondi", "Brisbane", "Broome", "Bunbury", "Bundaberg", "Burnie", "Byron Bay", "Cairns",
    "Canberra", "Coffs Harbour", "Darwin", "Devonport", "Dubbo", "Fremantle", "Geelong", "Geraldton",
    "Gold Coast", "Goulburn", "Hobart", "Katherine", "Launceston", "Lismore", "Mackay", "Manly",
    "Mildura", "Mount Gambier", "Newcastle", "Noosa", "Orange", "Paddington", "Parramatta", "Perth",
    "Port Augusta", "Richmond", "Rockhampton", "Shepparton", "Tamworth", "Townsville", "Wagga Wagga",
    "Wollongong",
];

#[rustfmt::skip]
const FR_TOWNS: [&str; 40] = [
    "Aix-en-Provence", "Ajaccio", "Amiens", "Angers", "Annecy", "Arles", "Avignon", "Bayonne",
    "Besançon", "Biarritz", "Bordeaux", "Bourges", "Brest", "Caen", "Chambéry", "Clermont-Ferrand",
    "Colmar", "Dijon", "Grenoble", "La Rochelle", "Le Mans", "Lille", "Limoges", "Lyon", "Marseille",
    "Metz", "Montpellier", "Nancy", "Nantes", "Nice", "Orléans", "Paris", "Pau", "Poitiers", "Reims",
    "Rennes", "Rouen", "Strasbourg", "Toulouse", "Tours",
];
