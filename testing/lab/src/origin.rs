//! What an origin's own nginx says in place of its pages: a status, with nginx's page for it or one of the site's own.
//!
//! nginx looks for files whose names tell it, as sites do that have a maintenance page.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Doing, LabError};
use crate::sites::page;

/// The page that comes with the status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OriginPage {
    /// nginx's own.
    #[default]
    Nginx,
    /// The site's, about work being done.
    Maintenance,
    /// One that looks like Cloudflare's for 522.
    Cloudflare522,
}

/// The site's nginx answers so from now on; 200 is its pages.
pub(crate) fn say(dir: &Path, site: &str, status: u16, page: OriginPage) -> Result<(), LabError> {
    if status != HEALTHY && !STATUSES.contains(&status) {
        let known = STATUSES.map(|status| status.to_string()).join(", ");
        return Err(LabError::BadSwitch(format!("an origin says 200, {known}, not {status}")));
    }
    let folder = folder(dir).join(site);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).doing(|| format!("emptying {}", folder.display()))?;
    }
    if status == HEALTHY {
        return Ok(());
    }
    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        std::fs::write(&file, text).doing(|| format!("writing {}", file.display()))
    };
    std::fs::create_dir_all(&folder).doing(|| format!("creating {}", folder.display()))?;
    match page {
        OriginPage::Nginx => write(&format!("{status}.{PLAIN}"), ""),
        OriginPage::Maintenance => {
            write(PAGE, &maintenance(site))?;
            write(&format!("{status}.{WITH_PAGE}"), "")
        }
        OriginPage::Cloudflare522 => {
            write(PAGE, &cloudflare_522(site))?;
            write(&format!("{status}.{WITH_PAGE}"), "")
        }
    }
}

/// Every site's nginx answers with its pages.
pub(crate) fn heal(dir: &Path) -> Result<(), LabError> {
    let folder = folder(dir);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).doing(|| format!("emptying {}", folder.display()))?;
    }
    Ok(())
}

/// The lines of nginx's configuration that look for a site's files.
pub(crate) fn configuration(dir: &Path, site: &str, location: &str) -> String {
    let folder = folder(dir).join(site);
    let shown = folder.display();
    let mut conf = format!(
        "location = /{PAGE} {{ internal; root \"{shown}\"; default_type text/html; charset utf-8; }}\nlocation / {{ {location}\n"
    );
    for status in STATUSES {
        let _ = writeln!(conf, "if (-f \"{shown}/{status}.{PLAIN}\") {{ return {status}; }}");
        let _ = writeln!(
            conf,
            "if (-f \"{shown}/{status}.{WITH_PAGE}\") {{ error_page {status} /{PAGE}; return {status}; }}"
        );
    }
    conf.push_str("}\n");
    conf
}

fn folder(dir: &Path) -> PathBuf {
    dir.join("nginx/says")
}

fn maintenance(site: &str) -> String {
    page(
        "Back soon",
        "We are working on this site and expect to be back within the hour.",
        &format!("<p>Planned maintenance of {site}.</p>"),
    )
}

/// With the marks by which Cloudflare's page is known, and the host's name in its title.
fn cloudflare_522(site: &str) -> String {
    format!(
        r#"<!DOCTYPE html>
<html lang="en-US">
<head>
<title>{site} | 522: Connection timed out</title>
<meta charset="UTF-8">
</head>
<body>
<div id="cf-wrapper">
<div id="cf-error-details" class="cf-error-details-wrapper">
<h1><span>Connection timed out</span> <span>Error code 522</span></h1>
<div id="cf-browser-status"><span>You</span> <h3>Browser</h3> <span>Working</span></div>
<div id="cf-cloudflare-status"><span>London</span> <h3>Cloudflare</h3> <span>Working</span></div>
<div id="cf-host-status" class="cf-error-source"><span>{site}</span> <h3>Host</h3> <span>Error</span></div>
<p>Cloudflare Ray ID: <strong>7f2c3b1a4d5e6f70</strong></p>
</div>
</div>
</body>
</html>
"#
    )
}

const HEALTHY: u16 = 200;
const STATUSES: [u16; 8] = [403, 404, 429, 500, 502, 503, 504, 522];
const PLAIN: &str = "plain";
const WITH_PAGE: &str = "page";
const PAGE: &str = ".says.html";
