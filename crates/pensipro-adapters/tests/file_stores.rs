//! What every store of files keeps to: a local folder, and a bucket on a server that speaks S3.

use std::{
    io::{Read, Seek, SeekFrom, Write},
    time::Duration,
};

use pensipro_adapters::{Bucket, BucketSettings, LocalFiles, testing::S3Server};
use pensipro_members::{FileKey, FileStore, FileStoreError};

/// Runs a test on a fresh store of each kind.
fn on_each_store(test: impl Fn(&dyn FileStore)) {
    let folder = tempfile::tempdir().unwrap();
    test(&LocalFiles::open(folder.path()).unwrap());
    let server = S3Server::start();
    test(&Bucket::open(&server.settings()).unwrap());
}

fn key(text: &str) -> FileKey {
    text.parse().unwrap()
}

fn is_absent(files: &dyn FileStore, at: &FileKey) -> bool {
    matches!(files.get(at), Err(FileStoreError::NotFound(absent)) if absent == *at)
}

/// So many bytes that differ from place to place.
fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at % 251) as u8).collect()
}

/// Beyond two parts of a long upload.
const LONG: usize = 17 * 1024 * 1024 + 3;

#[test]
fn what_is_put_is_there_until_it_is_deleted() {
    on_each_store(|files| {
        files.put(&key("members/ab/ab1"), b"one").unwrap();
        files.put(&key("members/ab/ab2"), b"").unwrap();
        assert_eq!(files.get(&key("members/ab/ab1")).unwrap(), b"one");
        files.delete(&key("members/ab/ab1")).unwrap();
        files.delete(&key("members/ab/ab1")).unwrap();
        assert!(is_absent(files, &key("members/ab/ab1")));
        assert!(files.open(&key("members/ab/ab1")).is_err());
        assert_eq!(files.get(&key("members/ab/ab2")).unwrap(), b"");
    });
}

#[test]
fn what_is_discarded_goes() {
    on_each_store(|files| {
        files.put(&key("members/ab/ab1"), b"one").unwrap();
        files.discard(&key("members/ab/ab1"));
        files.discard(&key("members/ab/ab2"));
        // A bucket is not waited for; the test is.
        while !is_absent(files, &key("members/ab/ab1")) {
            std::thread::yield_now();
        }
    });
}

#[test]
fn a_long_file_is_there_whole_once_it_is_finished_and_not_before() {
    on_each_store(|files| {
        let (at, whole) = (key("spool/ab/ab1"), bytes(LONG));
        let mut draft = files.begin(&at).unwrap();
        for piece in whole.chunks(1_000_003) {
            draft.write_all(piece).unwrap();
        }
        assert!(is_absent(files, &at));
        draft.finish().unwrap();
        let mut read = Vec::new();
        files.open(&at).unwrap().read_to_end(&mut read).unwrap();
        assert!(read == whole, "{} of {} bytes", read.len(), whole.len());
    });
}

#[test]
fn an_empty_file_and_one_of_whole_parts_are_finished_too() {
    on_each_store(|files| {
        for (at, count) in [(key("spool/ab/ab1"), 0), (key("spool/ab/ab2"), 16 * 1024 * 1024)] {
            let mut draft = files.begin(&at).unwrap();
            draft.write_all(&bytes(count)).unwrap();
            draft.finish().unwrap();
            assert_eq!(files.get(&at).unwrap().len(), count);
        }
    });
}

#[test]
fn any_part_of_a_long_file_can_be_read() {
    on_each_store(|files| {
        let (at, whole) = (key("spool/ab/ab1"), bytes(3 * 1024 * 1024));
        files.put(&at, &whole).unwrap();
        let mut file = files.open(&at).unwrap();
        assert_eq!(file.seek(SeekFrom::End(0)).unwrap(), whole.len() as u64);
        let mut piece = [0; 1_000];
        for from in [2_500_000, 0, 1_048_000, 1_048_570, 7] {
            file.seek(SeekFrom::Start(from as u64)).unwrap();
            file.read_exact(&mut piece).unwrap();
            assert!(piece[..] == whole[from..from + 1_000], "from {from}");
        }
        file.seek(SeekFrom::End(-10)).unwrap();
        let mut rest = Vec::new();
        assert_eq!(file.read_to_end(&mut rest).unwrap(), 10);
        let beyond = whole.len() as u64 + 1_000;
        assert_eq!(file.seek(SeekFrom::Start(beyond)).unwrap(), beyond);
        assert_eq!(file.read(&mut piece).unwrap(), 0);
        assert!(file.seek(SeekFrom::End(-4 * 1024 * 1024)).is_err());
    });
}

#[test]
fn a_draft_that_is_given_up_leaves_no_file() {
    on_each_store(|files| {
        let at = key("spool/ab/ab1");
        let mut draft = files.begin(&at).unwrap();
        draft.write_all(&bytes(LONG)).unwrap();
        drop(draft);
        assert!(is_absent(files, &at));
    });
}

#[test]
fn old_files_of_an_area_are_found() {
    on_each_store(|files| {
        assert!(files.older_than("spool", Duration::ZERO).unwrap().is_empty());
        files.put(&key("spool/ab/ab1"), b"x").unwrap();
        files.put(&key("members/ab/ab2"), b"x").unwrap();
        files.put(&key("spool-2/ab/ab3"), b"x").unwrap();
        assert_eq!(files.older_than("spool", Duration::ZERO).unwrap(), [key("spool/ab/ab1")]);
        assert!(files.older_than("spool", Duration::from_secs(3_600)).unwrap().is_empty());
    });
}

#[test]
fn a_bucket_that_cannot_be_used_is_refused_by_name_and_tells_no_secret() {
    let server = S3Server::start();
    let refused = |settings: BucketSettings| {
        let error = Bucket::open(&settings).unwrap_err().to_string();
        assert!(error.starts_with(&format!("the bucket {}: ", settings.bucket)), "{error}");
        assert!(!error.contains(&settings.secret_key), "{error}");
        assert!(!format!("{settings:?}").contains(&settings.secret_key));
    };
    refused(BucketSettings { bucket: "another".to_owned(), ..server.settings() });
    refused(BucketSettings { secret_key: "geheim-42".to_owned(), ..server.settings() });
    refused(BucketSettings { access_key: "somebody".to_owned(), ..server.settings() });
    refused(BucketSettings { endpoint: Some("https://".to_owned()), ..server.settings() });
}

#[test]
fn a_bucket_whose_server_is_gone_fails_and_loses_nothing() {
    let mut server = S3Server::start();
    let files = Bucket::open(&server.settings()).unwrap();
    files.put(&key("members/ab/ab1"), b"one").unwrap();
    server.stop();
    let failed = files.get(&key("members/ab/ab1"));
    assert!(matches!(failed, Err(FileStoreError::OutOfReach)), "{failed:?}");
    assert!(server.folder().join("members/ab/ab1").exists());
}
