//! A parser's fault in words that repeat no value: values may be personal data.

/// Serde's message without the value that it quotes.
pub(crate) fn plain_fault(message: &str) -> String {
    let message = message.trim();
    for start in ["invalid type: ", "invalid value: ", "invalid length "] {
        if let Some(rest) = message.strip_prefix(start) {
            let kind: String = rest.chars().take_while(|c| !"\"`,".contains(*c)).collect();
            let expected = rest.rsplit_once(", expected ").map_or("", |(_, expected)| expected);
            return format!("{start}{}, expected {expected}", kind.trim_end());
        }
    }
    if message.starts_with("unknown variant ") {
        let expected = message.rsplit_once(", expected ").map_or("", |(_, expected)| expected);
        return format!("unknown value, expected {expected}");
    }
    if message.starts_with("unknown field ")
        || message.starts_with("missing field ")
        || message.starts_with("duplicate field ")
    {
        return message.to_owned();
    }
    // What our own types say holds no value; a number's or a date's parser repeats none either.
    message.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_repeated() {
        let nik = "3173010101010001";
        for message in [
            format!("invalid type: string \"{nik}\", expected i64 at line 1 column 20"),
            format!("invalid value: integer `{nik}`, expected u8"),
            format!("unknown variant `{nik}`, expected one of `L`, `P` at line 1 column 2"),
        ] {
            let plain = plain_fault(&message);
            assert!(!plain.contains(nik) && plain.contains("expected"), "{plain}");
        }
        assert_eq!(
            plain_fault("unknown field `nikk`, expected `nik` at line 1 column 7"),
            "unknown field `nikk`, expected `nik` at line 1 column 7"
        );
    }
}
