//! E-mail addresses.

use crate::{FieldFault, clean_text};

/// An address that mail software takes: one `@`, a dotted domain, printable ASCII, no quoting.
pub fn email_address(field: &str, text: &str) -> Result<String, FieldFault> {
    let text = clean_text(field, text, 254)?;
    let fault = || FieldFault::new(field, "invalid_email", "is an address such as siti@example.id");
    let (local, domain) = text.split_once('@').ok_or_else(fault)?;
    let local_char = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let dots = |part: &str| part.starts_with('.') || part.ends_with('.') || part.contains("..");
    let local_fits = (1..=64).contains(&local.len()) && local.chars().all(local_char);
    let domain_fits = domain.contains('.') && domain.split('.').all(label);
    if local_fits && !dots(local) && domain_fits { Ok(text) } else { Err(fault()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_mail_software_takes_is_refused() {
        let good = "siti@mail.example.id";
        assert_eq!(email_address("email", &format!(" {good} ")).as_deref(), Ok(good));
        for bad in ["siti", "@x.id", "a@b", "a b@x.id", "a@x..id", "a@-x.id", ".a@x.id", "a@b@x.id"]
        {
            let code = email_address("email", bad).map_err(|fault| fault.code);
            assert_eq!(code, Err("invalid_email"), "{bad}");
        }
    }
}
