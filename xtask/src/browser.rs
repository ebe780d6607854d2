//! The browser's driver for the whole-journey tests.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::guard::Guard;
use crate::{packages, run};

const READY_WAIT: Duration = Duration::from_secs(30);

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
        let mut driver = Command::new("setsid")
            .args(["chromedriver", &format!("--port={port}"), "--log-level=WARNING"])
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

fn is_ready(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(stream, "GET /status HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.contains("\"ready\":true"))
}
