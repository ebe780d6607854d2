//! The operation log as officials read it (审计), its proofs and heads, its export, and the check of files for everybody.

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing;
use futures_util::stream;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use tokio::sync::{Semaphore, mpsc};
use xiaoxiang_domain::access::Action;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::log::{
    Agreement, CheckedFile, CheckedHead, KindGroup, LogFilter, LogStanding, Outcome, ReadEntry, find_entry,
    list_log, log_standing, prove_entry, public_key_and_head, stream_log, verify_file,
};

use super::log_words::{Words, group_label};
use super::moment;
use super::shell::{Section, Shell};
use super::statistics::SelectOption;
use super::upload::{self, SentFile};
use super::visit::{PageState, Visit, download};
use crate::language::Language;
use crate::routes::{Access, Route};

/// Checks of files that run at once; each takes a processor for as long as hashing 20 MB takes.
static CHECKS: Semaphore = Semaphore::const_new(2);
/// After how long a caller may try again where all checks are taken.
const CHECK_RETRY_S: i64 = 5;
/// Pieces of an export that wait for a slow reader.
const PIECES_WAITING: usize = 2;
/// Changed fields of one entry in the list; the entry's own page has all.
const CHANGES_LISTED: usize = 6;
const MIME_JSON: &str = "application/json";
const MIME_JSON_LINES: &str = "application/jsonl";

/// The routes of the log.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadLog);
    vec![
        Route::page("/log", read, routing::get(list)),
        Route::page("/log/heads", read, routing::get(heads)),
        Route::file("/log/export.jsonl", read, routing::get(export)),
        Route::page("/log/{position}", read, routing::get(entry)),
        Route::file("/log/{position}/proof.json", read, routing::get(proof)),
        Route::page("/audit/verify", Access::Open, routing::get(ask_check)),
        Route::form("/audit/verify", Access::Open, routing::post(check).layer(upload::limit())),
    ]
}

/// What the filter of the list sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    group: String,
    actor: String,
    subject: String,
    from: String,
    to: String,
    before: String,
}

/// One entry in words.
#[derive(Clone, Debug)]
struct EntryView {
    position: i64,
    at: String,
    who: String,
    role: String,
    sentence: String,
    subject: String,
    subject_link: Option<String>,
    facts: Vec<(&'static str, String)>,
    changes: Vec<(String, String, String)>,
    changes_left_out: usize,
}

impl EntryView {
    fn new(words: Words<'_>, shell: &Shell, zone: &TimeZone, entry: &ReadEntry, changes_max: usize) -> Self {
        let (who, role) = words.who(&entry.who);
        let (subject, link) = words.subject(entry);
        let mut changes = words.changes(entry);
        let changes_left_out = changes.len().saturating_sub(changes_max);
        changes.truncate(changes_max);
        Self {
            position: entry.position,
            at: moment::second(entry.at_ms, zone),
            who,
            role,
            sentence: words.sentence(entry),
            subject,
            subject_link: link.filter(|link| may_follow(shell, link)).map(|link| shell.link(&link)),
            facts: words.facts(entry),
            changes,
            changes_left_out,
        }
    }
}

/// Whether whoever reads may see where a subject leads.
fn may_follow(shell: &Shell, link: &str) -> bool {
    let needed = match link.split('/').nth(1).unwrap_or_default() {
        "contracts" => Action::ReadContracts,
        "drafts" => Action::ReadDrafts,
        "imports" => Action::ReadImports,
        "people" => Action::ReadPeople,
        "organisations" => Action::ReadOrganisations,
        "parks" => Action::ReadParks,
        _ => return false,
    };
    shell.may(needed)
}

/// The list of entries.
#[derive(Debug, Template)]
#[template(path = "log.html")]
struct LogPage {
    shell: Shell,
    query: ListQuery,
    entries: Vec<EntryView>,
    next: Option<String>,
    size: i64,
    problem: Option<(&'static str, String)>,
}

impl LogPage {
    fn groups(&self) -> Vec<SelectOption> {
        let option = |group: KindGroup| SelectOption {
            value: group.code().to_owned(),
            label: group_label(self.shell.language, group).to_owned(),
            is_chosen: group.code() == self.query.group,
        };
        KindGroup::ALL.into_iter().map(option).collect()
    }

