//! The built program as processes, and plain HTTP to them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use xiaoxiang_domain::access::{Action, Grant, Role, Scope};
use xiaoxiang_services::access::{
    NewGrant, NewPerson, NewToken, create_person, create_token, find_session, grant_role, open_session,
};
use xiaoxiang_services::{Actor, App};

const HEADER: &str = "合同登记编号,项目名称,登记日期,合同类型,成交额(元),技术交易额(元),卖方名称,卖方行政区划代码,\
                      买方名称,买方行政区划代码";
/// A debug build on a busy machine.
const START_TIME: Duration = Duration::from_secs(60);
const ANSWER_TIME: Duration = Duration::from_secs(60);

/// A folder, a database and commands about it.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub address: String,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Place {
    /// An SQLite file that is not there yet.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", folder.path().join("test.db").display());
        Self { folder, address }
    }

    /// Some other database.
    pub fn at(address: &str) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), address: address.to_owned() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xiaoxiang"));
        command.args(["--database", &self.address]).args(arguments).current_dir(self.folder.path());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        Ended {
            code: status.code().unwrap_or(-1),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }

    pub fn done(&self, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!(ended.code, 0, "{arguments:?}: {}{}", ended.stdout, ended.stderr);
        ended.stdout
    }

    pub fn refused(&self, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!(ended.code, 1, "{arguments:?}: {}{}", ended.stdout, ended.stderr);
        ended.stderr
    }

    pub fn import_region(&self) {
        let regions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regions/hunan");
        self.done(&["region", "import", regions.to_str().unwrap()]);
    }

    /// Writes and imports contracts of March 2017 with the given serials.
    pub fn import(&self, serials: std::ops::Range<u64>) {
        let mut text = format!("{HEADER}\n");
        let name = format!("{}-{}.csv", serials.start, serials.end);
        for serial in serials {
            text.push_str(&format!(
                "2017{serial:010},示例{serial},2017-03-01,技术开发,{serial}.01,1.00,示例甲,430102,示例乙,430204\n"
            ));
        }
        let path = self.path(&name);
        std::fs::write(&path, text).unwrap();
        self.done(&["import", "contracts", path.to_str().unwrap()]);
    }

    /// The table of 2017 as a fresh process makes it.
    pub fn table(&self) -> Value {
        serde_json::from_str(&self.done(&["bulletin", "--period", "2017", "--format", "json"])).unwrap()
    }

    pub fn count(&self) -> u64 {
        self.table()["total"]["count"].as_u64().unwrap()
    }

    /// Starts a server on a free port and waits until it says where.
    pub fn serve(&self, variables: &[(&str, &str)]) -> Server {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.envs(variables.iter().copied());
        let mut process =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let stderr = process.stderr.take().unwrap();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let mut server = Server { process, host: String::new(), lines };
        let said = server.line_with("\"serving\"");
        let address = said["address"].as_str().unwrap();
        server.host = address.strip_prefix("http://").unwrap().to_owned();
        server
    }
}

/// A running `xiaoxiang serve`; killed where the test forgets it.
pub struct Server {
    process: Child,
    pub host: String,
    lines: Receiver<String>,
}

/// An answer of a server.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Server {
    /// The next line of the log that holds a text.
    pub fn line_with(&mut self, text: &str) -> Value {
        let began = Instant::now();
        let mut before = String::new();
        while began.elapsed() < START_TIME {
            match self.lines.recv_timeout(Duration::from_millis(100)) {
                Ok(line) if line.contains(text) => return serde_json::from_str(&line).unwrap(),
                Ok(line) => before.push_str(&format!("{line}\n")),
                Err(RecvTimeoutError::Timeout) => {}
                // All that it said has been read.
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("the server ended before it said {text}:\n{before}");
                }
            }
        }
        panic!("the server never said {text}:\n{before}");
    }

    pub fn get(&self, path: &str) -> Answer {
        get(&self.host, path, "").unwrap()
    }

    /// Asks with more lines in the head, each ended.
    pub fn get_with(&self, path: &str, head: &str) -> Answer {
        get(&self.host, path, head).unwrap()
    }

    /// Sends a form as one of our own pages does.
    pub fn post(&self, path: &str, head: &str, form: &str) -> Answer {
        let origin = format!("Origin: http://{}\r\n", self.host);
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        let head = format!("{origin}{kind}Content-Length: {}\r\n{head}", form.len());
        ask(&self.host, "POST", path, &head, form).unwrap()
    }

    /// Strikes it as a power cut does.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Asks it to stop and gives its remaining log.
    pub fn stop(mut self) -> Vec<String> {
        self.signal("-TERM");
        let status = self.process.wait().unwrap();
        assert!(status.success(), "{status}");
        self.lines.iter().collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One reading request on a connection of its own.
pub fn get(host: &str, path: &str, head: &str) -> std::io::Result<Answer> {
    ask(host, "GET", path, head, "")
}

fn ask(host: &str, verb: &str, path: &str, head: &str, body: &str) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(ANSWER_TIME))?;
    write!(stream, "{verb} {path} HTTP/1.0\r\nHost: {host}\r\n{head}\r\n{body}")?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let broken = || std::io::Error::new(std::io::ErrorKind::UnexpectedEof, text.clone());
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(broken)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(broken)?;
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

/// Sends a body as a program does, with more lines in the head.
pub fn send(host: &str, path: &str, head: &str, body: &str) -> std::io::Result<Answer> {
    ask(host, "POST", path, &format!("Content-Length: {}\r\n{head}", body.len()), body)
}

/// Enters somebody in a role and gives the head that carries a token with everything the role may do.
pub async fn token_of(app: &App, role: Role) -> String {
    let actor = Actor::operator("tests");
    let person = NewPerson {
        sign_in_name: format!("program-{}", role.code().replace('_', "-")),
        name: "示例程序".to_owned(),
        password_hash: None,
        must_change_password: false,
    };
    let person_id = create_person(app, &actor, &person).await.unwrap();
    let valid_from = jiff::civil::date(2020, 1, 1);
    let grant = Grant { role, scope: Scope::Region, valid_from, valid_to: None };
    let new = NewGrant { grant, basis: "示例授权".to_owned() };
    grant_role(app, &actor, &person_id, &new).await.unwrap();
    let opened = open_session(app, &person_id).await.unwrap();
    let signed_in = find_session(app, &opened.token).await.unwrap().expect("a session");
    let actions = Action::ALL.into_iter().filter(|action| signed_in.actor().may(*action)).collect();
    let new = NewToken { label: "示例令牌".to_owned(), actions, days: 30 };
    let made = create_token(app, &signed_in, &new).await.unwrap();
    format!("Authorization: Bearer {}\r\n", made.token.text())
}
