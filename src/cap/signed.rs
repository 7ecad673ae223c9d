//! The signature of an alarm (XML Signature 1.1), in the one form that is taken: enveloped, right below `alert`, over the
//! whole document, by a key that the station has. What the document says of keys and certificates (`KeyInfo`) is not read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use roxmltree::{Document, Node, ParsingOptions};

use crate::alert::CapAlert;
use crate::canonical::{self, CanonicalForm};
use crate::key::{CapAlgorithm, CapKey};
use crate::refusal::{BadXml, Untrusted};
use crate::tree::{CAP, words};

/// A document that is longer is none: the longest in use are some hundred kilobytes, with a picture in them.
pub const DOCUMENT_MOST: usize = 1 << 20;

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const SHA_256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const RSA: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const P256: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";

/// An alarm has some hundred elements; each node of a tree takes memory.
const NODES_MOST: u32 = 100_000;
/// `alert/info/area/geocode/value` is five deep, a signature six.
const DEPTH_MOST: usize = 32;
/// CAP has one name space, signatures three.
const SPACES_MOST: usize = 200;
/// Equals signs: CAP has no attributes; addresses and pictures have some of these.
const ATTRIBUTES_MOST: usize = 20_000;

/// An alarm with whose key has signed it.
#[derive(Clone, PartialEq, Debug)]
pub struct VerifiedCap {
    /// The place of the key among those that were given.
    pub key: usize,
    /// What it says, read from the tree that was verified.
    pub alert: CapAlert,
    /// SHA-256 of what was signed: two documents with the same one say the same.
    pub digest: String,
}

/// Verify a document by the keys that count, and read it from the tree that was verified. Bytes are never read a second time.
pub fn verify(bytes: &[u8], keys: &[CapKey]) -> Result<VerifiedCap, Untrusted> {
    let text = decoded(bytes)?;
    let document = parsed(text)?;
    let signature = signature_of(&document)?;
    let (key, digest) = signed_by(&document, signature, keys)?;
    let alert = CapAlert::read(document.root_element()).map_err(Untrusted::Bad)?;
    Ok(VerifiedCap { key, alert, digest })
}

/// What a document says, without asking who has signed it: to be shown, and for nothing else.
pub fn unverified(bytes: &[u8]) -> Result<CapAlert, Untrusted> {
    let document = parsed(decoded(bytes)?)?;
    CapAlert::read(document.root_element()).map_err(Untrusted::Bad)
}

fn decoded(bytes: &[u8]) -> Result<&str, Untrusted> {
    if bytes.len() > DOCUMENT_MOST {
        return Err(Untrusted::Long);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        // Where nothing is wrong but that a letter has no end, it was cut within that letter.
        let is_cut = error.error_len().is_none();
        Untrusted::NotXml(if is_cut { BadXml::Cut } else { BadXml::Utf8(error.valid_up_to()) })
    })
}

fn parsed(text: &str) -> Result<Document<'_>, Untrusted> {
    if is_crowded(text) {
        return Err(Untrusted::Crowded);
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES_MOST, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => Untrusted::Crowded,
        roxmltree::Error::DtdDetected => Untrusted::NotXml(BadXml::Dtd),
        roxmltree::Error::UnclosedRootNode | roxmltree::Error::UnexpectedEndOfStream | roxmltree::Error::NoRootNode => {
            Untrusted::NotXml(BadXml::Cut)
        }
        // XML begins with `<` and ends with `>`.
        _ if text.trim_start().starts_with('<') && !text.trim_end().ends_with('>') => Untrusted::NotXml(BadXml::Cut),
        other => Untrusted::NotXml(BadXml::At(other.pos().row, other.pos().col)),
    })?;
    if !document.root_element().has_tag_name((CAP, "alert")) {
        return Err(Untrusted::NotCap);
    }
    let is_deep = |node: Node<'_, '_>| node.ancestors().take(DEPTH_MOST + 2).count() > DEPTH_MOST + 1;
    if document.descendants().any(is_deep) {
        return Err(Untrusted::Deep);
    }
    Ok(document)
}

/// What would take the reader long to look through, and stands in no alarm: each name space is held against each element that
/// declares one, each attribute against its neighbours.
fn is_crowded(text: &str) -> bool {
    text.matches("xmlns").count() > SPACES_MOST || text.bytes().filter(|byte| *byte == b'=').count() > ATTRIBUTES_MOST
}

/// The one signature, which stands right below the root.
fn signature_of<'a, 't>(document: &'a Document<'t>) -> Result<Node<'a, 't>, Untrusted> {
    let is_signature = |node: &Node<'_, '_>| node.has_tag_name((DSIG, "Signature"));
    let mut all = document.descendants().filter(is_signature);
    let signature = all.next().ok_or(Untrusted::Unsigned)?;
    if all.next().is_some() || signature.parent() != Some(document.root_element()) {
        return Err(Untrusted::Signatures);
    }
    Ok(signature)
}

