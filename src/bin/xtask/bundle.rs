//! `cargo xtask web`: the browser's application, from Rust and `web/` to `build/web`.

use super::{House, run, tools};
use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// Cargo's profile of the file that is published: smallest, slow to build.
pub const PUBLISHED: &str = "web";
/// Cargo's profile of the file that is tested: quick to build.
pub const TESTED: &str = "web-test";

/// What is compiled for the browser, each a module with bindings in a folder of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The viewer as every browser can draw it.
    WebGl2,
    /// The same on WebGPU: Bevy chooses when it is compiled.
    WebGpu,
    /// What decodes tiles in Web Workers.
    Worker,
}

impl Part {
    /// Without WebGPU: a second viewer doubles the time of a build, and tests draw with WebGL 2.
    pub const TESTED: [Self; 2] = [Self::WebGl2, Self::Worker];
    pub const ALL: [Self; 3] = [Self::WebGl2, Self::WebGpu, Self::Worker];

    fn id(self) -> &'static str {
        match self {
            Self::WebGl2 => "webgl2",
            Self::WebGpu => "webgpu",
            Self::Worker => "worker",
        }
    }

    fn what(self) -> &'static str {
        match self {
            Self::WebGl2 => "Building the viewer for browsers (many minutes the first time)",
            Self::WebGpu => "Building the viewer for browsers with WebGPU (as long again the first time)",
            Self::Worker => "Building the decoder of the page's workers",
        }
    }

    fn cargo(self) -> &'static [&'static str] {
        match self {
            Self::WebGl2 => &["--features", "viewer", "--bin", "web"],
            Self::WebGpu => &["--features", "webgpu", "--bin", "web"],
            Self::Worker => &["--bin", "worker"],
        }
    }

    fn binary(self) -> &'static str {
        match self {
            Self::WebGl2 | Self::WebGpu => "web",
            Self::Worker => "worker",
        }
    }

    /// What the shell imports: `jumeau_web.js` and `jumeau_web_bg.wasm`.
    fn module(self) -> &'static str {
        match self {
            Self::WebGl2 | Self::WebGpu => "jumeau_web",
            Self::Worker => "jumeau_worker",
        }
    }

    /// Tells a page where this part is.
    fn address(self, page: &str, folder: &str, bytes: u64) -> String {
        match self {
            Self::WebGl2 => page
                .replace("\"pkg/\"", &format!("\"{folder}\""))
                .replace("data-wasm-bytes=\"0\"", &format!("data-wasm-bytes=\"{bytes}\"")),
            Self::WebGpu => page
                .replace("data-webgpu=\"\"", &format!("data-webgpu=\"{folder}\""))
                .replace("data-webgpu-bytes=\"0\"", &format!("data-webgpu-bytes=\"{bytes}\"")),
            Self::Worker => page.replace("data-decoder=\"\"", &format!("data-decoder=\"{folder}\"")),
        }
    }
}

/// What a bundle holds and how it is made.
pub struct Order<'a> {
    pub profile: &'a str,
    pub parts: &'a [Part],
    /// Whether today's sizes become the known ones.
    pub accept_size: bool,
}

impl Order<'_> {
    /// The profile with the parts it has: everything when published, what tests need otherwise.
    pub fn of(profile: &str) -> Order<'_> {
        let parts: &[Part] = if profile == PUBLISHED { &Part::ALL } else { &Part::TESTED };
        Order { profile, parts, accept_size: false }
    }
}

/// Builds `build/web` whole under another name, then puts it in its place.
pub fn web(house: &House, order: &Order) -> Result<()> {
    let profile = order.profile;
    if ![PUBLISHED, TESTED].contains(&profile) {
        bail!("There is no profile '{profile}': choose {PUBLISHED} or {TESTED}.");
    }
    tools::setup(&[tools::Tool::Compiler, tools::Tool::WasmTarget], true)?;
    let kept = house.build.join(".modules");
    fs::create_dir_all(&kept)?;
    let mut modules = Vec::new();
    for part in order.parts {
        let mut build = run::cargo(&house.root);
        build.args(["build", "--target", "wasm32-unknown-unknown", "--profile", profile, "--no-default-features"]).args(part.cargo());
        if profile == PUBLISHED {
            build.env("CARGO_ENCODED_RUSTFLAGS", named_anew(house));
        }
        run::step(part.what(), &mut build)?;
        // Both viewers come out under one name: the next build would write over this one.
        let place = kept.join(format!("{}.wasm", part.id()));
        let built = house.target.join("wasm32-unknown-unknown").join(profile).join(format!("{}.wasm", part.binary()));
        fs::copy(&built, &place).with_context(|| built.display().to_string())?;
        modules.push((*part, place));
    }
    let weights = assemble(house, &modules, profile)?;
    weigh(house, profile, &weights, order.accept_size)
}

