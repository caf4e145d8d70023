//! Documents: what is taken, how it lies, how it is given back and judged.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::support::{
    Client, House, Response, on_each_backend,
    people::{pdf, registered},
};

fn upload(client: &Client, path: &str, kind: &str, file: (&str, &[u8])) -> Response {
    client.upload(&format!("{path}/documents"), &[], &[("kind", kind)], file)
}

/// Every file of the store, drafts too.
fn stored(house: &House) -> Vec<Vec<u8>> {
    fn walk(folder: &Path, found: &mut Vec<Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(fs::read(path).unwrap()) }
        }
    }
    let mut found = Vec::new();
    walk(&house.app.config.data_dir.join("files"), &mut found);
    found
}

#[test]
fn a_document_comes_back_as_it_was_sent_and_lies_sealed() {
    on_each_backend(|house| {
        let sales = house.user(&["SALES"]);
        let path = registered(&sales, 1);
        let file = pdf("rahasia keluarga");
        let made = upload(&sales, &path, "KTP", ("../../etc/passwd.png", &file));
        let place = made.header("location").unwrap().to_owned();
        let made = made.expect(201);
        assert_eq!((&made["kind"], &made["status"]), (&json!("KTP"), &json!("uploaded")));
        assert_eq!(
            (&made["content_type"], &made["size"]),
            (&json!("application/pdf"), &json!(file.len()))
        );
        assert_eq!(made["sha256"].as_str().unwrap().len(), 64);
        let given = sales.get(&place);
        assert_eq!((given.status, given.bytes.as_slice()), (200, file.as_slice()));
        assert_eq!(given.header("content-type"), Some("application/pdf"));
        assert_eq!(given.header("x-content-type-options"), Some("nosniff"));
        let name = format!("attachment; filename=\"KTP-{}.pdf\"", made["id"]);
        assert_eq!(given.header("content-disposition"), Some(name.as_str()));
        let lies = stored(house);
        assert_eq!(lies.len(), 1);
        let open = |bytes: &Vec<u8>| bytes.windows(7).any(|window| window == b"rahasia");
        assert!(!lies.iter().any(open), "the file lies open");
        assert_eq!(sales.get(&format!("{path}/documents")).expect(200)["data"], json!([made]));
    });
}

/// A PNG whose header claims so many pixels, with a few bytes behind it.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        [&u32::try_from(data.len()).unwrap().to_be_bytes(), &kind[..], data, &[0; 4]].concat()
    };
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let parts = [chunk(b"IHDR", &header), chunk(b"IDAT", b"x"), chunk(b"IEND", b"")];
    [b"\x89PNG\r\n\x1a\n".to_vec(), parts.concat()].concat()
}

#[test]
fn content_decides_what_is_taken() {
    on_each_backend(|house| {
        let admin = house.admin();
        let path = registered(&admin, 1);
        let refused = |bytes: &[u8], status, code| {
            upload(&admin, &path, "KTP", ("ktp.pdf", bytes)).refused(status, code);
        };
        refused(b"", 422, "empty_file");
        refused(b"<html><script>alert(1)</script></html>", 415, "unsupported_file_type");
        refused(b"%PDF-1.4\n<script>alert(1)</script>", 422, "damaged_file");
        refused(&pdf(") /OpenAction << /S /JavaScript >> ("), 422, "active_content");
        refused(&pdf(") /OpenAction << /S /#4AavaScript >> ("), 422, "active_content");
        refused(&png_header(50_000, 50_000), 422, "image_too_large");
        refused(&png_header(640, 480)[..40], 422, "damaged_file");
        refused(&vec![b'x'; 10 * 1024 * 1024 + 1], 413, "body_too_large");
        let documents = format!("{path}/documents");
        let faults = upload(&admin, &path, "SIM", ("a.pdf", &pdf("x"))).faults();
        assert_eq!(faults, [("kind".to_owned(), "unknown_value".to_owned())]);
        let without_kind = admin.upload(&documents, &[], &[], ("a.pdf", &pdf("x"))).faults();
        assert_eq!(without_kind, [("kind".to_owned(), "required".to_owned())]);
        let fields = [("kind", "KTP"), ("colour", "red")];
        admin
            .upload(&documents, &[], &fields, ("a.pdf", &pdf("x")))
            .refused(400, "unreadable_body");
        admin.post(&documents, &json!({"kind": "KTP"})).refused(415, "wrong_content_type");
        upload(&admin, "/members/99", "KTP", ("a.pdf", &pdf("x"))).refused(404, "not_found");
        assert!(stored(house).is_empty());
        assert_eq!(admin.get(&documents).expect(200)["data"], json!([]));
    });
}

