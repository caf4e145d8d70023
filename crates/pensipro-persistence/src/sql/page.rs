//! Keyset pages: `WHERE (key, id) > (last key, last id)`, written so that both databases use the
//! index.

/// Keeps the rows after a position in the order of a key column and the id: rising, or falling
/// both. A macro, as the columns' types differ from list to list.
macro_rules! after {
    ($query:expr, rising, $key:expr, $id:expr, $value:expr, $last:expr) => {
        $query.filter($key.ge($value.clone()).and($key.gt($value).or($id.gt($last))))
    };
    ($query:expr, falling, $key:expr, $id:expr, $value:expr, $last:expr) => {
        $query.filter($key.le($value.clone()).and($key.lt($value).or($id.lt($last))))
    };
}
pub(crate) use after;

/// A LIKE pattern (escape character `\`) for texts that contain this one.
pub(crate) fn like_pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_in_the_text_stand_for_themselves() {
        assert_eq!(like_pattern("50%_a\\"), "%50\\%\\_a\\\\%");
    }
}