/// Which key has signed, and the SHA-256 of what it has signed.
fn signed_by(document: &Document<'_>, signature: Node<'_, '_>, keys: &[CapKey]) -> Result<(usize, String), Untrusted> {
    let parts = elements(signature);
    let (info, value) = match parts.as_slice() {
        [info, value] => (info, value),
        [info, value, about] if about.has_tag_name((DSIG, "KeyInfo")) => (info, value),
        _ => return Err(Untrusted::Way("Signature")),
    };
    if !info.has_tag_name((DSIG, "SignedInfo")) || !value.has_tag_name((DSIG, "SignatureValue")) {
        return Err(Untrusted::Way("Signature"));
    }
    let parts = elements(*info);
    let [form, method, reference] = parts.as_slice() else { return Err(Untrusted::Way("SignedInfo")) };
    let form =
        canonical_form(algorithm(*form, "CanonicalizationMethod")?).ok_or(Untrusted::Way("CanonicalizationMethod"))?;
    let method = match algorithm(*method, "SignatureMethod")? {
        RSA => CapAlgorithm::Rsa,
        P256 => CapAlgorithm::P256,
        _ => return Err(Untrusted::Way("SignatureMethod")),
    };
    let (over, said) = referenced(*reference)?;
    let canonical = canonical::document(document.root(), over, Some(signature.id()));
    let found = digest(&SHA256, &canonical);
    if found.as_ref() != said {
        return Err(Untrusted::Changed);
    }
    let signed = canonical::element(*info, form);
    let value = packed(*value).ok_or(Untrusted::Way("SignatureValue"))?;
    let key = keys.iter().position(|key| key.has_signed(method, &signed, &value)).ok_or(Untrusted::Stranger)?;
    Ok((key, hexadecimal(found.as_ref())))
}

/// What the one reference is about: the whole document without its signature, in one of two forms, and its SHA-256.
fn referenced(reference: Node<'_, '_>) -> Result<(CanonicalForm, Vec<u8>), Untrusted> {
    let is_whole = reference.has_tag_name((DSIG, "Reference"))
        && reference.attribute("URI") == Some("")
        && reference.attributes().all(|attribute| matches!(attribute.name(), "URI" | "Id"));
    if !is_whole {
        return Err(Untrusted::Way("Reference"));
    }
    let parts = elements(reference);
    let [transforms, method, value] = parts.as_slice() else { return Err(Untrusted::Way("Reference")) };
    if !transforms.has_tag_name((DSIG, "Transforms")) || !value.has_tag_name((DSIG, "DigestValue")) {
        return Err(Untrusted::Way("Reference"));
    }
    let parts = elements(*transforms);
    let [enveloped, form] = parts.as_slice() else { return Err(Untrusted::Way("Transforms")) };
    if algorithm(*enveloped, "Transform")? != ENVELOPED {
        return Err(Untrusted::Way("Transform"));
    }
    let form = canonical_form(algorithm(*form, "Transform")?).ok_or(Untrusted::Way("Transform"))?;
    if algorithm(*method, "DigestMethod")? != SHA_256 {
        return Err(Untrusted::Way("DigestMethod"));
    }
    let value = packed(*value).ok_or(Untrusted::Way("DigestValue"))?;
    Ok((form, value))
}

/// The elements right below; nothing else counts there.
fn elements<'a, 't>(node: Node<'a, 't>) -> Vec<Node<'a, 't>> {
    node.children().filter(Node::is_element).collect()
}

/// What `Algorithm` says of an element of this name, which has no parameters.
fn algorithm<'a>(node: Node<'a, '_>, name: &'static str) -> Result<&'a str, Untrusted> {
    let is_plain = node.has_tag_name((DSIG, name)) && elements(node).is_empty() && node.attributes().len() == 1;
    let said = node.attribute("Algorithm").filter(|_| is_plain);
    said.ok_or(Untrusted::Way(name))
}

fn canonical_form(algorithm: &str) -> Option<CanonicalForm> {
    match algorithm {
        INCLUSIVE => Some(CanonicalForm::Inclusive),
        EXCLUSIVE => Some(CanonicalForm::Exclusive),
        _ => None,
    }
}

/// Base64, with the line breaks that signing programs put into it.
fn packed(node: Node<'_, '_>) -> Option<Vec<u8>> {
    let said: String = words(node)?.split_ascii_whitespace().collect();
    STANDARD.decode(said).ok()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut all, byte| {
        use std::fmt::Write as _;
        let _ = write!(all, "{byte:02x}");
        all
    })
}
