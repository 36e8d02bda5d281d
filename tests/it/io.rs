//! Fetching: locations, files, scripts, and addresses on loopback (feature `http`).

#[cfg(feature = "http")]
#[path = "io/http.rs"]
mod http;

use jumeau::io::{Clock, Fetcher, IoFault, Location, MAX_ANSWER_BYTES, Place, Script};
use std::path::PathBuf;

type Answers = Vec<(u64, Result<Vec<u8>, IoFault>)>;

/// Looks until so many answers have come; a lost answer fails instead of hanging.
fn wait(fetcher: &mut Fetcher, count: usize) -> Answers {
    let mut answers = Vec::new();
    for _ in 0..6000 {
        answers.extend(fetcher.poll());
        if answers.len() >= count {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    answers.sort_by_key(|(ticket, _)| *ticket);
    assert_eq!(answers.len(), count, "{answers:?}");
    answers
}

#[test]
fn what_people_type_is_a_folder_or_an_address() {
    for (typed, expected) in [
        (
            "https://example.org/nantes",
            Location::Url("https://example.org/nantes".into()),
        ),
        (
            "HTTP://example.org/a/territory.json?v=2",
            Location::Url("HTTP://example.org/a/".into()),
        ),
        ("data/nantes", Location::Folder("data/nantes".into())),
        (
            "data/nantes/territory.json",
            Location::Folder("data/nantes".into()),
        ),
        ("territory.json", Location::Folder("".into())),
        (
            "ftp://example.org",
            Location::Folder("ftp://example.org".into()),
        ),
    ] {
        assert_eq!(Location::parse(typed), expected, "{typed}");
    }
}

#[test]
fn a_reference_is_joined_to_its_root() {
    let folder = Location::Folder(PathBuf::from("/data"));
    let url = Location::Url("https://example.org/t/".into());
    let page = Location::Url(String::new());
    for (reference, file, address) in [
        (
            "buildings/tileset.json",
            "/data/buildings/tileset.json",
            "buildings/tileset.json",
        ),
        ("a%20b.glb", "/data/a b.glb", "a%20b.glb"),
        ("a b.glb", "/data/a b.glb", "a%20b.glb"),
        ("île.glb", "/data/île.glb", "%C3%AEle.glb"),
        ("a.glb?v=3", "/data/a.glb", "a.glb?v=3"),
        ("a.glb#part", "/data/a.glb", "a.glb"),
        ("100%.glb", "/data/100%.glb", "100%25.glb"),
        ("..a/b..", "/data/..a/b..", "..a/b.."),
    ] {
        assert_eq!(
            folder.join(reference),
            Ok(Place::File(file.into())),
            "{reference}"
        );
        assert_eq!(
            url.join(reference),
            Ok(Place::Url(format!("https://example.org/t/{address}")))
        );
        assert_eq!(page.join(reference), Ok(Place::Url(address.to_owned())));
    }
}

#[test]
fn nothing_leads_out_of_the_root() {
    let long = "a/".repeat(4000);
    for reference in [
        "",
        "..",
        "../a",
        "a/../../b",
        "a/..",
        "/etc/passwd",
        "//host/a",
        "\\\\host\\a",
        "a\\..\\b",
        "%2e%2e/a",
        "%2E./a",
        "a%5cb",
        "%2fetc/passwd",
        "http://host/a",
        "file:///etc/passwd",
        "C:/a",
        "a%00b",
        "a\nb",
        "%ff",
        &long,
    ] {
        for root in [
            Location::Folder("/data".into()),
            Location::Url("http://h/t".into()),
        ] {
            let joined = root.join(reference);
            assert!(
                matches!(joined, Err(IoFault::Refused(_))),
                "{reference:?}: {joined:?}"
            );
        }
    }
}

#[test]
fn files_come_and_missing_ones_are_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    std::fs::write(folder.path().join("sub/a b.bin"), b"abc").unwrap();
    std::fs::write(folder.path().join("empty"), b"").unwrap();
    // A hole: large in length, small on disk.
    let huge = std::fs::File::create(folder.path().join("huge")).unwrap();
    huge.set_len(MAX_ANSWER_BYTES + 1).unwrap();
    let mut fetcher = Fetcher::new(Location::Folder(folder.path().to_owned())).unwrap();
    for (ticket, path) in [
        "sub/a%20b.bin",
        "empty",
        "none.glb",
        "sub",
        "../out",
        "empty/x",
        "huge",
    ]
    .iter()
    .enumerate()
    {
        fetcher.start(ticket as u64, path);
    }
    let answers = wait(&mut fetcher, 7);
    let bodies: Vec<_> = answers.into_iter().map(|(_, body)| body).collect();
    assert_eq!(bodies[0], Ok(b"abc".to_vec()));
    assert_eq!(bodies[1], Ok(Vec::new()));
    assert_eq!(bodies[2], Err(IoFault::NotFound("none.glb".into())));
    assert_eq!(bodies[3], Err(IoFault::NotFound("sub".into())));
    assert!(matches!(bodies[4], Err(IoFault::Refused(_))));
    assert_eq!(bodies[5], Err(IoFault::NotFound("empty/x".into())));
    assert_eq!(bodies[6], Err(IoFault::TooLarge(MAX_ANSWER_BYTES + 1)));
}

#[test]
fn a_folder_that_is_not_there_shows_at_the_first_request() {
    let mut fetcher = Fetcher::new(Location::Folder("/no/such/folder".into())).unwrap();
    fetcher.start(1, "territory.json");
    assert_eq!(
        wait(&mut fetcher, 1),
        [(1, Err(IoFault::NotFound("territory.json".into())))]
    );
}

#[test]
fn a_cancelled_request_is_never_answered() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), b"a").unwrap();
    let mut fetcher = Fetcher::new(Location::Folder(folder.path().to_owned())).unwrap();
    for ticket in 0..200 {
        fetcher.start(ticket, "a");
    }
    for ticket in (0..200).filter(|ticket| ticket % 2 == 0) {
        fetcher.cancel(ticket);
    }
    fetcher.cancel(999);
    let answers = wait(&mut fetcher, 100);
    assert!(answers.iter().all(|(ticket, _)| ticket % 2 == 1));
}

