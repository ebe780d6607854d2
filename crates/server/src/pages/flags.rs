//! Flags (疑点): the list of what the truth tests ask, and one question with its evidence, history and next step.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing;
use jiff::civil::Date;
use serde::Deserialize;
use xiaoxiang_domain::access::{Action, Role};
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::contract::flag::{FlagAct, FlagState};
use xiaoxiang_domain::contract::screen::{Screen, Strength, runs_beside};
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::region::RegionInForce;
use xiaoxiang_services::screening::{
    FLAG_WORDS_MAX, FlagAsk, FlagList, FlagPage, FlagStage, FlagWords, HoldAct, HoldRow, ListedFlag,
    OtherContract, Verdict, answer_flag, appeal_flag, decide_flag, hold_payment, list_flags, read_flag,
    release_payment,
};

use super::contracts::{contract_path, division_name};
use super::shell::{Section, Shell};
use super::statistics::SelectOption;
use super::visit::Visit;
use crate::language::{Language, capital};
use crate::routes::{Access, Route};

/// The routes of flags.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadFlags);
    let form = |path, action, handler| Route::form(path, Access::Needs(action), handler);
    vec![
        Route::page("/flags", read, routing::get(list)),
        Route::page("/flags/{flag}", read, routing::get(show)),
        form("/flags/{flag}/answer", Action::AnswerFlag, routing::post(answer)),
        form("/flags/{flag}/decision", Action::DecideFlag, routing::post(decide)),
        form("/flags/{flag}/appeal", Action::AppealFlag, routing::post(appeal)),
        form("/flags/{flag}/hold", Action::HoldPayment, routing::post(hold)),
        form("/flags/{flag}/release", Action::HoldPayment, routing::post(release)),
    ]
}

/// Where a flag stands, in the words of the page.
pub(super) fn state_label(shell: &Shell, state: FlagState, gone_reason: Option<&str>) -> &'static str {
    shell.t(match (gone_reason, state) {
        (Some(_), _) => "flag-state-gone",
        (None, FlagState::Open) => "flag-state-open",
        (None, FlagState::Answered) => "flag-state-answered",
        (None, FlagState::Appealed) => "flag-state-appealed",
        (None, FlagState::Cleared) => "flag-state-cleared",
        (None, FlagState::Upheld) => "flag-state-upheld",
        (None, FlagState::ClearedOnAppeal) => "flag-state-cleared-on-appeal",
        (None, FlagState::UpheldOnAppeal) => "flag-state-upheld-on-appeal",
    })
}

/// The part of the stylesheet for a state.
pub(super) const fn state_class(state: FlagState, gone_reason: Option<&str>) -> &'static str {
    match (gone_reason, state) {
        (Some(_), _) | (None, FlagState::Cleared | FlagState::ClearedOnAppeal) => "status-signed",
        (None, FlagState::Upheld | FlagState::UpheldOnAppeal) => "status-corrected",
        (None, FlagState::Open | FlagState::Answered | FlagState::Appealed) => "status-draft",
    }
}

/// A screen's name.
pub(super) fn kind_label(language: Language, screen: Screen) -> &'static str {
    language.pick(screen.name_zh(), screen.name_en())
}

/// What a screen asks.
pub(super) fn question_of(language: Language, screen: Screen) -> String {
    // Questions and evidence in code begin small, as messages do.
    capital(language.pick(screen.question_zh(), screen.question_en()))
}

/// A sentence of the evidence.
pub(super) fn evidence_of(language: Language, zh: &str, en: &str) -> String {
    capital(language.pick(zh, en))
}

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    kind: String,
    stage: String,
    city: String,
    page: i64,
}

impl ListQuery {
    /// What cannot be read asks for everything.
    fn ask(&self) -> FlagAsk {
        FlagAsk {
            kind: Screen::from_code(&self.kind),
            stage: FlagStage::from_code(&self.stage).unwrap_or_default(),
            division: DivisionCode::parse(&self.city),
            page: self.page.max(0),
        }
    }
}

