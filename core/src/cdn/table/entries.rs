//! The table itself, as data.
//!
//! What is not here, and why: `cloudflare.com`, `google.com`, `amazonaws.com` and the like as CNAMEs (customers, or
//! more than the CDN), `.google.` and names of single customers. Self-hosted Varnish says `via: 1.1 varnish` and
//! `x-varnish` too, so Fastly needs its node's name. Marks come from the vendors' documentation and from public
//! error reports; a year after a name says when it was last seen there.

use super::HeaderRule::{self, Begins, Holds, Present};
use super::{Entry, PopRule, Row};

const fn entry(name: &'static str, provenance: &'static str) -> Entry {
    let row = Row { name, cnames: &[], certificates: &[], headers: &[], pop: PopRule::Untold, servers: &[] };
    Entry { row, ranges: "", provenance }
}

impl Entry {
    const fn ranges(mut self, ranges: &'static str) -> Self {
        self.ranges = ranges;
        self
    }

    const fn cnames(mut self, cnames: &'static [&'static str]) -> Self {
        self.row.cnames = cnames;
        self
    }

    const fn certificates(mut self, certificates: &'static [&'static str]) -> Self {
        self.row.certificates = certificates;
        self
    }

    const fn headers(mut self, headers: &'static [HeaderRule]) -> Self {
        self.row.headers = headers;
        self
    }

    const fn pop(mut self, pop: PopRule) -> Self {
        self.row.pop = pop;
        self
    }

    const fn servers(mut self, servers: &'static [&'static str]) -> Self {
        self.row.servers = servers;
        self
    }
}

