//! `cargo xtask demo`: from a checkout to the territory in a browser.

use super::{House, bundle, run, tools};
use anyhow::{Context, Result, bail};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// The territory that comes with the product.
const DEFAULT: &str = "nantes-centre";

/// How the program `jumeau` is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    Release,
    /// Sooner built; quick enough to import and serve for a test.
    Dev,
}

pub fn demo(house: &House, port: u16, quick: bool) -> Result<()> {
    eprintln!("Jumeau: the centre of Nantes in your browser.");
    eprintln!(
        "The first time everything is compiled, about half an hour on two cores; later, seconds."
    );
    // Half an hour is long to wait for the news that the port is taken.
    if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err() {
        bail!(
            "Port {port} is already in use: choose another, for example cargo xtask demo --port {}.",
            port.checked_add(1).unwrap_or(8081)
        );
    }
    tools::setup(&[tools::Tool::Compiler, tools::Tool::WasmTarget], true)?;
    let program = program(house, Speed::Release)?;
    let territory = territory(house, &program)?;
    bundle::web(
        house,
        &bundle::Order::of(if quick { bundle::TESTED } else { bundle::PUBLISHED }),
    )?;

    let display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    eprintln!("\n== Ready");
    eprintln!("   Open http://localhost:{port} in your browser; Ctrl-C ends the server.");
    if display {
        eprintln!("   The same territory in a window of its own: cargo run --release");
    }
    let mut server = Command::new(&program);
    server
        .current_dir(&house.root)
        .arg("serve")
        .arg(&territory)
        .arg("--web")
        .arg(house.build.join("web"))
        .args(["--port", &port.to_string()]);
    let status = server
        .status()
        .with_context(|| program.display().to_string())?;
    // Ctrl-C reaches the server as well, which then ends well or, where signals end it, with no code.
    match status.code() {
        Some(0) | None => Ok(()),
        Some(code) => bail!("The server ended with code {code}."),
    }
}

/// Builds `jumeau` without the viewer: importer and server.
pub fn program(house: &House, speed: Speed) -> Result<PathBuf> {
    let mut build = run::cargo(&house.root);
    build.args([
        "build",
        "--no-default-features",
        "--features",
        "pipeline,server",
        "--bin",
        "jumeau",
    ]);
    let folder = match speed {
        Speed::Release => {
            build.arg("--release");
            "release"
        }
        Speed::Dev => "debug",
    };
    run::step("Building importer and server", &mut build)?;
    Ok(house
        .target
        .join(folder)
        .join(format!("jumeau{}", std::env::consts::EXE_SUFFIX)))
}

/// Imports the default territory unless what is there is newer than its sources and its importer.
pub fn territory(house: &House, program: &Path) -> Result<PathBuf> {
    let sources = house.root.join("assets/territories").join(DEFAULT);
    let place = house.build.join("territory").join(DEFAULT);
    if !sources.is_dir() {
        bail!(
            "The sources of the default territory are not in {}.",
            sources.display()
        );
    }
    let made = modified(&place.join("territory.json"));
    // A debug program would take a quarter of an hour for what a release does in one minute.
    let with_roofs = program.parent().is_some_and(|folder| folder.ends_with("release"));
    let has_roofs = place.join("solar/book/head.json.gz").is_file();
    if made > newest(&sources) && made > modified(program) && (has_roofs || !with_roofs) {
        eprintln!("\n== The default territory is up to date");
        return Ok(place);
    }
    run::step(
        "Importing the default territory",
        Command::new(program)
            .current_dir(&house.root)
            .arg("import")
            .arg(&sources)
            .arg("--out")
            .arg(&place),
    )?;
    if with_roofs {
        // Hours of every building would be larger than all the rest; the roof book answers for one at a time.
        run::step("Computing its roofs", Command::new(program).current_dir(&house.root).arg("solar").arg(&place).args(["--store", "--hours", "never", "--csv"]).stdout(std::process::Stdio::null()))?;
    }
    Ok(place)
}

/// Renders the README's pictures: the opening view and every composed view of the territory.
pub fn pictures(house: &House) -> Result<()> {
    let importer = program(house, Speed::Release)?;
    let territory = territory(house, &importer)?;
    run::step(
        "Building the viewer",
        run::cargo(&house.root).args(["build", "--release", "--bin", "jumeau"]),
    )?;
    let folder = house.root.join("docs/pictures");
    std::fs::create_dir_all(&folder)?;
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(territory.join("territory.json"))?)?;
    let views = manifest["views"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|view| view["id"].as_str());
    for view in std::iter::once(None).chain(views.map(Some)) {
        let name = view.map_or("nantes.png".to_owned(), |id| format!("nantes-{id}.png"));
        let mut command = Command::new(&importer);
        command
            .current_dir(&house.root)
            .arg("snapshot")
            .arg(&territory);
        if let Some(id) = view {
            command.args(["--view", id]);
        }
        command
            .args(["--size", "1280x720", "--out"])
            .arg(folder.join(&name));
        run::step(&format!("Rendering {name}"), &mut command)?;
    }
    Ok(())
}

fn modified(path: &Path) -> SystemTime {
    std::fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

fn newest(folder: &Path) -> SystemTime {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return SystemTime::UNIX_EPOCH;
    };
    entries
        .flatten()
        .map(|entry| match entry.path() {
            path if path.is_dir() => newest(&path),
            path => modified(&path),
        })
        .max()
        .unwrap_or(SystemTime::UNIX_EPOCH)
}
