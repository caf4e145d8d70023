//! Codes that installations add: of permissions, modules, configuration keys.

use pensipro_kernel::FieldFault;

/// 2 to 50 capital letters, digits and underscores, a letter first.
pub(crate) fn new_code(field: &str, text: &str) -> Result<String, FieldFault> {
    let code = text.trim();
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let lettered = code.starts_with(|first: char| first.is_ascii_uppercase());
    if (2..=50).contains(&code.len()) && lettered && code.bytes().all(plain) {
        return Ok(code.to_owned());
    }
    let message = "has 2 to 50 capital letters, digits and underscores, a letter first";
    Err(FieldFault::new(field, "invalid_code", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_plain_capitals() {
        assert_eq!(new_code("code", " PRINT_CARD_2 ").as_deref(), Ok("PRINT_CARD_2"));
        for text in ["", "A", "1A", "_A", "print", "A B", "A-B", "Ä_B", &"A".repeat(51)] {
            assert!(new_code("code", text).is_err(), "{text}");
        }
    }
}