/// Compiler flags by which the places in the published module's panics are named from the package on, not from this machine's folders.
fn named_anew(house: &House) -> String {
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let registries = cargo.and_then(|cargo| fs::read_dir(cargo.join("registry/src")).ok()).into_iter().flatten().flatten().map(|entry| entry.path());
    let flag = |folder: PathBuf| format!("--remap-path-prefix={}/=", folder.display());
    registries.chain([house.root.clone()]).map(flag).collect::<Vec<_>>().join("\u{1f}")
}

/// Bindings, shell and compressed neighbours around built modules; what a visitor downloads of each part, compressed.
pub fn assemble(house: &House, modules: &[(Part, PathBuf)], profile: &str) -> Result<Weights> {
    let build = &house.build;
    let fresh = build.join(".web-new");
    let finished = build.join("web");
    clear(&fresh)?;

    let mut packages = Vec::new();
    for (part, module) in modules {
        let bindings = fresh.join("pkg/new");
        fs::create_dir_all(&bindings)?;
        run::work(&format!("Writing the module's JavaScript ({})", part.id()), || {
            let mut bindgen = Bindgen::new();
            bindgen
                .input_path(module)
                .out_name(part.module())
                .web(true)?
                .typescript(false)
                .remove_name_section(profile == PUBLISHED)
                .remove_producers_section(true);
            bindgen.generate(&bindings)
        })?;
        let bytes = fs::metadata(bindings.join(format!("{}_bg.wasm", part.module())))?.len();
        let package = format!("pkg/{}/", fingerprint(&bindings, profile)?);
        fs::rename(&bindings, fresh.join(&package))?;
        packages.push((*part, package, bytes));
    }

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
        let text = named_ahead(&text, &shell.join("app"))?;
        let text = text.replace("\"app/", &format!("\"app/{app}/"));
        let text = packages.iter().fold(text, |text, (part, package, bytes)| part.address(&text, package, *bytes));
        fs::write(fresh.join(page), text)?;
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
    sizes(&finished, &packages)
}

/// A page that names all of its modules at its head: the browser need not read one to learn of the next. One that is named so already stays the first.
fn named_ahead(page: &str, app: &Path) -> Result<String> {
    let between = |text: &str, before: &str, after: &str| -> Vec<String> {
        text.split(before).skip(1).filter_map(|rest| Some(rest.split_once(after)?.0.to_owned())).collect()
    };
    let mut modules = between(page, "<link rel=\"modulepreload\" href=\"app/", "\"");
    let Some(last) = modules.last().cloned() else { return Ok(page.to_owned()) };
    let told = modules.len();
    for script in between(page, "src=\"app/", "\"") {
        if !modules.contains(&script) {
            modules.push(script);
        }
    }
    let mut at = 0;
    while let Some(module) = modules.get(at) {
        let text = fs::read_to_string(app.join(module)).with_context(|| format!("web/app/{module}"))?;
        for import in between(&text, " from \"./", "\"") {
            if !modules.contains(&import) {
                modules.push(import);
            }
        }
        at += 1;
    }
    let line = |module: &String| format!("  <link rel=\"modulepreload\" href=\"app/{module}\">\n");
    Ok(page.replacen(&line(&last), &format!("{}{}", line(&last), modules[told..].iter().map(line).collect::<String>()), 1))
}

/// Brotli bytes by part: `webgl2`, `webgpu`, `worker`, and `shell` for all the rest.
pub type Weights = BTreeMap<String, u64>;

/// A part may grow by this share of its known size before somebody has to say yes.
const GROWTH: f64 = 0.02;

/// Compares a bundle with the sizes in `tests/web/sizes.json`, or writes them there.
fn weigh(house: &House, profile: &str, weights: &Weights, accept: bool) -> Result<()> {
    let place = house.root.join("tests/web/sizes.json");
    let mut known: BTreeMap<String, Weights> = match fs::read(&place) {
        Ok(text) => serde_json::from_slice(&text).with_context(|| place.display().to_string())?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
        Err(error) => return Err(error).with_context(|| place.display().to_string()),
    };
    if accept {
        known.entry(profile.to_owned()).or_default().extend(weights.clone());
        fs::write(&place, format!("{}\n", serde_json::to_string_pretty(&known)?))?;
        eprintln!("   {} knows these sizes now.", place.display());
        return Ok(());
    }
    let none = Weights::new();
    let (grown, notes) = grown(known.get(profile).unwrap_or(&none), weights);
    for note in notes {
        eprintln!("   {note}");
    }
    if !grown.is_empty() {
        bail!(
            "The bundle has grown:\n   {}\nIf that is worth it: cargo xtask web --profile {profile} --accept-size, and commit tests/web/sizes.json.",
            grown.join("\n   ")
        );
    }
    Ok(())
}

