//! A small mail server and a small web server that keep what they are given, and fail or hang where they are told to.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the next message, or the next call, meets with.
#[derive(Clone, Debug)]
pub enum Turn {
    /// It is taken.
    Take,
    /// A line in the place of the yes, such as `451 later`; of a web server its status.
    Refuse(&'static str),
    /// Nobody says anything.
    Hang,
    /// It is kept, and nobody says so.
    KeepAndHang,
}

/// A message as it came in.
#[derive(Clone, Debug)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    pub text: String,
}

impl Mail {
    /// The value of a header; none where there is none. Folded lines are joined.
    pub fn header(&self, name: &str) -> Option<String> {
        let (head, _) = self.text.split_once("\r\n\r\n").unwrap_or((&self.text, ""));
        let joined = head.replace("\r\n ", " ");
        let wanted = format!("{}: ", name.to_lowercase());
        let line = joined.lines().find(|line| line.to_lowercase().starts_with(&wanted))?;
        Some(line[wanted.len()..].to_owned())
    }

    pub fn id(&self) -> String {
        self.header("Message-ID").expect("a message has its id")
    }
}

/// A call as it came in.
#[derive(Clone, Debug)]
pub struct Call {
    pub head: String,
    pub body: String,
}

impl Call {
    pub fn header(&self, name: &str) -> String {
        let wanted = format!("{name}: ");
        let line = self.head.lines().find(|line| line.to_lowercase().starts_with(&wanted));
        line.unwrap_or_else(|| panic!("{name} in {}", self.head))[wanted.len()..].to_owned()
    }
}

/// A sink of messages or calls.
#[derive(Clone)]
pub struct Sink<T> {
    pub address: SocketAddr,
    turns: Arc<Mutex<VecDeque<Turn>>>,
    kept: Arc<Mutex<Vec<T>>>,
    count: watch::Sender<usize>,
}

impl<T: Clone + Send + 'static> Sink<T> {
    async fn listen() -> (Self, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (count, _) = watch::channel(0);
        (Self { address, turns: Arc::default(), kept: Arc::default(), count }, listener)
    }

    /// What the next ones meet with, in order; all after them are taken.
    pub fn expect(&self, turns: &[Turn]) {
        self.turns.lock().unwrap().extend(turns.iter().cloned());
    }

    pub fn kept(&self) -> Vec<T> {
        self.kept.lock().unwrap().clone()
    }

    /// Waits until so many were kept.
    pub async fn wait_for(&self, count: usize, within: Duration) {
        let mut counted = self.count.subscribe();
        let enough = counted.wait_for(|kept| *kept >= count);
        let in_time = tokio::time::timeout(within, enough).await.is_ok();
        assert!(in_time, "{} of {count} came", self.kept.lock().unwrap().len());
    }

    fn next_turn(&self) -> Turn {
        self.turns.lock().unwrap().pop_front().unwrap_or(Turn::Take)
    }

    fn keep(&self, item: T) {
        let mut kept = self.kept.lock().unwrap();
        kept.push(item);
        self.count.send_replace(kept.len());
    }
}

impl Sink<Mail> {
    pub async fn of_mail() -> Self {
        let (sink, listener) = Self::listen().await;
        let own = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = own.clone();
                tokio::spawn(async move {
                    // Whoever breaks off has broken off.
                    let _ = sink.converse(stream).await;
                });
            }
        });
        sink
    }

    async fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        let turn = self.next_turn();
        if matches!(turn, Turn::Hang) {
            return std::future::pending().await;
        }
        stream.write_all(b"220 sink\r\n").await?;
        let (mut from, mut to) = (String::new(), Vec::new());
        let mut line = String::new();
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let said = line.trim_end();
            let answer = match said.get(..4).unwrap_or(said).to_uppercase().as_str() {
                "MAIL" => {
                    from = said.to_owned();
                    "250 ok\r\n".to_owned()
                }
                "RCPT" => {
                    to.push(said.to_owned());
                    match &turn {
                        Turn::Refuse(answer) => format!("{answer}\r\n"),
                        _ => "250 ok\r\n".to_owned(),
                    }
                }
                "DATA" => {
                    stream.write_all(b"354 go\r\n").await?;
                    let mut text = String::new();
                    while !text.ends_with("\r\n.\r\n") {
                        if stream.read_line(&mut text).await? == 0 {
                            return Ok(());
                        }
                    }
                    self.keep(Mail { from: from.clone(), to: std::mem::take(&mut to), text });
                    if matches!(turn, Turn::KeepAndHang) {
                        return std::future::pending().await;
                    }
                    "250 taken\r\n".to_owned()
                }
                "QUIT" => "221 bye\r\n".to_owned(),
                _ => "250 sink\r\n".to_owned(),
            };
            stream.write_all(answer.as_bytes()).await?;
        }
    }
}

impl Sink<Call> {
    pub async fn of_calls() -> Self {
        let (sink, listener) = Self::listen().await;
        let own = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = own.clone();
                tokio::spawn(async move {
                    let _ = sink.answer(stream).await;
                });
            }
        });
        sink
    }

    async fn answer(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await? == 0 {
                return Ok(());
            }
        }
        let mut call = Call { head, body: String::new() };
        let mut body = vec![0; call.header("content-length").parse().unwrap()];
        stream.read_exact(&mut body).await?;
        call.body = String::from_utf8(body).unwrap();
        let turn = self.next_turn();
        self.keep(call);
        let status = match turn {
            Turn::Take => "204 No Content",
            Turn::Refuse(status) => status,
            Turn::Hang | Turn::KeepAndHang => return std::future::pending().await,
        };
        let elsewhere = "Location: http://127.0.0.1:1/\r\n";
        let answer =
            format!("HTTP/1.1 {status}\r\n{elsewhere}Content-Length: 0\r\nConnection: close\r\n\r\n");
        stream.write_all(answer.as_bytes()).await
    }
}
