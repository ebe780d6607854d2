//! Writes the whole log into one file that an outsider can check without us.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use xiaoxiang_audit::{ExportError, ExportWriter, Hash, TreeState};
use xiaoxiang_domain::access::Action;
use xiaoxiang_store::StoreError;
use xiaoxiang_store::log as store;

use super::signing_key::{LogKey, first_key, log_id, sign_tree_head, tree_heads};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Entries of one piece of a streamed export.
const PIECE_ENTRIES: i64 = 1_000;

/// How long an export waits for its reader to take a piece.
const READER_WAIT: Duration = Duration::from_secs(60);

/// Where the pieces of an export go.
trait Outlet {
    fn give(&mut self, piece: Vec<u8>) -> impl Future<Output = Result<(), Refusal>> + Send;
}

struct Writing<W>(W);

impl<W: Write + Send> Outlet for Writing<W> {
    async fn give(&mut self, piece: Vec<u8>) -> Result<(), Refusal> {
        self.0.write_all(&piece).map_err(|source| Refusal::File { path: "export".to_owned(), source })
    }
}

struct Sending(Sender<Vec<u8>>);

impl Outlet for Sending {
    async fn give(&mut self, piece: Vec<u8>) -> Result<(), Refusal> {
        let gone = || {
            Refusal::invalid(
                "log.reader_gone",
                "下载已中断。请重新下载。",
                "the download was broken off; download it again",
            )
        };
        // A reader that stops must not hold its snapshot of the database for ever.
        let sent = tokio::time::timeout(READER_WAIT, self.0.send(piece)).await;
        sent.map_err(|_| gone())?.map_err(|_| gone())
    }
}

/// Signs the head and writes all entries, keys and heads; gives the number of entries.
pub async fn export_log(app: &App, key: &LogKey, out: impl Write + Send) -> Result<u64, Refusal> {
    export_in_pieces(app, key, &mut Writing(out)).await
}

/// The same file piece by piece for whoever may read the log: never more than a few pieces are in memory.
pub async fn stream_log(
    app: &App,
    actor: &Actor,
    key: &LogKey,
    sender: Sender<Vec<u8>>,
) -> Result<u64, Refusal> {
    actor.permit(Action::ReadLog)?;
    export_in_pieces(app, key, &mut Sending(sender)).await
}

async fn export_in_pieces(app: &App, key: &LogKey, out: &mut impl Outlet) -> Result<u64, Refusal> {
    sign_tree_head(app, key).await?;
    let mut tx = app.db.read().await?;
    let head = store::head(&mut tx).await?;
    let heads = tree_heads(&mut tx).await?;
    let first = first_key(&mut tx).await?;
    let piece = Piece::default();
    let mut writer =
        ExportWriter::begin(piece.clone(), log_id(&head.log_id)?, first, heads).map_err(failed)?;
    let mut position = -1;
    loop {
        let page = store::list_after(&mut tx, position, PIECE_ENTRIES).await?;
        let Some(last) = page.last() else { break };
        position = last.position;
        for row in &page {
            let stored: [u8; 32] = row
                .leaf_hash
                .as_slice()
                .try_into()
                .map_err(|_| StoreError::Damaged(format!("leaf hash of entry {}", row.position)))?;
            let leaf_hash: Hash = xiaoxiang_audit::Hex(stored);
            writer.entry(row.entry()?, leaf_hash).map_err(failed)?;
        }
        out.give(piece.take()).await?;
    }
    let frontier = head.frontier()?;
    writer.finish(&TreeState { size: frontier.size(), root: frontier.root() }).map_err(failed)?;
    out.give(piece.take()).await?;
    Ok(frontier.size())
}

/// What was written since it was last taken.
#[derive(Clone, Debug, Default)]
struct Piece(Arc<Mutex<Vec<u8>>>);

impl Piece {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Piece {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn failed(error: ExportError) -> Refusal {
    match error {
        ExportError::Write(source) => Refusal::File { path: "export".to_owned(), source },
        other => StoreError::Damaged(other.to_string()).into(),
    }
}
