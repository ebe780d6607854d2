//! The feed of changes (变更流): every entry of the log in order; of those that the caller may not see, only position
//! and leaf hash, so that everybody can rebuild the tree.

use std::collections::HashMap;

use xiaoxiang_audit::LogEntry;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_store::log as store;

use crate::actor::Actor;
use crate::app::App;
use crate::contract::{ContractPlaces, places_of};
use crate::refusal::Refusal;

/// Most entries of one answer.
pub const CHANGES_MAX: i64 = 200;

/// One entry as the caller sees it.
#[derive(Clone, Debug)]
pub struct Change {
    /// Place in the log.
    pub position: i64,
    /// Leaf hash of the tree, in hexadecimal.
    pub leaf_hash: String,
    /// The entry; none where it is withheld.
    pub entry: Option<LogEntry>,
}

/// What one must be permitted to see of a kind of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sight {
    /// Published anyway.
    Open,
    /// With this permission, within its extent where the subject is a contract.
    Needs(Action),
}

/// What one must be permitted to see, by the entry's kind. A kind that nobody thought of is for those who read the log.
fn sight_of(kind: &str) -> Sight {
    match kind {
        "bulletin.signed" | "bulletin.corrected" | "bulletin.year_closed" => return Sight::Open,
        "contract.imported" => return Sight::Needs(Action::ReadImports),
        "demand.list_published" => return Sight::Open,
        // Who judged what is for those who watch over the judging.
        "demand.reviewed" | "demand.experts_invited" => return Sight::Needs(Action::ReadLog),
        // Who looked at a text, and who may, is for those who watch over the looking.
        "registration.text_viewed" | "registration.auditor_named" | "registration.auditor_ended" => {
            return Sight::Needs(Action::ReadLog);
        }
        _ => {}
    }
    match kind.split('.').next().unwrap_or_default() {
        "region" => Sight::Open,
        "contract" => Sight::Needs(Action::ReadContracts),
        "attribution" => Sight::Needs(Action::ReadObjections),
        "registration" => Sight::Needs(Action::ReadApplications),
        "registration_point" => Sight::Needs(Action::ReadPoints),
        "inspection" => Sight::Needs(Action::ReviewRegistrations),
        "flag" => Sight::Needs(Action::ReadFlags),
        "achievement" => Sight::Needs(Action::ReadAchievements),
        "target" => Sight::Needs(Action::ReadTargets),
        "bulletin" => Sight::Needs(Action::ReadDrafts),
        "park" => Sight::Needs(Action::ReadParks),
        "person" => Sight::Needs(Action::ReadPeople),
        "organisation" => Sight::Needs(Action::ReadOrganisations),
        "webhook" => Sight::Needs(Action::ManageWebhooks),
        "demand" => Sight::Needs(Action::DecideDemands),
        "event" => Sight::Needs(Action::ReadEvents),
        _ => Sight::Needs(Action::ReadLog),
    }
}

/// The entries after a position (`-1` from the start), gapless and in order.
pub async fn read_changes(app: &App, actor: &Actor, after: i64, limit: i64) -> Result<Vec<Change>, Refusal> {
    let mut tx = app.db.read().await?;
    let rows = store::list_after(&mut tx, after, limit.clamp(1, CHANGES_MAX)).await?;
    drop(tx);
    let mut places = HashMap::new();
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        let is_seen = may_see(app, actor, &row.kind, &row.subject, &mut places).await?;
        let entry = is_seen.then(|| row.entry()).transpose()?;
        changes.push(Change { position: row.position, leaf_hash: hex::encode(&row.leaf_hash), entry });
    }
    Ok(changes)
}

/// Whether an actor may see an entry.
async fn may_see(
    app: &App,
    actor: &Actor,
    kind: &str,
    subject: &str,
    known: &mut HashMap<String, Option<ContractPlaces>>,
) -> Result<bool, Refusal> {
    let action = match sight_of(kind) {
        Sight::Open => return Ok(true),
        Sight::Needs(action) => action,
    };
    let Some(scope) = actor.extent(action) else { return Ok(false) };
    if scope == Scope::Region {
        return Ok(true);
    }
    // What is not about one contract cannot be laid to a scope.
    let Some(number) = subject.strip_prefix("contract:") else { return Ok(false) };
    if !known.contains_key(number) {
        let found = match places_of(app, number).await {
            Ok(places) => Some(places),
            Err(Refusal::NotFound(_)) => None,
            Err(refusal) => return Err(refusal),
        };
        known.insert(number.to_owned(), found);
    }
    Ok(known.get(number).and_then(Option::as_ref).is_some_and(|places| places.lies_in(scope)))
}

/// The log's end.
#[derive(Clone, Debug)]
pub struct LogEnd {
    /// Identity of the log.
    pub log_id: String,
    /// Number of entries.
    pub size: u64,
    /// Root of the tree over them, in hexadecimal.
    pub root: String,
    /// The tree head signed last; none where none was signed yet.
    pub signed_head: Option<String>,
    /// The public keys that ever signed, the newest last.
    pub public_keys: Vec<String>,
}

