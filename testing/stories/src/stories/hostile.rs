//! Pages that want to run or to fetch: kept like any other, and shown without either.
//!
//! What the cleaner takes out is tested with the shelf (crates/shelf/tests/hostile); here real browsers show what is left of
//! it, behind the sandbox and the policy that would hold without a cleaner as well.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::tab::TabId;
use serde_json::json;

use super::stage::{Stage, Story, story};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![story!("A copy of a hostile page is readable, runs nothing and fetches nothing", all_of_them).within(LONG)]
}

async fn all_of_them(stage: &Stage<'_>) -> Result<()> {
    let shelf = stage.browser.open_page("copies.html").await?;
    let documents = documents();
    for (name, html) in &documents {
        put(stage, shelf, name, html).await.with_context(|| format!("keeping `{name}`"))?;
    }
    let ids = kept(stage, shelf).await?;
    for (name, _) in &documents {
        ensure!(ids.contains_key(&address(name)), "`{name}` was not kept, nor refused");
    }
    stage.browser.close(shelf).await?;
    stage.lab.clear_log();
    for (name, _) in &documents {
        let id = ids.get(&address(name)).with_context(|| format!("no copy of `{name}`"))?;
        let tab = stage.browser.open(&stage.browser.page(&format!("copy.html#id={id}"))).await?;
        looks_harmless(stage, tab, name).await.with_context(|| format!("the copy of `{name}`"))?;
        stage.browser.close(tab).await?;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    // Nobody but these pages knows the one, and only they are on the other: whoever asks, asks for them.
    let log: Vec<_> = stage.lab.log().into_iter().filter(|seen| is_theirs(&seen.host)).collect();
    ensure!(log.is_empty(), "{} entries in the log of every connection, the first: {:?}", log.len(), log.first());
    Ok(())
}

/// As a capture of Firefox's, whose HTML no browser has cleaned before.
async fn put(stage: &Stage<'_>, shelf: TabId, name: &str, html: &str) -> Result<()> {
    let body = "const { putInInbox } = await import('/shelf/shelf.js');
        const meta = JSON.stringify({ url: args[0], title: '', at: Date.now(), pinned: false, quota: 1e8,
            known: { canonical: null, alternates: [], feeds: [], onion: null } });
        await putInInbox({ meta, html: args[1], parts: [], lost: 0 });
        return true;";
    stage.browser.run_async(shelf, body, vec![address(name).into(), html.into()]).await.map(drop)
}

/// The shelf's pages by their addresses, once the inbox is empty; none of it may be refused.
async fn kept(stage: &Stage<'_>, shelf: TabId) -> Result<std::collections::BTreeMap<String, String>> {
    let body = "const { ask } = await import('/shelf/keeper.js');
        const { refused } = await ask('work');
        if (refused.length > 0) throw new Error(JSON.stringify(refused));
        const { pages } = await ask('list');
        return Object.fromEntries(pages.map(({ url, id }) => [url, id]));";
    Ok(serde_json::from_value(stage.browser.run_async(shelf, body, Vec::new()).await?)?)
}

async fn looks_harmless(stage: &Stage<'_>, tab: TabId, name: &str) -> Result<()> {
    let words = words(name);
    let look = "const page = document.querySelector('iframe')?.contentDocument;
        return page?.readyState === 'complete' && page.body !== null && page.body.innerText.includes(arguments[0]);";
    wait_until("the copy shows its words", Duration::from_secs(20), async || {
        Ok(stage.browser.run(tab, look, vec![words.as_str().into()]).await? == json!(true))
    })
    .await?;
    // Whatever waits for a hand: every link, button and field is touched.
    let touch = "const page = document.querySelector('iframe').contentDocument;
        for (const element of page.querySelectorAll('a, button, input, summary, [tabindex], area')) {
            element.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
            element.focus?.();
            element.click?.();
        }
        const [own, frame] = [window, document.querySelector('iframe').contentWindow];
        return [own.hacked ?? null, frame.hacked ?? null, location.pathname];";
    let found = stage.browser.run(tab, touch, Vec::new()).await?;
    ensure!(found == json!([null, null, "/pages/copy.html"]), "something ran or led away: {found}");
    Ok(())
}

fn is_theirs(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    host == SITE || host.ends_with(ZONE)
}

/// Each with a name, and with words that must be readable in the copy.
fn documents() -> Vec<(&'static str, String)> {
    let whole = |name: &str, html: &str| {
        html.replace("RUN", RUN).replace("LEAK", LEAK).replace("WORDS", &format!("<p>{}</p>", words(name)))
    };
    let mut documents: Vec<(&str, String)> = VECTORS.iter().map(|(name, html)| (*name, whole(name, html))).collect();
    let deep = format!("{}{}{}", "<div>".repeat(20_000), words("deeply nested"), "</div>".repeat(20_000));
    documents.push(("deeply nested", deep));
    documents
}

fn words(name: &str) -> String {
    format!("Still readable: {name}.")
}

fn address(name: &str) -> String {
    format!("https://{SITE}/hostile/{}", name.replace(' ', "-"))
}

/// The documents' own site.
const SITE: &str = "www.lab-crates.net";
/// Where all that they must not ask for is. A name that does not exist is looked up all the same.
const ZONE: &str = ".hostile-page.example";
const RUN: &str = "top.hacked=parent.hacked=window.hacked=1;new Image().src='https://leak.hostile-page.example/leak'";
const LEAK: &str = "https://leak.hostile-page.example/leak";

/// The ideas of public collections, in our own words. `RUN` is a script, `LEAK` an address that must not be asked for.
const VECTORS: [(&str, &str); 40] = [
    ("script", "<script>RUN</script>WORDS"),
    ("handler", "<img src=x onerror=\"RUN\">WORDS"),
    ("load of svg", "<svg onload=\"RUN\"></svg>WORDS"),
    ("script in svg", "<svg><script>RUN</script><script href=LEAK></script></svg>WORDS"),
    ("animation", "<svg><animate onbegin=\"RUN\" attributeName=x dur=1s></svg>WORDS"),
    ("link that runs", "<a href=\"javascript:RUN\">click</a><a href=\"java&#9;script:RUN\">click</a>WORDS"),
    ("frame in a frame", "<iframe srcdoc=\"<script>RUN</script><img src=LEAK>\"></iframe>WORDS"),
    ("frame that runs", "<iframe src=\"javascript:RUN\"></iframe><iframe src=LEAK></iframe>WORDS"),
    ("frame of data", "<iframe src=\"data:text/html,<script>RUN</script>\"></iframe>WORDS"),
    ("plug-ins", "<object data=LEAK></object><embed src=LEAK><applet code=LEAK></applet>WORDS"),
    ("refresh", "<meta http-equiv=refresh content=\"0;url=LEAK\">WORDS"),
    ("base", "<base href=\"https://leak.hostile-page.example/\"><img src=leak><a href=leak>x</a>WORDS"),
    (
        "links that fetch",
        "<link rel=stylesheet href=LEAK><link rel=prefetch href=LEAK><link rel=preload as=image href=LEAK><link rel=dns-prefetch href=LEAK><link rel=preconnect href=LEAK><link rel=icon href=LEAK><link rel=modulepreload href=LEAK>WORDS",
    ),
    ("import", "<style>@import url(LEAK); @import 'LEAK';</style>WORDS"),
    ("background in css", "<style>body { background: url(LEAK) } p { background: \\75 rl(LEAK) }</style>WORDS"),
    (
        "image set",
        "<style>p { background: image-set('LEAK' 1x); background: -webkit-image-set(url(LEAK) 1x) }</style>WORDS",
    ),
    ("font", "<style>@font-face { font-family: f; src: url(LEAK) } p { font-family: f }</style>WORDS"),
    ("cursor and list", "<style>p { cursor: url(LEAK), auto; display: list-item; list-style: url(LEAK) }</style>WORDS"),
    ("style of an element", "<div style=\"background:url(LEAK);behavior:url(LEAK)\">x</div>WORDS"),
    ("end of a style in a string", "<style>a::after { content: \"</style><img src=x onerror='RUN'>\" }</style>WORDS"),
    (
        "math and mglyph",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=RUN&gt;\">WORDS",
    ),
    ("style in svg", "<svg></p><style><a id=\"</style><img src=1 onerror='RUN'>\"></style></svg>WORDS"),
    ("annotation", "<math><annotation-xml encoding='text/html'><script>RUN</script></annotation-xml></math>WORDS"),
    ("noscript", "<noscript><p title=\"</noscript><img src=x onerror='RUN'>\"></noscript>WORDS"),
    ("template", "<div><template shadowrootmode=open><img src=LEAK onerror='RUN'>x</template></div>WORDS"),
    (
        "form",
        "<form action=\"javascript:RUN\"><input autofocus onfocus='RUN'><button formaction=\"javascript:RUN\">go</button></form><form action=LEAK><input type=submit><input type=image src=LEAK></form>WORDS",
    ),
    (
        "sound and film",
        "<video poster=LEAK src=LEAK autoplay onerror='RUN'><track src=LEAK></video><audio src=LEAK autoplay></audio>WORDS",
    ),
    ("picture", "<picture><source srcset=LEAK><img srcset=\"LEAK 2x\" src=LEAK></picture>WORDS"),
    ("old backgrounds", "<table background=LEAK><tr><td background=LEAK>x</table>WORDS"),
    (
        "references of svg",
        "<svg><use href=\"LEAK#a\"/><image href=LEAK /><filter id=f><feImage href=LEAK /></filter><a xlink:href=\"javascript:RUN\"><text>x</text></a></svg>WORDS",
    ),
    (
        "set in svg",
        "<svg><a><set attributeName=href to=\"javascript:RUN\"/><text y=20>x</text></a><rect fill=\"url(LEAK#a)\"/></svg>WORDS",
    ),
    (
        "toggle",
        "<details open ontoggle=\"RUN\"><summary>x</summary></details><marquee onstart=\"RUN\">x</marquee>WORDS",
    ),
    ("ping", "<a ping=LEAK href=\"#here\">x</a><p id=here>x</p>WORDS"),
    ("comments", "<!--><img src=x onerror='RUN'>--><![CDATA[<img src=x onerror='RUN'>]]>WORDS"),
    (
        "speculation",
        "<script type=speculationrules>{\"prefetch\":[{\"source\":\"list\",\"urls\":[\"LEAK\"]}]}</script>WORDS",
    ),
    ("text that hides", "<textarea><img src=x onerror='RUN'></textarea><xmp><img src=x onerror='RUN'></xmp>WORDS"),
    ("select", "<select><template><script>RUN</script></template><option>x</select>WORDS"),
    ("foreign", "<svg><foreignObject><img src=LEAK onerror='RUN'><script>RUN</script></foreignObject></svg>WORDS"),
    (
        "policy",
        "<meta http-equiv=Content-Security-Policy content=\"default-src *; script-src * 'unsafe-inline'\">WORDS",
    ),
    (
        "right to left",
        "<html dir=rtl lang=ar><body onload=\"RUN\"><p>\u{202e}\u{645}\u{631}\u{62d}\u{628}\u{627}</p>WORDS",
    ),
];

const LONG: Duration = Duration::from_secs(300);
