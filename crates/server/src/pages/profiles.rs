//! Experts, institutions and teams: found by everybody, edited by themselves or their organisation.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Response};
use axum::routing;
use serde::Deserialize;
use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::market::CooperationMode;
use xiaoxiang_domain::profile::{ProfileForm, ProfileKind};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::profile::{
    FoundProfile, OwnProfile, ProfileEdit, ProfilesAsk, ProfilesPage, erase_profile, find_profiles,
    list_own_profiles, may_begin, read_own_profile, read_profile, save_profile,
};

use super::achievements::words::Words;
use super::applications::sent::Sent;
use super::home::Choice;
use super::market::market_lists;
use super::market_feeds::structured;
use super::shell::{Section, Shell};
use super::statistics::SelectOption;
use super::visit::{Visit, status_of_form};
use crate::routes::{Access, Route};

/// Most characters that are searched for.
const TEXT_CHARACTERS_MAX: usize = 100;

/// The routes of profiles.
#[must_use]
pub fn routes() -> Vec<Route> {
    let edit = Access::Needs(Action::EditProfiles);
    vec![
        Route::page("/market/experts", Access::Open, routing::get(experts)),
        Route::page("/market/institutions", Access::Open, routing::get(institutions)),
        Route::page("/market/teams", Access::Open, routing::get(teams)),
        Route::page("/market/profiles/{id}", Access::Open, routing::get(show)),
        Route::page("/profiles", edit, routing::get(own)),
        Route::page("/profiles/{id}", edit, routing::get(edit_page)),
        Route::form("/profiles/{id}", edit, routing::post(save)),
        Route::form("/profiles/{id}/erase", edit, routing::post(erase)),
    ]
}

/// Address of the list of a kind.
const fn list_path(kind: ProfileKind) -> &'static str {
    match kind {
        ProfileKind::Expert => "/market/experts",
        ProfileKind::Institution => "/market/institutions",
        ProfileKind::Team => "/market/teams",
    }
}

const fn title_key(kind: ProfileKind) -> &'static str {
    match kind {
        ProfileKind::Expert => "profiles-experts",
        ProfileKind::Institution => "profiles-institutions",
        ProfileKind::Team => "profiles-teams",
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    text: String,
    field: String,
    city: String,
    after: String,
}

#[derive(Debug, Template)]
#[template(path = "profiles.html")]
struct ListPage {
    shell: Shell,
    words: Words,
    kind: ProfileKind,
    query: ListQuery,
    list: ProfilesPage,
}

async fn experts(visit: Visit, query: Query<ListQuery>) -> Response {
    list(visit, ProfileKind::Expert, query).await
}

async fn institutions(visit: Visit, query: Query<ListQuery>) -> Response {
    list(visit, ProfileKind::Institution, query).await
}

async fn teams(visit: Visit, query: Query<ListQuery>) -> Response {
    list(visit, ProfileKind::Team, query).await
}

