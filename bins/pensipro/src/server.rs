//! Listening.

use std::{io, net::TcpListener, sync::Arc, time::Duration};

use actix_web::{
    App as Web, HttpServer,
    dev::Server,
    middleware::{Compress, from_fn},
    web,
};

use crate::{
    App,
    http::{Problem, Routes, layers::outer},
    routes::docs_file,
};

/// Headers that are not there by then end the connection.
const HEADERS_WITHIN: Duration = Duration::from_secs(5);

/// Blocking threads a worker may have at most; the guards before the store allow fewer.
const BLOCKING_THREADS: usize = 128;

/// How a server takes the system's signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signals {
    /// SIGTERM drains and stops it.
    Heed,
    /// The caller stops it.
    Ignore,
}

/// A server for these routes on a socket that listens already.
pub fn listen(
    app: App,
    routes: Arc<Routes>,
    listener: TcpListener,
    signals: Signals,
) -> io::Result<Server> {
    let (workers, drain) = (app.config.workers, app.config.shutdown_timeout.as_secs());
    let app = web::Data::new(app);
    let factory = move || {
        let routes = Arc::clone(&routes);
        Web::new()
            .app_data(app.clone())
            .configure(|config| routes.configure(config))
            .service(web::resource("/docs/{file}").route(web::get().to(docs_file)))
            .default_service(web::to(unknown))
            .wrap(from_fn(outer::around))
            .wrap(Compress::default())
    };
    let server = HttpServer::new(factory)
        .workers(workers)
        .worker_max_blocking_threads(BLOCKING_THREADS)
        .client_request_timeout(HEADERS_WITHIN)
        .shutdown_timeout(drain)
        .listen(listener)?;
    let server = if signals == Signals::Ignore { server.disable_signals() } else { server };
    Ok(server.run())
}

async fn unknown() -> Result<actix_web::HttpResponse, Problem> {
    Err(outer::no_such_route())
}
