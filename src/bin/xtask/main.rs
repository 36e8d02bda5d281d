//! The project's own automation: `cargo xtask help` lists the commands.
//!
//! It builds without Bevy, so that the first word comes within a minute on a cold machine.

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
  web [--profile web|web-test]   builds the browser application into build/web
  territory                      imports the default territory into build/territory
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
        "web" => bundle::web(&house, options.profile()),
        "territory" => {
            let program = demo::program(&house, demo::Speed::Release)?;
            demo::territory(&house, &program).map(drop)
        }
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
                "--quick" => options.quick = true,
                "--check" => options.check = true,
                "--help" | "-h" => options.command = Some("help".to_owned()),
                flag if flag.starts_with('-') => bail!("There is no option '{flag}'.\n\n{HELP}"),
                name if options.command.is_none() => options.command = Some(name.to_owned()),
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
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
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
