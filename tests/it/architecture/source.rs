//! A source file as the rules read it: code without comments and texts, texts by line.

use std::path::{Path, PathBuf};

/// A file of `src/`, split into code without comments and texts, and the texts.
pub struct Source {
    /// Relative to `src/`, with `/`.
    pub path: String,
    /// Comments and texts are gone, lines are kept. Ends where the unit tests begin.
    pub code: String,
    /// Line and text of each literal of the code.
    pub strings: Vec<(usize, String)>,
}

impl Source {
    pub fn read(path: &str, text: &str) -> Self {
        // Unit tests stand at the end of a file and may do what tests do.
        let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
        let (code, strings) = split(&text[..end]);
        Self {
            path: path.to_owned(),
            code,
            strings,
        }
    }

    /// The top-level module; `None` for `lib.rs` and programs.
    pub fn module(&self) -> Option<&str> {
        let first = self.path.split('/').next()?;
        let name = first.trim_end_matches(".rs");
        (!["lib", "bin"].contains(&name)).then_some(name)
    }

    /// How many `super` lead out of this file to the crate's root.
    pub fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        if self.path.ends_with("mod.rs") {
            parts - 1
        } else {
            parts
        }
    }

    pub fn is_in(&self, places: &[&str]) -> bool {
        places
            .iter()
            .any(|place| self.path == *place || self.path.starts_with(&format!("{place}/")))
    }

    pub fn lines_with(&self, word: &str) -> Vec<String> {
        self.code
            .match_indices(word)
            .map(|(at, _)| format!("line {}: {word}", line_of(&self.code, at)))
            .collect()
    }
}

/// Code without comments and texts, and the texts with their lines.
pub fn split(text: &str) -> (String, Vec<(usize, String)>) {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut code = String::with_capacity(text.len());
    let mut strings = Vec::new();
    let mut line = 1;
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c == '/' && at(i + 1) == '/' {
            while i < chars.len() && chars[i] != '\n' {
                i += 1;
            }
        } else if c == '/' && at(i + 1) == '*' {
            let mut depth = 0;
            loop {
                if at(i) == '/' && at(i + 1) == '*' {
                    depth += 1;
                    i += 2;
                } else if at(i) == '*' && at(i + 1) == '/' {
                    depth -= 1;
                    i += 2;
                } else {
                    if at(i) == '\n' {
                        code.push('\n');
                        line += 1;
                    }
                    i += 1;
                }
                if depth == 0 || i >= chars.len() {
                    break;
                }
            }
        } else if let Some(hashes) = raw_string(&chars, i) {
            let start = i + hashes + 2;
            let end = (start..chars.len())
                .find(|&j| chars[j] == '"' && (1..=hashes).all(|k| at(j + k) == '#'))
                .unwrap_or(chars.len());
            let content: String = chars[start.min(end)..end].iter().collect();
            keep_string(&mut code, &mut strings, &mut line, content);
            i = end + hashes + 1;
        } else if c == '"' {
            let mut end = i + 1;
            while end < chars.len() && chars[end] != '"' {
                end += if chars[end] == '\\' { 2 } else { 1 };
            }
            let end = end.min(chars.len());
            let content: String = chars[i + 1..end].iter().collect();
            keep_string(&mut code, &mut strings, &mut line, content);
            i = end + 1;
        } else if c == '\'' && (at(i + 1) == '\\' || at(i + 2) == '\'') {
            // A character, not a lifetime; it may be a quotation mark.
            let mut end = i + if at(i + 1) == '\\' { 3 } else { 2 };
            while end < chars.len() && chars[end] != '\'' {
                end += 1;
            }
            code.push_str("' '");
            i = end + 1;
        } else {
            if c == '\n' {
                line += 1;
            }
            code.push(c);
            i += 1;
        }
    }
    (code, strings)
}

/// The number of `#` when a raw text begins here.
pub fn raw_string(chars: &[char], i: usize) -> Option<usize> {
    if chars[i] != 'r' || (i > 0 && (chars[i - 1].is_alphanumeric() && chars[i - 1] != 'b')) {
        return None;
    }
    let hashes = chars[i + 1..].iter().take_while(|c| **c == '#').count();
    (chars.get(i + 1 + hashes) == Some(&'"')).then_some(hashes)
}

pub fn keep_string(
    code: &mut String,
    strings: &mut Vec<(usize, String)>,
    line: &mut usize,
    content: String,
) {
    let breaks = content.matches('\n').count();
    code.push_str("\"\"");
    code.extend(std::iter::repeat_n('\n', breaks));
    strings.push((*line, content));
    *line += breaks;
}

pub fn is_word_before(code: &str, at: usize) -> bool {
    code[..at]
        .chars()
        .next_back()
        .is_some_and(|c| c.is_alphanumeric() || c == '_')
}

pub fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

// Running rules.

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files that belong to the repository: nothing built, nothing installed, nothing larger than a source.
pub fn tree_files() -> Vec<PathBuf> {
    const LARGEST_BYTES: u64 = 1_000_000;
    const PARTS: [&str; 10] = [
        "src", "tests", "assets", "shaders", "web", "bench", ".ci", ".dev", ".cargo", "tools",
    ];
    let mut files: Vec<PathBuf> = PARTS
        .iter()
        .flat_map(|part| files_below(&root().join(part)))
        .collect();
    // Files of the root itself: README, Cargo.toml … but not git's pointer file of a second checkout.
    if let Ok(entries) = std::fs::read_dir(root()) {
        let paths = entries.flatten().map(|entry| entry.path());
        files.extend(paths.filter(|path| path.is_file() && !path.ends_with(".git")));
    }
    files.retain(|path| path.metadata().is_ok_and(|m| m.len() <= LARGEST_BYTES));
    files
}

pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if !["target", "node_modules", "dist", "pkg"]
                .iter()
                .any(|built| name == *built)
            {
                files.extend(files_below(&path));
            }
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}
