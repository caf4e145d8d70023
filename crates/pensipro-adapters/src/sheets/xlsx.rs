//! XLSX: cells as they come, put together to rows.

use std::io::{BufReader, Read, Seek, SeekFrom};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};
use pensipro_members::{Cell, SheetFault, SheetRow};

use super::{MAX_COLUMNS, unreadable, weigh::weigh};

pub(super) fn read<R, E>(
    mut file: R,
    mut take: impl FnMut(SheetRow) -> Result<(), E>,
) -> Result<(), E>
where
    R: Read + Seek,
    E: From<SheetFault>,
{
    weigh(BufReader::new(&mut file))?;
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let mut book: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(unreadable)?;
    let sheets = book.sheets_metadata().iter();
    let mut shown = sheets.filter(|sheet| {
        sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible
    });
    let name = shown.next().map(|sheet| sheet.name.clone());
    let name = name.ok_or(SheetFault::Unsupported("it has no visible sheet"))?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(unreadable)?;
    let mut row = SheetRow { number: 0, cells: Vec::new() };
    while let Some(found) = cells.next_cell().map_err(unreadable)? {
        let (number, column) = found.get_position();
        let number = number.saturating_add(1);
        if number < row.number {
            return Err(unreadable("its rows are not in order").into());
        }
        if number > row.number {
            let next = SheetRow { number, cells: Vec::new() };
            let whole = std::mem::replace(&mut row, next);
            if whole.number > 0 {
                take(whole)?;
            }
        }
        let column = usize::try_from(column).unwrap_or(MAX_COLUMNS);
        if column < MAX_COLUMNS {
            put(&mut row.cells, column, cell(found.get_value()));
        }
    }
    if row.number > 0 { take(row) } else { Ok(()) }
}

fn put(cells: &mut Vec<Cell>, column: usize, cell: Cell) {
    if cells.len() <= column {
        cells.resize(column + 1, Cell::Empty);
    }
    if let Some(place) = cells.get_mut(column) {
        *place = cell;
    }
}

fn cell(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number(number.to_string()),
        DataRef::Float(number) => Cell::Number(number.to_string()),
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Bool(truth) => Cell::Text(truth.to_string()),
        DataRef::DateTime(time) => match time.as_datetime() {
            Some(day) if time.is_datetime() => Cell::Date(day.date()),
            _ => Cell::Number(time.as_f64().to_string()),
        },
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text.clone()),
        DataRef::Error(error) => Cell::Text(error.to_string()),
    }
}
