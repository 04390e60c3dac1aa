//! What the lab's own hosts say: pages for the stories, anchors, the captive-portal probe.

use std::sync::PoisonError;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::arrival::Arrival;
use crate::behaviour::Behaviour;
use crate::home::{Home, LAB_DOMAIN};
use crate::portal;
use crate::reply::{Body, Reply, html, redirect, redirect_with, status, typed, with};
use crate::sites::{self, FAULT_COLOUR, page};

/// What a request says.
pub(crate) struct Asked<'a> {
    pub(crate) host: &'a str,
    /// With its query.
    pub(crate) path: &'a str,
    /// All cookies, as they came.
    pub(crate) cookie: &'a str,
    /// Whether a browser asks, as far as its headers tell.
    pub(crate) is_browser: bool,
}

/// Answers one request; total, as any path must get an answer.
pub(crate) async fn answer(arrival: &Arrival, asked: &Asked<'_>, behaviour: &Behaviour) -> Reply {
    let (host, path_and_query) = (asked.host, asked.path);
    match behaviour {
        Behaviour::Status(code) => return status(*code, Body::Page),
        Behaviour::StatusEmpty(code) => return status(*code, Body::Empty),
        Behaviour::Wall(code) if asked.is_browser => return status(*code, Body::Page),
        Behaviour::Wall(_) => return turned_away(),
        Behaviour::Badredirect => return redirect(&format!("https://refused.{LAB_DOMAIN}/")),
        Behaviour::H2Reset | Behaviour::H2Goaway | Behaviour::H2Refused => {
            return redirect(&format!("https://{host}{path_and_query}"));
        }
        Behaviour::Healthy
        | Behaviour::Delayed(_)
        | Behaviour::Refused
        | Behaviour::Reset
        | Behaviour::ResetHandshake
        | Behaviour::Empty
        | Behaviour::Truncated
        | Behaviour::Midbody
        | Behaviour::Badchunk
        | Behaviour::Stall
        | Behaviour::Blackhole
        | Behaviour::Garbage
        | Behaviour::Expired
        | Behaviour::WrongName
        | Behaviour::SelfSigned
        | Behaviour::Plainhttp
        | Behaviour::Drip(_) => {}
    }
    let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
    match arrival.host.home {
        Home::Anchor => status(204, Body::Empty),
        Home::Portal => portal::answer(arrival.modes(|modes| modes.portal), path),
        Home::SignIn => portal::sign_in(),
        Home::Stranger => html(200, page("Did you mean shoes?", "This name is for sale, and so are these shoes.", "")),
        Home::Edge
        | Home::SecondEdge
        | Home::ThirdEdge
        | Home::Bare
        | Home::Origin
        | Home::Archive
        | Home::Doh
        | Home::Globalping
        | Home::Status
        | Home::Pages => lab_page(arrival, asked, path, query).await,
    }
}

/// The page of a vendor's bot wall: the marks are the vendor's, the words ours.
fn turned_away() -> Reply {
    let text = "Please enable JS and disable any ad blocker.";
    let marks = [("server", "DataDome"), ("x-datadome", "protected"), ("x-dd-b", "1")];
    with(html(403, page("shop", text, "<script>var dd={'host':'geo.captcha-delivery.com'}</script>")), &marks)
}