/// Where the log ends now.
pub async fn read_log_end(app: &App) -> Result<LogEnd, Refusal> {
    let mut tx = app.db.read().await?;
    let head = store::head(&mut tx).await?;
    let frontier = head.frontier()?;
    let signed_head = store::list_tree_heads(&mut tx).await?.pop().map(|(_, signed)| signed);
    let keys = store::list_keys(&mut tx).await?;
    Ok(LogEnd {
        log_id: head.log_id,
        size: frontier.size(),
        root: hex::encode(frontier.root().0),
        signed_head,
        public_keys: keys.into_iter().map(|(_, key, _)| key).collect(),
    })
}

/// Refuses a subject whose entries or record the caller may not see.
pub async fn permit_subject(app: &App, actor: &Actor, subject: &str) -> Result<(), Refusal> {
    let not_found = || Refusal::NotFound(subject.to_owned());
    let mut tx = app.db.read().await?;
    let newest = store::list_of_subject(&mut tx, subject).await?.pop();
    drop(tx);
    let kind = match (newest, subject.strip_prefix("contract:")) {
        // A proof of a contract carries its record, whatever the last entry was.
        (_, Some(_)) => "contract.registered".to_owned(),
        (Some(entry), None) => entry.kind,
        (None, None) => return Err(not_found()),
    };
    let is_seen = may_see(app, actor, &kind, subject, &mut HashMap::new()).await?;
    if is_seen { Ok(()) } else { Err(not_found()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{KINDS, KindGroup};

    /// The only kinds that everybody sees.
    const OPEN: [&str; 5] = [
        "bulletin.signed",
        "bulletin.corrected",
        "bulletin.year_closed",
        "region.imported",
        "demand.list_published",
    ];

    #[test]
    fn every_kind_that_is_written_is_for_those_who_read_what_it_is_about() {
        for (group, kind) in KINDS {
            let expected: &[Sight] = match group {
                _ if OPEN.contains(&kind) => &[Sight::Open],
                KindGroup::Contract if kind.ends_with("_viewed") || kind.starts_with("personal_data.") => {
                    &[Sight::Needs(Action::ReadLog)]
                }
                KindGroup::Contract if kind.starts_with("registration.auditor_") => {
                    &[Sight::Needs(Action::ReadLog)]
                }
                KindGroup::Contract if kind.starts_with("registration.") => {
                    &[Sight::Needs(Action::ReadApplications)]
                }
                KindGroup::Contract if kind.starts_with("registration_point.") => {
                    &[Sight::Needs(Action::ReadPoints)]
                }
                KindGroup::Contract if kind.starts_with("inspection.") => {
                    &[Sight::Needs(Action::ReviewRegistrations)]
                }
                KindGroup::Contract if kind.starts_with("flag.") => &[Sight::Needs(Action::ReadFlags)],
                KindGroup::Contract => {
                    &[Sight::Needs(Action::ReadContracts), Sight::Needs(Action::ReadImports)]
                }
                KindGroup::Bulletin => &[Sight::Needs(Action::ReadDrafts)],
                KindGroup::Attribution => {
                    &[Sight::Needs(Action::ReadObjections), Sight::Needs(Action::ReadParks)]
                }
                KindGroup::Target => &[Sight::Needs(Action::ReadTargets)],
                KindGroup::Market if kind.starts_with("demand.") => {
                    &[Sight::Needs(Action::DecideDemands), Sight::Needs(Action::ReadLog)]
                }
                KindGroup::Market if kind.starts_with("event.") => &[Sight::Needs(Action::ReadEvents)],
                KindGroup::Market if kind.starts_with("profile.") || kind.starts_with("lead.") => {
                    &[Sight::Needs(Action::ReadLog)]
                }
                KindGroup::Market => &[Sight::Needs(Action::ReadAchievements)],
                KindGroup::People if kind.starts_with("organisation.") => {
                    &[Sight::Needs(Action::ReadOrganisations)]
                }
                KindGroup::People => &[Sight::Needs(Action::ReadPeople)],
                KindGroup::System if kind.starts_with("webhook.") => &[Sight::Needs(Action::ManageWebhooks)],
                KindGroup::System => &[Sight::Needs(Action::ReadLog)],
            };
            assert!(expected.contains(&sight_of(kind)), "{kind}: {:?}", sight_of(kind));
        }
    }

    #[test]
    fn a_kind_that_nobody_thought_of_is_not_for_everybody() {
        assert_eq!(sight_of("bulletin.signed"), Sight::Open);
        assert_eq!(sight_of("bulletin.drafted"), Sight::Needs(Action::ReadDrafts));
        for kind in ["", "secret", "secret.made", "bulletinx.signed"] {
            assert_eq!(sight_of(kind), Sight::Needs(Action::ReadLog), "{kind}");
        }
    }
}
