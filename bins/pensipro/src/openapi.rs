//! The OpenAPI document, made of the table of routes.

use pensipro_kernel::FieldFault;
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ComponentsBuilder, ContentBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder, Ref,
        Required, ResponseBuilder, SecurityRequirement,
        extensions::ExtensionsBuilder,
        path::{HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn, Paths},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::http::{Routes, describe::Access, table::Entry};

/// A refusal (RFC 9457). A rule's refusal may carry further members.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it stands for the document's schema alone")]
struct ProblemDocument {
    /// `urn:pensipro:error:` and the code.
    r#type: String,
    /// What kind of refusal, for people.
    title: String,
    /// The status.
    status: u16,
    /// What is wrong here, for people.
    detail: String,
    /// Stable; `docs/errors.md` lists them.
    code: String,
    /// The request's id, as the log has it.
    request_id: String,
    /// Every field's fault, for `validation_failed`.
    errors: Option<Vec<ProblemField>>,
}

/// A field's fault.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it stands for the document's schema alone")]
struct ProblemField {
    /// The field's path in the body.
    field: String,
    /// Stable.
    code: String,
    /// What is wrong, for people.
    message: String,
}

/// Keeps the two shapes of a fault together: it does not compile when the domain's changes.
const _: fn(FieldFault) = |FieldFault { field: _, code: _, message: _ }| ();

/// The document of these routes.
pub fn document(routes: &Routes) -> OpenApi {
    let mut paths = Paths::new();
    let mut components = ComponentsBuilder::new()
        .schema_from::<ProblemDocument>()
        .schema_from::<ProblemField>()
        .security_scheme("token", bearer());
    for entry in routes.entries() {
        let sketch = entry.sketch();
        components = components.schemas_from_iter(sketch.schemas.clone());
        paths.add_path_operation(entry.info.path, vec![method(entry)], operation(entry));
    }
    let mut info = InfoBuilder::new().title("PensiPro").version(env!("CARGO_PKG_VERSION")).build();
    info.description = Some("Loans of cooperatives to pensioners.".to_owned());
    info.license = Some(License::new("Apache-2.0"));
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components.build())).build()
}

/// The document as text, the same on every run.
pub fn document_text(routes: &Routes) -> String {
    // Through `Value`, whose maps are sorted.
    let value: Value = serde_json::to_value(document(routes)).unwrap_or_default();
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}

fn bearer() -> SecurityScheme {
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    SecurityScheme::Http(scheme.build())
}

fn method(entry: &Entry) -> HttpMethod {
    match entry.info.method.as_str() {
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn operation(entry: &Entry) -> Operation {
    let (info, sketch) = (&entry.info, entry.sketch());
    let tag = info.module.map_or("House", |module| module.title());
    let mut operation = OperationBuilder::new()
        .tag(tag)
        .summary(Some(info.summary))
        .operation_id(Some(operation_id(info.method.as_str(), info.path)))
        .request_body(sketch.body)
        .extensions(Some(extensions(entry)));
    for name in names(info.path) {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
        let parameter = parameter.required(Required::True).schema(Some(i64::schema()));
        operation = operation.parameter(parameter.build());
    }
    for parameter in sketch.parameters {
        operation = operation.parameter(parameter);
    }
    for (status, response) in sketch.responses {
        operation = operation.response(status.to_string(), response);
    }
    let schema = Ref::from_schema_name("ProblemDocument");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let refusal = ResponseBuilder::new().description("a refusal");
    operation =
        operation.response("default", refusal.content("application/problem+json", content).build());
    if info.access != Access::Open {
        operation = operation.security(SecurityRequirement::new("token", Vec::<String>::new()));
    }
    operation.build()
}

/// The module and the permission, for those who read the document by program.
fn extensions(entry: &Entry) -> utoipa::openapi::extensions::Extensions {
    let permission = match entry.info.access {
        Access::Open => "-",
        Access::Authenticated => "(authenticated)",
        Access::Needs(permission) | Access::NeedsEither(permission, _) => permission.code(),
    };
    let module = entry.info.module.map_or("-", |module| module.code());
    let extensions =
        ExtensionsBuilder::new().add("x-permission", permission).add("x-module", module);
    match entry.info.access {
        Access::NeedsEither(_, other) => extensions.add("x-permission-or", other.code()).build(),
        Access::Open | Access::Authenticated | Access::Needs(_) => extensions.build(),
    }
}

/// The names in a path's braces.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// `get_users_id` for `GET /users/{id}`.
fn operation_id(method: &str, path: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let path: String = path.chars().filter(|c| !"{}".contains(*c)).map(plain).collect();
    format!("{}{path}", method.to_lowercase()).trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn ids_of_operations_follow_from_their_paths() {
        assert_eq!(operation_id("GET", "/users/{id}"), "get_users_id");
        assert_eq!(operation_id("GET", "/.well-known/jwks.json"), "get__well_known_jwks_json");
        assert_eq!(names("/users/{id}/roles/{role_id}").collect::<Vec<_>>(), ["id", "role_id"]);
    }

    #[test]
    fn no_two_bodies_go_by_one_name() {
        let mut known: BTreeMap<String, Value> = BTreeMap::new();
        let routes = crate::routes::all();
        let schemas = routes.entries().iter().flat_map(|entry| entry.sketch().schemas);
        let mut shared = BTreeSet::new();
        for (name, schema) in schemas {
            let schema = serde_json::to_value(schema).unwrap();
            let first = known.entry(name.clone()).or_insert_with(|| schema.clone());
            if *first != schema {
                shared.insert(name);
            }
        }
        assert!(shared.is_empty(), "several bodies each are called {shared:?}");
        assert!(known.len() > 100, "{}", known.len());
    }
}
