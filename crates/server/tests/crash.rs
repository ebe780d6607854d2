//! `kill -9` of the real program at drawn moments: what was acknowledged is there, nothing is half there.
//!
//! `XIAOXIANG_SOAK_CRASHES` sets the number of trials. On PostgreSQL the node is killed, the server goes on.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use xiaoxiang_store::testing::TestDb;

const TRIALS: u64 = 10;
/// More than a chunk, so that rows are staged when the blow falls.
const ROWS: u64 = 1_500;
/// The longest wait before the blow.
const MOMENT_MS_MAX: u64 = 600;
const HEADER: &str = "合同登记编号,项目名称,登记日期,合同类型,成交额(元),技术交易额(元),卖方名称,卖方行政区划代码,\
                      买方名称,买方行政区划代码";

fn trials() -> u64 {
    std::env::var("XIAOXIANG_SOAK_CRASHES").map_or(TRIALS, |text| text.parse().expect("a number"))
}

/// SplitMix64: the moments are the same in every run.
fn draw(state: &mut u64, end: u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) % end
}

struct Node {
    folder: tempfile::TempDir,
    address: String,
}

impl Node {
    fn new(address: &str) -> Self {
        let node = Self { folder: tempfile::tempdir().unwrap(), address: address.to_owned() };
        let regions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regions/hunan");
        node.done(&["region", "import", regions.to_str().unwrap()]);
        node
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xiaoxiang"));
        command.args(["--database", &self.address]).args(arguments).current_dir(self.folder.path());
        command
    }

    fn done(&self, arguments: &[&str]) -> String {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        assert!(status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).unwrap()
    }

    fn file(&self, first: u64, count: u64) -> PathBuf {
        let mut text = format!("{HEADER}\n");
        for serial in first..first + count {
            text.push_str(&format!(
                "2017{serial:010},示例{serial},2017-03-01,技术开发,{serial}.01,1.00,示例甲,430102,示例乙,430204\n"
            ));
        }
        let path = self.folder.path().join(format!("{first}.csv"));
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Imports and strikes after `moment`; whether the program had acknowledged before.
    fn import_and_kill(&self, file: &Path, moment: Duration) -> bool {
        let mut child = self
            .command(&["import", "contracts", file.to_str().unwrap()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(moment);
        child.kill().unwrap();
        child.wait().unwrap().success()
    }

    fn total(&self) -> (u64, u64) {
        let json = self.done(&["bulletin", "--period", "2017", "--format", "json"]);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let number = |key: &str| json["total"][key].as_u64().unwrap();
        (number("count"), number("contract_value_fen"))
    }

    fn assert_log_holds(&self) {
        self.done(&["audit", "check"]);
        let out = self.folder.path().join("log.jsonl");
        self.done(&["audit", "export", "--out", out.to_str().unwrap()]);
        let key = self.done(&["audit", "key"]);
        self.done(&["audit", "verify", out.to_str().unwrap(), "--key", key.trim()]);
    }
}

fn sums(first: u64, count: u64) -> (u64, u64) {
    (count, (first..first + count).map(|serial| serial * 100 + 1).sum())
}

/// Every other trial strikes a large import; the others a chain of single contracts.
fn survives(address: &str) {
    let node = Node::new(address);
    let mut state = 2_026;
    let mut next = 1;
    let mut known = node.total();
    let mut lost = 0;
    for trial in 0..trials() {
        if trial % 2 == 0 {
            let moment = Duration::from_millis(draw(&mut state, MOMENT_MS_MAX));
            let is_acknowledged = node.import_and_kill(&node.file(next, ROWS), moment);
            let added = sums(next, ROWS);
            let whole = (known.0 + added.0, known.1 + added.1);
            let found = node.total();
            assert!(
                found == whole || (found == known && !is_acknowledged),
                "trial {trial}: {found:?} after {known:?}"
            );
            lost += u64::from(found == known);
            known = found;
            next += ROWS;
        } else {
            let struck = draw(&mut state, 3);
            for single in 0..=struck {
                let added = sums(next, 1);
                let whole = (known.0 + added.0, known.1 + added.1);
                let file = node.file(next, 1);
                if single < struck {
                    node.done(&["import", "contracts", file.to_str().unwrap()]);
                    known = whole;
                } else {
                    let moment = Duration::from_millis(draw(&mut state, MOMENT_MS_MAX / 6));
                    let is_acknowledged = node.import_and_kill(&file, moment);
                    let found = node.total();
                    let is_whole_or_nothing = found == whole || (found == known && !is_acknowledged);
                    assert!(is_whole_or_nothing, "trial {trial}: {found:?} after {known:?}");
                    known = found;
                }
                next += 1;
            }
        }
        assert_eq!(node.total(), known);
        node.assert_log_holds();
    }
    assert!(lost > 0, "no blow fell in time: the trials prove nothing");
    // What was struck down can be imported in the end, and counts once.
    let report =
        node.done(&["import", "contracts", node.file(1, ROWS).to_str().unwrap(), "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let count = |key: &str| report[key].as_u64().unwrap();
    assert_eq!(count("new") + count("unchanged"), ROWS);
    node.assert_log_holds();
}

#[test]
fn a_killed_program_loses_nothing_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    survives(&format!("sqlite:{}", folder.path().join("crash.db").display()));
}

#[test]
fn a_killed_node_loses_nothing_on_postgres() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let made = runtime.block_on(TestDb::empty_postgres());
    let address = made.address.clone();
    survives(&address);
    runtime.block_on(made.end());
}
