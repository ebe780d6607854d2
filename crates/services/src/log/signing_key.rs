//! The key that signs tree heads: a PKCS#8 file beside the database or where the configuration says.

use std::path::{Path, PathBuf};

use xiaoxiang_audit::{LogId, PublicKey, SignedTreeHead, SigningKey, TreeHead};
use xiaoxiang_store::{StoreError, Tx, WriteTx};

use crate::app::App;
use crate::refusal::Refusal;

/// The signing key of this node.
#[derive(Debug)]
pub struct LogKey(SigningKey);

impl LogKey {
    /// Reads the key file, or makes a new key readable by its owner only.
    pub fn load_or_create(app: &App, path: &Path) -> Result<Self, Refusal> {
        let failed = |source| Refusal::File { path: path.display().to_string(), source };
        if !path.exists() {
            let key = SigningKey::from_seed(&app.random_32()?);
            let unfinished = path.with_extension(format!("{}.unfinished", std::process::id()));
            write_private(&unfinished, &key.to_pkcs8_pem()).map_err(failed)?;
            // The file appears whole or not at all, and of two nodes that make a key at once one gives way.
            let linked = std::fs::hard_link(&unfinished, path);
            std::fs::remove_file(&unfinished).map_err(failed)?;
            match linked {
                Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(failed(error)),
                _ => {}
            }
        }
        let text = std::fs::read_to_string(path).map_err(failed)?;
        let key = SigningKey::from_pkcs8_pem(&text).map_err(|error| {
            Refusal::invalid(
                "audit.key",
                format!("{} 不是签名密钥。请恢复备份的密钥文件。", path.display()),
                format!("{}: {error}; restore the key file from its backup", path.display()),
            )
        })?;
        Ok(Self(key))
    }

    /// Where the key of a database lies unless the configuration says otherwise.
    #[must_use]
    pub fn path_beside(database: &Path) -> PathBuf {
        database.with_extension("audit-key.pem")
    }

    /// What outsiders hold.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.0.public_key()
    }
}

/// Writes a file that only its owner may read, from the first byte on.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Signs the log's head as the transaction sees it and stores head and public key.
pub async fn sign_tree_head(app: &App, key: &LogKey) -> Result<SignedTreeHead, Refusal> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let signed = sign_in(&mut tx, key, now_ms).await?;
    tx.keep_unlogged().await?;
    Ok(signed)
}

async fn sign_in(tx: &mut WriteTx, key: &LogKey, now_ms: i64) -> Result<SignedTreeHead, Refusal> {
    let head = xiaoxiang_store::log::head(tx).await?;
    let frontier = head.frontier()?;
    let tree_head = TreeHead {
        log_id: log_id(&head.log_id)?,
        size: frontier.size(),
        at_ms: now_ms,
        root: frontier.root(),
    };
    let signed = tree_head.sign(&key.0);
    let public = key.public_key();
    let known = xiaoxiang_store::log::list_keys(tx).await?;
    let key_id = public.key_id().to_string();
    if let Some((newest, _, _)) = known.last()
        && *newest != key_id
    {
        return Err(Refusal::invalid(
            "audit.key_changed",
            "签名密钥与本日志登记的密钥不同。请恢复原密钥文件，或按文档轮换密钥。",
            "the signing key is not the one this log knows; restore the key file or rotate the key as documented",
        ));
    }
    xiaoxiang_store::log::save_key(tx, &key_id, &public.to_string(), 0).await?;
    xiaoxiang_store::log::save_tree_head(tx, head.size, now_ms, &signed.to_string()).await?;
    Ok(signed)
}

pub(super) fn log_id(text: &str) -> Result<LogId, Refusal> {
    text.parse().map_err(|_| StoreError::Damaged(format!("log id `{text}`")).into())
}

/// The first public key of the log.
pub(super) async fn first_key(tx: &mut Tx) -> Result<PublicKey, Refusal> {
    let keys = xiaoxiang_store::log::list_keys(tx).await?;
    let (_, text, _) = keys.first().ok_or_else(|| {
        Refusal::invalid(
            "audit.no_key",
            "日志尚未签名。请先运行 xiaoxiang audit sign。",
            "the log was never signed; run xiaoxiang audit sign first",
        )
    })?;
    text.parse().map_err(|_| StoreError::Damaged("public key".to_owned()).into())
}

/// The stored tree heads, oldest first.
pub(super) async fn tree_heads(tx: &mut Tx) -> Result<Vec<SignedTreeHead>, Refusal> {
    xiaoxiang_store::log::list_tree_heads(tx)
        .await?
        .into_iter()
        .map(|(_, text)| text.parse().map_err(|_| StoreError::Damaged("tree head".to_owned()).into()))
        .collect()
}
