//! Short texts from outside: trimmed, bounded, free of control characters.

use crate::FieldFault;

/// A trimmed text of 1 to `max` characters without control characters (line breaks and NUL
/// included: PostgreSQL refuses NUL, and no name holds the others).
pub fn clean_text(field: &str, text: &str, max: usize) -> Result<String, FieldFault> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(FieldFault::new(field, "required", "must not be empty"));
    }
    if trimmed.chars().count() > max {
        return Err(FieldFault::new(field, "too_long", format!("has at most {max} characters")));
    }
    if trimmed.chars().any(char::is_control) {
        return Err(FieldFault::new(field, "control_character", "holds a control character"));
    }
    Ok(trimmed.to_owned())
}

/// The same for a text that may be absent; blank counts as absent.
pub fn optional_text(
    field: &str,
    text: Option<&str>,
    max: usize,
) -> Result<Option<String>, FieldFault> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => clean_text(field, text, max).map(Some),
    }
}

/// Stars for all but the last four characters of an ASCII identifier.
pub fn last_four(text: &str) -> String {
    let hidden = text.len().saturating_sub(4);
    "*".repeat(hidden).chars().chain(text.chars().skip(hidden)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_bounded_and_printable() {
        assert_eq!(clean_text("name", "  Siti  ", 10).as_deref(), Ok("Siti"));
        let code = |text: &str| clean_text("name", text, 4).map_err(|fault| fault.code);
        assert_eq!(code(" "), Err("required"));
        assert_eq!(code("Hartini"), Err("too_long"));
        assert_eq!(code("a\u{0}b"), Err("control_character"));
        assert_eq!(optional_text("name", Some("  "), 4), Ok(None));
    }
}
