//! E-mail by SMTP.

use std::{fmt, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        Error, PoolConfig,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use pensipro_notifications::{Attempt, Text};

/// Connections to the mail server at once.
const CONNECTIONS: u32 = 16;

/// How the connection to a mail server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailSecurity {
    /// TLS from the first byte.
    Tls,
    /// TLS after STARTTLS, without which nothing is sent.
    StartTls,
    /// None: for a server on this machine.
    None,
}

/// A mail server.
#[derive(Clone)]
pub struct MailSettings {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: MailSecurity,
    /// Certificates of authorities, PEM, that are trusted beside those of the machine.
    pub authorities: Option<Vec<u8>>,
    /// Who signs in, and his password.
    pub credentials: Option<(String, String)>,
    /// Who sends: `koperasi@example.id` or `Koperasi <koperasi@example.id>`.
    pub from: String,
}

/// Settings of a mail server that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailSettingsError {
    /// The sender is no address.
    #[error("is an address such as koperasi@example.id or Koperasi <koperasi@example.id>")]
    Sender,
    /// The authorities are no certificates.
    #[error("holds no certificate in PEM")]
    Authorities,
}

impl MailSettings {
    /// Proves that the sender is an address.
    pub fn check_sender(from: &str) -> Result<(), MailSettingsError> {
        from.parse::<Mailbox>().map(drop).map_err(|_| MailSettingsError::Sender)
    }

    /// Proves that these are certificates.
    pub fn check_authorities(pem: &[u8]) -> Result<(), MailSettingsError> {
        let names_one = String::from_utf8_lossy(pem).contains("-----BEGIN CERTIFICATE-----");
        match Certificate::from_pem(pem) {
            Ok(_) if names_one => Ok(()),
            _ => Err(MailSettingsError::Authorities),
        }
    }

    fn tls(&self) -> Result<TlsParameters, String> {
        let mut tls = TlsParameters::builder(self.host.clone());
        if let Some(pem) = &self.authorities {
            let fault = |_| MailSettingsError::Authorities.to_string();
            tls = tls.add_root_certificate(Certificate::from_pem(pem).map_err(fault)?);
        }
        tls.build().map_err(|error| error.to_string())
    }
}

impl fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, security, authorities: _, credentials: _, from } = self;
        write!(f, "mail by {host}:{port} ({security:?}) from {from}")
    }
}

/// Sends by one server, over connections that are kept.
#[derive(Clone)]
pub(super) struct Mailer {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    pub(super) fn new(settings: &MailSettings, patience: Duration) -> Result<Self, String> {
        let MailSettings { host, port, security, authorities: _, credentials, from } = settings;
        let tls = match security {
            MailSecurity::Tls => Tls::Wrapper(settings.tls()?),
            MailSecurity::StartTls => Tls::Required(settings.tls()?),
            MailSecurity::None => Tls::None,
        };
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host.clone())
            .port(*port)
            .tls(tls)
            .timeout(Some(patience))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS));
        if let Some((user, password)) = credentials.clone() {
            server = server.credentials(Credentials::new(user, password));
        }
        let from = from.parse().map_err(|_| MailSettingsError::Sender.to_string())?;
        Ok(Self { server: server.build(), from })
    }

    /// Sends a letter. Its `Message-ID` is the same at each try.
    pub(super) async fn send(&self, to: &str, text: &Text, key: &str) -> Attempt {
        let Ok(to) = to.parse::<Mailbox>() else {
            return Attempt::Refused("no address".to_owned());
        };
        let letter = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(text.title.clone())
            .message_id(Some(format!("<{key}@{}>", self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(text.body.clone());
        match letter {
            Ok(letter) => attempt(self.server.send(letter).await.map(drop)),
            Err(_) => Attempt::Refused("no letter".to_owned()),
        }
    }
}

/// What says that an address takes no letters, and will not. Other answers, though they call themselves
/// permanent, may be about us: a password that has changed, a limit, a list that we stand on.
const REFUSED: [&str; 5] = ["521", "550", "551", "553", "556"];

/// What another server said may name people: its code alone is kept.
fn attempt(sent: Result<(), Error>) -> Attempt {
    let Err(error) = sent else { return Attempt::Sent };
    let code = error.status().map(|code| code.to_string());
    let refused = code.as_deref().is_some_and(|code| REFUSED.contains(&code));
    match code.map(|code| format!("smtp {code}")) {
        Some(reason) if refused => Attempt::Refused(reason),
        Some(reason) => Attempt::Failed(reason),
        None if error.is_timeout() => Attempt::Failed("timed out".to_owned()),
        None if error.is_tls() => Attempt::Failed("tls".to_owned()),
        None => Attempt::Failed("no connection".to_owned()),
    }
}
