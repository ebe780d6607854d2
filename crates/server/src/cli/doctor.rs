//! `doctor`: what is wrong with this installation, and what to do about it.

use std::path::{Path, PathBuf};

use xiaoxiang_audit::SigningKey;
use xiaoxiang_services::log::check_log;
use xiaoxiang_services::{App, Refusal};
use xiaoxiang_store::{SchemaState, StoreError, Tx};

use super::output::{self, say};
use super::{CommandResult, Context, Outcome, database};
use crate::clock::system_clock;
use crate::configuration::{Configuration, unknown_variables};
use crate::outbound::{Couriers, Mailer};
use crate::provider::Provider;
use crate::web_assets::WebAssets;

/// An import that takes longer has been left behind.
const CHANGE_SET_AGE_MS: i64 = 24 * 3_600_000;
/// Deliveries given up longer ago are no news.
const GIVEN_UP_AGE_MS: i64 = 7 * 24 * 3_600_000;
/// More than this between two clocks shows in the log's times.
const CLOCK_GAP_MS: i64 = 5_000;
/// Below this a backup or a large import may not fit.
#[cfg(unix)]
const FREE_BYTES_WANTED: u64 = 1 << 30;
/// Below this the next writes fail.
#[cfg(unix)]
const FREE_BYTES_MIN: u64 = 100 << 20;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grade {
    Sound,
    /// Look at it in quiet.
    Worth,
    /// Mend it before serving.
    Bad,
}

impl Grade {
    const fn word(self) -> &'static str {
        match self {
            Self::Sound => "ok",
            Self::Worth => "warning",
            Self::Bad => "failed",
        }
    }
}

/// One line of the answer.
#[derive(Debug)]
struct Finding {
    check: &'static str,
    grade: Grade,
    found: String,
    /// What to do, Chinese and English; empty where all is well.
    advice: (String, &'static str),
}

#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn sound(&mut self, check: &'static str, found: impl Into<String>) {
        self.0.push(Finding { check, grade: Grade::Sound, found: found.into(), advice: (String::new(), "") });
    }

    fn add(
        &mut self,
        check: &'static str,
        grade: Grade,
        found: impl Into<String>,
        zh: &str,
        en: &'static str,
    ) {
        self.0.push(Finding { check, grade, found: found.into(), advice: (zh.to_owned(), en) });
    }
}

pub async fn run(context: &Context) -> CommandResult {
    let mut findings = Findings::default();
    check_configuration(context, &mut findings);
    check_key(context, &mut findings);
    check_bundle(&mut findings);
    check_provider(&context.configuration.configuration, &mut findings).await;
    check_mail(&context.configuration.configuration, &mut findings).await;
    match database::open_any(context).await {
        Ok(app) => {
            check_database(&app, &mut findings).await;
            app.db.close().await;
        }
        Err(refusal) => {
            let (zh, en) = refusal.sentences();
            findings.add(
                "database",
                Grade::Bad,
                en,
                &format!("{zh} 请核对地址、账号和网络。"),
                "check address, account and network",
            );
        }
    }
    check_disk(context, &mut findings);

    let settings: Vec<Vec<String>> = context
        .configuration
        .shown()
        .into_iter()
        .map(|(key, value, origin)| vec![key.to_owned(), value, origin.code().to_owned()])
        .collect();
    let rows: Vec<Vec<String>> = findings
        .0
        .iter()
        .map(|finding| {
            let Finding { check, grade, found, advice: (zh, en) } = finding;
            let advice = if zh.is_empty() { String::new() } else { format!("{zh} / {en}") };
            vec![(*check).to_owned(), grade.word().to_owned(), found.clone(), advice]
        })
        .collect();
    let checks = ["check", "result", "found", "what_to_do"];
    if context.format == Some(output::Format::Json) {
        let named = |header: &[&str], rows: &[Vec<String>]| -> serde_json::Value {
            rows.iter()
                .map(|row| -> serde_json::Map<String, serde_json::Value> {
                    header
                        .iter()
                        .zip(row)
                        .map(|(key, value)| ((*key).to_owned(), value.clone().into()))
                        .collect()
                })
                .map(serde_json::Value::Object)
                .collect()
        };
        output::print_json(&serde_json::json!({
            "configuration": named(&["key", "value", "origin"], &settings),
            "checks": named(&checks, &rows),
        }));
    } else {
        output::print_rows(context.format, &["key", "value", "origin"], &settings)?;
        output::print_rows(context.format, &checks, &rows)?;
    }
    if findings.0.iter().any(|finding| finding.grade == Grade::Bad) {
        say("有问题需要处理。", "something needs mending");
        return Ok(Outcome::Refused);
    }
    say("可以运行。", "ready to serve");
    Ok(Outcome::Done)
}