async fn list(visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let read = async {
        let found = list_flags(&visit.app, &visit.actor(), &query.ask()).await?;
        Ok::<_, Refusal>((found, visit.app.region().await?))
    };
    match read.await {
        Ok((found, region)) => {
            let shell = visit.shell(Section::Flags, visit.language.text("flags-title"));
            visit.page(&FlagsPage { shell, query, found, region })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

#[derive(Template)]
#[template(path = "flags.html")]
struct FlagsPage {
    shell: Shell,
    query: ListQuery,
    found: FlagList,
    region: std::sync::Arc<RegionInForce>,
}

/// How many flags of a kind there are.
#[derive(Debug)]
struct KindLine {
    name: &'static str,
    link: String,
    counts: [i64; 4],
}

impl FlagsPage {
    fn count(&self, states: &[FlagState]) -> i64 {
        let is_in = |code: &str| states.iter().any(|state| state.code() == code);
        self.found.counts.iter().filter(|row| is_in(&row.state)).map(|row| row.count).sum()
    }

    fn summary(&self) -> String {
        let open = self.count(&[FlagState::Open]).to_string();
        let pending = self.count(&[FlagState::Answered, FlagState::Appealed]).to_string();
        self.shell.say("flags-summary", [("open", &open), ("pending", &pending)])
    }

    fn kinds(&self) -> Vec<SelectOption> {
        let option = |screen: Screen| SelectOption {
            value: screen.code().to_owned(),
            label: kind_label(self.shell.language, screen).to_owned(),
            is_chosen: screen.code() == self.query.kind,
        };
        Screen::ALL.into_iter().map(option).collect()
    }

    fn stages(&self) -> Vec<SelectOption> {
        let stages = [FlagStage::Standing]
            .into_iter()
            .chain(FlagState::ALL.into_iter().map(FlagStage::In))
            .chain([FlagStage::Held, FlagStage::Gone, FlagStage::All]);
        let chosen = FlagStage::from_code(&self.query.stage).unwrap_or_default();
        stages
            .map(|stage| SelectOption {
                value: stage.code().to_owned(),
                label: match stage {
                    FlagStage::Standing => self.shell.t("flags-standing").to_owned(),
                    FlagStage::In(state) => state_label(&self.shell, state, None).to_owned(),
                    FlagStage::Held => self.shell.t("flags-held").to_owned(),
                    FlagStage::Gone => self.shell.t("flag-state-gone").to_owned(),
                    FlagStage::All => self.shell.t("option-all").to_owned(),
                },
                is_chosen: stage == chosen,
            })
            .collect()
    }

    fn cities(&self) -> Vec<SelectOption> {
        let cities = self.region.region.cities().iter();
        cities
            .map(|city| SelectOption {
                value: city.to_string(),
                label: self.shell.note(&division_name(&self.region.region, city.0)).to_owned(),
                is_chosen: city.to_string() == self.query.city,
            })
            .collect()
    }

    /// Kinds of which there are any, the most asked first.
    fn lines(&self) -> Vec<KindLine> {
        let count = |screen: Screen, states: &[&str]| -> i64 {
            let counts = self.found.counts.iter();
            counts
                .filter(|row| row.kind == screen.code() && states.contains(&row.state.as_str()))
                .map(|row| row.count)
                .sum()
        };
        let mut lines: Vec<KindLine> = Screen::ALL
            .into_iter()
            .map(|screen| KindLine {
                name: kind_label(self.shell.language, screen),
                link: self.shell.link(&format!("/flags?kind={}&stage=all", screen.code())),
                counts: [
                    count(screen, &["open"]),
                    count(screen, &["answered", "appealed"]),
                    count(screen, &["upheld", "upheld_on_appeal"]),
                    count(screen, &["cleared", "cleared_on_appeal", "gone"]),
                ],
            })
            .filter(|line| line.counts.iter().sum::<i64>() > 0)
            .collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.counts));
        lines
    }

    fn kind(&self, flag: &ListedFlag) -> &'static str {
        kind_label(self.shell.language, flag.screen)
    }

    fn state(&self, flag: &ListedFlag) -> &'static str {
        state_label(&self.shell, flag.state, flag.gone_reason.as_deref())
    }

    fn class(&self, flag: &ListedFlag) -> &'static str {
        state_class(flag.state, flag.gone_reason.as_deref())
    }

    /// Until when it is to be answered, else since when it is asked.
    fn when(&self, flag: &ListedFlag) -> String {
        if flag.gone_reason.is_none() && flag.state == FlagState::Open {
            return self.shell.say("flag-due", [("day", &self.shell.day(&flag.due_on))]);
        }
        self.shell.say("flag-raised", [("day", &self.shell.day(&flag.raised_on))])
    }

    fn seller<'a>(&self, flag: &'a ListedFlag) -> &'a str {
        party_name(&self.shell, &flag.contract.seller.name)
    }

    fn buyer<'a>(&self, flag: &'a ListedFlag) -> &'a str {
        party_name(&self.shell, &flag.contract.buyer.name)
    }

    fn value(&self, flag: &ListedFlag) -> String {
        flag.contract.contract_value.display_in(MoneyUnit::TenThousandYuan)
    }

    fn link(&self, flag: &ListedFlag) -> String {
        self.shell.link(&format!("/flags/{}", flag.flag_id))
    }

    fn page_link(&self, page: i64) -> String {
        let ListQuery { kind, stage, city, .. } = &self.query;
        // Codes of lists only: what cannot be read was not asked for.
        let kind = Screen::from_code(kind).map_or("", Screen::code);
        let stage = FlagStage::from_code(stage).unwrap_or_default().code();
        let city = DivisionCode::parse(city).map(|code| code.to_string()).unwrap_or_default();
        self.shell.link(&format!("/flags?kind={kind}&stage={stage}&city={city}&page={page}"))
    }

    fn is_filtered(&self) -> bool {
        self.query.ask() != FlagAsk { page: self.query.page.max(0), ..FlagAsk::default() }
    }

    fn screened(&self) -> Option<String> {
        let at_ms = self.found.screened_at_ms?;
        let when = self.shell.language.instant(at_ms, &self.region.time_zone);
        Some(self.shell.say("flags-screened", [("when", &when)]))
    }
}

