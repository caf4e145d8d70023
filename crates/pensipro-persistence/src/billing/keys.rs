//! The keys of lines without a reference, as entries of the keyed index.

use std::collections::HashMap;

use diesel::prelude::*;
use pensipro_billing::{Identifier, Import, KeyBase, KeyUse, Payer};
use pensipro_kernel::{Period, StorageError};

use crate::{
    Tx,
    convert::count,
    crypto::{Lookup, LookupKey},
    schema::pension_cut_import_lines as lines,
    sql::{List, one_of},
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

/// The uses of keys: one query.
pub(super) fn uses(
    tx: &mut Tx<'_>,
    import: &Import,
    keys: &[KeyBase],
) -> Result<Vec<KeyUse>, StorageError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let bases: HashMap<Vec<u8>, KeyBase> = keys
        .iter()
        .map(|base| (entry(tx, import.payer, import.periode, base).bytes().to_vec(), *base))
        .collect();
    let list = List::bytes(tx.backend(), bases.keys().map(Vec::as_slice));
    let query = lines::table
        .filter(one_of(lines::key_base, list))
        .filter(lines::key_base.is_not_null())
        .select((lines::import_id, lines::key_base, lines::key_occurrence, lines::claims_key));
    let found: Vec<(i64, Option<Vec<u8>>, Option<i32>, bool)> = tx.run(|conn| query.load(conn))?;
    let mut uses: HashMap<KeyBase, KeyUse> = HashMap::new();
    for (by, key, occurrence, claims) in found {
        let (Some(key), Some(occurrence)) = (key, occurrence) else { continue };
        let Some(base) = bases.get(&key) else { continue };
        let unused = || KeyUse { base: *base, in_this_import: 0, taken: Vec::new() };
        let used = uses.entry(*base).or_insert_with(unused);
        if by == import.id.get() {
            used.in_this_import = used.in_this_import.saturating_add(1);
        } else if claims {
            used.taken.push(count("pension_cut_import_lines.key_occurrence", occurrence)?);
        }
    }
    Ok(uses.into_values().collect())
}