fn check_configuration(context: &Context, findings: &mut Findings) {
    let configuration = &context.configuration.configuration;
    let unknown = unknown_variables(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()));
    if unknown.is_empty() {
        findings.sound("configuration", "");
    } else {
        findings.add(
            "configuration",
            Grade::Worth,
            unknown.join(", "),
            "这些环境变量不对应任何配置项，请核对拼写。",
            "no key has these variables; check their spelling",
        );
    }
    if !configuration.listen.ip().is_loopback() && !configuration.is_reached_by_tls() {
        findings.add(
            "public_origin",
            Grade::Worth,
            configuration.listen.to_string(),
            "监听地址对外开放而未声明 https 来源，口令会明文传输。请在前面放置 TLS 反向代理并设置 public_origin。",
            "this address is open to the network without TLS; put a TLS proxy before it and set public_origin",
        );
    }
}

async fn check_provider(configuration: &Configuration, findings: &mut Findings) {
    let provider = match Provider::of(configuration, &system_clock()) {
        Ok(Some(provider)) => provider,
        Ok(None) => return,
        Err(refusal) => {
            let (zh, en) = refusal.sentences();
            findings.add("provider", Grade::Bad, en, &zh, "correct [oidc] in the configuration");
            return;
        }
    };
    match provider.check().await {
        Ok(()) => findings.sound("provider", provider.issuer()),
        // People with a password sign in all the same.
        Err(trouble) => findings.add(
            "provider",
            Grade::Worth,
            trouble.to_string(),
            "身份提供方用不了。请核对 oidc.issuer、oidc.ca_file 和网络；此时仍可用口令登录。",
            "the provider cannot be used; check oidc.issuer, oidc.ca_file and the network; passwords go on working",
        ),
    }
}

async fn check_mail(configuration: &Configuration, findings: &mut Findings) {
    // What gateways and webhooks need is checked with it; they are not called, since a call would be a message.
    if let Err(refusal) = Couriers::of(configuration, &system_clock()) {
        let (zh, en) = refusal.sentences();
        findings.add(
            "notices",
            Grade::Bad,
            en,
            &zh,
            "correct [mail], [webhooks], [sms] or [work_wechat] in the configuration",
        );
        return;
    }
    let Ok(Some(mailer)) = Mailer::of(configuration) else { return };
    match mailer.check().await {
        Ok(()) => findings.sound("mail server", mailer.server()),
        // Notices stay in the inboxes, and e-mail is tried again for two days.
        Err(failure) => findings.add(
            "mail server",
            Grade::Worth,
            format!("{} · {}", mailer.server(), failure.sentences().1),
            "邮件服务器用不了。请核对 [mail] 配置和网络；通知仍在收件箱中。",
            "the mail server cannot be used; check [mail] and the network; notices stay in the inboxes",
        ),
    }
}

async fn check_deliveries(tx: &mut Tx, now_ms: i64, findings: &mut Findings) -> Result<(), StoreError> {
    let given_up = xiaoxiang_store::delivery::count_given_up_since(tx, now_ms - GIVEN_UP_AGE_MS).await?;
    if given_up == 0 {
        findings.sound("deliveries given up", "0");
    } else {
        findings.add(
            "deliveries given up",
            Grade::Worth,
            given_up.to_string(),
            "一周内有通知投递失败并已放弃。请管理员在“事件推送”页面查看原因并重试。",
            "notices of the last week could not be delivered; the administrator sees why on the page of webhooks and may retry",
        );
    }
    Ok(())
}

