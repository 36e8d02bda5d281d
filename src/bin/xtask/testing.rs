//! `cargo xtask test`: every tier, each announced with its duration, and a sum at the end.

use super::tools::Tool;
use super::{House, bundle, demo, run, tools};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const TIERS: [(u8, &str, &[Tool]); 4] = [
    (0, "pure modules", &[Tool::Compiler]),
    (
        1,
        "importer, server, headless viewer, panels",
        &[Tool::SoftwareVulkan],
    ),
    (2, "the running viewer, golden pictures", &[Tool::SoftwareVulkan, Tool::Xvfb]),
    (
        3,
        "browser",
        &[Tool::WasmTarget, Tool::Node, Tool::Chromium],
    ),
];

/// What a test prints when the data it wants is not beside the checkout.
const SKIPPED: &str = "skipped: no shared data";

/// Counts of one tier.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    ignored: usize,
    /// Passed without having looked, for lack of data.
    skipped: usize,
    /// A summary of tests was seen, so that it was at least built.
    ran: bool,
}

struct Outcome {
    tier: u8,
    tally: Tally,
    good: bool,
    time: Duration,
}

pub fn test(house: &House, only: Option<u8>) -> Result<()> {
    let chosen: Vec<_> = TIERS
        .iter()
        .filter(|(tier, ..)| only.is_none_or(|only| only == *tier))
        .collect();
    if chosen.is_empty() {
        bail!("There are tiers 0 to 3.");
    }
    let mut wanted: Vec<Tool> = Vec::new();
    for tool in chosen.iter().flat_map(|(_, _, needed)| needed.iter()) {
        if !wanted.contains(tool) {
            wanted.push(*tool);
        }
    }
    // All at once and first, so that nobody learns after twenty minutes that a browser is missing.
    tools::setup(&wanted, true)?;

    let mut outcomes = Vec::new();
    for (tier, what, _) in chosen {
        eprintln!("\n==== Tier {tier}: {what}");
        let started = Instant::now();
        let mut tally = Tally::default();
        let result = match tier {
            0 => cargo_test(house, &["--no-default-features"], &[], &mut tally),
            1 => cargo_test(house, &[], &["--skip", "golden", "--skip", "running"], &mut tally),
            2 => cargo_test(house, &["--test", "viewer"], &["golden", "running"], &mut tally),
            _ => browser(house, &mut tally),
        };
        if let Err(error) = &result {
            eprintln!("   {error:#}");
        }
        let outcome = Outcome {
            tier: *tier,
            good: result.is_ok() && tally.failed == 0,
            time: started.elapsed(),
            tally,
        };
        tell(&outcome);
        // Failed tests say nothing about the next tier; what does not even build says all.
        let hopeless = !outcome.good && !outcome.tally.ran;
        outcomes.push(outcome);
        if hopeless {
            break;
        }
    }
    conclude(&outcomes, only)
}

fn cargo_test(house: &House, cargo: &[&str], harness: &[&str], tally: &mut Tally) -> Result<()> {
    let mut command = run::cargo(&house.root);
    command.args(["test", "--no-fail-fast"]).args(cargo);
    // The output of passed tests is where skipped ones say so.
    command.args(["--", "--show-output"]).args(harness);
    if let Some(driver) = tools::software_vulkan() {
        // The same pixels on every machine, whatever graphics card it has.
        command
            .env("VK_DRIVER_FILES", &driver)
            .env("VK_ICD_FILENAMES", &driver);
    }
    if std::env::var_os("CI").is_some() {
        // Built once and thrown away: incremental state costs time and disk.
        command.env("CARGO_INCREMENTAL", "0");
    }
    listen(&mut command, tally)
}

/// The bundle as tested, the default territory, then Node.js with a real browser.
fn browser(house: &House, tally: &mut Tally) -> Result<()> {
    let program = demo::program(house, demo::Speed::Dev)?;
    let territory = demo::territory(house, &program)?;
    bundle::web(house, &bundle::Order::of(bundle::TESTED))?;
    let folder = house.root.join("tests/web");
    run::step(
        "Fetching the browser tests' packages",
        Command::new("npm")
            .current_dir(&folder)
            .args(["ci", "--no-audit", "--no-fund"]),
    )?;
    let mut node = Command::new("node");
    node.current_dir(&folder)
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .env("JUMEAU_PROGRAM", &program)
        .env("JUMEAU_TERRITORY", &territory)
        .env("JUMEAU_WEB", house.build.join("web"))
        .env("JUMEAU_PICTURES", house.build.join("pictures"));
    if let Some(chromium) = tools::chromium() {
        node.env("CHROMIUM", chromium);
    }
    listen(&mut node, tally)
}

