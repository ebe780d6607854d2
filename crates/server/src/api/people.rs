//! People and what is granted to them (人员与授权), for the administrator's programs.

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_domain::access::{Action, Grant, Role};
use xiaoxiang_services::access::{
    GrantState, NewGrant, PersonSummary, grant_role, list_people, read_person, withdraw_grant,
};

use super::caller::Caller;
use super::drafts::{Created, bad_field, day_of};
use super::extract::{ApiJson, ApiPath, ApiQuery, bad_query};
use super::{ApiRoute, needs};
use crate::problem::Problem;

/// Most characters of a text to search by.
const TEXT_CHARACTERS_MAX: usize = 64;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::ReadPeople, routes!(list)),
        needs(Action::ReadPeople, routes!(read)),
        needs(Action::ManagePeople, routes!(grant)),
        needs(Action::ManagePeople, routes!(withdraw)),
    ]
}

/// Which people.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PeopleQuery {
    /// 姓名或登录名中的文字 · Part of the name or sign-in name.
    #[param(max_length = 64)]
    text: Option<String>,
    /// 上一页的 next · `next` of the page before.
    #[param(max_length = 64)]
    cursor: Option<String>,
}

/// A person of a list.
#[derive(Debug, Serialize, ToSchema)]
struct PersonView {
    /// UUID.
    id: String,
    /// What they sign in with.
    sign_in_name: String,
    /// 姓名
    name: String,
    /// 停用
    is_disabled: bool,
    /// What they may act as today.
    held: Vec<RoleView>,
}

/// A role with its scope and days.
#[derive(Debug, Serialize, ToSchema)]
struct RoleView {
    /// Word of the role.
    role: &'static str,
    /// `region`, `division:430100`, `park:12`, `organisation:345`, `registrar:6`.
    scope: String,
    /// First day.
    valid_from: String,
    /// Last day.
    valid_to: Option<String>,
}

impl From<Grant> for RoleView {
    fn from(grant: Grant) -> Self {
        Self {
            role: grant.role.code(),
            scope: grant.scope.to_string(),
            valid_from: grant.valid_from.to_string(),
            valid_to: grant.valid_to.map(|day| day.to_string()),
        }
    }
}

impl From<PersonSummary> for PersonView {
    fn from(person: PersonSummary) -> Self {
        Self {
            id: person.person_id,
            sign_in_name: person.sign_in_name,
            name: person.name,
            is_disabled: person.is_disabled,
            held: person.held.into_iter().map(RoleView::from).collect(),
        }
    }
}

/// A page of people.
#[derive(Debug, Serialize, ToSchema)]
struct PeopleView {
    /// By sign-in name.
    items: Vec<PersonView>,
    /// What to send as `cursor` for the next page; null on the last.
    next: Option<String>,
}

/// 人员 · People
#[utoipa::path(
    get, path = "/api/v1/people", tag = "people", operation_id = "listPeople", params(PeopleQuery),
    responses((status = 200, body = PeopleView))
)]
async fn list(caller: Caller, ApiQuery(query): ApiQuery<PeopleQuery>) -> Result<Json<PeopleView>, Problem> {
    let (text, after) = (query.text.unwrap_or_default(), query.cursor.unwrap_or_default());
    for (name, value) in [("text", &text), ("cursor", &after)] {
        if value.chars().count() > TEXT_CHARACTERS_MAX {
            return Err(bad_query(name));
        }
    }
    let people = list_people(&caller.app, &caller.actor, &text, &after).await?;
    let items = people.people.into_iter().map(PersonView::from).collect();
    Ok(Json(PeopleView { items, next: people.next }))
}

/// A person with all that was ever granted to them.
#[derive(Debug, Serialize, ToSchema)]
struct PersonDetailView {
    /// UUID.
    id: String,
    /// What they sign in with.
    sign_in_name: String,
    /// 姓名
    name: String,
    /// 停用
    is_disabled: bool,
    /// The newest first.
    grants: Vec<GrantView>,
}

/// A grant.
#[derive(Debug, Serialize, ToSchema)]
struct GrantView {
    /// UUID.
    id: String,
    /// Role, scope and days.
    #[serde(flatten)]
    role: RoleView,
    /// Document or reason.
    basis: String,
    /// `held`, `coming`, `over` or `withdrawn`.
    state: &'static str,
}

/// 一个人及其授权 · A person and their grants
#[utoipa::path(
    get, path = "/api/v1/people/{person}", tag = "people", operation_id = "readPerson",
    params(("person" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = PersonDetailView))
)]
async fn read(caller: Caller, ApiPath(person): ApiPath<String>) -> Result<Json<PersonDetailView>, Problem> {
    let person = read_person(&caller.app, &caller.actor, &person).await?;
    let grants = person.grants.into_iter().map(|grant| GrantView {
        id: grant.grant_id,
        role: grant.grant.into(),
        basis: grant.basis,
        state: match grant.state {
            GrantState::Held => "held",
            GrantState::Coming => "coming",
            GrantState::Over => "over",
            GrantState::Withdrawn => "withdrawn",
        },
    });
    Ok(Json(PersonDetailView {
        id: person.person_id,
        sign_in_name: person.sign_in_name,
        name: person.name,
        is_disabled: person.is_disabled,
        grants: grants.collect(),
    }))
}

/// A role to be granted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GrantBody {
    /// Word of the role.
    #[schema(max_length = 40)]
    role: String,
    /// `region`, `division:430100`, `park:12`, `organisation:345`, `registrar:6`.
    #[schema(max_length = 40)]
    scope: String,
    /// First day.
    #[schema(max_length = 10, format = Date)]
    valid_from: String,
    /// Last day.
    #[schema(max_length = 10, format = Date)]
    valid_to: Option<String>,
    /// Document or reason.
    #[schema(min_length = 1, max_length = 200)]
    basis: String,
}

/// 授权 · Grant a role
#[utoipa::path(
    post, path = "/api/v1/people/{person}/grants", tag = "people", operation_id = "grantRole",
    params(("person" = String, Path, description = "编号 · Id", max_length = 64)), request_body = GrantBody,
    responses((status = 201, body = Created))
)]
async fn grant(
    caller: Caller,
    ApiPath(person): ApiPath<String>,
    ApiJson(body): ApiJson<GrantBody>,
) -> Result<impl IntoResponse, Problem> {
    let role = Role::from_code(&body.role);
    let grant = Grant {
        role: role.ok_or_else(|| bad_field("/role", "没有这个角色。", "there is no such role"))?,
        scope: body
            .scope
            .parse()
            .map_err(|_| bad_field("/scope", "没有这样的范围。", "there is no such scope"))?,
        valid_from: day_of("/valid_from", &body.valid_from)?,
        valid_to: body.valid_to.as_deref().map(|text| day_of("/valid_to", text)).transpose()?,
    };
    let new = NewGrant { grant, basis: body.basis };
    let id = grant_role(&caller.app, &caller.actor, &person, &new).await?;
    Ok((StatusCode::CREATED, Json(Created { id })))
}

/// 收回授权 · Take a role back
///
/// 下一次请求起失效 · It is gone with the next request.
#[utoipa::path(
    post, path = "/api/v1/grants/{grant}/withdrawal", tag = "people", operation_id = "withdrawGrant",
    params(("grant" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 204))
)]
async fn withdraw(caller: Caller, ApiPath(grant): ApiPath<String>) -> Result<StatusCode, Problem> {
    withdraw_grant(&caller.app, &caller.actor, &grant).await?;
    Ok(StatusCode::NO_CONTENT)
}
