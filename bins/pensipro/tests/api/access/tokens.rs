//! Hostile and stale tokens: each is 401, none a fault of ours, whichever algorithm signs.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use pensipro_persistence::{Backend, testing::backends};
use serde_json::{Value, json};

use super::rsa::{KEY, NEXT_KEY, PUBLIC_KEY, Pem, rsa_house};
use crate::support::{Client, House, JWT_SECRET, PASSWORD};

/// A house, and all that is needed to make tokens that are its own but for one fault.
struct Issuer {
    house: House,
    header: Header,
    key: EncodingKey,
    /// A good token, and its claims.
    good: String,
    claims: Value,
}

impl Issuer {
    fn new(house: House, key: EncodingKey) -> Self {
        let good = house.admin().token().to_owned();
        let header = jsonwebtoken::decode_header(&good).unwrap();
        Self { house, header, key, claims: claims(&good), good }
    }

    /// These claims, signed as the house signs.
    fn sign(&self, claims: &Value) -> String {
        encode(&self.header, claims, &self.key).unwrap()
    }

    fn sign_with(&self, name: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        claims[name] = value;
        self.sign(&claims)
    }

    fn sign_without(&self, name: &str) -> String {
        let mut claims = self.claims.clone();
        claims.as_object_mut().unwrap().remove(name);
        self.sign(&claims)
    }

    /// The good claims, signed by another algorithm, perhaps with another key.
    fn sign_by(&self, alg: Algorithm, key: &EncodingKey) -> String {
        encode(&Header { alg, ..self.header.clone() }, &self.claims, key).unwrap()
    }

    fn sign_for(&self, kid: Option<&str>) -> String {
        let header = Header { kid: kid.map(str::to_owned), ..self.header.clone() };
        encode(&header, &self.claims, &self.key).unwrap()
    }

    #[track_caller]
    fn refuses(&self, what: &str, token: &str) {
        let refused = self.house.stranger().with_token(token).get("/users");
        let alg = self.header.alg;
        assert_eq!(refused.status, 401, "{alg:?}, {what}: {}", refused.text());
        let how = refused.header("www-authenticate").unwrap_or_default();
        assert!(how.starts_with("Bearer"), "{alg:?}, {what}");
    }
}

/// The claims of a token.
fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

fn secret() -> EncodingKey {
    EncodingKey::from_secret(JWT_SECRET.as_bytes())
}

fn rsa(pem: &str) -> EncodingKey {
    EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap()
}

/// On each backend a house that signs by HS256 and one that signs by RS256.
fn on_each_algorithm(test: impl Fn(&Issuer)) {
    for backend in backends() {
        test(&Issuer::new(House::new(backend), secret()));
        let house = rsa_house(backend, &Pem::of(KEY), &[]);
        test(&Issuer::new(house, rsa(KEY)));
    }
}

#[test]
fn what_differs_in_nothing_is_taken() {
    on_each_algorithm(|issuer| {
        let again = issuer.sign(&issuer.claims);
        issuer.house.stranger().with_token(&again).get("/users").expect(200);
    });
}

#[test]
fn tokens_of_no_algorithm_or_another_are_refused() {
    on_each_algorithm(|issuer| {
        for alg in ["none", "None", "NONE", "", "HS257", "ES256"] {
            let header =
                BASE64_URL_SAFE_NO_PAD.encode(json!({"alg": alg, "typ": "JWT"}).to_string());
            let parts: Vec<&str> = issuer.good.split('.').collect();
            issuer.refuses(alg, &format!("{header}.{}.", parts[1]));
            issuer.refuses(alg, &format!("{header}.{}.{}", parts[1], parts[2]));
        }
        let others = match issuer.header.alg {
            Algorithm::HS256 => vec![Algorithm::HS384, Algorithm::HS512],
            _ => vec![
                Algorithm::RS384,
                Algorithm::RS512,
                Algorithm::PS256,
                Algorithm::PS384,
                Algorithm::PS512,
            ],
        };
        for alg in others {
            issuer.refuses("another algorithm of the key", &issuer.sign_by(alg, &issuer.key));
        }
        // Each of the two algorithms, with the other's key.
        let (alg, key) = match issuer.header.alg {
            Algorithm::HS256 => (Algorithm::RS256, rsa(KEY)),
            _ => (Algorithm::HS256, secret()),
        };
        issuer.refuses("the other algorithm", &issuer.sign_by(alg, &key));
    });
}

#[test]
fn a_public_key_is_no_shared_secret() {
    on_each_algorithm(|issuer| {
        let keys = issuer.house.stranger().get("/.well-known/jwks.json").expect(200);
        let jwk = keys["keys"][0].to_string();
        let modulus = BASE64_URL_SAFE_NO_PAD.decode(keys["keys"][0]["n"].as_str().unwrap_or(""));
        let der: String = PUBLIC_KEY.lines().filter(|line| !line.starts_with('-')).collect();
        let der = base64::prelude::BASE64_STANDARD.decode(der).unwrap();
        let pem = PUBLIC_KEY.as_bytes();
        for secret in [pem, pem.trim_ascii(), &der, &modulus.unwrap(), jwk.as_bytes()] {
            let forged = issuer.sign_by(Algorithm::HS256, &EncodingKey::from_secret(secret));
            issuer.refuses("HS256 with the public key", &forged);
        }
    });
}

