//! Objections to a contract's place (归属异议): raised by one side, answered by the other, decided by the province.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::attribution::ParkClaim;
use xiaoxiang_domain::contract::Side;
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::attribution::{
    NewObjection, ObjectionDetail, ObjectionRow, REASON_CHARACTERS_MAX, check_reason, decide_objection,
    find_objection, list_objections, raise_objection, remark_on_objection,
};
use xiaoxiang_services::region::RegionInForce;

use super::cities::ten_thousand;
use super::shell::{Section, Shell};
use super::statistics::SelectOption;
use super::visit::Visit;
use crate::language::Language;
use crate::routes::{Access, Route};

/// The routes of objections.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadObjections);
    let raise = Access::Needs(Action::RaiseObjection);
    vec![
        Route::page("/objections", read, routing::get(list)),
        Route::form("/objections", raise, routing::post(send)),
        Route::page("/objections/new", raise, routing::get(begin)),
        Route::page("/objections/{objection}", read, routing::get(show)),
        Route::form("/objections/{objection}/remarks", read, routing::post(remark)),
        Route::form(
            "/objections/{objection}/decision",
            Access::Needs(Action::DecideObjection),
            routing::post(decide),
        ),
    ]
}

/// Words of places and days for the pages of objections.
#[derive(Debug)]
struct Words {
    region: std::sync::Arc<RegionInForce>,
    language: Language,
}

impl Words {
    async fn of(visit: &Visit) -> Result<Self, Refusal> {
        Ok(Self { region: visit.app.region().await?, language: visit.language })
    }

    fn region(&self) -> &Region {
        &self.region.region
    }

    fn place(&self, code: &str) -> String {
        let Some(code) = DivisionCode::parse(code).filter(|code| code.0 != 0) else {
            return self.language.text("objection-no-place").to_owned();
        };
        let name = self.region().divisions().full_name(code).unwrap_or_else(|| code.to_string());
        let name_en = self.region().divisions().name_en(code).unwrap_or(&name);
        self.language.pick(&name, name_en).to_owned()
    }

    fn day(&self, at_ms: &i64) -> String {
        let zone: TimeZone = self.region.time_zone.clone();
        Timestamp::from_millisecond(*at_ms)
            .map(|instant| self.language.day(instant.to_zoned(zone).date()))
            .unwrap_or_default()
    }

    fn side(&self, side: &str) -> &'static str {
        self.language.text(if side == Side::Seller.code() { "city-seller" } else { "city-buyer" })
    }

    /// Cities and counties of the region; those of `own` first.
    fn divisions(&self, own: Option<Scope>, chosen: &str) -> Vec<SelectOption> {
        let divisions = self.region().divisions();
        let cities = self.region().cities().iter();
        let all =
            cities.flat_map(|city| std::iter::once(*city).chain(divisions.children(*city).iter().copied()));
        let is_own = |code: &DivisionCode| own.is_some_and(|scope| scope.has_division(*code));
        let (first, rest): (Vec<_>, Vec<_>) = all.partition(is_own);
        let option = |code: DivisionCode| SelectOption {
            label: format!("{} {code}", self.place(&code.to_string())),
            is_chosen: code.to_string() == chosen,
            value: code.to_string(),
        };
        first.into_iter().chain(rest).map(option).collect()
    }
}

