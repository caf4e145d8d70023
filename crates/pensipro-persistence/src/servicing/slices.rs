//! Of which loans a figure of a closed month is, as it is stored.

use pensipro_kernel::{BranchId, StorageError};
use pensipro_servicing::reports::{GroupBy, GroupKey, Portfolio, Slice};

use crate::convert::code;

/// The loans of no branch.
const NO_BRANCH: i64 = 0;

/// How a portfolio is stored; none for all loans.
pub(super) fn branch_of(portfolio: Portfolio) -> Option<i64> {
    match portfolio {
        Portfolio::Whole => None,
        Portfolio::Branch(branch) => Some(branch.map_or(NO_BRANCH, BranchId::get)),
    }
}

/// How it is stored by what a report is parted.
pub(super) fn code_of(by: Option<GroupBy>) -> String {
    by.map_or("", GroupBy::code).to_owned()
}

/// A slice's columns.
pub(super) struct StoredSlice {
    pub(super) branch_id: Option<i64>,
    pub(super) grouped_by: String,
    pub(super) is_total: bool,
    pub(super) group_id: Option<i64>,
    pub(super) group_name: Option<String>,
}

impl StoredSlice {
    pub(super) fn new(Slice { portfolio, by, group }: &Slice) -> Self {
        Self {
            branch_id: branch_of(*portfolio),
            grouped_by: code_of(*by),
            is_total: group.is_none(),
            group_id: group.as_ref().and_then(|group| group.id),
            group_name: group.as_ref().and_then(|group| group.name.clone()),
        }
    }

    pub(super) fn read(self) -> Result<Slice, StorageError> {
        let Self { branch_id, grouped_by, is_total, group_id, group_name } = self;
        let portfolio = match branch_id {
            None => Portfolio::Whole,
            Some(id) => Portfolio::Branch((id != NO_BRANCH).then(|| BranchId::new(id))),
        };
        let is_parted = !grouped_by.is_empty();
        let by = is_parted.then(|| code("reports.grouped_by", &grouped_by)).transpose()?;
        let group = (!is_total).then_some(GroupKey { name: group_name, id: group_id });
        Ok(Slice { portfolio, by, group })
    }
}
