//! The keys of lines without a reference, as entries of the keyed index.

use std::collections::HashMap;

use diesel::{
    QueryableByName, RunQueryDsl,
    sql_types::{Binary, Integer},
};
use pensipro_billing::{Identifier, Import, KeyBase, KeyUse, Payer};
use pensipro_kernel::{Period, StorageError};

use crate::{
    Tx,
    convert::count,
    crypto::{Lookup, LookupKey},
    sql::{First, ForEach, Probe, Second, hex},
};

/// The entry of payer, month, identifier and amount. The parts are of fixed length but for the
/// payer, whose codes do not begin with one another, and the identifier, which comes last.
pub(super) fn entry(tx: &Tx<'_>, payer: Payer, periode: Period, base: &KeyBase) -> Lookup {
    let KeyBase { identifier, amount } = base;
    let kind = match identifier {
        Identifier::NoPensiun(_) => LookupKey::NoPensiun,
        Identifier::Nik(_) => LookupKey::Nik,
    };
    tx.lookup(kind, &format!("{payer}{periode}{:020}{}", amount.sen(), identifier.as_str()))
}

/// The last occurrence of a key among the lines of one import: as many as there are, since they are numbered.
const HERE: ForEach = ForEach {
    select: "t.key_base, t.key_occurrence",
    table: "pension_cut_import_lines",
    condition: "t.key_base = wanted.one AND t.import_id = CAST(wanted.two AS BIGINT) \
                AND t.key_occurrence = (SELECT MAX(x.key_occurrence) \
                FROM pension_cut_import_lines x WHERE x.key_base = wanted.one \
                AND x.import_id = CAST(wanted.two AS BIGINT))",
    joins: "",
    probe: Probe::Read,
    pairs: (First::Bytes, Second::Code),
};

/// The occurrences that others claim, of those that a chunk may come to: it has fewer lines than that.
const CLAIMED: ForEach = ForEach {
    select: "t.key_base, t.key_occurrence",
    table: "pension_cut_import_lines",
    condition: "t.key_base = wanted.one AND t.claims_key \
                AND t.key_occurrence > CAST(wanted.two AS INTEGER) \
                AND t.key_occurrence <= CAST(wanted.two AS INTEGER) + 5000",
    joins: "",
    probe: Probe::Read,
    pairs: (First::Bytes, Second::Code),
};

#[derive(QueryableByName)]
struct Used {
    #[diesel(sql_type = Binary)]
    key_base: Vec<u8>,
    #[diesel(sql_type = Integer)]
    key_occurrence: i32,
}

/// The uses of keys: two queries, which read no more of a key than a chunk can come to, however often it
/// was used.
pub(super) fn uses(
    tx: &mut Tx<'_>,
    import: &Import,
    keys: &[KeyBase],
) -> Result<Vec<KeyUse>, StorageError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let backend = tx.backend();
    let entry = |base: &KeyBase| entry(tx, import.payer, import.periode, base);
    let unused = |base: &KeyBase| KeyUse { base: *base, in_this_import: 0, taken: Vec::new() };
    let mut uses: HashMap<Vec<u8>, KeyUse> =
        keys.iter().map(|base| (entry(base).bytes().to_vec(), unused(base))).collect();
    let of_import: Vec<_> = uses.keys().map(|key| (hex(key), import.id)).collect();
    let here: Vec<Used> = tx.run(|conn| HERE.of(backend, &of_import)?.load(conn))?;
    for Used { key_base, key_occurrence } in here {
        if let Some(used) = uses.get_mut(&key_base) {
            used.in_this_import = occurrence(key_occurrence)?;
        }
    }
    let beyond: Vec<_> = uses.iter().map(|(key, used)| (hex(key), used.in_this_import)).collect();
    let claimed: Vec<Used> = tx.run(|conn| CLAIMED.of(backend, &beyond)?.load(conn))?;
    for Used { key_base, key_occurrence } in claimed {
        if let Some(used) = uses.get_mut(&key_base) {
            used.taken.push(occurrence(key_occurrence)?);
        }
    }
    let is_used = |used: &KeyUse| used.in_this_import > 0 || !used.taken.is_empty();
    Ok(uses.into_values().filter(is_used).collect())
}

fn occurrence(stored: i32) -> Result<u32, StorageError> {
    count("pension_cut_import_lines.key_occurrence", stored)
}
