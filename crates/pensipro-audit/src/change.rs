//! What differs between a thing before and after.

use serde_json::{Map, Value};

/// A field of a thing, before and after a change.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// Its name in the trail.
    pub field: String,
    /// Before; `None` where there was nothing.
    pub old: Option<Value>,
    /// After; `None` where there is nothing any more.
    pub new: Option<Value>,
}

/// The fields that differ, by name. A thing that was not there has none, and `null` is nothing.
pub fn changed_fields(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<FieldChange> {
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let side = |fields: &Map<String, Value>, name: &str| {
        fields.get(name).filter(|value| !value.is_null()).cloned()
    };
    names
        .into_iter()
        .map(|name| FieldChange { field: name.clone(), old: side(old, name), new: side(new, name) })
        .filter(|change| change.old != change.new)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changes(old: Value, new: Value) -> Vec<(String, Option<Value>, Option<Value>)> {
        let map = |value: Value| value.as_object().cloned().unwrap();
        let changes = changed_fields(&map(old), &map(new));
        changes.into_iter().map(|change| (change.field, change.old, change.new)).collect()
    }

    #[test]
    fn only_what_differs_is_told_and_null_is_nothing() {
        let told = changes(
            json!({"name": "Suparman", "address": "Jl. Melati 4", "rank": null, "sk": "1"}),
            json!({"name": "Suparman", "address": "Jl. Mawar 1", "sk": null, "pay_office": null}),
        );
        let text = |text: &str| Some(json!(text));
        assert_eq!(
            told,
            [
                ("address".to_owned(), text("Jl. Melati 4"), text("Jl. Mawar 1")),
                ("sk".to_owned(), text("1"), None),
            ]
        );
        assert_eq!(
            changes(json!({}), json!({"a": 1, "b": null})),
            [("a".into(), None, Some(json!(1)))]
        );
    }
}
