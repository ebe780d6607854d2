//! `backup FILE` and `restore FILE` on SQLite; on PostgreSQL both name the server's own programs.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use sha2::{Digest as _, Sha256};
use xiaoxiang_services::log::check_log;
use xiaoxiang_services::{App, Refusal};
use xiaoxiang_store::backup::Alone;
use xiaoxiang_store::{Db, SchemaState};

use super::output::{self, say};
use super::{CommandResult, Context, Outcome, database};
use crate::clock::system_clock;

/// Damages that are named; a broken file has thousands.
const DAMAGES_SHOWN_MAX: usize = 3;
const BLOCK_BYTES: usize = 1 << 20;

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub struct BackupArguments {
    /// File to write; it must not be there yet
    file: PathBuf,
}

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub struct RestoreArguments {
    /// Backup to put in the database's place
    file: PathBuf,
    /// Replace the database that is there; it is kept beside, under a name with the time
    #[arg(long)]
    replace: bool,
}

/// A copy that was looked through.
#[derive(Debug)]
struct Checked {
    schema: SchemaState,
    log_id: String,
    log_size: u64,
    tree_root: String,
}

/// A file that goes away again unless it is put in its place.
#[derive(Debug)]
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After it was put in its place there is nothing left under this name.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Writes a copy of the database beside the file's name, checks it and gives it the name.
pub async fn back_up(context: &Context, arguments: &BackupArguments) -> CommandResult {
    require_sqlite(context)?;
    let file = &arguments.file;
    if file.exists() {
        return Err(already_there(file));
    }
    let app = database::open_any(context).await?;
    require_readable(app.db.schema_state().await?, context.database())?;
    let unfinished = begin(file)?;
    app.db.copy_into(&unfinished.0).await?;
    app.db.close().await;
    let checked = check(&unfinished.0).await?;
    sync(&unfinished.0)?;
    let sha256 = sha256_of(&unfinished.0)?;
    // The name is taken by an empty file first: what somebody else has put there meanwhile is not overwritten.
    File::create_new(file).map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => already_there(file),
        _ => failed(file, source),
    })?;
    move_to(&unfinished.0, file)?;
    report(context, file, &sha256, &checked)?;
    say(
        "备份已完成并核对。签名密钥文件不在其中，请另行保管。",
        "the backup is complete and checked; the signing key is not in it, keep its file elsewhere",
    );
    Ok(Outcome::Done)
}

/// Copies a backup beside the database, checks the copy, and puts it in the database's place.
pub async fn restore(context: &Context, arguments: &RestoreArguments) -> CommandResult {
    let target = require_sqlite(context)?;
    let source = &arguments.file;
    if target.exists() && !arguments.replace {
        return Err(Refusal::invalid(
            "restore.exists",
            format!("数据库 {} 已存在。确认替换请加 --replace，原文件会改名保留。", target.display()),
            format!(
                "{} is there already; --replace replaces it and keeps it under another name",
                target.display()
            ),
        ));
    }
    for ending in ["-wal", "-journal"] {
        if has_content(&with_ending(source, ending)) {
            return Err(Refusal::invalid(
                "restore.in_use",
                format!(
                    "{} 正在使用或未正常关闭，不是备份文件。请用 xiaoxiang backup 生成备份。",
                    source.display()
                ),
                format!(
                    "{} is in use or was not closed; make a backup with xiaoxiang backup",
                    source.display()
                ),
            ));
        }
    }
    let unfinished = begin(target)?;
    copy(source, &unfinished.0)?;
    let checked = check(&unfinished.0).await?;
    sync(&unfinished.0)?;
    let kept = if target.exists() { Some(replace(&unfinished.0, target).await?) } else { None };
    if kept.is_none() {
        File::create_new(target).map_err(|source| failed(target, source))?;
        move_to(&unfinished.0, target)?;
    }
    report(context, target, &sha256_of(target)?, &checked)?;
    if let Some(kept) = kept {
        let kept = kept.display();
        say(&format!("原数据库保留为 {kept}。"), &format!("the former database is kept as {kept}"));
    }
    if checked.schema == SchemaState::Older {
        say(
            "备份来自较旧的程序，请运行 xiaoxiang migrate。",
            "the backup is of an older program; run xiaoxiang migrate",
        );
    }
    Ok(Outcome::Done)
}

/// Takes the place of a database that nobody has open; gives the name under which it is kept.
async fn replace(new: &Path, target: &Path) -> Result<PathBuf, Refusal> {
    let Some(alone) = Alone::take(target).await? else {
        return Err(Refusal::invalid(
            "restore.held",
            format!("数据库 {} 正被其他程序使用。请先停止服务（xiaoxiang serve）再恢复。", target.display()),
            format!("{} is open in another program; stop the server first", target.display()),
        ));
    };
    let time = system_clock().now().strftime("%Y%m%dT%H%M%S%3f").to_string();
    let kept = with_ending(target, &format!(".replaced-{time}"));
    // A second name first: the database is never without a file. Disks that know no second names are rare.
    let named = std::fs::hard_link(target, &kept).or_else(|_| std::fs::rename(target, &kept));
    let moved = named.map_err(|source| failed(&kept, source)).and_then(|()| move_to(new, target));
    alone.release().await?;
    moved.map(|()| kept)
}

