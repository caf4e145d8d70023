//! The OpenAPI document follows from the handlers' types: each extractor and each kind of answer
//! describes its part of an operation.

use actix_web::HttpRequest;
use pensipro_kernel::Permission;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        ContentBuilder, HeaderBuilder, KnownFormat, ObjectBuilder, Ref, RefOr, Required,
        ResponseBuilder, Schema, SchemaFormat, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
        request_body::{RequestBody, RequestBodyBuilder},
        response::Response,
    },
};

use super::{
    Allowed, Attachment, Begun, Created, Done, Id, IfMatch, List, ListOrFile, Listing, MaybeFile,
    NoBody, Prefer, Problem, Query, Raw, Reply, Sender, Shown, Signed, Streamed, Upload, Valid,
    Written, extract::Right, written::FileFormat,
};
use crate::App;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Open,
    /// Who signed in.
    Authenticated,
    /// Who holds the permission.
    Needs(Permission),
    /// Who holds one of the two; the body tells which it takes.
    NeedsEither(Permission, Permission),
}

/// An operation as its types describe it.
pub struct Sketch {
    /// Who may call it.
    pub access: Access,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<RequestBody>,
    pub(crate) responses: Vec<(u16, Response)>,
    pub(crate) schemas: Vec<(String, RefOr<Schema>)>,
}

impl Sketch {
    fn new() -> Self {
        Self {
            access: Access::Open,
            parameters: Vec::new(),
            body: None,
            responses: Vec::new(),
            schemas: Vec::new(),
        }
    }

    /// What a handler of these arguments and this reply is.
    pub(crate) fn of<Args: DescribeArguments, Output: DescribeReply>() -> Self {
        let mut sketch = Self::new();
        Args::describe(&mut sketch);
        Output::describe(&mut sketch);
        sketch
    }

    /// A reference to a type's schema, which is added to the document.
    fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        T::schemas(&mut self.schemas);
        self.named(T::name().into_owned(), T::schema())
    }

    fn named(&mut self, name: String, schema: RefOr<Schema>) -> RefOr<Schema> {
        self.schemas.push((name.clone(), schema));
        Ref::from_schema_name(name).into()
    }

    fn json_body(&mut self, schema: RefOr<Schema>) {
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let body = RequestBodyBuilder::new().content("application/json", content);
        self.body = Some(body.required(Some(Required::True)).build());
    }

    fn answer(&mut self, status: u16, description: &str, content: Option<(&str, RefOr<Schema>)>) {
        let mut response = ResponseBuilder::new().description(description);
        if let Some((media, schema)) = content {
            response = response.content(media, ContentBuilder::new().schema(Some(schema)).build());
        }
        self.responses.push((status, response.build()));
    }

    fn with_header(&mut self, name: &str, description: &str) {
        if let Some((_, response)) = self.responses.last_mut() {
            let header =
                HeaderBuilder::new().description(Some(description)).schema(Some(String::schema()));
            response.headers.insert(name.to_owned(), header.build().into());
        }
    }

    fn header(&mut self, name: &str, description: &str) {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header);
        let parameter = parameter.required(Required::False).description(Some(description));
        self.parameters.push(parameter.schema(Some(String::schema())).build());
    }

    fn query(&mut self, name: &str, description: &str, schema: RefOr<Schema>) {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
        let parameter = parameter.required(Required::False).description(Some(description));
        self.parameters.push(parameter.schema(Some(schema)).build());
    }

    fn idempotent(&mut self) {
        self.header("Idempotency-Key", "makes the request have its effect once within 24 hours");
    }
}

/// An argument of a handler.
pub trait Describe {
    /// Adds its part.
    fn describe(sketch: &mut Sketch);
}

/// The arguments of a handler.
pub trait DescribeArguments {
    /// Adds their parts.
    fn describe(sketch: &mut Sketch);
}

/// What a handler gives.
pub trait DescribeReply {
    /// Adds the answer.
    fn describe(sketch: &mut Sketch);
}

/// A kind of answer.
pub trait DescribeAnswer {
    /// Adds status and content.
    fn describe(sketch: &mut Sketch);
}

impl<A: DescribeAnswer> DescribeReply for Reply<A> {
    fn describe(sketch: &mut Sketch) {
        A::describe(sketch);
    }
}

macro_rules! describe_arguments {
    ($($argument:ident)*) => {
        impl<$($argument: Describe),*> DescribeArguments for ($($argument,)*) {
            #[allow(unused_variables)]
            fn describe(sketch: &mut Sketch) {
                $($argument::describe(sketch);)*
            }
        }
    };
}

describe_arguments!();
describe_arguments!(A);
describe_arguments!(A B);
describe_arguments!(A B C);
describe_arguments!(A B C D);
describe_arguments!(A B C D E);
describe_arguments!(A B C D E F);
describe_arguments!(A B C D E F G);

macro_rules! describe_nothing {
    ($($argument:ty),*) => {$(
        impl Describe for $argument {
            fn describe(_: &mut Sketch) {}
        }
    )*};
}

describe_nothing!(App, HttpRequest, Sender);

/// The path's own template names its ids.
impl<T> Describe for Id<T> {
    fn describe(_: &mut Sketch) {}
}

impl<P: Right> Describe for Allowed<P> {
    fn describe(sketch: &mut Sketch) {
        sketch.access = P::ACCESS;
    }
}

impl Describe for Signed {
    fn describe(sketch: &mut Sketch) {
        sketch.access = Access::Authenticated;
    }
}

impl<T: ToSchema> Describe for Valid<T> {
    fn describe(sketch: &mut Sketch) {
        let schema = sketch.schema::<T>();
        sketch.json_body(schema);
    }
}

