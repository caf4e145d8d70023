//! The keys of lines without a reference, as entries of the keyed index.

use std::collections::HashMap;

use diesel::{
    QueryableByName, RunQueryDsl,
    sql_types::{BigInt, Binary, Bool, Integer},
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

const USES: ForEach = ForEach {
    select: "t.import_id, t.key_base, t.key_occurrence, t.claims_key",
    table: "pension_cut_import_lines",
    condition: "t.key_base = wanted.one AND t.periode = wanted.two",
    joins: "",
    probe: Probe::Read,
    pairs: (First::Bytes, Second::Code),
};

#[derive(QueryableByName)]
struct Used {
    #[diesel(sql_type = BigInt)]
    import_id: i64,
    #[diesel(sql_type = Binary)]
    key_base: Vec<u8>,
    #[diesel(sql_type = Integer)]
    key_occurrence: i32,
    #[diesel(sql_type = Bool)]
    claims_key: bool,
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
    let entry = |base: &KeyBase| entry(tx, import.payer, import.periode, base);
    let bases: HashMap<Vec<u8>, KeyBase> =
        keys.iter().map(|base| (entry(base).bytes().to_vec(), *base)).collect();
    let pairs: Vec<_> = bases.keys().map(|key| (hex(key), import.periode)).collect();
    let found: Vec<Used> = tx.run(|conn| USES.of(conn.backend(), &pairs)?.load(conn))?;
    let mut uses: HashMap<KeyBase, KeyUse> = HashMap::new();
    for Used { import_id, key_base, key_occurrence, claims_key } in found {
        let Some(base) = bases.get(&key_base) else { continue };
        let unused = || KeyUse { base: *base, in_this_import: 0, taken: Vec::new() };
        let used = uses.entry(*base).or_insert_with(unused);
        if import_id == import.id.get() {
            used.in_this_import = used.in_this_import.saturating_add(1);
        } else if claims_key {
            let occurrence = count("pension_cut_import_lines.key_occurrence", key_occurrence)?;
            used.taken.push(occurrence);
        }
    }
    Ok(uses.into_values().collect())
}
