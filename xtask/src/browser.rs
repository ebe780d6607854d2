//! The browser's driver for the whole-journey tests.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::guard::Guard;
use crate::{packages, run};

const READY_WAIT: Duration = Duration::from_secs(30);
const ANSWER_WAIT: Duration = Duration::from_secs(2);

/// ChromeDriver on a port of 127.0.0.1, for as long as the guard lives.
#[derive(Debug)]
pub struct Driver {
    /// What a WebDriver client connects to.
    pub url: String,
    /// Held so that the process number is not given away before the guard ends it.
    _driver: Child,
}

impl Driver {
    /// Installs what is missing and starts the driver.
    ///
    /// It leads a session of its own: the browsers that it starts make process groups of their own
    /// but stay in the session, so that the guard finds them too.
    pub fn start(guard: &mut Guard) -> Result<Self> {
        packages::ensure(&[packages::CHROMIUM, packages::CHROMIUM_DRIVER, packages::CHINESE_FONTS])?;
        run::step("start ChromeDriver");
        let port = run::free_port()?;
        // Browsers that are killed leave files behind; here they go with the folder.
        let folder = std::env::temp_dir().join(format!("xiaoxiang-browser-{}", run::random_hex(6)?));
        std::fs::create_dir_all(&folder)?;
        guard.watch_folder(&folder)?;
        let mut driver = Command::new("setsid")
            .args(["chromedriver", &format!("--port={port}"), "--log-level=WARNING"])
            .env("TMPDIR", &folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("cannot start chromedriver")?;
        guard.watch_session(&driver)?;
        let deadline = Instant::now() + READY_WAIT;
        while !is_ready(port) {
            if let Some(status) = driver.try_wait()? {
                guard.forget(&driver)?;
                bail!("chromedriver ended at once: {status}");
            }
            if Instant::now() > deadline {
                bail!("chromedriver does not answer on 127.0.0.1:{port}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        run::say(&format!("    ChromeDriver answers on 127.0.0.1:{port}"));
        Ok(Self { url: format!("http://127.0.0.1:{port}"), _driver: driver })
    }
}

/// Asks for the driver's state; the driver says «close» but leaves the connection open, so reading
/// stops at the word looked for.
fn is_ready(port: u16) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(ANSWER_WAIT))?;
        let request = format!("GET /status HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        let mut part = [0; 1024];
        loop {
            let length = stream.read(&mut part)?;
            if length == 0 {
                return Ok(false);
            }
            answer.extend_from_slice(&part[..length]);
            if String::from_utf8_lossy(&answer).contains("\"ready\":true") {
                return Ok(true);
            }
        }
    };
    ask().unwrap_or(false)
}
