//! Any message of any sender: what is remembered, and what is done, is of the sender's own page.

#[cfg(test)]
mod any;
#[cfg(test)]
mod oracle;