impl Describe for NoBody {
    fn describe(_: &mut Sketch) {}
}

impl<T: IntoParams> Describe for Query<T> {
    fn describe(sketch: &mut Sketch) {
        sketch.parameters.extend(T::into_params(|| Some(ParameterIn::Query)));
    }
}

impl<T: IntoParams> Describe for Listing<T> {
    fn describe(sketch: &mut Sketch) {
        sketch.parameters.extend(T::into_params(|| Some(ParameterIn::Query)));
        sketch.query("limit", "rows of a page, 1 to 200, by default 50", i32::schema());
        sketch.query("cursor", "`next_cursor` of the page before", String::schema());
        sketch.query("count", "`true` adds `total`", bool::schema());
    }
}

impl Describe for Prefer {
    fn describe(sketch: &mut Sketch) {
        let text =
            "`wait=N`: seconds to wait for the end, by default 30, at most 60; or `respond-async`";
        sketch.header("Prefer", text);
    }
}

impl Describe for IfMatch {
    fn describe(sketch: &mut Sketch) {
        sketch.header("If-Match", "the object's `ETag`; another is refused with 412");
    }
}

impl<T: ToSchema> Describe for Upload<T> {
    fn describe(sketch: &mut Sketch) {
        T::schemas(&mut sketch.schemas);
        let format = SchemaFormat::KnownFormat(KnownFormat::Binary);
        let file = ObjectBuilder::new().schema_type(Type::String).format(Some(format));
        let schema = match T::schema() {
            RefOr::T(Schema::Object(mut form)) => {
                form.properties.insert("file".to_owned(), file.build().into());
                form.required.push("file".to_owned());
                RefOr::T(Schema::Object(form))
            }
            other => other,
        };
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let body = RequestBodyBuilder::new().content("multipart/form-data", content);
        sketch.body = Some(body.required(Some(Required::True)).build());
    }
}

impl<T: ToSchema> Describe for MaybeFile<T> {
    fn describe(sketch: &mut Sketch) {
        <Upload<T> as Describe>::describe(sketch);
        let form = sketch.body.take();
        <Valid<T> as Describe>::describe(sketch);
        if let (Some(body), Some(form)) = (&mut sketch.body, form) {
            body.content.extend(form.content);
        }
    }
}

impl<T: ToSchema> DescribeAnswer for Shown<T> {
    fn describe(sketch: &mut Sketch) {
        let schema = sketch.schema::<T>();
        sketch.answer(200, "the object", Some(("application/json", schema)));
    }
}

impl<T: ToSchema> DescribeAnswer for Created<T> {
    fn describe(sketch: &mut Sketch) {
        let schema = sketch.schema::<T>();
        sketch.answer(201, "made", Some(("application/json", schema)));
        sketch.with_header("Location", "where the object stands");
    }
}

impl<T: ToSchema> DescribeAnswer for Begun<T> {
    fn describe(sketch: &mut Sketch) {
        let ways = [
            (200, "it was there before"),
            (201, "made and complete"),
            (202, "made; work on it goes on"),
        ];
        for (status, description) in ways {
            let schema = sketch.schema::<T>();
            sketch.answer(status, description, Some(("application/json", schema)));
            sketch.with_header("Location", "where the object stands");
        }
    }
}

impl<T: ToSchema> DescribeAnswer for List<T> {
    fn describe(sketch: &mut Sketch) {
        sketch.schema::<T>();
        // Named for its rows: a type's own name says nothing of what it holds.
        let schema = sketch.named(format!("{}List", T::name()), Self::schema());
        sketch.answer(200, "a page of the list", Some(("application/json", schema)));
    }
}

impl DescribeAnswer for Done {
    fn describe(sketch: &mut Sketch) {
        sketch.answer(204, "done", None);
    }
}

impl DescribeReply for Result<Streamed, Problem> {
    fn describe(sketch: &mut Sketch) {
        Attachment::describe(sketch);
    }
}

impl<T: ToSchema> DescribeReply for Result<ListOrFile<T>, Problem> {
    fn describe(sketch: &mut Sketch) {
        List::<T>::describe(sketch);
        if let Some((_, response)) = sketch.responses.last_mut() {
            for format in [FileFormat::Csv, FileFormat::Xlsx] {
                let file = ContentBuilder::new().schema(Some(String::schema())).build();
                response.content.insert(format.content_type().to_owned(), file.into());
            }
        }
    }
}

impl DescribeAnswer for Attachment {
    fn describe(sketch: &mut Sketch) {
        let file = ObjectBuilder::new().schema_type(Type::String);
        let format = SchemaFormat::KnownFormat(KnownFormat::Binary);
        let file = file.format(Some(format)).build();
        sketch.answer(200, "the file", Some(("application/octet-stream", file.into())));
    }
}

impl<T: ToSchema> DescribeAnswer for Written<T> {
    fn describe(sketch: &mut Sketch) {
        Shown::<T>::describe(sketch);
        if let Some((_, response)) = sketch.responses.last_mut() {
            for format in [FileFormat::Csv, FileFormat::Xlsx, FileFormat::Pdf] {
                let file = ContentBuilder::new().schema(Some(String::schema())).build();
                response.content.insert(format.content_type().to_owned(), file.into());
            }
        }
    }
}

impl DescribeAnswer for Raw {
    fn describe(sketch: &mut Sketch) {
        sketch.answer(200, "the page", Some(("*/*", String::schema())));
    }
}

impl Sketch {
    /// Adds what every `POST` of a caller takes.
    pub(crate) fn finish(mut self, method: &str) -> Self {
        if method == "POST" && self.access != Access::Open {
            self.idempotent();
        }
        self
    }
}