fn check_key(context: &Context, findings: &mut Findings) {
    let path = database::key_path(&context.configuration.configuration);
    let shown = path.display().to_string();
    if !path.exists() {
        findings.add(
            "audit key",
            Grade::Worth,
            shown,
            "还没有签名密钥，首次签名时生成；多节点须共用同一把密钥。",
            "there is no key yet; the first signature makes one, and all nodes must share it",
        );
        return;
    }
    let read = std::fs::read_to_string(&path).map_err(|error| error.to_string());
    if let Err(error) =
        read.and_then(|text| SigningKey::from_pkcs8_pem(&text).map_err(|error| error.to_string()))
    {
        findings.add(
            "audit key",
            Grade::Bad,
            format!("{shown}: {error}"),
            "签名密钥无法读取。请核对权限，或恢复密钥文件的备份。",
            "the key cannot be read; check its rights or restore the file",
        );
        return;
    }
    match mode_open_to_others(&path) {
        Some(mode) => findings.add(
            "audit key",
            Grade::Bad,
            format!("{shown} {mode:o}"),
            "其他用户可读签名密钥。请执行 chmod 600。",
            "others may read the key; run chmod 600 on it",
        ),
        None => findings.sound("audit key", shown),
    }
}

/// The rights of a file, where they give anything to anybody but its owner.
#[cfg(unix)]
fn mode_open_to_others(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn mode_open_to_others(_: &Path) -> Option<u32> {
    None
}

fn check_bundle(findings: &mut Findings) {
    match WebAssets::get().charts {
        Some(_) => findings.sound("web bundle", ""),
        None => findings.add(
            "web bundle",
            Grade::Worth,
            "",
            "程序构建时没有 Node，页面没有图表。请用发布包，或装好 Node 后重新构建。",
            "built without Node, so pages have no charts; use a released package or build again with Node",
        ),
    }
}

async fn check_database(app: &App, findings: &mut Findings) {
    match app.db.about().await {
        Ok(about) => {
            if about.is_recent {
                findings.sound("database", about.version);
            } else {
                findings.add(
                    "database",
                    Grade::Bad,
                    about.version,
                    "PostgreSQL 版本过旧，至少需要 15。",
                    "this PostgreSQL is too old; 15 or later is needed",
                );
            }
            if let Some(collation) = about.collation {
                if database::is_by_code_point(&collation) {
                    findings.sound("collation", collation);
                } else {
                    findings.add(
                        "collation",
                        Grade::Bad,
                        collation,
                        "数据库须以 C 排序规则创建：CREATE DATABASE … TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'。",
                        "create the database with collation C (TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C')",
                    );
                }
            }
            if let Some(standbys) = about.synchronous_standbys {
                let found = if standbys.is_empty() { "none".to_owned() } else { standbys };
                findings.sound("synchronous standby", found);
            }
            if let Some(now_ms) = about.now_ms {
                check_clock(app, now_ms, findings);
            }
        }
        Err(error) => {
            findings.add(
                "database",
                Grade::Bad,
                error.to_string(),
                "数据库没有回答。",
                "the database does not answer",
            );
            return;
        }
    }
    match app.db.schema_state().await {
        Ok(SchemaState::Current) => findings.sound("schema", "current"),
        Ok(SchemaState::Empty) => {
            findings.add(
                "schema",
                Grade::Worth,
                "empty",
                "数据库是空的。请运行 xiaoxiang migrate，或直接启动服务。",
                "the database is empty; run xiaoxiang migrate or start the server",
            );
            return;
        }
        Ok(state @ (SchemaState::Older | SchemaState::Newer)) => {
            let (found, zh, en) = match state {
                SchemaState::Older => {
                    ("older", "先备份，再运行 xiaoxiang migrate。", "back up, then run xiaoxiang migrate")
                }
                _ => ("newer", "请升级程序。", "upgrade the program"),
            };
            findings.add("schema", Grade::Bad, found, zh, en);
            return;
        }
        Err(error) => {
            findings.add(
                "schema",
                Grade::Bad,
                error.to_string(),
                "请运行 migrate。",
                "run xiaoxiang migrate",
            );
            return;
        }
    }
    check_content(app, findings).await;
}

fn check_clock(app: &App, database_ms: i64, findings: &mut Findings) {
    let gap = app.clock.now_ms() - database_ms;
    if gap.abs() <= CLOCK_GAP_MS {
        findings.sound("clock", format!("{gap} ms"));
    } else {
        findings.add(
            "clock",
            Grade::Worth,
            format!("{gap} ms"),
            "本机与数据库的时钟不一致。请启用时间同步。",
            "this clock and the database's differ; turn on time synchronisation",
        );
    }
}

async fn check_content(app: &App, findings: &mut Findings) {
    match check_log(app).await {
        Ok(state) => findings.sound("audit log", format!("{} {}", state.size, state.root)),
        Err(refusal) => findings.add(
            "audit log",
            Grade::Bad,
            cause_of(&refusal),
            "操作日志不自洽。请停止写入，保留现场，从备份恢复。",
            "the log does not agree with itself; stop writing, keep the files, restore a backup",
        ),
    }
    if let Err(error) = check_rows(app, findings).await {
        findings.add(
            "rows",
            Grade::Bad,
            error.to_string(),
            "数据库读取失败。",
            "the database cannot be read",
        );
    }
    match app.figures().await {
        Ok(figures) => {
            let region = figures.region();
            findings.sound("region", format!("{} v{}", region.region.code(), region.region_version_id));
            findings.sound("figures", figures.position().to_string());
        }
        Err(Refusal::NoRegion) => findings.add(
            "region",
            Grade::Worth,
            "none",
            "还没有区域数据。请运行 xiaoxiang region import，或在首次启动页面上选择。",
            "there are no region data; run xiaoxiang region import or choose one on the first page",
        ),
        Err(refusal) => findings.add(
            "region",
            Grade::Bad,
            cause_of(&refusal),
            "区域数据或统计列无法读取。",
            "region data or figures cannot be read",
        ),
    }
}

async fn check_rows(app: &App, findings: &mut Findings) -> Result<(), StoreError> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.read().await?;
    let abandoned = xiaoxiang_store::import::count_abandoned(&mut tx, now_ms - CHANGE_SET_AGE_MS).await?;
    if abandoned == 0 {
        findings.sound("open change sets", "0");
    } else {
        findings.add(
            "open change sets",
            Grade::Worth,
            abandoned.to_string(),
            "有导入在一天前中断；它们不可见，下一次导入会清除。",
            "imports were broken off over a day ago; nobody sees them, and the next import removes them",
        );
    }
    check_deliveries(&mut tx, now_ms, findings).await?;
    let head = xiaoxiang_store::log::head(&mut tx).await?;
    let last = xiaoxiang_store::log::list_after(&mut tx, head.size - 2, 1).await?;
    match last.first().map(|entry| entry.at_ms - now_ms) {
        Some(ahead) if ahead > CLOCK_GAP_MS => findings.add(
            "clock",
            Grade::Bad,
            format!("{ahead} ms"),
            "最后一条日志的时间晚于本机时钟。请校准时钟。",
            "the newest log entry lies in the future of this clock; set the clock",
        ),
        _ => findings.sound("log time", ""),
    }
    Ok(())
}