async fn lab_page(arrival: &Arrival, asked: &Asked<'_>, path: &str, query: &str) -> Reply {
    let host = asked.host;
    let parameter = |name: &str| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    let wait = parameter("ms").and_then(|ms| ms.parse().ok()).unwrap_or(0);
    if wait > 0 {
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match segments.as_slice() {
        ["status", code, rest @ ..] => {
            let code = code.parse().unwrap_or(400);
            let body = match rest {
                ["empty"] => Body::Empty,
                ["octet"] => Body::Octets,
                ["once"] if spent(arrival, parameter("key")) => return html(200, sites::fault_page(host)),
                // From the second request on it leads where its address says, with the status that it says.
                ["then", code] if spent(arrival, parameter("key")) => {
                    return redirect_with(code.parse().unwrap_or(302), &parameter("to").unwrap_or_default());
                }
                _ => Body::Page,
            };
            status(code, body)
        }
        ["slow"] => match parameter("status").and_then(|code| code.parse().ok()) {
            Some(code) => status(code, Body::Page),
            None => html(200, page("Slow", "This page took its time.", "")),
        },
        ["slow-image"] => html(
            503,
            page(
                "Error 503 Service Unavailable",
                "The picture below takes two seconds.",
                r#"<img src="/pixel.svg?ms=2000" alt="">"#,
            ),
        ),
        ["redirect"] => redirect(&parameter("to").unwrap_or_else(|| "/".into())),
        ["download"] => with(
            html(200, "A file to keep.\n".into()),
            &[
                ("content-type", "application/octet-stream"),
                ("content-disposition", "attachment; filename=\"kept.txt\""),
            ],
        ),
        ["challenge"] => with(
            html(503, page("Just a moment...", "Checking your browser before you go on.", "")),
            &[("server", "cloudflare"), ("cf-mitigated", "challenge"), ("cf-ray", "7f2c3b1a4d5e6f70-LHR")],
        ),
        ["prefetch"] => html(
            200,
            page("Prefetch", "This page has its browser fetch another one ahead, which answers 503.", PREFETCH),
        ),
        // The page says of itself what its address asks it to say.
        ["saying"] => {
            let code = parameter("status").and_then(|code| code.parse().ok()).unwrap_or(200);
            let body = parameter("body").unwrap_or_default();
            let whole = parameter("page");
            let said = whole.unwrap_or_else(|| page("Saying", "This page has headers of its own.", &body));
            SAYABLE.into_iter().fold(html(code, said), |said, name| match parameter(name) {
                Some(value) => with(said, &[(name, &value)]),
                None => said,
            })
        }
        // A page for everybody with so many kilobytes of words that no packing makes smaller.
        ["large", ..] => {
            let kilobytes = parameter("kb").and_then(|kb| kb.parse().ok()).unwrap_or(45);
            let words = noise(&format!("{host}{path}?{query}"), kilobytes * 1000);
            with(html(200, page("Large page", &words, "")), &[("cache-control", "public, max-age=600")])
        }
        ["members", kind] => {
            let reply = members(kind, asked.cookie.split("; ").any(|cookie| cookie == "member=ann"));
            ["cache-control", "content-security-policy"].into_iter().fold(reply, |reply, name| match parameter(name) {
                Some(value) => with(reply, &[(name, &value)]),
                None => reply,
            })
        }
        ["links"] => html(200, page("Links", "Two kinds of links.", LINKS)),
        ["form"] => html(200, page("Form", "What is typed here must not be lost.", FORM)),
        ["healthy60"] => html(200, page("Sixty parts", "A healthy page with sixty parts.", &sixty_parts())),
        // An error page as XML; its kind is the end of a media type.
        ["xml", code, kind @ ..] => {
            let text = if matches!(kind, ["text", _]) { PLAIN_XML } else { XHTML };
            let said = html(code.parse().unwrap_or(503), text.to_owned());
            with(said, &[("content-type", &kind.join("/"))])
        }
        ["watched", "worker.js"] => typed("text/javascript", WATCHER),
        ["watched", "start"] => html(200, page("Watched", "A worker of this page's sees each request.", WATCHING)),
        ["watched", _, "style.css"] => typed("text/css", BACKGROUND),
        ["watched", _, name] if name.ends_with(".svg") => typed("image/svg+xml", &sites::image(FAULT_COLOUR)),
        // Both have the same parts; one of them nobody may keep.
        ["watched", kind @ ("kept" | "turned-away")] => {
            let end = if *kind == "kept" { "" } else { "<a href='/account/logout'>Bye</a>" };
            let said = page("Watched page", "This page is everybody's.", &format!("{}{end}", parts_below(kind)));
            with(html(200, said), &[("cache-control", "public, max-age=600")])
        }
        ["watched", ..] => with(
            html(200, page("Watched page", "This page is everybody's. ", &"Its words are many. ".repeat(20))),
            &[("cache-control", "public, max-age=600")],
        ),
        ["sw", "worker.js"] => typed("text/javascript", WORKER),
        ["sw"] => html(200, page("Service worker", "This page registers a worker.", REGISTRATION)),
        ["sw", ..] => html(200, page("From the network", "The network answered this page.", "")),
        [name] if name.ends_with(".svg") => typed("image/svg+xml", &sites::image(FAULT_COLOUR)),
        ["style.css"] => typed("text/css", &sites::style(FAULT_COLOUR)),
        ["favicon.ico"] => status(404, Body::Empty),
        _ => html(200, sites::fault_page(host)),
    }
}

/// False the first time for a key, true after that.
fn spent(arrival: &Arrival, key: Option<String>) -> bool {
    !arrival.world.spent.lock().unwrap_or_else(PoisonError::into_inner).insert(key.unwrap_or_default())
}

/// Words of eight letters by chance, the same for the same seed; so many characters.
fn noise(seed: &str, length: usize) -> String {
    let mut state =
        seed.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |state, byte| (state ^ u64::from(byte)).wrapping_mul(PRIME));
    let mut letter = |nth: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        if nth % 9 == 8 { ' ' } else { char::from(b'a' + u8::try_from(state % 26).unwrap_or_default()) }
    };
    (0..length).map(&mut letter).collect()
}

