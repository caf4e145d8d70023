//! What was changed of a product, by whom, in words of its fields.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use pensipro_kernel::{AuditId, UserId};
use serde_json::{Map, Value};

/// A change of a product, its fees or its penalty rules, as the audit trail holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductChange {
    /// The row of the audit trail.
    pub id: AuditId,
    /// When.
    pub changed_at: DateTime<Utc>,
    /// By whom; `None` for the system.
    pub changed_by: Option<UserId>,
    /// His name.
    pub changed_by_name: Option<String>,
    /// What was done: `product.update`.
    pub action: String,
    /// What it was before.
    pub before: Option<Value>,
    /// What it was after.
    pub after: Option<Value>,
}

/// What a field was and became.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// Its name, as bodies have it.
    pub field: String,
    /// What it was; absent if it was not there.
    pub from: Option<Value>,
    /// What it became; absent if it went.
    pub to: Option<Value>,
}

/// Groups of fields that bodies do not part.
const GROUPS: [&str; 4] = ["limits", "rules", "validity", "terms"];

/// What says which thing it is rather than what it is like.
const IDENTITY: [&str; 2] = ["id", "product_id"];

impl ProductChange {
    /// The fields that changed, by name.
    pub fn fields(&self) -> Vec<FieldChange> {
        let (before, after) = (flat(self.before.as_ref()), flat(self.after.as_ref()));
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let change = |name: &String| FieldChange {
            field: name.clone(),
            from: before.get(name).cloned(),
            to: after.get(name).cloned(),
        };
        names.into_iter().map(change).filter(|change| change.from != change.to).collect()
    }
}

fn flat(value: Option<&Value>) -> BTreeMap<String, Value> {
    let mut fields = BTreeMap::new();
    if let Some(Value::Object(object)) = value {
        take(object, &mut fields);
    }
    fields
}

fn take(object: &Map<String, Value>, fields: &mut BTreeMap<String, Value>) {
    for (name, value) in object {
        match value {
            Value::Object(group) if GROUPS.contains(&name.as_str()) => take(group, fields),
            Value::Null => {}
            _ if IDENTITY.contains(&name.as_str()) => {}
            _ => {
                fields.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn changed(before: Value, after: Value) -> Vec<(String, Option<Value>, Option<Value>)> {
        let change = ProductChange {
            id: AuditId::new(1),
            changed_at: "2026-03-10T03:00:00Z".parse().unwrap(),
            changed_by: None,
            changed_by_name: None,
            action: "product.update".into(),
            before: Some(before).filter(|value| !value.is_null()),
            after: Some(after).filter(|value| !value.is_null()),
        };
        change.fields().into_iter().map(|change| (change.field, change.from, change.to)).collect()
    }

    #[test]
    fn only_what_changed_is_told_under_the_names_of_bodies() {
        let before = json!({"name": "A", "limits": {"tenor_max": 60}, "funder_id": null});
        let after = json!({"name": "A", "limits": {"tenor_max": 96}, "funder_id": 7});
        assert_eq!(
            changed(before, after),
            [
                ("funder_id".into(), None, Some(json!(7))),
                ("tenor_max".into(), Some(json!(60)), Some(json!(96)))
            ]
        );
    }

    #[test]
    fn a_fee_in_place_of_another_tells_its_figures_and_not_its_ids() {
        let fee = |id: i64, value: &str| {
            json!({"id": id, "product_id": 1,
                "terms": {"kind": "admin", "basis": "fixed", "value": value}})
        };
        let value = ("value".to_owned(), Some(json!("1")), Some(json!("2")));
        assert_eq!(changed(fee(1, "1"), fee(2, "2")), [value]);
        assert_eq!(changed(Value::Null, fee(1, "1")).len(), 3);
        assert_eq!(changed(fee(1, "1"), Value::Null).len(), 3);
    }
}
