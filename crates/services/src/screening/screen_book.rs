//! Screens the whole book of the database and keeps what it asks (真实性筛查): as a job after changes, or by command.
//!
//! A contract's questions depend on the whole book, so all of it is screened; where nothing changed since the last time
//! there is nothing to do. Never part of an import's transaction.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::json;
use xiaoxiang_audit::{Frontier, leaf_hash};
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::contract::flag::footing_of;
use xiaoxiang_domain::contract::screen::{Flag, SCREENS_VERSION, Screen, Strength};
use xiaoxiang_domain::fact::Standing;
use xiaoxiang_store::contract::LOOKUP_MAX;
use xiaoxiang_store::flag::{self as store, FlagStepRow, KnownFlag, NewFlag, ScreeningRow};
use xiaoxiang_store::{NewEntry, StoreError, Tx, WriteTx};

use super::evidence::{CONTRACTS_MAX, EvidenceContract, EvidenceSentence, StoredEvidence};
use super::load_book::LoadedBook;
use super::reconcile::{Change, FreshFlag, reconcile};
use super::{Effort, flags_with, rules_of};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;
use crate::region::RegionInForce;

/// Kinds of log entries after which the book is another one.
const CONTRACT_KINDS: &str = "contract.";

/// When the book is screened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// In any case.
    Now,
    /// Where contracts, parameters or screens changed since the last time, or the log is another one.
    Changed,
}

/// What a screening found and changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScreenedBook {
    /// Contracts of the book.
    pub contracts: usize,
    /// Questions by kind, in the order of reports.
    pub by_kind: Vec<(Screen, usize)>,
    /// New ones.
    pub raised: usize,
    /// Those that fell away.
    pub closed: usize,
    /// Those that are there again.
    pub returned: usize,
    /// Those that rest on something else now.
    pub regrounded: usize,
}

impl ScreenedBook {
    /// Questions that stand.
    #[must_use]
    pub fn questions(&self) -> usize {
        self.by_kind.iter().map(|(_, count)| count).sum()
    }

    /// Whether anything on record changed.
    #[must_use]
    pub const fn is_changed(&self) -> bool {
        self.raised + self.closed + self.returned + self.regrounded > 0
    }
}

/// Screens the book and brings the questions on record up to it; nothing where there was nothing to do, or where another
/// node was faster.
pub async fn screen_book(
    app: &App,
    actor: &Actor,
    when: When,
    effort: Effort,
) -> Result<Option<ScreenedBook>, Refusal> {
    actor.permit(Action::ScreenContracts)?;
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let now = mark(&mut tx, &region, app.clock.now_ms()).await?;
    let before = store::find_screening(&mut tx).await?;
    if when == When::Changed && is_up_to_date(&mut tx, before.as_ref(), &now).await? {
        return Ok(None);
    }
    let loaded = LoadedBook::read(&mut tx, &rules_of(&region.region)?).await?;
    drop(tx);
    let (loaded, flags) = tokio::task::spawn_blocking(move || {
        let flags = flags_with(&loaded.book, effort);
        (loaded, flags)
    })
    .await
    .map_err(|error| StoreError::Damaged(format!("screening stopped: {error}")))?;
    let mut tx = app.db.read().await?;
    let fresh = fresh_flags(&mut tx, &loaded, &flags, now.position).await?;
    drop(tx);
    let mut screened = ScreenedBook { contracts: loaded.book.len(), ..ScreenedBook::default() };
    for screen in Screen::ALL {
        let count = flags.iter().filter(|flag| flag.screen == screen).count();
        screened.by_kind.push((screen, count));
    }
    let now = ScreeningRow { contracts: count_of(loaded.book.len()), ..now };
    keep(app, actor, &before, now, &fresh, screened).await
}

/// Position of the newest entry of the log; -1 where there is none.
pub async fn newest_position(app: &App) -> Result<i64, Refusal> {
    let mut tx = app.db.read().await?;
    Ok(xiaoxiang_store::log::head(&mut tx).await?.size - 1)
}

/// Where the log stands, and what the screens go by.
async fn mark(tx: &mut Tx, region: &RegionInForce, now_ms: i64) -> Result<ScreeningRow, Refusal> {
    let head = xiaoxiang_store::log::head(tx).await?;
    let position = head.size - 1;
    Ok(ScreeningRow {
        leaf_hash: xiaoxiang_store::log::find_leaf_hash(tx, position).await?,
        log_id: head.log_id,
        position,
        region_version_id: region.region_version_id,
        region_sha256: region.sha256.clone(),
        screen_version: SCREENS_VERSION,
        contracts: 0,
        screened_at_ms: now_ms,
    })
}

