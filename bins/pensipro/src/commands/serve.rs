//! `pensipro serve`.

use std::{net::TcpListener, sync::Arc};

use crate::{
    App, Config, Source,
    app::{StartError, Started},
    routes,
    server::{Signals, listen},
};

pub(super) fn start(config: Config, source: &Source) -> Result<(), StartError> {
    for (key, value) in source.masked() {
        log::info!("setting {key} = {value}");
    }
    let bind = config.bind.clone();
    let listener = TcpListener::bind(&bind)
        .map_err(|error| StartError::Other(format!("PENSIPRO_BIND {bind}: {error}")))?;
    let Started { app, first_password } = App::open(config)?;
    if let Some(password) = first_password {
        println!("The user admin was made with the password {}", password.0);
        println!("It is shown this once: sign in and keep it.");
    }
    actix_web::rt::System::new().block_on(run(app, listener, Signals::Heed))
}

/// Serves until it is told to stop, then drains requests and workers.
pub async fn run(app: App, listener: TcpListener, signals: Signals) -> Result<(), StartError> {
    let failed = |error: std::io::Error| StartError::Other(format!("the server: {error}"));
    let address = listener.local_addr().map_err(failed)?;
    app.reload().await.map_err(|problem| {
        StartError::Other(problem.log_text().unwrap_or(problem.code()).to_owned())
    })?;
    app.start_chores();
    let server = listen(app.clone(), Arc::new(routes::all()), listener, signals).map_err(failed)?;
    println!("PensiPro listens on http://{address} (its interface: http://{address}/docs)");
    let served = server.await.map_err(failed);
    app.stop().await;
    served
}
