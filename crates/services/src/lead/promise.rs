//! What somebody promised to do next with a lead (下一步、承诺事项): written down with its day, kept or dropped, reminded of.

use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::lead::{LeadParty, LeadStep, PromiseState};
use xiaoxiang_domain::market::clean_text;
use xiaoxiang_domain::notice::{NamedValue, NoticeKind};
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::lead::{self as store, PromiseRow};

use super::case::Case;
use super::notify_lead::{people_of, tell};
use super::take_lead_step::permit_handling;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Most characters of what is promised.
pub const PROMISE_CHARACTERS_MAX: usize = 300;
/// Most open promises of a lead.
pub const OPEN_PROMISES_MAX: usize = 30;
/// Years ahead that a promise may be due.
const DUE_YEARS_MAX: i16 = 5;
/// Promises that are looked at in one go.
const AT_ONCE: i64 = 200;

/// A promise that is to be written down.
#[derive(Clone, Debug)]
pub struct NewPromise {
    /// Whose it is to keep.
    pub whose: LeadParty,
    /// What.
    pub words: String,
    /// The day by which.
    pub due_on: Date,
}

/// Writes a promise down and gives its id.
pub async fn make_promise(
    app: &App,
    actor: &Actor,
    lead_id: &str,
    new: &NewPromise,
) -> Result<String, Refusal> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let (case, _) = Case::visible(&mut tx, actor, lead_id).await?;
    permit_handling(actor, LeadStep::Contact)?;
    let today = app.today_in(&mut tx).await?;
    check(&case, new, today)?;
    let words = clean_text(&new.words, PROMISE_CHARACTERS_MAX).ok().filter(|words| !words.is_empty());
    let words = words.ok_or_else(|| {
        Refusal::invalid(
            "lead.promise.words",
            format!("请写明要做什么，不超过 {PROMISE_CHARACTERS_MAX} 字。"),
            format!("say what is to be done in at most {PROMISE_CHARACTERS_MAX} characters"),
        )
    })?;
    let held = store::list_promises(&mut tx, lead_id).await?;
    if held.iter().filter(|row| row.state == PromiseState::Open.code()).count() >= OPEN_PROMISES_MAX {
        return Err(Refusal::invalid(
            "lead.promise.too_many",
            format!("待办事项已达 {OPEN_PROMISES_MAX} 项，请先办结或取消一些。"),
            format!("there are {OPEN_PROMISES_MAX} open promises; settle some first"),
        ));
    }
    let row = PromiseRow {
        promise_id: app.new_id()?,
        lead_id: lead_id.to_owned(),
        whose: new.whose.code().to_owned(),
        words,
        due_on: new.due_on.to_string(),
        made_by: actor.log_name().to_owned(),
        made_at_ms: now_ms,
        state: PromiseState::Open.code().to_owned(),
        settled_on: None,
        settled_by: None,
    };
    store::add_promise(&mut tx, &row).await?;
    let whom = people_of(&case.row, new.whose);
    let occasion = (NoticeKind::LeadPromised, row.promise_id.as_str());
    tell(app, &mut tx, Some(actor), &case.row, occasion, vec![NamedValue::same("due", &row.due_on)], &whom)
        .await?;
    let payload = json!({ "promise_id": row.promise_id, "whose": row.whose, "due_on": row.due_on });
    let entry = NewEntry { kind: "lead.promised", subject: format!("lead:{lead_id}"), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(row.promise_id)
}