#[test]
fn the_largest_file_is_what_the_configuration_says() {
    on_each_backend(|house| {
        let admin = house.admin();
        let path = registered(&admin, 1);
        house.configure("UPLOAD_MAX_BYTES", "2048");
        upload(&admin, &path, "KK", ("kk.pdf", &pdf(&"x".repeat(2048))))
            .refused(413, "body_too_large");
        upload(&admin, &path, "KK", ("kk.pdf", &pdf("x"))).expect(201);
    });
}

#[test]
fn an_upload_that_is_sent_again_with_its_key_is_stored_once() {
    on_each_backend(|house| {
        let admin = house.admin();
        let path = registered(&admin, 1);
        let send = |text: &str| {
            let headers = [("Idempotency-Key", "ktp-1")];
            let fields = [("kind", "KTP")];
            admin.upload(&format!("{path}/documents"), &headers, &fields, ("ktp.pdf", &pdf(text)))
        };
        let first = send("satu").expect(201);
        let again = send("satu");
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.expect(201), first);
        send("dua").refused(422, "idempotency_key_reused");
        let listed = admin.get(&format!("{path}/documents")).expect(200);
        assert_eq!(listed["data"], json!([first]));
        let place = format!("{path}/documents/{}/content", first["id"]);
        assert_eq!(admin.get(&place).bytes, pdf("satu"));
        assert_eq!(stored(house).len(), 1, "a replayed or refused upload left its file");
    });
}

#[test]
fn a_document_is_verified_or_rejected_by_who_may() {
    on_each_backend(|house| {
        let (sales, analyst) = (house.user(&["SALES"]), house.user(&["ANALIS"]));
        let path = registered(&sales, 1);
        for kind in ["KTP", "KK"] {
            upload(&sales, &path, kind, ("a.pdf", &pdf(kind))).expect(201);
        }
        let judge = |client: &Client, id: i64, verdict: Value| {
            client.put(&format!("{path}/documents/{id}/verify"), &verdict)
        };
        let verified = json!({"status": "verified"});
        judge(&sales, 1, verified.clone()).refused(403, "permission_denied");
        let seen = judge(&analyst, 1, verified.clone()).expect(200);
        assert_eq!((&seen["status"], &seen["reviewed_by"]), (&json!("verified"), &json!(3)));
        assert!(seen["reviewed_at"].is_string());
        let refused = judge(&analyst, 1, verified.clone()).refused(409, "invalid_transition");
        assert_eq!((&refused["from"], &refused["to"]), (&json!("verified"), &json!("verified")));
        assert_eq!(judge(&analyst, 2, json!({"status": "rejected"})).faults()[0].0, "reason");
        assert_eq!(judge(&analyst, 2, json!({"status": "uploaded"})).faults()[0].0, "status");
        let rejected =
            judge(&analyst, 2, json!({"status": "rejected", "reason": "buram"})).expect(200);
        assert_eq!(
            (&rejected["status"], &rejected["reason"]),
            (&json!("rejected"), &json!("buram"))
        );
        judge(&analyst, 2, verified.clone()).refused(409, "invalid_transition");
        judge(&analyst, 99, verified.clone()).refused(404, "not_found");
        let another = registered(&sales, 2);
        analyst.put(&format!("{another}/documents/1/verify"), &verified).refused(404, "not_found");
        analyst.get(&format!("{another}/documents/1/content")).refused(404, "not_found");
        let trail =
            house.admin().get("/logs/audit-trails?action=member.document.verify&count=true");
        assert_eq!(trail.expect(200)["total"], 2);
    });
}

#[test]
fn where_four_eyes_are_asked_for_nobody_verifies_what_he_uploaded() {
    on_each_backend(|house| {
        let (one, other) = (house.admin(), house.user(&["SUPERVISOR"]));
        let path = registered(&one, 1);
        let verify = |client: &Client, id: i64| {
            client.put(&format!("{path}/documents/{id}/verify"), &json!({"status": "verified"}))
        };
        upload(&one, &path, "KTP", ("ktp.pdf", &pdf("x"))).expect(201);
        upload(&one, &path, "KK", ("kk.pdf", &pdf("x"))).expect(201);
        verify(&one, 1).expect(200);
        house.configure("DOCUMENT_FOUR_EYES", "true");
        verify(&one, 2).refused(422, "same_person");
        verify(&other, 2).expect(200);
    });
}