async fn list(visit: Visit, kind: ProfileKind, Query(query): Query<ListQuery>) -> Response {
    if query.text.chars().count() > TEXT_CHARACTERS_MAX {
        return visit.misread();
    }
    let ask = ProfilesAsk {
        kind,
        text: query.text.clone(),
        field: query.field.clone(),
        division: query.city.clone(),
        after: Some(query.after.clone()).filter(|after| !after.is_empty()),
    };
    let page = async {
        Ok::<_, Refusal>(ListPage {
            list: find_profiles(&visit.app, &visit.actor(), &ask).await?,
            words: Words::of(&visit).await?,
            shell: visit.shell(Section::Market, visit.language.text(title_key(kind))),
            kind,
            query,
        })
    };
    match page.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

impl ListPage {
    fn title(&self) -> &'static str {
        self.shell.t(title_key(self.kind))
    }

    fn here(&self) -> String {
        self.shell.link(list_path(self.kind))
    }

    fn lists(&self) -> Vec<Choice> {
        market_lists(&self.shell, list_path(self.kind))
    }

    fn fields(&self) -> Vec<SelectOption> {
        self.words.field_options(&[self.query.field.as_str()])
    }

    fn cities(&self) -> Vec<SelectOption> {
        let option = |code: String| SelectOption {
            label: self.words.city(&code),
            is_chosen: code == self.query.city,
            value: code,
        };
        self.words.region().cities().iter().map(|city| option(city.to_string())).collect()
    }

    fn next_page(&self) -> Option<String> {
        let after = self.list.next.as_deref()?;
        let fields = [
            ("text", &*self.query.text),
            ("field", &self.query.field),
            ("city", &self.query.city),
            ("after", after),
        ];
        let stated: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let query = serde_urlencoded::to_string(stated).expect("invariant: pairs of texts make a query");
        Some(self.shell.link(&format!("{}?{query}", list_path(self.kind))))
    }

    fn facts(&self, found: &FoundProfile) -> String {
        let fields: Vec<String> =
            found.form.fields.iter().map(|code| self.words.code("technical_field", code)).collect();
        let facts = [
            found.form.title.clone(),
            found.form.organisation.clone(),
            if found.form.division.is_empty() {
                String::new()
            } else {
                self.words.city(&found.form.division)
            },
            fields.join("、"),
        ];
        facts.into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}

#[derive(Debug, Template)]
#[template(path = "profile.html")]
struct ShowPage {
    shell: Shell,
    words: Words,
    found: FoundProfile,
}

async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    let page = async {
        let found = read_profile(&visit.app, &visit.actor(), &id).await?;
        Ok::<_, Refusal>(ShowPage {
            words: Words::of(&visit).await?,
            shell: visit.shell(Section::Market, found.form.name.clone()),
            found,
        })
    };
    match page.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

impl ShowPage {
    fn list_title(&self) -> &'static str {
        self.shell.t(title_key(self.found.kind))
    }

    fn list(&self) -> String {
        self.shell.link(list_path(self.found.kind))
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let form = &self.found.form;
        let separator = self.shell.language.pick("、", ", ");
        let fields: Vec<String> =
            form.fields.iter().map(|code| self.words.code("technical_field", code)).collect();
        let modes: Vec<CooperationMode> =
            form.modes.iter().filter_map(|code| CooperationMode::from_code(code)).collect();
        let facts = [
            (self.shell.t("profile-title"), form.title.clone()),
            (self.shell.t("achievement-unit"), form.organisation.clone()),
            (self.shell.t("achievement-division"), self.words.place(&form.division)),
            (self.shell.t("achievement-field"), fields.join(separator)),
            (self.shell.t("profile-modes"), self.words.modes(&modes)),
            (self.shell.t("achievement-keywords"), form.keywords.join(separator)),
            (self.shell.t("achievement-contact"), form.contact.clone()),
        ];
        facts.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    fn structured(&self) -> String {
        let form = &self.found.form;
        let fields: Vec<String> =
            form.fields.iter().map(|code| self.words.code("technical_field", code)).collect();
        let (sort, whole) = match self.found.kind {
            ProfileKind::Expert => ("Person", "affiliation"),
            ProfileKind::Institution | ProfileKind::Team => ("Organization", "parentOrganization"),
        };
        let mut described = json!({
            "@context": "https://schema.org",
            "@type": sort,
            "name": form.name,
            "description": form.introduction,
            "knowsAbout": fields,
        });
        if !form.organisation.is_empty() {
            described[whole] = json!({ "@type": "Organization", "name": form.organisation });
        }
        structured(&described)
    }

    fn asks_to_sign_in(&self) -> bool {
        self.shell.reader().is_none()
    }
}

#[derive(Debug, Template)]
#[template(path = "profiles_own.html")]
struct OwnPage {
    shell: Shell,
    words: Words,
    own: Vec<OwnProfile>,
    kinds: Vec<ProfileKind>,
}

async fn own(visit: Visit) -> Response {
    let page = async {
        let own = list_own_profiles(&visit.app, &visit.actor()).await?;
        let mut kinds = may_begin(&visit.actor());
        kinds.retain(|kind| *kind != ProfileKind::Expert || own.is_empty());
        Ok::<_, Refusal>(OwnPage {
            own,
            kinds,
            words: Words::of(&visit).await?,
            shell: visit.shell(Section::Profiles, visit.language.text("profiles-own")),
        })
    };
    match page.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

#[derive(Debug, Template)]
#[template(path = "profile_edit.html")]
struct EditPage {
    shell: Shell,
    words: Words,
    id: String,
    kind: ProfileKind,
    revision: i64,
    form: ProfileForm,
    problems: Vec<RowProblem>,
    notice: Option<String>,
}

/// The profile of an address: one that is there, or `new-expert`.
async fn seen(visit: &Visit, id: &str) -> Result<(ProfileKind, i64, ProfileForm), Refusal> {
    if let Some(kind) = id.strip_prefix("new-").and_then(ProfileKind::from_code) {
        visit.actor().permit(Action::EditProfiles)?;
        return Ok((kind, 0, ProfileForm::default()));
    }
    let own = read_own_profile(&visit.app, &visit.actor(), id).await?;
    Ok((own.kind, own.revision, own.form))
}

async fn edit_page(visit: Visit, Path(id): Path<String>) -> Response {
    match seen(&visit, &id).await {
        Ok((kind, revision, form)) => match page_of(&visit, id, (kind, revision), form).await {
            Ok(page) => visit.page(&page),
            Err(refusal) => visit.refused(&refusal),
        },
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page_of(
    visit: &Visit,
    id: String,
    (kind, revision): (ProfileKind, i64),
    form: ProfileForm,
) -> Result<EditPage, Refusal> {
    Ok(EditPage {
        words: Words::of(visit).await?,
        shell: visit.shell(Section::Profiles, visit.language.text("profiles-own")),
        problems: Vec::new(),
        notice: None,
        id,
        kind,
        revision,
        form,
    })
}

async fn save(visit: Visit, Path(id): Path<String>, Form(pairs): Form<Vec<(String, String)>>) -> Response {
    let sent = Sent::of(pairs);
    let (kind, ..) = match seen(&visit, &id).await {
        Ok(seen) => seen,
        Err(refusal) => return visit.refused(&refusal),
    };
    let text = |name: &str| sent.text(name).to_owned();
    let keywords = sent.text("keywords").split(['、', '，', ',', ' ', '；', ';']).map(str::trim);
    let form = ProfileForm {
        name: text("name"),
        title: text("title"),
        organisation: text("organisation"),
        fields: sent.all("fields"),
        keywords: keywords.filter(|word| !word.is_empty()).map(str::to_owned).collect(),
        division: text("division"),
        introduction: text("introduction"),
        achievements: text("achievements"),
        modes: sent.all("modes"),
        contact: text("contact"),
        is_listed: sent.has("is_listed"),
    };
    let is_new = id.starts_with("new-");
    let seen = (!is_new).then(|| (id.clone(), sent.revision()));
    let edit = ProfileEdit { seen, kind, form: form.clone() };
    match save_profile(&visit.app, &visit.actor(), &edit).await {
        Ok(_) => visit.lead_to("/profiles"),
        Err(refusal) => {
            let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
            let notice = Some(visit.sentence(&refusal));
            let problems = if let Refusal::Fields(problems) = refusal { problems } else { Vec::new() };
            match page_of(&visit, id, (kind, sent.revision()), form).await {
                Ok(page) => (status, visit.page(&EditPage { problems, notice, ..page })).into_response(),
                Err(refusal) => visit.refused(&refusal),
            }
        }
    }
}

async fn erase(visit: Visit, Path(id): Path<String>) -> Response {
    match erase_profile(&visit.app, &visit.actor(), &id).await {
        Ok(()) => visit.lead_to("/profiles"),
        Err(refusal) => visit.refused(&refusal),
    }
}

impl OwnPage {
    fn kind(&self, kind: &ProfileKind) -> &'static str {
        self.shell.language.pick(kind.label(), kind.label_en())
    }

    fn standing(&self, own: &OwnProfile) -> &'static str {
        self.shell.t(if own.form.is_listed { "profile-is-listed" } else { "profile-is-not-listed" })
    }
}

impl EditPage {
    fn kind(&self) -> &'static str {
        self.shell.language.pick(self.kind.label(), self.kind.label_en())
    }

    fn is_expert(&self) -> bool {
        self.kind == ProfileKind::Expert
    }

    fn is_new(&self) -> bool {
        self.id.starts_with("new-")
    }

    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/profiles/{}{rest}", self.id))
    }

    fn fields(&self) -> Vec<SelectOption> {
        let chosen: Vec<&str> = self.form.fields.iter().map(String::as_str).collect();
        self.words.field_options(&chosen)
    }

    fn modes(&self) -> Vec<SelectOption> {
        let option = |mode: CooperationMode| SelectOption {
            value: mode.code().to_owned(),
            label: self.words.mode(&mode),
            is_chosen: self.form.modes.iter().any(|code| code == mode.code()),
        };
        CooperationMode::ALL.map(option).into()
    }

    fn problem(&self, field: &str) -> Option<String> {
        let own = self.problems.iter().filter(|problem| problem.field == field);
        let told: Vec<String> = own.map(|problem| self.words.problem(problem)).collect();
        (!told.is_empty()).then(|| told.join(" "))
    }

    fn places(&self) -> Vec<(String, String)> {
        self.words.places()
    }
}