#[test]
fn keys_that_the_token_itself_names_are_not_looked_at() {
    on_each_algorithm(|issuer| {
        let stranger = rsa(NEXT_KEY);
        issuer.refuses("another key", &issuer.sign_by(Algorithm::RS256, &stranger));
        let other = EncodingKey::from_secret(b"another secret of more than 32 bytes");
        issuer.refuses("another secret", &issuer.sign_by(Algorithm::HS256, &other));
        let jwk = Jwk::from_encoding_key(&stranger, Algorithm::RS256).unwrap();
        let header = Header {
            alg: Algorithm::RS256,
            jwk: Some(jwk),
            jku: Some("http://127.0.0.1:1/jwks.json".to_owned()),
            ..issuer.header.clone()
        };
        issuer.refuses("a key of its own", &encode(&header, &issuer.claims, &stranger).unwrap());
        let long = "k".repeat(8_000);
        for kid in [
            "unknown",
            "",
            "../../../../dev/null",
            "/etc/passwd",
            "' OR '1'='1",
            "http://127.0.0.1:1/key",
            "\u{0}",
            "..\\..\\key",
            &long,
        ] {
            issuer.refuses(&format!("kid {kid:.30}"), &issuer.sign_for(Some(kid)));
        }
        if issuer.header.kid.is_some() {
            issuer.refuses("no kid", &issuer.sign_for(None));
        }
    });
}

#[test]
fn claims_that_are_stale_missing_or_no_claims_are_refused() {
    on_each_algorithm(|issuer| {
        let now = issuer.claims["iat"].as_i64().unwrap();
        for (name, value) in [
            ("exp", json!(now - 1)),
            ("exp", json!(0)),
            ("exp", json!(-1)),
            ("exp", json!("9999999999")),
            ("exp", json!(1e300)),
            ("exp", json!([now + 600])),
            ("exp", Value::Null),
            ("nbf", json!(now + 3_600)),
            ("nbf", json!("tomorrow")),
            ("iss", json!("somebody")),
            ("iss", json!(["somebody"])),
            ("iss", Value::Null),
            ("aud", json!("somebody")),
            ("aud", json!([])),
            ("aud", Value::Null),
            ("sub", json!("admin")),
            ("sub", json!("99999999999999999999")),
            ("sub", json!({"$gt": 0})),
            ("sid", json!("1")),
            ("permissions", json!("MANAGE_USER")),
            ("authz_version", json!("1")),
        ] {
            issuer.refuses(&format!("{name} {value}"), &issuer.sign_with(name, value));
        }
        let claims = ["exp", "iat", "iss", "aud", "sub", "sid", "permissions", "authz_version"];
        for name in claims {
            issuer.refuses(&format!("no {name}"), &issuer.sign_without(name));
        }
        issuer.refuses("no claims", &issuer.sign(&json!({})));
        issuer.refuses("claims that are a list", &issuer.sign(&json!([1])));
    });
}

#[test]
fn tokens_that_were_altered_cut_or_blown_up_are_refused() {
    on_each_algorithm(|issuer| {
        let parts: Vec<&str> = issuer.good.split('.').collect();
        let mut raised = issuer.claims.clone();
        raised["sub"] = json!("2");
        let raised = BASE64_URL_SAFE_NO_PAD.encode(raised.to_string());
        issuer.refuses("altered claims", &format!("{}.{raised}.{}", parts[0], parts[2]));
        issuer.refuses("no signature", &format!("{}.{}.", parts[0], parts[1]));
        issuer.refuses("half a signature", &issuer.good[..issuer.good.len() - 20]);
        issuer.refuses("a part more", &format!("{}.{}", issuer.good, parts[2]));
        issuer.refuses("100 KB", &"A".repeat(100_000));
        issuer.refuses("100 KB of claims", &issuer.sign_with("jti", json!("x".repeat(75_000))));
        issuer.refuses("100 KB of dots", &".".repeat(100_000));
        for junk in ["abc", "a.b", "...", "!.!.!", "e30.e30.e30", "null.null.null"] {
            issuer.refuses(junk, junk);
        }
    });
}

#[test]
fn a_refresh_token_is_no_access_token() {
    on_each_algorithm(|Issuer { house, .. }| {
        let tokens = house.login("admin").expect(200);
        let refresh = tokens["refresh_token"].as_str().unwrap();
        house.stranger().with_token(refresh).get("/users").refused(401, "invalid_token");
        let body = json!({"refresh_token": tokens["access_token"]});
        house.stranger().post("/auth/refresh", &body).refused(401, "invalid_refresh_token");
    });
}

#[test]
fn good_tokens_end_with_their_session_and_their_password() {
    on_each_algorithm(|Issuer { house, .. }| {
        let ends: [fn(&Client); 2] = [
            |client| {
                client.send("POST", "/auth/logout", &[], None).expect(204);
            },
            |client| {
                let new = json!({"current_password": PASSWORD, "new_password": "sandi-yang-baru"});
                client.put("/auth/password", &new).expect(204);
            },
        ];
        for end in ends {
            let client = house.user(&["ADMIN"]);
            client.get("/users").expect(200);
            end(&client);
            client.get("/users").refused(401, "token_revoked");
        }
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
    let twice = format!("Bearer {token}");
    let twice = [("Authorization", twice.as_str()), ("Authorization", twice.as_str())];
    house.stranger().send("GET", "/users", &twice, None).refused(401, "unauthenticated");
    send(&format!("bearer {token}")).expect(200);
}
