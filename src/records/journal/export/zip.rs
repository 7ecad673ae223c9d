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
pub struct Zip<W> {
    out: W,
    parts: Vec<Part>,
}

/// The CRC-32 of bytes behind those of which `crc` is one, before it is turned round.
fn more(crc: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(crc, |crc, byte| TABLE[usize::from((crc as u8) ^ byte)] ^ (crc >> 8))
}

/// The CRC-32 of some bytes.
pub fn crc32(bytes: &[u8]) -> u32 {
    !more(!0, bytes)
}

#[derive(Debug)]
struct Part {
    name: String,
    at: u32,
    crc: u32,
    length: u32,
}

impl<W: Write + Seek> Zip<W> {
    /// One that goes to `out`.
    pub const fn new(out: W) -> Self {
        Self { out, parts: Vec::new() }
    }

    /// Begin a part; what was begun before is ended.
    pub fn begin(&mut self, name: &str) -> io::Result<()> {
        self.end()?;
        let at = small(self.out.stream_position()?)?;
        self.parts.push(Part { name: name.to_owned(), at, crc: !0, length: 0 });
        self.local()
    }

    /// More of the part that was begun.
    pub fn put(&mut self, text: &str) -> io::Result<()> {
        self.put_bytes(text.as_bytes())
    }

    /// The same of what is no text.
    pub fn put_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(part) = self.parts.last_mut() else { return Err(io::ErrorKind::InvalidInput.into()) };
        part.crc = more(part.crc, bytes);
        part.length = small(u64::from(part.length) + bytes.len() as u64)?;
        self.out.write_all(bytes)
    }

    /// The directory of all parts, and the end.
    pub fn finish(mut self) -> io::Result<W> {
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
        self.out.flush()?;
        Ok(self.out)
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
