//! The texts themselves. Marks are those that each vendor's pages carry; words around them are our own.

use super::page::Answer;
use crate::world::Cdn;

/// What a page is printed with.
pub(super) struct Print<'a> {
    pub(super) host: &'a str,
    pub(super) pop: &'a str,
    pub(super) node: String,
    pub(super) unix: u64,
    pub(super) id: u64,
}

impl Print<'_> {
    /// The headers that a CDN puts on every answer.
    pub(super) fn marks(&self, cdn: Cdn) -> Vec<(&'static str, String)> {
        let id = self.id;
        match cdn {
            Cdn::Fastly => vec![
                ("via", "1.1 varnish".to_owned()),
                ("x-served-by", self.node.clone()),
                ("x-cache", "MISS".to_owned()),
                ("x-cache-hits", "0".to_owned()),
                ("x-timer", format!("S{}.000000,VS0,VE1", self.unix)),
            ],
            Cdn::Cloudflare => {
                vec![("server", "cloudflare".to_owned()), ("cf-ray", format!("{id:016x}-{}", self.pop))]
            }
            Cdn::CloudFront => vec![
                ("via", format!("1.1 {id:032x}.cloudfront.net (CloudFront)")),
                ("x-amz-cf-pop", format!("{}56-P4", self.pop)),
                ("x-amz-cf-id", format!("{id:016x}ZqPkY7w==")),
            ],
            Cdn::Akamai => vec![("akamai-grn", format!("0.{:08x}.{}.{:08x}", id >> 40, self.unix, id & 0xffff_ffff))],
            Cdn::FrontDoor => vec![("x-azure-ref", format!("0{id:016x}{:016x}", id.rotate_left(17)))],
            Cdn::Own => Vec::new(),
        }
    }

    pub(super) fn fastly_guru(&self, status: u16, reason: &str) -> Answer {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!DOCTYPE html>\n<html>\n  <head>\n    <title>{status} \
             {reason}</title>\n  </head>\n  <body>\n    <h1>Error {status} {reason}</h1>\n    <p>{reason}</p>\n    \
             <h3>Guru Mediation:</h3>\n    <p>Details: {} {} {}</p>\n    <hr>\n    <p>Varnish cache server</p>\n  \
             </body>\n</html>\n",
            self.node,
            self.unix,
            self.id & 0xffff_ffff,
        );
        let headers = vec![("server", "Varnish".to_owned()), ("retry-after", "0".to_owned())];
        Answer { status, headers, body, title: format!("{status} {reason}") }
    }

    pub(super) fn fastly_54113(&self) -> Answer {
        let body = format!(
            "<!DOCTYPE html>\n<html>\n  <head>\n    <title>503 Connection reset by peer</title>\n  </head>\n  <body>\n    \
             <h1>Error 503 Connection reset by peer</h1>\n    <p>Connection reset by peer</p>\n    <h3>Error 54113</h3>\n    \
             <p>Details: {} {} {}</p>\n    <hr>\n    <p>Varnish cache server</p>\n  </body>\n</html>\n",
            self.node,
            self.unix,
            self.id & 0xffff_ffff,
        );
        let headers = vec![("server", "Varnish".to_owned()), ("retry-after", "0".to_owned())];
        Answer { status: 503, headers, body, title: "503 Connection reset by peer".to_owned() }
    }

    pub(super) fn cloudflare_bare(&self, status: u16) -> Answer {
        let title = match status {
            502 => "502 Bad Gateway",
            504 => "504 Gateway Time-out",
            _ => "500 Internal Server Error",
        };
        let body = format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
             <hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n"
        );
        Answer { status, headers: Vec::new(), body, title: title.to_owned() }
    }

    /// `cloudflare` is how the page shows the middle of its three legs.
    pub(super) fn cloudflare_branded(&self, status: u16, words: &str, cloudflare: &str) -> Answer {
        let title = format!("{} | {status}: {words}", self.host);
        let (ours, theirs, host_status) =
            if status >= 520 { ("", "cf-error-source", "Error") } else { ("cf-error-source", "", "Working") };
        let body = format!(
            "<!DOCTYPE html>\n<html class=\"no-js\" lang=\"en-US\">\n<head>\n<title>{title}</title>\n</head>\n<body>\n\
             <div id=\"cf-wrapper\"><div id=\"cf-error-details\"><h1><span>{words}</span> <span>Error code \
             {status}</span></h1>\n<div>Visit <a href=\"https://www.cloudflare.com/5xx-error-landing?utm_source=\
             errorcode_{status}\">cloudflare.com</a> for more information.</div>\n<div id=\"cf-browser-status\">You \
             <span>Browser</span> <span>Working</span></div>\n<div id=\"cf-cloudflare-status\" class=\"{ours}\">{} \
             <span>Cloudflare</span> <span>{cloudflare}</span></div>\n<div id=\"cf-host-status\" class=\"{theirs}\">{} \
             <span>Host</span> <span>{host_status}</span></div>\n<p>Cloudflare Ray ID: <strong>{:016x}</strong></p>\
             </div></div>\n</body>\n</html>\n",
            self.pop, self.host, self.id,
        );
        Answer { status, headers: Vec::new(), body, title }
    }

    pub(super) fn cloudfront_504(&self) -> Answer {
        let title = "ERROR: The request could not be satisfied".to_owned();
        let body = format!(
            "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\" \"http://www.w3.org/TR/html4/loose.dtd\">\n\
             <HTML><HEAD><TITLE>{title}</TITLE></HEAD><BODY>\n<H1>504 ERROR</H1>\n<H2>The request could not be \
             satisfied.</H2>\n<HR noshade size=\"1px\">\nCloudFront attempted to establish a connection with the \
             origin, but either the attempt failed or the origin closed the connection. We can't connect to the server \
             for this app or website at this time: CloudFront wasn't able to connect to the origin.\n<PRE>\nGenerated by \
             cloudfront (CloudFront)\nRequest ID: {:016x}Zq==\n</PRE>\n</BODY></HTML>",
            self.id,
        );
        let headers = vec![("server", "CloudFront".to_owned()), ("x-cache", "Error from cloudfront".to_owned())];
        Answer { status: 504, headers, body, title }
    }

    pub(super) fn akamai_504(&self) -> Answer {
        let reference = format!("#97.{:08x}.{}.{:08x}", self.id >> 40, self.unix, self.id & 0xffff_ffff);
        let body = format!(
            "<HTML><HEAD>\n<TITLE>Gateway Timeout - In read </TITLE>\n</HEAD><BODY>\n<H1>Gateway Timeout</H1>\nThe proxy \
             server did not receive a timely response from the upstream server.<P>\nReference \
             {reference}\n</BODY>\n</HTML>\n"
        );
        let headers = vec![("server", "AkamaiGHost".to_owned()), ("mime-version", "1.0".to_owned())];
        Answer { status: 504, headers, body, title: "Gateway Timeout - In read".to_owned() }
    }

    pub(super) fn front_door(&self, status: u16) -> Answer {
        let body = format!(
            "<!DOCTYPE html><html><head><title>Service unavailable</title></head><body><div><h2>Our services aren't \
             available right now</h2><p>We're working to restore all services as soon as possible. Please check back \
             soon.</p><span>0{:016x}AAAAA{:08x}QU1TMDRFREdFMTkxNw==</span></div></body></html>",
            self.id,
            self.id >> 32,
        );
        Answer { status, headers: Vec::new(), body, title: "Service unavailable".to_owned() }
    }
}