/// Runs tests, passes on what they print and counts it.
fn listen(command: &mut Command, tally: &mut Tally) -> Result<()> {
    eprintln!("   {}", run::typed(command));
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("'{}' cannot be started", command.get_program().display()))?;
    if let Some(output) = child.stdout.take() {
        let mut lines = BufReader::new(output);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            let text = String::from_utf8_lossy(&line);
            print!("{text}");
            tally.hear(text.trim_end());
            line.clear();
        }
    }
    if !child.wait()?.success() {
        bail!("{} failed", run::typed(command));
    }
    Ok(())
}

impl Tally {
    /// Reads one line of Cargo's or Node's test output.
    fn hear(&mut self, line: &str) {
        if line.trim_start().starts_with(SKIPPED) {
            self.skipped += 1;
        } else if let Some(counts) = line.strip_prefix("test result: ") {
            self.ran = true;
            self.passed += before(counts, " passed");
            self.failed += before(counts, " failed");
            self.ignored += before(counts, " ignored");
        } else if let Some(counts) = line.strip_prefix('ℹ') {
            let mut words = counts.split_whitespace();
            let (word, count) = (
                words.next(),
                words.next().and_then(|n| n.parse::<usize>().ok()),
            );
            match (word, count) {
                (Some("pass"), Some(count)) => {
                    self.ran = true;
                    self.passed += count;
                }
                (Some("fail" | "cancelled"), Some(count)) => self.failed += count,
                (Some("skipped" | "todo"), Some(count)) => self.ignored += count,
                _ => {}
            }
        }
    }
}

/// The number that stands before a word: 12 in `ok. 12 passed; 0 failed`.
fn before(counts: &str, word: &str) -> usize {
    counts
        .split(word)
        .next()
        .and_then(|head| head.rsplit(|c: char| !c.is_ascii_digit()).next())
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

fn tell(outcome: &Outcome) {
    let Tally {
        passed,
        failed,
        ignored,
        skipped,
        ..
    } = outcome.tally;
    eprintln!(
        "\n   Tier {}: {} in {}: {passed} passed, {failed} failed, {ignored} ignored, {skipped} skipped for lack of data",
        outcome.tier,
        if outcome.good { "good" } else { "NOT GOOD" },
        run::duration(outcome.time),
    );
}

fn conclude(outcomes: &[Outcome], only: Option<u8>) -> Result<()> {
    eprintln!("\n==== All tiers that ran");
    for outcome in outcomes {
        tell(outcome);
    }
    let skipped: usize = outcomes.iter().map(|outcome| outcome.tally.skipped).sum();
    if skipped > 0 {
        eprintln!(
            "\n   {skipped} tests were skipped because ../shared/data is not beside the checkout; the others need nothing from it."
        );
    }
    if let Some(bad) = outcomes.iter().find(|outcome| !outcome.good) {
        bail!(
            "Tier {} is not good. Run it alone with: cargo xtask test --tier {}",
            bad.tier,
            bad.tier
        );
    }
    let expected = if only.is_some() { 1 } else { TIERS.len() };
    if outcomes.len() != expected {
        bail!("Not every tier ran.");
    }
    eprintln!(
        "\n   All good. Next: cargo xtask demo shows it; pictures of the browser are in build/pictures."
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_runners_are_understood() {
        let mut tally = Tally::default();
        for line in [
            "test result: ok. 12 passed; 0 failed; 2 ignored; 0 measured; 3 filtered out; finished in 0.10s",
            "skipped: no shared data: nantes-centre",
            "test result: FAILED. 100 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
            "ℹ tests 4",
            "ℹ pass 3",
            "ℹ fail 1",
            "ℹ duration_ms 20.5",
        ] {
            tally.hear(line);
        }
        assert_eq!(
            (tally.passed, tally.failed, tally.ignored, tally.skipped),
            (115, 2, 2, 1)
        );
        assert!(tally.ran);
    }
}
