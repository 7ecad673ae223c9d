use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use super::{BundleFile, Endorsed, Endorsement, Manifest, Rejection, Summing};

/// A block of a tar archive.
const BLOCK: usize = 512;
/// A signed paper: a list of five thousand files takes one megabyte.
const PAPER_MOST: u64 = 4 << 20;
/// Lists of keys that come along: one for each change of the roots that a box may have slept through.
const KEYS_MOST: usize = 8;
/// Bytes at a time.
const PIECE: usize = 128 * 1024;
const MANIFEST: &str = "manifest.json";
const REVOKED: &str = "revoked.json";

/// The papers of a bundle: what stands before its files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Freight {
    /// Its list of files.
    pub manifest: Endorsed,
    /// Who may sign, for boxes that do not know yet; the oldest first.
    pub keys: Vec<Endorsed>,
    /// Whose signature counts no more.
    pub revoked: Option<Endorsed>,
}

/// Write a bundle: a tar archive whose every byte outside of the files follows from its papers. `open` gives the bytes
/// of a file.
pub fn pack<R: Read>(
    out: &mut impl Write,
    freight: &Freight,
    mut open: impl FnMut(&BundleFile) -> io::Result<R>,
) -> io::Result<()> {
    let manifest = begin(out, freight)?;
    for file in manifest.contents() {
        out.write_all(&header(&content(file), file.bytes))?;
        let copied = io::copy(&mut open(file)?.take(file.bytes), out)?;
        if copied != file.bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        out.write_all(&vec![0; padding(file.bytes)])?;
    }
    out.write_all(&[0; 2 * BLOCK])?;
    out.flush()
}

/// The same bundle with other papers on it, its contents as they are.
pub fn repack<R: Read>(out: &mut impl Write, freight: &Freight, parcel: &mut Parcel<R>) -> Result<(), Unpacked> {
    let manifest = begin(out, freight).map_err(Unpacked::Disk)?;
    for file in manifest.contents() {
        out.write_all(&header(&content(file), file.bytes)).map_err(Unpacked::Disk)?;
        parcel.take(file, out)?;
        out.write_all(&vec![0; padding(file.bytes)]).map_err(Unpacked::Disk)?;
    }
    out.write_all(&[0; 2 * BLOCK]).and_then(|()| out.flush()).map_err(Unpacked::Disk)
}

/// The same bundle for a network: without its sounds, which each box fetches where it lacks them.
pub fn letter<R: Read>(out: &mut impl Write, freight: &Freight, parcel: &mut Parcel<R>) -> Result<(), Unpacked> {
    let manifest = begin(out, freight).map_err(Unpacked::Disk)?;
    for file in manifest.contents() {
        if file.sound.is_some() {
            parcel.take(file, &mut io::sink())?;
            continue;
        }
        out.write_all(&header(&content(file), file.bytes)).map_err(Unpacked::Disk)?;
        parcel.take(file, out)?;
        out.write_all(&vec![0; padding(file.bytes)]).map_err(Unpacked::Disk)?;
    }
    out.write_all(&[0; 2 * BLOCK]).and_then(|()| out.flush()).map_err(Unpacked::Disk)
}

/// What a letter holds beside its papers: the schedules by the SHA-256 of their bytes.
pub fn texts<R: Read>(manifest: &Manifest, mut parcel: Parcel<R>) -> Result<BTreeMap<String, Vec<u8>>, Rejection> {
    let mut texts = BTreeMap::new();
    for file in manifest.contents().filter(|file| file.sound.is_none()) {
        let mut bytes = Vec::new();
        parcel.take(file, &mut bytes).map_err(|why| match why {
            Unpacked::Bundle(why) => why,
            Unpacked::Disk(_) => Rejection::Truncated,
        })?;
        texts.insert(file.sha256.clone(), bytes);
    }
    parcel.end()?;
    Ok(texts)
}

fn begin(out: &mut impl Write, freight: &Freight) -> io::Result<Manifest> {
    let manifest = Manifest::read(&freight.manifest.text).map_err(|why| io::Error::other(why.code()))?;
    for (name, paper) in papers(freight) {
        let signatures = serde_json::to_string(&paper.signatures).unwrap_or_default();
        for (name, text) in [(name.clone(), &paper.text), (signed(&name), &signatures)] {
            out.write_all(&header(&name, text.len() as u64))?;
            out.write_all(text.as_bytes())?;
            out.write_all(&vec![0; padding(text.len() as u64)])?;
        }
    }
    Ok(manifest)
}

fn papers(freight: &Freight) -> impl Iterator<Item = (String, &Endorsed)> {
    let keys = freight.keys.iter().enumerate().map(|(at, paper)| (key_list(at), paper));
    let revoked = freight.revoked.iter().map(|paper| (REVOKED.to_owned(), paper));
    std::iter::once((MANIFEST.to_owned(), &freight.manifest)).chain(keys).chain(revoked)
}

fn key_list(at: usize) -> String {
    format!("keys-{}.json", at + 1)
}

fn signed(name: &str) -> String {
    name.replace(".json", ".sig")
}

fn content(file: &BundleFile) -> String {
    format!("files/{}", file.sha256)
}

const fn padding(bytes: u64) -> usize {
    (BLOCK - (bytes % BLOCK as u64) as usize) % BLOCK
}

