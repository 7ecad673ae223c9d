//! Somebody who warns: a key, and alarms that it has signed, written so that each is its own canonical form.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use loa::clock::Clock as _;
use loa::machine::MachineClock;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

use crate::kit::Station;

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// `SubjectPublicKeyInfo` of P-256, before the point.
const SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

pub(super) struct Sender {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

/// An alarm as it is written, before it is signed.
pub(super) struct Flood {
    pub(super) identifier: &'static str,
    pub(super) status: &'static str,
    pub(super) message: &'static str,
    /// What it takes back.
    pub(super) references: String,
    /// Seconds from now.
    pub(super) sent: i64,
    pub(super) expires: i64,
}

impl Default for Flood {
    fn default() -> Self {
        Self {
            identifier: "lu-1",
            status: "Actual",
            message: "Alert",
            references: String::new(),
            sent: -5,
            expires: 3_600,
        }
    }
}

/// So many seconds from now, as CAP writes it.
fn moment(from_now: i64) -> String {
    let at: Timestamp = MachineClock.wall().timestamp() + SignedDuration::from_secs(from_now);
    at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(7))).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

impl Flood {
    /// For Thôn 1 and Thôn 2 of [`station`].
    pub(super) fn text(&self) -> String {
        let Self { identifier, status, message, references, .. } = self;
        let (sent, expires) = (moment(self.sent), moment(self.expires));
        let references =
            if references.is_empty() { String::new() } else { format!("<references>{references}</references>") };
        format!(
            "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">\n<identifier>{identifier}</identifier><sender>canhbao@example.vn</sender>\
             <sent>{sent}</sent><status>{status}</status><msgType>{message}</msgType><scope>Public</scope>{references}\n\
             <info><language>vi-VN</language><category>Met</category><event>Lũ quét</event><urgency>Immediate</urgency>\
             <severity>Extreme</severity><certainty>Observed</certainty><expires>{expires}</expires>\
             <headline>Lũ quét trên sông Đa Nhim</headline><instruction>Rời khỏi bờ sông ngay.</instruction>\
             <area><areaDesc>bờ sông</areaDesc><polygon>11.0,108.0 11.0,109.0 12.5,109.0 12.5,108.0 11.0,108.0</polygon></area></info>\n</alert>"
        )
    }
}

impl Sender {
    pub(super) fn new() -> Self {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).unwrap();
        Self { pair, random }
    }

    /// Its public key in PEM.
    pub(super) fn pem(&self) -> String {
        let whole: Vec<u8> = SPKI.iter().chain(self.pair.public_key().as_ref()).copied().collect();
        let mut pem = "-----BEGIN PUBLIC KEY-----\n".to_owned();
        for line in STANDARD.encode(whole).as_bytes().chunks(64) {
            let _ = writeln!(pem, "{}", std::str::from_utf8(line).unwrap());
        }
        pem + "-----END PUBLIC KEY-----\n"
    }

    /// The text with a signature in it.
    pub(super) fn signed(&self, text: &str) -> String {
        let value = STANDARD.encode(digest(&SHA256, text.as_bytes()));
        let algorithm = |name: &str, uri: &str| format!("<{name} Algorithm=\"{uri}\"></{name}>");
        let info = [
            algorithm("CanonicalizationMethod", EXCLUSIVE),
            algorithm("SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"),
            "<Reference URI=\"\"><Transforms>".to_owned(),
            algorithm("Transform", "http://www.w3.org/2000/09/xmldsig#enveloped-signature"),
            algorithm("Transform", EXCLUSIVE),
            "</Transforms>".to_owned(),
            algorithm("DigestMethod", "http://www.w3.org/2001/04/xmlenc#sha256"),
            format!("<DigestValue>{value}</DigestValue></Reference></SignedInfo>"),
        ]
        .concat();
        let canonical = format!("<SignedInfo xmlns=\"{DSIG}\">{info}");
        let signature = STANDARD.encode(self.pair.sign(&self.random, canonical.as_bytes()).unwrap());
        let whole = format!(
            "<Signature xmlns=\"{DSIG}\"><SignedInfo>{info}<SignatureValue>{signature}</SignatureValue></Signature>"
        );
        text.replace("</alert>", &format!("{whole}</alert>"))
    }

    /// The same with a certificate in the signature.
    pub(super) fn certified(&self, text: &str, certificate: &str) -> String {
        let info = format!("<KeyInfo><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo>");
        self.signed(text).replace("</SignatureValue>", &format!("</SignatureValue>{info}"))
    }

    pub(super) fn flood(&self, flood: &Flood) -> String {
        self.signed(&flood.text())
    }
}

/// Three hamlets, two of them on the river, which write what they sound into files; `feeds` is a list as TOML has it.
pub(super) fn station(sender: &Sender, feeds: &str, act: &str) -> Station {
    let station = Station::new();
    station.tone("canh-bao-lu.wav", 1.0, 440.0);
    station.write(
        "loa.toml",
        &format!(
            "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"wav:thon-1.wav\"\nat = [11.9, 108.4]\n\
             [zones.thon-2]\ntitle = \"Thôn 2\"\noutput = \"null\"\nat = [12.0, 108.5]\ncontact = \"ông Năm\"\nphone = \"0912 345 678\"\n\
             [zones.thon-3]\ntitle = \"Thôn 3\"\noutput = \"null\"\nat = [15.0, 108.5]\n\
             [clock]\ntrust = \"always\"\n[emergency]\nrepeat = 2\n\
             [cap]\nfeeds = {feeds}\nevery = \"10s\"\n\
             [cap.senders.kttv]\ntitle = \"Đài khí tượng\"\nsender = \"canhbao@example.vn\"\nkey = \"kttv.pem\"\n\
             [[cap.rules]]\nevent = [\"lũ\", \"flood\"]\nseverity = [\"extreme\", \"severe\"]\ndo = \"{act}\"\npreset = \"lu\"\n"
        ),
    );
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    std::fs::write(station.path("kttv.pem"), sender.pem()).unwrap();
    std::fs::create_dir(station.path("cap")).unwrap();
    station
}
