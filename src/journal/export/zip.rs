use std::io::{self, Seek, SeekFrom, Write};

/// The table of CRC-32 (IEEE 802.3, reversed polynomial), as ZIP wants it.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut ix = 0;
    while ix < 256 {
        let mut rest = ix as u32;
        let mut bit = 0;
        while bit < 8 {
            rest = if rest & 1 == 1 { 0xedb8_8320 ^ (rest >> 1) } else { rest >> 1 };
            bit += 1;
        }
        table[ix] = rest;
        ix += 1;
    }
    table
};

/// A ZIP file whose parts are stored as they are (APPNOTE.TXT 4.3): what a spreadsheet is wrapped in. A part is
/// written as it comes; its length and checksum are put into its head when it ends.
#[derive(Debug)]
pub(super) struct Zip<W> {
    out: W,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    name: &'static str,
    at: u32,
    crc: u32,
    length: u32,
}

impl<W: Write + Seek> Zip<W> {
    pub(super) const fn new(out: W) -> Self {
        Self { out, parts: Vec::new() }
    }

    /// Begin a part; what was begun before is ended.
    pub(super) fn begin(&mut self, name: &'static str) -> io::Result<()> {
        self.end()?;
        let at = small(self.out.stream_position()?)?;
        self.parts.push(Part { name, at, crc: !0, length: 0 });
        self.local()
    }

    /// More of the part that was begun.
    pub(super) fn put(&mut self, text: &str) -> io::Result<()> {
        let Some(part) = self.parts.last_mut() else { return Err(io::ErrorKind::InvalidInput.into()) };
        for byte in text.bytes() {
            part.crc = TABLE[usize::from((part.crc as u8) ^ byte)] ^ (part.crc >> 8);
        }
        part.length = small(u64::from(part.length) + text.len() as u64)?;
        self.out.write_all(text.as_bytes())
    }

    /// The directory of all parts, and the end.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.end()?;
        let from = small(self.out.stream_position()?)?;
        for part in &self.parts {
            self.out.write_all(b"PK\x01\x02\x14\x00")?;
            self.out.write_all(&part.head())?;
            self.out.write_all(&[0; 12])?;
            self.out.write_all(&part.at.to_le_bytes())?;
            self.out.write_all(part.name.as_bytes())?;
        }
        let length = small(self.out.stream_position()?)? - from;
        let count = u16::try_from(self.parts.len()).map_err(|_| too_large())?.to_le_bytes();
        self.out.write_all(b"PK\x05\x06\x00\x00\x00\x00")?;
        self.out.write_all(&count)?;
        self.out.write_all(&count)?;
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(&from.to_le_bytes())?;
        self.out.write_all(&[0; 2])?;
        self.out.flush()
    }

    fn local(&mut self) -> io::Result<()> {
        let Some(part) = self.parts.last() else { return Ok(()) };
        self.out.write_all(b"PK\x03\x04")?;
        self.out.write_all(&part.head())?;
        self.out.write_all(&[0; 2])?;
        self.out.write_all(part.name.as_bytes())
    }

    fn end(&mut self) -> io::Result<()> {
        let Some(part) = self.parts.last_mut() else { return Ok(()) };
        part.crc = !part.crc;
        let (at, here) = (part.at, self.out.stream_position()?);
        self.out.seek(SeekFrom::Start(u64::from(at)))?;
        self.local()?;
        self.out.seek(SeekFrom::Start(here)).map(drop)
    }
}

impl Part {
    /// What the local head and the directory say alike: version 2.0, names in UTF-8, stored, 1980-01-01.
    fn head(&self) -> [u8; 24] {
        let mut head = [0; 24];
        head[..6].copy_from_slice(&[20, 0, 0, 8, 0, 0]);
        head[8..10].copy_from_slice(&[0x21, 0]);
        head[10..14].copy_from_slice(&self.crc.to_le_bytes());
        head[14..18].copy_from_slice(&self.length.to_le_bytes());
        head[18..22].copy_from_slice(&self.length.to_le_bytes());
        head[22..].copy_from_slice(&(self.name.len() as u16).to_le_bytes());
        head
    }
}

fn small(length: u64) -> io::Result<u32> {
    u32::try_from(length).map_err(|_| too_large())
}

/// ZIP without its 64-bit extension.
fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, "more than 4 GB")
}
