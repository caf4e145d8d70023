//! Keyset pages: a list goes on after the last row seen, however many came or went before it.

/// Where a page begins: after the row with this sort key and id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The last row's sort key in its text form; empty when sorted by id.
    pub key: String,
    /// The last row's id.
    pub id: i64,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// At most this many rows, 1 to 200.
    pub limit: u16,
    /// Begin after this row; `None` from the start.
    pub after: Option<Position>,
    /// Count the whole list too.
    pub count: bool,
}

impl PageRequest {
    /// Rows of a page when none is asked for.
    pub const DEFAULT_LIMIT: u16 = 50;
    /// The most rows of a page.
    pub const MAX_LIMIT: u16 = 200;
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { limit: Self::DEFAULT_LIMIT, after: None, count: false }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Position>,
    /// Rows of the whole list, if they were asked for.
    pub total: Option<i64>,
}

impl<T> Page<T> {
    /// A page from up to `limit + 1` rows in order: one row more than asked for tells that the list
    /// goes on, and `position` names the last row kept.
    pub fn from_rows(mut rows: Vec<T>, limit: u16, position: impl Fn(&T) -> Position) -> Self {
        let limit = usize::from(limit);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(position) } else { None };
        Self { data: rows, next, total: None }
    }

    /// A page of a list that is known as a whole: of few rows, in the order of their positions.
    pub fn of_whole(rows: Vec<T>, page: &PageRequest, position: impl Fn(&T) -> Position) -> Self {
        let total = page.count.then(|| i64::try_from(rows.len()).unwrap_or(i64::MAX));
        let is_later = |row: &T| match &page.after {
            Some(last) => {
                let at = position(row);
                (&at.key, at.id) > (&last.key, last.id)
            }
            None => true,
        };
        let wanted = usize::from(page.limit).saturating_add(1);
        let rows = rows.into_iter().filter(is_later).take(wanted).collect();
        Self { total, ..Self::from_rows(rows, page.limit, position) }
    }

    /// The same page with every row converted.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page {
            data: self.data.into_iter().map(convert).collect(),
            next: self.next,
            total: self.total,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_more_tells_that_the_list_goes_on() {
        let position = |id: &i64| Position { key: String::new(), id: *id };
        let page = Page::from_rows(vec![1, 2, 3], 2, position);
        assert_eq!(page.data, [1, 2]);
        assert_eq!(page.next.map(|next| next.id), Some(2));
        assert_eq!(Page::from_rows(vec![1, 2], 2, position).next, None);
    }

    #[test]
    fn a_whole_list_is_cut_into_the_same_pages() {
        let position = |id: &i64| Position { key: String::new(), id: *id };
        let first = PageRequest { limit: 2, count: true, ..PageRequest::default() };
        let page = Page::of_whole(vec![1, 2, 3], &first, position);
        assert_eq!((page.data, page.total), (vec![1, 2], Some(3)));
        let last =
            Page::of_whole(vec![1, 2, 3], &PageRequest { after: page.next, ..first }, position);
        assert_eq!((last.data, last.next), (vec![3], None));
    }
}
