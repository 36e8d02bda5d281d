//! A server of a few lines that misbehaves on request.

use super::wait;
use jumeau::io::{Fetcher, IoFault, Location, MAX_ANSWER_BYTES};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;

/// `hello hello hello`, by gzip.
const GZIPPED: &[u8] = &[
    31, 139, 8, 0, 0, 0, 0, 0, 2, 255, 203, 72, 205, 201, 201, 87, 200, 64, 144, 0, 128, 136, 249,
    229, 17, 0, 0, 0,
];

/// Serves until the test ends; sends the path of each request it has read.
fn serve() -> (Location, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let root = format!("http://{}/t", listener.local_addr().unwrap());
    let (seen, paths) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let seen = seen.clone();
            std::thread::spawn(move || answer(stream, &seen));
        }
    });
    (Location::parse(&root), paths)
}

fn answer(mut stream: TcpStream, seen: &mpsc::Sender<String>) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        request.push(byte[0]);
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let path = request.split(' ').nth(1).unwrap_or("").to_owned();
    let _ = seen.send(path.clone());
    let mut say = |head: &str, body: &[u8]| {
        let _ = write!(stream, "HTTP/1.1 {head}\r\nConnection: close\r\n\r\n");
        let _ = stream.write_all(body);
    };
    match path.as_str() {
        "/t/good%20one.bin?v=2" => say("200 OK\r\nContent-Length: 3", b"abc"),
        "/t/gzip" => {
            assert!(request.to_lowercase().contains("gzip"), "{request}");
            say(
                &format!(
                    "200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}",
                    GZIPPED.len()
                ),
                GZIPPED,
            );
        }
        "/t/moved" => say(
            "302 Found\r\nLocation: /t/good%20one.bin?v=2\r\nContent-Length: 0",
            b"",
        ),
        "/t/round" => say("302 Found\r\nLocation: /t/round\r\nContent-Length: 0", b""),
        "/t/broken" => say("500 Internal Server Error\r\nContent-Length: 4", b"oops"),
        "/t/busy" => say("429 Too Many Requests\r\nContent-Length: 0", b""),
        "/t/forbidden" => say("403 Forbidden\r\nContent-Length: 0", b""),
        "/t/truncated" => say("200 OK\r\nContent-Length: 1000", b"only this"),
        "/t/huge" => say(
            &format!("200 OK\r\nContent-Length: {}", MAX_ANSWER_BYTES + 1),
            b"a",
        ),
        "/t/endless" => {
            // No length, and no end before the other side hangs up.
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            let block = vec![b' '; 1 << 20];
            while stream.write_all(&block).is_ok() {}
        }
        "/t/nonsense" => {
            let _ = stream.write_all(b"\x16\x03\x01 this is not http\r\n\r\n");
        }
        "/t/slow" => {
            // Until the other side hangs up.
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab");
            let _ = stream.read(&mut byte);
            let _ = seen.send("hung up".to_owned());
        }
        _ => say("404 Not Found\r\nContent-Length: 0", b""),
    }
}

fn fetch(path: &str) -> Result<Vec<u8>, IoFault> {
    let (root, _paths) = serve();
    let mut fetcher = Fetcher::new(root).unwrap();
    fetcher.start(7, path);
    let mut answers = wait(&mut fetcher, 1);
    let (ticket, body) = answers.remove(0);
    assert_eq!(ticket, 7);
    body
}

#[test]
fn good_answers_come_whole() {
    assert_eq!(fetch("good one.bin?v=2"), Ok(b"abc".to_vec()));
    assert_eq!(fetch("gzip"), Ok(b"hello hello hello".to_vec()));
    assert_eq!(fetch("moved"), Ok(b"abc".to_vec()));
}

#[test]
fn bad_answers_are_told_apart() {
    assert!(matches!(fetch("none"), Err(IoFault::NotFound(_))));
    assert_eq!(fetch("broken"), Err(IoFault::Server(500)));
    assert_eq!(fetch("busy"), Err(IoFault::Server(429)));
    assert_eq!(fetch("forbidden"), Err(IoFault::Server(403)));
    assert!(matches!(fetch("round"), Err(IoFault::Refused(_))));
    assert!(matches!(fetch("../up"), Err(IoFault::Refused(_))));
    assert_eq!(fetch("huge"), Err(IoFault::TooLarge(MAX_ANSWER_BYTES + 1)));
}

#[test]
fn a_body_without_end_is_cut_off() {
    assert!(matches!(fetch("endless"), Err(IoFault::TooLarge(length)) if length > MAX_ANSWER_BYTES && length < MAX_ANSWER_BYTES + (4 << 20)));
}

#[test]
fn a_broken_connection_may_pass() {
    for path in ["truncated", "nonsense"] {
        let body = fetch(path);
        assert!(
            matches!(&body, Err(fault @ IoFault::Network(_)) if fault.is_passing()),
            "{path}: {body:?}"
        );
    }
}

#[test]
fn a_server_that_is_not_there_may_come_back() {
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let mut fetcher = Fetcher::new(Location::Url(format!("http://127.0.0.1:{port}/t"))).unwrap();
    fetcher.start(1, "territory.json");
    let body = wait(&mut fetcher, 1).remove(0).1;
    assert!(matches!(&body, Err(IoFault::Network(_))), "{body:?}");
}

#[test]
fn cancelling_hangs_up() {
    let (root, paths) = serve();
    let mut fetcher = Fetcher::new(root).unwrap();
    fetcher.start(1, "slow");
    let patience = std::time::Duration::from_secs(30);
    assert_eq!(paths.recv_timeout(patience).unwrap(), "/t/slow");
    fetcher.cancel(1);
    assert_eq!(paths.recv_timeout(patience).unwrap(), "hung up");
    fetcher.start(2, "good%20one.bin?v=2");
    assert_eq!(wait(&mut fetcher, 1), [(2, Ok(b"abc".to_vec()))]);
}

#[test]
fn dropping_the_fetcher_hangs_up() {
    let (root, paths) = serve();
    let mut fetcher = Fetcher::new(root).unwrap();
    fetcher.start(1, "slow");
    let patience = std::time::Duration::from_secs(30);
    assert_eq!(paths.recv_timeout(patience).unwrap(), "/t/slow");
    drop(fetcher);
    assert_eq!(paths.recv_timeout(patience).unwrap(), "hung up");
}

#[test]
fn many_requests_are_all_answered() {
    let (root, _paths) = serve();
    let mut fetcher = Fetcher::new(root).unwrap();
    for ticket in 0..100 {
        fetcher.start(
            ticket,
            if ticket % 3 == 0 {
                "none"
            } else {
                "good one.bin?v=2"
            },
        );
    }
    let answers = wait(&mut fetcher, 100);
    assert_eq!(answers.iter().filter(|(_, body)| body.is_ok()).count(), 66);
}

#[test]
fn what_is_no_address_is_refused_at_once() {
    for root in ["http://", "https://exa mple/", "http://[::1/"] {
        let refused = Fetcher::new(Location::Url(root.to_owned()));
        assert!(
            matches!(refused, Err(IoFault::Refused(_))),
            "{root}: {refused:?}"
        );
    }
}
