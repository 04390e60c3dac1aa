//! Which CDN delivers a site, named from what it cannot easily fake, in this order of trust:
//! its address, the CNAME, the certificate, the headers, the body.
//!
//! It says who *delivers*; who *made* an error is [`made_by`]. The table ships inside the binaries, because
//! an outage is when it cannot be fetched.

mod pieces;
mod table;
mod header_rules;
pub mod ranges;
mod named;
mod basis;
mod node;
pub mod classify;
mod marks;
mod reading;
mod identify;

pub mod places;
pub mod status;

pub use detour_model::reading::{Basis, CdnName, MadeBy, Node, Reading};
pub use identify::{Cdn, identify, reading_of};
pub use marks::{is_challenge, made_by};
pub use named::{by_certificate, by_cname, by_headers};
pub use node::node;
pub use ranges::{Published, by_address, by_address_in};
pub use reading::{TELLING, digested, read};
pub use table::{CDNS, Row, provenance};