/// Of the hash FNV-1a.
const PRIME: u64 = 0x0100_0000_01b3;

/// A style sheet with a background, and a picture, under addresses of a page's own.
fn parts_below(kind: &str) -> String {
    let words = "Its words are many. ".repeat(20);
    format!(
        "<link rel=stylesheet href='/watched/{kind}/style.css'><img src='/watched/{kind}/picture.svg' alt=''>
        <div class=drawn>{words}</div>"
    )
}

/// Pages of a site that knows its members by a cookie and says so in no header.
fn members(kind: &str, is_member: bool) -> Reply {
    let told = |sentence: &str, more: &str| html(200, page("The club", sentence, more));
    let long = "The club meets on Tuesdays. ".repeat(40);
    match (kind, is_member) {
        ("join", _) => with(told("You are in.", ""), &[("set-cookie", "member=ann; Path=/; Secure")]),
        ("moved", false) => redirect("/members/door"),
        ("forbidden", false) => status(403, Body::Page),
        ("asked", false) => told("Only members may read this. Say who you are, and the door opens.", ""),
        ("greeted", true) => told(&format!("Hello Ann. {long}"), ""),
        ("greeted", false) => told(&format!("{long} Sign in"), ""),
        ("named", true) => told(&format!("ann@example.org {long}"), ""),
        ("counted", _) => told(&format!("{long} {}", COUNTED.fetch_add(1, Ordering::Relaxed)), ""),
        // The document is everybody's; what its script brings is not.
        ("script", _) => told("A moment.", SHELL),
        ("little", _) => told(&long, LITTLE),
        // The greeting is in the script's file, in the answer, or in what a component hides; the name is asked for.
        ("built", _) => told(&long, r#"<p id="brought"></p><script src="/members/greeting.js"></script>"#),
        ("filled", _) => {
            told(&long, r#"<p>Hello, <b id="brought"></b>!</p><script src="/members/naming.js"></script>"#)
        }
        ("hidden", _) => {
            told(&long, r#"<p>Welcome back, <x-name></x-name></p><script src="/members/hiding.js"></script>"#)
        }
        // The words are everybody's; the pictures are not.
        ("album", _) => told(&long, r#"<p id="brought"></p><script src="/members/album.js"></script>"#),
        ("album.js", _) => file(ALBUM),
        ("frame", _) => told(&long, r#"<img src="/members/face.svg" width="90" height="90" alt="">"#),
        ("face.svg", _) => {
            with(typed("image/svg+xml", &sites::image(FAULT_COLOUR)), &[("cache-control", "private, max-age=600")])
        }
        ("pictures", true) => typed("text/plain", "/letter-to-alice.svg"),
        ("pictures", false) => typed("text/plain", ""),
        ("greeting.js", _) => file(GREETING),
        ("naming.js", _) => file(NAMING),
        ("hiding.js", _) => file(HIDING),
        ("who", true) => typed("text/plain", "Alice"),
        ("who", false) => typed("text/plain", ""),
        ("name", true) => typed("text/plain", "Hello Ann"),
        ("name", false) => typed("text/plain", ""),
        ("named" | "everybody", _) => told(&long, ""),
        (_, _) => told(&format!("Dear Ann, your letter of Monday is here. {long}"), ""),
    }
}

/// A script that lies on the server as it is.
fn file(script: &str) -> Reply {
    let dates = [("last-modified", "Mon, 02 Mar 2026 10:00:00 GMT"), ("cache-control", "max-age=600")];
    with(typed("text/javascript", script), &dates)
}

fn sixty_parts() -> String {
    (0..60).map(|part| format!(r#"<img src="/part{part}.svg" width="8" height="8" alt="">"#)).collect()
}

/// Headers that a page can be asked to say, a CDN's marks among them.
const SAYABLE: [&str; 20] = [
    "cache-control",
    "vary",
    "set-cookie",
    "content-security-policy",
    "content-type",
    "alt-svc",
    "clear-site-data",
    "link",
    "server",
    "via",
    "x-served-by",
    "x-cache",
    "x-timer",
    "x-varnish",
    "fastly-restarts",
    "cf-ray",
    "cf-cache-status",
    "x-amz-cf-id",
    "x-amz-cf-pop",
    "akamai-grn",
];

static COUNTED: AtomicU32 = AtomicU32::new(1_000);

const LITTLE: &str = r#"<p id="brought"></p><script>
fetch("/members/name").then((answer) => answer.text()).then((name) => {
  document.getElementById("brought").textContent = name;
});
</script>"#;
const GREETING: &str = r#"const greet = (name) => `Hello, ${name}!`;
fetch("/members/who").then((answer) => answer.text()).then((name) => {
  document.getElementById("brought").textContent = greet(name);
});"#;
const ALBUM: &str = r#"fetch("/members/pictures").then((answer) => answer.text()).then((src) => {
  if (!src) return;
  const image = document.getElementById("brought").appendChild(new Image(300, 300));
  image.alt = "";
  image.src = src;
});"#;
const WATCHING: &str = r#"<script>
navigator.serviceWorker.register("/watched/worker.js", { scope: "/watched/" })
  .then(() => navigator.serviceWorker.ready)
  .then(() => { document.documentElement.dataset.worker = "ready"; });
</script>"#;
const WATCHER: &str = r#"const seen = [];
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", ({ source }) => source.postMessage(seen));
self.addEventListener("fetch", ({ request }) => {
  seen.push([request.mode, request.cache, request.destination, new URL(request.url).pathname].join(" "));
});
"#;
const XHTML: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>503 Backend fetch failed</title></head>
<body><h1>Error 503 Backend fetch failed</h1><p>Guru Meditation</p></body></html>"#;
const PLAIN_XML: &str = r#"<?xml version="1.0"?><error><code>503</code><message>Slow down</message></error>"#;
const BACKGROUND: &str = ".drawn { background: url('background.svg') }";
const NAMING: &str = r#"fetch("/members/who").then((answer) => answer.text()).then((name) => {
  document.getElementById("brought").textContent = name;
});"#;
const HIDING: &str = r#"customElements.define("x-name", class extends HTMLElement {
  constructor() {
    super();
    const root = this.attachShadow({ mode: "closed" });
    fetch("/members/who").then((answer) => answer.text()).then((name) => {
      root.innerHTML = "<i></i>";
      root.firstChild.textContent = name;
    });
  }
});"#;
const SHELL: &str = r#"<p id="brought"></p><script>
fetch("/members/letter").then((answer) => answer.text()).then((html) => {
  document.getElementById("brought").textContent = html.replace(/<[^>]*>/g, " ");
});
</script>"#;
const PREFETCH: &str = r#"<script type="speculationrules">{"prefetch":[{"source":"list","urls":["/status/503"],"eagerness":"immediate"}]}</script>
<p><a id="ahead" href="/status/503">The page ahead</a></p>"#;
const LINKS: &str = r#"<p><a id="ok" href="/ok">A page that works</a></p>
<p><a id="slow" href="/slow?ms=400">A page that works slowly</a></p>
<p><a id="failing" href="/status/503">A page that fails</a></p>
<p><a id="download" href="/download">A file</a></p>
<p><a id="nothing" href="/status/204">No content</a></p>"#;
const FORM: &str =
    r#"<form method="post" action="/status/503"><input name="words" id="words"><button id="send">Send</button></form>"#;
const REGISTRATION: &str = r#"<script>
navigator.serviceWorker.register("/sw/worker.js", { scope: "/sw/" })
  .then(() => navigator.serviceWorker.ready)
  .then(() => { document.documentElement.dataset.worker = "ready"; });
</script>
<p><a id="page" href="/sw/page">The worker's own 503</a> <a id="offline" href="/sw/offline">The worker's offline copy</a></p>"#;
const WORKER: &str = r#"self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
const page = (title, status) => new Response(
  `<!doctype html><title>${title}</title><h1>${title}</h1>`,
  { status, headers: { "content-type": "text/html" } });
self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (path === "/sw/page") event.respondWith(page("The worker says 503", 503));
  if (path === "/sw/offline") event.respondWith(fetch(event.request).catch(() => page("The site's own offline copy", 200)));
});
"#;
