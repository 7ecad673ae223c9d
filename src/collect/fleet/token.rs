use data_encoding::{BASE32HEX_NOPAD, BASE64URL_NOPAD};
use loa_core::signature::UtcSecond;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{FleetError, FleetKey};

/// A paper of NATS (a JWT): what `issuer` says of `subject`. Its form is that of version 2: `nats` holds the claims, with their kind and
/// version.
pub(super) fn token(
    issuer: &FleetKey,
    subject: &str,
    name: &str,
    nats: &Value,
    issued: UtcSecond,
) -> Result<String, FleetError> {
    let mut claims = json!({
        "iat": issued.seconds(),
        "iss": issuer.public(),
        "name": name,
        "sub": subject,
        "nats": nats,
    });
    // A name of its own, as others have it: the digest of the rest.
    let digest = Sha256::digest(claims.to_string().as_bytes());
    claims["jti"] = json!(BASE32HEX_NOPAD.encode(&digest));
    let head = BASE64URL_NOPAD.encode(br#"{"typ":"JWT","alg":"ed25519-nkey"}"#);
    let said = format!("{head}.{}", BASE64URL_NOPAD.encode(claims.to_string().as_bytes()));
    let signature = BASE64URL_NOPAD.encode(&issuer.sign(said.as_bytes())?);
    Ok(format!("{said}.{signature}"))
}

/// Whether this paper is about this key.
pub(super) fn is_of(paper: &str, subject: &str) -> bool {
    let claims = paper.split('.').nth(1).and_then(|claims| BASE64URL_NOPAD.decode(claims.as_bytes()).ok());
    let claims = claims.and_then(|claims| serde_json::from_slice::<Value>(&claims).ok());
    claims.is_some_and(|claims| claims["sub"] == subject)
}

/// A user's paper and seed in one file, as every NATS client reads it.
pub(super) fn credentials(token: &str, seed: &str) -> String {
    format!(
        "-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    )
}
