//! The command line as a script sees it: exit codes, what goes to stdout and what to stderr, the JSON of a bulletin.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const HEADER: &str = "合同登记编号,项目名称,登记日期,合同类型,成交额(元),技术交易额(元),卖方名称,卖方行政区划代码,\
                      买方名称,买方行政区划代码";
const ROWS: [&str; 3] = [
    "2017430100000001,示例一,2017-03-01,技术开发,1000000.00,500000.00,示例甲,430102,示例乙,430204",
    "2017430100000002,示例二,2017-05-01,技术服务,500000.01,500000.01,示例甲,430102,示例丙,110108",
    "2016430100000003,示例三,2016-05-01,技术转让,300000.00,100000.00,示例丁,431121,示例丙,430102",
];

struct Program {
    folder: tempfile::TempDir,
}

struct Ended {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Program {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With Hunan's data and three contracts.
    fn with_contracts() -> Self {
        let program = Self::new();
        let regions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regions/hunan");
        assert_eq!(program.run(&["region", "import", regions.to_str().unwrap()]).code, 0);
        let file = program.file("contracts.csv", &format!("{HEADER}\n{}\n", ROWS.join("\n")));
        assert_eq!(program.run(&["import", "contracts", file.to_str().unwrap()]).code, 0);
        program
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("test.db")
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let database = format!("sqlite:{}", self.database().display());
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_xiaoxiang"))
            .args(["--database", &database])
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("XIAOXIANG_DATABASE")
            .output()
            .unwrap();
        Ended {
            code: status.code().unwrap(),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }

    /// Leaves the trace that migrations of a later release leave.
    fn pretend_a_newer_program(&self) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let address = format!("sqlite:{}", self.database().display());
            let db = xiaoxiang_store::Db::connect(&address).await.unwrap();
            let xiaoxiang_store::Db::Sqlite { writer, .. } = &db else {
                unreachable!("the address is SQLite's")
            };
            sqlx::query(
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'later', TRUE, x'00', 0)",
            )
            .execute(writer)
            .await
            .unwrap();
            db.close().await;
        });
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let ended = self.run(&[arguments, &["--format", "json"]].concat());
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
        serde_json::from_str(&ended.stdout).unwrap()
    }
}

fn assert_both_languages(text: &str) {
    let is_chinese = |character: char| ('\u{4e00}'..='\u{9fff}').contains(&character);
    assert!(text.chars().any(is_chinese) && text.chars().any(|c| c.is_ascii_lowercase()), "{text}");
}

