//! How long, how deep and how much, each with its reason.

/// Names of hosts that clouds make up are shorter.
pub(super) const LONGEST_LABEL: usize = 24;

/// Ids of public things are shorter: Spotify's have 22 letters, YouTube's 11.
pub(super) const LONGEST_ID: usize = 23;

/// In sum.
pub(super) const LONGEST_IDS: usize = 36;

/// Parameters' values are less often the page's own name.
pub(super) const LONGEST_VALUE: usize = 16;

/// Names of parameters hold indices and the like.
pub(super) const LONGEST_NAME: usize = 20;

/// Where a secret may follow, this much is one.
pub(super) const SHORTEST_TOKEN: usize = 10;

/// Under names of machines' numbers, and before what is done with it, so much in no order is enough.
pub(super) const SHORTEST_ISSUED: usize = 8;

/// Beside the address that it signs.
pub(super) const SHORTEST_SIGNATURE: usize = 12;

/// Nextcloud's links have 15 letters, short links of public things fewer.
pub(super) const SHORTEST_SHARED: usize = 15;

/// A verb counts for this many segments that follow it: `/reset/MQ/abc-123/`.
pub(super) const FOLLOWING: u8 = 3;

/// How many things may be held in each other: an address in a parameter of one in a parameter of one, as JSON.
pub(in crate::target::share) const DEEPEST: u8 = 7;

/// Servers refuse longer addresses, archives as well.
pub(super) const LONGEST: usize = 8_192;

/// One segment or value that is longer is no name of a page.
pub(super) const LONGEST_PIECE: usize = 4_096;

/// What may be looked at for one address, in bytes; ordinary ones need a few hundred.
pub(super) const ALLOWANCE: usize = 200_000;
