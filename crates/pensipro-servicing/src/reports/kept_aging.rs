//! The aging of a closed month, as it is kept.

use super::{
    aging::{Aging, AgingBucket, AgingRow},
    standing::{Figures, GroupBy, GroupKey, Portfolio, Slice},
};

/// A figure of a closed month's aging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgingEntry {
    /// Of which loans.
    pub of: Slice,
    /// The bucket; none for the loans of the first that are not past due at all.
    pub bucket: Option<AgingBucket>,
    /// Its loans.
    pub figures: Figures,
}

/// An aging as it is kept.
pub fn entries_of(aging: &Aging, portfolio: Portfolio, by: Option<GroupBy>) -> Vec<AgingEntry> {
    let row = |group: Option<&GroupKey>, row: &AgingRow| {
        let figures = row.iter().map(|(bucket, figures)| (Some(bucket), figures));
        let of = Slice { portfolio, by, group: group.cloned() };
        let entry = move |(bucket, figures)| AgingEntry { of: of.clone(), bucket, figures };
        figures.chain([(None, row.current)]).map(entry).collect::<Vec<_>>()
    };
    let total = row(None, &aging.total);
    let groups = aging.groups.iter().flat_map(|(group, figures)| row(Some(group), figures));
    total.into_iter().chain(groups).collect()
}

/// The aging that was kept; none of loans of which nothing was.
pub fn from_entries(entries: &[AgingEntry]) -> Option<Aging> {
    let mut aging = Aging::default();
    for AgingEntry { of, bucket, figures } in entries {
        let row = match &of.group {
            Some(group) => aging.groups.entry(group.clone()).or_default(),
            None => &mut aging.total,
        };
        row.put(*bucket, *figures);
    }
    (!entries.is_empty()).then_some(aging)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use pensipro_kernel::Money;

    use super::{super::standing::Standing, *};

    #[test]
    fn what_is_kept_comes_back() {
        let on: NaiveDate = "2026-06-30".parse().unwrap();
        let standing = |id: Option<i64>, days: u64| Standing {
            group: Some(GroupKey { name: id.map(|id| format!("C{id}")), id }),
            oldest_unpaid_due: (days > 0).then(|| on - chrono::Days::new(days)),
            written: None,
            figures: Figures { count: 1, outstanding: Money::from_sen(100) },
        };
        let loans = [standing(Some(1), 0), standing(Some(1), 40), standing(None, 95)];
        let aging = Aging::of(&loans, on);
        let entries = entries_of(&aging, Portfolio::Whole, Some(GroupBy::Branch));
        assert_eq!(from_entries(&entries), Some(aging));
        assert_eq!(from_entries(&[]), None);
    }
}
