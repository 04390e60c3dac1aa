//! The native host over real sockets: servers that fail in every way, a DNS server that does, and the port.

#[cfg(test)]
mod faults;
#[cfg(test)]
mod lab;
#[cfg(test)]
mod names;

#[cfg(test)]
mod services;

#[cfg(test)]
mod binary;
#[cfg(test)]
mod measuring;
#[cfg(test)]
mod private_names;
#[cfg(test)]
mod port;
#[cfg(test)]
mod evidence;
#[cfg(test)]
mod neighbours;
#[cfg(test)]
mod proxies;
#[cfg(test)]
mod proxy_servers;
#[cfg(test)]
mod redirects;
#[cfg(test)]
mod resolvers;
#[cfg(test)]
mod remote;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod watching;
#[cfg(test)]
mod boards;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod quiet;
