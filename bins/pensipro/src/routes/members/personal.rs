//! Everything that is held of a member: handed out to him, or destroyed.

use actix_web::web::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream;
use pensipro_kernel::{Actor, MemberId, Page, PageRequest, Position, Scope};
use pensipro_members::usecases::{anonymise_member, note_personal_data_export};
use pensipro_persistence::Tx;
use serde_json::Value;

use super::holdings::{SECTIONS, Section};
use crate::{
    App,
    bodies::members::{AnonymisedBody, MemberBody},
    http::{Allowed, Id, NoBody, Problem, Reply, Shown, Streamed, right::ManagePersonalData},
};

/// Rows of a section that are read at once.
const ROWS: u16 = 50;

pub(super) async fn anonymise(
    app: App,
    by: Allowed<ManagePersonalData>,
    member: Id<MemberId>,
    body: NoBody,
) -> Reply<Shown<AnonymisedBody>> {
    let policy = app.policies().retention;
    let answer = app.post("anonymise_member", body.once(), move |tx, at| {
        let destroyed = anonymise_member(tx, &by, *member, policy, at)?;
        Ok(Shown::new(AnonymisedBody::of(*member, destroyed, at.now)))
    });
    let answer = answer.await?;
    // What is left after a fault is removed by the chore.
    app.remove_files().await;
    Ok(answer)
}

/// Everything that is held of a member, as one object: written piece by piece while it is sent.
pub(super) async fn export(
    app: App,
    by: Allowed<ManagePersonalData>,
    member: Id<MemberId>,
) -> Result<Streamed, Problem> {
    let id = *member;
    let reader = Actor::clone(&by);
    let found = app.change("export_personal_data", move |tx, at| {
        let member = note_personal_data_export(tx, &by, id)?;
        Ok((MemberBody::from(member), at.now))
    });
    let (person, now) = found.await?;
    app.note_reading(&reader, id, "member.personal_data.export").await?;
    let head = head(&person, now)?;
    // All of it is his, whatever branch looks after it.
    let reader = Actor { scope: Scope::WholeHouse, ..reader };
    let first =
        Piece { app, reader, member: id, head: Some(head), sections: SECTIONS, after: None };
    let pieces = stream::try_unfold(Some(first), Piece::next);
    Ok(Streamed::new("application/json", &format!("member-{id}.json"), pieces))
}

/// The object's beginning, without its end.
fn head(person: &MemberBody, now: DateTime<Utc>) -> Result<Vec<u8>, Problem> {
    let mut bytes = b"{\"generated_at\":".to_vec();
    bytes.extend(json(&now)?);
    bytes.extend(b",\"member\":");
    bytes.extend(json(person)?);
    Ok(bytes)
}

fn json<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(value)
        .map_err(|error| Problem::internal(format!("a body cannot be written: {error}")))
}

/// Where the writing stands.
struct Piece {
    app: App,
    reader: Actor,
    member: MemberId,
    /// What comes before the first section.
    head: Option<Vec<u8>>,
    /// The section that is being written, and those after it.
    sections: &'static [Section],
    /// Its last row written; `None` before its first.
    after: Option<Position>,
}

impl Piece {
    async fn next(piece: Option<Self>) -> Result<Option<(Bytes, Option<Self>)>, Problem> {
        let Some(mut piece) = piece else { return Ok(None) };
        let mut bytes = piece.head.take().unwrap_or_default();
        let Some(((name, read), later)) = piece.sections.split_first() else {
            bytes.push(b'}');
            return Ok(Some((bytes.into(), None)));
        };
        let (reader, member, read) = (piece.reader.clone(), piece.member, *read);
        let page = PageRequest { limit: ROWS, after: piece.after.clone(), count: false };
        let policies = piece.app.policies();
        let load = move |tx: &mut Tx<'_>, at| read(tx, &reader, member, &page, (&policies, at));
        let Page { data, next, total: _ } = piece.app.load(load).await?;
        write_rows(&mut bytes, name, &data, piece.after.is_none())?;
        let rest = match next {
            Some(last) => Self { after: Some(last), ..piece },
            None => {
                bytes.push(b']');
                Self { after: None, sections: later, ..piece }
            }
        };
        Ok(Some((bytes.into(), Some(rest))))
    }
}

fn write_rows(
    bytes: &mut Vec<u8>,
    name: &str,
    rows: &[Value],
    begins: bool,
) -> Result<(), Problem> {
    if begins {
        bytes.extend(format!(",\"{name}\":[").into_bytes());
    }
    for (number, row) in rows.iter().enumerate() {
        if number > 0 || !begins {
            bytes.push(b',');
        }
        bytes.extend(json(row)?);
    }
    Ok(())
}
