//! Members' documents.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{MemberDocumentId, MemberId, StorageError, UserId};
use pensipro_members::{
    DocumentKind, DocumentStatus, MemberDocument, MemberDocumentRepository, Review, Reviewer,
    StoredFile,
};

use crate::{
    Tx,
    convert::{code, from_time, stored_file, unreadable},
    schema::member_documents,
    sql::columns,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = member_documents)]
struct Row {
    id: i64,
    member_id: i64,
    kind: String,
    file_key: String,
    content_type: String,
    size: i64,
    sha256: Vec<u8>,
    status: String,
    reviewed_by: Option<i64>,
    reviewed_at: Option<NaiveDateTime>,
    reason: Option<String>,
    uploaded_at: NaiveDateTime,
    uploaded_by: Option<i64>,
}

impl TryFrom<Row> for MemberDocument {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let Row {
            id,
            member_id,
            kind,
            file_key,
            content_type,
            size,
            sha256,
            status,
            reviewed_by,
            reviewed_at,
            reason,
            uploaded_at,
            uploaded_by,
        } = row;
        let reviewer =
            reviewed_at.map(|at| Reviewer { by: reviewed_by.map(UserId::new), at: from_time(at) });
        Ok(Self {
            id: MemberDocumentId::new(id),
            member_id: MemberId::new(member_id),
            kind: code("member_documents.kind", &kind)?,
            file: stored_file("member_documents", file_key, content_type, size, sha256)?,
            review: Review::from_stored(
                code("member_documents.status", &status)?,
                reviewer,
                reason,
            )
            .ok_or_else(|| unreadable("member_documents.status"))?,
            uploaded_at: from_time(uploaded_at),
            uploaded_by: uploaded_by.map(UserId::new),
        })
    }
}

impl MemberDocumentRepository for Tx<'_> {
    fn member_documents(&mut self, member: MemberId) -> Result<Vec<MemberDocument>, StorageError> {
        let rows: Vec<Row> = self.run(|conn| {
            member_documents::table
                .filter(member_documents::member_id.eq(member.get()))
                .order(member_documents::id)
                .select(Row::as_select())
                .load(conn)
        })?;
        rows.into_iter().map(MemberDocument::try_from).collect()
    }

    fn add_member_document(
        &mut self,
        member: MemberId,
        kind: DocumentKind,
        file: &StoredFile,
        by: Option<UserId>,
    ) -> Result<MemberDocument, StorageError> {
        use member_documents::dsl;
        let StoredFile { key, content_type, size, sha256 } = file;
        let now = self.now();
        let row: Row = self.run(|conn| {
            diesel::insert_into(dsl::member_documents)
                .values((
                    dsl::member_id.eq(member.get()),
                    dsl::kind.eq(kind.code()),
                    dsl::file_key.eq(key.to_string()),
                    dsl::content_type.eq(content_type.code()),
                    dsl::size.eq(size),
                    dsl::sha256.eq(sha256.0.as_slice()),
                    dsl::status.eq(DocumentStatus::Uploaded.code()),
                    dsl::uploaded_at.eq(now),
                    dsl::uploaded_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<Row>())
                .get_result(conn)
        })?;
        MemberDocument::try_from(row)
    }

    fn save_document_review(&mut self, document: &MemberDocument) -> Result<(), StorageError> {
        use member_documents::dsl;
        let MemberDocument { id, review, .. } = document;
        let reviewer = review.reviewer();
        let changed = self.run(|conn| {
            diesel::update(dsl::member_documents.find(id.get()))
                .set((
                    dsl::status.eq(review.status().code()),
                    dsl::reviewed_by.eq(reviewer.and_then(|it| it.by).map(UserId::get)),
                    dsl::reviewed_at.eq(reviewer.map(|it| it.at.naive_utc())),
                    dsl::reason.eq(review.reason()),
                ))
                .execute(conn)
        })?;
        if changed == 0 { Err(StorageError::not_found("document", id.get())) } else { Ok(()) }
    }
}