/// A party's name; people's are not shown.
fn party_name<'a>(shell: &Shell, name: &'a str) -> &'a str {
    if name.is_empty() { shell.t("contract-natural-person") } else { name }
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
    form: ActForm,
    field: &'static str,
    problem: String,
}

/// What every form of the page sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ActForm {
    seen: i64,
    verdict: String,
    words: String,
    until: String,
}

async fn answer(visit: Visit, Path(id): Path<String>, Form(form): Form<ActForm>) -> Response {
    let done = answer_flag(&visit.app, &visit.actor(), said(&id, &form)).await;
    after(&visit, &id, form, "answer", done.map(|_| ())).await
}

async fn appeal(visit: Visit, Path(id): Path<String>, Form(form): Form<ActForm>) -> Response {
    let done = appeal_flag(&visit.app, &visit.actor(), said(&id, &form)).await;
    after(&visit, &id, form, "appeal", done.map(|_| ())).await
}

async fn decide(visit: Visit, Path(id): Path<String>, Form(form): Form<ActForm>) -> Response {
    let verdict = match FlagAct::from_code(&form.verdict) {
        Some(FlagAct::Clear) => Verdict::Cleared,
        Some(FlagAct::Uphold) => Verdict::Upheld,
        _ => {
            let problem = visit.language.text("flag-choose").to_owned();
            return again(
                &visit,
                &id,
                StatusCode::UNPROCESSABLE_ENTITY,
                Draft { form, field: "verdict", problem },
            )
            .await;
        }
    };
    let done = decide_flag(&visit.app, &visit.actor(), verdict, said(&id, &form)).await;
    after(&visit, &id, form, "decision", done.map(|_| ())).await
}

