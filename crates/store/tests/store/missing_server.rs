//! Without a server the tests fail and say what to do.

use std::process::Command;

use xiaoxiang_store::testing::POSTGRES_VARIABLE;

fn run_one_test(address: Option<&str>) -> (bool, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "log::a_head_is_there_from_the_start::on_postgres"]);
    command.env_remove(POSTGRES_VARIABLE).env("RUST_BACKTRACE", "0");
    command.envs(address.map(|address| (POSTGRES_VARIABLE, address)));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said.into_owned())
}

#[test]
fn a_missing_variable_fails_the_postgres_tests_with_advice() {
    let (passed, said) = run_one_test(None);
    assert!(!passed, "{said}");
    assert!(said.contains("XIAOXIANG_TEST_POSTGRES is not set"), "{said}");
    assert!(said.contains("cargo xtask db start"), "{said}");
}

#[test]
fn a_server_that_does_not_answer_fails_the_postgres_tests_with_advice() {
    // Port 1 is reserved and nothing listens there.
    let (passed, said) = run_one_test(Some("postgres://nobody:nothing@127.0.0.1:1/none"));
    assert!(!passed, "{said}");
    assert!(said.contains("no PostgreSQL answers"), "{said}");
    assert!(said.contains("cargo xtask test"), "{said}");
}
