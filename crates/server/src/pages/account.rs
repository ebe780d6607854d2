//! One's own account (我的账户): roles, password, sessions, tokens of programs.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::access::{Action, Grant, PASSWORD_CHARACTERS_MIN, Scope};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::access::{
    NewToken, ScopeWords, SignedIn, TOKEN_DAYS_MAX, change_password, choose_role, close_session,
    create_token, describe_scopes, list_sessions, list_tokens, withdraw_token,
};

use super::account_channels::{ChannelForm, channel_forms, send_channel};
use super::shell::{Section, Shell};
use super::visit::Visit;
use crate::guard::PASSWORD_PATH;
use crate::language::Language;
use crate::routes::{Access, Route};

/// The page of the account.
const ACCOUNT_PATH: &str = "/account";
/// Days that the form proposes.
const TOKEN_DAYS_USUAL: i64 = 90;

/// The routes of one's own account.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::page(ACCOUNT_PATH, Access::SignedIn, routing::get(show)),
        Route::form("/account/role", Access::SignedIn, routing::post(switch_role)),
        Route::page(PASSWORD_PATH, Access::SignedIn, routing::get(show_password)),
        Route::form(PASSWORD_PATH, Access::SignedIn, routing::post(send_password)),
        Route::form("/account/sessions/{session}/end", Access::SignedIn, routing::post(end_session)),
        Route::form("/account/channels", Access::SignedIn, routing::post(send_channel)),
        Route::form("/account/tokens", Access::SignedIn, routing::post(send_token)),
        Route::form("/account/tokens/{token}/withdraw", Access::SignedIn, routing::post(end_token)),
    ]
}

/// A role held.
#[derive(Debug)]
pub struct RoleView {
    grant_id: String,
    role: &'static str,
    scope: String,
    days: String,
    is_acting: bool,
}

/// An open session.
#[derive(Debug)]
pub struct SessionView {
    session_id: String,
    began: String,
    seen: String,
    is_this: bool,
}

/// A token of a program.
#[derive(Debug)]
pub struct TokenView {
    token_id: String,
    label: String,
    role: String,
    actions: String,
    ends: String,
    used: Option<String>,
    is_over: bool,
}

/// An action that a new token may allow.
#[derive(Debug)]
pub struct ActionChoice {
    code: &'static str,
    label: &'static str,
    is_chosen: bool,
}

/// The form for a new token as typed.
#[derive(Debug, Default)]
struct TokenForm {
    label: String,
    days: String,
    actions: Vec<Action>,
    problem: Option<(&'static str, String)>,
}

/// The page of the account.
#[derive(Debug, Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    shell: Shell,
    name: String,
    sign_in_name: String,
    done: Option<&'static str>,
    roles: Vec<RoleView>,
    sessions: Vec<SessionView>,
    tokens: Vec<TokenView>,
    actions: Vec<ActionChoice>,
    channels: Vec<ChannelForm>,
    form: TokenForm,
    /// The text of a token just made, shown this once.
    created: Option<String>,
}

impl AccountPage {
    fn problem(&self, code: &str) -> Option<&str> {
        self.form.problem.as_ref().filter(|(found, _)| *found == code).map(|(_, text)| text.as_str())
    }

    fn days_max(&self) -> String {
        TOKEN_DAYS_MAX.to_string()
    }
}

/// What an address says that was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DoneQuery {
    done: String,
}