/// Whether the log goes on from where it was screened, and nothing since touches the book.
async fn is_up_to_date(
    tx: &mut Tx,
    last: Option<&ScreeningRow>,
    now: &ScreeningRow,
) -> Result<bool, Refusal> {
    let Some(last) = last else { return Ok(false) };
    let is_same = last.log_id == now.log_id
        && last.position <= now.position
        && last.region_version_id == now.region_version_id
        && last.region_sha256 == now.region_sha256
        && last.screen_version == now.screen_version
        && last.leaf_hash == xiaoxiang_store::log::find_leaf_hash(tx, last.position).await?;
    Ok(is_same && !xiaoxiang_store::log::has_kind_after(tx, last.position, CONTRACT_KINDS).await?)
}

/// The flags with what each rests on, as the contracts stood at a position.
async fn fresh_flags(
    tx: &mut Tx,
    loaded: &LoadedBook,
    flags: &[Flag],
    position: i64,
) -> Result<Vec<FreshFlag>, Refusal> {
    let others = flags
        .iter()
        .flat_map(|flag| flag.evidence.iter().flat_map(|part| &part.contracts).take(CONTRACTS_MAX));
    let numbers: HashSet<&str> =
        flags.iter().map(|flag| &flag.registration_number).chain(others).map(String::as_str).collect();
    let mut keys = numbers.iter().map(|number| loaded.key(number)).collect::<Result<Vec<i64>, _>>()?;
    keys.sort_unstable();
    let mut footings: HashMap<i64, (i64, String)> = HashMap::with_capacity(keys.len());
    for keys in keys.chunks(LOOKUP_MAX) {
        for (key, row) in xiaoxiang_store::contract::find_listed(tx, keys, position).await? {
            footings.insert(key, (row.version, footing_of(&parse(&row.record)?)));
        }
    }
    let footing = |number: &str| {
        let key = loaded.key(number)?;
        let (version, footing) = footings
            .get(&key)
            .ok_or_else(|| StoreError::Damaged(format!("contract {number} has no version")))?;
        Ok::<_, Refusal>((key, *version, footing.clone()))
    };
    flags.iter().map(|flag| fresh_flag(flag, &footing)).collect()
}

fn fresh_flag(
    flag: &Flag,
    footing: &impl Fn(&str) -> Result<(i64, i64, String), Refusal>,
) -> Result<FreshFlag, Refusal> {
    let (contract_key, version, own) = footing(&flag.registration_number)?;
    let mut numbers: Vec<&str> =
        flag.evidence.iter().flat_map(|part| &part.contracts).map(String::as_str).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let contracts_total = numbers.len();
    let contract = |number: &&str| {
        let (_, version, footing) = footing(number)?;
        Ok(EvidenceContract { number: (*number).to_owned(), version, footing })
    };
    let evidence = StoredEvidence {
        own,
        sentences: flag
            .evidence
            .iter()
            .map(|part| EvidenceSentence { zh: part.zh.clone(), en: part.en.clone() })
            .collect(),
        contracts: numbers.iter().take(CONTRACTS_MAX).map(contract).collect::<Result<_, Refusal>>()?,
        contracts_total,
    };
    let kind = flag.screen.code();
    Ok(FreshFlag {
        contract_key,
        version,
        kind,
        strength: match flag.strength {
            Strength::Moderate => "moderate",
            Strength::Strong => "strong",
        },
        evidence_hash: evidence.hash(kind),
        evidence,
    })
}