/// What has grown too much, and what else is worth a line.
fn grown(known: &Weights, weights: &Weights) -> (Vec<String>, Vec<String>) {
    let (mut grown, mut notes) = (Vec::new(), Vec::new());
    for (part, bytes) in weights {
        let Some(before) = known.get(part) else {
            notes.push(format!("{part}: {}, not known yet (--accept-size writes it down)", run::size(*bytes)));
            continue;
        };
        let share = *bytes as f64 / (*before).max(1) as f64 - 1.0;
        let line = format!("{part}: {} instead of {} ({:+.1} %)", run::size(*bytes), run::size(*before), 100.0 * share);
        if share > GROWTH {
            grown.push(line);
        } else if share < -GROWTH {
            notes.push(format!("{line}: --accept-size keeps what was won"));
        }
    }
    (grown, notes)
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
fn sizes(finished: &Path, packages: &[(Part, String, u64)]) -> Result<Weights> {
    let mut weights = Weights::new();
    let mut total = [0; 3];
    eprintln!(
        "\n   {:<44}{:>12}{:>12}{:>12}",
        "build/web", "raw", "gzip", "brotli"
    );
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
        let row = [raw, gzip, brotli];
        let inside = path.strip_prefix(finished)?;
        let part = packages.iter().find(|(_, folder, _)| inside.starts_with(folder)).map_or("shell", |(part, ..)| part.id());
        *weights.entry(part.to_owned()).or_default() += brotli;
        for (sum, bytes) in total.iter_mut().zip(row) {
            *sum += bytes;
        }
        // The shell's small modules are one thing to a visitor.
        if raw > 100_000 {
            line(&format!("{} ({part})", short(&path)), row);
        }
    }
    line("everything, of which a visitor takes one viewer", total);
    let document = serde_json::json!({ "raw": total[0], "gzip": total[1], "brotli": total[2], "parts": weights });
    fs::write(finished.join("sizes.json"), format!("{document}\n"))?;
    Ok(weights)
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
        let modules = Part::ALL.map(|part| (part, module.clone()));
        assemble(&house, &modules, TESTED).unwrap();
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
        // Every module of the page is named at its head, once; a worker's and another page's are not.
        for module in fs::read_dir(house.root.join("web/app")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()) {
            let is_module = module.ends_with(".js") && !["decoder.js", "embed-example.js"].contains(&module.as_str());
            let named = page.lines().filter(|line| line.contains("modulepreload") && line.ends_with(&format!("/{module}\">"))).count();
            assert_eq!(named, usize::from(is_module), "{module}");
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
        let decoder = page.split("data-decoder=\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(folder.path().join("web").join(decoder).join("jumeau_worker_bg.wasm").is_file(), "{decoder}");
        assert!(!page.contains("data-wasm-bytes=\"0\"") && !page.contains("data-webgpu=\"\"") && !page.contains("data-webgpu-bytes=\"0\""));
        // A second build over the first one, with the same content, has the same names.
        assemble(&house, &modules, TESTED).unwrap();
        assert_eq!(
            fs::read_to_string(folder.path().join("web/index.html")).unwrap(),
            page
        );
        assert!(!folder.path().join(".web-old").exists());
    }

    #[test]
    fn growth_is_noticed_part_by_part() {
        let weights = |rows: &[(&str, u64)]| rows.iter().map(|(part, bytes)| ((*part).to_owned(), *bytes)).collect::<Weights>();
        let known = weights(&[("webgl2", 1_000_000), ("shell", 50_000), ("worker", 100_000)]);
        let (none, notes) = grown(&known, &weights(&[("webgl2", 1_019_000), ("shell", 50_000)]));
        assert!(none.is_empty() && notes.is_empty(), "{none:?} {notes:?}");
        let (one, notes) = grown(&known, &weights(&[("webgl2", 1_000_000), ("shell", 51_100), ("worker", 80_000), ("webgpu", 3)]));
        assert!(one.len() == 1 && one[0].starts_with("shell"), "{one:?}");
        assert!(notes.len() == 2 && notes[0].contains("not known") && notes[1].starts_with("worker"), "{notes:?}");
    }
}
