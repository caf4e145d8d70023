//! The statement of an account, as a table with what it stood at before and after.

use pensipro_kernel::{
    Money,
    document::{Cell, Column, Report, Table},
    indonesian,
};

use crate::{
    outstanding::Outstanding,
    statement::{Paid, Statement, StatementLine},
};

/// The statement as papers and spreadsheets hold it: the rows between an opening and a closing balance of
/// principal, and beside them what was owed at the end of the last day.
pub fn statement_report(statement: &Statement, borrower: &str) -> Report {
    let Statement { loan, period, opening, lines, closing } = statement;
    let mut table = Table::new(columns());
    let before = period.from.pred_opt().unwrap_or(period.from);
    table.push(balance(before.into(), "Saldo awal", opening));
    lines.iter().for_each(|line| table.push(row(line)));
    table.push(balance(period.to.into(), "Saldo akhir", closing));
    let days = [period.from, period.to].map(indonesian::date);
    Report::new("Rekening Koran Pinjaman", table)
        .about("Nomor pinjaman", loan.number())
        .about("Nama peminjam", borrower)
        .about("Periode", format!("{} s.d. {}", days[0], days[1]))
        .about("Plafon", loan.plafon)
        .about("Sisa pokok", closing.principal)
        .about("Bunga jatuh tempo", closing.interest_due)
        .about("Biaya", closing.fee)
        .about("Denda", closing.penalty)
        .about("Kekurangan", closing.due_from_member)
        .about("Kelebihan yang akan dikembalikan", closing.excess)
        .about("Dana blokir", closing.deposit)
        .about("Harus dibayar", closing.total_due)
}

fn columns() -> Vec<Column> {
    vec![
        Column::words("on", "Tanggal"),
        Column::words("transaction", "No."),
        Column::words("kind", "Transaksi"),
        Column::figures("amount", "Jumlah"),
        Column::figures("penalty", "Denda"),
        Column::figures("fee", "Biaya"),
        Column::figures("interest", "Bunga"),
        Column::figures("principal", "Pokok"),
        Column::figures("due_from_member", "Kekurangan"),
        Column::figures("excess", "Kelebihan"),
        Column::figures("principal_left", "Sisa pokok"),
    ]
}

fn balance(on: Cell, name: &str, owed: &Outstanding) -> Vec<Cell> {
    let mut row = vec![on, Cell::Empty, name.into()];
    row.resize(10, Cell::Empty);
    row.push(owed.principal.into());
    row
}

fn row(line: &StatementLine) -> Vec<Cell> {
    let StatementLine { transaction, on, kind, amount, paid, principal_left } = *line;
    let Paid { penalty, fee, interest, principal, due_from_member, excess } = paid;
    let figure = |amount: Money| if amount.is_zero() { Cell::Empty } else { amount.into() };
    vec![
        on.into(),
        transaction.to_string().into(),
        kind.indonesian().into(),
        amount.map_or(Cell::Empty, Cell::from),
        figure(penalty),
        figure(fee),
        figure(interest),
        figure(principal),
        figure(due_from_member),
        figure(excess),
        principal_left.into(),
    ]
}