pub(super) const ENTRIES: [Entry; 46] = [
    entry("Cloudflare", "cloudflare.com/ips; developers.cloudflare.com, HTTP headers and error pages; 2026")
        .ranges(include_str!("../ranges/cloudflare.txt"))
        .cnames(&["cdn.cloudflare.net", "cdn.cloudflareanycast.net", "cloudflarecn.net", "pages.dev", "workers.dev"])
        .certificates(&["cloudflaressl.com", "pages.dev", "workers.dev"])
        .headers(&[Present("cf-ray"), Begins("server", "cloudflare"), Present("cf-cache-status")])
        .pop(PopRule::Pop("cf-ray", "-", ""))
        .servers(&["cloudflare"]),
    entry("Fastly", "api.fastly.com/public-ip-list; developer.fastly.com, HTTP headers and errors; 2026")
        .ranges(include_str!("../ranges/fastly.txt"))
        .cnames(&["fastly.net", "fastlylb.net", "fastly-edge.com"])
        .certificates(&["fastly.net", "fastlylb.net"])
        .headers(&[Begins("x-served-by", "cache-"), Holds("server-timing", "fastly"), Present("fastly-restarts")])
        .pop(PopRule::ServedBy),
    entry("Amazon CloudFront", "ip-ranges.amazonaws.com; docs.aws.amazon.com, CloudFront response headers; 2026")
        .ranges(include_str!("../ranges/cloudfront.txt"))
        .cnames(&["cloudfront.net"])
        .certificates(&["cloudfront.net"])
        .headers(&[
            Present("x-amz-cf-id"),
            Present("x-amz-cf-pop"),
            Holds("via", "(cloudfront)"),
            Begins("server", "cloudfront"),
        ])
        .pop(PopRule::Node("x-amz-cf-pop", "", "0123456789-"))
        .servers(&["cloudfront"]),
    entry("Akamai", "techdocs.akamai.com, Origin IP ACL and edge hostnames; public reports; 2026")
        .ranges(include_str!("../ranges/akamai.txt"))
        .cnames(&[
            "akamai.net",
            "akamaized.net",
            "akamaiedge.net",
            "akamaihd.net",
            "edgekey.net",
            "edgesuite.net",
            "akamaitechnologies.com",
            "akadns.net",
            "edgekey-staging.net",
        ])
        .certificates(&["akamai.net", "akamaized.net", "akamaihd.net", "akamaiedge.net"])
        .headers(&[
            Begins("server", "akamai"),
            Present("x-akamai-request-id"),
            Present("akamai-grn"),
            Present("x-akamai-staging"),
            Present("x-akamai-transformed"),
            Holds("server-timing", "ak_p"),
        ])
        .servers(&["akamaighost", "akamainetstorage"]),
    entry("Azure Front Door", "service tag AzureFrontDoor.Frontend; learn.microsoft.com, Front Door headers; 2026")
        .ranges(include_str!("../ranges/azure_front_door.txt"))
        .cnames(&["azurefd.net", "azurefd.us", "azureedge.net", "-msedge.net", "vo.msecnd.net"])
        .certificates(&["azurefd.net", "azureedge.net"])
        .headers(&[Present("x-azure-ref"), Present("x-msedge-ref"), Present("x-azure-ref-originshield")])
        .pop(PopRule::Pop("x-msedge-ref", "Ref B: ", "0123456789 ")),
    entry("bunny.net", "docs.bunny.net; public reports; 2026. Its list is of 9,000 single addresses: left out")
        .cnames(&["b-cdn.net", "bunnycdn.com"])
        .certificates(&["b-cdn.net"])
        .headers(&[Begins("server", "bunnycdn"), Present("cdn-pullzone")])
        .pop(PopRule::Node("server", "BunnyCDN-", "-"))
        .servers(&["bunnycdn"]),
    entry("Vercel", "vercel.com/docs, headers, errors and domains; 2026")
        .ranges(include_str!("../ranges/vercel.txt"))
        .cnames(&["vercel-dns.com", "vercel.app", "now.sh", "zeit.co", "-vercel-dns.com"])
        .certificates(&["vercel.app"])
        .headers(&[Present("x-vercel-id"), Present("x-vercel-error"), Begins("server", "vercel")])
        .pop(PopRule::Pop("x-vercel-id", "", ":"))
        .servers(&["vercel"]),
    entry("Netlify", "docs.netlify.com; public reports; 2026")
        .ranges(include_str!("../ranges/netlify.txt"))
        .cnames(&["netlify.app", "netlify.com", "netlifyglobalcdn.com"])
        .certificates(&["netlify.app"])
        .headers(&[Begins("server", "netlify"), Present("x-nf-request-id"), Holds("cache-status", "netlify")])
        .servers(&["netlify"]),
    entry("Imperva", "my.imperva.com/api/integration/v1/ips; docs.imperva.com; public reports; 2026")
        .ranges(include_str!("../ranges/imperva.txt"))
        .cnames(&["incapdns.net", "impervadns.net"])
        .certificates(&["incapsula.com"])
        .headers(&[
            Present("x-iinfo"),
            Holds("x-cdn", "incapsula"),
            Holds("x-cdn", "imperva"),
            Holds("set-cookie", "visid_incap_"),
            Holds("set-cookie", "incap_ses_"),
        ]),
    entry("Sucuri", "docs.sucuri.net, Website Firewall; public reports; 2026")
        .ranges(include_str!("../ranges/sucuri.txt"))
        .cnames(&["sucuri.net"])
        .headers(&[
            Begins("server", "sucuri"),
            Present("x-sucuri-id"),
            Present("x-sucuri-cache"),
            Present("x-sucuri-block"),
        ])
        .pop(PopRule::Node("x-sucuri-id", "", ""))
        .servers(&["sucuri/"]),
    // Its own list holds all of Google, and its load balancer's addresses lie among those of rented machines.
    entry("Google Cloud CDN/LB", "cloud.google.com, load balancing headers; 2026")
        .cnames(&["googlehosted.com", "ghs.google.com"])
        .headers(&[Holds("via", "1.1 google"), Begins("server", "google frontend")])
        .servers(&["google frontend"]),
    entry("Heroku", "devcenter.heroku.com, HTTP routing and errors; 2026")
        .cnames(&["herokudns.com", "herokuapp.com", "herokussl.com"])
        .certificates(&["herokuapp.com"])
        .headers(&[
            Holds("via", "vegur"),
            Holds("via", "heroku-router"),
            Begins("server", "heroku"),
            Holds("nel", "heroku"),
        ]),
    entry("KeyCDN", "keycdn.com/support, response headers; 2026. Its list is of shields, not edges: left out")
        .cnames(&["kxcdn.com"])
        .certificates(&["kxcdn.com"])
        .headers(&[Begins("server", "keycdn"), Present("x-edge-location")])
        .pop(PopRule::Node("x-edge-location", "", ""))
        .servers(&["keycdn"]),
    // Its list (api.gcore.com/cdn/public-ip-list) is of 1,800 single addresses: the host refreshes it, the wasm
    // does without.
    entry("Gcore", "gcore.com/docs/cdn; 2026")
        .cnames(&["gcdn.co", "gcorelabs.net"])
        .certificates(&["gcdn.co"])
        .headers(&[Begins("server", "gcore"), Present("x-id-fe"), Holds("x-id", "-gc")])
        .pop(PopRule::Node("x-id", "", "0123456789-"))
        .servers(&["gcore"]),
    entry("StackPath", "Public reports; closed in 2023")
        .cnames(&["hwcdn.net", "stackpathdns.com", "stackpathcdn.com", "netdna-cdn.com"])
        .headers(&[Present("x-hw"), Begins("server", "netdna")]),
    entry("Edgio", "docs.edg.io, response headers; closed in 2025")
        .cnames(&["edgecastcdn.net", "systemcdn.net", "llnwd.net", "llnw.net", "lldns.net", "edgio.net"])
        .headers(&[
            Begins("server", "ecacc"),
            Begins("server", "ecs ("),
            Begins("server", "ecd ("),
            Present("x-llid"),
            Holds("x-powered-by", "edgio"),
        ])
        .pop(PopRule::Node("server", "(", "/"))
        .servers(&["ecacc", "ecs (", "ecd (", "edgeprism"]),
    entry("CDN77", "client.cdn77.com/support, response headers; 2026")
        .cnames(&["cdn77.net", "cdn77.org", "cdn77-ssl.net"])
        .certificates(&["cdn77.org", "cdn77-ssl.net"])
        .headers(&[Begins("server", "cdn77"), Present("x-77-pop"), Present("x-77-nzt")])
        .pop(PopRule::Node("x-77-pop", "", ""))
        .servers(&["cdn77"]),
    entry("CacheFly", "cachefly.cachefly.net/ips/cdn.txt; cachefly.com; 2025")
        .ranges(include_str!("../ranges/cachefly.txt"))
        .cnames(&["cachefly.net"])
        .certificates(&["cachefly.net"])
        .headers(&[Begins("server", "cfs "), Begins("server", "cachefly"), Present("x-cf1")])
        .servers(&["cfs ", "cachefly"]),
    // Delivered by Fastly, whose headers it bears: an address or a name tells it apart, and so does its Server.
    entry("GitHub Pages", "api.github.com/meta; docs.github.com/pages; 2026")
        .ranges(include_str!("../ranges/github_pages.txt"))
        .cnames(&["github.io"])
        .certificates(&["github.io"])
        .headers(&[]),
    entry("Alibaba Cloud CDN", "alibabacloud.com/help/cdn, response headers; 2026")
        .cnames(&[
            "kunlunsl.com",
            "kunlunar.com",
            "kunlunca.com",
            "kunluncan.com",
            "kunlunaq.com",
            "alikunlun.com",
            "cdngslb.com",
            "tbcache.com",
            "alicdn.com",
        ])
        .headers(&[Present("eagleid"), Present("ali-swift-global-savetime")]),
    entry("Tencent Cloud CDN", "tencentcloud.com/document/product/228; 2026")
        .cnames(&["cdn.dnsv1.com", "cdn.dnsv1.com.cn", "tdnsv5.com", "tdnsv6.com", "cdntip.com", "qcloudcdn.com"])
        .headers(&[Present("x-nws-log-uuid")]),
    entry("CDNetworks", "docs.cdnetworks.com; public reports; 2025")
        .cnames(&["cdngc.net", "gccdn.net", "panthercdn.com", "cdnga.net", "wscdns.com", "lxdns.com", "wsglb0.com"])
        .headers(&[Present("x-ws-request-id")]),
    entry("Medianova", "Public reports; 2026")
        .cnames(&["mncdn.com", "mncdn.net", "mncdn.org"])
        .headers(&[Begins("server", "mncdn")])
        .pop(PopRule::Node("server", "-", ""))
        .servers(&["mncdn"]),
    entry("ArvanCloud", "arvancloud.ir/en/ips.txt; public reports; 2026")
        .ranges(include_str!("../ranges/arvancloud.txt"))
        .cnames(&["arvancdn.com", "arvancdn.ir"])
        .headers(&[Begins("server", "arvancloud"), Present("ar-poweredby"), Present("ar-sid")])
        .servers(&["arvancloud"]),
    entry("DDoS-Guard", "Public reports; 2026").headers(&[Begins("server", "ddos-guard")]).servers(&["ddos-guard"]),
    entry("Qrator", "Public reports; 2025").headers(&[Begins("server", "qrator")]).servers(&["qrator"]),
    entry("Huawei Cloud CDN", "support.huaweicloud.com, CDN CNAMEs; 2025").cnames(&[
        "cdnhwc1.com",
        "cdnhwc2.com",
        "cdnhwc3.com",
    ]),
    entry("Baidu Cloud CDN", "Public reports; 2025")
        .cnames(&["yunjiasu-cdn.net", "jomodns.com", "bdydns.com"])
        .headers(&[Begins("server", "yunjiasu")])
        .servers(&["yunjiasu"]),
    entry("QUIC.cloud", "docs.quic.cloud; 2025")
        .cnames(&["quic.cloud"])
        .headers(&[Present("x-qc-pop"), Present("x-qc-cache")])
        .pop(PopRule::Node("x-qc-pop", "", "")),
    entry("Fly.io", "fly.io/docs, request headers; 2026")
        .cnames(&["fly.dev"])
        .certificates(&["fly.dev"])
        .headers(&[Present("fly-request-id"), Begins("server", "fly/"), Holds("via", "fly.io")])
        .pop(PopRule::Pop("fly-request-id", "-", ""))
        .servers(&["fly/"]),
    entry("Railway", "docs.railway.com, edge networking; 2026")
        .cnames(&["railway.app"])
        .certificates(&["railway.app"])
        .headers(&[Present("x-railway-edge"), Begins("server", "railway"), Present("x-railway-fallback")])
        .pop(PopRule::Pop("x-railway-edge", "", ""))
        .servers(&["railway"]),
    // Behind Cloudflare, which is the outer edge where both speak.
    entry("Render", "render.com/docs; public reports; 2026")
        .cnames(&["onrender.com"])
        .certificates(&["onrender.com"])
        .headers(&[Present("x-render-origin-server"), Present("x-render-routing"), Present("rndr-id")]),
    entry("DigitalOcean", "docs.digitalocean.com, App Platform and Spaces CDN; 2026")
        .cnames(&["ondigitalocean.app", "cdn.digitaloceanspaces.com"])
        .headers(&[Present("x-do-app-origin")]),
    entry("Deno Deploy", "docs.deno.com; 2025")
        .cnames(&["deno.dev"])
        .headers(&[Begins("server", "deno/")])
        .pop(PopRule::Pop("server", "deno/", ""))
        .servers(&["deno/"]),
    // Firebase Hosting is delivered by Fastly.
    entry("Firebase Hosting", "firebase.google.com/docs/hosting; 2026").cnames(&["web.app", "firebaseapp.com"]),
    entry("WordPress.com", "developer.wordpress.com; public reports; 2025")
        .cnames(&["wordpress.com", "wpvip.com", "go-vip.net"])
        .headers(&[Present("x-ac"), Begins("x-powered-by", "wordpress vip")]),
    entry("Squarespace", "support.squarespace.com, DNS records; 2025")
        .cnames(&["squarespace.com"])
        .headers(&[Begins("server", "squarespace")])
        .servers(&["squarespace"]),
    entry("Wix", "support.wix.com, DNS records; public reports; 2026")
        .cnames(&["wixdns.net", "wixsite.com"])
        .headers(&[Present("x-wix-request-id"), Begins("server", "pepyaka")])
        .servers(&["pepyaka"]),
    entry("Shopify", "help.shopify.com, DNS records; 2026")
        .cnames(&["myshopify.com"])
        .headers(&[Present("x-shopid"), Present("x-shopify-stage")]),
    entry("Pantheon", "docs.pantheon.io; 2025")
        .cnames(&["pantheonsite.io"])
        .headers(&[Present("x-pantheon-styx-hostname")]),
    entry("F5 Distributed Cloud", "docs.cloud.f5.com; public reports; 2026")
        .cnames(&["ves.io"])
        .headers(&[Begins("server", "volt-adc"), Present("x-volterra-location")])
        .pop(PopRule::Node("x-volterra-location", "", "0123456789-"))
        .servers(&["volt-adc"]),
    entry("Reblaze", "Public reports; 2024").headers(&[Begins("server", "reblaze")]).servers(&["reblaze"]),
    entry("Lumen CDN", "Public reports; closed in 2024").cnames(&["footprint.net", "lumen.net"]),
    entry("OVHcloud CDN", "help.ovhcloud.com, CDN headers; 2025")
        .headers(&[Present("x-cdn-pop"), Present("x-cdn-pop-ip")])
        .pop(PopRule::Node("x-cdn-pop", "", "0123456789")),
    entry("BelugaCDN", "belugacdn.com; 2023")
        .cnames(&["belugacdn.com", "belugacdn.link"])
        .headers(&[Begins("server", "beluga"), Present("x-beluga-trace")])
        .servers(&["beluga"]),
    entry("Section", "section.io/docs; 2024").cnames(&["section.io"]).headers(&[Present("section-io-id")]),
];
