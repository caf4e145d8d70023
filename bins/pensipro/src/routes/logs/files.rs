//! The logs as files.

use pensipro_audit::{AccessRow, AuditRow, ExceptionRow};
use pensipro_kernel::{
    UserId,
    document::{Cell, Column},
};
use serde_json::Value;

use crate::http::ListLayout;

pub(super) const AUDIT: ListLayout<AuditRow> = ListLayout {
    name: "jejak-audit",
    columns: || {
        words([
            "id",
            "waktu",
            "id_pengguna",
            "tindakan",
            "tabel",
            "id_data",
            "nilai_lama",
            "nilai_baru",
            "alamat_ip",
            "id_permintaan",
        ])
    },
    cells: |row| {
        vec![
            row.id.get().into(),
            row.created_at.to_rfc3339().into(),
            row.actor_id.map(UserId::get).into(),
            row.action.as_str().into(),
            row.ref_table.as_str().into(),
            row.ref_id.into(),
            json(row.old_value.as_ref()),
            json(row.new_value.as_ref()),
            row.ip.map(|ip| ip.to_string()).into(),
            row.request_id.as_deref().into(),
        ]
    },
};

pub(super) const EXCEPTIONS: ListLayout<ExceptionRow> = ListLayout {
    name: "pengecualian",
    columns: || {
        words([
            "id",
            "waktu",
            "tingkat",
            "sumber",
            "pesan",
            "rincian",
            "id_permintaan",
            "diselesaikan_oleh",
            "diselesaikan_pada",
            "catatan",
        ])
    },
    cells: |row| {
        vec![
            row.id.get().into(),
            row.created_at.to_rfc3339().into(),
            row.severity.code().into(),
            row.source.as_str().into(),
            row.message.as_str().into(),
            json(Some(&row.payload)),
            row.request_id.as_deref().into(),
            row.resolved_by.map(UserId::get).into(),
            row.resolved_at.map(|at| at.to_rfc3339()).into(),
            row.note.as_deref().into(),
        ]
    },
};

pub(super) const ACCESSES: ListLayout<AccessRow> = ListLayout {
    name: "akses-data-anggota",
    columns: || {
        words([
            "id",
            "waktu",
            "id_pengguna",
            "id_anggota",
            "tindakan",
            "alamat_ip",
            "id_permintaan",
        ])
    },
    cells: |row| {
        vec![
            row.id.into(),
            row.at.to_rfc3339().into(),
            row.user_id.map(UserId::get).into(),
            row.member_id.get().into(),
            row.action.as_str().into(),
            row.ip.map(|ip| ip.to_string()).into(),
            row.request_id.as_deref().into(),
        ]
    },
};

fn words<const N: usize>(titles: [&'static str; N]) -> Vec<Column> {
    titles.map(|title| Column::words(title, title)).into()
}

fn json(value: Option<&Value>) -> Cell {
    value.map(Value::to_string).into()
}
