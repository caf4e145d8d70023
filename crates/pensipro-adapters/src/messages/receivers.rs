//! Where other systems may listen: so that nobody makes the program call its own house.
//!
//! A name is resolved once for each connection, and the connection goes to the addresses that were
//! judged: another answer a moment later changes nothing.

use std::net::{IpAddr, SocketAddr};

use pensipro_notifications::is_public;
use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};
use tokio::net::lookup_host;

/// Where other systems may listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receivers {
    /// At public addresses, by HTTPS.
    Public,
    /// Anywhere.
    Any,
}

/// Why a URL is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiverFault {
    /// It is no URL of a server.
    #[error("is an address such as https://erp.example.id/hook")]
    NoUrl,
    /// It is not secured.
    #[error("begins with https://")]
    NotSecured,
    /// It leads inside.
    #[error("leads to an address that is not public")]
    Private,
    /// Its name is not known.
    #[error("names a server that cannot be found")]
    Unresolved,
}

impl ReceiverFault {
    /// A stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoUrl => "invalid_url",
            Self::NotSecured => "not_https",
            Self::Private => "private_address",
            Self::Unresolved => "not_resolved",
        }
    }
}

impl Receivers {
    /// Judges a URL, with the addresses that its name resolves to now.
    pub(super) async fn check(self, url: &str) -> Result<(), ReceiverFault> {
        let url = self.judge(url)?;
        if self == Self::Any {
            return Ok(());
        }
        let host = url.host_str().ok_or(ReceiverFault::NoUrl)?;
        let port = url.port_or_known_default().unwrap_or(443);
        if literal(host).is_some() {
            return Ok(());
        }
        self.resolve(host, port).await.map(drop)
    }

    /// Judges a URL by itself: its scheme, its form, and its address where it is one. The parser reads
    /// an address as browsers do, in whatever way it is written (`0x7f.1`, `2130706433`).
    pub(super) fn judge(self, text: &str) -> Result<Url, ReceiverFault> {
        let url: Url = text.parse().map_err(|_| ReceiverFault::NoUrl)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(ReceiverFault::NoUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if self == Self::Any => {}
            "http" => return Err(ReceiverFault::NotSecured),
            _ => return Err(ReceiverFault::NoUrl),
        }
        match literal(host) {
            Some(address) if !self.takes(address) => Err(ReceiverFault::Private),
            _ => Ok(url),
        }
    }

    fn takes(self, address: IpAddr) -> bool {
        self == Self::Any || is_public(address)
    }

    /// The addresses of a name, if every one may be called.
    async fn resolve(self, host: &str, port: u16) -> Result<Vec<SocketAddr>, ReceiverFault> {
        let found = lookup_host((host, port)).await.map_err(|_| ReceiverFault::Unresolved)?;
        let found: Vec<SocketAddr> = found.collect();
        match found.iter().all(|address| self.takes(address.ip())) {
            _ if found.is_empty() => Err(ReceiverFault::Unresolved),
            true => Ok(found),
            false => Err(ReceiverFault::Private),
        }
    }
}

/// For the client: whatever it connects to was judged here.
impl Resolve for Receivers {
    fn resolve(&self, name: Name) -> Resolving {
        let receivers = *self;
        Box::pin(async move {
            let found = receivers.resolve(name.as_str(), 0).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(receivers: Receivers, url: &str) -> Result<(), ReceiverFault> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(receivers.check(url))
    }

    #[test]
    fn what_leads_inside_is_refused_however_it_is_written() {
        for host in [
            "127.0.0.1",
            "127.1",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "2130706433",
            "10.0.0.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:a00:1]",
            "[fd00::1]",
            "[fe80::1]",
            "[64:ff9b::7f00:1]",
            "169.254.169.254",
            "192.168.1.9:8443",
            "localhost",
            "0.0.0.0",
            "①②⑦.0.0.1",
        ] {
            let url = format!("https://{host}/hook");
            assert_eq!(check(Receivers::Public, &url), Err(ReceiverFault::Private), "{host}");
            let inside = check(Receivers::Any, &url.replace("https", "http"));
            assert_eq!(inside, Ok(()), "{host}");
        }
        assert_eq!(check(Receivers::Public, "https://8.8.8.8/hook"), Ok(()));
        for (url, fault) in [
            ("http://8.8.8.8/hook", ReceiverFault::NotSecured),
            ("ftp://8.8.8.8/", ReceiverFault::NoUrl),
            ("file:///etc/passwd", ReceiverFault::NoUrl),
            ("hook", ReceiverFault::NoUrl),
            ("https://nobody.invalid/", ReceiverFault::Unresolved),
        ] {
            assert_eq!(check(Receivers::Public, url), Err(fault), "{url}");
        }
    }
}
