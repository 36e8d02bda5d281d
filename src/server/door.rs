//! What may be looked for at all: plain files below the served folders, and nothing hidden.

use super::router::missing;
use crate::base::percent_decoded_text;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::path::{Path, PathBuf};

/// The folders whose files are served.
#[derive(Clone, Debug)]
pub struct Folders {
    pub territory: PathBuf,
    pub web: PathBuf,
}

/// Refuses names that begin with a dot (half-written imports, editors' and version control's files), links that lead out of the folder, and what is no plain file: a pipe would never answer.
pub async fn door(State(folders): State<Folders>, request: Request, next: Next) -> Response {
    let Some(parts) = parts(request.uri().path()) else {
        return missing(&request);
    };
    let served = tokio::task::spawn_blocking(move || folders.serve(&parts)).await;
    match served {
        Ok(true) => next.run(request).await,
        Ok(false) => missing(&request),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The parts of an address once decoded, as the file service decodes it; `None` when one of them may not be asked for.
fn parts(path: &str) -> Option<Vec<String>> {
    // Decoded before it is split: `%2f` and `%5c` separate like what they stand for.
    let decoded = percent_decoded_text(path)?;
    let parts: Vec<String> = decoded
        .split(['/', '\\'])
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    let hidden = parts.iter().any(|part| part.starts_with('.') || part.contains('\0'));
    (!hidden).then_some(parts)
}

impl Folders {
    /// Whether what lies at an address may be sent; what does not exist may be looked for.
    fn serve(&self, parts: &[String]) -> bool {
        let (root, below) = match parts.split_first() {
            Some((first, below)) if first == "territory" => (&self.territory, below),
            _ => (&self.web, parts),
        };
        let Ok(root) = root.canonicalize() else {
            return true;
        };
        let path = below.iter().fold(root.clone(), |path, part| path.join(part));
        let beside = |end: &str| {
            let mut name = path.clone().into_os_string();
            name.push(end);
            PathBuf::from(name)
        };
        // The compressed neighbours and a folder's own page are sent under the same address.
        let whole = [path.clone(), path.join("index.html"), beside(".br"), beside(".gz")];
        let index = ["index.html.br", "index.html.gz"].map(|name| path.join(name));
        whole.iter().chain(&index).all(|path| stays_below(&root, path))
    }
}

/// Nothing there, or a plain file or folder that lies below `root` once all links are followed.
fn stays_below(root: &Path, path: &Path) -> bool {
    match (path.canonicalize(), std::fs::metadata(path)) {
        (Ok(real), Ok(meta)) => real.starts_with(root) && (meta.is_file() || meta.is_dir()),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_decoded_before_they_are_judged() {
        assert_eq!(parts("/a%20b/c"), Some(vec!["a b".to_owned(), "c".to_owned()]));
        assert_eq!(parts("/100%/x"), Some(vec!["100%".to_owned(), "x".to_owned()]));
        for path in ["/.git/x", "/a/%2egit", "/a%2f.git%2fx", "/a%5c.git", "/..%2f", "/a%00", "/%ff"] {
            assert_eq!(parts(path), None, "{path}");
        }
    }
}
