//! A small XLSX file can unfold to gigabytes: its parts are unpacked to nowhere first, and counted.

use std::io::{self, Read, Seek};

use pensipro_members::SheetFault;
use zip::ZipArchive;

use super::unreadable;

/// Bytes of all parts that are held in memory: texts, styles, the workbook.
const MAX_HELD: u64 = 128 * 1024 * 1024;

/// Bytes of a sheet, which is read as it unfolds.
const MAX_SHEET: u64 = 512 * 1024 * 1024;

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
        let size = io::copy(&mut part.take(limit + 1), &mut io::sink()).map_err(unreadable)?;
        if size > limit {
            return Err(SheetFault::TooLarge("it unfolds to more than can be read"));
        }
        held += if is_sheet { 0 } else { size };
    }
    Ok(())
}