#[cfg(not(feature = "http"))]
#[test]
fn a_build_without_http_says_so() {
    let refused = Fetcher::new(Location::parse("http://127.0.0.1:1/t")).unwrap_err();
    assert!(
        matches!(&refused, IoFault::Unsupported(why) if why.contains("http")),
        "{refused}"
    );
}

#[test]
fn a_script_answers_when_it_says() {
    let script = Script::default()
        .file("now", "1")
        .latency(2)
        .file("late", "2")
        .fault("busy", IoFault::Server(503))
        .file("busy", "3");
    let log = script.log();
    let mut fetcher = Fetcher::scripted(script);
    for (ticket, path) in ["now", "late", "busy", "unknown", "../out", "late"]
        .iter()
        .enumerate()
    {
        fetcher.start(ticket as u64, path);
    }
    fetcher.cancel(5);
    let first = fetcher.poll();
    assert_eq!(first[0], (0, Ok(b"1".to_vec())));
    assert!(matches!(first[1], (4, Err(IoFault::Refused(_)))));
    assert_eq!(first.len(), 2);
    assert_eq!(fetcher.poll(), []);
    let third = fetcher.poll();
    assert_eq!(third[0], (1, Ok(b"2".to_vec())));
    assert_eq!(third[1], (2, Err(IoFault::Server(503))));
    assert_eq!(third[2], (3, Err(IoFault::NotFound("unknown".into()))));
    fetcher.start(2, "busy");
    fetcher.poll();
    fetcher.poll();
    assert_eq!(fetcher.poll(), [(2, Ok(b"3".to_vec()))]);
    assert_eq!(log.lines().last().unwrap(), "start busy");
    assert!(log.lines().contains(&"cancel late".to_owned()));
}

#[test]
fn passing_faults_are_those_that_may_pass() {
    for (fault, passing) in [
        (IoFault::Server(500), true),
        (IoFault::Server(503), true),
        (IoFault::Server(429), true),
        (IoFault::Server(403), false),
        (IoFault::Network("reset".into()), true),
        (IoFault::TimedOut("x".into()), true),
        (IoFault::NotFound("x".into()), false),
        (IoFault::TooLarge(1), false),
        (IoFault::Refused("x".into()), false),
    ] {
        assert_eq!(fault.is_passing(), passing, "{fault}");
        assert!(fault.finding("x").code.starts_with("io-"));
    }
}

#[test]
fn a_scripted_clock_moves_when_told_and_never_back() {
    let mut clock = Clock::scripted();
    assert_eq!(clock.seconds(), 0.0);
    clock.advance(1.5);
    clock.advance(-3.0);
    assert_eq!(clock.seconds(), 1.5);
    assert!(Clock::start().seconds() >= 0.0);
    assert!(jumeau::io::now().utc().year >= 2024);
}
