//! Applications of the demo (示例登记申请), walked by the example people through the use cases that everybody else goes.

use jiff::{SignedDuration, ToSpan};
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::contract::Party;
use xiaoxiang_domain::contract::procedure::{InspectionAct, Step};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_store::{StoreError, organisation, person};

use super::example_people::{EXAMPLE_REVIEWER, list_example_people, sign_in_name_of};
use crate::actor::Actor;
use crate::app::{App, Clock};
use crate::contract::{WrittenValue, check_contract, import_records};
use crate::demo::applications::{
    APPLICATIONS, Applicant, Deed, DeskParties, ExampleApplication, FIRST_DAY, INSPECTION_DAYS,
    INSPECTION_WORDS, SEED,
};
use crate::paper::{Block, Document, write_docx};
use crate::refusal::Refusal;
use crate::registration::inspection::{ActRequest, draw_inspections, read_inspection, take_act};
use crate::registration::{
    ApplicationsAsk, AttachmentKind, NewRequest, RequestKind, SavedForm, StepRequest, begin_text,
    list_applications, raise_request, read_application, save_application, start_application, take_step,
};

const HOURS_A_DAY: i64 = 24;
/// Where the serials of numbers begin that the national system would have given.
const NATIONAL_SERIAL: usize = 90_000_000;
/// How many bytes of a text go in at once.
const TEXT_PART_BYTES: usize = 500_000;

/// The same example some days earlier, so that what is done in it has its dates.
#[must_use]
pub fn example_days_before(app: &App, days: i64) -> App {
    let instant = app.clock.now() - SignedDuration::from_hours(HOURS_A_DAY * days);
    app.clone().with_clock(Clock::new(move || instant))
}

/// The example as it was before anything came to its desk.
#[must_use]
pub fn example_at_first(app: &App) -> App {
    example_days_before(app, FIRST_DAY + 1)
}

/// Lets the example people apply, review, object and inspect; does nothing where something was applied for, or where an
/// earlier version entered fewer people.
pub async fn walk_example_applications(app: &App, operator: &Actor) -> Result<(), Refusal> {
    let begun = ApplicationsAsk { limit: 1, ..ApplicationsAsk::default() };
    let is_begun = !list_applications(app, operator, &begun).await?.items.is_empty();
    if is_begun || !list_example_people(app).await?.iter().any(|one| one.sign_in_name == EXAMPLE_REVIEWER) {
        return Ok(());
    }
    let mut desk = Desk::open(app, operator).await?;
    let mut moves: Vec<(i64, Move)> = Vec::new();
    for (at, one) in APPLICATIONS.iter().enumerate() {
        moves.push((one.course.first().map_or(0, |(day, _)| *day), Move::Begin(at)));
        moves.extend(one.course.iter().map(|(day, deed)| (*day, Move::Do(at, *deed))));
    }
    let [drawn, notified, answered] = INSPECTION_DAYS;
    moves.extend([(drawn, Move::Draw), (notified, Move::Notify), (answered, Move::Answer)]);
    // In order of time: the log has one.
    moves.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
    for (day, step) in moves {
        desk.go_on(&example_days_before(app, day), step).await?;
    }
    Ok(())
}

/// Something that happens on a day.
#[derive(Clone, Copy)]
enum Move {
    /// An application is begun, saved and has its text.
    Begin(usize),
    /// Something is done about it.
    Do(usize, Deed),
    /// The year's spot check is drawn.
    Draw,
    /// The party is asked for evidence.
    Notify,
    /// It hands some in.
    Answer,
}

/// The people of the desk, and what they have begun.
struct Desk {
    operator: Actor,
    office: Actor,
    agent: Actor,
    first: Actor,
    second: Actor,
    expert: Actor,
    province: Actor,
    tax: Actor,
    parties: DeskParties,
    registrar_key: i64,
    /// Ids by place in the list.
    begun: Vec<Option<String>>,
    inspections: Vec<String>,
}

impl Desk {
    async fn open(app: &App, operator: &Actor) -> Result<Self, Refusal> {
        let region = app.region().await?;
        let today = app.clock.today_in(&region.time_zone);
        let of = async |role: Role| actor_named(app, &sign_in_name_of(role)).await;
        let first = of(Role::Registrar).await?;
        let Some(Scope::Registrar(registrar_key)) =
            first.extent(xiaoxiang_domain::access::Action::HandleApplications)
        else {
            return Err(Refusal::NotFound("the example's registrar".to_owned()));
        };
        Ok(Self {
            operator: operator.clone(),
            office: of(Role::TransferOffice).await?,
            agent: of(Role::OrganisationAgent).await?,
            first,
            second: actor_named(app, EXAMPLE_REVIEWER).await?,
            expert: of(Role::Expert).await?,
            province: of(Role::Statistician).await?,
            tax: of(Role::Tax).await?,
            parties: DeskParties::on(&region.region, today),
            registrar_key,
            begun: vec![None; APPLICATIONS.len()],
            inspections: Vec::new(),
        })
    }

