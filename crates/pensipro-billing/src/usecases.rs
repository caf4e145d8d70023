//! What people do with exports and imports. Each is one transaction of the shell. They concern the
//! house as a whole.

mod exports;
mod imports;
mod lines;
mod profiles;

pub use exports::*;
pub use imports::*;
pub use lines::*;
pub use profiles::*;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Arrears, Replace};

    #[test]
    fn all_faults_of_a_body_at_once() {
        let raw = RawExport {
            periode: "2026-13".into(),
            payer: "TELKOM".into(),
            pay_office: Some("a\u{0}b".into()),
            ..RawExport::default()
        };
        let faults = RequestExport::check(&raw).unwrap_err();
        let fields: Vec<_> = faults.list().iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["periode", "payer", "pay_office"]);

        let raw = RawImport { paid_on: Some("1/10/2026".into()), ..RawImport::default() };
        assert_eq!(RequestImport::check(&raw).unwrap_err().list().len(), 3);
    }

    #[test]
    fn a_sound_body_becomes_a_command() {
        let raw = RawExport {
            periode: "2026-10".into(),
            payer: "TASPEN".into(),
            include_arrears: Some(true),
            replace: Some(true),
            reason: Some(" wrong office ".into()),
            ..RawExport::default()
        };
        let command = RequestExport::check(&raw).unwrap();
        assert_eq!(
            (command.arrears, command.scope.pay_office.as_str()),
            (Some(Arrears::Include), "")
        );
        assert_eq!(command.replace, Replace::Supersede { reason: Some("wrong office".into()) });

        let raw = RawImport {
            payer: "ASABRI".into(),
            periode: "2026-10".into(),
            paid_on: Some(String::new()),
            profile: None,
        };
        assert_eq!(RequestImport::check(&raw).unwrap().paid_on, None);
    }

    #[test]
    fn money_is_no_older_than_the_month_before_that_of_its_file() {
        let check = |paid_on: &str| {
            RequestImport::check(&RawImport {
                payer: "TASPEN".into(),
                periode: "2026-10".into(),
                paid_on: Some(paid_on.into()),
                profile: None,
            })
        };
        assert!(check("2026-09-01").is_ok());
        let faults = check("2026-08-31").unwrap_err();
        let told: Vec<_> =
            faults.list().iter().map(|fault| (fault.field.as_str(), fault.code)).collect();
        assert_eq!(told, [("paid_on", "date_too_early")]);
    }
}
