//! Six probes, one on each continent that people live on.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

/// Somebody's probe.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    /// The address it connects from; doors know by it that it is none of the user's own network.
    pub(super) from: Ipv4Addr,
    continent: &'static str,
    region: &'static str,
    country: &'static str,
    state: Option<&'static str>,
    city: &'static str,
    asn: u32,
    network: &'static str,
    latitude: f64,
    longitude: f64,
}

impl Probe {
    pub(super) fn document(&self) -> Value {
        json!({
            "continent": self.continent,
            "region": self.region,
            "country": self.country,
            "state": self.state,
            "city": self.city,
            "asn": self.asn,
            "network": self.network,
            "latitude": self.latitude,
            "longitude": self.longitude,
            "tags": TAGS,
            "resolvers": ["private"],
        })
    }

    fn fits(&self, location: &Value) -> bool {
        let text = |name: &str| location.get(name).and_then(Value::as_str);
        let is = |name: &str, own: &str| text(name).is_none_or(|wanted| wanted.eq_ignore_ascii_case(own));
        let tags = location.get("tags").and_then(Value::as_array);
        let has = |tag: &Value| tag.as_str().is_some_and(|tag| TAGS.contains(&tag));
        let words = [self.continent, self.region, self.country, self.city, self.network, TAGS[0]];
        let is_meant = |magic: &str| {
            magic
                .split('+')
                .all(|part| magic == "world" || words.iter().any(|word| word.eq_ignore_ascii_case(part.trim())))
        };
        is("continent", self.continent)
            && is("region", self.region)
            && is("country", self.country)
            && is("city", self.city)
            && tags.is_none_or(|tags| tags.iter().all(has))
            && text("magic").is_none_or(is_meant)
    }
}

/// The probes that a request asks for: `limit` in each of its `locations`, or `limit` anywhere.
pub(super) fn chosen(request: &Value) -> Vec<Probe> {
    let limit = |of: &Value| {
        let limit = of.get("limit").and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
        limit.unwrap_or(1)
    };
    let anywhere = [json!({ "limit": limit(request) })];
    let locations = request.get("locations").and_then(Value::as_array).filter(|locations| !locations.is_empty());
    let mut chosen: Vec<Probe> = Vec::new();
    for location in locations.map_or(&anywhere[..], Vec::as_slice) {
        let free = PROBES.iter().filter(|probe| probe.fits(location));
        let free: Vec<Probe> = free.filter(|probe| chosen.iter().all(|one| one.from != probe.from)).copied().collect();
        chosen.extend(free.into_iter().take(limit(location)));
    }
    if locations.is_some() && request.get("limit").is_some() {
        chosen.truncate(limit(request));
    }
    chosen
}

/// All of them stand in homes.
const TAGS: [&str; 1] = ["eyeball-network"];

const PROBES: [Probe; 6] = [
    Probe {
        from: Ipv4Addr::new(11, 0, 11, 11),
        continent: "EU",
        region: "Western Europe",
        country: "DE",
        state: None,
        city: "Leipzig",
        asn: 3320,
        network: "Deutsche Telekom AG",
        latitude: 51.34,
        longitude: 12.37,
    },
    Probe {
        from: Ipv4Addr::new(11, 0, 11, 12),
        continent: "NA",
        region: "Northern America",
        country: "US",
        state: Some("OH"),
        city: "Columbus",
        asn: 7922,
        network: "Comcast Cable Communications, LLC",
        latitude: 39.96,
        longitude: -83.0,
    },
    Probe {
        from: Ipv4Addr::new(11, 0, 11, 13),
        continent: "AS",
        region: "Eastern Asia",
        country: "JP",
        state: None,
        city: "Osaka",
        asn: 17676,
        network: "SoftBank Corp.",
        latitude: 34.69,
        longitude: 135.5,
    },
    Probe {
        from: Ipv4Addr::new(11, 0, 11, 14),
        continent: "SA",
        region: "South America",
        country: "BR",
        state: None,
        city: "Belo Horizonte",
        asn: 27699,
        network: "TELEFÔNICA BRASIL S.A",
        latitude: -19.92,
        longitude: -43.94,
    },
    Probe {
        from: Ipv4Addr::new(11, 0, 11, 15),
        continent: "OC",
        region: "Australia and New Zealand",
        country: "AU",
        state: None,
        city: "Brisbane",
        asn: 1221,
        network: "Telstra Limited",
        latitude: -27.47,
        longitude: 153.03,
    },
    Probe {
        from: Ipv4Addr::new(11, 0, 11, 16),
        continent: "AF",
        region: "Eastern Africa",
        country: "KE",
        state: None,
        city: "Nairobi",
        asn: 33771,
        network: "Safaricom Limited",
        latitude: -1.29,
        longitude: 36.82,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(request: Value, countries: &[&str]) {
        let chosen: Vec<_> = chosen(&request).iter().map(|probe| probe.country).collect();
        assert_eq!(chosen, countries, "{request}");
    }

    #[test]
    fn probes_are_chosen_as_the_locations_say() {
        check(json!({}), &["DE"]);
        check(json!({ "limit": 3 }), &["DE", "US", "JP"]);
        let each = ["EU", "NA", "AS", "SA", "OC", "AF"].map(|continent| json!({ "continent": continent, "limit": 1 }));
        check(json!({ "locations": each }), &["DE", "US", "JP", "BR", "AU", "KE"]);
        check(json!({ "locations": [{ "country": "JP" }, { "continent": "EU" }] }), &["JP", "DE"]);
        check(json!({ "locations": [{ "continent": "AS", "tags": ["eyeball-network"] }] }), &["JP"]);
        check(json!({ "locations": [{ "magic": "Leipzig+DE" }, { "magic": "world" }] }), &["DE", "US"]);
        check(json!({ "locations": [{ "tags": ["datacenter-network"] }] }), &[]);
        check(json!({ "locations": [{ "country": "FR" }] }), &[]);
    }
}
