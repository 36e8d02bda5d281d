//! `cargo xtask web`: the browser's application, from Rust and `web/` to `build/web`.

use super::{House, run, tools};
use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// Cargo's profile of the file that is published: smallest, slow to build.
pub const PUBLISHED: &str = "web";
/// Cargo's profile of the file that is tested: quick to build.
pub const TESTED: &str = "web-test";

/// What the shell imports: `jumeau_web.js` and `jumeau_web_bg.wasm`.
const MODULE: &str = "jumeau_web";

/// Builds `build/web` whole under another name, then puts it in its place.
pub fn web(house: &House, profile: &str) -> Result<()> {
    if ![PUBLISHED, TESTED].contains(&profile) {
        bail!("There is no profile '{profile}': choose {PUBLISHED} or {TESTED}.");
    }
    tools::setup(&[tools::Tool::Compiler, tools::Tool::WasmTarget], true)?;
    run::step(
        "Building the viewer for browsers (many minutes the first time)",
        run::cargo(&house.root).args([
            "build",
            "--target",
            "wasm32-unknown-unknown",
            "--profile",
            profile,
            "--no-default-features",
            "--features",
            "viewer",
            "--bin",
            "web",
        ]),
    )?;
    let module = house
        .target
        .join("wasm32-unknown-unknown")
        .join(profile)
        .join("web.wasm");
    assemble(house, &module, profile)
}

/// Bindings, shell and compressed neighbours around a built module.
pub fn assemble(house: &House, module: &Path, profile: &str) -> Result<()> {
    let build = &house.build;
    let fresh = build.join(".web-new");
    let finished = build.join("web");
    clear(&fresh)?;
    let bindings = fresh.join("pkg/new");
    fs::create_dir_all(&bindings)?;

    run::work("Writing the module's JavaScript", || {
        let mut bindgen = Bindgen::new();
        bindgen
            .input_path(module)
            .out_name(MODULE)
            .web(true)?
            .typescript(false)
            .remove_name_section(profile == PUBLISHED)
            .remove_producers_section(true);
        bindgen.generate(&bindings)
    })?;

    let wasm_bytes = fs::metadata(bindings.join(format!("{MODULE}_bg.wasm")))?.len();
    let package = fingerprint(&bindings, profile)?;
    fs::rename(&bindings, fresh.join("pkg").join(&package))?;

    let shell = house.root.join("web");
    let code = fresh.join("app/new");
    copy(&shell.join("app"), &code)?;
    let app = fingerprint(&code, profile)?;
    fs::rename(&code, fresh.join("app").join(&app))?;
    for entry in fs::read_dir(&shell)? {
        let path = entry?.path();
        if path.is_file()
            && path.extension().is_none_or(|kind| kind != "html")
            && let Some(name) = path.file_name()
        {
            fs::copy(&path, fresh.join(name))?;
        }
    }
    for page in ["index.html", "embed.html"] {
        let text = fs::read_to_string(shell.join(page)).with_context(|| format!("web/{page}"))?;
        fs::write(
            fresh.join(page),
            addressed(&text, &app, &package, wasm_bytes),
        )?;
    }

    let files = listed(&fresh)?;
    run::work("Compressing", || {
        compress(&files, &fresh, &finished, profile)
    })?;

    // A server that runs meanwhile sees the old folder or the new one, never half of one.
    let old = build.join(".web-old");
    clear(&old)?;
    if finished.exists() {
        fs::rename(&finished, &old)?;
    }
    fs::rename(&fresh, &finished)?;
    clear(&old)?;
    sizes(&finished)
}

/// Puts the folders named after their contents into a page.
fn addressed(page: &str, app: &str, package: &str, wasm_bytes: u64) -> String {
    page.replace("\"app/", &format!("\"app/{app}/"))
        .replace("\"pkg/\"", &format!("\"pkg/{package}/\""))
        .replace(
            "data-wasm-bytes=\"0\"",
            &format!("data-wasm-bytes=\"{wasm_bytes}\""),
        )
}

/// Sixteen hexadecimal digits of a folder's names and contents (FNV-1a, 64 bits): a name for caches, no safeguard.
fn fingerprint(folder: &Path, profile: &str) -> Result<String> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    add(profile.as_bytes());
    for path in listed(folder)? {
        add(path.strip_prefix(folder)?.to_string_lossy().as_bytes());
        add(&fs::read(&path)?);
    }
    Ok(format!("{hash:016x}"))
}

/// All files below a folder, in one order on every machine.
fn listed(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    for path in listed(from)? {
        let place = to.join(path.strip_prefix(from)?);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(&path, place)?;
    }
    Ok(())
}

fn clear(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| folder.display().to_string())
        }
        _ => Ok(()),
    }
}

