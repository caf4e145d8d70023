//! Health, metrics, and the interface's own pages.

use std::sync::{Arc, OnceLock};

use actix_web::{
    http::header,
    web::{self, Bytes},
};
use pensipro_kernel::StorageError;
use utoipa_swagger_ui::{Config as Swagger, serve};

use crate::{
    App,
    bodies::house::HealthBody,
    http::{Answered, Problem, Raw, Reply, Routes, Shown, layers::outer::no_such_route},
    openapi,
};

pub(super) fn routes() -> Routes {
    Routes::of_the_house()
        .get("/health/live", "Tells that the process answers", live)
        .get("/health/ready", "Tells that the database answers", ready)
        .get("/metrics", "Figures for Prometheus", metrics)
        .get("/openapi.json", "This document", document)
        .get("/docs", "This document as a page to try out", docs)
}

async fn live() -> Reply<Shown<HealthBody>> {
    Answered::fresh(Shown::new(HealthBody::ok()))
}

async fn ready(app: App) -> Reply<Shown<HealthBody>> {
    if app.is_ready().await {
        return Answered::fresh(Shown::new(HealthBody::ok()));
    }
    Err(StorageError::Busy.into())
}

async fn metrics(app: App) -> Reply<Raw> {
    Answered::fresh(Raw::new("text/plain; version=0.0.4", app.metrics_page().await?))
}

async fn document() -> Reply<Raw> {
    static TEXT: OnceLock<Bytes> = OnceLock::new();
    let text = TEXT.get_or_init(|| openapi::document_text(&super::all()).into());
    Answered::fresh(Raw::new("application/json", text.clone()))
}

async fn docs() -> Reply<Raw> {
    Answered::fresh(page("index.html")?)
}

/// A file that the page needs. Not of the interface, hence not in the table.
pub(crate) async fn docs_file(file: web::Path<String>) -> Reply<Raw> {
    Answered::fresh(page(&file)?)
}

/// Scripts from here alone; Swagger UI sets styles in its elements and draws icons from data URLs.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                           img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

fn page(file: &str) -> Result<Raw, Problem> {
    let config = Swagger::from("/openapi.json").validator_url("none").persist_authorization(false);
    let found = serve(file, Arc::new(config))
        .map_err(|error| Problem::internal(format!("the page of documents: {error}")))?;
    let found = found.ok_or_else(no_such_route)?;
    let bytes = match file {
        // The page stands at `/docs` and its files below it.
        "index.html" => String::from_utf8_lossy(&found.bytes)
            .replace("\"./", "\"/docs/")
            .replace("href=\"index.css", "href=\"/docs/index.css")
            .into_bytes(),
        _ => found.bytes.into_owned(),
    };
    Ok(Raw::new(&found.content_type, bytes).with(header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
}
