//! The table of routes: path, module, handler. Permissions, authorisation and the OpenAPI document
//! follow from the handlers' types.

use std::{collections::BTreeMap, sync::Arc};

use actix_web::{
    FromRequest, Handler, Responder, Route, guard, http::Method, middleware::from_fn, web,
};
use pensipro_auth::ModuleCode;
use utoipa::openapi::path::ParameterIn;

use super::{
    Problem, codes,
    describe::{Access, DescribeArguments, DescribeReply, Sketch},
    layers::gate,
};

/// A route as the gate before its handler and the metrics know it.
#[derive(Debug, Clone)]
pub struct RouteInfo {
    /// The method.
    pub method: Method,
    /// The path with its names: `/users/{id}`.
    pub path: &'static str,
    /// The module it belongs to; none for the house's own.
    pub module: Option<ModuleCode>,
    /// Who may call it.
    pub access: Access,
    /// What it does, in a line.
    pub summary: &'static str,
    /// Whether it reads parameters from the query; where it does not, any is unknown.
    pub query: bool,
}

/// A route with its handler.
pub struct Entry {
    /// What it is.
    pub info: Arc<RouteInfo>,
    sketch: fn() -> Sketch,
    route: Box<dyn Fn() -> Route + Send + Sync>,
}

/// Routes, in the order in which they were named.
pub struct Routes {
    module: Option<ModuleCode>,
    entries: Vec<Entry>,
}

impl Routes {
    /// The routes of a module, none yet.
    pub fn of(module: ModuleCode) -> Self {
        Self { module: Some(module), entries: Vec::new() }
    }

    /// Routes of no module: they cannot be switched off.
    pub fn of_the_house() -> Self {
        Self { module: None, entries: Vec::new() }
    }

    /// Adds a `GET`.
    #[must_use]
    pub fn get<F, Args>(self, path: &'static str, summary: &'static str, handler: F) -> Self
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + DescribeArguments + 'static,
        F::Output: Responder + DescribeReply + 'static,
    {
        self.add(Method::GET, path, summary, handler)
    }

    /// Adds a `POST`.
    #[must_use]
    pub fn post<F, Args>(self, path: &'static str, summary: &'static str, handler: F) -> Self
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + DescribeArguments + 'static,
        F::Output: Responder + DescribeReply + 'static,
    {
        self.add(Method::POST, path, summary, handler)
    }

    /// Adds a `PUT`.
    #[must_use]
    pub fn put<F, Args>(self, path: &'static str, summary: &'static str, handler: F) -> Self
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + DescribeArguments + 'static,
        F::Output: Responder + DescribeReply + 'static,
    {
        self.add(Method::PUT, path, summary, handler)
    }

    /// Adds a `DELETE`.
    #[must_use]
    pub fn delete<F, Args>(self, path: &'static str, summary: &'static str, handler: F) -> Self
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + DescribeArguments + 'static,
        F::Output: Responder + DescribeReply + 'static,
    {
        self.add(Method::DELETE, path, summary, handler)
    }

    fn add<F, Args>(
        mut self,
        method: Method,
        path: &'static str,
        summary: &'static str,
        handler: F,
    ) -> Self
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + DescribeArguments + 'static,
        F::Output: Responder + DescribeReply + 'static,
    {
        let sketch = Sketch::of::<Args, F::Output>;
        let Sketch { access, parameters, .. } = sketch();
        let query = parameters.iter().any(|each| each.parameter_in == ParameterIn::Query);
        let info = RouteInfo { method, path, module: self.module, access, summary, query };
        let route = Box::new(move || web::route().to(handler.clone()));
        self.entries.push(Entry { info: Arc::new(info), sketch, route });
        self
    }

    /// Adds another table's routes.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.entries.extend(other.entries);
        self
    }

    /// The routes.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Puts the routes into an application.
    pub fn configure(&self, config: &mut web::ServiceConfig) {
        // In order, so that `/users/me` would stand before `/users/{id}`: `{` sorts after letters.
        let mut paths: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for entry in &self.entries {
            paths.entry(entry.info.path).or_default().push(entry);
        }
        for (path, entries) in paths {
            let mut resource = web::resource(path);
            for entry in &entries {
                resource = resource.route(entry.route());
            }
            let allow = allow(&entries);
            config.service(resource.default_service(web::to(move || wrong_method(allow.clone()))));
        }
    }
}

impl Entry {
    /// What its types say of it.
    pub fn sketch(&self) -> Sketch {
        (self.sketch)().finish(self.info.method.as_str())
    }

    fn route(&self) -> Route {
        let info = Arc::clone(&self.info);
        let method = self.info.method.clone();
        // `HEAD` is a `GET` whose body is left out by the server.
        let by_method = guard::fn_guard(move |context| {
            let asked = &context.head().method;
            *asked == method || (*asked == Method::HEAD && method == Method::GET)
        });
        let gate = from_fn(move |request, next| gate::pass(Arc::clone(&info), request, next));
        (self.route)().guard(by_method).wrap(gate)
    }
}

fn allow(entries: &[&Entry]) -> String {
    let mut methods: Vec<&str> = entries.iter().map(|entry| entry.info.method.as_str()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.sort_unstable();
    methods.join(", ")
}

async fn wrong_method(allow: String) -> Result<actix_web::HttpResponse, Problem> {
    let detail = format!("this route has {allow}");
    Err(Problem::new(codes::METHOD_NOT_ALLOWED, detail)
        .with_status(actix_web::http::StatusCode::METHOD_NOT_ALLOWED)
        .header(actix_web::http::header::ALLOW, allow))
}
