//! The key `proxy`.

use detour_probe::{ProxyServer, ProxySource};
use serde::{Deserialize, Deserializer, de};

/// Which proxy checks go through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ProxyChoice {
    /// The browser's, else this computer's settings.
    #[default]
    System,
    /// None, whatever the settings say.
    None,
    /// This server.
    Server(ProxyServer),
}

impl ProxyChoice {
    pub(super) fn source(&self) -> ProxySource {
        match self {
            Self::System => ProxySource::System,
            Self::None => ProxySource::Nowhere,
            Self::Server(server) => ProxySource::Given(server.clone()),
        }
    }
}

pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ProxyChoice, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.as_str() {
        "system" => Ok(ProxyChoice::System),
        "none" => Ok(ProxyChoice::None),
        // The text itself may hold a password, and is not repeated.
        other => ProxyServer::parse(other).map(ProxyChoice::Server).ok_or_else(|| {
            de::Error::custom(
                "proxy: this is no proxy; write \"system\", \"none\", or an address like \"http://10.0.0.1:3128\" or \
                 \"socks5://10.0.0.1:1080\"",
            )
        }),
    }
}