#[test]
fn usage_ends_with_two_and_prints_no_data() {
    let program = Program::new();
    for arguments in [
        &["nonsense"][..],
        &["bulletin"],
        &["bulletin", "--period", "2017", "--unknown"],
        &["bulletin", "--period", "2017", "--format", "yaml"],
        &["import", "contracts"],
        &["import", "contracts", "x.csv", "--source", "other"],
    ] {
        let ended = program.run(arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(!ended.stderr.is_empty());
    }
    assert_eq!(program.run(&["--help"]).code, 0);
    assert_eq!(program.run(&["--version"]).code, 0);
    assert!(!program.database().exists(), "no question creates a database");
}

#[test]
fn a_database_that_is_missing_empty_or_newer_is_named_and_left_alone() {
    let newer = Program::with_contracts();
    newer.pretend_a_newer_program();
    let refused = newer.run(&["bulletin", "--period", "2017"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (1, ""));
    assert!(
        refused.stderr.contains("更新的程序") && refused.stderr.contains("newer program"),
        "{}",
        refused.stderr
    );

    let program = Program::new();
    let ask = ["bulletin", "--period", "2017"];
    let missing = program.run(&ask);
    assert_ne!(missing.code, 0);
    assert_both_languages(&missing.stderr);
    assert!(!program.database().exists());

    assert_eq!(program.run(&["migrate"]).code, 0);
    let without_region = program.run(&ask);
    assert_eq!((without_region.code, without_region.stdout.as_str()), (1, ""));
    assert!(without_region.stderr.contains("region import"), "{}", without_region.stderr);
    assert_eq!(program.run(&["audit", "check"]).code, 0);
}

#[test]
fn refused_input_ends_with_one_and_says_what_to_do() {
    let program = Program::with_contracts();
    for arguments in [
        &["bulletin", "--period", "2017-13"][..],
        &["bulletin", "--period", "2017", "--by", "planet"],
        &["bulletin", "--period", "2017", "--by", "city,type,field"],
        &["bulletin", "--period", "2017", "--direction", "sideways"],
        &["bulletin", "--period", "2017", "--within", "110000"],
        &["bulletin", "--period", "2017", "--as-of", "999999"],
        &["bulletin", "--period", "2017", "--explain", "长纱市"],
        &["bulletin", "--period", "2017", "--compare", "previous-year", "--base", "as-published"],
        &["import", "contracts", "missing.csv"],
        &["audit", "prove", "contract:none"],
        &["attribution", "decide", "none", "--division", "430102", "--reason", "x"],
        &["bulletin", "close-year", "2999"],
    ] {
        let ended = program.run(arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (1, ""), "{arguments:?}: {}", ended.stderr);
        assert_both_languages(&ended.stderr);
    }
    let bad = program.file("bad.csv", &format!("{HEADER}\n{}\n", ROWS[0].replace("430204", "439999")));
    let problems = program.folder.path().join("problems.csv");
    let ended = program.run(&[
        "import",
        "contracts",
        bad.to_str().unwrap(),
        "--problems",
        problems.to_str().unwrap(),
    ]);
    assert_eq!(ended.code, 1);
    assert!(ended.stderr.contains("439999") && ended.stderr.contains("第 2 行"), "{}", ended.stderr);
    assert!(std::fs::read_to_string(problems).unwrap().contains("contract.division.invalid"));
}

#[test]
fn the_same_file_twice_changes_nothing_and_says_so() {
    let program = Program::with_contracts();
    let file = program.folder.path().join("contracts.csv");
    let ended = program.run(&["import", "contracts", file.to_str().unwrap()]);
    assert_eq!(ended.code, 0);
    assert!(
        ended.stderr.contains("数据没有变化") && ended.stderr.contains("nothing has changed"),
        "{}",
        ended.stderr
    );
}

#[test]
fn the_json_of_a_bulletin_has_the_shape_that_is_promised() {
    let program = Program::with_contracts();
    let json = program.json(&[
        "bulletin",
        "--period",
        "2017",
        "--direction",
        "registered",
        "--by",
        "city",
        "--compare",
        "previous-year",
    ]);
    let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    for key in
        ["period", "direction", "within", "basis", "as_of", "complete", "exchange_until", "rows", "total"]
    {
        assert!(keys.contains(&key), "{key} is missing from {keys:?}");
    }
    assert_eq!((&json["period"], &json["direction"]), (&"2017".into(), &"registered".into()));
    assert_eq!(json["exchange_until"], Value::Null);
    assert!(json["complete"].is_boolean() && json["as_of"].is_i64());
    let changsha = json["rows"].as_array().unwrap().iter().find(|row| row["key"] == "430100").unwrap();
    assert_eq!(changsha["label"], "长沙市");
    assert_eq!(changsha["count"], 2);
    assert_eq!(changsha["contract_value_fen"], 150_000_001);
    assert_eq!(changsha["technology_value_fen"], 100_000_001);
    assert_eq!((&changsha["share_percent"], &changsha["rank"]), (&"100.00".into(), &1.into()));
    assert_eq!(changsha["growth_percent"]["contract_value"], Value::Null, "no base, no rate");
    let total = &json["total"];
    assert_eq!(total["previous"]["contract_value_fen"], 30_000_000);
    assert_eq!(total["growth_percent"]["contract_value"], "400.00");
    assert_eq!(total["growth_percent"]["count"], "100.00");

    let csv = program.run(&["bulletin", "--period", "2017", "--format", "csv"]);
    assert!(csv.stdout.lines().next().unwrap().contains("成交额(亿元)"), "{}", csv.stdout);
    assert_eq!(csv.stderr, "");
}

#[test]
fn a_figure_opens_to_its_contracts() {
    let program = Program::with_contracts();
    for row in ["430100", "长沙市", "长沙"] {
        let behind = program.json(&["bulletin", "--period", "2017", "--explain", row]);
        assert_eq!(
            (&behind["total"], &behind["contract_value_fen"]),
            (&2.into(), &150_000_001.into()),
            "{row}"
        );
        assert_eq!(behind["contracts"][0]["registration_number"], "2017430100000001");
    }
    let cell = program.json(&["bulletin", "--period", "2017", "--by", "city,type", "--explain", "430100,5"]);
    assert_eq!(cell["total"], 1);
    let month = program.json(&["bulletin", "--period", "2017", "--by", "month", "--explain", "2017-05"]);
    assert_eq!(month["total"], 1);
}

#[test]
fn a_bulletin_lives_from_draft_to_correction_and_the_log_proves_it() {
    let program = Program::with_contracts();
    let id = program.run(&["bulletin", "draft", "--period", "2017"]).stdout.trim().to_owned();
    let signed = program.json(&["bulletin", "sign", &id, "--signer", "示例签发人"]);
    assert!(signed["number"].is_string() && signed["tree_head"].is_string());
    assert_eq!(program.run(&["bulletin", "sign", &id, "--signer", "示例签发人"]).code, 1);
    let head = program.file("head.txt", signed["tree_head"].as_str().unwrap());
    let changed = ROWS[0].replace("1000000.00", "1000000.02");
    let file = program.file("changed.csv", &format!("{HEADER}\n{changed}\n"));
    let listed = program.run(&["import", "contracts", file.to_str().unwrap()]);
    assert_eq!(listed.code, 0);
    assert!(listed.stdout.contains("contract_value"), "{}", listed.stdout);
    assert_eq!(program.json(&["bulletin", "changes", &id]), Value::Array(Vec::new()));
    assert_eq!(program.run(&["import", "contracts", file.to_str().unwrap(), "--accept-changes"]).code, 0);
    assert_ne!(program.json(&["bulletin", "changes", &id]), Value::Array(Vec::new()));
    let corrected = program.json(&["bulletin", "correct", &id, "--decision", "issue", "--reason", "更正"]);
    assert_eq!(corrected["serial"], 1);

    let out = program.folder.path().join("log.jsonl");
    let (out, head) = (out.to_str().unwrap(), head.to_str().unwrap());
    assert_eq!(program.run(&["audit", "export", "--out", out]).code, 0);
    let key = program.run(&["audit", "key"]).stdout.trim().to_owned();
    let verified = program.run(&["audit", "verify", out, "--key", &key, "--since", head]);
    assert_eq!(verified.code, 0, "{}{}", verified.stdout, verified.stderr);
    let text = std::fs::read_to_string(out).unwrap();
    std::fs::write(out, text.replacen("contract.imported", "contract.imparted", 1)).unwrap();
    assert_eq!(program.run(&["audit", "verify", out, "--key", &key]).code, 1);
    let proof = program.folder.path().join("proof.json");
    let proof = proof.to_str().unwrap();
    assert_eq!(program.run(&["audit", "prove", "contract:2017430100000001", "--out", proof]).code, 0);
    assert_eq!(program.run(&["audit", "verify", proof, "--key", &key]).code, 0);
}

#[test]
fn contracts_are_screened_without_a_database_and_scored_by_labels() {
    let program = Program::new();
    let header = "合同登记编号,项目名称,签订日期,登记日期,合同类型,成交额(元),技术交易额(元),卖方名称,卖方行政区划代码,买方名称,买方行政区划代码";
    let rows = "A1,数控机床采购,2025-03-01,2025-03-20,技术服务,1200000,1200000,示例甲,430102,示例乙,430204\n\
                A2,盾构机密封研制,2025-03-01,2025-03-20,技术开发,500000,300000,示例丙,430102,示例丁,430204\n";
    let file = program.file("contracts.csv", &format!("{header}\n{rows}"));
    let labels =
        program.file("labels.csv", "registration_number,kind\nA1,goods_as_technology\nA2,of_others\n");
    let (file, labels) = (file.to_str().unwrap(), labels.to_str().unwrap());

    let flags = program.json(&["contract", "screen", "--file", file]);
    assert_eq!(flags.as_array().unwrap().len(), 1);
    assert_eq!(
        (&flags[0]["registration_number"], &flags[0]["screen"]),
        (&"A1".into(), &"goods_as_technology".into())
    );
    assert!(flags[0]["question_zh"].as_str().unwrap().ends_with('？'));
    assert_both_languages(&program.run(&["contract", "screen", "--file", file]).stderr);

    let scored = program.json(&["contract", "screen", "--file", file, "--labels", labels]);
    assert_eq!((&scored["overall"]["recall"], &scored["overall"]["precision"]), (&0.5.into(), &1.0.into()));
    let report = program.json(&["contract", "screen", "--report", "--seed", "9", "--contracts", "1000"]);
    for kind in report["kinds"].as_array().unwrap() {
        assert!(kind["kind"].is_string());
        assert!(["planted", "found", "false_flags"].iter().all(|key| kind[*key].is_u64()), "{kind}");
    }

    assert_eq!(program.run(&["contract", "screen", "--report", "--labels", labels]).code, 2);
    assert_eq!(program.run(&["contract", "screen"]).code, 1, "there is no database to screen");
    let missing = program.run(&["contract", "screen", "--file", "nowhere.csv"]);
    assert_eq!((missing.code, missing.stdout.as_str()), (1, ""));
    assert!(!program.database().exists(), "screening a file creates no database");
}

#[test]
fn the_contracts_of_a_database_are_screened_and_asked_about_once() {
    let program = Program::with_contracts();
    let first = program.run(&["contract", "screen"]);
    assert_eq!(first.code, 0, "{}", first.stderr);
    assert_both_languages(&first.stderr);
    let counts = program.json(&["contract", "screen"]);
    assert_eq!(counts.as_array().unwrap().len(), 28);
    assert!(counts.as_array().unwrap().iter().all(|kind| kind["kind"].is_string()));
    assert!(
        program.run(&["contract", "screen"]).stderr.contains(" 0 new"),
        "the second time asks nothing new"
    );
}