/// The one header that an entry of this name and length has.
fn header(name: &str, bytes: u64) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let mut put = |at: usize, text: &str| block[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{bytes:011o}\0"));
    put(136, "00000000000\0");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\0");
    put(263, "00");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// A bundle that is being read, its papers already so. Nothing of it is believed here.
pub struct Parcel<R> {
    from: R,
    /// The header that was read and not used yet.
    next: Option<[u8; BLOCK]>,
}

impl<R: Read> Parcel<R> {
    /// Read the papers.
    pub fn open(from: R) -> Result<(Freight, Self), Rejection> {
        let mut parcel = Self { from, next: None };
        // What does not begin as a bundle is none; one that is cut off in its first block may have been one.
        if parcel.is_next(MANIFEST)?.is_none() {
            return Err(Rejection::NoBundle);
        }
        let manifest = parcel.paper(MANIFEST)?.ok_or(Rejection::NoBundle)?;
        let mut keys = Vec::new();
        while keys.len() < KEYS_MOST
            && let Some(paper) = parcel.paper(&key_list(keys.len()))?
        {
            keys.push(paper);
        }
        let revoked = parcel.paper(REVOKED)?;
        Ok((Freight { manifest, keys, revoked }, parcel))
    }

    /// Copy the next content: that of `file`, as [`Manifest::contents`] gives them. Its bytes are those that were signed, or
    /// it is refused.
    pub fn take(&mut self, file: &BundleFile, out: &mut impl Write) -> Result<(), Unpacked> {
        let bytes = self.is_next(&content(file))?.ok_or_else(|| Rejection::Foreign(file.path.clone()))?;
        if bytes != file.bytes {
            return Err(Rejection::Damaged(file.path.clone()).into());
        }
        self.next = None;
        let mut reading = Summing::of((&mut self.from).take(bytes));
        let mut piece = vec![0; PIECE];
        loop {
            let count = match reading.read(&mut piece) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return Err(Rejection::Truncated.into()),
            };
            out.write_all(&piece[..count]).map_err(Unpacked::Disk)?;
        }
        let (count, sum) = reading.finish();
        if count != bytes {
            return Err(Rejection::Truncated.into());
        }
        if sum != file.sha256 {
            return Err(Rejection::Damaged(file.path.clone()).into());
        }
        Ok(self.pad(bytes, &file.path)?)
    }

    /// See that nothing follows.
    pub fn end(mut self) -> Result<(), Rejection> {
        let mut rest = self.next.map_or_else(Vec::new, |block| block.to_vec());
        // Two empty blocks, and not a byte more.
        let more = (2 * BLOCK + 1).saturating_sub(rest.len()) as u64;
        (&mut self.from).take(more).read_to_end(&mut rest).map_err(|_| Rejection::Truncated)?;
        if rest.len() < 2 * BLOCK {
            return Err(Rejection::Truncated);
        }
        if rest.len() > 2 * BLOCK || rest.iter().any(|byte| *byte != 0) {
            return Err(Rejection::Foreign("?".to_owned()));
        }
        Ok(())
    }

    /// A paper and its signatures, if they are what comes next.
    fn paper(&mut self, name: &str) -> Result<Option<Endorsed>, Rejection> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let signatures = self.text(&signed(name))?.ok_or_else(|| Rejection::Foreign(signed(name)))?;
        let signatures: Option<Vec<Endorsement>> = serde_json::from_str(&signatures).ok();
        let paper = signatures.map(|signatures| Endorsed { text, signatures }).filter(Endorsed::is_bearable);
        paper.map(Some).ok_or_else(|| Rejection::Foreign(signed(name)))
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, Rejection> {
        let Some(bytes) = self.is_next(name)? else { return Ok(None) };
        if bytes > PAPER_MOST {
            return Err(Rejection::TooLarge);
        }
        self.next = None;
        let mut text = Vec::new();
        (&mut self.from).take(bytes).read_to_end(&mut text).map_err(|_| Rejection::Truncated)?;
        if text.len() as u64 != bytes {
            return Err(Rejection::Truncated);
        }
        self.pad(bytes, name)?;
        String::from_utf8(text).map(Some).map_err(|_| Rejection::Foreign(name.to_owned()))
    }

    /// The length of the next entry, if it has this name and is written in the one way that there is.
    fn is_next(&mut self, name: &str) -> Result<Option<u64>, Rejection> {
        let block = if let Some(block) = self.next {
            block
        } else {
            let mut block = Vec::new();
            (&mut self.from).take(BLOCK as u64).read_to_end(&mut block).map_err(|_| Rejection::Truncated)?;
            *self.next.insert(block.try_into().map_err(|short: Vec<u8>| cut_off(name, &short))?)
        };
        let octal = std::str::from_utf8(&block[124..135]).ok();
        let bytes = octal.and_then(|octal| u64::from_str_radix(octal, 8).ok());
        Ok(bytes.filter(|bytes| header(name, *bytes) == block))
    }

    fn pad(&mut self, bytes: u64, name: &str) -> Result<(), Rejection> {
        let mut rest = vec![0; padding(bytes)];
        self.from.read_exact(&mut rest).map_err(|_| Rejection::Truncated)?;
        if rest.iter().all(|byte| *byte == 0) { Ok(()) } else { Err(Rejection::Foreign(name.to_owned())) }
    }
}

/// A block that ends too soon: cut off where it begins as the entry of this name does, or is empty; the first one of what is no bundle does not.
fn cut_off(name: &str, short: &[u8]) -> Rejection {
    let begins = header(name, 0);
    // The name's field; what stands behind it differs with the length.
    let known = short.len().min(100);
    if name == MANIFEST && short[..known] != begins[..known] { Rejection::NoBundle } else { Rejection::Truncated }
}

/// Why a content was not copied.
#[derive(Debug)]
pub enum Unpacked {
    /// The bundle is not as it must be.
    Bundle(Rejection),
    /// Where it was copied to refused.
    Disk(io::Error),
}

impl From<Rejection> for Unpacked {
    fn from(why: Rejection) -> Self {
        Self::Bundle(why)
    }
}
