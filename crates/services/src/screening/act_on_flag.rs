//! What people do with a flag (疑点): answer it, decide it, appeal once. Whoever acts has seen the newest step.

use serde_json::json;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::contract::flag::{AnswerTime, FlagAct, FlagProblem, answer_due};
use xiaoxiang_store::flag::{self as store, FlagRow, FlagStepRow};
use xiaoxiang_store::{NewEntry, WriteTx};

use super::flags::{action_of, answer_days, day_of, state_of, visible};
use crate::actor::Actor;
use crate::app::App;
use crate::contract::ContractPlaces;
use crate::refusal::Refusal;

/// Longest answer, reason or appeal.
pub const FLAG_WORDS_MAX: usize = 2_000;
/// Steps of one flag: beyond them nobody answers any more, the province decides.
const STEPS_MAX: i64 = 200;
/// The field that the log's commitment to words names.
pub(super) const WORDS_FIELD: &str = "flag.words";

/// What somebody says about a flag.
#[derive(Clone, Copy, Debug)]
pub struct FlagWords<'a> {
    /// Which flag.
    pub flag_id: &'a str,
    /// The revision that they have seen.
    pub seen: i64,
    /// Answer, reason or grounds.
    pub words: &'a str,
}

/// How the province decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// 排除: all is well.
    Cleared,
    /// 认定: the doubt was right.
    Upheld,
}

/// The registrar or a party says why; gives the new revision.
pub async fn answer_flag(app: &App, actor: &Actor, said: FlagWords<'_>) -> Result<i64, Refusal> {
    act(app, actor, FlagAct::Answer, said).await
}

/// The province clears or upholds; after an appeal somebody else than before.
pub async fn decide_flag(
    app: &App,
    actor: &Actor,
    verdict: Verdict,
    said: FlagWords<'_>,
) -> Result<i64, Refusal> {
    let deed = match verdict {
        Verdict::Cleared => FlagAct::Clear,
        Verdict::Upheld => FlagAct::Uphold,
    };
    act(app, actor, deed, said).await
}

/// Those who answer ask for another decision, once.
pub async fn appeal_flag(app: &App, actor: &Actor, said: FlagWords<'_>) -> Result<i64, Refusal> {
    act(app, actor, FlagAct::Appeal, said).await
}

