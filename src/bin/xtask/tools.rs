//! What must be on the machine, found, installed or named.

use super::run;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Something the commands need beside Cargo.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// The C compiler of SQLite, ring and meshoptimizer.
    Compiler,
    WasmTarget,
    Node,
    Chromium,
    SoftwareVulkan,
    Xvfb,
}

pub const ALL: [Tool; 6] = [
    Tool::Compiler,
    Tool::WasmTarget,
    Tool::Node,
    Tool::Chromium,
    Tool::SoftwareVulkan,
    Tool::Xvfb,
];

/// The oldest Node.js with the test runner the browser tests use.
const NODE_MIN: u32 = 20;

impl Tool {
    fn name(self) -> &'static str {
        match self {
            Self::Compiler => "C compiler (cc)",
            Self::WasmTarget => "Rust target wasm32-unknown-unknown",
            Self::Node => "Node.js 20 or newer, with npm",
            Self::Chromium => "Chromium",
            Self::SoftwareVulkan => "software Vulkan driver (lavapipe)",
            Self::Xvfb => "virtual display (Xvfb)",
        }
    }

    /// Where it is, if it is.
    fn found(self) -> Option<String> {
        match self {
            Self::Compiler => on_path("cc").or_else(|| on_path("gcc")).map(shown),
            Self::WasmTarget => wasm_target().map(shown),
            Self::Node => {
                on_path("npm")?;
                let version = said(Command::new("node").arg("--version"))?;
                let major: u32 = version
                    .trim_start_matches('v')
                    .split('.')
                    .next()?
                    .parse()
                    .ok()?;
                (major >= NODE_MIN).then_some(version)
            }
            Self::Chromium => chromium().map(shown),
            Self::SoftwareVulkan => software_vulkan().map(shown),
            Self::Xvfb => on_path("Xvfb").map(shown),
        }
    }

    /// Its name for apt; `None` for what does not come from there.
    fn package(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Compiler => Some(&["build-essential"]),
            Self::WasmTarget => None,
            Self::Node => Some(&["nodejs", "npm"]),
            Self::Chromium => Some(&["chromium"]),
            Self::SoftwareVulkan => Some(&["mesa-vulkan-drivers", "libvulkan1"]),
            Self::Xvfb => Some(&["xvfb"]),
        }
    }
}

/// Looks for the tools; installs what is missing when it may, else names the commands that do.
pub fn setup(wanted: &[Tool], install: bool) -> Result<()> {
    let missing = look(wanted);
    if missing.is_empty() {
        eprintln!("Nothing is missing.");
        return Ok(());
    }
    if install {
        if missing.contains(&Tool::WasmTarget) && on_path("rustup").is_some() {
            run::step(
                "Adding the Rust target for browsers",
                Command::new("rustup").args(["target", "add", "wasm32-unknown-unknown"]),
            )?;
        }
        apt(&missing)?;
        let still = look(&missing);
        if still.is_empty() {
            return Ok(());
        }
    }
    bail!("{}", remedy(&look_quietly(wanted)));
}

fn look(wanted: &[Tool]) -> Vec<Tool> {
    eprintln!("\n== Looking for the tools");
    for tool in wanted {
        match tool.found() {
            Some(place) => eprintln!("   {}: {place}", tool.name()),
            None => eprintln!("   {}: MISSING", tool.name()),
        }
    }
    look_quietly(wanted)
}

fn look_quietly(wanted: &[Tool]) -> Vec<Tool> {
    wanted
        .iter()
        .copied()
        .filter(|tool| tool.found().is_none())
        .collect()
}

/// The commands that would bring what is missing.
fn remedy(missing: &[Tool]) -> String {
    let mut text = "Missing:".to_owned();
    for tool in missing {
        text += &format!("\n  - {}", tool.name());
    }
    text += "\nInstall with:";
    if missing.contains(&Tool::WasmTarget) {
        text += "\n  rustup target add wasm32-unknown-unknown";
    }
    let packages = packages(missing);
    if !packages.is_empty() {
        text += &format!(
            "\n  sudo apt-get install {}   (Debian, Ubuntu; elsewhere the packages of the same purpose)",
            packages.join(" ")
        );
    }
    text + "\nThen run the same command again."
}

fn packages(missing: &[Tool]) -> Vec<&'static str> {
    missing
        .iter()
        .filter_map(|tool| tool.package())
        .flatten()
        .copied()
        .collect()
}

/// Installs from Debian's or Ubuntu's packages, as root or with a sudo that asks nothing.
fn apt(missing: &[Tool]) -> Result<()> {
    let packages = packages(missing);
    if packages.is_empty() || on_path("apt-get").is_none() {
        return Ok(());
    }
    let root = said(Command::new("id").arg("-u")).as_deref() == Some("0");
    let sudo = !root && said(Command::new("sudo").args(["-n", "id", "-u"])).as_deref() == Some("0");
    if !root && !sudo {
        return Ok(());
    }
    let apt_get = || {
        let mut command = if root {
            Command::new("apt-get")
        } else {
            let mut command = Command::new("sudo");
            command.args(["-n", "apt-get"]);
            command
        };
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    // A list that is out of date is no reason to stop: the install says what it could not find.
    let _ = run::step(
        "Refreshing the package list",
        apt_get().args(["update", "-q"]),
    );
    run::step(
        "Installing what is missing",
        apt_get()
            .args(["install", "-y", "-q", "--no-install-recommends"])
            .args(packages),
    )
}

/// A browser of the Chromium family.
pub fn chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM").map(PathBuf::from)
        && named.is_file()
    {
        return Some(named);
    }
    [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ]
    .into_iter()
    .find_map(on_path)
}

/// The description of Mesa's software Vulkan driver.
pub fn software_vulkan() -> Option<PathBuf> {
    [
        "/usr/share/vulkan/icd.d",
        "/etc/vulkan/icd.d",
        "/usr/local/share/vulkan/icd.d",
    ]
    .into_iter()
    .filter_map(|folder| std::fs::read_dir(folder).ok())
    .flatten()
    .filter_map(|entry| Some(entry.ok()?.path()))
    .find(|path| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("lvp_icd"))
    })
}

fn wasm_target() -> Option<PathBuf> {
    let sysroot = said(Command::new("rustc").args(["--print", "sysroot"]))?;
    let folder = Path::new(&sysroot).join("lib/rustlib/wasm32-unknown-unknown");
    folder.is_dir().then_some(folder)
}

fn on_path(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

fn shown(path: PathBuf) -> String {
    path.display().to_string()
}

/// The first line a program prints, if it ends well.
fn said(command: &mut Command) -> Option<String> {
    let output = command
        .stderr(Stdio::null())
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output
        .status
        .success()
        .then(|| text.lines().next().unwrap_or_default().trim().to_owned())
}
