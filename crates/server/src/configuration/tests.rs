//! The layers, their order, and what is refused.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::layers::keys;
use super::*;

struct File(tempfile::TempDir);

impl File {
    fn with(text: &str) -> (Self, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("xiaoxiang.toml");
        std::fs::write(&path, text).unwrap();
        (Self(folder), path)
    }
}

fn read(text: &str, variables: &[(&str, &str)], flags: &Overrides) -> Result<Loaded, String> {
    let (file, path) = File::with(text);
    let variable =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let read = Loaded::read(Some(&path), variable, flags).map_err(|refusal| {
        let (zh, en) = refusal.sentences();
        format!("{zh}\n{en}")
    });
    drop(file.0);
    read
}

#[test]
fn a_flag_beats_the_environment_beats_the_file_beats_the_default() {
    let file = "listen = '127.0.0.1:1'\n[log]\nlevel = 'warn'\n";
    let nothing = Overrides::default();
    let by_file = read(file, &[], &nothing).unwrap().configuration;
    assert_eq!((by_file.listen.port(), by_file.log.level.as_str()), (1, "warn"));
    assert_eq!(by_file.limits, Limits::default());
    let variables = [("XIAOXIANG_LISTEN", "127.0.0.1:2"), ("XIAOXIANG_LIMITS_BODY_BYTES", "4096")];
    let by_variable = read(file, &variables, &nothing).unwrap().configuration;
    assert_eq!((by_variable.listen.port(), by_variable.limits.body_bytes), (2, 4096));
    assert_eq!(by_variable.log.level, "warn");
    let flags = Overrides { listen: Some("127.0.0.1:3".parse().unwrap()), database: None };
    let by_flag = read(file, &variables, &flags).unwrap();
    assert_eq!(by_flag.configuration.listen.port(), 3);
    let origin_of = |wanted: &str| by_flag.shown().into_iter().find(|row| row.0 == wanted).unwrap().2;
    for (key, origin) in [
        ("listen", Origin::Flag),
        ("limits.body_bytes", Origin::Environment),
        ("log.level", Origin::File),
        ("database", Origin::Default),
    ] {
        assert_eq!(origin_of(key), origin, "{key}");
    }
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    for (text, line) in [
        ("listen = '127.0.0.1:1'\nlisten_adress = 'x'\n", ":2"),
        ("[limits]\nbody_bytes = 4096\n\nbody_byts = 1\n", ":4"),
        ("[limits]\nbody_bytes = 'many'\n", ":2"),
        ("[log]\nformat = 'xml'\n", ":2"),
        ("listen = 127.0.0.1\n", ":1"),
    ] {
        let refused = read(text, &[], &Overrides::default()).unwrap_err();
        assert!(refused.contains(&format!("xiaoxiang.toml{line}")), "{text}\n{refused}");
        assert!(refused.contains("xiaoxiang.example.toml"), "it says what to do: {refused}");
    }
}

#[test]
fn a_bad_variable_is_named() {
    for (name, value) in [
        ("XIAOXIANG_LIMITS_BODY_BYTES", "many"),
        ("XIAOXIANG_LOG_FORMAT", "xml"),
        ("XIAOXIANG_METRICS_ALLOWED", "10.0.0.1,here"),
        ("XIAOXIANG_LISTEN", "8080"),
        ("XIAOXIANG_TRUSTED_PROXIES", "10.0.0.0/8,balancer"),
    ] {
        let refused = read("", &[(name, value)], &Overrides::default()).unwrap_err();
        assert!(refused.contains(name), "{refused}");
    }
    let lists = [
        ("XIAOXIANG_METRICS_ALLOWED", "10.0.0.1, ::1"),
        ("XIAOXIANG_PUBLIC_ORIGIN", ""),
        ("XIAOXIANG_TRUSTED_PROXIES", "10.0.0.0/8, fd00::7"),
    ];
    let taken = read("", &lists, &Overrides::default()).unwrap().configuration;
    assert_eq!(taken.metrics.allowed.len(), 2);
    assert_eq!(serde_json::json!(taken.trusted_proxies), serde_json::json!(["10.0.0.0/8", "fd00::7"]));
    assert_eq!(taken.public_origin, None, "empty is not set");
}

