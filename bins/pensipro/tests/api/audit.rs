//! The audit trail: how it is looked through, what it hides, how it is sealed and proved.

use std::{path::Path, process::Output};

use chrono::TimeDelta;
use pensipro_persistence::{
    Backend,
    testing::{TestDatabase, backends},
};
use serde_json::{Value, json};

use crate::support::{
    Client, House, PASSWORD,
    lending::{id, rows},
    on_each_backend,
    people::branch,
    running::{Running, program, until},
};

const VERIFY: &str = "/logs/audit-trails/verify";

/// A member, of whom the trail tells.
fn member(admin: &Client) -> Value {
    let body = json!({"nik": "3173051708571234", "no_pensiun": "140098765432101",
        "name": "Suparman", "birth_place": "Solo", "birth_date": "1957-08-17", "sex": "L",
        "address": "Jl. Melati 4", "payer": "TASPEN", "monthly_benefit": "4500000.00"});
    admin.post("/members", &body).expect(201)
}

#[test]
fn every_filter_of_the_trail_holds() {
    on_each_backend(|house| {
        let admin = house.admin();
        let person = id(&member(&admin));
        admin.put(&format!("/members/{person}"), &json!({"address": "Jl. Mawar 1"})).expect(200);
        let trail = |query: &str| {
            rows(&admin.get(&format!("/logs/audit-trails?{query}")).expect(200)).to_vec()
        };
        let [changed, made] = &trail(&format!("ref_table=members&ref_id={person}"))[..] else {
            panic!("two rows tell of the member")
        };
        let told = |row: &Value| row["action"].as_str().map(str::to_owned);
        assert_eq!(told(changed).as_deref(), Some("member.update"));
        let action = told(made).expect("an action");
        assert_eq!(trail(&format!("action={action}")), std::slice::from_ref(made));
        let actor = made["actor_id"].as_i64().expect("an actor");
        assert!(trail(&format!("actor_id={actor}&limit=200")).contains(made));
        assert!(trail(&format!("actor_id={}", actor + 1)).is_empty());
        let at = made["created_at"].as_str().expect("a time");
        assert!(trail(&format!("from={at}&limit=200")).contains(made), "from holds its own time");
        assert!(!trail(&format!("to={at}&limit=200")).contains(made), "to does not");
        for unknown in ["colour=red", "ref_tabel=members", "user_id=1", "member_id=1"] {
            let path = format!("/logs/audit-trails?{unknown}");
            admin.get(&path).refused(400, "invalid_query");
        }
    });
}

#[test]
fn what_a_log_finds_comes_as_a_file_too() {
    on_each_backend(|house| {
        let admin = house.admin();
        let person = id(&member(&admin));
        // More than the file reads at once.
        let many = "INSERT INTO audit_trails (action, ref_table, ref_id, created_at) \
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) \
                    SELECT 'loan.pay', 'loans', i, '2026-01-01 00:00:00' FROM n";
        house.database.execute(many).expect("rows are stored");
        let file = admin.get("/logs/audit-trails?ref_table=loans&format=csv");
        assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
        let text = file.text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2_501);
        assert!(
            lines[0].starts_with("id;waktu;id_pengguna;tindakan;tabel;id_data;"),
            "{}",
            lines[0]
        );
        assert!(lines[1].contains(";2500;") && lines[2_500].contains(";1;"), "newest first");
        let own =
            admin.get(&format!("/logs/audit-trails?ref_table=members&ref_id={person}&format=csv"));
        assert!(!own.text().contains("3173051708571234"), "numbers of people stay hidden");
        for path in ["/logs/audit-trails", "/logs/exceptions", "/logs/accesses"] {
            let sheet = admin.get(&format!("{path}?format=xlsx"));
            assert_eq!((sheet.status, &sheet.bytes[..2]), (200, &b"PK"[..]), "{path}");
            let disposition = sheet.header("content-disposition").expect("a name");
            assert!(disposition.ends_with(".xlsx\""), "{disposition}");
            assert!(admin.get(&format!("{path}?format=csv")).text().starts_with("id;waktu;"));
            admin.get(&format!("{path}?format=pdf")).refused(400, "invalid_query");
        }
        let noted = admin.get("/logs/audit-trails?action=log.export&limit=200").expect(200);
        assert_eq!(rows(&noted).len(), 8, "each file left a row");
        // Who looks at one member's readings stands there himself.
        admin.get(&format!("/members/{person}")).expect(200);
        let readings = format!("/logs/accesses?member_id={person}&format=csv");
        until("the reading is noted", || {
            admin.get(&readings).text().contains("member.accesses.read").then_some(())
        });
    });
}

