//! Opens a lead (建立线索): joins a demand, or whoever asks, with an offer. Two sides are joined by one lead at a time.

use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::achievement::AchievementState;
use xiaoxiang_domain::demand::IssuedList;
use xiaoxiang_domain::lead::{LeadParty, LeadSource, LeadStage, LeadStep, MANAGING, OfferKind, is_office};
use xiaoxiang_domain::market::clean_text;
use xiaoxiang_domain::notice::{NamedValue, NoticeKind};
use xiaoxiang_domain::profile::ProfileKind;
use xiaoxiang_store::lead::{self as store, LeadRow, LeadStepRow};
use xiaoxiang_store::{NewEntry, StoreError, Tx, demand_issue, organisation, person, profile};

use super::case::{Case, is_managing, no_manager};
use super::notify_lead::{everybody, people_of, tell};
use crate::achievement::Case as AchievementCase;
use crate::actor::Actor;
use crate::app::App;
use crate::demand::Case as DemandCase;
use crate::profile::read_profile_row;
use crate::refusal::Refusal;

/// Most characters of what is said with a lead or a step.
pub const NOTE_CHARACTERS_MAX: usize = 2_000;
/// Most characters of an organisation's name.
pub const NAME_CHARACTERS_MAX: usize = 200;
/// Most characters of the id of a match or event.
const REFERENCE_CHARACTERS_MAX: usize = 80;

/// What a demand is joined with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeadOffer {
    /// Id of an achievement.
    Achievement(String),
    /// Id of a profile: expert, institution or team.
    Profile(String),
    /// Name of an organisation.
    Organisation(String),
    /// Whoever opens the lead: the expert, or the organisation acted for.
    Own,
}

/// A lead that is to be opened.
#[derive(Clone, Debug)]
pub struct NewLead {
    /// Where it came from.
    pub source: LeadSource,
    /// Id of the match or event; empty where there is none.
    pub source_reference: String,
    /// The demand; none where somebody asks for an offer.
    pub demand_id: Option<String>,
    /// Name of the organisation that asks where there is no demand; empty for whoever opens the lead.
    pub asker: String,
    /// What it is joined with.
    pub offer: LeadOffer,
    /// Person who looks after it; none leaves it to the office, or to the manager who opens it.
    pub manager: Option<String>,
    /// The day on which it came up; none for today.
    pub opened_on: Option<Date>,
    /// In words, read by both sides.
    pub note: String,
}

impl NewLead {
    /// A lead of which only the two sides are known.
    #[must_use]
    pub const fn plain(source: LeadSource, demand_id: Option<String>, offer: LeadOffer) -> Self {
        Self {
            source,
            source_reference: String::new(),
            demand_id,
            asker: String::new(),
            offer,
            manager: None,
            opened_on: None,
            note: String::new(),
        }
    }
}

/// A lead that joins the two sides now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadOpened {
    /// Id.
    pub lead_id: String,
    /// Whether it was opened now; else it was there and goes on.
    pub is_new: bool,
}

/// One side as it is written into the lead.
#[derive(Clone, Debug, Default)]
struct SideFacts {
    key: String,
    organisation_key: i64,
    person_id: String,
    title: String,
    name: String,
    division: String,
    field: String,
    /// Whether it is the side of whoever opens the lead.
    is_own: bool,
}

