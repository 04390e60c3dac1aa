//! The twelve sites of 8 June 2021 with pages written for the lab: a front page, one article, an image and a style sheet each.

use crate::faults::fault_hosts;
use crate::home::LAB_DOMAIN;

/// One site.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// Its host name.
    pub host: &'static str,
    /// Its label in the CDN's names.
    pub label: &'static str,
    /// Its title.
    pub title: &'static str,
    /// A sentence that stands only on its front page.
    pub front: &'static str,
    /// The path of its article.
    pub article: &'static str,
    /// A sentence that stands only in the article.
    pub story: &'static str,
    /// The colour of its image and headings.
    pub colour: &'static str,
}

/// A file of a site, as served and as archived.
#[derive(Clone, Debug)]
pub struct File {
    /// The host it belongs to.
    pub host: String,
    /// The path, from `/`.
    pub path: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its content.
    pub body: String,
}

/// The sites, in the order in which the lab numbers their addresses.
pub fn all() -> &'static [Site] {
    &SITES
}

impl Site {
    /// The front page, the article, the image and the style sheet.
    pub fn files(&self) -> Vec<File> {
        let file = |path: &str, media_type, body| File { host: self.host.into(), path: path.into(), media_type, body };
        let front = page(self.title, self.front, &format!(r#"<p><a href="{}">Today's story</a></p>"#, self.article));
        let article = page(&format!("Story · {}", self.title), self.story, r#"<p><a href="/">Front page</a></p>"#);
        vec![
            file("/", "text/html", front),
            file(self.article, "text/html", article),
            file("/hero.svg", "image/svg+xml", image(self.colour)),
            file("/style.css", "text/css", style(self.colour)),
        ]
    }
}

/// The page of a fault host in good health, of which the archive keeps copies too.
pub fn fault_page(host: &str) -> String {
    let sentence = format!("You are reading the page of {host}, which today works as it should.");
    page(host, &sentence, r#"<p><a href="/article">An article</a></p>"#)
}

/// Host and path of a page that is gone, of which archives hold errors, a redirect and, older than those, the page.
pub const TRAPPED: (&str, &str) = ("www.ign.com", "/articles/paper-boats");
/// A sentence that stands only on that page.
pub const TRAPPED_STORY: &str = "Fold the paper twice along the river, and the boat will find the sea alone.";

/// The files of every fault host.
pub(crate) fn fault_files() -> Vec<File> {
    let mut files = Vec::new();
    for (name, _) in fault_hosts() {
        let host = format!("{name}.{LAB_DOMAIN}");
        let mut file = |path: &str, media_type, body| {
            files.push(File { host: host.clone(), path: path.into(), media_type, body });
        };
        file("/", "text/html", fault_page(&host));
        file("/article", "text/html", page(&host, &format!("This is the article of {host}."), ""));
        file("/hero.svg", "image/svg+xml", image(FAULT_COLOUR));
        file("/style.css", "text/css", style(FAULT_COLOUR));
    }
    files
}

/// Any page of the lab; the script shows that a copy must not run it.
pub(crate) fn page(title: &str, sentence: &str, more: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
<script>document.documentElement.dataset.script = "ran";</script>
</head>
<body>
<h1>{title}</h1>
<img src="/hero.svg" width="320" height="120" alt="">
<p id="unique">{sentence}</p>
<p>The words on this page were written for the outage lab. They stand where a newsroom, a shop or a council would have put theirs.</p>
{more}
</body>
</html>
"#
    )
}

pub(crate) fn image(colour: &str) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="320" height="120"><rect width="320" height="120" fill="{colour}"/><circle cx="60" cy="60" r="36" fill="white"/></svg>"#
    )
}

pub(crate) fn style(colour: &str) -> String {
    format!("body {{ font: 18px/1.5 sans-serif; max-width: 40em; margin: 2em auto }}\nh1 {{ color: {colour} }}\n")
}

/// The colour of the fault hosts.
pub(crate) const FAULT_COLOUR: &str = "#555577";

macro_rules! site {
    ($host:literal, $label:literal, $title:literal, $colour:literal, $article:literal, $front:literal, $story:literal) => {
        Site {
            host: $host,
            label: $label,
            title: $title,
            front: $front,
            article: $article,
            story: $story,
            colour: $colour,
        }
    };
}

const SITES: [Site; 12] = [
    site!(
        "www.ign.com",
        "ign",
        "IGN",
        "#bf1313",
        "/articles/lantern-tides-review",
        "Our reviewers finished the lighthouse level with one heart left and no regrets.",
        "Lantern Tides is a quiet game about mending nets, and its storms are the best we have sailed."
    ),
    site!(
        "www.theguardian.com",
        "guardian",
        "The Guardian",
        "#052962",
        "/technology/2021/jun/08/the-day-the-pages-stopped",
        "Residents of three valleys woke to the sound of bells and a river back in its bed.",
        "When the pages stopped at eleven o'clock, editors took to a shared document and wrote the news there."
    ),
    site!(
        "www.bbc.co.uk",
        "bbc",
        "BBC",
        "#222222",
        "/news/technology-57399628",
        "The shipping forecast brings light winds to Dogger, and rain later in Fisher.",
        "Engineers traced the silence to one setting, changed by one customer, on one ordinary morning."
    ),
    site!(
        "www.amazon.com",
        "amazon",
        "Amazon",
        "#e47911",
        "/dp/B00LABKETTLE",
        "Kettles, ladders and a very long rope are at your door before Thursday.",
        "This enamel kettle holds two litres, whistles in tune, and has outlived four kitchens."
    ),
    site!(
        "www.twitch.tv",
        "twitch",
        "Twitch",
        "#6441a5",
        "/videos/1048576",
        "Forty-one people are watching a stranger repair a pocket watch, in silence.",
        "In this recording the mainspring goes in at the second hour, and the chat holds its breath."
    ),
    site!(
        "twitter.com",
        "twitter",
        "Twitter",
        "#1d9bf0",
        "/lab/status/1402218492",
        "Is it only me, or did half of the pages I opened just say Guru?",
        "Update: it was not only me, and the emoji are missing as well."
    ),
    site!(
        "www.theverge.com",
        "verge",
        "The Verge",
        "#5200ff",
        "/2021/6/8/22524134/outage-notes",
        "A keyboard with no letters on it has found nine thousand buyers.",
        "We published these outage notes from a spreadsheet that everybody could edit, and did."
    ),
    site!(
        "www.gamespot.com",
        "gamespot",
        "GameSpot",
        "#ffc800",
        "/articles/seven-short-games/1100-64922/",
        "Seven short games fit into the length of one lunch, if you eat quickly.",
        "The third of the seven short games is played with one key, and that key is enough."
    ),
    site!(
        "www.reddit.com",
        "reddit",
        "Reddit",
        "#ff4500",
        "/r/outages/comments/nv4xyz/is_it_down/",
        "Somebody has grown a pumpkin in the shape of Portugal, and there is proof.",
        "Top answer: it is down for me in Leeds, in Lagos and, my cousin says, in Lima."
    ),
    site!(
        "www.gov.uk",
        "govuk",
        "GOV.UK",
        "#1d70b8",
        "/guidance/when-a-service-is-unavailable",
        "Renew a licence, find a form, or tell us that your hedge has moved house.",
        "If a service is unavailable you will not lose what you have already sent to us."
    ),
    site!(
        "www.independent.co.uk",
        "independent",
        "The Independent",
        "#ec1a2e",
        "/tech/edge-outage-explained-b1861600.html",
        "A library in Fife has lent out its last accordion and started a waiting list.",
        "An edge, explained in one line: a shop counter near you, for a warehouse far away."
    ),
    site!(
        "open.spotify.com",
        "spotify",
        "Spotify",
        "#1db954",
        "/album/6labLABlab6labLABlab6x",
        "A playlist for washing up: eleven songs, none of them about dishes.",
        "The album was recorded in a boat shed, and on track four you can hear the tide."
    ),
];
