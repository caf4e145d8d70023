//! Spreadsheets of members, and the verdicts on their rows.

use std::collections::HashMap;

use pensipro_kernel::{BranchId, MemberId, PageRequest, Position, SalesId, Scope, StorageError};
use pensipro_members::{
    Intake, IntakeCommand, IntakeFilter, IntakeMode, IntakeRepository, IntakeStatus, NewIntake,
    RowFault, SalesDirectory, Seller, Sha256, StoredVerdict, Tally, VerdictKind,
};
use pensipro_persistence::testing::{TestDatabase, on_each_backend};

use crate::fixtures::{Outcome, add_branch, read, write};

fn new(sent_from: Option<i64>) -> NewIntake {
    let command = IntakeCommand { mode: IntakeMode::Register, branch_id: None, sales_id: None };
    NewIntake {
        command,
        sent_from: sent_from.map(BranchId::new),
        sha256: Sha256([7; 32]),
        rows: 3,
        spool_key: "spool/ab/abcd".into(),
    }
}

fn add(database: &TestDatabase, sent_from: Option<i64>) -> Intake {
    write(database, |tx| tx.add_intake(&new(sent_from), None))
}

#[test]
fn an_intake_comes_back_as_it_was_saved_within_its_scope() {
    on_each_backend(|database| {
        add_branch(database, 1);
        let intake = add(database, Some(1));
        let whole = add(database, None);
        let fetch =
            |id, scope| -> Outcome<Intake> { database.store().read(|tx| tx.intake(id, scope)) };
        let (own, other) = (Scope::Branch(BranchId::new(1)), Scope::Branch(BranchId::new(2)));
        assert_eq!(fetch(intake.id, own).unwrap(), intake);
        assert!(matches!(fetch(intake.id, other), Err(StorageError::NotFound { .. })));
        assert!(matches!(fetch(whole.id, own), Err(StorageError::NotFound { .. })));

        let tally = Tally { registered: 1, acceptable: 0, present: 1, refused: 1 };
        let done = Intake {
            status: IntakeStatus::Done,
            spool_key: None,
            last_row: 9,
            tally,
            ..intake.clone()
        };
        write(database, |tx| tx.save_intake(&done));
        assert_eq!(fetch(intake.id, Scope::WholeHouse).unwrap(), done);
        assert_eq!(read(database, |tx| tx.unfinished_intakes()), [whole.id]);
        let listed = |status, scope| {
            let page = PageRequest { limit: 5, count: true, ..PageRequest::default() };
            let page = read(database, |tx| tx.intakes(IntakeFilter { status }, &page, scope));
            (page.data.iter().map(|intake| intake.id).collect::<Vec<_>>(), page.total)
        };
        assert_eq!(listed(None, Scope::WholeHouse), (vec![whole.id, intake.id], Some(2)));
        assert_eq!(listed(None, own), (vec![intake.id], Some(1)));
        let processing = Some(IntakeStatus::Processing);
        assert_eq!(listed(processing, Scope::WholeHouse), (vec![whole.id], Some(1)));
    });
}

#[test]
fn verdicts_are_paged_by_rows_and_forgotten_together() {
    on_each_backend(|database| {
        let (intake, other) = (add(database, None).id, add(database, None).id);
        let fault = RowFault {
            field: "nik".into(),
            code: "invalid_nik".into(),
            message: "a NIK has 16 digits".into(),
        };
        let verdict = |row: u32| {
            let refused = row.is_multiple_of(3);
            StoredVerdict {
                row,
                kind: if refused { VerdictKind::Refused } else { VerdictKind::Registered },
                member_id: (!refused).then(|| MemberId::new(row.into())),
                faults: if refused { vec![fault.clone()] } else { Vec::new() },
            }
        };
        let all: Vec<_> = (2..=700).map(verdict).collect();
        write(database, |tx| tx.add_verdicts(intake, all.clone()));
        write(database, |tx| tx.add_verdicts(other, vec![verdict(2)]));
        let page = |kind, after: Option<i64>| {
            let after = after.map(|id| Position { key: String::new(), id });
            let page = PageRequest { limit: 2, after, count: true };
            read(database, |tx| tx.verdicts(intake, kind, &page))
        };
        let first = page(None, None);
        assert_eq!((&first.data[..], first.total), (&all[..2], Some(699)));
        let second = page(Some(VerdictKind::Refused), Some(3));
        assert_eq!(second.data, [verdict(6), verdict(9)]);
        assert_eq!(second.total, Some(233));
        write(database, |tx| tx.forget_verdicts(intake));
        assert_eq!(page(None, None).total, Some(0));
        let left = read(database, |tx| tx.verdicts(other, None, &PageRequest::default()));
        assert_eq!(left.data, [verdict(2)]);
    });
}

#[test]
fn branches_and_sales_people_are_found_by_their_codes() {
    on_each_backend(|database| {
        add_branch(database, 1);
        add_branch(database, 2);
        let sales = "INSERT INTO sales (id, branch_id, code, name, created_at, updated_at) VALUES \
                     (4, 2, 'S4', 'Wati', '2026-01-01 00:00:00', '2026-01-01 00:00:00')";
        database.execute(sales).unwrap();
        let asked = ["B2", "B9", "S4"].map(str::to_owned);
        let branches = read(database, |tx| tx.branches_by_code(&asked));
        assert_eq!(branches, HashMap::from([("B2".to_owned(), BranchId::new(2))]));
        let sales = read(database, |tx| tx.sellers_by_code(&asked, Scope::WholeHouse));
        let seller = Seller { id: SalesId::new(4), branch_id: BranchId::new(2) };
        assert_eq!(sales, HashMap::from([("S4".to_owned(), seller)]));
        let elsewhere = Scope::Branch(BranchId::new(1));
        assert_eq!(read(database, |tx| tx.sellers_by_code(&asked, elsewhere)), HashMap::new());
        assert_eq!(read(database, |tx| tx.sellers_by_code(&[], Scope::WholeHouse)), HashMap::new());
    });
}