#[test]
fn the_trail_shows_numbers_of_people_by_their_ends_and_no_secret() {
    on_each_backend(|house| {
        let admin = house.admin();
        let person = id(&member(&admin));
        let change = json!({"nik": "3173051708574321"});
        admin.put(&format!("/members/{person}"), &change).expect(200);
        let account = json!({"bank_code": "002", "bank_name": "BRI",
            "account_number": "001201000123456", "account_name": "Suparman"});
        admin.post(&format!("/members/{person}/bank-accounts"), &account).expect(201);
        let user = house.new_user(&admin, &["SALES"]);
        let secret = "rahasia-lain-777";
        let path = format!("/users/{}/password", user["id"]);
        admin.put(&path, &json!({"new_password": secret})).expect(204);

        let trail = admin.get("/logs/audit-trails?limit=200").expect(200);
        let update = rows(&trail).iter().find(|row| row["action"] == "member.update");
        let update = update.expect("the change is told of");
        assert_eq!(update["old_value"]["nik"], "3173********1234");
        assert_eq!(update["new_value"]["nik"], "3173********4321");
        let text = trail.to_string();
        assert!(text.contains("0012*******3456"), "{text}");
        for hidden in ["3173051708571234", "3173051708574321", "001201000123456", secret, PASSWORD]
        {
            assert!(!text.contains(hidden), "{hidden} is shown");
        }
        // What lies there holds none of them either, and no hash of a password.
        let lying = house.database.texts(
            "SELECT COALESCE(old_value, '') || COALESCE(new_value, '') AS text FROM audit_trails",
        );
        let lying = lying.join("\n");
        for hidden in ["3173051708", "001201000123456", secret, PASSWORD, "$2b$"] {
            assert!(!lying.contains(hidden), "{hidden} lies in the trail");
        }
    });
}

/// Goes through the whole trail, stretch by stretch.
fn proved(admin: &Client, query: &str) -> Value {
    let mut cursor = String::new();
    loop {
        let proof = admin.get(&format!("{VERIFY}?{query}{cursor}")).expect(200);
        match proof["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return proof,
        }
    }
}

/// Once every row is sealed.
fn sealed(database: &TestDatabase) {
    until("everything is sealed", || {
        let left = database.texts(
            "SELECT CAST(t.id AS TEXT) AS text FROM audit_trails t WHERE NOT EXISTS \
             (SELECT 1 FROM audit_seal_entries e WHERE e.audit_id = t.id) LIMIT 1",
        );
        left.is_empty().then_some(())
    });
}

fn audit(database: &TestDatabase, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = program(database, folder.path());
    command.args(arguments).output().expect("the program runs")
}

fn told(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8(both).expect("text")
}

fn unlock(house: &House) {
    let sql = match house.app.store().backend() {
        Backend::Sqlite => {
            "DROP TRIGGER audit_trails_no_update; DROP TRIGGER audit_trails_no_delete; \
             DROP TRIGGER audit_seals_no_delete; DROP TRIGGER audit_seal_entries_no_delete"
        }
        Backend::Postgres => {
            "ALTER TABLE audit_trails DISABLE TRIGGER ALL; \
             ALTER TABLE audit_seals DISABLE TRIGGER ALL; \
             ALTER TABLE audit_seal_entries DISABLE TRIGGER ALL"
        }
    };
    house.database.execute(sql).expect("the triggers are gone");
}

#[test]
fn the_trail_is_sealed_and_proved_while_people_work() {
    on_each_backend(|house| {
        let admin = house.admin();
        member(&admin);
        sealed(&house.database);
        let proof = proved(&admin, "");
        assert_eq!((&proof["ok"], &proof["first_fault"]), (&json!(true), &Value::Null));
        let head = proof["head"].as_str().expect("a head").to_owned();
        let printed = told(&audit(&house.database, &["audit", "head"]));
        assert_eq!(printed.trim(), head);
        branch(house, 7);
        admin.put("/sales-branches/7", &json!({"address": "Jl. Anggrek 7"})).expect(200);
        sealed(&house.database);
        assert_eq!(proved(&admin, &format!("head={head}"))["ok"], true, "it goes on from there");
        let whole = audit(&house.database, &["audit", "verify", "--head", &head]);
        assert!(whole.status.success(), "{}", told(&whole));
        assert!(told(&whole).contains("are as they were sealed; head "), "{}", told(&whole));
        // A part, and a stretch at a time.
        let part = proved(&admin, "from=1&to=1");
        assert_eq!((&part["ok"], &part["seals"]), (&json!(true), &json!(1)));
        let soon = [("Prefer", "wait=0")];
        let first = admin.send("GET", VERIFY, &soon, None).expect(200);
        assert_eq!((&first["seals"], &first["next_cursor"]), (&json!(1), &json!("seal-2")));
        for query in ["head=x", "head=1:00", "cursor=row", "from=x", "colour=red"] {
            admin.get(&format!("{VERIFY}?{query}")).refused(400, "invalid_query");
        }
    });
}

