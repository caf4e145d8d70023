//! Access tokens: signed and checked strictly, by one algorithm that the settings choose and the
//! token never does.

use std::{collections::HashMap, fmt};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
    jwk::{Jwk, ThumbprintHash},
};
use pensipro_auth::{AUDIENCE, Claims, Digest, ISSUER, RefreshDigest};
use pensipro_kernel::Entropy;

use super::{Problem, codes};
use crate::config::SigningSecret;

/// Longer tokens are not looked at.
const MAX_TOKEN_BYTES: usize = 16_384;

/// The fewest bytes of an RSA key's modulus.
const MIN_RSA_BYTES: usize = 256;

/// Signs and checks access tokens.
pub struct Tokens {
    header: Header,
    signing: EncodingKey,
    /// By `kid`; under HS256 there is one key without a name.
    keys: HashMap<Option<String>, DecodingKey>,
    validation: Validation,
    published: Vec<Jwk>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("algorithm", &self.header.alg).finish_non_exhaustive()
    }
}

impl Tokens {
    /// With this secret.
    ///
    /// # Errors
    /// A text for the operator when the key cannot be used.
    pub fn new(secret: &SigningSecret) -> Result<Self, String> {
        match secret {
            SigningSecret::Shared(secret) => Ok(Self {
                header: Header::new(Algorithm::HS256),
                signing: EncodingKey::from_secret(secret),
                keys: HashMap::from([(None, DecodingKey::from_secret(secret))]),
                validation: validation(Algorithm::HS256),
                published: Vec::new(),
            }),
            SigningSecret::Rsa { signs, checks } => Self::rsa(signs, checks),
        }
    }

    fn rsa(signs: &[u8], checks: &[Vec<u8>]) -> Result<Self, String> {
        let signing = EncodingKey::from_rsa_pem(signs).map_err(not_taken)?;
        let own = Jwk::from_encoding_key(&signing, Algorithm::RS256).map_err(not_taken)?;
        let others = checks.iter().map(|pem| public_half(pem));
        let mut published: Vec<Jwk> = Vec::new();
        let mut keys = HashMap::new();
        for jwk in std::iter::once(Ok(own)).chain(others) {
            let jwk = named(jwk?)?;
            let key = DecodingKey::from_jwk(&jwk).map_err(not_taken)?;
            if keys.insert(jwk.common.key_id.clone(), key).is_none() {
                published.push(jwk);
            }
        }
        let kid = published.first().and_then(|own| own.common.key_id.clone());
        Ok(Self {
            header: Header { kid, ..Header::new(Algorithm::RS256) },
            signing,
            keys,
            validation: validation(Algorithm::RS256),
            published,
        })
    }

    /// The keys that others may check tokens with: none under HS256.
    pub fn published(&self) -> &[Jwk] {
        &self.published
    }

    /// A signed token.
    pub fn sign(&self, claims: &Claims) -> Result<String, Problem> {
        encode(&self.header, claims, &self.signing)
            .map_err(|error| Problem::internal(format!("a token cannot be signed: {error}")))
    }

    /// The claims of a token that is ours, whole and in time. Every fault is the same refusal.
    pub fn check(&self, token: &str) -> Result<Claims, Problem> {
        self.read(token).ok_or_else(|| {
            Problem::new(codes::INVALID_TOKEN, "the access token is not valid or has expired")
                .header(actix_web::http::header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")
        })
    }

    fn read(&self, token: &str) -> Option<Claims> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let key = self.keys.get(&decode_header(token).ok()?.kid)?;
        Some(decode::<Claims>(token, key, &self.validation).ok()?.claims)
    }
}

fn validation(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.leeway = 0;
    validation.validate_nbf = true;
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation
}

fn not_taken(error: jsonwebtoken::errors::Error) -> String {
    format!("the RSA key: {error}")
}

/// The public half of a key, whichever half the file holds.
fn public_half(pem: &[u8]) -> Result<Jwk, String> {
    let of_private = EncodingKey::from_rsa_pem(pem)
        .and_then(|key| Jwk::from_encoding_key(&key, Algorithm::RS256));
    of_private.or_else(|_| {
        let public = DecodingKey::from_rsa_pem(pem).map_err(not_taken)?;
        Jwk::from_decoding_key(&public, Some(Algorithm::RS256)).map_err(not_taken)
    })
}

/// The key with its thumbprint (RFC 7638) as its name; a short one is refused.
fn named(mut jwk: Jwk) -> Result<Jwk, String> {
    if modulus_bytes(&jwk) < MIN_RSA_BYTES {
        return Err("the RSA key must have at least 2048 bits".to_owned());
    }
    jwk.common.key_id = Some(jwk.thumbprint(ThumbprintHash::SHA256).map_err(not_taken)?);
    Ok(jwk)
}

fn modulus_bytes(jwk: &Jwk) -> usize {
    match &jwk.algorithm {
        jsonwebtoken::jwk::AlgorithmParameters::RSA(rsa) => {
            BASE64_URL_SAFE_NO_PAD.decode(&rsa.n).map_or(0, |n| n.len())
        }
        _ => 0,
    }
}

/// A refresh token: two secrets of 32 bytes, the session's and its own.
pub struct RefreshToken {
    family: [u8; 32],
    once: [u8; 32],
}

impl RefreshToken {
    /// The first of a session.
    pub fn first(entropy: &dyn Entropy) -> Self {
        let mut family = [0; 32];
        entropy.fill(&mut family);
        Self { family, once: [0; 32] }.next(entropy)
    }

    /// The one that replaces it.
    #[must_use]
    pub fn next(&self, entropy: &dyn Entropy) -> Self {
        let mut once = [0; 32];
        entropy.fill(&mut once);
        Self { family: self.family, once }
    }

    /// Reads its text; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (family, once) = bytes.split_at_checked(32)?;
        Some(Self { family: family.try_into().ok()?, once: once.try_into().ok()? })
    }

    /// Its text.
    pub fn text(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode([self.family, self.once].concat())
    }

    /// What storage keeps of it.
    pub fn digest(&self) -> RefreshDigest {
        RefreshDigest { family: sha256(&self.family), once: sha256(&self.once) }
    }
}

fn sha256(bytes: &[u8]) -> Digest {
    let mut array = [0; 32];
    array.copy_from_slice(digest(&SHA256, bytes).as_ref());
    Digest(array)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemEntropy;

    #[test]
    fn refresh_tokens_keep_their_family_and_change_otherwise() {
        let first = RefreshToken::first(&SystemEntropy);
        let read = RefreshToken::parse(&first.text()).unwrap();
        assert_eq!(read.digest(), first.digest());
        let next = first.next(&SystemEntropy);
        assert_eq!(next.digest().family, first.digest().family);
        assert_ne!(next.digest().once, first.digest().once);
        assert!(RefreshToken::parse("short").is_none());
        assert!(RefreshToken::parse(&format!("{}AAAA", first.text())).is_none());
    }
}
