use std::collections::BTreeMap;

use data_encoding::{BASE32HEX_NOPAD, BASE64URL_NOPAD};
use loa_core::signature::UtcSecond;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{FleetError, FleetKey, KeyKind};

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
    claims(paper).is_some_and(|claims| claims["sub"] == subject)
}

/// Keys of boxes that an account's paper shuts out, with since when. Whether it is signed is the server's affair: to shut out more harms nobody.
pub(super) fn revocations(paper: &str) -> BTreeMap<String, i64> {
    let claims = claims(paper).unwrap_or_default();
    let all = claims["nats"]["revocations"].as_object().into_iter().flatten();
    let of_boxes = all.filter(|(key, _)| FleetKey::is_public(key, KeyKind::User));
    of_boxes.filter_map(|(key, since)| Some((key.clone(), since.as_i64()?))).collect()
}

fn claims(paper: &str) -> Option<Value> {
    let claims = BASE64URL_NOPAD.decode(paper.trim().split('.').nth(1)?.as_bytes()).ok()?;
    serde_json::from_slice(&claims).ok()
}

/// A user's paper and seed in one file, as every NATS client reads it.
pub(super) fn credentials(token: &str, seed: &str) -> String {
    format!(
        "-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    )
}

#[cfg(test)]
mod tests {
    use loa_core::instant::Wall;

    use super::*;

    #[test]
    fn what_a_paper_shuts_out_is_read_back() {
        let (operator, key) = (FleetKey::make(KeyKind::Operator).unwrap(), FleetKey::make(KeyKind::User).unwrap());
        let nats = json!({ "revocations": { (key.public()): 1_796_000_000, "*": 5 } });
        let paper = token(&operator, "A", "NODES", &nats, UtcSecond::of(Wall::from_secs(1_796_000_000))).unwrap();
        assert_eq!(revocations(&paper), BTreeMap::from([(key.public(), 1_796_000_000)]));
        for other in ["", "a.b.c", "x"] {
            assert!(revocations(other).is_empty(), "{other}");
        }
    }
}