async fn hold(visit: Visit, Path(id): Path<String>, Form(form): Form<ActForm>) -> Response {
    let Ok(until) = form.until.trim().parse::<Date>() else {
        let problem = visit.language.text("flag-no-day").to_owned();
        return again(&visit, &id, StatusCode::UNPROCESSABLE_ENTITY, Draft { form, field: "until", problem })
            .await;
    };
    let done = hold_payment(&visit.app, &visit.actor(), &id, until, &form.words).await;
    after(&visit, &id, form, "hold", done).await
}

async fn release(visit: Visit, Path(id): Path<String>, Form(form): Form<ActForm>) -> Response {
    let done = release_payment(&visit.app, &visit.actor(), &id, &form.words).await;
    after(&visit, &id, form, "hold", done).await
}

fn said<'a>(flag_id: &'a str, form: &'a ActForm) -> FlagWords<'a> {
    FlagWords { flag_id, seen: form.seen, words: &form.words }
}

/// On to the flag, or the page again with what was typed where the request can be mended.
async fn after(
    visit: &Visit,
    id: &str,
    form: ActForm,
    field: &'static str,
    done: Result<(), Refusal>,
) -> Response {
    let refusal = match done {
        Ok(()) => return visit.lead_to(&format!("/flags/{id}#history")),
        Err(refusal) => refusal,
    };
    let problem = visit.sentence(&refusal);
    match refusal.code() {
        "stale" => again(visit, id, StatusCode::CONFLICT, Draft { form, field: "stale", problem }).await,
        "hold.until" => {
            again(visit, id, StatusCode::UNPROCESSABLE_ENTITY, Draft { form, field: "until", problem }).await
        }
        code if code.starts_with("flag.") || code.starts_with("hold.") => {
            again(visit, id, StatusCode::UNPROCESSABLE_ENTITY, Draft { form, field, problem }).await
        }
        _ => visit.refused(&refusal),
    }
}

