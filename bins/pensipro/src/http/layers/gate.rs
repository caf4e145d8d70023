//! Before every handler: is its module on, who asks, may he? And after it: did it panic?

use std::{
    any::Any,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    task::Poll,
};

use crate::{
    App,
    http::{
        Problem, codes,
        describe::Access,
        extract::{RequestInfo, admit, identify},
        table::RouteInfo,
    },
};
use actix_web::{
    Error, HttpMessage,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};

pub(crate) async fn pass(
    route: Arc<RouteInfo>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    request.extensions_mut().insert(Arc::clone(&route));
    if let Err(problem) = let_in(&route, &request) {
        return Ok(request.error_response(problem));
    }
    let kept = request.request().clone();
    match caught(next.call(request)).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Ok(ServiceResponse::from_err(error, kept)),
        Err(panic) => {
            let text = panic_text(panic.as_ref());
            let problem = Problem::internal(format!("the handler panicked: {text}"));
            Ok(ServiceResponse::from_err(problem, kept))
        }
    }
}

fn let_in(route: &RouteInfo, request: &ServiceRequest) -> Result<(), Problem> {
    let app = request.app_data::<Data<App>>();
    let app = app.ok_or_else(|| Problem::internal("the application is not there"))?;
    if let Some(module) = route.module.filter(|module| app.state().is_disabled(module.code())) {
        let detail = format!("the module {module} is switched off");
        return Err(Problem::new(codes::MODULE_DISABLED, detail).retry_after(60));
    }
    if route.access == Access::Open {
        return Ok(());
    }
    let info = request.extensions().get::<RequestInfo>().cloned();
    let info = info.ok_or_else(|| Problem::internal("the request has no id"))?;
    let caller = identify(app, request.headers(), &info)?;
    // Noted before he is judged, for the log.
    request.extensions_mut().insert(caller.clone());
    admit(&caller, route.access)?;
    if !route.query && !request.query_string().is_empty() {
        return Err(Problem::new(codes::INVALID_QUERY, "this request takes no parameters"));
    }
    Ok(())
}

/// What a future gives, or what it panicked with. Nothing of it is used after a panic.
async fn caught<T>(work: impl Future<Output = T>) -> Result<T, Box<dyn Any + Send>> {
    let mut work = pin!(work);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text")
}
