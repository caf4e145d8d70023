//! No personal number lies in clear anywhere: the database, the log, the folder of files. The program
//! itself is driven through everything that takes such numbers in, and then all that it left is
//! searched.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
};

use pensipro_persistence::{
    Backend,
    testing::{TestDatabase, backends},
};
use pensipro_server::clock::hex;
use serde_json::{Value, json};

use crate::{
    billing::lend,
    support::{
        Client,
        lending::{id, rows},
        people::pdf,
        running::{Running, program, until},
    },
};

/// Numbers of people whom the test sends in. Each is searched as it is, without what stands before
/// it (`08…` becomes `+628…`), in capitals as hexadecimal digits would be, and in hexadecimal digits.
const SECRETS: [&str; 14] = [
    // A member: NIK, pension number, telephone, account.
    "3173051708571234",
    "140098765432101",
    "81277788899",
    "009988776655443",
    // What he had before it was put right.
    "3173051708574321",
    "140098765432199",
    // Another of whom a spreadsheet tells, one who is refused, and one who is only looked for.
    "3173055708575678",
    "140055566677788",
    "3173999908570007",
    "3578290404514434",
    // Numbers in a payer's file that nobody has.
    "3271060101510009",
    "003575843547995",
    // In papers and in reasons.
    "3173051708570777",
    "82111222333",
];

/// What is in clear by design, so that a search that finds nothing is not blind.
const KNOWN: &str = "Suparman Terang";

/// Everything that takes personal numbers in.
fn fill(admin: &Client, database: &TestDatabase) {
    let member = person(admin);
    let path = format!("/members/{member}");
    belongings(admin, &path);
    refusals(admin);
    spreadsheet(admin);
    pension_cuts(admin, database);
    let data = admin.get(&format!("{path}/personal-data")).expect(200);
    assert_eq!(data["member"]["nik"], SECRETS[0], "what is sent holds what must not lie about");
    admin.get(&format!("{path}/timeline")).expect(200);
    admin.get(&format!("{path}/rectifications")).expect(200);
}

fn person(admin: &Client) -> i64 {
    let body = json!({"nik": SECRETS[4], "no_pensiun": SECRETS[5], "name": KNOWN,
        "birth_place": "Solo", "birth_date": "1957-08-17", "sex": "L", "address": "Jl. Melati 4",
        "payer": "TASPEN", "monthly_benefit": "4500000.00"});
    let key = [("Idempotency-Key", "daftar-1")];
    let made = admin.post_with("/members", &key, &body).expect(201);
    assert_eq!(admin.post_with("/members", &key, &body).expect(201), made);
    let path = format!("/members/{}", made["id"]);
    let right = json!({"nik": SECRETS[0], "no_pensiun": SECRETS[1]});
    admin.put(&path, &right).expect(200);
    let status = json!({"status": "nonaktif", "reason": format!("hubungi 0{}", SECRETS[13])});
    admin.put(&path, &status).expect(200);
    admin.put(&path, &json!({"status": "aktif"})).expect(200);
    id(&made)
}

fn belongings(admin: &Client, path: &str) {
    let contacts = format!("{path}/contacts");
    let contact = json!({"kind": "phone", "value": format!("0{}", SECRETS[2])});
    let contact = id(&admin.post(&contacts, &contact).expect(201));
    let heir = json!({"kind": "heir", "value": format!("0{}", SECRETS[13]), "name": "Siti",
        "relation": "istri"});
    admin.post(&contacts, &heir).expect(201);
    let email = json!({"value": format!("0{}", SECRETS[13])});
    admin.put(&format!("{contacts}/{contact}"), &email).expect(200);
    let account = json!({"bank_code": "002", "bank_name": "BRI", "account_number": SECRETS[3],
        "account_name": "Suparman"});
    let accounts = format!("{path}/bank-accounts");
    admin.post(&accounts, &account).expect(201);
    admin.post(&accounts, &account).refused(409, "duplicate_account");
    let paper = ("ktp.pdf", &*pdf(&format!("NIK {}", SECRETS[12])));
    let upload = admin.upload(&format!("{path}/documents"), &[], &[("kind", "KTP")], paper);
    let place = upload.header("location").unwrap_or_default().to_owned();
    upload.expect(201);
    assert!(admin.get(&place).text().contains(SECRETS[12]));
    let named = (&*format!("{}.pdf", SECRETS[12]), &*pdf("kk"));
    admin.upload(&format!("{path}/documents"), &[], &[("kind", "KK")], named).expect(201);
    let text = json!({"code": "data", "title": "Data pribadi", "body": "Saya setuju."});
    let text = id(&admin.post("/consent-texts", &text).expect(201));
    let consents = format!("{path}/consents");
    let consent = admin.post(&consents, &json!({"text_id": text, "channel": "phone"})).expect(201);
    let withdraw = json!({"channel": "phone", "reason": format!("dari 0{}", SECRETS[2])});
    admin.post(&format!("{consents}/{}/withdraw", consent["id"]), &withdraw).expect(200);
}

