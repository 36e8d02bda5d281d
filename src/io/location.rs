//! Where a territory lies, and the way from there to its files.

use super::IoFault;
use crate::base::percent_decoded_text;
use std::path::{Path, PathBuf};

/// The root of a territory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    Folder(PathBuf),
    /// An address with scheme; in the browser also one relative to the page.
    Url(String),
}

/// One file below a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    File(PathBuf),
    Url(String),
}

/// Longest reference that is followed, bytes.
const MAX_REFERENCE: usize = 4096;

impl Location {
    /// What a person typed: `http://…` and `https://…` are addresses, all else is a folder. The name of the manifest at the end is dropped.
    pub fn parse(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        if lower.starts_with("http://") || lower.starts_with("https://") {
            let end = text.find(['?', '#']).unwrap_or(text.len());
            let address = &text[..end];
            Self::Url(
                address
                    .strip_suffix("territory.json")
                    .unwrap_or(address)
                    .to_owned(),
            )
        } else {
            let path = Path::new(text);
            let folder = if path
                .file_name()
                .is_some_and(|name| name == "territory.json")
            {
                // The parent of a bare name is the empty path, which means here.
                path.parent().unwrap_or(Path::new(""))
            } else {
                path
            };
            Self::Folder(folder.to_owned())
        }
    }

    /// The place of a file below the root. `reference` is a relative URI reference.
    ///
    /// Refuses whatever could lead elsewhere: absolute paths, schemes, `..` (also written `%2e%2e`), backslashes, control characters.
    pub fn join(&self, reference: &str) -> Result<Place, IoFault> {
        let refuse = |why: &str| {
            Err(IoFault::Refused(format!(
                "{why}: {}",
                reference.chars().take(200).collect::<String>()
            )))
        };
        if reference.len() > MAX_REFERENCE {
            return refuse("path too long");
        }
        let without_fragment = reference
            .split_once('#')
            .map_or(reference, |(path, _)| path);
        let (path, query) = match without_fragment.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (without_fragment, None),
        };
        let Some(decoded) = percent_decoded_text(path) else {
            return refuse("not a path");
        };
        if decoded.is_empty() || decoded.starts_with('/') {
            return refuse("not a relative path");
        }
        if decoded.contains('\\') || decoded.chars().any(char::is_control) {
            return refuse("not a path");
        }
        if decoded.split('/').any(|part| part == "..") {
            return refuse("path leads out of the territory");
        }
        if decoded
            .split('/')
            .next()
            .is_some_and(|first| first.contains(':'))
        {
            return refuse("not a relative path");
        }
        match self {
            Self::Folder(folder) => Ok(Place::File(folder.join(decoded))),
            Self::Url(root) => {
                let root = root.trim_end_matches('/');
                let mut url = String::with_capacity(root.len() + decoded.len() + 8);
                url.push_str(root);
                // A root that is empty is the page's own folder.
                if !root.is_empty() {
                    url.push('/');
                }
                percent_encode(&decoded, &mut url);
                if let Some(query) = query {
                    url.push('?');
                    url.extend(query.chars().filter(char::is_ascii_graphic));
                }
                Ok(Place::Url(url))
            }
        }
    }
}

/// A whole address, where it is one: nothing but printable characters, a host, nobody's name before it.
pub(super) fn address(reference: &str) -> Option<Place> {
    let lower = reference.get(..8).unwrap_or(reference).to_ascii_lowercase();
    let start = if lower.starts_with("https://") { 8 } else if lower.starts_with("http://") { 7 } else { return None };
    let host = reference.get(start..)?.split(['/', '?']).next().unwrap_or_default();
    let plain = reference.len() <= MAX_REFERENCE && !host.is_empty() && !host.contains('@') && reference.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    plain.then(|| Place::Url(reference.to_owned()))
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::Url(url) => f.write_str(url),
        }
    }
}

/// Everything but unreserved characters, `/` and the harmless sub-delimiters is written `%XX` (RFC 3986, section 3.3).
fn percent_encode(path: &str, out: &mut String) {
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=:@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}
