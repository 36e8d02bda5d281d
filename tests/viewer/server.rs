//! A server whose answers a test decides, until the test ends.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;

pub enum Reply {
    File(Vec<u8>),
    /// 404.
    Missing,
    /// 500.
    Fails,
    /// Nothing at all, as long as the client waits.
    Never,
}

impl Reply {
    pub fn file(path: &Path) -> Self {
        std::fs::read(path).map_or(Self::Missing, Self::File)
    }
}

/// Its address. `reply` is given what is asked for, without the leading slash.
pub fn serve(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/", listener.local_addr().expect("an address"));
    let reply = Arc::new(reply);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let reply = Arc::clone(&reply);
            std::thread::spawn(move || answer(stream, reply.as_ref()));
        }
    });
    address
}

fn answer(mut stream: TcpStream, reply: &dyn Fn(&str) -> Reply) {
    let mut request = [0; 4096];
    let count = stream.read(&mut request).unwrap_or(0);
    let text = String::from_utf8_lossy(&request[..count]).into_owned();
    let path = text.split_whitespace().nth(1).unwrap_or("/").trim_start_matches('/');
    let (status, body) = match reply(path) {
        Reply::File(body) => ("200 OK", body),
        Reply::Missing => ("404 Not Found", Vec::new()),
        Reply::Fails => ("500 Internal Server Error", Vec::new()),
        Reply::Never => {
            // Until the client has gone.
            let _ = stream.read(&mut request);
            return;
        }
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    // A client that has gone is no fault of this test.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}
