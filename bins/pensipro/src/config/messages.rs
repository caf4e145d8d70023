//! How messages leave the house.

use std::{fs, time::Duration};

use pensipro_adapters::{
    GatewaySettings, MailSecurity, MailSettings, MessengerSettings, Receivers,
};
use pensipro_kernel::NotificationChannel;

use super::{ConfigError, Source, invalid};

pub(super) fn read(source: &Source) -> Result<MessengerSettings, ConfigError> {
    let receivers = match source.parsed("private_receivers")? {
        true => Receivers::Any,
        false => Receivers::Public,
    };
    Ok(MessengerSettings {
        mail: mail(source)?,
        gateway: gateway(source, receivers)?,
        receivers,
        patience: source.within("delivery_timeout_seconds", 1, 60).map(Duration::from_secs)?,
    })
}

/// The mail server, if one is named; then a sender must be.
fn mail(source: &Source) -> Result<Option<MailSettings>, ConfigError> {
    let Some(host) = source.optional("smtp_host") else { return Ok(None) };
    let needed = || invalid("smtp_from", "is needed beside PENSIPRO_SMTP_HOST");
    let from = source.optional("smtp_from").ok_or_else(needed)?;
    MailSettings::check_sender(&from).map_err(|fault| invalid("smtp_from", fault.to_string()))?;
    let security = match source.text("smtp_tls").trim() {
        "starttls" => MailSecurity::StartTls,
        "tls" => MailSecurity::Tls,
        "none" => MailSecurity::None,
        _ => return Err(invalid("smtp_tls", "must be starttls, tls or none")),
    };
    let password = source.secret("smtp_password").map(|secret| secret.reveal().to_owned());
    let credentials = match (source.optional("smtp_user"), password) {
        (Some(user), Some(password)) => Some((user, password)),
        (None, None) => None,
        (Some(_), None) => {
            return Err(invalid("smtp_password", "is needed beside PENSIPRO_SMTP_USER"));
        }
        (None, Some(_)) => {
            return Err(invalid("smtp_user", "is needed beside PENSIPRO_SMTP_PASSWORD"));
        }
    };
    let (port, authorities) = (source.parsed("smtp_port")?, authorities(source)?);
    Ok(Some(MailSettings { host, port, security, authorities, credentials, from }))
}

/// The certificates of the file that is named.
fn authorities(source: &Source) -> Result<Option<Vec<u8>>, ConfigError> {
    let Some(path) = source.optional("smtp_authorities") else { return Ok(None) };
    let fault = |why: String| invalid("smtp_authorities", format!("{path} {why}"));
    let pem = fs::read(&path).map_err(|error| fault(format!("cannot be read: {error}")))?;
    MailSettings::check_authorities(&pem).map_err(|error| fault(error.to_string()))?;
    Ok(Some(pem))
}

/// The gateway, if one is named; then its token must be.
fn gateway(source: &Source, receivers: Receivers) -> Result<Option<GatewaySettings>, ConfigError> {
    let Some(url) = source.optional("gateway_url") else { return Ok(None) };
    GatewaySettings::check_url(&url, receivers).map_err(|fault| {
        invalid("gateway_url", format!("{fault}, or set PENSIPRO_PRIVATE_RECEIVERS"))
    })?;
    let needed = || invalid("gateway_token", "is needed beside PENSIPRO_GATEWAY_URL");
    let token = source.secret("gateway_token").ok_or_else(needed)?.reveal().to_owned();
    let channels: Vec<NotificationChannel> = source.list("gateway_channels")?;
    let goes = |channel: &NotificationChannel| {
        matches!(channel, NotificationChannel::WhatsApp | NotificationChannel::Sms)
    };
    match channels.iter().all(goes) {
        true => Ok(Some(GatewaySettings { url, token, channels })),
        false => Err(invalid("gateway_channels", "holds whatsapp and sms")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(pairs: &[(&str, &str)]) -> Result<MessengerSettings, String> {
        read(&Source::of(pairs.iter().copied())).map_err(|error| error.to_string())
    }

    #[test]
    fn a_channel_is_set_up_whole_or_not_at_all() {
        let nothing = told(&[]).unwrap();
        assert!(nothing.mail.is_none() && nothing.gateway.is_none());
        assert_eq!(nothing.receivers, Receivers::Public);
        let host = ("smtp_host", "mail.example.id");
        let from = ("smtp_from", "Koperasi <koperasi@example.id>");
        assert!(told(&[host]).unwrap_err().starts_with("PENSIPRO_SMTP_FROM"));
        assert!(told(&[host, ("smtp_from", "x")]).unwrap_err().starts_with("PENSIPRO_SMTP_FROM"));
        let tls = ("smtp_tls", "perhaps");
        assert!(told(&[host, from, tls]).unwrap_err().starts_with("PENSIPRO_SMTP_TLS"));
        for path in ["no/such/file.pem", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")] {
            let refused = told(&[host, from, ("smtp_authorities", path)]).unwrap_err();
            assert!(refused.starts_with("PENSIPRO_SMTP_AUTHORITIES"), "{refused}");
            assert!(refused.contains(path), "{refused}");
        }
        let user = ("smtp_user", "koperasi");
        assert!(told(&[host, from, user]).unwrap_err().starts_with("PENSIPRO_SMTP_PASSWORD"));
        let mail = told(&[host, from, user, ("smtp_password", "rahasia")]).unwrap();
        assert!(!format!("{mail:?}").contains("rahasia"));
        let url = ("gateway_url", "https://gateway.example.id/send");
        assert!(told(&[url]).unwrap_err().starts_with("PENSIPRO_GATEWAY_TOKEN"));
        let token = ("gateway_token", "rahasia");
        for inside in ["https://127.0.0.1/x", "http://gateway.example.id", "https://10.0.0.9", "x"]
        {
            let refused = told(&[("gateway_url", inside), token]).unwrap_err();
            assert!(refused.starts_with("PENSIPRO_GATEWAY_URL"), "{inside}: {refused}");
        }
        let private = [("gateway_url", "http://127.0.0.1:9/x"), ("private_receivers", "true")];
        assert!(told(&[private[0], private[1], token]).unwrap().gateway.is_some());
        let pigeon = ("gateway_channels", "sms,email");
        assert!(told(&[url, token, pigeon]).unwrap_err().starts_with("PENSIPRO_GATEWAY_CHANNELS"));
        let gateway = told(&[url, token, ("gateway_channels", "sms")]).unwrap();
        assert_eq!(gateway.gateway.unwrap().channels, [NotificationChannel::Sms]);
    }
}