/// Opens the lead, or gives the open one that joins the two sides already.
pub async fn open_lead(app: &App, actor: &Actor, new: &NewLead) -> Result<LeadOpened, Refusal> {
    let scope = actor.permit(Action::HandleLeads)?;
    let note = checked_note(&new.note)?;
    let reference = checked_line(&new.source_reference, REFERENCE_CHARACTERS_MAX)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let today = app.today_in(&mut tx).await?;
    let opened_on = new.opened_on.unwrap_or(today);
    if opened_on > today {
        return Err(Refusal::invalid("lead.in_future", "日期不能晚于今天。", "the day lies in the future"));
    }
    let demand = demand_of(&mut tx, actor, scope, new).await?;
    let (offer_kind, offer_id, offer) = offer_of(&mut tx, actor, scope, &new.offer).await?;
    permit_sides(actor, new, [&demand.facts, &offer])?;
    let pair_key = format!("{}|{}", demand.facts.key, offer.key);
    // Nobody joins the same two meanwhile.
    tx.lock_log().await?;
    if let Some((lead_id,)) = store::find_open_pair(&mut tx, &pair_key).await? {
        return match Case::visible(&mut tx, actor, &lead_id).await {
            Ok(_) => Ok(LeadOpened { lead_id, is_new: false }),
            Err(Refusal::NotFound(_)) => Err(Refusal::invalid(
                "lead.taken",
                "双方已有一条线索在办理，由其他经理人负责。",
                "a lead joins the two sides already; somebody else looks after it",
            )),
            Err(refusal) => Err(refusal),
        };
    }
    let manager_id = manager_of(&mut tx, actor, new, &demand, today).await?;
    let row = LeadRow {
        lead_id: app.new_id()?,
        revision: 1,
        source: new.source.code().to_owned(),
        source_reference: reference,
        issue_number: issue_of(&mut tx, &demand).await?,
        demand_id: demand.id,
        demand_organisation_key: demand.facts.organisation_key,
        demand_person_id: demand.facts.person_id,
        demand_title: demand.facts.title,
        demand_name: demand.facts.name,
        offer_kind: offer_kind.code().to_owned(),
        offer_id,
        offer_organisation_key: offer.organisation_key,
        offer_person_id: offer.person_id,
        offer_name: offer.name,
        division: demand.facts.division,
        offer_division: offer.division,
        field: if demand.facts.field.is_empty() { offer.field } else { demand.facts.field },
        manager_id,
        pair_key,
        stage: LeadStage::Lead.code().to_owned(),
        is_closed: false,
        close_reason: None,
        opened_on: opened_on.to_string(),
        contact_on: None,
        meeting_on: None,
        negotiation_on: None,
        agreement_on: None,
        draft_on: None,
        moved_on: opened_on.to_string(),
        closed_on: None,
        signed_fen: None,
        application_id: None,
        contract_number: None,
        opener_id: actor.person_id().unwrap_or_default().to_owned(),
        created_at_ms: now_ms,
        changed_at_ms: now_ms,
        application_state: None,
        registration_number: None,
        contract_standing: None,
        registered_on: None,
        contract_value_fen: None,
        technology_value_fen: None,
    };
    store::start(&mut tx, &row).await?;
    let is_manager = row.manager_id.is_some() && row.manager_id.as_deref() == actor.person_id();
    let party = match (demand.facts.is_own, offer.is_own, is_manager) {
        (true, _, _) => LeadParty::Demand,
        (false, true, _) => LeadParty::Offer,
        (false, false, true) => LeadParty::Manager,
        _ => LeadParty::Office,
    };
    let step = LeadStepRow {
        serial: 1,
        step: LeadStep::Open.code().to_owned(),
        from_stage: row.stage.clone(),
        to_stage: row.stage.clone(),
        happened_on: row.opened_on.clone(),
        party: party.code().to_owned(),
        actor: actor.log_name().to_owned(),
        person_id: actor.person_id().map(str::to_owned),
        reason: None,
        present: String::new(),
        note,
        taken_at_ms: now_ms,
    };
    store::add_step(&mut tx, &row.lead_id, &step).await?;
    let mut whom = everybody(&row);
    if row.manager_id.is_none() {
        // Somebody has to look after it.
        whom.extend(people_of(&row, LeadParty::Office));
    }
    let source = NamedValue::new("source", new.source.label(), new.source.label_en());
    tell(app, &mut tx, Some(actor), &row, (NoticeKind::LeadOpened, "1"), vec![source], &whom).await?;
    // Who is joined with whom is the two sides' own affair: the log says that there is a lead.
    let payload = json!({ "source": row.source, "opened_on": row.opened_on, "offer_kind": row.offer_kind });
    let entry = NewEntry { kind: "lead.opened", subject: format!("lead:{}", row.lead_id), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(LeadOpened { lead_id: row.lead_id, is_new: true })
}

/// The demand side: with the demand where there is one.
struct DemandOfLead {
    id: Option<String>,
    case: Option<DemandCase>,
    facts: SideFacts,
}

async fn demand_of(tx: &mut Tx, actor: &Actor, scope: Scope, new: &NewLead) -> Result<DemandOfLead, Refusal> {
    if let Some(demand_id) = &new.demand_id {
        let case = DemandCase::load(tx, demand_id).await?;
        if !case.state.is_on_market() {
            // Whoever handles it may join it before it is published; nobody joins what is over.
            let case = DemandCase::visible(tx, actor, demand_id).await?;
            if case.state.is_final() || case.state.is_writable() {
                return Err(Refusal::invalid(
                    "lead.demand_over",
                    "这条需求不在对接范围内（草稿、已签约或已撤回）。",
                    "this demand is a draft or over",
                ));
            }
        }
        let facts = SideFacts {
            key: format!("demand:{demand_id}"),
            organisation_key: case.row.organisation_key,
            title: case.row.title.clone(),
            division: case.row.division.clone(),
            field: case.row.field.clone(),
            is_own: case.is_of(actor),
            ..SideFacts::default()
        };
        return Ok(DemandOfLead { id: Some(demand_id.clone()), case: Some(case), facts });
    }
    let asker = checked_line(&new.asker, NAME_CHARACTERS_MAX)?;
    let facts =
        if asker.is_empty() { own_side(tx, actor, scope).await? } else { named_side(tx, &asker).await? };
    Ok(DemandOfLead { id: None, case: None, facts })
}

async fn offer_of(
    tx: &mut Tx,
    actor: &Actor,
    scope: Scope,
    offer: &LeadOffer,
) -> Result<(OfferKind, String, SideFacts), Refusal> {
    match offer {
        LeadOffer::Achievement(id) => {
            let case = AchievementCase::load(tx, id).await?;
            if !case.state.is_public() || case.state == AchievementState::Assigned {
                // Whether it is there at all is told to those who see it.
                if !case.state.is_public() {
                    AchievementCase::visible(tx, actor, id).await?;
                }
                return Err(Refusal::invalid(
                    "lead.achievement_not_offered",
                    "成果公示或挂牌后、转让前才能对接。",
                    "an achievement is joined with a demand while it is public and not sold",
                ));
            }
            let facts = SideFacts {
                key: format!("achievement:{id}"),
                organisation_key: case.row.organisation_key,
                name: case.row.title.clone(),
                division: case.row.division.clone(),
                field: case.row.field.clone(),
                is_own: is_own_organisation(actor, scope, case.row.organisation_key),
                ..SideFacts::default()
            };
            Ok((OfferKind::Achievement, id.clone(), facts))
        }
        LeadOffer::Profile(id) => {
            let row = profile::find(tx, id).await?.filter(|row| row.is_listed);
            let row = row.ok_or_else(|| Refusal::NotFound(id.clone()))?;
            Ok((OfferKind::Profile, id.clone(), profile_side(actor, scope, &row)?))
        }
        LeadOffer::Organisation(name) => {
            let name = checked_line(name, NAME_CHARACTERS_MAX)?;
            if name.is_empty() {
                return Err(Refusal::invalid(
                    "lead.offer_missing",
                    "请选择成果、专家或机构，或填写供给方单位名称。",
                    "choose an achievement or a profile, or name the offering organisation",
                ));
            }
            Ok((OfferKind::Organisation, String::new(), named_side(tx, &name).await?))
        }
        LeadOffer::Own => {
            if let (Some(Role::Expert), Some(person_id)) = (actor.role(), actor.person_id()) {
                let own = profile::list_own(tx, person_id, 0).await?;
                if let Some(row) = own.iter().find(|row| row.kind == ProfileKind::Expert.code()) {
                    let facts = profile_side(actor, scope, row)?;
                    return Ok((OfferKind::Profile, row.profile_id.clone(), facts));
                }
            }
            Ok((OfferKind::Organisation, String::new(), own_side(tx, actor, scope).await?))
        }
    }
}

fn profile_side(actor: &Actor, scope: Scope, row: &profile::ProfileRow) -> Result<SideFacts, Refusal> {
    let (_, form) = read_profile_row(row)?;
    let organisation_key = row.organisation_key.unwrap_or_default();
    let person_id = row.person_id.clone().unwrap_or_default();
    let is_me = !person_id.is_empty() && actor.person_id() == Some(person_id.as_str());
    Ok(SideFacts {
        key: format!("profile:{}", row.profile_id),
        is_own: is_me || is_own_organisation(actor, scope, organisation_key),
        organisation_key,
        person_id,
        name: form.name,
        division: row.division.clone(),
        field: form.fields.first().cloned().unwrap_or_default(),
        ..SideFacts::default()
    })
}

fn is_own_organisation(actor: &Actor, scope: Scope, organisation_key: i64) -> bool {
    organisation_key != 0 && actor.person_id().is_some() && scope == Scope::Organisation(organisation_key)
}

/// Whoever opens the lead: the organisation acted for, or the expert.
async fn own_side(tx: &mut Tx, actor: &Actor, scope: Scope) -> Result<SideFacts, Refusal> {
    if let (Scope::Organisation(key), Some(_)) = (scope, actor.person_id()) {
        let found = organisation::find_name(tx, key).await?;
        let (name, _) = found.ok_or_else(|| Refusal::NotFound(format!("organisation {key}")))?;
        let key_text = format!("organisation:{key}");
        return Ok(SideFacts {
            key: key_text,
            organisation_key: key,
            name,
            is_own: true,
            ..SideFacts::default()
        });
    }
    if let (Some(Role::Expert), Some(person_id)) = (actor.role(), actor.person_id()) {
        let name = person::find(tx, person_id).await?.map_or_else(String::new, |found| found.name);
        return Ok(SideFacts {
            key: format!("person:{person_id}"),
            person_id: person_id.to_owned(),
            name,
            is_own: true,
            ..SideFacts::default()
        });
    }
    Err(Refusal::invalid(
        "lead.no_own_side",
        "您不代表某个单位，请写明双方：选择需求和供给方，或填写单位名称。",
        "you act for no organisation; name both sides",
    ))
}

async fn named_side(tx: &mut Tx, name: &str) -> Result<SideFacts, Refusal> {
    let known = organisation::find_keys(tx, "", name).await?.first().copied();
    Ok(SideFacts {
        key: known.map_or_else(|| format!("name:{name}"), |key| format!("organisation:{key}")),
        organisation_key: known.unwrap_or_default(),
        name: name.to_owned(),
        ..SideFacts::default()
    })
}

/// A manager or an office joins others; everybody else only themselves with somebody.
fn permit_sides(actor: &Actor, new: &NewLead, [demand, offer]: [&SideFacts; 2]) -> Result<(), Refusal> {
    let joins_others = is_office(actor.role()) || actor.role().is_some_and(|role| MANAGING.contains(&role));
    if !joins_others && !demand.is_own && !offer.is_own {
        return Err(Refusal::invalid(
            "lead.neither_side",
            "您不是需求方也不是供给方，不能代他人建立线索。",
            "you are neither side; open leads of your own",
        ));
    }
    if !joins_others && new.manager.is_some() {
        return Err(Refusal::Forbidden(Action::AssignLeads));
    }
    if demand.key == offer.key
        || (demand.organisation_key != 0 && demand.organisation_key == offer.organisation_key)
    {
        return Err(Refusal::invalid(
            "lead.same_side",
            "需求方与供给方是同一单位，不必建立对接线索。",
            "both sides are the same organisation",
        ));
    }
    Ok(())
}

/// Who looks after it: whoever is named, the manager who opens it for others, or the one who collected the demand.
async fn manager_of(
    tx: &mut Tx,
    actor: &Actor,
    new: &NewLead,
    demand: &DemandOfLead,
    today: Date,
) -> Result<Option<String>, Refusal> {
    if let Some(named) = &new.manager {
        return if is_managing(tx, named, today).await? {
            Ok(Some(named.clone()))
        } else {
            Err(no_manager())
        };
    }
    if actor.role().is_some_and(|role| MANAGING.contains(&role)) && new.offer != LeadOffer::Own {
        return Ok(actor.person_id().map(str::to_owned));
    }
    let enterer = demand.case.as_ref().map(|case| case.row.enterer_id.clone()).unwrap_or_default();
    let is_theirs = !enterer.is_empty() && is_managing(tx, &enterer, today).await?;
    Ok(Some(enterer).filter(|_| is_theirs))
}

/// Number of the latest issue of its list, where the demand stands on it.
async fn issue_of(tx: &mut Tx, demand: &DemandOfLead) -> Result<String, Refusal> {
    let Some(case) = &demand.case else { return Ok(String::new()) };
    let Some(issue) = demand_issue::find_latest(tx, case.kind.code()).await? else {
        return Ok(String::new());
    };
    let list: IssuedList = serde_json::from_str(&issue.content)
        .map_err(|_| StoreError::Damaged(format!("issue {}", issue.issue_id)))?;
    let stands = list.entries.iter().any(|entry| entry.demand_id == case.row.demand_id);
    Ok(if stands { issue.number } else { String::new() })
}

/// What is said, within its limit.
pub(super) fn checked_note(note: &str) -> Result<String, Refusal> {
    clean_text(note, NOTE_CHARACTERS_MAX).map_err(|_| {
        Refusal::invalid(
            "lead.note",
            format!("说明不超过 {NOTE_CHARACTERS_MAX} 字。"),
            format!("at most {NOTE_CHARACTERS_MAX} characters of words"),
        )
    })
}

/// A text in one line, within a limit.
pub(super) fn checked_line(text: &str, characters_max: usize) -> Result<String, Refusal> {
    let cleaned = clean_text(text, characters_max).map_err(|_| {
        Refusal::invalid(
            "lead.line",
            format!("不超过 {characters_max} 字。"),
            format!("at most {characters_max} characters"),
        )
    })?;
    Ok(cleaned.replace('\n', " "))
}
