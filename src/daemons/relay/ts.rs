/// A packet of an MPEG transport stream, and the byte it begins with.
const PACKET: usize = 188;
const SYNC: u8 = 0x47;

/// Takes the sound out of an MPEG transport stream (ISO/IEC 13818-1 §2.4): the first programme's first stream of MPEG audio
/// or of AAC in ADTS, as the frames that are in it. Finds its way back after damage; says nothing of what it passes over.
#[derive(Debug, Default)]
pub(super) struct TsExtractor {
    pending: Vec<u8>,
    map: Option<u16>,
    sound: Option<(u16, TsSound)>,
    /// What is being read of a packet that began.
    in_sound: bool,
}

/// What the sound in a transport stream is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TsSound {
    Mpeg,
    Adts,
    /// AAC in LATM: not read here.
    Latm,
}

impl TsExtractor {
    /// What the sound is, once that is known.
    pub(super) fn sound(&self) -> Option<TsSound> {
        self.sound.map(|(_, sound)| sound)
    }

    /// Takes bytes in and appends the sound that is in them to `out`.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.pending.extend_from_slice(bytes);
        let pending = std::mem::take(&mut self.pending);
        let mut at = 0;
        while pending.len() - at >= PACKET {
            let next_begins = pending.get(at + PACKET).is_none_or(|byte| *byte == SYNC);
            if pending[at] != SYNC || !next_begins {
                at += 1;
                continue;
            }
            self.packet(&pending[at..at + PACKET], out);
            at += PACKET;
        }
        self.pending.extend_from_slice(&pending[at..]);
    }

    fn packet(&mut self, packet: &[u8], out: &mut Vec<u8>) {
        let begins = packet[1] & 0x40 != 0;
        let id = u16::from(packet[1] & 0x1f) << 8 | u16::from(packet[2]);
        // Scrambled, or damaged on the way here.
        if packet[3] & 0xc0 != 0 || packet[1] & 0x80 != 0 {
            return;
        }
        let start = match packet[3] >> 4 & 3 {
            1 => 4,
            3 => 5 + usize::from(packet[4]),
            _ => return,
        };
        let Some(body) = packet.get(start..) else { return };
        if id == 0 && begins {
            self.map = section(body, 0).and_then(first_programme).or(self.map);
        } else if Some(id) == self.map && begins {
            self.sound = section(body, 2).and_then(first_sound).or(self.sound);
        } else if self.sound.is_some_and(|(sound, _)| sound == id) {
            if begins {
                let Some(payload) = payload(body) else {
                    self.in_sound = false;
                    return;
                };
                self.in_sound = true;
                out.extend_from_slice(payload);
            } else if self.in_sound {
                out.extend_from_slice(body);
            }
        }
    }
}

/// What is in a table of this id that begins in a packet, without its checksum.
fn section(body: &[u8], table: u8) -> Option<&[u8]> {
    let section = body.get(1 + usize::from(*body.first()?)..)?;
    let length = usize::from(section.get(1)? & 0x0f) << 8 | usize::from(*section.get(2)?);
    let end = (3 + length).checked_sub(4)?;
    (*section.first()? == table).then_some(())?;
    // A table that goes on in the next packet is read as far as it is here.
    section.get(8..end.min(section.len()))
}

/// Where the map of the first programme is.
fn first_programme(table: &[u8]) -> Option<u16> {
    table.chunks_exact(4).find_map(|entry| {
        let number = u16::from(entry[0]) << 8 | u16::from(entry[1]);
        (number != 0).then(|| u16::from(entry[2] & 0x1f) << 8 | u16::from(entry[3]))
    })
}

/// The first stream of a map that is sound.
fn first_sound(table: &[u8]) -> Option<(u16, TsSound)> {
    let described = usize::from(table.get(2)? & 0x0f) << 8 | usize::from(*table.get(3)?);
    let mut rest = table.get(4 + described..)?;
    while let [kind, high, low, length_high, length_low, ..] = *rest {
        let id = u16::from(high & 0x1f) << 8 | u16::from(low);
        match kind {
            0x03 | 0x04 => return Some((id, TsSound::Mpeg)),
            0x0f => return Some((id, TsSound::Adts)),
            0x11 => return Some((id, TsSound::Latm)),
            _ => {}
        }
        rest = rest.get(5 + (usize::from(length_high & 0x0f) << 8 | usize::from(length_low))..)?;
    }
    None
}