/// What is refused is not remembered either.
fn refusals(admin: &Client) {
    admin.get(&format!("/members?nik={}", SECRETS[9])).expect(200);
    admin.get(&format!("/members?no_pensiun={}", SECRETS[11])).expect(200);
    admin.get(&format!("/members?nik={}&colour=red", SECRETS[9])).refused(400, "invalid_query");
    let body = json!({"nik": SECRETS[8], "no_pensiun": "x"});
    assert!(!admin.post("/members", &body).faults().is_empty());
    let same = json!({"nik": SECRETS[0], "no_pensiun": SECRETS[7], "name": "Lain",
        "birth_place": "Solo", "birth_date": "1957-08-17", "sex": "L", "address": "Jl. Melati 4",
        "payer": "TASPEN", "monthly_benefit": "4500000.00"});
    admin.post("/members", &same).refused(409, "duplicate_nik");
    let broken = format!("{{\"nik\": \"{}\", \"no_pensiun\": ", SECRETS[8]).into_bytes();
    let kind = [("Content-Type", "application/json")];
    admin.send("POST", "/members", &kind, Some(broken)).refused(400, "unreadable_body");
    admin.get(&format!("/members/{}", SECRETS[8])).refused(404, "not_found");
}

fn spreadsheet(admin: &Client) {
    let sheet = format!(
        "nik;no_pensiun;name;birth_place;birth_date;sex;address;payer;monthly_benefit\n\
         {};{};Siti;Solo;1957-08-17;P;Jl. Melati 5;TASPEN;4500000\n\
         {};{};Rusak;Solo;1957-08-17;P;Jl. Melati 5;TASPEN;4500000\n",
        SECRETS[6], SECRETS[7], SECRETS[8], SECRETS[7]
    );
    for dry_run in ["true", "false"] {
        let file = ("orang.csv", sheet.as_bytes());
        let taken = admin.upload("/members/import", &[], &[("dry_run", dry_run)], file);
        assert!(taken.status < 300, "{}", taken.text());
    }
}

fn pension_cuts(admin: &Client, database: &TestDatabase) {
    lend(database.store(), "TASPEN", 1, 2);
    let export = json!({"periode": "2026-07", "payer": "TASPEN"});
    let export = id(&admin.post("/billing/export", &export).expect(201));
    let file = admin.get(&format!("/billing/export/{export}/file"));
    let references: Vec<String> = file
        .text()
        .lines()
        .skip(1)
        .filter_map(|line| line.split(';').next().map(str::to_owned))
        .collect();
    let answer = format!(
        "reference;no_pensiun;nik;amount\n{};;;1000000\n;{};;500000\n;;{};500000\nrusak;{};;satu\n",
        references[0], SECRETS[11], SECRETS[10], SECRETS[11]
    );
    let fields = [("payer", "TASPEN"), ("periode", "2026-07")];
    let import = admin.upload("/billing/import", &[], &fields, ("jawab.csv", answer.as_bytes()));
    let import = import.expect(201);
    assert_eq!(import["lines"], 4);
    let unmatched = admin.get("/billing/unmatched?periode=2026-07").expect(200);
    let told: Vec<&Value> = rows(&unmatched).iter().map(|line| &line["no_pensiun"]).collect();
    assert!(told.contains(&&json!(SECRETS[11])), "{unmatched}");
    // A file that no profile reads is refused, and its spool goes.
    let torn = format!("{};{}\n", SECRETS[10], SECRETS[11]);
    let refused = admin.upload("/billing/import", &[], &fields, ("x.csv", torn.as_bytes()));
    assert!(refused.status >= 400);
}

/// A place where something lies, and the bytes there.
type Lying = (String, Vec<u8>);

fn files(folder: &Path) -> Vec<Lying> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((path.display().to_string(), fs::read(&path).unwrap()));
            }
        }
    }
    found
}

/// Every table as text, binary columns in hexadecimal digits.
fn dump(database: &TestDatabase) -> Vec<Lying> {
    let tables = database.texts(
        "SELECT table_name::text AS text FROM information_schema.tables \
         WHERE table_schema = current_schema() ORDER BY table_name",
    );
    assert!(tables.len() > 40, "{tables:?}");
    let table = |table: String| {
        let rows = database.texts(&format!("SELECT t::text AS text FROM \"{table}\" t"));
        (table, rows.join("\n").into_bytes())
    };
    tables.into_iter().map(table).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    let digits = hex(text.as_bytes());
    [text.as_bytes(), digits.as_bytes(), digits.to_uppercase().as_bytes()]
        .iter()
        .any(|needle| bytes.windows(needle.len()).any(|window| window == *needle))
}

#[test]
fn no_personal_number_lies_in_clear_anywhere() {
    for backend in backends() {
        let database = TestDatabase::new(backend);
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("pensipro.log");
        let mut command = program(&database, folder.path());
        command.env("PENSIPRO_LOG", "debug").stderr(Stdio::from(File::create(&log).unwrap()));
        let running = Running::started(&mut command);
        fill(&running.client, &database);
        let noted =
            "SELECT action AS text FROM access_logs WHERE action = 'member.rectifications.read'";
        until("the last reading", || database.texts(noted).pop());

        let mut lying = files(folder.path());
        match backend {
            Backend::Sqlite => lying.extend(files(database.folder().unwrap())),
            Backend::Postgres => lying.extend(dump(&database)),
        }
        running.terminate();
        lying.extend(files(folder.path()));
        if let Some(folder) = database.folder() {
            lying.extend(files(folder));
        }
        assert!(lying.iter().any(|(_, bytes)| holds(bytes, KNOWN)), "the search is blind");
        let log = fs::read_to_string(&log).unwrap();
        assert!(log.contains("/members?nik="), "the log tells of requests: {log}");
        let stored = lying.iter().filter(|(name, _)| name.contains("/files/members/"));
        assert!(stored.count() >= 4, "papers lie in the store");
        for (place, bytes) in &lying {
            for secret in SECRETS {
                assert!(!holds(bytes, secret), "{secret} lies in clear in {place}");
            }
        }
    }
}
