//! Applications' documents.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{ApplicationDocumentId, ApplicationId, StorageError, UserId};
use pensipro_members::StoredFile;
use pensipro_origination::{
    ApplicationDocument, ApplicationDocumentKind, ApplicationDocumentRepository,
};

use crate::{
    Tx,
    convert::{code, from_time, stored_file},
    schema::application_docs,
    sql::columns,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = application_docs)]
struct Row {
    id: i64,
    application_id: i64,
    kind: String,
    file_key: String,
    content_type: String,
    size: i64,
    sha256: Vec<u8>,
    uploaded_at: NaiveDateTime,
    uploaded_by: Option<i64>,
}

impl TryFrom<Row> for ApplicationDocument {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let Row {
            id,
            application_id,
            kind,
            file_key,
            content_type,
            size,
            sha256,
            uploaded_at,
            uploaded_by,
        } = row;
        Ok(Self {
            id: ApplicationDocumentId::new(id),
            application_id: ApplicationId::new(application_id),
            kind: code("application_docs.kind", &kind)?,
            file: stored_file("application_docs", file_key, content_type, size, sha256)?,
            uploaded_at: from_time(uploaded_at),
            uploaded_by: uploaded_by.map(UserId::new),
        })
    }
}

impl ApplicationDocumentRepository for Tx<'_> {
    fn application_documents(
        &mut self,
        application: ApplicationId,
    ) -> Result<Vec<ApplicationDocument>, StorageError> {
        let rows: Vec<Row> = self.run(|conn| {
            application_docs::table
                .filter(application_docs::application_id.eq(application.get()))
                .order(application_docs::id)
                .select(Row::as_select())
                .load(conn)
        })?;
        rows.into_iter().map(ApplicationDocument::try_from).collect()
    }

    fn add_application_document(
        &mut self,
        application: ApplicationId,
        kind: ApplicationDocumentKind,
        file: &StoredFile,
        by: Option<UserId>,
    ) -> Result<ApplicationDocument, StorageError> {
        use application_docs::dsl;
        let StoredFile { key, content_type, size, sha256 } = file;
        let now = self.now();
        let row: Row = self.run(|conn| {
            diesel::insert_into(dsl::application_docs)
                .values((
                    dsl::application_id.eq(application.get()),
                    dsl::kind.eq(kind.code()),
                    dsl::file_key.eq(key.to_string()),
                    dsl::content_type.eq(content_type.code()),
                    dsl::size.eq(size),
                    dsl::sha256.eq(sha256.0.as_slice()),
                    dsl::uploaded_at.eq(now),
                    dsl::uploaded_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<Row>())
                .get_result(conn)
        })?;
        ApplicationDocument::try_from(row)
    }
}
