//! What checking an access token costs: an administrator's, the longest there is.

use std::hint::black_box;

use chrono_tz::Tz;
use criterion::{Criterion, criterion_group, criterion_main};
use pensipro_auth::{AUDIENCE, Claims, ISSUER, ModuleCode};
use pensipro_kernel::{Clock, Permission, SessionId};
use pensipro_server::{clock::SystemClock, config::SigningSecret, http::tokens::Tokens};

const RSA_KEY: &[u8] = include_bytes!("../tests/fixtures/rsa-2048.pem");

fn claims() -> Claims {
    let now = SystemClock::new(Tz::Asia__Jakarta, None).now().timestamp();
    Claims {
        sub: "1".into(),
        preferred_username: "admin".into(),
        email: "admin@koperasi.example".into(),
        full_name: "Administrator".into(),
        roles: vec!["ADMIN".into()],
        permissions: Permission::ALL.iter().map(|held| held.code().to_owned()).collect(),
        modules: ModuleCode::ALL.iter().map(|module| module.code().to_owned()).collect(),
        branch_id: None,
        funder_id: None,
        sid: SessionId::new(1),
        jti: "0123456789abcdef0123456789abcdef".into(),
        iat: now,
        exp: now + 3_600,
        iss: ISSUER.into(),
        aud: AUDIENCE.into(),
        authz_version: 1,
    }
}

fn check(criterion: &mut Criterion) {
    let shared = SigningSecret::Shared(b"a secret that has more than 32 bytes".to_vec());
    let rsa = SigningSecret::Rsa { signs: RSA_KEY.to_vec(), checks: Vec::new() };
    for (name, secret) in [("HS256", shared), ("RS256", rsa)] {
        let tokens = Tokens::new(&secret).expect("the key is good");
        let token = tokens.sign(&claims()).expect("a token");
        criterion.bench_function(&format!("check a token, {name}"), |bencher| {
            bencher.iter(|| tokens.check(black_box(&token)).expect("the token is good"));
        });
    }
}

criterion_group!(benches, check);
criterion_main!(benches);
