//! Files in a bucket instead of the data folder: documents, sheets of members, and realisations.

use std::{fs, path::Path};

use pensipro_adapters::testing::S3Server;
use pensipro_persistence::testing::backends;
use pensipro_server::{App, Config, Source};
use serde_json::json;

use crate::{
    billing::desk::{Desk, paid_in_full},
    support::{
        House, HouseOptions,
        people::{pdf, registered},
        running::until,
    },
};

/// Runs a test in a house of each backend that keeps its files in a bucket of its own.
fn on_each_backend(test: impl Fn(&House, &mut S3Server)) {
    for backend in backends() {
        let mut server = S3Server::start();
        let bucket = server.settings();
        let endpoint = bucket.endpoint.clone().unwrap();
        let settings = [
            ("s3_bucket", bucket.bucket.as_str()),
            ("s3_endpoint", &endpoint),
            ("s3_access_key", &bucket.access_key),
            ("s3_secret_key", &bucket.secret_key),
        ];
        let house =
            House::with(backend, HouseOptions { settings: &settings, ..Default::default() });
        test(&house, &mut server);
    }
}

/// The objects of an area, as they lie.
fn objects(server: &S3Server, area: &str) -> Vec<Vec<u8>> {
    fn walk(folder: &Path, found: &mut Vec<Vec<u8>>) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(fs::read(path).unwrap()) }
        }
    }
    let mut found = Vec::new();
    walk(&server.folder().join(area), &mut found);
    found
}

#[test]
fn documents_lie_sealed_in_the_bucket_and_come_back() {
    on_each_backend(|house, server| {
        let sales = house.user(&["SALES"]);
        let path = registered(&sales, 1);
        let file = pdf("rahasia keluarga");
        let upload = |bytes: &[u8]| {
            let file = ("ktp.pdf", bytes);
            sales.upload(&format!("{path}/documents"), &[], &[("kind", "KTP")], file)
        };
        let made = upload(&file);
        let place = made.header("location").unwrap().to_owned();
        made.expect(201);
        let given = sales.get(&place);
        assert_eq!((given.status, given.bytes.as_slice()), (200, file.as_slice()));
        upload(b"<html></html>").refused(415, "unsupported_file_type");
        let lie = objects(server, "members");
        assert_eq!(lie.len(), 1);
        assert!(!lie[0].windows(7).any(|window| window == b"rahasia"), "the file lies open");
        assert!(fs::read_dir(house.app.config.data_dir.join("files")).is_err());
    });
}

#[test]
fn spooled_files_wait_in_the_bucket_and_go() {
    on_each_backend(|house, server| {
        let desk = Desk::with_loans(house, 3);
        let (_, lines) = desk.bill("TASPEN");
        let import = desk.import("TASPEN", paid_in_full(&lines)).expect(201);
        assert_eq!((&import["status"], &import["lines_done"]), (&json!("done"), &json!(3)));
        let sheet = b"nik;no_pensiun;nama;tempat_lahir;tgl_lahir;jk;alamat;pembayar;gaji_pensiun\n\
            '3173051708570901;140012345670901;Siti Aminah;Solo;17-08-1957;P;Jl. Melati 4;TASPEN;4500000\n";
        let sent = house.admin().upload("/members/import", &[], &[], ("anggota.csv", sheet));
        assert_eq!(sent.expect(201)["registered"], 1);
        // A refused one too, though nobody waits for its end.
        desk.import("TASPEN", "no header").refused(422, "file_refused");
        until("the spool is empty", || objects(server, "spool").is_empty().then_some(()));
    });
}

#[test]
fn a_bucket_out_of_reach_stores_nothing_by_half() {
    on_each_backend(|house, server| {
        let sales = house.user(&["SALES"]);
        let path = registered(&sales, 1);
        server.stop();
        let file = ("ktp.pdf", &*pdf("x"));
        let failed = sales.upload(&format!("{path}/documents"), &[], &[("kind", "KTP")], file);
        failed.refused(503, "files_unavailable");
        assert_eq!(sales.get(&format!("{path}/documents")).expect(200)["data"], json!([]));
        assert!(objects(server, "members").is_empty());
    });
}

#[test]
fn a_house_does_not_open_on_a_bucket_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let server = S3Server::start();
    let bucket = server.settings();
    let (data, endpoint) = (folder.path().display().to_string(), bucket.endpoint.clone().unwrap());
    let database = format!("sqlite://{data}/house.db");
    let settings = [
        ("data_dir", data.as_str()),
        ("database_url", &database),
        ("bcrypt_cost", "4"),
        ("s3_bucket", "another"),
        ("s3_endpoint", &endpoint),
        ("s3_access_key", &bucket.access_key),
        ("s3_secret_key", &bucket.secret_key),
    ];
    let config = Config::read(&Source::of(settings)).unwrap();
    let error = App::open(config).unwrap_err().to_string();
    assert!(error.starts_with("the bucket another: "), "{error}");
    assert!(!error.contains(&bucket.secret_key), "{error}");
    // The first password is made by the start that can tell it.
    let right = [("s3_bucket", bucket.bucket.as_str())];
    let source = Source::of(settings.into_iter().chain(right));
    assert!(App::open(Config::read(&source).unwrap()).unwrap().first_password.is_some());
}
