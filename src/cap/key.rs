use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use loa_core::diag::{Text, text};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

/// RFC 5480: `SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING }`, before the point, which is 65 bytes.
const P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// RFC 3279 §2.3.1: `SEQUENCE { rsaEncryption, NULL }`.
const RSA: &[u8] = &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
/// An uncompressed point: the byte 4, and two coordinates.
const POINT: usize = 65;
const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";
/// A key of 8,192 bits is under this.
const PEM_MOST: usize = 8 * 1024;

/// By what a signature is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CapAlgorithm {
    /// RSASSA-PKCS1-v1_5 over SHA-256 (RFC 9231 §2.3.2).
    Rsa,
    /// ECDSA on P-256 over SHA-256 (RFC 9231 §2.3.6): r and s, 32 bytes each.
    P256,
}

/// The public key of somebody whose alarms count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CapKey {
    algorithm: CapAlgorithm,
    /// As ring takes it.
    bytes: Vec<u8>,
}

/// Why something is no key that alarms can be checked by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadCapKey {
    /// It is no `PUBLIC KEY` in PEM.
    NotPem,
    /// It is a certificate.
    Certificate,
    /// It is a secret, which has no business here.
    Secret,
    /// It is neither RSA of 2,048 to 8,192 bits nor P-256.
    Kind,
}

impl CapKey {
    /// Read a key as `openssl … -pubout` writes it: `SubjectPublicKeyInfo` in PEM.
    pub fn from_pem(written: &str) -> Result<Self, BadCapKey> {
        if written.contains("PRIVATE KEY-----") {
            return Err(BadCapKey::Secret);
        }
        let Some((_, rest)) = written.split_once(BEGIN) else {
            let is_certificate = written.contains("-----BEGIN CERTIFICATE-----");
            return Err(if is_certificate { BadCapKey::Certificate } else { BadCapKey::NotPem });
        };
        let (body, _) = rest.split_once(END).ok_or(BadCapKey::NotPem)?;
        let packed: String = body.split_whitespace().collect();
        if packed.len() > PEM_MOST {
            return Err(BadCapKey::NotPem);
        }
        Self::from_der(&STANDARD.decode(packed).map_err(|_| BadCapKey::NotPem)?)
    }

    fn from_der(der: &[u8]) -> Result<Self, BadCapKey> {
        if let Some(point) = der.strip_prefix(P256)
            && point.len() == POINT
            && point.first() == Some(&4)
        {
            return Ok(Self { algorithm: CapAlgorithm::P256, bytes: point.to_vec() });
        }
        let inner = whole(der, 0x30).and_then(|inner| inner.strip_prefix(RSA)).ok_or(BadCapKey::Kind)?;
        let bits = whole(inner, 0x03).and_then(|bits| bits.strip_prefix(&[0])).ok_or(BadCapKey::Kind)?;
        // `SEQUENCE { modulus, exponent }`: how long the modulus is decides whether it counts.
        let modulus = whole(bits, 0x30).and_then(|numbers| first(numbers, 0x02)).ok_or(BadCapKey::Kind)?;
        let length = modulus.iter().skip_while(|byte| **byte == 0).count();
        if !(256..=1024).contains(&length) {
            return Err(BadCapKey::Kind);
        }
        Ok(Self { algorithm: CapAlgorithm::Rsa, bytes: bits.to_vec() })
    }

    /// Whether `signature` is this key's, by `algorithm`, over `message`.
    pub(crate) fn has_signed(&self, algorithm: CapAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        // A key is of one kind only: what a document says about how it was signed chooses no other.
        if algorithm != self.algorithm {
            return false;
        }
        match algorithm {
            CapAlgorithm::Rsa => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.bytes).verify(message, signature).is_ok()
            }
            CapAlgorithm::P256 => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.bytes).verify(message, signature).is_ok()
            }
        }
    }
}

impl BadCapKey {
    /// What is wrong with it, and the cure.
    pub fn text(self) -> Text {
        match self {
            Self::NotPem => text!(
                "không phải khóa công khai dạng PEM: tệp phải có dòng «-----BEGIN PUBLIC KEY-----»",
                "no public key in PEM: it has to have a line \"-----BEGIN PUBLIC KEY-----\""
            ),
            Self::Certificate => text!(
                "đây là chứng thư, không phải khóa: lấy khóa ra bằng openssl x509 -pubkey -noout -in chung-thu.pem > khoa.pem",
                "this is a certificate, no key: take the key out by openssl x509 -pubkey -noout -in certificate.pem > key.pem"
            ),
            Self::Secret => text!(
                "đây là khóa bí mật; đài chỉ cần khóa công khai. Xóa tệp này khỏi máy và báo cho bên gửi biết khóa đã lộ",
                "this is a secret key; the station needs the public one. Delete it here, and tell its owner that it is out"
            ),
            Self::Kind => text!(
                "chỉ dùng được khóa RSA từ 2048 đến 8192 bit, hoặc ECDSA P-256",
                "only RSA of 2,048 to 8,192 bits and ECDSA P-256 can be used"
            ),
        }
    }
}

/// What stands in the one value of this tag that is all of `der`.
fn whole(der: &[u8], tag: u8) -> Option<&[u8]> {
    let (content, rest) = value(der, tag)?;
    rest.is_empty().then_some(content)
}

/// What stands in the first value, if it has this tag.
fn first(der: &[u8], tag: u8) -> Option<&[u8]> {
    value(der, tag).map(|(content, _)| content)
}

/// X.690 §8.1: a tag, a length in its shortest form, the content.
fn value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&short, rest) = rest.split_first()?;
    let (length, rest) = match short {
        0..=0x7f => (usize::from(short), rest),
        0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
        0x82 => (usize::from(*rest.first()?) << 8 | usize::from(*rest.get(1)?), rest.get(2..)?),
        _ => return None,
    };
    (found == tag && rest.len() >= length).then(|| rest.split_at(length))
}
