//! Tokens that are signed with RSA: published keys, and one key after another.

use std::path::PathBuf;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use pensipro_persistence::{Backend, testing::backends};
use serde_json::{Value, json};

use crate::support::{Client, House, HouseOptions};

/// Keys that were made for these tests, and the public half of the first.
pub(super) const KEY: &str = include_str!("../../fixtures/rsa-2048.pem");
pub(super) const PUBLIC_KEY: &str = include_str!("../../fixtures/rsa-2048.pub.pem");
pub(super) const NEXT_KEY: &str = include_str!("../../fixtures/rsa-2048-next.pem");
const SHORT_KEY: &str = include_str!("../../fixtures/rsa-1024.pem");

/// A key in a file.
pub(super) struct Pem {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Pem {
    pub(super) fn of(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        std::fs::write(&path, text).unwrap();
        Self { path, _folder: folder }
    }

    fn text(&self) -> String {
        self.path.display().to_string()
    }
}

/// The settings that sign with one key and check with others too.
fn settings(signs: &Pem, checks: &[&Pem]) -> [(&'static str, String); 3] {
    let checks: Vec<String> = checks.iter().map(|pem| pem.text()).collect();
    [
        ("jwt_secret", String::new()),
        ("jwt_private_key", signs.text()),
        ("jwt_verify_keys", checks.join(",")),
    ]
}

fn borrowed<'a>(settings: &'a [(&'static str, String); 3]) -> Vec<(&'static str, &'a str)> {
    settings.iter().map(|(key, value)| (*key, value.as_str())).collect()
}

pub(super) fn rsa_house(backend: Backend, signs: &Pem, checks: &[&Pem]) -> House {
    let settings = settings(signs, checks);
    let settings = borrowed(&settings);
    House::with(backend, HouseOptions { settings: &settings, ..HouseOptions::default() })
}

/// Another instance of the house, with other keys.
fn with_keys(house: &House, signs: &Pem, checks: &[&Pem]) -> House {
    house.beside(&borrowed(&settings(signs, checks)))
}

fn published(house: &House) -> Value {
    house.stranger().get("/.well-known/jwks.json").expect(200)
}

/// Checks a token as another program does: by the published key that it names.
#[track_caller]
fn check_as_others_do(keys: &Value, client: &Client) {
    let keys: JwkSet = serde_json::from_value(keys.clone()).unwrap();
    let header = jsonwebtoken::decode_header(client.token()).unwrap();
    assert_eq!(header.alg, Algorithm::RS256);
    let key = keys.find(header.kid.as_deref().unwrap()).expect("its key is published");
    let mut checks = Validation::new(Algorithm::RS256);
    checks.set_audience(&["pensipro"]);
    checks.set_issuer(&["pensiPro-auth"]);
    let key = DecodingKey::from_jwk(key).unwrap();
    jsonwebtoken::decode::<Value>(client.token(), &key, &checks).unwrap();
}

#[test]
fn others_check_tokens_with_the_published_key() {
    for backend in backends() {
        let house = rsa_house(backend, &Pem::of(KEY), &[]);
        let admin = house.admin();
        admin.get("/users").expect(200);
        let keys = published(&house);
        check_as_others_do(&keys, &admin);
        assert_eq!(keys["keys"][0]["use"], "sig");
        for private in ["\"d\"", "\"p\"", "\"q\"", "\"dp\""] {
            assert!(!keys.to_string().contains(private), "a private part is published");
        }
    }
}

#[test]
fn a_shared_secret_publishes_no_key() {
    let house = House::new(Backend::Sqlite);
    assert_eq!(published(&house), json!({"keys": []}));
}

#[test]
fn one_key_follows_another_and_the_old_ones_tokens_last_to_their_end() {
    for backend in backends() {
        let (old, new) = (Pem::of(KEY), Pem::of(NEXT_KEY));
        let first = rsa_house(backend, &old, &[]);
        let before = first.admin();
        // First the next key is made known, so that instances may change one after the other.
        let announced = with_keys(&first, &old, &[&new]);
        // Then it signs. Of the old one the public half is enough.
        let changed = with_keys(&first, &new, &[&Pem::of(PUBLIC_KEY)]);
        let after = changed.admin();
        for house in [&announced, &changed] {
            for client in [&before, &after] {
                house.stranger().with_token(client.token()).get("/users").expect(200);
                check_as_others_do(&published(house), client);
            }
            assert_eq!(published(house)["keys"].as_array().unwrap().len(), 2);
        }
        // Where a key is not known, or no longer, its tokens are nothing.
        let last = with_keys(&first, &new, &[]);
        last.stranger().with_token(after.token()).get("/users").expect(200);
        for (house, client) in [(&first, &after), (&last, &before)] {
            let refused = house.stranger().with_token(client.token()).get("/users");
            refused.refused(401, "invalid_token");
        }
        // The session itself goes on: its next access token is the new key's.
        let tokens = first.login("admin").expect(200);
        let body = json!({"refresh_token": tokens["refresh_token"]});
        let renewed = last.stranger().post("/auth/refresh", &body).expect(200);
        let renewed = renewed["access_token"].as_str().unwrap();
        last.stranger().with_token(renewed).get("/users").expect(200);
    }
}

/// What the start says to these keys.
fn refused(signs: &str, checks: &[&Pem]) -> String {
    let open = || rsa_house(Backend::Sqlite, &Pem::of(signs), checks);
    let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(open)).err();
    let refused = refused.expect("these keys are taken");
    refused.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn keys_that_are_too_short_or_none_are_refused_at_the_start() {
    let short = Pem::of(SHORT_KEY);
    for text in [
        refused(SHORT_KEY, &[]),
        refused(KEY, &[&short]),
        refused(PUBLIC_KEY, &[]),
        refused("no key", &[]),
        refused(KEY, &[&Pem::of("no key")]),
    ] {
        assert!(text.contains("RSA key"), "{text}");
    }
}