async fn again(visit: &Visit, id: &str, status: StatusCode, draft: Draft) -> Response {
    match page_of(visit, id, draft).await {
        Ok(page) => (status, visit.page(&page)).into_response(),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page_of(visit: &Visit, id: &str, draft: Draft) -> Result<OneFlagPage, Refusal> {
    let page = read_flag(&visit.app, &visit.actor(), id).await?;
    let region = visit.app.region().await?;
    let title = kind_label(visit.language, page.flag.screen);
    Ok(OneFlagPage { shell: visit.shell(Section::Flags, title), page, region, draft })
}

/// A piece of a title, and whether it stands in the other title too.
#[derive(Debug)]
struct Run {
    text: String,
    is_alike: bool,
}

/// A value of a contract, and whether the contract in question has the same.
#[derive(Debug)]
struct Cell {
    text: String,
    is_alike: bool,
}

/// A contract beside the question.
#[derive(Debug)]
struct Beside {
    number: String,
    link: Option<String>,
    title: Vec<Run>,
    cells: Vec<Cell>,
    is_own: bool,
}

/// A step in words.
#[derive(Debug)]
struct StepView {
    when: String,
    who: String,
    what: &'static str,
    words: String,
}

#[derive(Template)]
#[template(path = "flag.html")]
struct OneFlagPage {
    shell: Shell,
    page: FlagPage,
    region: std::sync::Arc<RegionInForce>,
    draft: Draft,
}

impl OneFlagPage {
    fn question(&self) -> String {
        question_of(self.shell.language, self.page.flag.screen)
    }

    fn kind(&self) -> &'static str {
        kind_label(self.shell.language, self.page.flag.screen)
    }

    fn state(&self) -> &'static str {
        state_label(&self.shell, self.page.flag.state, self.page.flag.gone_reason.as_deref())
    }

    fn class(&self) -> &'static str {
        state_class(self.page.flag.state, self.page.flag.gone_reason.as_deref())
    }

    fn strength(&self) -> &'static str {
        self.shell.t(match self.page.flag.strength {
            Strength::Moderate => "flag-moderate",
            Strength::Strong => "flag-strong",
        })
    }

    fn raised(&self) -> String {
        self.shell.say("flag-raised", [("day", &self.shell.day(&self.page.flag.raised_on))])
    }

    /// Who has to do what next.
    fn next(&self) -> String {
        let flag = &self.page.flag;
        let due = self.shell.day(&flag.due_on);
        match (flag.gone_reason.as_deref(), flag.state) {
            (Some("withdrawn"), _) => self.shell.t("flag-next-withdrawn").to_owned(),
            (Some("asked_anew"), _) => self.shell.t("flag-next-asked-anew").to_owned(),
            (Some(_), _) => self.shell.t("flag-next-gone").to_owned(),
            (None, FlagState::Open) => self.shell.say("flag-next-open", [("day", &due)]),
            (None, FlagState::Answered) => self.shell.t("flag-next-answered").to_owned(),
            (None, FlagState::Appealed) => self.shell.t("flag-next-appealed").to_owned(),
            (None, FlagState::Upheld) => self.shell.t("flag-next-upheld").to_owned(),
            (None, FlagState::Cleared | FlagState::ClearedOnAppeal) => {
                self.shell.t("flag-next-cleared").to_owned()
            }
            (None, FlagState::UpheldOnAppeal) => self.shell.t("flag-next-final").to_owned(),
        }
    }

    fn sentences(&self) -> Vec<String> {
        let told = self.page.sentences.iter();
        told.map(|sentence| evidence_of(self.shell.language, &sentence.zh, &sentence.en)).collect()
    }

    fn contract_link(&self, number: &str) -> String {
        self.shell.link(&contract_path(number))
    }

    /// The contract in question and those beside it, with what they have in common marked.
    fn beside(&self) -> Vec<Beside> {
        let own = &self.page.flag.contract;
        let seen = self.page.others.iter().filter_map(|other| match other {
            OtherContract::Seen(contract) => Some(&**contract),
            OtherContract::Named { .. } => None,
        });
        let others: Vec<&Contract> = seen.collect();
        let first = others.first().map_or("", |other| other.project_name.as_str());
        let mut rows = vec![self.row(own, first, None)];
        rows.extend(others.iter().map(|other| self.row(other, &own.project_name, Some(own))));
        rows
    }

    fn row(&self, contract: &Contract, beside: &str, own: Option<&Contract>) -> Beside {
        let is_long = |text: &str| text.chars().count() > 1;
        let title = runs_beside(&contract.project_name, beside)
            .into_iter()
            .map(|(text, is_alike)| Run { is_alike: is_alike && is_long(text), text: text.to_owned() });
        let cells = self.cells(contract);
        let same = own.map(|own| self.cells(own));
        let cells = cells.into_iter().enumerate().map(|(at, text)| Cell {
            is_alike: !text.is_empty() && same.as_ref().is_some_and(|same| same[at] == text),
            text,
        });
        Beside {
            number: contract.registration_number.clone(),
            link: Some(self.contract_link(&contract.registration_number)),
            title: title.collect(),
            cells: cells.collect(),
            is_own: own.is_none(),
        }
    }

    fn cells(&self, contract: &Contract) -> Vec<String> {
        let day = |day: Option<Date>| day.map(|day| self.shell.day(&day)).unwrap_or_default();
        let amount = |fen: Fen| fen.display_in(MoneyUnit::TenThousandYuan);
        vec![
            party_name(&self.shell, &contract.seller.name).to_owned(),
            party_name(&self.shell, &contract.buyer.name).to_owned(),
            amount(contract.contract_value),
            amount(contract.technology_value),
            day(contract.signed_on),
            day(Some(contract.registered_on)),
            contract.registrar_name.clone(),
        ]
    }

    /// Contracts of which the reader is told only where to ask.
    fn named(&self) -> Vec<String> {
        let named = self.page.others.iter().filter_map(|other| match other {
            OtherContract::Named { registration_number, registrar, registered_on } => {
                let day = self.shell.day(registered_on);
                let arguments =
                    [("number", registration_number.as_str()), ("registrar", registrar), ("day", &day)];
                Some(self.shell.say("flag-named", arguments))
            }
            OtherContract::Seen(_) => None,
        });
        named.collect()
    }

    fn withheld(&self) -> Option<String> {
        let count = self.page.others_withheld;
        (count > 0).then(|| self.shell.say("flag-withheld", [("count", &count.to_string())]))
    }

    fn steps(&self) -> Vec<StepView> {
        self.page.steps.iter().map(|step| self.step(step)).collect()
    }

    fn step(&self, step: &xiaoxiang_services::screening::FlagStep) -> StepView {
        let is_closing = step.act == "close";
        let what = match (step.act.as_str(), step.words.as_str()) {
            ("raise", _) => "flag-step-raise",
            ("evidence", _) => "flag-step-evidence",
            ("close", "withdrawn") => "flag-step-withdrawn",
            ("close", "asked_anew") => "flag-step-asked-anew",
            ("close", _) => "flag-step-close",
            ("return", _) => "flag-step-return",
            ("answer", _) => "flag-step-answer",
            ("clear", _) => "flag-step-clear",
            ("uphold", _) => "flag-step-uphold",
            _ => "flag-step-appeal",
        };
        StepView {
            when: self.shell.language.instant(step.at_ms, &self.region.time_zone),
            who: self.who(&step.actor),
            what: self.shell.t(what),
            words: if is_closing { String::new() } else { step.words.clone() },
        }
    }

    /// The role of a person; everything else is the program.
    fn who(&self, actor: &str) -> String {
        let role =
            actor.strip_prefix("person:").and_then(|rest| rest.split('/').nth(1)).and_then(Role::from_code);
        role.map_or_else(
            || self.shell.t("flag-program").to_owned(),
            |role| self.shell.language.pick(role.label(), role.label_en()).to_owned(),
        )
    }

    fn holds(&self) -> Vec<(String, String)> {
        let told = |hold: &HoldRow| {
            let day =
                |text: &str| text.parse().map_or_else(|_| text.to_owned(), |day: Date| self.shell.day(&day));
            let (on, until) = (day(&hold.held_on), day(&hold.until));
            let held = self
                .shell
                .say("flag-hold-line", [("officer", &hold.officer), ("day", &on), ("until", &until)]);
            let released = hold.released_on.as_deref().map(|released| {
                let officer = hold.released_by.as_deref().unwrap_or_default();
                self.shell.say("flag-release-line", [("officer", officer), ("day", &day(released))])
            });
            let reasons = [Some(hold.reason.as_str()), hold.release_reason.as_deref()];
            let lines: Vec<&str> = reasons.into_iter().flatten().collect();
            let head = released.map_or_else(|| held.clone(), |released| format!("{held} {released}"));
            (head, lines.join(" · "))
        };
        self.page.holds.iter().map(told).collect()
    }

    fn may(&self, act: FlagAct) -> bool {
        self.page.acts.contains(&act)
    }

    fn may_answer(&self) -> bool {
        self.may(FlagAct::Answer)
    }

    fn may_appeal(&self) -> bool {
        self.may(FlagAct::Appeal)
    }

    fn may_decide(&self) -> bool {
        self.may(FlagAct::Clear) || self.may(FlagAct::Uphold)
    }

    fn may_uphold(&self) -> bool {
        self.may(FlagAct::Uphold)
    }

    fn may_hold(&self) -> bool {
        self.page.hold_act == Some(HoldAct::Hold)
    }

    fn may_release(&self) -> bool {
        self.page.hold_act == Some(HoldAct::Release)
    }

    fn may_act(&self) -> bool {
        self.may_answer() || self.may_appeal() || self.may_decide()
    }

    fn problem(&self, field: &str) -> Option<&str> {
        (self.draft.field == field && !self.draft.problem.is_empty()).then_some(self.draft.problem.as_str())
    }

    fn is_chosen(&self, verdict: &str) -> bool {
        self.draft.form.verdict == verdict
    }

    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/flags/{}{rest}", self.page.flag.flag_id))
    }

    const fn words_max(&self) -> usize {
        FLAG_WORDS_MAX
    }
}