async fn show(visit: Visit, Query(query): Query<DoneQuery>) -> Response {
    let done = match query.done.as_str() {
        "role" => Some("account-done-role"),
        "password" => Some("account-done-password"),
        "session" => Some("account-done-session"),
        "withdrawn" => Some("account-done-withdrawn"),
        "channel" => Some("account-done-channel"),
        _ => None,
    };
    let form = TokenForm { days: TOKEN_DAYS_USUAL.to_string(), ..TokenForm::default() };
    match account(&visit, form, None).await {
        Ok(page) => visit.page(&AccountPage { done, ..page }),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// The page with the form of a channel as it was refused.
pub(super) async fn account_with_channels(visit: &Visit, channels: Vec<ChannelForm>) -> Response {
    let form = TokenForm { days: TOKEN_DAYS_USUAL.to_string(), ..TokenForm::default() };
    match account(visit, form, None).await {
        Ok(page) => visit.unprocessed(&AccountPage { channels, ..page }),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// Who is there; the guard has seen to it that somebody is.
fn reader(visit: &Visit) -> Result<&SignedIn, Refusal> {
    visit.signed_in.as_deref().ok_or(Refusal::SignedOut)
}

async fn account(visit: &Visit, form: TokenForm, created: Option<String>) -> Result<AccountPage, Refusal> {
    let reader = reader(visit)?;
    let language = visit.language;
    let zone = visit.app.region().await?.time_zone.clone();
    let now_ms = visit.app.clock.now_ms();
    let scopes: Vec<Scope> = reader.held.iter().map(|held| held.grant.scope).collect();
    let words = describe_scopes(&visit.app, &scopes).await?;
    let roles: Vec<RoleView> = reader
        .held
        .iter()
        .map(|held| RoleView {
            grant_id: held.grant_id.clone(),
            role: language.pick(held.grant.role.label(), held.grant.role.label_en()),
            scope: words.get(&held.grant.scope).map_or_else(String::new, |words| scope_text(language, words)),
            days: grant_days(language, &held.grant),
            is_acting: reader.acting.as_ref().is_some_and(|acting| acting.grant_id == held.grant_id),
        })
        .collect();
    let sessions = list_sessions(&visit.app, reader).await?.into_iter().map(|session| SessionView {
        session_id: session.session_id,
        began: language.instant(session.created_at_ms, &zone),
        seen: language.instant(session.seen_at_ms, &zone),
        is_this: session.is_this,
    });
    let tokens = list_tokens(&visit.app, reader).await?.into_iter().map(|token| TokenView {
        role: roles
            .iter()
            .find(|role| role.grant_id == token.grant_id)
            .map_or_else(String::new, |role| format!("{} · {}", role.role, role.scope)),
        token_id: token.token_id,
        label: token.label,
        actions: action_labels(language, &token.actions),
        ends: language.instant(token.expires_at_ms, &zone),
        used: token.used_at_ms.map(|used| language.instant(used, &zone)),
        is_over: token.expires_at_ms <= now_ms,
    });
    let actor = reader.actor();
    let actions = Action::ALL
        .into_iter()
        .filter(|action| actor.may(*action))
        .map(|action| ActionChoice {
            code: action.code(),
            label: language.pick(action.label(), action.label_en()),
            is_chosen: form.actions.contains(&action),
        })
        .collect();
    Ok(AccountPage {
        shell: visit.shell(Section::Elsewhere, language.text("account-title")),
        name: reader.name.clone(),
        sign_in_name: reader.sign_in_name.clone(),
        done: None,
        sessions: sessions.collect(),
        tokens: tokens.collect(),
        roles,
        actions,
        channels: channel_forms(visit).await?,
        form,
        created,
    })
}

/// A scope's name in the page's language.
pub(super) fn scope_text(language: Language, words: &ScopeWords) -> String {
    language.pick(&words.zh, &words.en).to_owned()
}

/// The days of a grant.
pub(super) fn grant_days(language: Language, grant: &Grant) -> String {
    let from = language.day(grant.valid_from);
    match grant.valid_to {
        None => language.say("grant-days-open", [("from", &from)]),
        Some(last) => language.say("grant-days", [("from", &from), ("to", &language.day(last))]),
    }
}

fn action_labels(language: Language, actions: &[Action]) -> String {
    let labels: Vec<&str> =
        actions.iter().map(|action| language.pick(action.label(), action.label_en())).collect();
    labels.join(language.pick("、", ", "))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RoleForm {
    grant: String,
}

async fn switch_role(visit: Visit, Form(form): Form<RoleForm>) -> Response {
    let switched = match reader(&visit) {
        Ok(reader) => choose_role(&visit.app, reader, &form.grant).await,
        Err(refusal) => Err(refusal),
    };
    led(&visit, switched, "/account?done=role")
}

async fn end_session(visit: Visit, Path(session): Path<String>) -> Response {
    let ended = match reader(&visit) {
        Ok(reader) => close_session(&visit.app, reader, &session).await,
        Err(refusal) => Err(refusal),
    };
    led(&visit, ended, "/account?done=session")
}

async fn end_token(visit: Visit, Path(token): Path<String>) -> Response {
    let ended = match reader(&visit) {
        Ok(reader) => withdraw_token(&visit.app, reader, &token).await,
        Err(refusal) => Err(refusal),
    };
    led(&visit, ended, "/account?done=withdrawn")
}

fn led(visit: &Visit, done: Result<(), Refusal>, to: &str) -> Response {
    match done {
        Ok(()) => visit.lead_to(to),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// A new token, whose text is on the answer itself: it must stand in no address.
async fn send_token(visit: Visit, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let field = |name: &str| {
        fields.iter().find(|(field, _)| field == name).map_or_else(String::new, |(_, value)| value.clone())
    };
    let actions: Vec<Action> = fields
        .iter()
        .filter(|(field, _)| field == "action")
        .filter_map(|(_, code)| Action::from_code(code))
        .collect();
    let form = TokenForm { label: field("label"), days: field("days"), actions, problem: None };
    // What is no number is out of range, and the refusal says so.
    let days = form.days.trim().parse().unwrap_or(0);
    let new = NewToken { label: form.label.clone(), actions: form.actions.clone(), days };
    let made = match reader(&visit) {
        Ok(reader) => create_token(&visit.app, reader, &new).await,
        Err(refusal) => Err(refusal),
    };
    let (form, created) = match made {
        Ok(made) => {
            let form = TokenForm { days: TOKEN_DAYS_USUAL.to_string(), ..TokenForm::default() };
            (form, Some(made.token.text().to_owned()))
        }
        Err(refusal @ Refusal::Invalid { .. }) => {
            let problem = Some((refusal.code(), visit.sentence(&refusal)));
            (TokenForm { problem, ..form }, None)
        }
        Err(refusal) => return visit.refused(&refusal),
    };
    let is_made = created.is_some();
    match account(&visit, form, created).await {
        Ok(page) if is_made => visit.page(&page),
        Ok(page) => visit.unprocessed(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// The page with the form for another password.
#[derive(Debug, Template)]
#[template(path = "password.html")]
pub struct PasswordPage {
    shell: Shell,
    sign_in_name: String,
    must_change: bool,
    problem: Option<(&'static str, String)>,
}

impl PasswordPage {
    fn of_present(&self) -> Option<&str> {
        self.problem.as_ref().filter(|(code, _)| is_about_present(code)).map(|(_, text)| text.as_str())
    }

    fn of_chosen(&self) -> Option<&str> {
        self.problem.as_ref().filter(|(code, _)| !is_about_present(code)).map(|(_, text)| text.as_str())
    }

    fn hint(&self) -> String {
        self.shell.say("password-hint", [("least", &PASSWORD_CHARACTERS_MIN.to_string())])
    }
}

fn is_about_present(code: &str) -> bool {
    code == "password.present"
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PasswordForm {
    present: String,
    chosen: String,
    again: String,
}

async fn show_password(visit: Visit) -> Response {
    match password_page(&visit, None) {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

fn password_page(visit: &Visit, problem: Option<(&'static str, String)>) -> Result<PasswordPage, Refusal> {
    let reader = reader(visit)?;
    Ok(PasswordPage {
        shell: visit.shell(Section::Elsewhere, visit.language.text("password-title")),
        sign_in_name: reader.sign_in_name.clone(),
        must_change: reader.must_change_password,
        problem,
    })
}

async fn send_password(visit: Visit, Form(form): Form<PasswordForm>) -> Response {
    let changed = match reader(&visit) {
        Ok(_) if form.chosen != form.again => Err(Refusal::invalid(
            "password.again",
            "两次输入的新口令不一致。",
            "the two new passwords differ",
        )),
        Ok(reader) => change_password(&visit.app, reader, &form.present, &form.chosen).await,
        Err(refusal) => Err(refusal),
    };
    match changed {
        Ok(()) => visit.lead_to("/account?done=password"),
        Err(refusal @ Refusal::Invalid { .. }) => {
            match password_page(&visit, Some((refusal.code(), visit.sentence(&refusal)))) {
                Ok(page) => visit.unprocessed(&page),
                Err(refusal) => visit.refused(&refusal),
            }
        }
        Err(refusal) => visit.refused(&refusal),
    }
}