    fn applicant(&self, at: usize) -> &Actor {
        match APPLICATIONS[at].applicant {
            Applicant::University => &self.office,
            Applicant::Company => &self.agent,
        }
    }

    fn id(&self, at: usize) -> Result<&str, Refusal> {
        self.begun[at].as_deref().ok_or_else(|| Refusal::NotFound(APPLICATIONS[at].project.to_owned()))
    }

    async fn go_on(&mut self, app: &App, step: Move) -> Result<(), Refusal> {
        match step {
            Move::Begin(at) => self.begin(app, at).await,
            Move::Do(at, deed) => self.deed(app, at, deed).await,
            Move::Draw => {
                let year = app.today().await?.year();
                self.inspections = draw_inspections(app, &self.province, year, SEED).await?.inspections;
                Ok(())
            }
            Move::Notify => self.act(app, &self.province, InspectionAct::Notice, INSPECTION_WORDS[0]).await,
            Move::Answer => {
                let party = self.party_inspected(app).await?;
                self.act(app, &party, InspectionAct::TakeEvidence, INSPECTION_WORDS[1]).await
            }
        }
    }

    /// Begins an application with its form and, where it is to be handed in, its text.
    async fn begin(&mut self, app: &App, at: usize) -> Result<(), Refusal> {
        let (one, applicant) = (&APPLICATIONS[at], self.applicant(at));
        let id = start_application(app, applicant, self.registrar_key).await?;
        let (seller, buyer) = self.sides(app, at).await?;
        let form = one.form(&seller, &buyer, app.today().await?);
        save_application(app, applicant, &id, &SavedForm { revision: 1, registrar_key: None, form }).await?;
        if !one.course.is_empty() {
            let bytes = contract_text(app, one, &seller, &buyer).await?;
            let kind = AttachmentKind::ContractText;
            let mut text = begin_text(app, applicant, &id, kind, "示例合同文本.docx").await?;
            for part in bytes.chunks(TEXT_PART_BYTES) {
                text.push(app, part).await?;
            }
            text.finish(app, applicant).await?;
        }
        self.begun[at] = Some(id);
        Ok(())
    }

    /// The applying organisation as seller, and another company as buyer.
    async fn sides(&self, app: &App, at: usize) -> Result<(Party, Party), Refusal> {
        let unknown = || Refusal::NotFound("the example's organisations".to_owned());
        let Some(Scope::Organisation(key)) =
            self.applicant(at).extent(xiaoxiang_domain::access::Action::Apply)
        else {
            return Err(unknown());
        };
        let mut tx = app.db.read().await?;
        let (name, _) = organisation::find_name(&mut tx, key).await?.ok_or_else(unknown)?;
        let all = || self.parties.universities.iter().chain(&self.parties.companies);
        let seller = all().find(|party| party.name == name).ok_or_else(unknown)?;
        let buyers = self.parties.companies.iter().filter(|party| party.name != name);
        let buyer = buyers.cycle().nth(at).ok_or_else(unknown)?;
        Ok((seller.clone(), buyer.clone()))
    }

    async fn deed(&self, app: &App, at: usize, deed: Deed) -> Result<(), Refusal> {
        let id = self.id(at)?;
        let seen = read_application(app, &self.operator, id).await?;
        let revision = seen.row.revision;
        match deed {
            Deed::Take(step, reason, words) => {
                let actor = match step {
                    Step::Submit | Step::Withdraw => self.applicant(at),
                    Step::Approve | Step::Refuse => &self.second,
                    Step::GiveExpertOpinion => &self.expert,
                    _ => &self.first,
                };
                let reason_codes = if reason.is_empty() { Vec::new() } else { vec![reason.to_owned()] };
                let plain = StepRequest::plain(step, revision);
                let request = StepRequest { reason_codes, words: words.to_owned(), ..plain };
                take_step(app, actor, id, &request).await?;
            }
            Deed::NationalResult => self.take_national_result(app, at).await?,
            Deed::TaxObjects(words) => {
                let words = words.to_owned();
                let objection = NewRequest { kind: RequestKind::Objection, revision, words, form: None };
                raise_request(app, &self.tax, id, &objection).await?;
            }
            Deed::AsksForChange(words) => {
                let mut form = seen.form;
                let valid_to: Option<jiff::civil::Date> = form.field("valid_to").parse().ok();
                let later = valid_to.map(|day| day.saturating_add(6.months()).to_string());
                form.fields.insert("valid_to".to_owned(), later.unwrap_or_default());
                let words = words.to_owned();
                let change = NewRequest { kind: RequestKind::Change, revision, words, form: Some(form) };
                raise_request(app, self.applicant(at), id, &change).await?;
            }
        }
        Ok(())
    }