/// Writes `.gz` and `.br` beside each file that gains from it.
///
/// Brotli at its best takes a minute on the module, so what an earlier build made of the same content is taken over.
fn compress(files: &[PathBuf], fresh: &Path, finished: &Path, profile: &str) -> Result<()> {
    let quality = if profile == PUBLISHED { 11 } else { 5 };
    for path in files {
        let kept = finished.join(path.strip_prefix(fresh)?);
        let fingerprinted = path.components().any(|part| part.as_os_str().len() == 16);
        if fingerprinted
            && neighbours(&kept)
                .iter()
                .all(|neighbour| neighbour.is_file())
        {
            for (from, to) in neighbours(&kept).iter().zip(neighbours(path)) {
                fs::copy(from, to)?;
            }
            continue;
        }
        let raw = fs::read(path)?;
        if raw.len() < 1024 {
            continue;
        }
        let (brotlied, gzipped) = std::thread::scope(|scope| {
            let other = scope.spawn(|| gzip(&raw));
            (brotli(&raw, quality), other.join())
        });
        let Ok(gzipped) = gzipped else {
            bail!("gzip failed on {}", path.display());
        };
        for (bytes, place) in [gzipped?, brotlied?].iter().zip(neighbours(path)) {
            if bytes.len() < raw.len() {
                fs::write(place, bytes)?;
            }
        }
    }
    Ok(())
}

fn neighbours(path: &Path) -> [PathBuf; 2] {
    ["gz", "br"].map(|kind| {
        let mut name = path.as_os_str().to_owned();
        name.push(".");
        name.push(kind);
        PathBuf::from(name)
    })
}

fn gzip(raw: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(raw)?;
    Ok(encoder.finish()?)
}

fn brotli(mut raw: &[u8], quality: i32) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        // The largest window that every browser accepts.
        lgwin: 24,
        size_hint: raw.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut raw, &mut compressed, &parameters)?;
    Ok(compressed)
}

/// Tells what a visitor downloads, and leaves it in `sizes.json` for the benchmarks.
fn sizes(finished: &Path) -> Result<()> {
    let mut rows = Vec::new();
    for path in listed(finished)? {
        let kind = path
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if !["wasm", "js", "css", "html"].contains(&kind.as_str()) {
            continue;
        }
        let raw = fs::metadata(&path)?.len();
        let [gzip, brotli] = neighbours(&path)
            .map(|place| fs::metadata(place).map_or(raw, |metadata| metadata.len()));
        rows.push((path.strip_prefix(finished)?.to_owned(), [raw, gzip, brotli]));
    }
    let mut total = [0; 3];
    eprintln!(
        "\n   {:<44}{:>12}{:>12}{:>12}",
        "build/web", "raw", "gzip", "brotli"
    );
    for (path, row) in &rows {
        for (sum, bytes) in total.iter_mut().zip(row) {
            *sum += bytes;
        }
        // The shell's small modules are one thing to a visitor.
        if row[0] > 100_000 {
            line(&short(path), *row);
        }
    }
    line("everything", total);
    let document = serde_json::json!({ "raw": total[0], "gzip": total[1], "brotli": total[2] });
    fs::write(finished.join("sizes.json"), format!("{document}\n"))?;
    Ok(())
}

fn line(name: &str, row: [u64; 3]) {
    let [raw, gzip, brotli] = row.map(run::size);
    eprintln!("   {name:<44}{raw:>12}{gzip:>12}{brotli:>12}");
}

fn short(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_whole_and_addressed_by_content() {
        let folder = tempfile::tempdir().unwrap();
        let house = House {
            root: PathBuf::from(env!("CARGO_MANIFEST_DIR")),
            target: folder.path().join("target"),
            build: folder.path().to_owned(),
        };
        // The smallest WebAssembly module there is.
        let module = folder.path().join("web.wasm");
        fs::write(&module, b"\0asm\x01\0\0\0").unwrap();
        assemble(&house, &module, TESTED).unwrap();
        let page = fs::read_to_string(folder.path().join("web/index.html")).unwrap();
        let addresses: Vec<&str> = page
            .split('"')
            .filter(|text| text.starts_with("app/") && !text.ends_with('/'))
            .collect();
        assert!(addresses.len() >= 3, "{addresses:?}");
        for address in addresses {
            assert!(
                folder.path().join("web").join(address).is_file(),
                "{address}"
            );
        }
        let package = page
            .split("data-pkg=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        for name in ["jumeau_web.js", "jumeau_web_bg.wasm"] {
            assert!(
                folder.path().join("web").join(package).join(name).is_file(),
                "{package}{name}"
            );
        }
        assert!(!page.contains("data-wasm-bytes=\"0\""));
        // A second build over the first one, with the same content, has the same names.
        assemble(&house, &module, TESTED).unwrap();
        assert_eq!(
            fs::read_to_string(folder.path().join("web/index.html")).unwrap(),
            page
        );
        assert!(!folder.path().join(".web-old").exists());
    }
}