pub(super) fn load_balancer_503() -> Answer {
    let title = "503 Service Temporarily Unavailable";
    let body = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n\
         </html>\r\n"
    );
    Answer { status: 503, headers: vec![("server", "awselb/2.0".to_owned())], body, title: title.to_owned() }
}

pub(super) fn maintenance(host: &str) -> Answer {
    let title = format!("{host} is being maintained");
    let body = format!(
        "<!doctype html><html><head><title>{title}</title></head><body><h1>Back soon</h1><p>We are improving {host} \
         tonight and will be back at 23:00. Thank you for your patience.</p></body></html>"
    );
    let headers = vec![("server", "nginx".to_owned()), ("retry-after", "3600".to_owned())];
    Answer { status: 503, headers, body, title }
}

pub(super) fn overrun() -> Answer {
    let title = "503 Service Temporarily Unavailable";
    let body = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    Answer { status: 503, headers: vec![("server", "nginx".to_owned())], body, title: title.to_owned() }
}

pub(super) fn sign_in() -> Answer {
    let title = "Hotel Wi-Fi: please sign in".to_owned();
    let body = format!(
        "<html><head><title>{title}</title></head><body><form action=\"http://login.hotel-wifi.net/\"><p>Room and \
         name, please.</p></form></body></html>"
    );
    Answer { status: 200, headers: vec![("server", "lighttpd".to_owned())], body, title }
}

pub(super) fn advertising(host: &str) -> Answer {
    let title = format!("{host}: search results");
    let body = format!("<html><head><title>{title}</title></head><body><h1>Did you mean …</h1></body></html>");
    Answer { status: 200, headers: vec![("server", "Apache".to_owned())], body, title }
}
