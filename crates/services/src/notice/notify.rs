//! Tells people of a decision, with the decision (通知).

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};
use xiaoxiang_domain::notice::{Notice, Whom, covers};
use xiaoxiang_store::job::{self, NewJob};
use xiaoxiang_store::notice::{self as store, NewEvent};
use xiaoxiang_store::{StoreError, WriteTx, person};

use crate::access::read_grant;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// The job that writes down what is to leave the house.
pub(super) const SPREAD_JOB: &str = "notice.spread";
/// Letters of a stable id: 128 bits.
const ID_LETTERS: usize = 32;

/// What a notice rests on, from which its key is made.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Occasion<'a> {
    /// What somebody decides, logged by the commit of this transaction. They know it and are not told.
    Decision(&'a Actor),
    /// What happens to a record once, so that its name is key enough and the log's lock is not needed.
    Once {
        /// The record.
        record: &'a str,
        /// Who did it, where it was not the program itself; they know it and are not told.
        author: Option<&'a Actor>,
    },
}

/// Puts a notice into the inboxes and queues what leaves the house; all of it is part of the transaction.
///
/// Call it right before the commit: for a decision it takes the log's lock, since the key holds the log's position.
pub(crate) async fn notify(
    app: &App,
    tx: &mut WriteTx,
    occasion: Occasion<'_>,
    notice: &Notice,
    whom: &[Whom],
) -> Result<(), Refusal> {
    let kind = notice.kind.code();
    let (key, author) = match occasion {
        Occasion::Decision(actor) => {
            (format!("log:{}:{kind}:{}", tx.next_position().await?, notice.subject), actor.person_id())
        }
        Occasion::Once { record, author } => (format!("{record}:{kind}"), author.and_then(Actor::person_id)),
    };
    let named_values =
        serde_json::to_string(&notice.values).map_err(|error| StoreError::Damaged(error.to_string()))?;
    let event_id = event_id(app, tx, &key).await?;
    let event = NewEvent {
        event_id: &event_id,
        event_key: &key,
        kind,
        subject: &notice.subject,
        named_values: &named_values,
        path: &notice.path,
    };
    if !store::save_event(tx, &event).await? {
        // Told before, and whoever was told then has it.
        return Ok(());
    }
    for person_id in recipients(app, tx, whom).await? {
        if Some(person_id.as_str()) != author {
            let notice_id = stable_id(&["notice", &event_id, &person_id]);
            store::save_notice(tx, &notice_id, &event_id, &person_id).await?;
        }
    }
    job::queue(tx, &NewJob { kind: SPREAD_JOB, payload: event_id }).await?;
    Ok(())
}

/// The id of an event. The instant is part of it: after a restore the log's positions come again with other events, and
/// receivers must not take these for what they had.
pub(super) async fn event_id(app: &App, tx: &mut WriteTx, key: &str) -> Result<String, StoreError> {
    let log_id = xiaoxiang_store::log::head(tx).await?.log_id;
    Ok(stable_id(&["event", &log_id, key, &app.clock.now_ms().to_string()]))
}

/// An id made of parts, the same whenever they are.
pub(super) fn stable_id(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    let mut id = hex::encode(digest.finalize());
    id.truncate(ID_LETTERS);
    id
}

/// Everybody who is meant, once, who may sign in.
async fn recipients(app: &App, tx: &mut WriteTx, whom: &[Whom]) -> Result<BTreeSet<String>, Refusal> {
    let mut people = BTreeSet::new();
    for meant in whom {
        let (role, over) = match meant {
            Whom::Person(person_id) => {
                let found = person::find(tx, person_id).await?;
                people.extend(found.filter(|found| !found.is_disabled).map(|found| found.person_id));
                continue;
            }
            Whom::Everyone(role) => (role, None),
            Whom::Over(role, scope) => (role, Some(*scope)),
        };
        let today = app.today_in(tx).await?;
        for row in person::list_holders(tx, role.code()).await? {
            let grant = read_grant(&row)?;
            if grant.holds_on(today) && over.is_none_or(|over| covers(grant.scope, over)) {
                people.insert(row.person_id);
            }
        }
    }
    Ok(people)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cannot_run_into_one_another() {
        assert_ne!(stable_id(&["ab", "c"]), stable_id(&["a", "bc"]));
        assert_eq!(stable_id(&["ab", "c"]), stable_id(&["ab", "c"]));
        assert_eq!(stable_id(&["x"]).len(), ID_LETTERS);
    }
}
