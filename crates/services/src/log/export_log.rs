//! Writes the whole log into one file that an outsider can check without us.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

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

/// Signs the head and writes all entries, keys and heads; gives the number of entries.
pub async fn export_log(app: &App, key: &LogKey, mut out: impl Write + Send) -> Result<u64, Refusal> {
    export_in_pieces(app, key, async |piece| {
        out.write_all(&piece).map_err(|source| Refusal::File { path: "export".to_owned(), source })
    })
    .await
}

/// The same file piece by piece for whoever may read the log: never more than one piece is in memory.
///
/// `send` is called with each piece in order; it may refuse, which ends the export.
pub async fn stream_log(
    app: &App,
    actor: &Actor,
    key: &LogKey,
    send: impl AsyncFnMut(Vec<u8>) -> Result<(), Refusal>,
) -> Result<u64, Refusal> {
    actor.permit(Action::ReadLog)?;
    export_in_pieces(app, key, send).await
}

async fn export_in_pieces(
    app: &App,
    key: &LogKey,
    mut send: impl AsyncFnMut(Vec<u8>) -> Result<(), Refusal>,
) -> Result<u64, Refusal> {
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
        send(piece.take()).await?;
    }
    let frontier = head.frontier()?;
    writer.finish(&TreeState { size: frontier.size(), root: frontier.root() }).map_err(failed)?;
    send(piece.take()).await?;
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
