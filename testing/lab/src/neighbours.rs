//! Small sites around the twelve: canaries on two CDNs, customers of a third one, and a site that no CDN delivers.
//!
//! All are on domains that have nothing to do with each other, as a CDN's customers are.

use crate::home::Home;
use crate::sites::{File, image, page, style};

/// One small site: a front page, an image and a style sheet.
#[derive(Clone, Copy, Debug)]
pub struct Neighbour {
    /// Its host name.
    pub host: &'static str,
    /// Which edge delivers it, or [`Home::Bare`].
    pub home: Home,
    /// The CDN's name for it.
    pub alias: Option<&'static str>,
    /// Its title.
    pub title: &'static str,
    /// A sentence that stands only on its page.
    pub front: &'static str,
}

impl Neighbour {
    /// Its page, the image and the style sheet.
    pub fn files(&self) -> Vec<File> {
        let file = |path: &str, media_type, body| File { host: self.host.into(), path: path.into(), media_type, body };
        vec![
            file("/", "text/html", page(self.title, self.front, "").replace("</title>", &self.canonical())),
            file("/hero.svg", "image/svg+xml", image(COLOUR)),
            file("/style.css", "text/css", style(COLOUR)),
        ]
    }
}

impl Neighbour {
    /// What a second door says of the first one.
    fn canonical(&self) -> String {
        let link = |site: &str| format!("</title>\n<link rel=\"canonical\" href=\"https://www.{site}/\">");
        self.host.strip_prefix("m.").map_or_else(|| "</title>".to_owned(), link)
    }
}

/// The neighbours, in the order in which the lab numbers their addresses.
pub fn all() -> &'static [Neighbour] {
    &NEIGHBOURS
}

/// The neighbours behind one edge, each by its first door.
pub fn behind(home: Home) -> impl Iterator<Item = &'static Neighbour> {
    NEIGHBOURS.iter().filter(move |neighbour| neighbour.home == home && !neighbour.host.starts_with("m."))
}

const COLOUR: &str = "#336655";

macro_rules! neighbour {
    ($host:literal, $home:ident, $alias:expr, $title:literal, $front:literal) => {
        Neighbour { host: $host, home: Home::$home, alias: $alias, title: $title, front: $front }
    };
}

const NEIGHBOURS: [Neighbour; 11] = [
    neighbour!(
        "www.lab-python.org",
        Edge,
        Some("lab-python.map.fastly.net"),
        "Python of the lab",
        "A snake that ships with batteries, and with a spare set."
    ),
    neighbour!(
        "www.lab-crates.net",
        Edge,
        Some("lab-crates.map.fastly.net"),
        "Crates of the lab",
        "Nine hundred crates, all of them stacked, none of them dropped."
    ),
    neighbour!(
        "www.lab-news.co.uk",
        Edge,
        Some("lab-news.map.fastly.net"),
        "News of the lab",
        "The parish council has voted to keep the bench where it is."
    ),
    neighbour!(
        "www.lab-forum.org",
        SecondEdge,
        Some("www.lab-forum.org.cdn.cloudflare.net"),
        "Forum of the lab",
        "Somebody asks how to get wax out of a rug, and forty people know."
    ),
    neighbour!(
        "www.lab-recipes.com",
        SecondEdge,
        Some("www.lab-recipes.com.cdn.cloudflare.net"),
        "Recipes of the lab",
        "Leave the dough alone for a night, and it will do the work itself."
    ),
    neighbour!(
        "www.lab-airline.com",
        ThirdEdge,
        Some("e7031.a.akamaiedge.net"),
        "Airline of the lab",
        "Boarding starts when the cat has left the runway."
    ),
    neighbour!(
        "www.lab-bank.org",
        ThirdEdge,
        Some("e7032.b.akamaiedge.net"),
        "Bank of the lab",
        "Your savings have grown by the price of one stamp."
    ),
    neighbour!(
        "www.lab-shop.net",
        ThirdEdge,
        Some("e7033.dsca.akamaiedge.net"),
        "Shop of the lab",
        "Umbrellas are half price until it rains."
    ),
    neighbour!(
        "www.lab-allotment.org",
        Bare,
        None,
        "Allotment of the lab",
        "One server under a desk, and a marrow that has won twice."
    ),
    // The airline's second door is on a server of its own, the forum's behind the same edge as its first.
    neighbour!(
        "m.lab-airline.com",
        Bare,
        None,
        "Airline of the lab",
        "Boarding starts when the cat has left the runway."
    ),
    neighbour!(
        "m.lab-forum.org",
        SecondEdge,
        Some("m.lab-forum.org.cdn.cloudflare.net"),
        "Forum of the lab",
        "Somebody asks how to get wax out of a rug, and forty people know."
    ),
];