async fn act(app: &App, actor: &Actor, deed: FlagAct, said: FlagWords<'_>) -> Result<i64, Refusal> {
    let action = action_of(deed);
    actor.permit(action)?;
    let words = checked_words(said.words)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let region = app.region_in(&mut tx).await?;
    // Under the log's lock: of two who act at once the second sees what the first did.
    tx.lock_log().await?;
    let (row, places) = reachable(&mut tx, actor, action, said.flag_id).await?;
    let steps = store::list_steps(&mut tx, said.flag_id).await?;
    check_current(&row, said.seen, &steps)?;
    let today = app.clock.today_in(&region.time_zone);
    refuse_own_organisation(&mut tx, actor, places, &today.to_string()).await?;
    if deed == FlagAct::Answer && row.revision >= STEPS_MAX {
        return Err(Refusal::invalid(
            "flag.steps",
            "这个疑点的答复已经过多。请等待省级认定。",
            "there are too many answers to this flag; wait for the decision",
        ));
    }
    let due = answer_due(day_of(&region, row.raised_at_ms), answer_days(&region));
    let state =
        state_of(&row)?.after(deed, AnswerTime::on(today, due)).map_err(|problem| refused(problem, due))?;
    if action == Action::DecideFlag {
        refuse_own_steps(actor, &steps)?;
    }
    if !store::advance(&mut tx, &row.flag_id, row.revision, state.code(), None).await? {
        return Err(Refusal::stale("疑点", "the flag"));
    }
    let revision = row.revision + 1;
    let salt = app.random_32()?;
    let step = FlagStepRow {
        flag_id: row.flag_id.clone(),
        revision,
        act: deed.code().to_owned(),
        actor: actor.log_name().to_owned(),
        words: words.to_owned(),
        salt: salt.to_vec(),
        evidence: String::new(),
        at_ms: now_ms,
    };
    store::save_steps(&mut tx, &[step]).await?;
    let entry = NewEntry {
        kind: match deed {
            FlagAct::Answer => "flag.answered",
            FlagAct::Clear | FlagAct::Uphold => "flag.decided",
            FlagAct::Appeal => "flag.appealed",
        },
        subject: format!("contract:{}", row.registration_number),
        payload: json!({
            "flag": row.flag_id,
            "screen": row.kind,
            "act": deed.code(),
            "state": state.code(),
            "revision": revision,
            // People's words may name people: the log vouches for them without holding them.
            "words": xiaoxiang_audit::commit(&salt, WORDS_FIELD, words),
        }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(revision)
}

/// Words that are there and not too long.
pub(super) fn checked_words(words: &str) -> Result<&str, Refusal> {
    let words = words.trim();
    if words.is_empty() || words.chars().count() > FLAG_WORDS_MAX {
        return Err(Refusal::invalid(
            "flag.words",
            format!("请写明内容，不超过 {FLAG_WORDS_MAX} 字。"),
            format!("write down why, in {FLAG_WORDS_MAX} characters at the most"),
        ));
    }
    Ok(words)
}

/// A flag on which somebody may act; one that they may only see is forbidden.
pub(super) async fn reachable(
    tx: &mut WriteTx,
    actor: &Actor,
    action: Action,
    flag_id: &str,
) -> Result<(FlagRow, ContractPlaces), Refusal> {
    let found = visible(tx, actor.permit(Action::ReadFlags)?, flag_id).await?;
    if !found.1.lies_in(actor.permit(action)?) {
        return Err(Refusal::Forbidden(action));
    }
    Ok(found)
}

/// Refuses where something happened since it was read, and says what.
fn check_current(row: &FlagRow, seen: i64, steps: &[FlagStepRow]) -> Result<(), Refusal> {
    if row.revision != seen {
        let last = steps.last();
        let (zh, en) =
            last.map_or(("有新的变化", "something happened"), |step| what_happened(&step.act));
        let who = last.and_then(|step| role_of(&step.actor));
        return Err(match who {
            Some(role) => Refusal::stale(
                format!("这个疑点（{}{zh}）", role.label()),
                format!("the flag ({} {en})", role.label_en()),
            ),
            None => Refusal::stale(format!("这个疑点（{zh}）"), format!("the flag ({en})")),
        });
    }
    if row.gone_reason.is_some() {
        return Err(Refusal::invalid(
            "flag.gone",
            "这个疑点的线索已不存在，已自动关闭，无需处理。",
            "the evidence of this flag is gone and it was closed; there is nothing to do",
        ));
    }
    Ok(())
}

/// What a step did, in words.
const fn what_happened(act: &str) -> (&'static str, &'static str) {
    match act.as_bytes() {
        b"answer" => ("已答复", "answered"),
        b"clear" => ("已排除", "cleared it"),
        b"uphold" => ("已认定", "upheld it"),
        b"appeal" => ("已申诉", "appealed"),
        b"evidence" => ("线索有变化", "its evidence changed"),
        b"close" => ("已自动关闭", "it was closed"),
        b"return" => ("线索重新出现", "its evidence is there again"),
        _ => ("有新的变化", "something happened"),
    }
}

/// The role in which a person of the log acted.
fn role_of(log_name: &str) -> Option<Role> {
    log_name.strip_prefix("person:")?.split('/').nth(1).and_then(Role::from_code)
}

/// Who acted, whatever the role: a person, or the operator by name.
fn who(log_name: &str) -> &str {
    log_name.split('/').next().unwrap_or(log_name)
}

/// Nobody decides on what they said themselves, and an appeal is decided by somebody else than the first decision.
fn refuse_own_steps(actor: &Actor, steps: &[FlagStepRow]) -> Result<(), Refusal> {
    let is_own = |step: &&FlagStepRow| {
        matches!(step.act.as_str(), "answer" | "appeal" | "clear" | "uphold")
            && who(&step.actor) == who(actor.log_name())
    };
    match steps.iter().find(is_own) {
        None => Ok(()),
        Some(step) if matches!(step.act.as_str(), "clear" | "uphold") => Err(Refusal::invalid(
            "flag.same_officer",
            "申诉须由作出原认定以外的人员处理。",
            "an appeal is decided by somebody else than the first decision",
        )),
        Some(_) => Err(Refusal::invalid(
            "flag.own_words",
            "您曾答复这个疑点，须由他人认定。",
            "you answered this flag; somebody else decides it",
        )),
    }
}

/// Nobody of the province acts on a contract of an organisation to which they belong. The parties themselves act as such.
pub(super) async fn refuse_own_organisation(
    tx: &mut WriteTx,
    actor: &Actor,
    places: ContractPlaces,
    today: &str,
) -> Result<(), Refusal> {
    let Some(person_id) = actor.person_id() else { return Ok(()) };
    if !actor.may(Action::DecideFlag) && !actor.may(Action::HoldPayment) {
        return Ok(());
    }
    let grants = xiaoxiang_store::person::list_grants(tx, person_id).await?;
    let is_own = grants
        .iter()
        .filter(|grant| grant.withdrawn_at_ms.is_none() && grant.valid_from.as_str() <= today)
        .filter(|grant| grant.valid_to.as_deref().is_none_or(|last| today <= last))
        .filter_map(|grant| grant.scope.parse::<Scope>().ok())
        .any(|scope| matches!(scope, Scope::Organisation(_)) && places.lies_in(scope));
    if is_own {
        return Err(Refusal::invalid(
            "flag.own_organisation",
            "这份合同涉及您所在的单位，须回避，由他人处理。",
            "the contract concerns an organisation to which you belong; somebody else decides",
        ));
    }
    Ok(())
}

fn refused(problem: FlagProblem, due: jiff::civil::Date) -> Refusal {
    let (code, zh, en) = match problem {
        FlagProblem::Decided => (
            "flag.decided",
            "这个疑点已经认定或排除。不服认定的，可以申诉一次。".to_owned(),
            "the flag was decided; a decision that upholds it can be appealed once".to_owned(),
        ),
        FlagProblem::NotAnswered => (
            "flag.not_answered",
            format!("尚未答复，{due} 前不能认定。可以先排除，或等待答复。"),
            format!("nobody has answered; before {due} it can be cleared but not upheld"),
        ),
        FlagProblem::NoAppeal => (
            "flag.no_appeal",
            "只能对认定申诉，且只能申诉一次。".to_owned(),
            "only a decision that upholds it can be appealed, and only once".to_owned(),
        ),
    };
    Refusal::invalid(code, zh, en)
}