async fn list(visit: Visit) -> Response {
    let read = async { Ok((list_objections(&visit.app, &visit.actor()).await?, Words::of(&visit).await?)) };
    match read.await {
        Ok((objections, words)) => {
            let shell = visit.shell(Section::Objections, visit.language.text("objections-title"));
            visit.page(&ObjectionsPage { shell, objections, words })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

#[derive(Template)]
#[template(path = "objections.html")]
struct ObjectionsPage {
    shell: Shell,
    objections: Vec<ObjectionRow>,
    words: Words,
}

impl ObjectionsPage {
    fn open(&self) -> String {
        let open = self.objections.iter().filter(|row| row.decided_at_ms.is_none()).count();
        self.shell.say("objections-open", [("count", &open.to_string())])
    }

    fn may_raise(&self) -> bool {
        self.shell.may(Action::RaiseObjection)
    }
}

/// What the form of a new objection sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ObjectionForm {
    number: String,
    side: String,
    division: String,
    reason: String,
}

async fn begin(visit: Visit, Query(form): Query<ObjectionForm>) -> Response {
    match Words::of(&visit).await {
        Ok(words) => visit.page(&NewObjectionPage::new(&visit, words, form, Vec::new())),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn send(visit: Visit, Form(form): Form<ObjectionForm>) -> Response {
    let words = match Words::of(&visit).await {
        Ok(words) => words,
        Err(refusal) => return visit.refused(&refusal),
    };
    let (Some(side), Some(claimed_division)) =
        (Side::from_code(&form.side), DivisionCode::parse(&form.division))
    else {
        let problem = Problem { field: "division", text: visit.language.text("objection-choose").to_owned() };
        return visit.unprocessed(&NewObjectionPage::new(&visit, words, form, vec![problem]));
    };
    let missing = missing(&visit, &form);
    if !missing.is_empty() {
        return visit.unprocessed(&NewObjectionPage::new(&visit, words, form, missing));
    }
    let objection = NewObjection {
        registration_number: form.number.trim().to_owned(),
        side,
        claimed_division,
        raised_by: String::new(),
        reason: form.reason.clone(),
    };
    match raise_objection(&visit.app, &visit.actor(), &objection).await {
        Ok(id) => visit.lead_to(&format!("/objections/{id}")),
        Err(refusal) => {
            let field = match refusal.code() {
                "not_found" => "number",
                "attribution.reason" => "reason",
                "attribution.division" | "attribution.same_place" => "division",
                _ => return visit.refused(&refusal),
            };
            let text = match field {
                "number" => visit.language.text("objection-unknown-number").to_owned(),
                _ => visit.sentence(&refusal),
            };
            visit.unprocessed(&NewObjectionPage::new(&visit, words, form, vec![Problem { field, text }]))
        }
    }
}

/// Everything that a form lacks, told at once.
fn missing(visit: &Visit, form: &ObjectionForm) -> Vec<Problem> {
    let number = form
        .number
        .trim()
        .is_empty()
        .then(|| Problem { field: "number", text: visit.language.text("objection-no-number").to_owned() });
    let reason = check_reason(&form.reason).err();
    let reason = reason.map(|refusal| Problem { field: "reason", text: visit.sentence(&refusal) });
    number.into_iter().chain(reason).collect()
}

/// What is wrong with a field.
#[derive(Debug)]
struct Problem {
    field: &'static str,
    text: String,
}

#[derive(Template)]
#[template(path = "objection_new.html")]
struct NewObjectionPage {
    shell: Shell,
    form: ObjectionForm,
    divisions: Vec<SelectOption>,
    problems: Vec<Problem>,
}

impl NewObjectionPage {
    fn new(visit: &Visit, words: Words, form: ObjectionForm, problems: Vec<Problem>) -> Self {
        let own = visit.actor().extent(Action::RaiseObjection);
        Self {
            shell: visit.shell(Section::Objections, visit.language.text("objection-new")),
            divisions: words.divisions(own, &form.division),
            form,
            problems,
        }
    }

    fn problem(&self, field: &str) -> Option<&str> {
        self.problems.iter().find(|problem| problem.field == field).map(|problem| problem.text.as_str())
    }

    fn is_buyer(&self) -> bool {
        self.form.side == Side::Buyer.code()
    }

    const fn reason_max(&self) -> usize {
        REASON_CHARACTERS_MAX
    }
}

async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    match page_of(&visit, &id, Draft::default()).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// What was typed and refused.
#[derive(Debug, Default)]
struct Draft {
    remark: String,
    division: String,
    reason: String,
    problem: Option<Problem>,
}

async fn page_of(visit: &Visit, id: &str, draft: Draft) -> Result<ObjectionPage, Refusal> {
    let detail = find_objection(&visit.app, &visit.actor(), id).await?;
    let words = Words::of(visit).await?;
    let chosen = if draft.division.is_empty() { &detail.row.claimed_division } else { &draft.division };
    Ok(ObjectionPage {
        shell: visit.shell(Section::Objections, detail.row.registration_number.clone()),
        divisions: words.divisions(None, chosen),
        detail,
        words,
        draft,
    })
}

/// What somebody says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RemarkForm {
    remark: String,
}

async fn remark(visit: Visit, Path(id): Path<String>, Form(form): Form<RemarkForm>) -> Response {
    match remark_on_objection(&visit.app, &visit.actor(), &id, &form.remark).await {
        Ok(()) => visit.lead_to(&format!("/objections/{id}#remarks")),
        Err(refusal) => {
            let draft = Draft { remark: form.remark, ..Draft::default() };
            again(&visit, &id, "remark", &refusal, draft).await
        }
    }
}

/// What the province decides.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DecisionForm {
    division: String,
    reason: String,
}

async fn decide(visit: Visit, Path(id): Path<String>, Form(form): Form<DecisionForm>) -> Response {
    let decided = match DivisionCode::parse(&form.division) {
        Some(code) => decide_objection(&visit.app, &visit.actor(), &id, code, &form.reason).await,
        None => return visit.misread(),
    };
    match decided {
        Ok(_) => visit.lead_to(&format!("/objections/{id}")),
        Err(refusal) => {
            let draft = Draft { division: form.division, reason: form.reason, ..Draft::default() };
            again(&visit, &id, "reason", &refusal, draft).await
        }
    }
}

/// The page again with what was typed, where the request can be mended.
async fn again(visit: &Visit, id: &str, field: &'static str, refusal: &Refusal, draft: Draft) -> Response {
    if !refusal.code().starts_with("attribution.") {
        return visit.refused(refusal);
    }
    let problem = Some(Problem { field, text: visit.sentence(refusal) });
    match page_of(visit, id, Draft { problem, ..draft }).await {
        Ok(page) => visit.unprocessed(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

#[derive(Template)]
#[template(path = "objection.html")]
struct ObjectionPage {
    shell: Shell,
    detail: ObjectionDetail,
    words: Words,
    divisions: Vec<SelectOption>,
    draft: Draft,
}

impl ObjectionPage {
    fn problem(&self, field: &str) -> Option<&str> {
        self.draft
            .problem
            .as_ref()
            .filter(|problem| problem.field == field)
            .map(|problem| problem.text.as_str())
    }

    fn is_open(&self) -> bool {
        self.detail.row.decided_at_ms.is_none()
    }

    fn may_decide(&self) -> bool {
        self.is_open() && self.shell.may(Action::DecideObjection)
    }

    fn may_remark(&self) -> bool {
        self.is_open() && (self.shell.may(Action::DecideObjection) || self.shell.may(Action::RaiseObjection))
    }

    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/objections/{}{rest}", self.detail.row.objection_id))
    }

    fn contract_link(&self) -> String {
        self.shell.link(&format!("/contracts/{}", self.detail.row.registration_number))
    }

    fn party(&self, side: Side) -> &str {
        let name = self.detail.contract.party(side).name.as_str();
        if name.is_empty() { self.shell.t("city-person") } else { name }
    }

    fn seller(&self) -> &str {
        self.party(Side::Seller)
    }

    fn buyer(&self) -> &str {
        self.party(Side::Buyer)
    }

    fn value(&self) -> String {
        ten_thousand(self.detail.contract.contract_value.0.into())
    }

    fn registered_on(&self) -> String {
        self.shell.day(&self.detail.contract.registered_on)
    }

    /// Why that side counts where it does.
    fn ground(&self) -> String {
        let ground = &self.detail.ground;
        let stated = self.words.place(&ground.stated);
        let counted = self.words.place(&ground.counted.map(|code| code.to_string()).unwrap_or_default());
        let arguments = [("stated", stated.as_str()), ("counted", counted.as_str())];
        if ground.is_decided {
            self.shell.say("objection-ground-decided", arguments)
        } else {
            self.shell.say("objection-ground-stated", arguments)
        }
    }

    fn parks(&self) -> String {
        let name = |key: &u32| {
            let park = self.words.region().parks().by_key(*key);
            park.map(|park| self.shell.language.pick(&park.name, &park.name_en).to_owned())
                .unwrap_or_default()
        };
        match &self.detail.ground.park {
            ParkClaim::None => self.shell.t("objection-park-none").to_owned(),
            ParkClaim::One(key) => self.shell.say("objection-park-one", [("park", &name(key))]),
            ParkClaim::Several(keys) => {
                let names: Vec<String> = keys.iter().map(name).collect();
                self.shell.say("objection-park-several", [("parks", &names.join("、"))])
            }
        }
    }

    /// What the decision did to the figures.
    fn effect(&self) -> String {
        let row = &self.detail.row;
        let (from, to) = (
            self.words.place(&row.present_division),
            self.words.place(row.decided_division.as_deref().unwrap_or_default()),
        );
        if row.moved_contracts.unwrap_or(0) == 0 {
            return self.shell.say("objection-effect-none", [("to", &to)]);
        }
        self.shell.say("objection-effect", [("from", &from), ("to", &to), ("value", &self.value())])
    }
}
