//! Commissions: each sales person's, and all of them for the payroll.

use actix_web::web::Bytes;
use futures_util::stream;
use pensipro_kernel::{CommissionId, PageRequest, Position, SalesId};
use pensipro_sales::{
    CommissionFilter, ManualCommission, PayCommission, PayrollFile,
    usecases::{
        add_commission, get_sales_person, list_commissions, note_payroll_file, pay_commission,
    },
};

use crate::{
    App,
    bodies::sales::{
        CommissionBody, CommissionLineBody, CommissionQuery, Format, NewCommissionBody,
        OwnCommissionQuery, PayCommissionBody,
    },
    http::{
        Allowed, Created, Id, List, ListOrFile, Listing, Problem, Reply, Shown, Streamed, Valid,
        right::{EditSales, PayCommission as Pay, ViewSales},
    },
};

/// Rows of a piece of the file.
const ROWS: u16 = 1_000;

pub(super) async fn add(
    app: App,
    by: Allowed<EditSales>,
    sales: Id<SalesId>,
    body: Valid<NewCommissionBody>,
) -> Reply<Created<CommissionBody>> {
    let (once, body) = body.split();
    let command = ManualCommission::check(body.into())?;
    app.post("add_commission", once, move |tx, at| {
        let commission = add_commission(tx, &by, *sales, command.clone(), at)?;
        Ok(Created::new(format!("/sales/{}/commissions", *sales), commission.into()))
    })
    .await
}

pub(super) async fn pay(
    app: App,
    by: Allowed<Pay>,
    ids: Id<(SalesId, CommissionId)>,
    body: Valid<PayCommissionBody>,
) -> Reply<Shown<CommissionBody>> {
    let (once, body) = body.split();
    let command = PayCommission::check(body.into(), app.clock.today())?;
    app.post("pay_commission", once, move |tx, at| {
        Ok(Shown::new(pay_commission(tx, &by, *ids, command.clone(), at)?.into()))
    })
    .await
}

pub(super) async fn own(
    app: App,
    by: Allowed<ViewSales>,
    sales: Id<SalesId>,
    listing: Listing<OwnCommissionQuery>,
) -> Reply<List<CommissionLineBody>> {
    let Listing { filter, page, pager } = listing;
    app.read_snapshot(move |tx, _| {
        get_sales_person(tx, &by, *sales)?;
        let commissions = list_commissions(tx, &by, &filter.of(*sales), &page)?;
        Ok(pager.list(commissions, CommissionLineBody::from))
    })
    .await
}

pub(super) async fn list(
    app: App,
    by: Allowed<ViewSales>,
    listing: Listing<CommissionQuery>,
) -> Result<ListOrFile<CommissionLineBody>, Problem> {
    let Listing { filter, page, pager } = listing;
    if filter.format == Some(Format::Csv) {
        return file(app, by, filter.into()).await.map(ListOrFile::File);
    }
    let read = app.read(move |tx, _| {
        let commissions = list_commissions(tx, &by, &filter.into(), &page)?;
        Ok(pager.list(commissions, CommissionLineBody::from))
    });
    read.await.map(ListOrFile::List)
}

/// Everything that the filter finds, as a file.
async fn file(
    app: App,
    by: Allowed<ViewSales>,
    filter: CommissionFilter,
) -> Result<Streamed, Problem> {
    let who = by.clone();
    app.change("note_payroll_file", move |tx, _| Ok(note_payroll_file(tx, &who, &filter)?)).await?;
    let first = Piece { app, by, filter, after: None };
    let pieces = stream::try_unfold(Some(first), Piece::next);
    Ok(Streamed::new("text/csv; charset=utf-8", PayrollFile::NAME, pieces))
}

/// Where the writing of the file stands.
struct Piece {
    app: App,
    by: Allowed<ViewSales>,
    filter: CommissionFilter,
    /// The last row written; `None` before the heading.
    after: Option<Position>,
}

impl Piece {
    async fn next(piece: Option<Self>) -> Result<Option<(Bytes, Option<Self>)>, Problem> {
        let Some(piece) = piece else { return Ok(None) };
        let mut bytes = Vec::new();
        if piece.after.is_none() {
            PayrollFile::heading(&mut bytes);
        }
        let (by, filter) = (piece.by.clone(), piece.filter);
        let page = PageRequest { limit: ROWS, after: piece.after.clone(), count: false };
        let load = move |tx: &mut pensipro_persistence::Tx<'_>, _| {
            Ok(list_commissions(tx, &by, &filter, &page)?)
        };
        let page = piece.app.load(load).await?;
        page.data.iter().for_each(|line| PayrollFile::line(line, &mut bytes));
        let rest = page.next.map(|last| Self { after: Some(last), ..piece });
        Ok(Some((bytes.into(), rest)))
    }
}
