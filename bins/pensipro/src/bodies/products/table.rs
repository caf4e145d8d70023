//! A fee's per-mille table as a file.

use pensipro_kernel::{Faults, FieldFault, read_code};
use pensipro_pricing::{
    Collection, FeeBasis, FeeKind, FeeParts, FeeTerms, PerMilleBand, rate_table_report,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    bodies::fees::FeeBand,
    http::{FileFormat, Problem, Written},
};

/// The fields beside an uploaded table.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeeTableForm {
    /// What the fee is for, usually `asuransi`.
    #[schema(value_type = String, example = "asuransi")]
    kind: Option<String>,
    /// `upfront` (if absent) or `first_instalment`.
    collection: Option<String>,
}

/// How a table is handed out.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct FeeTableQuery {
    /// `json` (if absent), `csv`, `xlsx` or `pdf`.
    #[serde(default)]
    #[param(inline)]
    pub format: FileFormat,
}

/// A per-mille table.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeeTableBody {
    /// Its cells.
    pub bands: Vec<FeeBand>,
}

impl FeeTableForm {
    /// The fee that takes its rates from the table, or every fault.
    pub fn fee(&self, bands: Vec<PerMilleBand>) -> Result<FeeTerms, Faults> {
        let mut faults = Faults::new();
        let kind = self.kind.as_deref().ok_or_else(|| FieldFault::required("kind"));
        let kind: Option<FeeKind> = faults.take(kind.and_then(|code| read_code("kind", code)));
        let collection = self.collection.as_deref().unwrap_or(Collection::Upfront.code());
        let collection = faults.take(read_code("collection", collection));
        let basis = FeeBasis::PerMilleTable(bands);
        let terms = kind.zip(collection).and_then(|(kind, collection)| {
            faults.take_all(FeeTerms::new(FeeParts { kind, basis, collection }))
        });
        faults.finish(terms)
    }
}

/// The table as it was asked for.
pub fn written(
    query: &FeeTableQuery,
    bands: &[PerMilleBand],
) -> Result<Written<FeeTableBody>, Problem> {
    let body = || FeeTableBody { bands: bands.iter().copied().map(FeeBand::from).collect() };
    Written::new(query.format, "tabel-premi", body, || rate_table_report(bands))
}
