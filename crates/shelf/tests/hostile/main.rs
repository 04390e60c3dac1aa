//! Documents that want to run, to fetch, to send, to mislead or to crash. What the cleaner makes of them is read again by
//! a parser's own events and held against rules that share no code with the cleaner (`oracle.rs`), then cleaned again:
//! a clean page stays as it is.

#[cfg(test)]
mod addresses;
#[cfg(test)]
mod benign;
#[cfg(test)]
mod charsets;
#[cfg(test)]
mod markup;
#[cfg(test)]
mod mhtml;
#[cfg(test)]
mod mutation;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod random;
#[cfg(test)]
mod sizes;
#[cfg(test)]
mod styles;
