//! A small XLSX file can unfold to gigabytes: its parts are unpacked to nowhere first, and counted.

use std::io::{self, Read, Seek, Write};

use pensipro_members::SheetFault;
use zip::ZipArchive;

use super::unreadable;

/// Bytes of all parts that are held in memory: texts, styles, the workbook.
const MAX_HELD: u64 = 64 * 1024 * 1024;

/// Bytes of a sheet, which is read as it unfolds.
const MAX_SHEET: u64 = 512 * 1024 * 1024;

/// Bytes without a tag: a text is held whole, and no cell has one of more than 32,767 characters.
const MAX_STRETCH: usize = 1024 * 1024;

/// Parts of a workbook.
const MAX_PARTS: usize = 4_096;

/// Refuses a workbook that unfolds to more than may be held.
pub(super) fn weigh<R: Read + Seek>(file: R) -> Result<(), SheetFault> {
    let mut archive = ZipArchive::new(file).map_err(unreadable)?;
    if archive.len() > MAX_PARTS {
        return Err(SheetFault::TooLarge("it has too many parts"));
    }
    let mut held = 0;
    for number in 0..archive.len() {
        let part = archive.by_index(number).map_err(unreadable)?;
        let name = part.name().map_err(unreadable)?.to_ascii_lowercase();
        let is_sheet = name.starts_with("xl/worksheets/");
        if !is_sheet && !name.ends_with(".xml") && !name.ends_with(".rels") {
            continue;
        }
        let limit = if is_sheet { MAX_SHEET } else { MAX_HELD - held };
        let mut scale = Scale::default();
        let size = io::copy(&mut part.take(limit + 1), &mut scale).map_err(unreadable)?;
        if size > limit || scale.longest > MAX_STRETCH {
            return Err(SheetFault::TooLarge("it unfolds to more than can be read"));
        }
        held += if is_sheet { 0 } else { size };
    }
    Ok(())
}

/// Keeps nothing of what is written to it but how long the longest stretch without a tag was.
#[derive(Default)]
struct Scale {
    /// Bytes since the last tag began.
    stretch: usize,
    longest: usize,
}

impl Write for Scale {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for (number, between) in bytes.split(|byte| *byte == b'<').enumerate() {
            let before = if number == 0 { self.stretch } else { 0 };
            self.stretch = before + between.len();
            self.longest = self.longest.max(self.stretch);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
