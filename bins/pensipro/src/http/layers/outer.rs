//! The outermost layer: request id, problem documents, security headers, log and metrics.

use std::sync::Arc;

use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};

use super::{cors, log_line};
use crate::{
    App,
    app::request_id,
    http::{Problem, codes, extract::RequestInfo, table::RouteInfo},
};

/// Headers of every answer: it is data, to be shown by nobody and kept by nobody.
const SECURITY: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
];

pub(crate) async fn around<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(app) = request.app_data::<Data<App>>().cloned() else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    let info = RequestInfo::new(&request, &app.config.trusted_proxies, app.entropy.as_ref());
    let id = Arc::clone(&info.id);
    request_id::during(id, answered(app, request, next, info)).await
}

async fn answered<B: MessageBody + 'static>(
    app: Data<App>,
    request: ServiceRequest,
    next: Next<B>,
    info: RequestInfo,
) -> Result<ServiceResponse<BoxBody>, Error> {
    request.extensions_mut().insert(info.clone());
    let origin = cors::allowed(&app.config.cors_origins, request.headers()).cloned();
    app.metrics.began();
    let response = if origin.is_some() && cors::is_preflight(request.method(), request.headers()) {
        request.into_response(cors::preflight())
    } else {
        match next.call(request).await {
            Ok(response) => response.map_into_boxed_body(),
            Err(error) => {
                app.metrics.ended(
                    "-",
                    "-",
                    error.as_response_error().status_code().as_u16(),
                    info.began.elapsed(),
                );
                return Err(error);
            }
        }
    };
    let (mut response, code) = documented(&app, response, &info);
    dress(response.headers_mut(), &info, origin);
    finish(&app, response.request(), response.status(), code, &info);
    Ok(response)
}

/// An error becomes its document; faults of ours are logged, once, here.
fn documented(
    app: &App,
    response: ServiceResponse,
    info: &RequestInfo,
) -> (ServiceResponse, &'static str) {
    let Some(error) = response.response().error() else { return (response, "") };
    let problem = error.as_error::<Problem>().cloned();
    let problem = problem.unwrap_or_else(|| foreign(response.status(), error));
    if let Some(text) = problem.log_text() {
        let route = route_of(response.request());
        let method = method_of(response.request(), route);
        log::error!(method = method, route = route; "{text}");
        app.request_failed((method, route), &problem, &info.id);
    }
    let document: HttpResponse = problem.response(&info.id);
    (response.into_response(document), problem.code())
}

/// An error that the server's own code raised.
fn foreign(status: StatusCode, error: &Error) -> Problem {
    match status {
        StatusCode::NOT_FOUND => no_such_route(),
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(codes::BODY_TOO_LARGE, "the body is too large")
        }
        status if status.is_client_error() => {
            Problem::new(codes::UNREADABLE_BODY, "the request cannot be read")
        }
        _ => Problem::internal(error.to_string()),
    }
}

pub(crate) fn no_such_route() -> Problem {
    Problem::new(codes::ROUTE_NOT_FOUND, "there is no such route")
}

fn dress(headers: &mut HeaderMap, info: &RequestInfo, origin: Option<HeaderValue>) {
    for (name, value) in SECURITY {
        // A page may have stated its own.
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if let Ok(id) = HeaderValue::from_str(&info.id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    if let Some(origin) = origin {
        cors::open(headers, origin);
    }
}

/// The route that answers, with its names in place of ids.
fn route_of(request: &HttpRequest) -> &'static str {
    request.extensions().get::<Arc<RouteInfo>>().map_or("-", |route| route.path)
}

/// The method; one that nobody knows must not become a label of its own.
fn method_of<'a>(request: &'a HttpRequest, route: &str) -> &'a str {
    if route == "-" { "-" } else { request.method().as_str() }
}

fn finish(app: &App, request: &HttpRequest, status: StatusCode, code: &str, info: &RequestInfo) {
    let took = info.began.elapsed();
    let route = route_of(request);
    let method = method_of(request, route);
    app.metrics.ended(method, route, status.as_u16(), took);
    log_line::write(request, info, status.as_u16(), code, took);
}
