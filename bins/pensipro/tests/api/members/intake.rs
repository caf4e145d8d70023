//! Members from a spreadsheet: over HTTP, on the command line, killed in the middle.

use std::fmt::Write;

use pensipro_persistence::testing::{TestDatabase, backends};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};

use crate::support::{
    Client, Response, on_each_backend,
    people::{branch, clerk, registered},
    running::{Running, program, until},
};

const HEADER: &str =
    "No. KTP;NOPEN;Nama;Tempat Lahir;Tgl. Lahir;L/P;Alamat;Lembaga Pembayar;Gaji Pensiun;Cabang";

/// A row of a sheet; each number is another person's, the same as that of a registration.
fn row(number: u32) -> String {
    format!(
        "'317305170857{number:04};14001234567{number:04};Suparman {number:03};Yogyakarta;17 Agustus 1957;L;\"Jl. Melati 4; RT 2\";PT Taspen;Rp 4.500.000,-;"
    )
}

fn sheet(rows: &[String]) -> String {
    format!("DAFTAR ANGGOTA\r\n{HEADER}\r\n{}\r\n", rows.join("\r\n"))
}

fn send(client: &Client, fields: &[(&str, &str)], file: &[u8]) -> Response {
    client.upload("/members/import", &[], fields, ("../../etc/passwd", file))
}

