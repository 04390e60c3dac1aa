//! A page's parts while it is cleaned: found by address, held against their content, each kept once.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    address::{Base, without_fragment},
    kind::kind,
};
use crate::{
    capture::Part,
    charset,
    css::{self, NOTHING, Wanted},
    mhtml,
    page::{Body, Hash},
};

/// Parts by address, and what became of them.
pub(super) struct Parts<'a> {
    by_url: HashMap<&'a str, &'a Part>,
    media: HashMap<&'a str, Option<Hash>>,
    sheets: HashMap<&'a str, Hash>,
    /// Style sheets that are being read, outermost first: none imports itself.
    reading: Vec<String>,
    written: usize,
    bodies: BTreeMap<Hash, Body>,
    named: HashSet<String>,
    lost: HashSet<String>,
    more_lost: u32,
}

impl<'a> Parts<'a> {
    pub(super) fn new(parts: &'a [Part]) -> Self {
        let mut by_url = HashMap::with_capacity(parts.len());
        for part in parts {
            by_url.entry(without_fragment(&part.url)).or_insert(part);
            if let Some(id) = &part.id {
                by_url.entry(id.as_str()).or_insert(part);
            }
        }
        Self {
            by_url,
            media: HashMap::new(),
            sheets: HashMap::new(),
            reading: Vec::new(),
            written: 0,
            bodies: BTreeMap::new(),
            named: HashSet::new(),
            lost: HashSet::new(),
            more_lost: 0,
        }
    }

    /// Bodies that the document or its style sheets name, in the order of their hashes; how many parts were named, how
    /// many of them are lost.
    pub(super) fn finish(mut self, html: &str) -> (Vec<Body>, u32, u32) {
        let mut wanted: HashSet<String> = Hash::named_in(html.as_bytes()).collect();
        for body in self.bodies.values().filter(|body| body.media_type == "text/css") {
            if wanted.contains(&body.hash.0) {
                wanted.extend(Hash::named_in(&body.bytes));
            }
        }
        self.bodies.retain(|hash, _| wanted.contains(&hash.0));
        let count = |set: &HashSet<String>| u32::try_from(set.len()).unwrap_or(u32::MAX);
        let (named, lost) = (count(&self.named), count(&self.lost));
        (self.bodies.into_values().collect(), named.saturating_add(self.more_lost), lost.saturating_add(self.more_lost))
    }

    /// Something that has no address was left out.
    pub(super) fn lose(&mut self) {
        self.more_lost = self.more_lost.saturating_add(1);
    }

    /// Where a frame came from.
    pub(super) fn frame(&self, base: &Base, address: &str) -> Option<String> {
        match self.by_url.get(address.trim()) {
            Some(part) => base.web(&part.url),
            None => base.web(address),
        }
    }

    /// Whether there is anything of this address.
    pub(super) fn has(&self, base: &Base, address: &str) -> bool {
        let address = address.trim_matches(|c: char| c <= ' ');
        let is_known = |address: &str| self.by_url.contains_key(address);
        data(address).is_some()
            || is_known(without_fragment(address))
            || base.resolve(address).is_some_and(|address| is_known(&address))
    }

    /// The image or font of this address.
    pub(super) fn media(&mut self, base: &Base, address: &str) -> Option<Hash> {
        let address = address.trim_matches(|c: char| c <= ' ');
        if address.is_empty() || address == NOTHING {
            return None;
        }
        if let Some((media_type, _, bytes)) = data(address) {
            let Some(known) = kind(&bytes, &media_type) else {
                self.lose();
                return None;
            };
            return Some(self.keep(known, bytes));
        }
        let part = self.find(base, address)?;
        let key = part.url.as_str();
        if let Some(hash) = self.media.get(key) {
            return hash.clone();
        }
        let hash = kind(&part.bytes, &part.media_type).map(|known| self.keep(known, part.bytes.clone()));
        if hash.is_none() {
            self.lost.insert(key.to_owned());
        }
        self.media.insert(key, hash.clone());
        hash
    }

    /// The style sheet of this address, clean.
    pub(super) fn sheet(&mut self, base: &Base, address: &str) -> Option<Hash> {
        let address = address.trim_matches(|c: char| c <= ' ');
        if let Some((media_type, charset, bytes)) = data(address) {
            if media_type != "text/css" {
                self.lose();
                return None;
            }
            let text = self.read_sheet(address, base, &charset::style_sheet(&bytes, charset.as_deref()))?;
            return Some(self.keep("text/css", text.into_bytes()));
        }
        let part = self.find(base, address)?;
        if let Some(hash) = self.sheets.get(part.url.as_str()) {
            return Some(hash.clone());
        }
        if !matches!(part.media_type.as_str(), "text/css" | "") {
            self.lost.insert(part.url.clone());
            return None;
        }
        let text = charset::style_sheet(&part.bytes, part.charset.as_deref());
        // A style sheet that stood in the document has the document's base.
        let own = if part.url.starts_with("http") { Base::new(&part.url) } else { base.clone() };
        let text = self.read_sheet(&part.url, &own, &text)?;
        let hash = self.keep("text/css", text.into_bytes());
        self.sheets.insert(part.url.as_str(), hash.clone());
        Some(hash)
    }

