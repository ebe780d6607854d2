//! Where each value comes from: flag, environment, file, default.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};
use xiaoxiang_services::Refusal;

use super::Configuration;
use super::check::senseless;

/// What begins the name of a variable.
pub const VARIABLE_PREFIX: &str = "XIAOXIANG_";
/// Variables that are flags of single commands and no keys of the configuration.
const OTHER_VARIABLES: [&str; 2] = ["XIAOXIANG_ACTOR", "XIAOXIANG_CONFIG"];
/// The largest configuration file.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// How a value is written in the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Whole,
    List,
}

/// Every key, in the order in which they are shown.
const KEYS: [(&str, Kind); 52] = [
    ("database", Kind::Text),
    ("listen", Kind::Text),
    ("public_origin", Kind::Text),
    ("trusted_proxies", Kind::List),
    ("audit_key", Kind::Text),
    ("index_folder", Kind::Text),
    ("log.format", Kind::Text),
    ("log.level", Kind::Text),
    ("limits.body_bytes", Kind::Whole),
    ("limits.upload_bytes", Kind::Whole),
    ("limits.request_seconds", Kind::Whole),
    ("limits.upload_seconds", Kind::Whole),
    ("limits.concurrent_requests", Kind::Whole),
    ("limits.connections", Kind::Whole),
    ("stop.notice_seconds", Kind::Whole),
    ("stop.limit_seconds", Kind::Whole),
    ("sessions.idle_minutes", Kind::Whole),
    ("sessions.absolute_hours", Kind::Whole),
    ("metrics.listen", Kind::Text),
    ("metrics.allowed", Kind::List),
    ("oidc.issuer", Kind::Text),
    ("oidc.client_id", Kind::Text),
    ("oidc.client_secret", Kind::Text),
    ("oidc.client_secret_file", Kind::Text),
    ("oidc.name_zh", Kind::Text),
    ("oidc.name_en", Kind::Text),
    ("oidc.scopes", Kind::List),
    ("oidc.ca_file", Kind::Text),
    ("oidc.timeout_seconds", Kind::Whole),
    ("mail.server", Kind::Text),
    ("mail.port", Kind::Whole),
    ("mail.security", Kind::Text),
    ("mail.username", Kind::Text),
    ("mail.password", Kind::Text),
    ("mail.password_file", Kind::Text),
    ("mail.from", Kind::Text),
    ("mail.from_name", Kind::Text),
    ("mail.ca_file", Kind::Text),
    ("mail.timeout_seconds", Kind::Whole),
    ("webhooks.allowed_networks", Kind::List),
    ("webhooks.ca_file", Kind::Text),
    ("webhooks.timeout_seconds", Kind::Whole),
    ("sms.url", Kind::Text),
    ("sms.secret", Kind::Text),
    ("sms.secret_file", Kind::Text),
    ("sms.ca_file", Kind::Text),
    ("sms.timeout_seconds", Kind::Whole),
    ("work_wechat.url", Kind::Text),
    ("work_wechat.secret", Kind::Text),
    ("work_wechat.secret_file", Kind::Text),
    ("work_wechat.ca_file", Kind::Text),
    ("work_wechat.timeout_seconds", Kind::Whole),
];

/// Keys whose values are shown nowhere.
const SECRETS: [&str; 4] = ["oidc.client_secret", "mail.password", "sms.secret", "work_wechat.secret"];

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// The configuration file.
    File,
    /// A variable.
    Environment,
    /// The command line.
    Flag,
}

