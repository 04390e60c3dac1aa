//! The table itself, as data.
//!
//! What is not here, and why: `cloudflare.com`, `google.com`, `amazonaws.com` and the like as CNAMEs (customers, or
//! more than the CDN), `.google.` and names of single customers. Self-hosted Varnish says `via: 1.1 varnish` and
//! `x-varnish` too, so Fastly needs its node's name. Marks come from the vendors' documentation and from public
//! error reports; a year after a name says when it was last seen there.

use super::row::{Entry, Row};

const fn entry(name: &'static str, provenance: &'static str) -> Entry {
    Entry { row: Row { name, names: "", headers: "", pop: "" }, ranges: "", provenance }
}

impl Entry {
    const fn ranges(mut self, ranges: &'static str) -> Self {
        self.ranges = ranges;
        self
    }

    const fn names(mut self, names: &'static str) -> Self {
        self.row.names = names;
        self
    }

    const fn headers(mut self, headers: &'static str) -> Self {
        self.row.headers = headers;
        self
    }

    const fn pop(mut self, pop: &'static str) -> Self {
        self.row.pop = pop;
        self
    }
}

pub(super) const ENTRIES: [Entry; 42] = [
    entry("Cloudflare", "cloudflare.com/ips; developers.cloudflare.com, HTTP headers and error pages; 2026")
        .ranges(include_str!("../ranges/cloudflare.txt"))
        .names("cdn.cloudflare.net cdn.cloudflareanycast.net cloudflarecn.net pages.dev workers.dev cloudflaressl.com")
        .headers("cf-ray|server^cloudflare|cf-cache-status")
        .pop("cf-ray|-|"),
    entry("Fastly", "api.fastly.com/public-ip-list; developer.fastly.com, HTTP headers and errors; 2026")
        .ranges(include_str!("../ranges/fastly.txt"))
        .names("fastly.net fastlylb.net fastly-edge.com")
        .headers("x-served-by~cache-|server-timing~fastly|fastly-restarts")
        .pop("x-served-by"),
    entry("Amazon CloudFront", "ip-ranges.amazonaws.com; docs.aws.amazon.com, CloudFront response headers; 2026")
        .ranges(include_str!("../ranges/cloudfront.txt"))
        .names("cloudfront.net")
        .headers("x-amz-cf-id|x-amz-cf-pop|via~(cloudfront)|server^cloudfront")
        .pop("*x-amz-cf-pop||#-"),
    entry("Akamai", "techdocs.akamai.com, Origin IP ACL and edge hostnames; public reports; 2026")
        .ranges(include_str!("../ranges/akamai.txt"))
        .names("akamai.net akamaized.net akamaiedge.net akamaihd.net edgekey.net edgesuite.net akamaitechnologies.com akadns.net edgekey-staging.net")
        .headers("server^akamai|x-akamai-request-id|akamai-grn|x-akamai-staging|x-akamai-transformed|server-timing~ak_p"),
    entry("Azure Front Door", "service tag AzureFrontDoor.Frontend; learn.microsoft.com, Front Door headers; 2026")
        .ranges(include_str!("../ranges/azure_front_door.txt"))
        .names("azurefd.net azurefd.us azureedge.net -msedge.net vo.msecnd.net")
        .headers("x-azure-ref|x-msedge-ref|x-azure-ref-originshield")
        .pop("x-msedge-ref|Ref B: |# "),
    entry("bunny.net", "docs.bunny.net; public reports; 2026. Its list is of 9,000 single addresses: left out")
        .names("b-cdn.net bunnycdn.com")
        .headers("server^bunnycdn|cdn-pullzone")
        .pop("*server|BunnyCDN-|-"),
    entry("Vercel", "vercel.com/docs, headers, errors and domains; 2026")
        .ranges(include_str!("../ranges/vercel.txt"))
        .names("vercel-dns.com vercel.app now.sh zeit.co -vercel-dns.com")
        .headers("x-vercel-id|x-vercel-error|server^vercel")
        .pop("x-vercel-id||:"),
    entry("Netlify", "docs.netlify.com; public reports; 2026")
        .ranges(include_str!("../ranges/netlify.txt"))
        .names("netlify.app netlify.com netlifyglobalcdn.com")
        .headers("server^netlify|x-nf-request-id|cache-status~netlify"),
    entry("Imperva", "my.imperva.com/api/integration/v1/ips; docs.imperva.com; public reports; 2026")
        .ranges(include_str!("../ranges/imperva.txt"))
        .names("incapdns.net impervadns.net incapsula.com")
        .headers("x-iinfo|x-cdn~incapsula|x-cdn~imperva|set-cookie~visid_incap_|set-cookie~incap_ses_"),
    entry("Sucuri", "docs.sucuri.net, Website Firewall; public reports; 2026")
        .ranges(include_str!("../ranges/sucuri.txt"))
        .names("sucuri.net")
        .headers("server^sucuri|x-sucuri-id|x-sucuri-cache|x-sucuri-block")
        .pop("*x-sucuri-id||"),
    // Its own list holds all of Google, and its load balancer's addresses lie among those of rented machines.
    entry("Google Cloud CDN/LB", "cloud.google.com, load balancing headers; 2026")
        .names("googlehosted.com ghs.google.com")
        .headers("via~1.1 google|server^google frontend"),
    entry("Heroku", "devcenter.heroku.com, HTTP routing and errors; 2026")
        .names("herokudns.com herokuapp.com herokussl.com")
        .headers("via~vegur|via~heroku-router|server^heroku|nel~heroku"),
    entry("KeyCDN", "keycdn.com/support, response headers; 2026. Its list is of shields, not edges: left out")
        .names("kxcdn.com")
        .headers("server^keycdn|x-edge-location")
        .pop("*x-edge-location||"),
    // Its list (api.gcore.com/cdn/public-ip-list) is of 1,800 single addresses: the host refreshes it, the wasm
    // does without.
    entry("Gcore", "gcore.com/docs/cdn; 2026")
        .names("gcdn.co gcorelabs.net")
        .headers("server^gcore|x-id-fe|x-id~-gc")
        .pop("*x-id||#-"),
    entry("StackPath", "Public reports; closed in 2023")
        .names("hwcdn.net stackpathdns.com stackpathcdn.com netdna-cdn.com")
        .headers("x-hw|server^netdna"),
    entry("Edgio", "docs.edg.io, response headers; closed in 2025")
        .names("edgecastcdn.net systemcdn.net llnwd.net llnw.net lldns.net edgio.net")
        .headers("server^ecacc|server^ecs (|server^ecd (|x-llid|x-powered-by~edgio")
        .pop("*server|(|/"),
    entry("CDN77", "client.cdn77.com/support, response headers; 2026")
        .names("cdn77.net cdn77.org cdn77-ssl.net")
        .headers("server^cdn77|x-77-pop|x-77-nzt")
        .pop("*x-77-pop||"),
    entry("CacheFly", "cachefly.cachefly.net/ips/cdn.txt; cachefly.com; 2025")
        .ranges(include_str!("../ranges/cachefly.txt"))
        .names("cachefly.net")
        .headers("server^cfs |server^cachefly|x-cf1"),
    // Delivered by Fastly, whose headers it bears: an address or a name tells it apart, and so does its Server.
    entry("GitHub Pages", "api.github.com/meta; docs.github.com/pages; 2026")
        .ranges(include_str!("../ranges/github_pages.txt"))
        .names("github.io")
        ,
    entry("Alibaba Cloud CDN", "alibabacloud.com/help/cdn, response headers; 2026")
        .names("kunlunsl.com kunlunar.com kunlunca.com kunluncan.com kunlunaq.com alikunlun.com cdngslb.com tbcache.com alicdn.com")
        .headers("eagleid|ali-swift-global-savetime"),
    entry("Tencent Cloud CDN", "tencentcloud.com/document/product/228; 2026")
        .names("cdn.dnsv1.com cdn.dnsv1.com.cn tdnsv5.com tdnsv6.com cdntip.com qcloudcdn.com")
        .headers("x-nws-log-uuid"),
    entry("CDNetworks", "docs.cdnetworks.com; public reports; 2025")
        .names("cdngc.net gccdn.net panthercdn.com cdnga.net wscdns.com lxdns.com wsglb0.com")
        .headers("x-ws-request-id"),
    entry("Medianova", "Public reports; 2026")
        .names("mncdn.com mncdn.net mncdn.org")
        .headers("server^mncdn")
        .pop("*server|-|"),
    entry("ArvanCloud", "arvancloud.ir/en/ips.txt; public reports; 2026")
        .ranges(include_str!("../ranges/arvancloud.txt"))
        .names("arvancdn.com arvancdn.ir")
        .headers("server^arvancloud|ar-poweredby|ar-sid"),
    entry("DDoS-Guard", "Public reports; 2026").headers("server^ddos-guard"),
    entry("Qrator", "Public reports; 2025").headers("server^qrator"),
    entry("Huawei Cloud CDN", "support.huaweicloud.com, CDN CNAMEs; 2025").names("cdnhwc1.com cdnhwc2.com cdnhwc3.com"),
    entry("Baidu Cloud CDN", "Public reports; 2025")
        .names("yunjiasu-cdn.net jomodns.com bdydns.com")
        .headers("server^yunjiasu"),
    entry("QUIC.cloud", "docs.quic.cloud; 2025")
        .names("quic.cloud")
        .headers("x-qc-pop|x-qc-cache")
        .pop("*x-qc-pop||"),
    entry("Fly.io", "fly.io/docs, request headers; 2026")
        .names("fly.dev")
        .headers("fly-request-id|server^fly/|via~fly.io")
        .pop("fly-request-id|-|"),
    entry("Railway", "docs.railway.com, edge networking; 2026")
        .names("railway.app")
        .headers("x-railway-edge|server^railway|x-railway-fallback")
        .pop("x-railway-edge||"),
    // Behind Cloudflare, which is the outer edge where both speak.
    entry("Render", "render.com/docs; public reports; 2026")
        .names("onrender.com")
        .headers("x-render-origin-server|x-render-routing|rndr-id"),
    entry("DigitalOcean", "docs.digitalocean.com, App Platform and Spaces CDN; 2026")
        .names("ondigitalocean.app cdn.digitaloceanspaces.com")
        .headers("x-do-app-origin"),
    entry("Deno Deploy", "docs.deno.com; 2025")
        .names("deno.dev")
        .headers("server^deno/")
        .pop("server|deno/|"),
    // Firebase Hosting is delivered by Fastly.
    entry("Firebase Hosting", "firebase.google.com/docs/hosting; 2026").names("web.app firebaseapp.com"),
    entry("WordPress.com", "developer.wordpress.com; public reports; 2025")
        .names("wordpress.com wpvip.com go-vip.net")
        .headers("x-ac|x-powered-by^wordpress vip"),
    entry("Squarespace", "support.squarespace.com, DNS records; 2025")
        .names("squarespace.com")
        .headers("server^squarespace"),
    entry("Wix", "support.wix.com, DNS records; public reports; 2026")
        .names("wixdns.net wixsite.com")
        .headers("x-wix-request-id|server^pepyaka"),
    entry("Shopify", "help.shopify.com, DNS records; 2026")
        .names("myshopify.com")
        .headers("x-shopid|x-shopify-stage"),
    entry("Pantheon", "docs.pantheon.io; 2025")
        .names("pantheonsite.io")
        .headers("x-pantheon-styx-hostname"),
    entry("F5 Distributed Cloud", "docs.cloud.f5.com; public reports; 2026")
        .names("ves.io")
        .headers("server^volt-adc|x-volterra-location")
        .pop("*x-volterra-location||#-"),
    entry("OVHcloud CDN", "help.ovhcloud.com, CDN headers; 2025")
        .headers("x-cdn-pop|x-cdn-pop-ip")
        .pop("*x-cdn-pop||#"),
];