/// Row, verdict and the fields at fault with their codes.
fn verdicts(client: &Client, intake: &Value) -> Vec<(u64, String, Vec<String>)> {
    let shown = client.get(&format!("/members/import/{}?limit=200", intake["id"])).expect(200);
    let rows = shown["data"].as_array().unwrap().iter();
    rows.map(|row| {
        let errors = row["errors"].as_array().unwrap().iter();
        let code = |error: &Value| format!("{} {}", text(&error["field"]), text(&error["code"]));
        (row["row"].as_u64().unwrap(), text(&row["verdict"]), errors.map(code).collect())
    })
    .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn total(client: &Client) -> Value {
    client.get("/members?count=true").expect(200)["total"].clone()
}

#[test]
fn each_row_gets_its_verdict_and_a_second_time_changes_nothing() {
    on_each_backend(|house| {
        let admin = house.admin();
        branch(house, 7);
        registered(&admin, 1);
        let broken = "1234;;;;31-02-1957;X;;BPJS;gratis;";
        let other_branch = format!("{}C9", row(6));
        let same_nik = row(5).replace(";140012345670005;", ";140012345679999;");
        let rows = [
            format!("{}C7", row(2)),
            row(1),
            broken.to_owned(),
            String::new(),
            row(2),
            row(5),
            same_nik,
            other_branch,
        ];
        let expected = [
            (3, "registered", vec![]),
            (4, "present", vec![]),
            (
                5,
                "refused",
                vec![
                    "birth_date invalid_date",
                    "monthly_benefit invalid_amount",
                    "nik invalid_nik",
                    "no_pensiun required",
                    "name required",
                    "birth_place required",
                    "sex unknown_value",
                    "address required",
                    "payer unknown_value",
                ],
            ),
            (7, "present", vec![]),
            (8, "registered", vec![]),
            (9, "refused", vec!["nik duplicate_nik"]),
            (10, "refused", vec!["branch unknown"]),
        ];
        let as_told = |verdict: &str| {
            let told = |(row, kind, errors): &(u64, &str, Vec<&str>)| {
                let kind = if *kind == "registered" { verdict } else { kind };
                (*row, kind.to_owned(), errors.iter().map(|error| (*error).to_owned()).collect())
            };
            expected.iter().map(told).collect::<Vec<_>>()
        };
        let file = sheet(&rows);

        let dry = send(&admin, &[("dry_run", "true")], file.as_bytes()).expect(201);
        assert_eq!((&dry["dry_run"], &dry["acceptable"]), (&json!(true), &json!(2)));
        assert_eq!(verdicts(&admin, &dry), as_told("acceptable"));
        assert_eq!(total(&admin), 1);

        let done = send(&admin, &[], file.as_bytes()).expect(201);
        let counts = ["rows", "rows_done", "registered", "present", "refused"];
        assert_eq!(counts.map(|name| done[name].as_u64().unwrap()), [7, 7, 2, 2, 3]);
        assert_eq!(done["status"], "done");
        assert_eq!(verdicts(&admin, &done), as_told("registered"));
        assert_eq!(total(&admin), 3);
        let members = admin.get("/members?branch_id=7").expect(200);
        assert_eq!(members["data"][0]["name"], "Suparman 002");
        assert_eq!(members["data"][0]["address"], "Jl. Melati 4; RT 2");
        assert_eq!(members["data"][0]["monthly_benefit"], "4500000.00");

        let again = send(&admin, &[], file.as_bytes()).expect(201);
        assert_eq!((&again["registered"], &again["present"]), (&json!(0), &json!(4)));
        assert_eq!(total(&admin), 3);
        let refused = admin.get(&format!("/members/import/{}?verdict=refused&limit=1", done["id"]));
        assert!(refused.expect(200)["next_cursor"].is_string());
        assert_eq!(admin.get("/members/import?count=true").expect(200)["total"], 3);
        let trail = admin.get("/logs/audit-trails?action=member.register&count=true");
        assert_eq!(trail.expect(200)["total"], 3);
    });
}

#[test]
fn a_workbook_is_read_with_its_dates_and_numbers() {
    on_each_backend(|house| {
        let admin = house.admin();
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (column, heading) in (0..).zip(HEADER.split(';')) {
            sheet.write(0, column, heading).unwrap();
        }
        let texts =
            ["3173051708570001", "", "Siti Aminah", "Solo", "", "P", "Jl. Mawar 1", "TASPEN"];
        for (column, text) in (0..).zip(texts) {
            sheet.write(1, column, text).unwrap();
        }
        sheet.write(1, 1, 1_234_567_890_f64).unwrap();
        let born = ExcelDateTime::from_ymd(1957, 8, 17).unwrap();
        sheet.write_with_format(1, 4, born, &Format::new().set_num_format("dd-mm-yyyy")).unwrap();
        sheet.write(1, 8, 4_500_000).unwrap();
        sheet.write(2, 0, 3_173_051_708_570_010_f64).unwrap();
        let file = book.save_to_buffer().unwrap();
        let done = send(&admin, &[], &file).expect(201);
        assert_eq!((&done["registered"], &done["refused"]), (&json!(1), &json!(1)));
        let (row, _, errors) = verdicts(&admin, &done).remove(1);
        assert_eq!((row, errors[0].as_str()), (3, "nik digits_lost"));
        let member = admin.get("/members/1").expect(200);
        assert_eq!(member["no_pensiun"], "000001234567890");
        assert_eq!((&member["birth_date"], &member["sex"]), (&json!("1957-08-17"), &json!("P")));
    });
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_registers_nobody() {
    on_each_backend(|house| {
        let admin = house.admin();
        let refused = |file: &[u8], status: u16, code: &str| {
            send(&admin, &[], file).refused(status, code);
        };
        refused(b"", 422, "empty_file");
        refused(b"%PDF-1.7", 415, "not_a_spreadsheet");
        refused(b"PK\x03\x04 and no more", 422, "unreadable_spreadsheet");
        refused(b"nama;alamat\nSiti;Solo\n", 422, "spreadsheet_header");
        refused(b"nik;nopen;nama\n1;2;Siti\n", 422, "spreadsheet_header");
        // What it is was told by its beginning.
        let rows: Vec<String> = (1..=300).map(row).collect();
        let mut late = sheet(&rows).into_bytes();
        late.extend(b"2;a\0b\n");
        refused(&late, 422, "unreadable_spreadsheet");
        house.configure("IMPORT_MAX_BYTES", "1024");
        refused(&[b'x'; 1025], 413, "body_too_large");
        let faults = send(&admin, &[("dry_run", "ya"), ("branch_id", "x")], b"nik").faults();
        let named = |field: &str, code: &str| (field.to_owned(), code.to_owned());
        assert_eq!(faults, [named("dry_run", "unknown_value"), named("branch_id", "invalid")]);
        send(&admin, &[("mode", "x")], b"nik").refused(400, "unreadable_body");
        assert_eq!(total(&admin), 0);
        assert_eq!(admin.get("/members/import").expect(200)["data"], json!([]));
        let spooled = house.app.files.older_than("spool", std::time::Duration::ZERO).unwrap();
        assert!(spooled.is_empty(), "refused files stay: {spooled:?}");
    });
}

#[test]
fn a_branch_registers_its_own_and_sees_what_it_sent() {
    on_each_backend(|house| {
        branch(house, 1);
        branch(house, 2);
        let (own, other) = (clerk(house, 1, "SALES"), clerk(house, 2, "SALES"));
        let file = sheet(&[row(1), format!("{}C2", row(2))]);
        let done = send(&own, &[], file.as_bytes()).expect(201);
        assert_eq!((&done["registered"], &done["refused"]), (&json!(1), &json!(1)));
        assert_eq!(own.get("/members/1").expect(200)["branch_id"], 1);
        assert_eq!(done["branch_id"], 1);
        let path = format!("/members/import/{}", done["id"]);
        own.get(&path).expect(200);
        house.admin().get(&path).expect(200);
        other.get(&path).refused(404, "not_found");
        // The same person is there, and whose he is stays hidden.
        let elsewhere = send(&other, &[], file.as_bytes()).expect(201);
        let (_, verdict, errors) = verdicts(&other, &elsewhere).remove(0);
        assert_eq!(verdict, "refused");
        assert_eq!(errors, ["nik duplicate_nik", "no_pensiun duplicate_no_pensiun"]);
    });
}

#[test]
fn a_key_gives_the_same_intake_and_registers_once() {
    on_each_backend(|house| {
        let admin = house.admin();
        let (file, key) = (sheet(&[row(1)]), [("Idempotency-Key", "sheet-1")]);
        let send = || admin.upload("/members/import", &key, &[], ("a.csv", file.as_bytes()));
        let first = send().expect(201);
        let again = send();
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.expect(201)["id"], first["id"]);
        assert_eq!(admin.get("/members/import?count=true").expect(200)["total"], 1);
    });
}

#[test]
fn a_server_that_is_killed_or_stopped_registers_each_row_once() {
    const ROWS: u32 = 8_000;
    for backend in backends() {
        eprintln!("on {backend:?}");
        let database = TestDatabase::new(backend);
        let folder = tempfile::tempdir().unwrap();
        let running = Running::start(&database, folder.path());
        let rows: Vec<String> = (1..=ROWS).map(row).collect();
        let (file, headers) = (sheet(&rows), [("Prefer", "respond-async")]);
        let sent =
            running.client.upload("/members/import", &headers, &[], ("a.csv", file.as_bytes()));
        let path = format!("/members/import/{}", sent.expect(202)["id"]);
        let progress = |running: &Running, so_far: u64| {
            until("progress", || {
                let intake = running.client.get(&path).expect(200);
                assert_eq!(intake["status"], "processing", "done before it could be stopped");
                intake["rows_done"].as_u64().filter(|done| *done > so_far)
            })
        };
        let first = progress(&running, 0);
        drop(running);
        let running = Running::start(&database, folder.path());
        progress(&running, first);
        running.terminate();
        let running = Running::start(&database, folder.path());
        let done = until("the end", || {
            let intake = running.client.get(&path).expect(200);
            (intake["status"] == "done").then_some(intake)
        });
        assert_eq!((&done["registered"], &done["rows"]), (&json!(ROWS), &json!(ROWS)));
        assert_eq!(total(&running.client), ROWS);
    }
}

#[test]
fn the_command_line_tells_each_fault_and_can_be_repeated() {
    for backend in backends() {
        let database = TestDatabase::new(backend);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("anggota.csv");
        let mut rows: Vec<String> = (1..=40).map(row).collect();
        rows.push(row(41).replace("17 Agustus 1957", "17-08-57"));
        std::fs::write(&path, sheet(&rows)).unwrap();
        let import = |arguments: &[&str]| {
            let mut command = program(&database, folder.path());
            let output = command.args(["members", "import"]).arg(&path).args(arguments).output();
            let output = output.unwrap();
            let mut said = String::from_utf8(output.stdout).unwrap();
            write!(said, "{}", String::from_utf8(output.stderr).unwrap()).unwrap();
            (output.status.code(), said)
        };
        let fault = "row 43: birth_date invalid_date: the year of a date has four digits";
        let (status, said) = import(&["--dry-run"]);
        assert_eq!(status, Some(1), "{said}");
        let counts = "41 rows: 0 registered, 40 acceptable, 0 present, 1 refused";
        assert!(said.contains(counts) && said.contains(fault), "{said}");
        let (_, said) = import(&[]);
        assert!(said.contains("40 registered, 0 acceptable, 0 present, 1 refused"), "{said}");
        let (_, said) = import(&[]);
        assert!(said.contains("0 registered, 0 acceptable, 40 present, 1 refused"), "{said}");
        let (_, said) = import(&["--branch", "JKT"]);
        assert!(said.contains("no branch has the code JKT"), "{said}");
        std::fs::write(&path, "nama\nSiti\n").unwrap();
        let (status, said) = import(&[]);
        assert!(status == Some(1) && said.contains("headings nik and no_pensiun"), "{said}");
    }
}
