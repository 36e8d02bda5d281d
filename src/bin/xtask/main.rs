//! The project's own automation: `cargo xtask help` lists the commands.
//!
//! It builds without Bevy, so that the first word comes within a minute on a cold machine.

mod bench;
mod bundle;
mod demo;
mod run;
mod testing;
mod tools;

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  demo [--port 8080] [--quick]   builds everything, imports the default territory and serves it
  test [--tier N]                all tests, or those of one tier (0 pure, 1 programs, 2 pictures, 3 browser);
                                 Vulkan, Chromium, npm packages and the wasm target are installed where they are missing,
                                 as far as this user may; else it says what to install
  setup [--check]                installs what is missing for all of this, or only names it
  web [--profile web|web-test] [--graphics webgl2|all] [--accept-size]
                                 builds the browser application into build/web: both viewers (WebGL 2 and WebGPU) when published,
                                 WebGL 2 alone as tested; fails when a part has grown by more than 2 % over tests/web/sizes.json
  territory                      imports the default territory into build/territory
  bench web|native               the flight beside CesiumJS and 3DTilesRendererJS in one browser, or on the desktop; results in build/bench
        [--territory DIR] [--rounds 3] [--frames 45] [--seconds 15] [--size 1280x720] [--latency MS] [--mbit N] [--whole N]
  pictures                       renders the README's pictures again

  --quick                        the browser application as the tests build it: ready sooner, slower to draw
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command(arguments: &[String]) -> Result<()> {
    let mut options = Options::read(arguments)?;
    let Some(command) = options.command.take() else {
        print!("{HELP}");
        return Ok(());
    };
    let house = House::find()?;
    match command.as_str() {
        "demo" => demo::demo(&house, options.port, options.quick),
        "test" => testing::test(&house, options.tier),
        "setup" => tools::setup(&tools::ALL, !options.check),
        "web" => {
            let mut order = bundle::Order::of(options.profile());
            order.accept_size = options.accept_size;
            match options.graphics.as_deref() {
                None => {}
                Some("webgl2") => order.parts = &bundle::Part::TESTED,
                Some("all") => order.parts = &bundle::Part::ALL,
                Some(other) => bail!("--graphics knows webgl2 and all, not {other}."),
            }
            bundle::web(&house, &order)
        }
        "territory" => {
            let program = demo::program(&house, demo::Speed::Release)?;
            demo::territory(&house, &program).map(drop)
        }
        "bench" => bench::bench(&house, options.what.as_deref().unwrap_or_default(), &options.bench),
        "pictures" => demo::pictures(&house),
        "help" => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("There is no command '{other}'.\n\n{HELP}"),
    }
}

/// What was typed.
struct Options {
    command: Option<String>,
    port: u16,
    quick: bool,
    tier: Option<u8>,
    check: bool,
    profile: Option<String>,
    graphics: Option<String>,
    accept_size: bool,
    /// The second word, where a command has one.
    what: Option<String>,
    bench: bench::Wishes,
}

impl Options {
    fn read(arguments: &[String]) -> Result<Self> {
        let mut options = Self {
            command: None,
            port: 8080,
            quick: false,
            tier: None,
            check: false,
            profile: None,
            graphics: None,
            accept_size: false,
            what: None,
            bench: bench::Wishes::default(),
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut value = || match rest.next() {
                Some(value) => Ok(value.clone()),
                None => bail!("{argument} wants a value.\n\n{HELP}"),
            };
            match argument.as_str() {
                "--port" => options.port = value()?.parse().context("--port wants a number from 0 to 65535.")?,
                "--tier" => options.tier = Some(value()?.parse().context("--tier wants a number from 0 to 3.")?),
                "--profile" => options.profile = Some(value()?),
                "--graphics" => options.graphics = Some(value()?),
                "--accept-size" => options.accept_size = true,
                "--territory" => options.bench.territory = Some(value()?.into()),
                "--rounds" => options.bench.rounds = value()?.parse().context("--rounds wants a number.")?,
                "--frames" => options.bench.frames = value()?.parse().context("--frames wants a number.")?,
                "--seconds" => options.bench.seconds = value()?.parse().context("--seconds wants a number.")?,
                "--latency" => options.bench.latency_ms = value()?.parse().context("--latency wants milliseconds.")?,
                "--mbit" => options.bench.mbit_s = value()?.parse().context("--mbit wants megabits a second.")?,
                "--whole" => options.bench.whole = value()?.parse().context("--whole wants a number, like 128.")?,
                "--size" => options.bench.size = size(&value()?)?,
                "--quick" => {
                    options.quick = true;
                    options.bench.quick = true;
                }
                "--check" => options.check = true,
                "--help" | "-h" => options.command = Some("help".to_owned()),
                flag if flag.starts_with('-') => bail!("There is no option '{flag}'.\n\n{HELP}"),
                name if options.command.is_none() => options.command = Some(name.to_owned()),
                name if options.command.as_deref() == Some("bench") && options.what.is_none() => options.what = Some(name.to_owned()),
                name => bail!("'{name}' is one word too many.\n\n{HELP}"),
            }
        }
        Ok(options)
    }

    fn profile(&self) -> &str {
        match &self.profile {
            Some(profile) => profile,
            None if self.quick => bundle::TESTED,
            None => bundle::PUBLISHED,
        }
    }
}

/// `1280x720`.
fn size(text: &str) -> Result<(u32, u32)> {
    let sides = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    sides.filter(|(width, height)| *width > 0 && *height > 0).with_context(|| format!("--size wants pixels like 1280x720, not {text}."))
}

/// The folders everything happens in.
struct House {
    /// The checkout.
    root: PathBuf,
    /// Cargo's target folder, wherever settings put it.
    target: PathBuf,
    /// What is made for people to look at: the bundle, territories, pictures.
    build: PathBuf,
}

impl House {
    fn find() -> Result<Self> {
        // Two checkouts may share a target folder, and a command that was built for one is not built again for the other: `cargo run` says which it is.
        let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or(env!("CARGO_MANIFEST_DIR").into()));
        let metadata = run::cargo(&root)
            .args([
                "metadata",
                "--format-version",
                "1",
                "--no-deps",
                "--offline",
            ])
            .output()?;
        let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout)?;
        let Some(target) = metadata["target_directory"].as_str() else {
            bail!("cargo metadata does not say where it builds.");
        };
        Ok(Self {
            target: target.into(),
            build: root.join("build"),
            root,
        })
    }
}
