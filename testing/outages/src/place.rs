//! Where people and probes sit, and which POP they meet there.

/// A place on Earth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Two letters: AF, AS, EU, NA, OC, SA.
    pub continent: &'static str,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// For people.
    pub city: &'static str,
    /// The provider's name.
    pub network: &'static str,
    /// The POP that is met from here, as CDNs name them: IATA's letters.
    pub pop: &'static str,
}

const fn place(
    continent: &'static str,
    country: &'static str,
    city: &'static str,
    network: &'static str,
    pop: &'static str,
) -> Place {
    Place { continent, country, city, network, pop }
}

pub(super) const FRANKFURT: Place = place("EU", "DE", "Frankfurt", "Deutsche Telekom AG", "FRA");
pub(super) const LONDON: Place = place("EU", "GB", "London", "BT", "LHR");
pub(super) const AMSTERDAM: Place = place("EU", "NL", "Amsterdam", "KPN", "AMS");
pub(super) const SEATTLE: Place = place("NA", "US", "Seattle", "Comcast Cable", "SEA");
pub(super) const ASHBURN: Place = place("NA", "US", "Ashburn", "Verizon", "IAD");
pub(super) const DALLAS: Place = place("NA", "US", "Dallas", "AT&T", "DFW");
pub(super) const SAO_PAULO: Place = place("SA", "BR", "São Paulo", "Vivo", "GRU");
pub(super) const MUMBAI: Place = place("AS", "IN", "Mumbai", "Reliance Jio", "BOM");
pub(super) const SINGAPORE: Place = place("AS", "SG", "Singapore", "Singtel", "SIN");
pub(super) const TOKYO: Place = place("AS", "JP", "Tokyo", "NTT", "NRT");
pub(super) const OSAKA: Place = place("AS", "JP", "Osaka", "KDDI", "KIX");
const PARIS: Place = place("EU", "FR", "Paris", "Orange", "CDG");
const WARSAW: Place = place("EU", "PL", "Warsaw", "Orange Polska", "WAW");
const NEWARK: Place = place("NA", "US", "Newark", "Verizon", "EWR");
const SEOUL: Place = place("AS", "KR", "Seoul", "KT", "ICN");
const HONG_KONG: Place = place("AS", "HK", "Hong Kong", "HKT", "HKG");
const JAKARTA: Place = place("AS", "ID", "Jakarta", "Telkom Indonesia", "CGK");
const MADRID: Place = place("EU", "ES", "Madrid", "Telefónica", "MAD");
const VIENNA: Place = place("EU", "AT", "Vienna", "A1", "VIE");
const TORONTO: Place = place("NA", "CA", "Toronto", "Bell Canada", "YYZ");
const DENVER: Place = place("NA", "US", "Denver", "Lumen", "DEN");
const MIAMI: Place = place("NA", "US", "Miami", "Comcast Cable", "MIA");
const CURITIBA: Place = place("SA", "BR", "Curitiba", "Claro", "CWB");
const BUENOS_AIRES: Place = place("SA", "AR", "Buenos Aires", "Telecom Argentina", "EZE");
const BOGOTA: Place = place("SA", "CO", "Bogotá", "ETB", "BOG");
const SYDNEY: Place = place("OC", "AU", "Sydney", "Telstra", "SYD");
const MELBOURNE: Place = place("OC", "AU", "Melbourne", "Optus", "MEL");
const AUCKLAND: Place = place("OC", "NZ", "Auckland", "Spark", "AKL");
const JOHANNESBURG: Place = place("AF", "ZA", "Johannesburg", "Telkom SA", "JNB");
const NAIROBI: Place = place("AF", "KE", "Nairobi", "Safaricom", "NBO");
const LAGOS: Place = place("AF", "NG", "Lagos", "MTN Nigeria", "LOS");
const CAIRO: Place = place("AF", "EG", "Cairo", "TE Data", "CAI");

/// People anywhere.
pub(super) const ANYWHERE: &[Place] = &[FRANKFURT, LONDON, AMSTERDAM, SEATTLE, ASHBURN, DALLAS, SINGAPORE, TOKYO];

/// Where remote probes sit, by continent. About half of the places in Europe, North America and Asia are inside of the
/// regional outages that are replayed, for both took half of Cloudflare's requests with them; of South America's and
/// Oceania's those that their post-mortems name, and no city in Africa was.
pub(super) const PROBES: [&[Place]; 6] = [
    &[FRANKFURT, LONDON, MADRID, VIENNA, PARIS, WARSAW],
    &[ASHBURN, DENVER, TORONTO, MIAMI, DALLAS, NEWARK, SEATTLE],
    &[TOKYO, SINGAPORE, MUMBAI, SEOUL, HONG_KONG, JAKARTA],
    &[SAO_PAULO, BUENOS_AIRES, CURITIBA, BOGOTA],
    &[SYDNEY, MELBOURNE, AUCKLAND],
    &[JOHANNESBURG, NAIROBI, LAGOS, CAIRO],
];