impl Origin {
    /// Stable word, as `doctor` prints it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::File => "file",
            Self::Environment => "environment",
            Self::Flag => "flag",
        }
    }
}

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--database`.
    pub database: Option<String>,
    /// `--listen`.
    pub listen: Option<std::net::SocketAddr>,
}

/// The configuration in force and where each value comes from.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The values.
    pub configuration: Configuration,
    origins: BTreeMap<&'static str, Origin>,
}

impl From<Configuration> for Loaded {
    /// A configuration that the program itself made.
    fn from(configuration: Configuration) -> Self {
        Self { configuration, origins: BTreeMap::new() }
    }
}

impl Loaded {
    /// Puts the layers together; `variable` gives the value of an environment variable.
    pub fn read(
        file: Option<&Path>,
        variable: impl Fn(&str) -> Option<String>,
        flags: &Overrides,
    ) -> Result<Self, Refusal> {
        let mut origins = BTreeMap::new();
        let mut table = Table::new();
        if let Some(path) = file {
            let text = read_text(path)?;
            // Read into the struct first: only there do mistakes have a place.
            toml::from_str::<Configuration>(&text).map_err(|error| mistake_in_file(path, &text, &error))?;
            table = text.parse().map_err(|error| mistake_in_file(path, &text, &error))?;
            origins.extend(
                KEYS.iter()
                    .filter(|(key, _)| find(&table, key).is_some())
                    .map(|(key, _)| (*key, Origin::File)),
            );
        }
        for (key, kind) in KEYS {
            let name = variable_of(key);
            let Some(text) = variable(&name).filter(|text| !text.is_empty()) else { continue };
            set(&mut table, key, value_of(&name, kind, &text)?);
            // Tried at once, so that the variable can be named.
            Configuration::deserialize_table(&table)
                .map_err(|error| mistake_in_variable(&name, error.message()))?;
            origins.insert(key, Origin::Environment);
        }
        let mut configuration = Configuration::deserialize_table(&table).map_err(|error| {
            Refusal::invalid("configuration.invalid", error.message().to_owned(), error.message().to_owned())
        })?;
        if let Some(database) = &flags.database {
            configuration.database.clone_from(database);
            origins.insert("database", Origin::Flag);
        }
        if let Some(listen) = flags.listen {
            configuration.listen = listen;
            origins.insert("listen", Origin::Flag);
        }
        if let Some(problem) = senseless(&configuration) {
            let key = problem.key;
            return Err(Refusal::invalid(
                "configuration.senseless",
                format!("配置项 {key} 的值无效：{}。", problem.zh),
                format!("the value of {key} makes no sense: {}", problem.en),
            ));
        }
        Ok(Self { configuration, origins })
    }

    /// Every key with its value, without secrets, and where it comes from.
    #[must_use]
    pub fn shown(&self) -> Vec<(&'static str, String, Origin)> {
        let values = serde_json::to_value(&self.configuration).expect("invariant: plain data");
        KEYS.iter()
            .map(|(key, _)| {
                let value = key.split('.').fold(&values, |value, part| &value[part]);
                let text = match value {
                    serde_json::Value::Null => "-".to_owned(),
                    serde_json::Value::String(text) if *key == "database" => without_password(text),
                    serde_json::Value::String(_) if SECRETS.contains(key) => "***".to_owned(),
                    serde_json::Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                (*key, text, self.origins.get(key).copied().unwrap_or(Origin::Default))
            })
            .collect()
    }
}

impl Configuration {
    fn deserialize_table(table: &Table) -> Result<Self, toml::de::Error> {
        table.clone().try_into()
    }
}

/// Variables that look like ours and name no key: misspelt, most likely.
#[must_use]
pub fn unknown_variables(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let is_known =
        |name: &str| OTHER_VARIABLES.contains(&name) || KEYS.iter().any(|(key, _)| variable_of(key) == name);
    let mut unknown: Vec<String> =
        names.into_iter().filter(|name| name.starts_with(VARIABLE_PREFIX) && !is_known(name)).collect();
    unknown.sort();
    unknown
}

/// The variable that sets a key.
fn variable_of(key: &str) -> String {
    format!("{VARIABLE_PREFIX}{}", key.replace('.', "_").to_uppercase())
}

/// An address of a database with its password hidden.
fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    // A password may hold an @; the host does not.
    let (place, options) = rest.split_once('?').map_or((rest, ""), |(place, options)| (place, options));
    let place = match place.rsplit_once('@') {
        Some((user, host)) => {
            let name = user.split_once(':').map_or(user, |(name, _)| name);
            let mask = if user.contains(':') { ":***" } else { "" };
            format!("{name}{mask}@{host}")
        }
        None => place.to_owned(),
    };
    let options: Vec<&str> =
        options.split('&').filter(|option| !option.is_empty() && !option.starts_with("password")).collect();
    let options = if options.is_empty() { String::new() } else { format!("?{}", options.join("&")) };
    format!("{scheme}://{place}{options}")
}

fn read_text(path: &Path) -> Result<String, Refusal> {
    let failed = |source| Refusal::File { path: path.display().to_string(), source };
    let bytes = std::fs::metadata(path).map_err(failed)?.len();
    if bytes > FILE_BYTES_MAX {
        return Err(Refusal::invalid(
            "configuration.too_large",
            format!("{} 过大，不像配置文件。", path.display()),
            format!("{} is too large for a configuration file", path.display()),
        ));
    }
    std::fs::read_to_string(path).map_err(failed)
}

fn mistake_in_file(path: &Path, text: &str, error: &toml::de::Error) -> Refusal {
    let line = error
        .span()
        .map_or(1, |span| text.get(..span.start).map_or(1, |before| before.matches('\n').count() + 1));
    let place = format!("{}:{line}", path.display());
    let message = error.message();
    Refusal::invalid(
        "configuration.invalid",
        format!("{place}：{message}。请改正或删除这一行；可用的配置项见 xiaoxiang.example.toml。"),
        format!("{place}: {message}; correct or remove this line, xiaoxiang.example.toml lists the keys"),
    )
}

fn mistake_in_variable(name: &str, message: &str) -> Refusal {
    Refusal::invalid(
        "configuration.variable",
        format!("环境变量 {name}：{message}。请改正或取消该变量。"),
        format!("environment variable {name}: {message}; correct or unset it"),
    )
}

fn value_of(name: &str, kind: Kind, text: &str) -> Result<Value, Refusal> {
    Ok(match kind {
        Kind::Text => Value::String(text.to_owned()),
        Kind::Whole => Value::Integer(
            text.parse().map_err(|_| mistake_in_variable(name, &format!("`{text}` is no whole number")))?,
        ),
        Kind::List => {
            Value::Array(text.split(',').map(|part| Value::String(part.trim().to_owned())).collect())
        }
    })
}

fn find<'a>(table: &'a Table, key: &str) -> Option<&'a Value> {
    match key.split_once('.') {
        Some((outer, inner)) => table.get(outer)?.as_table()?.get(inner),
        None => table.get(key),
    }
}

fn set(table: &mut Table, key: &str, value: Value) {
    match key.split_once('.') {
        Some((outer, inner)) => {
            let place = table.entry(outer).or_insert_with(|| Value::Table(Table::new()));
            if let Some(place) = place.as_table_mut() {
                place.insert(inner.to_owned(), value);
            }
        }
        None => {
            table.insert(key.to_owned(), value);
        }
    }
}

#[cfg(test)]
pub(super) fn keys() -> Vec<&'static str> {
    KEYS.iter().map(|(key, _)| *key).collect()
}
