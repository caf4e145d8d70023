//! Sales people.

use pensipro_kernel::SalesId;
use pensipro_sales::{
    RawSalesChange, SalesDetails, SalesFilter, SalesPerson,
    usecases::{create_sales_person, get_sales_person, list_sales_people, update_sales_person},
};

use crate::{
    App,
    bodies::sales::{NewSalesBody, SalesBody, SalesChangeBody, SalesQuery},
    http::{
        Allowed, Created, Id, IfMatch, List, Listing, Reply, Shown, Valid,
        right::{EditSales, ViewSales},
    },
};

pub(super) async fn create(
    app: App,
    by: Allowed<EditSales>,
    body: Valid<NewSalesBody>,
) -> Reply<Created<SalesBody>> {
    let (once, body) = body.split();
    let details = SalesDetails::check(body.into(), by.scope)?;
    app.post("create_sales_person", once, move |tx, _| {
        let person = create_sales_person(tx, &by, &details)?;
        let (id, version) = (person.id, person.version);
        Ok(Created::new(format!("/sales/{id}"), SalesBody::from(person)).at(version))
    })
    .await
}

pub(super) async fn list(
    app: App,
    by: Allowed<ViewSales>,
    listing: Listing<SalesQuery>,
) -> Reply<List<SalesBody>> {
    let Listing { filter, page, pager } = listing;
    let filter = SalesFilter::try_from(filter)?;
    app.read(move |tx, _| {
        Ok(pager.list(list_sales_people(tx, &by, &filter, &page)?, SalesBody::from))
    })
    .await
}

pub(super) async fn show(
    app: App,
    by: Allowed<ViewSales>,
    id: Id<SalesId>,
) -> Reply<Shown<SalesBody>> {
    app.read(move |tx, _| Ok(shown(get_sales_person(tx, &by, *id)?))).await
}

pub(super) async fn change(
    app: App,
    by: Allowed<EditSales>,
    id: Id<SalesId>,
    expected: IfMatch,
    body: Valid<SalesChangeBody>,
) -> Reply<Shown<SalesBody>> {
    let change = RawSalesChange::from(body.into_inner());
    app.write("update_sales_person", move |tx, at| {
        Ok(shown(update_sales_person(tx, &by, *id, expected.0, change.clone(), at)?))
    })
    .await
}

fn shown(person: SalesPerson) -> Shown<SalesBody> {
    let version = person.version;
    Shown::new(SalesBody::from(person)).at(version)
}
