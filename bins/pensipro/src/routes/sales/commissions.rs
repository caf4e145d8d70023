//! Commissions: each sales person's, and all of them for the payroll.

use pensipro_kernel::{CommissionId, SalesId};
use pensipro_sales::{
    CommissionFilter, CommissionLine, ManualCommission, PayCommission, PayrollFile,
    usecases::{
        add_commission, get_sales_person, list_commissions, note_payroll_file, pay_commission,
    },
};

use crate::{
    App,
    bodies::sales::{
        CommissionBody, CommissionLineBody, CommissionQuery, NewCommissionBody, OwnCommissionQuery,
        PayCommissionBody,
    },
    http::{
        Allowed, Created, FileFormat, Id, List, ListLayout, ListOrFile, Listing, Problem, Reply,
        Shown, Streamed, Valid, WholeList,
        right::{EditSales, PayCommission as Pay, ViewSales},
    },
};

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
    if let Some(format) = filter.format.file() {
        return file(app, by, filter.into(), format).await.map(ListOrFile::File);
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
    format: FileFormat,
) -> Result<Streamed, Problem> {
    let who = by.clone();
    app.change("note_payroll_file", move |tx, _| Ok(note_payroll_file(tx, &who, &filter)?)).await?;
    let list = WholeList::new(app, &PAYROLL, move |tx, page| {
        Ok(list_commissions(tx, &by, &filter, page)?)
    });
    list.written(format).await
}

const PAYROLL: ListLayout<CommissionLine> = ListLayout {
    name: PayrollFile::NAME,
    columns: PayrollFile::columns,
    cells: PayrollFile::cells,
};
