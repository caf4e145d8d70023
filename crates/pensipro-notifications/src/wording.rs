//! The words of a template, with named placeholders in braces.

use chrono::NaiveDate;
use pensipro_kernel::{Faults, FieldFault, Money, clean_text, indonesian};
use serde_json::{Map, Value};

use crate::{EventKind, MANUAL, Shape};

/// The longest body, in characters.
const MAX_BODY: usize = 2_000;

/// A title and a body whose placeholders the event knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    event: String,
    text: Text,
}

/// A title and a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// One line, 1 to 120 characters.
    pub title: String,
    /// 1 to 2,000 characters.
    pub body: String,
}

impl Text {
    /// Checks both, all faults at once.
    pub fn check(title: &str, body: &str) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let title = faults.take(clean_text("title", title, 120));
        // Paragraphs are allowed, other control characters are not.
        let one_line = clean_text("body", &body.replace('\n', " "), MAX_BODY);
        let body = faults.take(one_line).map(|_| body.trim().to_owned());
        faults.finish(title.zip(body).map(|(title, body)| Self { title, body }))
    }
}

/// A stretch of a text.
enum Piece<'a> {
    Plain(&'a str),
    Placeholder(&'a str),
}

impl Wording {
    /// Checks the words of a template for an event: every placeholder is one that the event carries.
    /// Those of a template for notices by hand are given when it is used.
    pub fn check(event: &str, title: &str, body: &str) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let kind = EventKind::named(event);
        let known = kind.is_some() || event == MANUAL;
        faults.require(known, "event", "unknown", "is no event that people are told of");
        let text = faults.take_all(Text::check(title, body));
        if let Some(text) = text.as_ref().filter(|_| known) {
            for (field, words) in [("title", &text.title), ("body", &text.body)] {
                faults.take(check_placeholders(field, words, kind));
            }
        }
        faults.finish(text.map(|text| Self { event: event.to_owned(), text }))
    }

    /// The event's name, or [`MANUAL`].
    pub fn event(&self) -> &str {
        &self.event
    }

    /// The words with their placeholders.
    pub const fn text(&self) -> &Text {
        &self.text
    }

    /// The placeholders that no value is given for.
    pub fn missing(&self, params: &Map<String, Value>) -> Vec<String> {
        let both = [&self.text.title, &self.text.body];
        let named = both.into_iter().flat_map(|words| pieces(words).unwrap_or_default());
        let mut missing: Vec<String> = named
            .filter_map(|piece| match piece {
                Piece::Placeholder(name) if !params.contains_key(name) => Some(name.to_owned()),
                Piece::Placeholder(_) | Piece::Plain(_) => None,
            })
            .collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    /// The words with the values in place; one that is not given leaves nothing.
    pub fn fill(&self, params: &Map<String, Value>) -> Text {
        let kind = EventKind::named(&self.event);
        let fill = |words: &str| {
            let print = |piece| match piece {
                Piece::Plain(words) => words.to_owned(),
                Piece::Placeholder(name) => {
                    let shape = kind.and_then(|kind| kind.shape_of(name)).unwrap_or(Shape::Text);
                    printed(params.get(name), shape)
                }
            };
            pieces(words).unwrap_or_default().into_iter().map(print).collect()
        };
        Text { title: fill(&self.text.title), body: fill(&self.text.body) }
    }
}

fn check_placeholders(
    field: &str,
    words: &str,
    kind: Option<&EventKind>,
) -> Result<(), FieldFault> {
    let unbalanced = || {
        let message = "has a brace that is not part of a {placeholder}";
        FieldFault::new(field, "malformed", message)
    };
    for piece in pieces(words).ok_or_else(unbalanced)? {
        if let (Piece::Placeholder(name), Some(kind)) = (piece, kind)
            && kind.shape_of(name).is_none()
        {
            let known: Vec<&str> = kind.placeholders.iter().map(|(name, _)| *name).collect();
            let message = format!("names {{{name}}}; the event carries {}", known.join(", "));
            return Err(FieldFault::new(field, "unknown_placeholder", message));
        }
    }
    Ok(())
}

/// The stretches of a text; `None` where a brace stands alone or holds no name.
fn pieces(mut words: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    while let Some((before, rest)) = words.split_once('{') {
        let (name, after) = rest.split_once('}')?;
        let is_name =
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if !is_name || before.contains('}') {
            return None;
        }
        pieces.extend([Piece::Plain(before), Piece::Placeholder(name)]);
        words = after;
    }
    if words.contains('}') {
        return None;
    }
    pieces.push(Piece::Plain(words));
    Some(pieces)
}

/// A value for people; one that is not of its shape is printed as it is.
fn printed(value: Option<&Value>, shape: Shape) -> String {
    let plain = match value {
        None | Some(Value::Null) => return String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let shaped = match shape {
        Shape::Text => None,
        Shape::Amount => plain.parse::<Money>().ok().map(indonesian::rupiah),
        // The date of a time stamp too.
        Shape::Date => {
            plain.get(..10).and_then(|day| day.parse::<NaiveDate>().ok()).map(indonesian::date)
        }
    };
    shaped.unwrap_or(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn faults(event: &str, title: &str, body: &str) -> Vec<(String, String)> {
        let faults = Wording::check(event, title, body).unwrap_err();
        let fault = |fault: &FieldFault| (fault.field.clone(), fault.code.to_string());
        faults.list().iter().map(fault).collect()
    }

    #[test]
    fn a_template_names_what_its_event_carries_and_nothing_else() {
        let told = |field: &str, code: &str| vec![(field.to_owned(), code.to_owned())];
        assert_eq!(
            faults("loan.settled", "Lunas", "{paid_on}"),
            told("body", "unknown_placeholder")
        );
        assert_eq!(faults("loan.sold", "Dijual", "x"), told("event", "unknown"));
        for broken in ["{", "}", "{}", "a } {amount}", "{loan number}", "{{amount}}"] {
            assert_eq!(faults("loan.settled", broken, "x"), told("title", "malformed"), "{broken}");
        }
        assert_eq!(faults("loan.settled", "", "").len(), 2);
        assert!(Wording::check(MANUAL, "Halo {nama_acara}", "x").is_ok());
    }

    #[test]
    fn values_are_printed_as_people_write_them() {
        let words = "{amount} / {net_amount} / {disbursed_on} / {loan_number}";
        let wording = Wording::check("loan.disbursed", "x", words).unwrap();
        let params =
            json!({"amount": "50000000.00", "net_amount": "?", "disbursed_on": "2026-06-15"});
        let params = params.as_object().unwrap();
        assert_eq!(wording.fill(params).body, "Rp50.000.000 / ? / 15 Juni 2026 / ");
        assert_eq!(wording.missing(params), ["loan_number"]);
    }
}
