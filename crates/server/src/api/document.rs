//! The OpenAPI document, put together from the operations: what is common to all of them is added here once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use utoipa::PartialSchema as _;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    Components, ContentBuilder, Info, License, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required,
    ResponseBuilder, Type,
};

use super::answer::{IDEMPOTENCY_KEY, KEY_CHARACTERS_MAX};
use super::{ALL, ApiRoute, Precondition};
use crate::guard::SESSION_COOKIE;
use crate::problem::{PROBLEM_MIME, ProblemDocument, ProblemPart};
use crate::routes::{Access, Verb};

/// Name of the scheme of tokens.
const TOKEN: &str = "token";
/// Name of the scheme of sessions.
const SESSION: &str = "session";

/// The document and its text.
#[must_use]
pub fn document() -> &'static (OpenApi, String) {
    static DOCUMENT: LazyLock<(OpenApi, String)> = LazyLock::new(|| {
        let document = make();
        let text = document.to_pretty_json().expect("invariant: the document is plain data");
        (document, text)
    });
    &DOCUMENT
}

fn make() -> OpenApi {
    let mut components = Components::new();
    for (name, schema) in
        [("ProblemDocument", ProblemDocument::schema()), ("ProblemPart", ProblemPart::schema())]
    {
        components.schemas.insert(name.to_owned(), schema);
    }
    components.add_security_scheme(
        TOKEN,
        SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
    );
    components.add_security_scheme(
        SESSION,
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(SESSION_COOKIE))),
    );
    let mut document = OpenApiBuilder::new().info(info()).components(Some(components)).build();
    for route in ALL.iter() {
        add(&mut document, route);
    }
    document
}

fn info() -> Info {
    let mut info = Info::new("潇湘 · Xiaoxiang", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "科技成果转移转化平台的数据接口。错误均为 RFC 9457 文档。 · The API of a technology-transfer platform. \
         Every error is a problem document (RFC 9457)."
            .to_owned(),
    );
    info.license = Some(License::new(env!("CARGO_PKG_LICENSE")));
    info
}

fn add(document: &mut OpenApi, route: &ApiRoute) {
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.extend(route.schemas.iter().cloned());
    for (path, item) in &route.paths.paths {
        let mut item = item.clone();
        if let Some(operation) = operation_of(&mut item) {
            complete(operation, route);
        }
        match document.paths.paths.get_mut(path) {
            Some(known) => known.merge_operations(item),
            None => {
                document.paths.paths.insert(path.clone(), item);
            }
        }
    }
}

fn operation_of(item: &mut PathItem) -> Option<&mut Operation> {
    item.get.as_mut().or(item.post.as_mut()).or(item.put.as_mut())
}

/// Adds what every operation has: who may call it, its common headers, how it may fail.
fn complete(operation: &mut Operation, route: &ApiRoute) {
    let parameters = operation.parameters.get_or_insert_default();
    if route.verb == Verb::Post {
        let key = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(
                "幂等键，24 小时内重发同一请求得到同一应答 · The same request is done once in 24 hours.",
            ))
            .schema(Some(text_of(KEY_CHARACTERS_MAX, "^[!-~]+$")))
            .build();
        debug_assert!(IDEMPOTENCY_KEY.eq_ignore_ascii_case("Idempotency-Key"));
        parameters.push(key.into());
    }
    let tag = match route.precondition {
        Precondition::None => None,
        Precondition::Version => Some(text_of(24, "^\"[0-9]{1,18}\"$")),
        Precondition::Content => Some(text_of(66, "^\"[0-9a-f]{64}\"$")),
    };
    let is_conditional = tag.is_some();
    if let Some(tag) = tag {
        let parameter = ParameterBuilder::new()
            .name("If-Match")
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some("读取时应答的 ETag · The ETag with which the record was read."))
            .schema(Some(tag))
            .build();
        parameters.push(parameter.into());
    }
    if parameters.is_empty() {
        operation.parameters = None;
    }
    let none: [&str; 0] = [];
    let mut securities = vec![SecurityRequirement::new(TOKEN, none), SecurityRequirement::new(SESSION, none)];
    if route.access == Access::Open {
        securities.insert(0, SecurityRequirement::default());
    }
    operation.security = Some(securities);
    let mut failures: BTreeMap<&str, &str> = BTreeMap::from([
        ("400", "请求无法理解 · The request cannot be understood."),
        ("401", "需要登录或令牌 · Sign in or send a token."),
        ("403", "当前角色不能这样做 · This role may not do that."),
        ("404", "没有找到，或不可见 · Not found, or not visible."),
        ("422", "内容有误 · The content is wrong."),
        ("429", "尝试次数过多 · Too many tries."),
        ("500", "系统出错 · The program failed."),
        ("503", "暂时不可用 · Not available now."),
    ]);
    if route.verb != Verb::Get {
        failures.insert("409", "与现有数据冲突 · In conflict with what is on record.");
        failures.insert("413", "内容过大 · Too large.");
        failures.insert("415", "内容类型不对 · Wrong media type.");
    }
    if is_conditional {
        failures.insert("412", "数据已被他人修改 · Changed by somebody else.");
        failures.insert("428", "缺少 If-Match · If-Match is missing.");
    }
    for (status, description) in failures {
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemDocument"))).build();
        let response = ResponseBuilder::new().description(description).content(PROBLEM_MIME, problem).build();
        operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(response));
    }
}

fn text_of(length_max: usize, pattern: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .max_length(Some(length_max))
        .pattern(Some(pattern))
}