/// Looks through a copy: the file itself, its schema, and the log's tree computed again.
async fn check(path: &Path) -> Result<Checked, Refusal> {
    let unfit = |zh: String, en: String| {
        Refusal::invalid(
            "backup.damaged",
            format!("备份未通过核对：{zh}。"),
            format!("the backup is no good: {en}"),
        )
    };
    let name = path.display();
    let db = Db::open_copy(path).await?;
    let looked = async {
        let damage =
            db.damage().await.map_err(|error| unfit(format!("{name} {error}"), error.to_string()))?;
        if !damage.is_empty() {
            let shown = damage.iter().take(DAMAGES_SHOWN_MAX).cloned().collect::<Vec<_>>().join("; ");
            return Err(unfit(shown.clone(), shown));
        }
        let schema = db.schema_state().await?;
        require_readable(schema, &name.to_string())?;
        let app = App::new(db.clone(), system_clock());
        let state = check_log(&app).await?;
        let mut tx = db.read().await?;
        let head = xiaoxiang_store::log::head(&mut tx).await?;
        Ok(Checked { schema, log_id: head.log_id, log_size: state.size, tree_root: state.root.to_string() })
    };
    let checked = looked.await;
    db.close().await;
    checked
}

fn require_readable(schema: SchemaState, name: &str) -> Result<(), Refusal> {
    match schema {
        SchemaState::Current | SchemaState::Older => Ok(()),
        SchemaState::Empty => Err(Refusal::invalid(
            "backup.empty",
            format!("{name} 不是潇湘的数据库。请核对文件。"),
            format!("{name} holds no database of this program; check the file"),
        )),
        SchemaState::Newer => Err(Refusal::invalid(
            "backup.newer",
            format!("{name} 由更新的程序写成。请升级程序。"),
            format!("{name} was written by a newer program; upgrade"),
        )),
    }
}

fn require_sqlite(context: &Context) -> Result<&Path, Refusal> {
    database::sqlite_path(context.database()).ok_or_else(|| {
        Refusal::invalid(
            "backup.postgres",
            "PostgreSQL 请用 pg_dump --format=custom 备份、pg_restore 恢复，做法见 OPERATION.md。",
            "PostgreSQL is backed up with pg_dump --format=custom and restored with pg_restore; OPERATION.md says how",
        )
    })
}

fn report(context: &Context, file: &Path, sha256: &str, checked: &Checked) -> Result<(), Refusal> {
    let bytes = std::fs::metadata(file).map_err(|source| failed(file, source))?.len();
    let header = ["file", "bytes", "sha256", "log_id", "log_entries", "tree_root"];
    let row = vec![
        file.display().to_string(),
        bytes.to_string(),
        sha256.to_owned(),
        checked.log_id.clone(),
        checked.log_size.to_string(),
        checked.tree_root.clone(),
    ];
    output::print_rows(context.format, &header, &[row])
}

/// An empty file beside the wanted one that only its owner may read.
fn begin(wanted: &Path) -> Result<Unfinished, Refusal> {
    let path = with_ending(wanted, &format!(".unfinished-{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(&path).map_err(|source| failed(&path, source))?;
    Ok(Unfinished(path))
}

fn copy(from: &Path, to: &Path) -> Result<(), Refusal> {
    let mut reader = File::open(from).map_err(|source| failed(from, source))?;
    let mut writer = std::fs::OpenOptions::new().write(true).open(to).map_err(|source| failed(to, source))?;
    std::io::copy(&mut reader, &mut writer).map_err(|source| failed(to, source))?;
    writer.flush().map_err(|source| failed(to, source))
}

/// Waits until the file lies on the disk.
fn sync(path: &Path) -> Result<(), Refusal> {
    let opened = std::fs::OpenOptions::new().write(true).open(path);
    opened.and_then(|file| file.sync_all()).map_err(|source| failed(path, source))
}

/// Moves a file within its folder and waits until the folder lies on the disk.
fn move_to(from: &Path, to: &Path) -> Result<(), Refusal> {
    std::fs::rename(from, to).map_err(|source| failed(to, source))?;
    #[cfg(unix)]
    {
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|source| failed(folder, source))?;
    }
    Ok(())
}

fn sha256_of(path: &Path) -> Result<String, Refusal> {
    let mut file = File::open(path).map_err(|source| failed(path, source))?;
    let mut hash = Sha256::new();
    let mut block = vec![0; BLOCK_BYTES];
    loop {
        let read = file.read(&mut block).map_err(|source| failed(path, source))?;
        if read == 0 {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(&block[..read]);
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn has_content(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.len() > 0)
}

fn already_there(file: &Path) -> Refusal {
    Refusal::invalid(
        "backup.exists",
        format!("{} 已存在，不会覆盖。请换一个文件名。", file.display()),
        format!("{} is there already and is not overwritten; choose another name", file.display()),
    )
}

fn failed(path: &Path, source: std::io::Error) -> Refusal {
    Refusal::File { path: path.display().to_string(), source }
}