/// What is in a packet of an elementary stream that begins here, behind its header.
fn payload(body: &[u8]) -> Option<&[u8]> {
    if !body.starts_with(&[0, 0, 1]) {
        return None;
    }
    body.get(9 + usize::from(*body.get(8)?)..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(id: u16, begins: bool, body: &[u8]) -> Vec<u8> {
        let stuffing = PACKET - 4 - body.len();
        let mut packet = vec![SYNC, u8::from(begins) << 6 | (id >> 8) as u8, id as u8];
        if stuffing == 0 {
            packet.push(0x10);
        } else {
            packet.extend([0x30, stuffing as u8 - 1]);
            packet.extend(
                std::iter::repeat_n(0xff, stuffing - 1).enumerate().map(|(at, byte)| if at == 0 { 0 } else { byte }),
            );
        }
        packet.extend(body);
        packet
    }

    fn table(id: u8, body: &[u8]) -> Vec<u8> {
        let length = 5 + body.len() + 4;
        let mut table = vec![0, id, 0xb0 | (length >> 8) as u8, length as u8, 0, 1, 0xc1, 0, 0];
        table.extend(body);
        table.extend([0; 4]);
        table
    }

    /// A stream whose sound is 0, 1, 2 and so on.
    fn stream(count: usize) -> (Vec<u8>, Vec<u8>) {
        let map = [0xe0, 0, 0xf0, 2, 7, 7, 0x1b, 0xe1, 1, 0xf0, 0, 0x0f, 0xe1, 2, 0xf0, 1, 9];
        let mut bytes = packet(0, true, &table(0, &[0, 0, 0xe0, 0x10, 0, 1, 0xf0, 0]));
        bytes.extend(packet(0x1000, true, &table(2, &map)));
        let mut sound = Vec::new();
        for at in 0..count {
            let part: Vec<u8> = (0..150).map(|byte| (at + byte) as u8).collect();
            let mut body = Vec::new();
            if at % 3 == 0 {
                body.extend([0, 0, 1, 0xc0, 0, 0, 0x80, 0x80, 5, 1, 2, 3, 4, 5]);
            }
            body.extend(&part);
            bytes.extend(packet(0x102, at % 3 == 0, &body));
            bytes.extend(packet(0x101, true, &[9; 100]));
            sound.extend(part);
        }
        (bytes, sound)
    }

    #[test]
    fn the_sound_comes_out_whole_in_any_pieces() {
        let (bytes, sound) = stream(20);
        for piece in [1, 100, 188, 4_000] {
            let (mut ts, mut out) = (TsExtractor::default(), Vec::new());
            for piece in bytes.chunks(piece) {
                ts.push(piece, &mut out);
            }
            assert_eq!(out, sound, "{piece}");
            assert_eq!(ts.sound(), Some(TsSound::Adts));
        }
        // A beginning in the middle of a packet costs no more than that packet.
        let (mut ts, mut out) = (TsExtractor::default(), Vec::new());
        ts.push(&[vec![SYNC; 100], bytes].concat(), &mut out);
        assert!(sound.ends_with(&out[out.len() - 1_000..]));
    }

    #[test]
    fn twenty_thousand_damaged_streams_stop_nothing() {
        let (bytes, sound) = stream(12);
        let mut seed = 1_u64;
        let mut next = move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize
        };
        for _ in 0..20_000 {
            let mut damaged = bytes.clone();
            for _ in 0..=next() % 8 {
                let at = next() % damaged.len();
                match next() % 3 {
                    0 => damaged[at] = next() as u8,
                    1 => damaged.truncate(at + 1),
                    _ => drop(damaged.drain(at..(at + next() % 300).min(damaged.len()))),
                }
                if damaged.is_empty() {
                    damaged.push(SYNC);
                }
            }
            let (mut ts, mut out) = (TsExtractor::default(), Vec::new());
            ts.push(&damaged, &mut out);
            assert!(out.len() <= sound.len() + 200 * 24);
        }
    }
}