#[test]
fn what_was_tampered_with_is_named_wherever_somebody_asks() {
    on_each_backend(|house| {
        let admin = house.admin();
        member(&admin);
        sealed(&house.database);
        let head = proved(&admin, "")["head"].as_str().expect("a head").to_owned();
        let books = audit(&house.database, &["verify"]);
        assert!(books.status.success(), "{}", told(&books));
        unlock(house);
        house
            .database
            .execute("UPDATE audit_trails SET actor_id = 777 WHERE action = 'member.register'")
            .expect("it is altered");
        let proof = proved(&admin, "");
        let fault = &proof["first_fault"];
        assert_eq!((&proof["ok"], &fault["kind"]), (&json!(false), &json!("altered")));
        let altered = house
            .database
            .texts("SELECT CAST(id AS TEXT) AS text FROM audit_trails WHERE actor_id = 777");
        assert_eq!(fault["id"].to_string(), altered[0]);
        for arguments in [["audit", "verify"].as_slice(), &["verify"]] {
            let output = audit(&house.database, arguments);
            assert!(!output.status.success());
            let named = told(&output).contains(&format!("row {}", altered[0]));
            assert!(named && told(&output).contains("altered"), "{}", told(&output));
        }
        // Everything that tells of sealing goes: whoever kept a head knows.
        house
            .database
            .execute(
                "DELETE FROM audit_seal_entries; DELETE FROM audit_seals; DELETE FROM audit_trails",
            )
            .expect("all is gone");
        let cut = proved(&admin, &format!("head={head}"))["first_fault"]["kind"].clone();
        assert!(cut == "tail_cut" || cut == "head_differs", "{cut}");
        let cut = audit(&house.database, &["audit", "verify", "--head", &head]);
        assert!(!cut.status.success(), "{}", told(&cut));
    });
}

#[test]
fn a_row_that_was_put_in_among_sealed_ones_is_named() {
    on_each_backend(|house| {
        let admin = house.admin();
        sealed(&house.database);
        house
            .database
            .execute(
                "INSERT INTO audit_trails (id, action, ref_table, ref_id, created_at) \
                 SELECT -5, 'loan.pay', 'loans', 1, MIN(created_at) FROM audit_trails",
            )
            .expect("it is put in");
        assert_eq!(proved(&admin, "")["ok"], true, "it may be late");
        house.pass(TimeDelta::minutes(11));
        let fault = proved(&admin, "")["first_fault"].clone();
        assert_eq!((&fault["kind"], &fault["id"]), (&json!("inserted"), &json!(-5)));
    });
}

/// Many rows at once, as a long history has.
fn many(database: &TestDatabase, rows: u32) {
    let sql = format!(
        "INSERT INTO audit_trails (action, ref_table, ref_id, new_value, created_at) \
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) \
         SELECT 'loan.pay', 'loans', n.i, '{{}}', a.created_at \
         FROM n CROSS JOIN (SELECT MIN(created_at) AS created_at FROM audit_trails) a"
    );
    database.execute(&sql).expect("rows are there");
}

fn entries(database: &TestDatabase) -> Vec<String> {
    database.texts(
        "SELECT CAST(COUNT(*) AS TEXT) || ' of ' || \
         CAST((SELECT COUNT(*) FROM audit_trails) AS TEXT) AS text FROM audit_seal_entries",
    )
}

#[test]
fn a_sealer_that_was_killed_goes_on_where_it_was() {
    for backend in backends() {
        let database = TestDatabase::new(backend);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let start = |folder: &Path| Running::start(&database, folder);
        drop(start(folder.path()));
        many(&database, 60_000);
        // Killed as soon as something is sealed, again and again.
        let before = database.texts("SELECT CAST(COUNT(*) AS TEXT) AS text FROM audit_seals");
        let running = start(folder.path());
        until("a seal", || {
            let now = database.texts("SELECT CAST(COUNT(*) AS TEXT) AS text FROM audit_seals");
            (now != before).then_some(())
        });
        drop(running);
        let running = start(folder.path());
        sealed(&database);
        running.terminate();
        let [counts] = &entries(&database)[..] else { panic!("a count") };
        let (sealed, all) = counts.split_once(" of ").expect("two counts");
        assert_eq!(sealed, all);
        let whole = audit(&database, &["audit", "verify"]);
        assert!(whole.status.success(), "{}", told(&whole));
        assert!(told(&whole).contains(&format!("{all} rows in ")), "{}", told(&whole));
    }
}

#[test]
fn two_instances_seal_every_row_once() {
    on_each_backend(|house| {
        // SQLite has one process; there both are in it.
        let other = house.beside(&[]);
        let (one, two) = (house.admin(), other.admin());
        std::thread::scope(|scope| {
            for (client, name) in [(&one, "a"), (&two, "b")] {
                scope.spawn(move || {
                    for turn in 0..10 {
                        let body = json!({"code": format!("{name}{turn}"), "name": "Cabang"});
                        client.post("/sales-branches", &body).expect(201);
                    }
                });
            }
            many(&house.database, 3_000);
        });
        sealed(&house.database);
        let proof = proved(&one, "");
        assert_eq!(proof["ok"], true, "{proof}");
    });
}
