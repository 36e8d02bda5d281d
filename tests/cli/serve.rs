//! `jumeau serve` on loopback, spoken to in plain HTTP/1.1.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A manifest with nothing in it: enough to be served.
const MANIFEST: &str = r#"{
  "jumeau": 1, "id": "essai", "name": {"fr": "Essai", "en": "Trial"},
  "crs": "EPSG:2154", "vertical": "NGF-IGN69", "geoid": "RAF20",
  "bounds_lonlat": [-1.57, 47.2, -1.53, 47.23], "origin": [-1.55, 47.215, 60.0],
  "timezone": "Europe/Paris",
  "home": {"lon": -1.55, "lat": 47.215, "height_m": 60.0, "distance_m": 1500.0,
           "heading_deg": 20.0, "pitch_deg": -35.0, "instant": "2026-06-21T13:30:00Z"},
  "layers": [], "datasets": []
}"#;

struct Server {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folders(root: &Path) {
    let territory = root.join("territory");
    let web = root.join("web");
    std::fs::create_dir_all(territory.join("buildings")).unwrap();
    std::fs::create_dir_all(territory.join(".tmp")).unwrap();
    std::fs::create_dir_all(web.join("pkg/0123456789abcdef")).unwrap();
    std::fs::write(territory.join("territory.json"), MANIFEST).unwrap();
    std::fs::write(territory.join("buildings/0.glb"), vec![7u8; 4000]).unwrap();
    std::fs::write(territory.join("buildings/0.subtree"), b"subt").unwrap();
    std::fs::write(territory.join(".tmp/half.glb"), b"half").unwrap();
    std::fs::write(root.join("secret.txt"), b"secret").unwrap();
    std::fs::write(
        web.join("index.html"),
        "<!doctype html><title>Jumeau</title>",
    )
    .unwrap();
    std::fs::write(
        web.join("pkg/0123456789abcdef/jumeau_web_bg.wasm"),
        vec![0u8; 5000],
    )
    .unwrap();
    std::fs::write(
        web.join("pkg/0123456789abcdef/jumeau_web_bg.wasm.br"),
        b"short",
    )
    .unwrap();
}

fn command(root: &Path, port: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jumeau"));
    command
        .arg("serve")
        .arg(root.join("territory"))
        .arg("--web")
        .arg(root.join("web"))
        .args(["--port", &port.to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn serve(extra: &[&str]) -> Server {
    let folder = tempfile::tempdir().unwrap();
    folders(folder.path());
    let mut child = command(folder.path(), 0).args(extra).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let port = first
        .rsplit(':')
        .next()
        .and_then(|tail| tail.trim_end_matches('/').parse().ok())
        .unwrap_or_else(|| panic!("no address in '{first}'"));
    // The pipe must stay open, or the server's next word would end it.
    std::thread::spawn(move || lines.for_each(drop));
    Server {
        child,
        port,
        _folder: folder,
    }
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Server {
    /// The path is sent as it stands: no client tidies `..` away.
    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let mut text =
            format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        stream.write_all((text + "\r\n").as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer {
            status,
            head,
            body: bytes[end + 4..].to_vec(),
        }
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }
}

#[test]
fn files_come_with_their_types_and_safety_headers() {
    let server = serve(&[]);
    for (path, kind) in [
        ("/", "text/html"),
        (
            "/pkg/0123456789abcdef/jumeau_web_bg.wasm",
            "application/wasm",
        ),
        ("/territory/territory.json", "application/json"),
        ("/territory/buildings/0.glb", "model/gltf-binary"),
        ("/territory/buildings/0.subtree", "application/octet-stream"),
        ("/server.json", "application/json"),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some(kind), "{path}");
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("'wasm-unsafe-eval'"), "{policy}");
        assert!(!policy.contains("'unsafe-inline'"), "{policy}");
    }
}

#[test]
fn what_has_a_fingerprint_is_kept_and_the_rest_is_asked_again() {
    let server = serve(&[]);
    let wasm = server.get("/pkg/0123456789abcdef/jumeau_web_bg.wasm");
    assert!(wasm.header("cache-control").unwrap().contains("immutable"));
    let manifest = server.get("/territory/territory.json");
    assert_eq!(manifest.header("cache-control"), Some("no-cache"));
    let tag = manifest.header("etag").unwrap();
    let again = server.ask(
        "GET",
        "/territory/territory.json",
        &[("If-None-Match", tag)],
    );
    assert_eq!(again.status, 304);
    assert!(again.body.is_empty());
    let other = server.ask(
        "GET",
        "/territory/territory.json",
        &[("If-None-Match", "\"other\"")],
    );
    assert_eq!(other.status, 200);
}

#[test]
fn a_range_is_a_part_of_the_file() {
    let server = serve(&[]);
    let part = server.ask(
        "GET",
        "/territory/buildings/0.glb",
        &[("Range", "bytes=10-29")],
    );
    assert_eq!(part.status, 206);
    assert_eq!(part.header("content-range"), Some("bytes 10-29/4000"));
    assert_eq!(part.body, vec![7u8; 20]);
    let beyond = server.ask(
        "GET",
        "/territory/buildings/0.glb",
        &[("Range", "bytes=5000-")],
    );
    assert_eq!(beyond.status, 416);
}

#[test]
fn the_compressed_neighbour_is_sent_and_others_are_compressed_on_the_way() {
    let server = serve(&[]);
    let accept = [("Accept-Encoding", "br, gzip")];
    let wasm = server.ask("GET", "/pkg/0123456789abcdef/jumeau_web_bg.wasm", &accept);
    assert_eq!(wasm.header("content-encoding"), Some("br"));
    assert_eq!(wasm.body, b"short");
    let tile = server.ask("GET", "/territory/buildings/0.glb", &accept);
    assert!(tile.header("content-encoding").is_some());
    assert!(tile.body.len() < 4000);
    // Both encodings share one validator, so it may only be a weak one, and it must still answer 304.
    let tag = tile.header("etag").unwrap();
    assert!(tag.starts_with("W/"), "{tag}");
    let again = server.ask(
        "GET",
        "/territory/buildings/0.glb",
        &[accept[0], ("If-None-Match", tag)],
    );
    assert_eq!(again.status, 304);
}

#[test]
fn nothing_outside_the_folders_is_served() {
    let server = serve(&[]);
    for path in [
        "/territory/../secret.txt",
        "/territory/..%2fsecret.txt",
        "/territory/%2e%2e/secret.txt",
        "/territory/buildings/../../../secret.txt",
        "/../secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/territory/..%5csecret.txt",
        "/territory/.tmp/half.glb",
        "/territory/%2Etmp/half.glb",
        "/territory//etc/passwd",
        "//etc/passwd",
        "/territory/buildings/",
        "/territory/nothing%00.glb",
    ] {
        let answer = server.get(path);
        assert!(
            [400, 404].contains(&answer.status),
            "{path}: {}",
            answer.status
        );
        assert!(!answer.body.windows(6).any(|w| w == b"secret"), "{path}");
    }
}

#[cfg(unix)]
#[test]
fn only_plain_files_below_the_folder_are_sent() {
    let server = serve(&[]);
    let root = server._folder.path();
    let territory = root.join("territory");
    std::fs::create_dir(territory.join(".git")).unwrap();
    std::fs::write(territory.join(".git/config"), "secret").unwrap();
    std::fs::create_dir(root.join("outside")).unwrap();
    std::fs::write(root.join("outside/index.html"), "secret").unwrap();
    let link = |from: &str, to: std::path::PathBuf| std::os::unix::fs::symlink(root.join(from), to).unwrap();
    link("secret.txt", territory.join("out.txt"));
    link("outside", root.join("web/out"));
    link("secret.txt", territory.join("buildings/0.glb.br"));
    link("territory/buildings/0.subtree", territory.join("inside.subtree"));
    let pipe = territory.join("pipe.glb");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [
        "/territory/x%2f..%2f.git%2fconfig",
        "/territory/%2egit/config",
        "/territory%2f.git%2fconfig",
        "/territory/buildings%2f.%2e%2f.git/config",
        "/territory/a%5c.git",
        "/territory/out.txt",
        "/out/",
        "/out/index.html",
        "/territory/pipe.glb",
    ] {
        let answer = server.ask("GET", path, &[("Accept-Encoding", "br")]);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.body.windows(6).any(|w| w == b"secret"), "{path}");
    }
    let through = server.ask("GET", "/territory/buildings/0.glb", &[("Accept-Encoding", "br")]);
    assert!(!through.body.windows(6).any(|w| w == b"secret"));
    assert_eq!(server.get("/territory/inside.subtree").status, 200);
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn parts_of_two_versions_are_never_mixed() {
    let server = serve(&[]);
    let path = "/territory/buildings/0.glb";
    let tag = server.get(path).header("etag").unwrap().to_owned();
    assert!(tag.starts_with('"'), "{tag}");
    let ask = |condition: &str| server.ask("GET", path, &[("Range", "bytes=10-29"), ("If-Range", condition)]);
    let same = ask(&tag);
    assert_eq!((same.status, same.body.len()), (206, 20));
    for other in ["\"other\"", &format!("W/{tag}"), "Thu, 01 Jan 1970 00:00:00 GMT"] {
        let whole = ask(other);
        assert_eq!((whole.status, whole.body.len()), (200, 4000), "{other}");
    }
    for nonsense in ["foo", "lines=1-2", "bytes=9-5", "bytes=a-", "bytes=0-1,5-6"] {
        let whole = server.ask("GET", path, &[("Range", nonsense)]);
        assert_eq!((whole.status, whole.body.len()), (200, 4000), "{nonsense}");
    }
}

#[test]
fn what_is_missing_is_said_to_programs_and_to_people() {
    let server = serve(&[]);
    let program = server.get("/territory/nothing.glb");
    assert_eq!(program.status, 404);
    assert_eq!(program.header("content-type"), Some("application/json"));
    let body: serde_json::Value = serde_json::from_slice(&program.body).unwrap();
    assert_eq!(body["code"], "not-found");
    assert!(body["fr"].is_string() && body["en"].is_string());
    let person = server.ask("GET", "/nothing", &[("Accept", "text/html")]);
    assert_eq!(person.status, 404);
    assert_eq!(
        person.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(program.header("cache-control"), Some("no-store"));
}

#[test]
fn nothing_can_be_sent_to_it() {
    let server = serve(&[]);
    assert_eq!(
        server.ask("POST", "/territory/territory.json", &[]).status,
        405
    );
    assert_eq!(server.ask("DELETE", "/", &[]).status, 405);
    let large = server.ask("POST", "/", &[("Content-Length", "100000000")]);
    assert_eq!(large.status, 413);
}

#[test]
fn other_origins_read_the_territory_only_when_allowed() {
    let closed = serve(&[]);
    let origin = [("Origin", "https://exemple.fr")];
    let answer = closed.ask("GET", "/territory/territory.json", &origin);
    assert_eq!(answer.header("access-control-allow-origin"), None);
    let open = serve(&["--allow-origin", "https://exemple.fr"]);
    let answer = open.ask("GET", "/territory/territory.json", &origin);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://exemple.fr")
    );
    let stranger = [("Origin", "https://autre.fr")];
    let answer = open.ask("GET", "/territory/territory.json", &stranger);
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

/// Runs to its end and gives the exit code and what it said.
fn refused(command: &mut Command) -> (i32, String) {
    let output = command.output().unwrap();
    assert!(output.stdout.is_empty(), "stdout is data");
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn a_port_in_use_is_said_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    folders(folder.path());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let (code, said) = refused(&mut command(folder.path(), port));
    assert_eq!(code, 2);
    assert!(
        said.contains(&port.to_string()) && said.contains("--port"),
        "{said}"
    );
    assert!(
        said.contains("déjà utilisé") && !said.contains("already used"),
        "{said}"
    );
}

#[test]
fn what_cannot_be_served_is_said_before_a_port_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    folders(folder.path());
    let manifest = folder.path().join("territory/territory.json");

    std::fs::write(&manifest, r#"{"jumeau": 99}"#).unwrap();
    let (code, said) = refused(&mut command(folder.path(), 0));
    assert_eq!(code, 2);
    assert!(said.contains("jumeau import"), "{said}");

    std::fs::write(&manifest, &MANIFEST[..100]).unwrap();
    assert_eq!(refused(&mut command(folder.path(), 0)).0, 2);

    std::fs::remove_file(&manifest).unwrap();
    let (code, said) = refused(&mut command(folder.path(), 0));
    assert_eq!(code, 2);
    assert!(said.contains("cargo xtask demo"), "{said}");

    std::fs::write(&manifest, MANIFEST).unwrap();
    std::fs::remove_file(folder.path().join("web/index.html")).unwrap();
    let (code, said) = refused(&mut command(folder.path(), 0));
    assert_eq!(code, 2);
    assert!(said.contains("cargo xtask web"), "{said}");

    folders(folder.path());
    let (code, said) =
        refused(command(folder.path(), 0).args(["--allow-origin", "exemple.fr/page"]));
    assert_eq!(code, 2);
    assert!(said.contains("--allow-origin"), "{said}");
}

#[cfg(unix)]
#[test]
fn it_stops_when_asked() {
    let mut server = serve(&[]);
    let asked = Command::new("kill")
        .args(["-INT", &server.child.id().to_string()])
        .status()
        .unwrap();
    assert!(asked.success());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}
