//! Hostile and stale tokens: each is 401, none a fault of ours.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use pensipro_persistence::Backend;
use serde_json::{Value, json};

use crate::support::{House, HouseOptions, JWT_SECRET, on_each_backend};

/// The claims of a good token.
fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

fn signed(algorithm: Algorithm, secret: &[u8], claims: &Value) -> String {
    encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret)).unwrap()
}

fn ours(claims: &Value) -> String {
    signed(Algorithm::HS256, JWT_SECRET.as_bytes(), claims)
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(header), part(claims))
}

fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims
}

fn without(claims: &Value, name: &str) -> Value {
    let mut claims = claims.clone();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn hostile(good: &str) -> Vec<(&'static str, String)> {
    let claims = claims(good);
    let now = claims["iat"].as_i64().unwrap();
    let mut tokens = vec![
        ("alg none", unsigned(&json!({"alg": "none", "typ": "JWT"}), &claims)),
        ("alg None", unsigned(&json!({"alg": "None"}), &claims)),
        ("another algorithm of the key", signed(Algorithm::HS512, JWT_SECRET.as_bytes(), &claims)),
        (
            "another secret",
            signed(Algorithm::HS256, b"another secret of more than 32 bytes", &claims),
        ),
        ("expired", ours(&with(&claims, "exp", json!(now - 1)))),
        ("not valid yet", ours(&with(&claims, "nbf", json!(now + 3_600)))),
        ("exp as text", ours(&with(&claims, "exp", json!("9999999999")))),
        ("exp beyond numbers", ours(&with(&claims, "exp", json!(1e300)))),
        ("another issuer", ours(&with(&claims, "iss", json!("somebody")))),
        ("another audience", ours(&with(&claims, "aud", json!("somebody")))),
        ("a sub that is no id", ours(&with(&claims, "sub", json!("admin")))),
        ("not a token", "abc".to_owned()),
        ("two parts", "a.b".to_owned()),
        ("dots", "...".to_owned()),
        ("100 KB", "A".repeat(100_000)),
        ("100 KB of claims", ours(&with(&claims, "jti", json!("x".repeat(75_000))))),
    ];
    for name in ["exp", "iat", "iss", "aud", "sub", "sid", "permissions"] {
        tokens.push(("a missing claim", ours(&without(&claims, name))));
    }
    let parts: Vec<&str> = good.split('.').collect();
    let raised = with(&claims, "sub", json!("2")).to_string();
    let raised = BASE64_URL_SAFE_NO_PAD.encode(raised);
    tokens.push(("altered claims", format!("{}.{raised}.{}", parts[0], parts[2])));
    tokens.push(("no signature", format!("{}.{}.", parts[0], parts[1])));
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("../../etc/passwd".to_owned());
    let key = EncodingKey::from_secret(JWT_SECRET.as_bytes());
    tokens.push(("a kid nobody gave", encode(&header, &claims, &key).unwrap()));
    tokens
}

#[test]
fn hostile_tokens_are_refused() {
    on_each_backend(|house| {
        let admin = house.admin();
        admin.get("/users").expect(200);
        for (what, token) in hostile(admin.token()) {
            let refused = house.stranger().with_token(&token).get("/users");
            assert_eq!(refused.status, 401, "{what}: {}", refused.text());
            let how = refused.header("www-authenticate").unwrap_or_default();
            assert!(how.starts_with("Bearer"), "{what}");
        }
    });
}

#[test]
fn a_refresh_token_is_no_access_token() {
    on_each_backend(|house| {
        let tokens = house.login("admin").expect(200);
        let refresh = tokens["refresh_token"].as_str().unwrap();
        house.stranger().with_token(refresh).get("/users").refused(401, "invalid_token");
        let body = json!({"refresh_token": tokens["access_token"]});
        house.stranger().post("/auth/refresh", &body).refused(401, "invalid_refresh_token");
    });
}

#[test]
fn other_ways_to_send_a_token_are_none() {
    let house = House::new(Backend::Sqlite);
    let token = house.admin().token().to_owned();
    let send =
        |value: &str| house.stranger().send("GET", "/users", &[("Authorization", value)], None);
    for value in [&token, &format!("Basic {token}"), "Bearer", "Bearer ", ""] {
        assert_eq!(send(value).status, 401, "{value:.20}");
    }
    send(&format!("bearer {token}")).expect(200);
}

/// Keys of RSA pairs that were made for these tests.
const RSA_KEY: &str = include_str!("../../fixtures/rsa-2048.pem");
const SHORT_RSA_KEY: &str = include_str!("../../fixtures/rsa-1024.pem");

fn rsa_house(pem: &str) -> Result<House, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    std::fs::write(&path, pem).unwrap();
    let path = path.display().to_string();
    let settings = [("jwt_private_key", path.as_str()), ("jwt_secret", "")];
    let options = HouseOptions { settings: &settings, ..HouseOptions::default() };
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| House::with(Backend::Sqlite, options)))
        .map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default())
}

#[test]
fn rsa_tokens_can_be_checked_with_the_published_key() {
    let house = rsa_house(RSA_KEY).unwrap();
    let admin = house.admin();
    admin.get("/users").expect(200);
    let keys = house.stranger().get("/.well-known/jwks.json").expect(200);
    let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(keys["keys"][0].clone()).unwrap();
    let header = jsonwebtoken::decode_header(admin.token()).unwrap();
    assert_eq!((header.alg, &header.kid), (Algorithm::RS256, &jwk.common.key_id));
    let mut checks = jsonwebtoken::Validation::new(Algorithm::RS256);
    checks.set_audience(&["pensipro"]);
    let key = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
    jsonwebtoken::decode::<Value>(admin.token(), &key, &checks).unwrap();
    assert!(!keys.to_string().contains("\"d\""), "a private part is published");
}

#[test]
fn an_rsa_public_key_is_no_shared_secret() {
    let house = rsa_house(RSA_KEY).unwrap();
    let admin = house.admin();
    let keys = house.stranger().get("/.well-known/jwks.json").expect(200);
    let modulus = keys["keys"][0]["n"].as_str().unwrap();
    let modulus = BASE64_URL_SAFE_NO_PAD.decode(modulus).unwrap();
    for secret in [modulus.as_slice(), keys["keys"][0].to_string().as_bytes()] {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = keys["keys"][0]["kid"].as_str().map(str::to_owned);
        let key = EncodingKey::from_secret(secret);
        let forged = encode(&header, &claims(admin.token()), &key).unwrap();
        house.stranger().with_token(&forged).get("/users").refused(401, "invalid_token");
    }
    let shared = ours(&claims(admin.token()));
    house.stranger().with_token(&shared).get("/users").refused(401, "invalid_token");
}

#[test]
fn short_rsa_keys_are_refused_at_the_start() {
    let refused = rsa_house(SHORT_RSA_KEY).err().unwrap();
    assert!(refused.contains("RSA key"), "{refused}");
}

#[test]
fn a_shared_secret_publishes_no_key() {
    let house = House::new(Backend::Sqlite);
    let keys = house.stranger().get("/.well-known/jwks.json").expect(200);
    assert_eq!(keys, json!({"keys": []}));
}