#[test]
fn values_that_make_no_sense_are_refused_with_their_key() {
    for (text, key) in [
        ("public_origin = 'https://kj.example.gov.cn/'", "public_origin"),
        ("public_origin = 'kj.example.gov.cn'", "public_origin"),
        ("public_origin = 'https://user@kj.example.gov.cn'", "public_origin"),
        ("public_origin = 'https://KJ.example.gov.cn'", "public_origin"),
        ("[limits]\nrequest_seconds = 0", "limits.request_seconds"),
        ("[limits]\nupload_bytes = 10", "limits.upload_bytes"),
        ("[limits]\nconcurrent_requests = 0", "limits.concurrent_requests"),
        ("[sessions]\nidle_minutes = 600\nabsolute_hours = 1", "sessions.absolute_hours"),
        ("[log]\nlevel = 'loud=very'", "log.level"),
        ("trusted_proxies = ['10.0.0.1', '0.0.0.0/0']", "trusted_proxies"),
    ] {
        let refused = read(text, &[], &Overrides::default()).unwrap_err();
        assert!(refused.contains(key), "{text}: {refused}");
    }
    let oidc = |rest: &str| {
        format!(
            "public_origin = 'https://kj.example.gov.cn'\n[oidc]\nissuer = 'https://id.example.gov.cn'\n{rest}"
        )
    };
    assert!(read(&oidc("client_id = 'x'"), &[], &Overrides::default()).is_ok());
    for (text, key) in [
        ("[oidc]\nclient_id = 'x'".to_owned(), "oidc.issuer"),
        ("[oidc]\nissuer = 'http://id.example.gov.cn'".to_owned(), "oidc.issuer"),
        ("[oidc]\nissuer = 'https://id.example.gov.cn/?realm=1'".to_owned(), "oidc.issuer"),
        ("[oidc]\nissuer = 'https://id.example.gov.cn'\nclient_id = 'x'".to_owned(), "public_origin"),
        (oidc(""), "oidc.client_id"),
        (oidc("client_id = 'x'\nclient_secret = 'a'\nclient_secret_file = 'b'"), "oidc.client_secret_file"),
        (oidc("client_id = 'x'\nname_zh = ''"), "oidc.name_zh"),
        (oidc("client_id = 'x'\nscopes = ['pro file']"), "oidc.scopes"),
        (oidc("client_id = 'x'\ntimeout_seconds = 0"), "oidc.timeout_seconds"),
    ] {
        let refused = read(&text, &[], &Overrides::default()).unwrap_err();
        assert!(refused.contains(key), "{text}: {refused}");
    }
    for origin in ["https://kj.example.gov.cn", "https://kj.example.gov.cn:8443", "http://127.0.0.1:8080"] {
        let text = format!("public_origin = '{origin}'");
        let taken = read(&text, &[], &Overrides::default()).unwrap().configuration;
        assert_eq!(taken.is_reached_by_tls(), origin.starts_with("https"));
    }
}

#[test]
fn every_field_has_a_key_and_every_key_a_field() {
    let values = serde_json::to_value(Configuration::default()).unwrap();
    let mut fields = BTreeSet::new();
    for (name, value) in values.as_object().unwrap() {
        match value.as_object() {
            Some(table) => fields.extend(table.keys().map(|inner| format!("{name}.{inner}"))),
            None => {
                fields.insert(name.clone());
            }
        }
    }
    let keys: BTreeSet<String> = keys().into_iter().map(str::to_owned).collect();
    assert_eq!(keys, fields);
}

#[test]
fn the_example_file_holds_every_key_at_its_default() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/xiaoxiang.example.toml");
    let text = std::fs::read_to_string(path).unwrap();
    // Keys without a default stand in the file as comments: `# key = example`.
    let spoken: Configuration = toml::from_str(&text).unwrap();
    assert_eq!(spoken, Configuration::default());
    let uncommented: String = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.contains(" = ") => rest,
            _ => line,
        })
        .map(|line| format!("{line}\n"))
        .collect();
    let table: toml::Table = uncommented.parse().unwrap();
    for key in keys() {
        let present = match key.split_once('.') {
            Some((outer, inner)) => table[outer].get(inner).is_some(),
            None => table.contains_key(key),
        };
        assert!(present, "{key} is missing from the example");
    }
}

#[test]
fn no_password_is_shown() {
    for address in [
        "postgres://xiaoxiang:s3cret@db.example:5432/xiaoxiang",
        "postgres://xiaoxiang:s3c@ret@db.example/xiaoxiang?sslmode=require",
        "postgres://xiaoxiang@db.example/xiaoxiang?password=s3cret&sslmode=require",
    ] {
        let loaded = read("", &[("XIAOXIANG_DATABASE", address)], &Overrides::default()).unwrap();
        let (_, shown, _) = loaded.shown().into_iter().find(|row| row.0 == "database").unwrap();
        assert!(!shown.contains("s3c") && shown.contains("db.example"), "{shown}");
        assert!(shown.starts_with("postgres://xiaoxiang"), "{shown}");
    }
}

#[test]
fn the_secret_of_the_provider_is_shown_nowhere() {
    let variables = [
        ("XIAOXIANG_PUBLIC_ORIGIN", "https://kj.example.gov.cn"),
        ("XIAOXIANG_OIDC_ISSUER", "https://id.example.gov.cn"),
        ("XIAOXIANG_OIDC_CLIENT_ID", "xiaoxiang"),
        ("XIAOXIANG_OIDC_CLIENT_SECRET", "s3cret"),
        ("XIAOXIANG_OIDC_SCOPES", "profile,email"),
    ];
    let loaded = read("", &variables, &Overrides::default()).unwrap();
    assert_eq!(loaded.configuration.oidc.scopes, ["profile", "email"]);
    let shown = format!("{:?} {:?}", loaded.shown(), loaded.configuration);
    assert!(shown.contains("xiaoxiang") && !shown.contains("s3cret"), "{shown}");
}

#[test]
fn a_misspelt_variable_is_found() {
    let names = ["XIAOXIANG_LISTN", "XIAOXIANG_LISTEN", "XIAOXIANG_ACTOR", "PATH"].map(str::to_owned);
    assert_eq!(unknown_variables(names), ["XIAOXIANG_LISTN"]);
}