/// Writes what changed, with one entry of the log; only the mark where nothing did.
async fn keep(
    app: &App,
    actor: &Actor,
    before: &Option<ScreeningRow>,
    now: ScreeningRow,
    fresh: &[FreshFlag],
    mut screened: ScreenedBook,
) -> Result<Option<ScreenedBook>, Refusal> {
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    // Under the log's lock: nobody answers meanwhile, and of two nodes one is told.
    tx.lock_log().await?;
    if store::find_screening(&mut tx).await? != *before {
        return Ok(None);
    }
    let known = store::list_known(&mut tx).await?;
    let withdrawn = withdrawn_of(&mut tx, &known, fresh, now.position).await?;
    let changes = reconcile(&known, fresh, &withdrawn)?;
    let written = write(app, actor, &mut tx, &known, &changes, now.region_version_id).await?;
    for change in &changes {
        *match change {
            Change::Raise(_) => &mut screened.raised,
            Change::Close(..) => &mut screened.closed,
            Change::Return(_) => &mut screened.returned,
            Change::Reground(..) => &mut screened.regrounded,
        } += 1;
    }
    store::save_screening(&mut tx, &now).await?;
    if changes.is_empty() {
        tx.keep_unlogged().await?;
        return Ok(Some(screened));
    }
    let by_kind: BTreeMap<&str, usize> = screened
        .by_kind
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| (kind.code(), *count))
        .collect();
    let entry = NewEntry {
        kind: "flag.screened",
        subject: format!("screening:{}", now.position),
        payload: json!({
            "position": now.position,
            "region_version": now.region_version_id,
            "screens": now.screen_version,
            "contracts": screened.contracts,
            "questions": by_kind,
            "raised": screened.raised,
            "closed": screened.closed,
            "returned": screened.returned,
            "regrounded": screened.regrounded,
            "steps_root": hex::encode(written.0),
        }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(Some(screened))
}

/// Contracts with questions that are not asked any more and that were withdrawn.
async fn withdrawn_of(
    tx: &mut WriteTx,
    known: &[KnownFlag],
    fresh: &[FreshFlag],
    position: i64,
) -> Result<HashSet<i64>, Refusal> {
    let asked: HashSet<(i64, &str)> = fresh.iter().map(|flag| (flag.contract_key, flag.kind)).collect();
    let is_lost = |flag: &&KnownFlag| {
        flag.gone_reason.is_none() && !asked.contains(&(flag.contract_key, flag.kind.as_str()))
    };
    let mut keys: Vec<i64> = known.iter().filter(is_lost).map(|flag| flag.contract_key).collect();
    keys.dedup();
    let mut withdrawn = HashSet::new();
    for keys in keys.chunks(LOOKUP_MAX) {
        for (key, row) in xiaoxiang_store::contract::find_listed(tx, keys, position).await? {
            if parse(&row.record)?.standing == Standing::Withdrawn {
                withdrawn.insert(key);
            }
        }
    }
    Ok(withdrawn)
}

/// Writes changes and their steps; gives the root of a tree over all steps.
async fn write(
    app: &App,
    actor: &Actor,
    tx: &mut WriteTx,
    known: &[KnownFlag],
    changes: &[Change<'_>],
    region_version_id: i64,
) -> Result<xiaoxiang_audit::Hash, Refusal> {
    let now_ms = app.clock.now_ms();
    let by_id: HashMap<&str, &KnownFlag> = known.iter().map(|flag| (flag.flag_id.as_str(), flag)).collect();
    let step = |flag_id: &str, revision: i64, act: &str, words: &str, evidence: String| FlagStepRow {
        flag_id: flag_id.to_owned(),
        revision,
        act: act.to_owned(),
        actor: actor.log_name().to_owned(),
        words: words.to_owned(),
        salt: Vec::new(),
        evidence,
        at_ms: now_ms,
    };
    let overtaken = || Refusal::overtaken("疑点", "a flag");
    let (mut raised, mut steps) = (Vec::new(), Vec::new());
    for change in changes {
        match change {
            Change::Raise(fresh) => {
                let flag_id = app.new_id()?;
                steps.push(step(&flag_id, 1, "raise", "", fresh.evidence.to_json()));
                raised.push(NewFlag {
                    flag_id,
                    contract_key: fresh.contract_key,
                    version: fresh.version,
                    kind: fresh.kind,
                    strength: fresh.strength,
                    screen_version: SCREENS_VERSION,
                    region_version_id,
                    evidence: fresh.evidence.to_json(),
                    evidence_hash: fresh.evidence_hash.clone(),
                });
            }
            Change::Close(flag_id, reason) => {
                let flag = by_id[flag_id];
                if !store::advance(tx, flag_id, flag.revision, &flag.state, Some(reason.code())).await? {
                    return Err(overtaken());
                }
                steps.push(step(flag_id, flag.revision + 1, "close", reason.code(), String::new()));
            }
            Change::Return(flag_id) => {
                let flag = by_id[flag_id];
                if !store::advance(tx, flag_id, flag.revision, &flag.state, None).await? {
                    return Err(overtaken());
                }
                steps.push(step(flag_id, flag.revision + 1, "return", "", String::new()));
            }
            Change::Reground(flag_id, fresh) => {
                let flag = by_id[flag_id];
                let evidence = fresh.evidence.to_json();
                let hash = &fresh.evidence_hash;
                if !store::replace_evidence(tx, flag_id, flag.revision, fresh.version, &evidence, hash)
                    .await?
                {
                    return Err(overtaken());
                }
                steps.push(step(flag_id, flag.revision + 1, "evidence", "", evidence));
            }
        }
    }
    store::raise(tx, &raised).await?;
    store::save_steps(tx, &steps).await?;
    let mut tree = Frontier::default();
    for step in &steps {
        let leaf = (&step.flag_id, step.revision, &step.act, &step.words, &step.evidence);
        tree.append(leaf_hash(&serde_json::to_vec(&leaf).expect("invariant: texts and numbers are JSON")));
    }
    Ok(tree.root())
}

fn parse(record: &str) -> Result<Contract, StoreError> {
    serde_json::from_str(record)
        .map_err(|error| StoreError::Damaged(format!("record of a contract: {error}")))
}

fn count_of(contracts: usize) -> i64 {
    i64::try_from(contracts).expect("invariant: the book is limited")
}