    /// What the national system would send back: the contract under its number.
    async fn take_national_result(&self, app: &App, at: usize) -> Result<(), Refusal> {
        let page = read_application(app, &self.operator, self.id(at)?).await?;
        let today = app.today().await?;
        let number = format!("{:04}{:04}{:08}", today.year(), 4_301, NATIONAL_SERIAL + at);
        let in_force = app.region().await?;
        let mut written: std::collections::HashMap<String, WrittenValue> = page
            .form
            .fields
            .iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(key, text)| (key.clone(), WrittenValue::Text(text.clone())))
            .collect();
        for key in ["signed_on", "valid_from", "valid_to"] {
            written.insert(key.to_owned(), WrittenValue::Day(page.form.field(key).to_owned()));
        }
        let amounts = [
            ("contract_value", page.row.contract_value_fen),
            ("technology_value", page.row.technology_value_fen),
        ];
        for (key, fen) in amounts {
            written.insert(key.to_owned(), WrittenValue::Amount(fen.unwrap_or_default()));
        }
        let registrar = in_force.region.registrars().find(&self.parties.registrar);
        let code = registrar.and_then(|registrar| registrar.code.clone()).unwrap_or_default();
        written.insert("registrar_code".to_owned(), WrittenValue::Text(code));
        written.insert("registrar_name".to_owned(), WrittenValue::Text(self.parties.registrar.clone()));
        written.insert("registration_number".to_owned(), WrittenValue::Text(number));
        written.insert("registered_on".to_owned(), WrittenValue::Day(today.to_string()));
        let checked = check_contract(app, written).await?;
        let checked = checked.map_err(Refusal::Fields)?;
        let file = "示例全国系统回传";
        import_records(app, &self.province, Source::Registry, file, vec![checked.contract]).await?;
        Ok(())
    }

    async fn act(&self, app: &App, actor: &Actor, act: InspectionAct, words: &str) -> Result<(), Refusal> {
        for id in &self.inspections {
            let revision = read_inspection(app, &self.operator, id).await?.summary.row.revision;
            let words = words.to_owned();
            take_act(app, actor, id, &ActRequest { act, revision, ground_codes: Vec::new(), words }).await?;
        }
        Ok(())
    }

    /// The applicant of what was drawn: of so few, one.
    async fn party_inspected(&self, app: &App) -> Result<Actor, Refusal> {
        let drawn = self.inspections.first().ok_or_else(|| Refusal::NotFound("a draw".to_owned()))?;
        let application = read_inspection(app, &self.operator, drawn).await?.summary.row.application_id;
        let at = self.begun.iter().position(|id| id.as_deref() == Some(&application));
        Ok(self.applicant(at.ok_or(Refusal::NotFound(application))?).clone())
    }
}

/// Somebody entered under a sign-in name, in the role first granted.
pub(super) async fn actor_named(app: &App, sign_in_name: &str) -> Result<Actor, Refusal> {
    let unknown = || Refusal::NotFound(sign_in_name.to_owned());
    let mut tx = app.db.read().await?;
    let people = person::list(&mut tx).await?;
    let found = people.into_iter().find(|person| person.sign_in_name == sign_in_name).ok_or_else(unknown)?;
    let grants = person::list_grants(&mut tx, &found.person_id).await?;
    let grant = grants.first().ok_or_else(unknown)?;
    let damaged = || StoreError::Damaged(format!("grant {}", grant.grant_id));
    let role = Role::from_code(&grant.role).ok_or_else(damaged)?;
    let scope: Scope = grant.scope.parse().map_err(|_| damaged())?;
    Ok(Actor::person(&found.person_id, role, scope))
}

/// A contract of a page, plainly invented, so that there is something to open.
async fn contract_text(
    app: &App,
    one: &ExampleApplication,
    seller: &Party,
    buyer: &Party,
) -> Result<Vec<u8>, Refusal> {
    let zone = app.region().await?.time_zone.clone();
    let row = |label: &str, text: &str| (label.to_owned(), text.to_owned());
    let document = Document {
        letterhead: None,
        number: None,
        title: "技术合同（示例文本）".to_owned(),
        blocks: vec![
            Block::Form(vec![
                row("项目名称", one.project),
                row("委托方（甲方）", &buyer.name),
                row("受托方（乙方）", &seller.name),
            ]),
            Block::Paragraph("本文本为演示而虚构，不是真实合同，不具有任何效力。".to_owned()),
        ],
    };
    let written = write_docx(&document, app.clock.now().to_zoned(zone).datetime());
    written.map_err(|error| StoreError::Damaged(format!("the example's text: {error}")).into())
}
