//! Members by parts of their names.

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Bool, Text},
};
use pensipro_kernel::StorageError;

use super::list::MemberQuery;
use crate::{
    Backend, Tx,
    convert::search_form,
    schema::members,
    sql::{Raw, like_pattern},
};

/// More names than this are found sooner on a walk through the list than by their trigrams: the
/// walk needs a page's rows, each of so many of a million; the trigrams give all to be sorted.
const MANY: i64 = 5_000;

/// How the names that hold every word of a text are found.
pub(super) enum Search {
    /// Nothing is searched for.
    Nothing,
    /// By looking at each name on the way through the list. PostgreSQL's planner may use trigrams.
    Walk(Vec<String>),
    /// On SQLite by their trigrams, and those for all words too short to have any.
    Trigrams {
        /// The words as FTS5 matches them.
        words: String,
        /// The short ones.
        short: Vec<String>,
    },
}

impl Tx<'_> {
    /// Chooses how to search. On SQLite, whose planner knows no frequencies, this counts the names
    /// with the text, up to [`MANY`].
    pub(super) fn search(&mut self, q: Option<&str>) -> Result<Search, StorageError> {
        let Some(q) = q.map(search_form) else { return Ok(Search::Nothing) };
        let words: Vec<String> = q.split(' ').map(str::to_owned).collect();
        let has_trigrams = |word: &String| word.chars().count() >= 3;
        if self.backend() == Backend::Postgres || !words.iter().any(has_trigrams) {
            return Ok(Search::Walk(words));
        }
        let (long, short): (Vec<String>, _) = words.iter().cloned().partition(has_trigrams);
        let quoted = long.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\"")));
        let matched = quoted.collect::<Vec<_>>().join(" AND ");
        if self.names_with(&matched)? > MANY {
            return Ok(Search::Walk(words));
        }
        Ok(Search::Trigrams { words: matched, short })
    }

    fn names_with(&mut self, words: &str) -> Result<i64, StorageError> {
        let found: Found = self.run(|conn| {
            Raw::new(
                "SELECT count(*) AS names FROM (SELECT 1 FROM members_names \
                 WHERE members_names MATCH $1 LIMIT $2)",
            )?
            .bind(words)
            .bind(MANY + 1)
            .get_result(conn)
        })?;
        Ok(found.names)
    }
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    names: i64,
}

impl Search {
    /// What stands before a filter's column: after few names by their trigrams, SQLite must not walk
    /// a filter's index instead, which it can be kept from by a sign.
    pub(super) const fn hiding(&self) -> &'static str {
        match self {
            Self::Nothing | Self::Walk(_) => "",
            Self::Trigrams { .. } => "+",
        }
    }

    /// The query's members whose names hold every word.
    pub(super) fn narrowed(&self, query: MemberQuery) -> MemberQuery {
        let (query, words) = match self {
            Self::Nothing => return query,
            Self::Walk(words) => (query, words),
            Self::Trigrams { words, short } => {
                let found = sql::<Bool>(
                    "id IN (SELECT rowid FROM members_names WHERE members_names MATCH ",
                );
                (query.filter(found.bind::<Text, _>(words.clone()).sql(")")), short)
            }
        };
        words.iter().fold(query, |query, word| {
            query.filter(members::name_search.like(like_pattern(word)).escape('\\'))
        })
    }
}