    fn problem(&self, field: &str) -> Option<&str> {
        self.problem.as_ref().filter(|(name, _)| *name == field).map(|(_, text)| text.as_str())
    }

    fn count(&self) -> String {
        self.shell.say("log-count", [("count", &self.size.to_string())])
    }

    fn more_changes(&self, entry: &EntryView) -> String {
        self.shell.say("log-more-changes", [("count", &entry.changes_left_out.to_string())])
    }
}

async fn list(visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let mut page = LogPage {
        shell: visit.shell(Section::Log, visit.language.text("log-title")),
        query: query.clone(),
        entries: Vec::new(),
        next: None,
        size: 0,
        problem: None,
    };
    let day = |text: &str| (!text.trim().is_empty()).then(|| text.trim().parse::<Date>()).transpose();
    let before = (!query.before.is_empty()).then(|| query.before.parse::<i64>()).transpose();
    let Ok(before) = before else { return visit.misread() };
    if before.is_some_and(|before| before < 0)
        || !query.group.is_empty() && KindGroup::from_code(&query.group).is_none()
    {
        return visit.misread();
    }
    let (from, to) = match (day(&query.from), day(&query.to)) {
        (Ok(from), Ok(to)) => (from, to),
        (from, _) => {
            let field = if from.is_err() { "from" } else { "to" };
            page.problem = Some((field, visit.language.text("log-bad-day").to_owned()));
            return visit.unprocessed(&page);
        }
    };
    let text = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    let filter = LogFilter {
        group: KindGroup::from_code(&query.group),
        actor: text(&query.actor),
        subject: text(&query.subject),
        from,
        to,
    };
    match filled(&visit, &filter, before, &mut page).await {
        Ok(()) => visit.page(&page),
        Err(refusal @ Refusal::Invalid { .. }) => {
            page.problem = Some(("subject", visit.sentence(&refusal)));
            visit.unprocessed(&page)
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn filled(
    visit: &Visit,
    filter: &LogFilter,
    before: Option<i64>,
    page: &mut LogPage,
) -> Result<(), Refusal> {
    let found = list_log(&visit.app, &visit.actor(), filter, before).await?;
    let region = visit.app.region().await?;
    let words = Words { language: visit.language, region: &region.region };
    page.size = found.size;
    let view = |entry| EntryView::new(words, &page.shell, &region.time_zone, entry, CHANGES_LISTED);
    page.entries = found.entries.iter().map(view).collect();
    page.next = found.next.map(|before| {
        let query = &page.query;
        let next = before.to_string();
        let pairs = [
            ("group", query.group.as_str()),
            ("actor", &query.actor),
            ("subject", &query.subject),
            ("from", &query.from),
            ("to", &query.to),
            ("before", &next),
        ];
        let kept = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>();
        let query = serde_urlencoded::to_string(kept).expect("invariant: texts make a query");
        page.shell.link(&format!("/log?{query}"))
    });
    Ok(())
}

/// One entry with its proof.
#[derive(Debug, Template)]
#[template(path = "log_entry.html")]
struct EntryPage {
    shell: Shell,
    view: EntryView,
    raw: String,
    leaf_hash: String,
    path: Vec<String>,
    head: String,
    head_size: u64,
}

impl EntryPage {
    fn title(&self) -> String {
        self.shell.say("log-entry-title", [("position", &self.view.position.to_string())])
    }

    fn proof_link(&self) -> String {
        format!("/log/{}/proof.json", self.view.position)
    }

    fn covered(&self) -> String {
        self.shell.say("log-proof-covered", [("size", &self.head_size.to_string())])
    }
}

async fn entry(visit: Visit, State(state): State<PageState>, Path(position): Path<String>) -> Response {
    let Ok(position) = position.parse::<i64>() else { return visit.refused(&Refusal::NotFound(position)) };
    match entry_page(&visit, &state, position).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn entry_page(visit: &Visit, state: &PageState, position: i64) -> Result<EntryPage, Refusal> {
    let actor = visit.actor();
    let entry = find_entry(&visit.app, &actor, position).await?;
    let proof = prove_entry(&visit.app, &actor, &state.log_key, position).await?;
    let region = visit.app.region().await?;
    let words = Words { language: visit.language, region: &region.region };
    let title = visit.language.say("log-entry-title", [("position", &position.to_string())]);
    let shell = visit.shell(Section::Log, title);
    let raw = proof.entry.canonical_bytes().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Ok(EntryPage {
        view: EntryView::new(words, &shell, &region.time_zone, &entry, usize::MAX),
        raw: raw.unwrap_or_else(|error| error.to_string()),
        leaf_hash: entry.row.leaf_hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        path: proof.path.iter().map(ToString::to_string).collect(),
        head_size: proof.head.head.size,
        head: proof.head.to_string(),
        shell,
    })
}

async fn proof(visit: Visit, State(state): State<PageState>, Path(position): Path<String>) -> Response {
    let Ok(at) = position.parse::<i64>() else { return visit.refused(&Refusal::NotFound(position)) };
    let proved = prove_entry(&visit.app, &visit.actor(), &state.log_key, at).await;
    let written = proved.and_then(|proof| {
        proof.to_json().map_err(|error| Refusal::invalid("audit.proof", error.to_string(), error.to_string()))
    });
    match written {
        Ok(text) => download(&format!("log-entry-{at}-proof.json"), MIME_JSON, text.into_bytes()),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// The heads, the keys and whether they still fit.
#[derive(Debug, Template)]
#[template(path = "log_heads.html")]
struct HeadsPage {
    shell: Shell,
    standing: LogStanding,
    zone: TimeZone,
}

impl HeadsPage {
    fn at(&self, head: &CheckedHead) -> String {
        moment::second(head.signed.head.at_ms, &self.zone)
    }

    fn printed(&self, head: &CheckedHead) -> String {
        head.signed.to_string()
    }

    fn agrees(&self, agreement: &Agreement) -> bool {
        *agreement == Agreement::Same
    }

    fn agreement(&self, agreement: &Agreement) -> &'static str {
        self.shell.t(match agreement {
            Agreement::Same => "log-agrees",
            Agreement::Different => "log-differs",
        })
    }
}

async fn heads(visit: Visit) -> Response {
    let standing = log_standing(&visit.app, &visit.actor()).await;
    let region = visit.app.region().await;
    match (standing, region) {
        (Ok(standing), Ok(region)) => {
            let shell = visit.shell(Section::Log, visit.language.text("log-heads-title"));
            visit.page(&HeadsPage { shell, standing, zone: region.time_zone.clone() })
        }
        (Err(refusal), _) | (_, Err(refusal)) => visit.refused(&refusal),
    }
}

/// The export, piece by piece as its reader takes it.
async fn export(visit: Visit, State(state): State<PageState>) -> Response {
    let (sender, receiver) = mpsc::channel(PIECES_WAITING);
    let (app, actor, key) = (visit.app.clone(), visit.actor(), state.log_key);
    let exporting = tokio::spawn(async move { stream_log(&app, &actor, &key, sender).await });
    let pieces = stream::unfold(Some((receiver, exporting)), |at_work| async {
        let (mut receiver, exporting) = at_work?;
        if let Some(piece) = receiver.recv().await {
            return Some((Ok(Bytes::from(piece)), Some((receiver, exporting))));
        }
        // The reader must see where a file is not whole.
        match exporting.await {
            Ok(Ok(_)) => None,
            ended => {
                tracing::warn!(?ended, "export of the log ended early");
                Some((Err(std::io::Error::other("export ended early")), None))
            }
        }
    });
    let disposition = "attachment; filename=\"xiaoxiang-log.jsonl\"";
    (
        [(header::CONTENT_TYPE, MIME_JSON_LINES), (header::CONTENT_DISPOSITION, disposition)],
        Body::from_stream(pieces),
    )
        .into_response()
}

/// The check of a file, open to everybody.
#[derive(Debug, Template)]
#[template(path = "verify.html")]
struct VerifyPage {
    shell: Shell,
    key: String,
    since: String,
    own_key: Option<String>,
    own_head: Option<String>,
    problem: Option<(&'static str, String)>,
    checked: Option<CheckedFile>,
}

impl VerifyPage {
    fn problem(&self, field: &str) -> Option<&str> {
        self.problem.as_ref().filter(|(name, _)| *name == field).map(|(_, text)| text.as_str())
    }

    fn said<'text>(&self, both: &'text (String, String)) -> &'text str {
        self.shell.language.pick(&both.0, &both.1)
    }

    fn outcome(&self, checked: &CheckedFile) -> &'static str {
        self.shell.t(match checked.outcome {
            Outcome::Broken => "verify-broken",
            Outcome::Partly => "verify-partly",
            Outcome::Proven => "verify-proven",
        })
    }

    fn notice_class(&self, checked: &CheckedFile) -> &'static str {
        if checked.outcome == Outcome::Broken { "notice notice-warn" } else { "notice" }
    }

    fn left_out(&self, checked: &CheckedFile) -> Option<String> {
        let count = checked.left_out;
        (count > 0).then(|| self.shell.say("verify-left-out", [("count", &count.to_string())]))
    }
}

async fn verify_page(visit: &Visit, sent: &SentFile) -> VerifyPage {
    // Before the first signature, or without a database, there is nothing to show beside the form.
    let (own_key, own_head) = public_key_and_head(&visit.app).await.unwrap_or_default();
    VerifyPage {
        shell: visit.shell(Section::Elsewhere, visit.language.text("verify-title")),
        key: sent.field("key").to_owned(),
        since: sent.field("since").to_owned(),
        own_key,
        own_head,
        problem: None,
        checked: None,
    }
}

async fn ask_check(visit: Visit) -> Response {
    visit.page(&verify_page(&visit, &SentFile::default()).await)
}

async fn check(visit: Visit, form: Result<Multipart, MultipartRejection>) -> Response {
    let sent = match upload::read_form(form).await {
        Ok(sent) => sent,
        Err(problem) => {
            let mut page = verify_page(&visit, &SentFile::default()).await;
            page.problem = Some(("file", text(visit.language, problem.key())));
            return (problem.status(), visit.page(&page)).into_response();
        }
    };
    let mut page = verify_page(&visit, &sent).await;
    if sent.bytes.is_empty() {
        page.problem = Some(("file", text(visit.language, "upload-none")));
        return visit.unprocessed(&page);
    }
    let Ok(_permit) = CHECKS.try_acquire() else {
        return visit.refused(&Refusal::TooMany { retry_after_s: CHECK_RETRY_S });
    };
    let checked =
        tokio::task::spawn_blocking(move || verify_file(&sent.bytes, sent.field("key"), sent.field("since")))
            .await;
    match checked {
        Ok(Ok(checked)) => {
            page.checked = Some(checked);
            visit.page(&page)
        }
        Ok(Err(refusal @ Refusal::Invalid { .. })) => {
            let field = if refusal.code() == "audit.head" { "since" } else { "key" };
            page.problem = Some((field, visit.sentence(&refusal)));
            visit.unprocessed(&page)
        }
        Ok(Err(refusal)) => visit.refused(&refusal),
        Err(error) => {
            tracing::error!(%error, "check of a file ended early");
            visit.refused(&Refusal::Randomness("check of a file ended early".to_owned()))
        }
    }
}

fn text(language: Language, key: &'static str) -> String {
    language.text(key).to_owned()
}