fn check(case: &Case, new: &NewPromise, today: Date) -> Result<(), Refusal> {
    if !case.facts().standing().is_open() {
        return Err(Refusal::invalid(
            "lead.promise.over",
            "线索已终止或合同已登记，不能再记待办。",
            "the lead is over; nothing more is promised for it",
        ));
    }
    if !LeadParty::PROMISING.contains(&new.whose) {
        return Err(Refusal::invalid(
            "lead.promise.whose",
            "请选择由需求方、供给方还是技术经理人办理。",
            "say whose it is to do: the demand side's, the offer side's or the manager's",
        ));
    }
    if new.whose == LeadParty::Manager && case.row.manager_id.is_none() {
        return Err(Refusal::invalid(
            "lead.promise.no_manager",
            "这条线索还没有技术经理人，请先指定。",
            "nobody looks after this lead yet; assign a manager first",
        ));
    }
    let last = today.saturating_add(jiff::Span::new().years(DUE_YEARS_MAX));
    if new.due_on < today || new.due_on > last {
        return Err(Refusal::invalid(
            "lead.promise.due",
            format!("办理期限应在今天至 {DUE_YEARS_MAX} 年之内。"),
            format!("it is due between today and {DUE_YEARS_MAX} years from now"),
        ));
    }
    Ok(())
}

/// Says that an open promise was kept or is not needed any more.
///
/// Its own party says so, the manager, or the office: nobody reports the other side's work as done.
pub async fn settle_promise(
    app: &App,
    actor: &Actor,
    [lead_id, promise_id]: [&str; 2],
    state: PromiseState,
) -> Result<(), Refusal> {
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let (_, party) = Case::visible(&mut tx, actor, lead_id).await?;
    permit_handling(actor, LeadStep::Contact)?;
    let held = store::list_promises(&mut tx, lead_id).await?;
    let row = held.into_iter().find(|row| row.promise_id == promise_id);
    let mut row = row.ok_or_else(|| Refusal::NotFound(promise_id.to_owned()))?;
    if !may_settle(party, &row) {
        return Err(Refusal::Forbidden(Action::HandleLeads));
    }
    let today = app.today_in(&mut tx).await?;
    row.state = state.code().to_owned();
    row.settled_on = Some(today.to_string());
    row.settled_by = Some(actor.log_name().to_owned());
    if state == PromiseState::Open || !store::settle_promise(&mut tx, &row).await? {
        return Err(Refusal::invalid(
            "lead.promise.settled",
            "这项事项已办结或取消，请刷新页面。",
            "this is settled already; reload",
        ));
    }
    let payload = json!({ "promise_id": promise_id, "state": row.state });
    let entry = NewEntry { kind: "lead.promise_settled", subject: format!("lead:{lead_id}"), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

/// Whether a party may say what became of a promise.
pub(super) fn may_settle(party: LeadParty, row: &PromiseRow) -> bool {
    matches!(party, LeadParty::Manager | LeadParty::Office) || party.code() == row.whose
}

/// Reminds, once for each promise, those whose day is over, and the manager; gives how many promises it looked at.
pub async fn remind_overdue(app: &App) -> Result<usize, Refusal> {
    let mut after = (String::new(), String::new());
    let mut reminded = 0;
    loop {
        let mut tx = app.db.read().await?;
        let today = app.today_in(&mut tx).await?.to_string();
        let due = store::list_overdue_promises(&mut tx, &today, (&after.0, &after.1), AT_ONCE).await?;
        drop(tx);
        let Some(last) = due.last() else { return Ok(reminded) };
        after = (last.due_on.clone(), last.promise_id.clone());
        for promise in due {
            let mut tx = app.db.begin(app.clock.now_ms()).await?;
            let case = Case::load(&mut tx, &promise.lead_id).await?;
            let whose = LeadParty::from_code(&promise.whose).unwrap_or(LeadParty::Manager);
            let mut whom = people_of(&case.row, whose);
            whom.extend(people_of(&case.row, LeadParty::Manager));
            let occasion = format!("{}:{}", promise.promise_id, promise.due_on);
            let values = vec![NamedValue::same("due", &promise.due_on)];
            let told = (NoticeKind::LeadOverdue, occasion.as_str());
            tell(app, &mut tx, None, &case.row, told, values, &whom).await?;
            tx.keep_unlogged().await?;
            reminded += 1;
        }
    }
}