#[cfg(unix)]
fn check_disk(context: &Context, findings: &mut Findings) {
    let place = database::sqlite_path(context.database()).map_or_else(|| PathBuf::from("."), folder_of);
    let size = database::sqlite_path(context.database())
        .and_then(|path| std::fs::metadata(path).ok())
        .map_or(0, |found| found.len());
    match rustix::fs::statvfs(&place) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let found = format!("{} MiB · {}", free >> 20, place.display());
            let (zh, en) = ("磁盘空间不足。请清理或扩容。", "the disk is nearly full; make room");
            if free < FREE_BYTES_MIN {
                findings.add("disk", Grade::Bad, found, zh, en);
            } else if free < FREE_BYTES_WANTED.max(size) {
                findings.add("disk", Grade::Worth, found, zh, en);
            } else {
                findings.sound("disk", found);
            }
        }
        Err(error) => findings.add(
            "disk",
            Grade::Worth,
            format!("{}: {error}", place.display()),
            "无法读取磁盘空间。",
            "the free space cannot be read",
        ),
    }
}

#[cfg(not(unix))]
fn check_disk(_: &Context, _: &mut Findings) {}

#[cfg(unix)]
fn folder_of(path: &Path) -> PathBuf {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

fn cause_of(refusal: &Refusal) -> String {
    refusal.sentences().1
}
