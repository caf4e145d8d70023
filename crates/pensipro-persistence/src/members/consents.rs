//! Texts that members consent to, and their consents.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{
    ConsentId, ConsentTextId, MemberId, Page, PageRequest, Position, StorageError, UserId,
};
use pensipro_members::{
    Consent, ConsentChannel, ConsentRepository, ConsentText, ConsentWording, ConsentedText,
    NewConsentText, Sha256, Withdrawal,
};

use crate::{
    Tx,
    connection::MultiBackend,
    convert::{code, digest, from_time, unreadable},
    crypto::SealingKey,
    schema::{consent_texts as texts, member_consents as consents},
    sql::columns,
};

const REASON: &str = "member_consents.reason";

#[derive(Queryable, Selectable)]
#[diesel(table_name = texts)]
struct TextRow {
    id: i64,
    code: String,
    version: i32,
    title: String,
    body: String,
    sha256: Vec<u8>,
    created_at: NaiveDateTime,
    created_by: Option<i64>,
}

impl TryFrom<TextRow> for ConsentText {
    type Error = StorageError;

    fn try_from(row: TextRow) -> Result<Self, StorageError> {
        let TextRow { id, code, version, title, body, sha256, created_at, created_by } = row;
        Ok(Self {
            id: ConsentTextId::new(id),
            code,
            version,
            wording: ConsentWording { title, body },
            sha256: Sha256(digest("consent_texts.sha256", sha256)?),
            created_at: from_time(created_at),
            created_by: created_by.map(UserId::new),
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = consents)]
struct Row {
    id: i64,
    member_id: i64,
    channel: String,
    given_at: NaiveDateTime,
    taken_by: Option<i64>,
    withdrawn_at: Option<NaiveDateTime>,
    withdrawn_by: Option<i64>,
    withdrawal_channel: Option<String>,
    reason_sealed: Option<Vec<u8>>,
}

impl Row {
    fn opened(
        self,
        text: ConsentedText,
        key: Option<&SealingKey>,
    ) -> Result<Consent, StorageError> {
        let Self {
            id,
            member_id,
            channel,
            given_at,
            taken_by,
            withdrawn_at,
            withdrawn_by,
            withdrawal_channel,
            reason_sealed,
        } = self;
        let reason = match (reason_sealed, key) {
            (Some(sealed), Some(key)) => Some(key.open_text(REASON, &sealed)?),
            _ => None,
        };
        let withdrawal = match (withdrawn_at, withdrawal_channel) {
            (Some(at), Some(channel)) => Some(Withdrawal {
                at: from_time(at),
                taken_by: withdrawn_by.map(UserId::new),
                channel: code("member_consents.withdrawal_channel", &channel)?,
                reason,
            }),
            (None, None) => None,
            _ => return Err(unreadable("member_consents.withdrawn_at")),
        };
        Ok(Consent {
            id: ConsentId::new(id),
            member_id: MemberId::new(member_id),
            text,
            channel: code("member_consents.channel", &channel)?,
            given_at: from_time(given_at),
            taken_by: taken_by.map(UserId::new),
            withdrawal,
        })
    }
}

type Texts = diesel::helper_types::IntoBoxed<'static, texts::table, MultiBackend>;

fn filtered(code: Option<&str>) -> Texts {
    let query = texts::table.into_boxed();
    match code {
        Some(code) => query.filter(texts::code.eq(code.to_owned())),
        None => query,
    }
}

/// Id, code, version and digest.
type TextColumns = (i64, String, i32, Vec<u8>);

fn consented((id, code, version, sha256): TextColumns) -> Result<ConsentedText, StorageError> {
    let sha256 = Sha256(digest("consent_texts.sha256", sha256)?);
    Ok(ConsentedText { id: ConsentTextId::new(id), code, version, sha256 })
}

impl ConsentRepository for Tx<'_> {
    fn add_consent_text(
        &mut self,
        new: &NewConsentText,
        version: i32,
        sha256: Sha256,
        by: Option<UserId>,
    ) -> Result<ConsentText, StorageError> {
        let NewConsentText { code, wording: ConsentWording { title, body } } = new;
        let now = self.now();
        let row: TextRow = self.run(|conn| {
            diesel::insert_into(texts::table)
                .values((
                    texts::code.eq(code),
                    texts::version.eq(version),
                    texts::title.eq(title),
                    texts::body.eq(body),
                    texts::sha256.eq(sha256.0.as_slice()),
                    texts::created_at.eq(now),
                    texts::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<TextRow>())
                .get_result(conn)
        })?;
        row.try_into()
    }

    fn latest_consent_text(&mut self, code: &str) -> Result<Option<ConsentText>, StorageError> {
        let query = filtered(Some(code)).order(texts::version.desc()).limit(1);
        let query = query.select(TextRow::as_select());
        let row: Option<TextRow> = self.run(|conn| query.get_result(conn).optional())?;
        row.map(ConsentText::try_from).transpose()
    }

    fn consent_text(&mut self, id: ConsentTextId) -> Result<Option<ConsentText>, StorageError> {
        let query = texts::table.find(id.get()).select(TextRow::as_select());
        let row: Option<TextRow> = self.run(|conn| query.get_result(conn).optional())?;
        row.map(ConsentText::try_from).transpose()
    }

    fn consent_texts(
        &mut self,
        code: Option<&str>,
        page: &PageRequest,
    ) -> Result<Page<ConsentText>, StorageError> {
        let mut query = filtered(code);
        if let Some(last) = &page.after {
            query = query.filter(texts::id.lt(last.id));
        }
        let query = query
            .order(texts::id.desc())
            .limit(i64::from(page.limit) + 1)
            .select(TextRow::as_select());
        let rows: Vec<TextRow> = self.run(|conn| query.load(conn))?;
        let rows = rows.into_iter().map(ConsentText::try_from).collect::<Result<_, _>>()?;
        let mut found = Page::from_rows(rows, page.limit, |text: &ConsentText| Position {
            key: String::new(),
            id: text.id.get(),
        });
        if page.count {
            found.total = Some(self.run(|conn| filtered(code).count().get_result(conn))?);
        }
        Ok(found)
    }

    fn consents(&mut self, member: MemberId) -> Result<Vec<Consent>, StorageError> {
        let query = consents::table
            .inner_join(texts::table)
            .filter(consents::member_id.eq(member.get()))
            .order(consents::id)
            .select((Row::as_select(), (texts::id, texts::code, texts::version, texts::sha256)));
        let rows: Vec<(Row, TextColumns)> = self.run(|conn| query.load(conn))?;
        let key = self.member_keys(&[member])?.remove(&member);
        rows.into_iter().map(|(row, text)| row.opened(consented(text)?, key.as_deref())).collect()
    }

    fn add_consent(
        &mut self,
        member: MemberId,
        text: &ConsentText,
        channel: ConsentChannel,
        by: Option<UserId>,
    ) -> Result<Consent, StorageError> {
        let now = self.now();
        let row: Row = self.run(|conn| {
            diesel::insert_into(consents::table)
                .values((
                    consents::member_id.eq(member.get()),
                    consents::text_id.eq(text.id.get()),
                    consents::channel.eq(channel.code()),
                    consents::given_at.eq(now),
                    consents::taken_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<Row>())
                .get_result(conn)
        })?;
        let ConsentText { id, code, version, sha256, .. } = text.clone();
        row.opened(ConsentedText { id, code, version, sha256 }, None)
    }

    fn save_withdrawal(&mut self, consent: &Consent) -> Result<(), StorageError> {
        let Some(Withdrawal { at, taken_by, channel, reason }) = &consent.withdrawal else {
            return Ok(());
        };
        let key = self.member_key(consent.member_id)?;
        let sealed = reason.as_deref().map(|reason| key.seal_text(self.entropy(), REASON, reason));
        let changed = self.run(|conn| {
            diesel::update(consents::table.find(consent.id.get()))
                .set((
                    consents::withdrawn_at.eq(at.naive_utc()),
                    consents::withdrawn_by.eq(taken_by.map(UserId::get)),
                    consents::withdrawal_channel.eq(channel.code()),
                    consents::reason_sealed.eq(sealed),
                ))
                .execute(conn)
        })?;
        if changed == 0 {
            Err(StorageError::not_found("consent", consent.id.get()))
        } else {
            Ok(())
        }
    }
}