    fn read_sheet(&mut self, name: &str, base: &Base, text: &str) -> Option<String> {
        if self.reading.len() >= MAX_IMPORTS || self.reading.iter().any(|reading| reading == name) {
            return None;
        }
        self.reading.push(name.to_owned());
        let text = self.style(base, text);
        self.reading.pop();
        text
    }

    /// Cleans what stands in a `<style>`.
    pub(super) fn style(&mut self, base: &Base, text: &str) -> Option<String> {
        if self.written > MAX_STYLES {
            self.lose();
            return None;
        }
        let text = css::clean(text, &mut |wanted, address| self.answer(base, wanted, address));
        self.written += text.len();
        Some(text)
    }

    /// Cleans what stands in a `style` attribute.
    pub(super) fn declarations(&mut self, base: &Base, text: &str) -> String {
        css::clean_declarations(text, &mut |wanted, address| self.answer(base, wanted, address))
    }

    fn answer(&mut self, base: &Base, wanted: Wanted, address: &str) -> Option<String> {
        match wanted {
            Wanted::Media => self.media(base, address).map(|hash| hash.placeholder()),
            Wanted::Sheet => {
                let hash = self.sheet(base, address)?;
                let body = self.bodies.get(&hash)?;
                if self.written > MAX_STYLES {
                    return None;
                }
                self.written += body.bytes.len();
                Some(String::from_utf8_lossy(&body.bytes).into_owned())
            }
        }
    }

    fn find(&mut self, base: &Base, address: &str) -> Option<&'a Part> {
        let key = without_fragment(address);
        let mut resolved = None;
        let part = self.by_url.get(key).copied().or_else(|| {
            resolved = base.resolve(address);
            self.by_url.get(resolved.as_deref()?).copied()
        });
        let name = part.map(|part| part.url.clone()).or(resolved).unwrap_or_else(|| key.to_owned());
        if part.is_none() {
            // Chromium's captures have no fonts, and a page is as readable without: no loss to tell a reader of.
            if is_font(&name) {
                return None;
            }
            self.lost.insert(name.clone());
        }
        self.named.insert(name);
        part
    }

    fn keep(&mut self, media_type: &str, bytes: Vec<u8>) -> Hash {
        let hash = Hash::of(media_type, &bytes);
        let body = || Body { hash: hash.clone(), media_type: media_type.to_owned(), bytes };
        self.bodies.entry(hash.clone()).or_insert_with(body);
        hash
    }
}

/// The content of a `data:` address: media type, charset, bytes (RFC 2397).
fn data(address: &str) -> Option<(String, Option<String>, Vec<u8>)> {
    let scheme = address.get(..5)?;
    if !scheme.eq_ignore_ascii_case("data:") {
        return None;
    }
    let (head, content) = address.get(5..)?.split_once(',').unwrap_or_default();
    let mut parameters = head.split(';').map(|part| part.trim().to_ascii_lowercase());
    let media_type = parameters.next().unwrap_or_default();
    let (mut charset, mut is_base64) = (None, false);
    for parameter in parameters {
        is_base64 = parameter == "base64";
        charset = parameter.strip_prefix("charset=").map(str::to_owned).or(charset);
    }
    let bytes = percent_decoded(content.as_bytes());
    Some((media_type, charset, if is_base64 { mhtml::base64(&bytes) } else { bytes }))
}

fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            // A line that was broken; tabs and line ends are no part of an address.
            (b'\t' | b'\n' | b'\r', _) => {}
            (b'#', _) => break,
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    rest = after;
                }
                _ => out.push(b'%'),
            },
            _ => out.push(*byte),
        }
    }
    out
}

/// Real style sheets import one or two levels deep; each level is a call.
const MAX_IMPORTS: usize = 8;
/// Style sheets that import each other twice double with each level; a page's own are a tenth of this.
const MAX_STYLES: usize = 16 << 20;

/// Whether an address is a font's, by the end of its path.
fn is_font(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let end = path.rsplit_once('.').map_or("", |(_, end)| end);
    ["woff2", "woff", "ttf", "otf", "eot"].iter().any(|font| end.eq_ignore_ascii_case(font))
}
