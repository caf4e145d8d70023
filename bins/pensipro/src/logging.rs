//! Lines of the log: a message with its key-values and the id of its request, as text or as JSON.

use std::{fmt::Write as _, io::Write as _};

use env_logger::{Builder, fmt::Formatter};
use log::{
    Record,
    kv::{Error, Key, Value, VisitSource},
};
use serde_json::{Map, json};

use crate::{Config, app::request_id};

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Time, level, target, message, `key=value`.
    Text,
    /// An object a line.
    Json,
}

impl std::str::FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("text or json"),
        }
    }
}

/// Begins to log as the settings say.
pub(crate) fn begin(config: &Config) {
    let format = config.log_format;
    Builder::new()
        .parse_filters(&config.log)
        .format(move |out: &mut Formatter, record: &Record<'_>| {
            let time = out.timestamp_millis().to_string();
            let id = request_id::current();
            writeln!(out, "{}", line(format, &time, record, id.as_deref()))
        })
        .init();
}

fn line(format: LogFormat, time: &str, record: &Record<'_>, request_id: Option<&str>) -> String {
    let mut pairs = Pairs(Vec::new());
    // Reading pairs out of a record fails for nothing.
    let _ = record.key_values().visit(&mut pairs);
    let told = pairs.0.iter().any(|(key, _)| key == "request_id");
    if let Some(id) = request_id.filter(|_| !told) {
        pairs.0.push(("request_id".to_owned(), id.into()));
    }
    match format {
        LogFormat::Text => as_text(time, record, &pairs.0),
        LogFormat::Json => as_json(time, record, pairs.0),
    }
}

fn as_text(time: &str, record: &Record<'_>, pairs: &[(String, serde_json::Value)]) -> String {
    let message = one_line(&record.args().to_string());
    let mut line = format!("{time} {:<5} {} {message}", record.level(), record.target());
    for (key, value) in pairs {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let is_plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && c != '"');
        let written = match is_plain {
            true => write!(line, " {key}={text}"),
            false => write!(line, " {key}={text:?}"),
        };
        // A text takes whatever is written to it.
        let _ = written;
    }
    line
}

fn as_json(time: &str, record: &Record<'_>, pairs: Vec<(String, serde_json::Value)>) -> String {
    let mut object = Map::new();
    object.insert("time".into(), json!(time));
    object.insert("level".into(), json!(record.level().as_str()));
    object.insert("target".into(), json!(record.target()));
    object.insert("message".into(), json!(record.args().to_string()));
    for (key, value) in pairs {
        object.entry(key).or_insert(value);
    }
    serde_json::Value::Object(object).to_string()
}

/// Nobody's text begins a line of its own.
fn one_line(text: &str) -> String {
    text.replace('\n', "\\n").replace('\r', "\\r")
}

struct Pairs(Vec<(String, serde_json::Value)>);

impl<'kvs> VisitSource<'kvs> for Pairs {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let json = if let Some(number) = value.to_u64() {
            json!(number)
        } else if let Some(number) = value.to_i64() {
            json!(number)
        } else if let Some(number) = value.to_f64() {
            json!(number)
        } else {
            json!(value.to_string())
        };
        self.0.push((key.as_str().to_owned(), json));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use log::Level;

    use super::*;

    fn told(format: LogFormat, id: Option<&str>) -> String {
        let pairs: [(&str, Value<'_>); 3] =
            [("ms", 12_u64.into()), ("route", "/loans".into()), ("who", "a \"b\"".into())];
        let pairs = &pairs[..];
        let record = Record::builder()
            .args(format_args!("one\ntwo"))
            .level(Level::Warn)
            .target("pensipro::slow")
            .key_values(&pairs)
            .build();
        line(format, "2026-06-15T02:00:00.000Z", &record, id)
    }

    #[test]
    fn a_line_holds_its_pairs_and_its_request() {
        assert_eq!(
            told(LogFormat::Text, Some("r-1")),
            "2026-06-15T02:00:00.000Z WARN  pensipro::slow one\\ntwo ms=12 route=/loans \
             who=\"a \\\"b\\\"\" request_id=r-1"
        );
        let json: serde_json::Value = serde_json::from_str(&told(LogFormat::Json, None)).unwrap();
        assert_eq!((&json["ms"], &json["message"]), (&json!(12), &json!("one\ntwo")));
        assert_eq!((&json["who"], json.get("request_id")), (&json!("a \"b\""), None));
    }
}
