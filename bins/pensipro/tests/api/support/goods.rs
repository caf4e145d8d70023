//! Loan products.

use serde_json::{Value, json};

/// A product that suits most: 12 % anuitas, 5 to 300 million over 6 to 120 months.
pub(crate) fn product(code: &str) -> Value {
    json!({
        "code": code,
        "name": format!("Produk {code}"),
        "plafon_min": "5000000.00",
        "plafon_max": "300000000.00",
        "tenor_min": 6,
        "tenor_max": 120,
        "interest_rate": "12",
        "method": "anuitas",
        "dsr_limit": "70",
        "umur_maksimal": 75,
    })
}

/// The same with other fields.
pub(crate) fn product_with(code: &str, fields: Value) -> Value {
    let mut body = product(code);
    let fields = fields.as_object().expect("fields").clone();
    body.as_object_mut().expect("an object").extend(fields);
    body
}
