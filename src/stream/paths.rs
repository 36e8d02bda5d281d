//! References between the files of a tileset.

/// Longest path that is followed.
const MAX_PATH: usize = 2048;

/// The path of what `file` calls `reference`, relative to the same root as `file`.
///
/// `None` for what leads out of the root or to another place: absolute paths, other addresses, too many `..`.
/// The engine never follows those, so a tileset cannot make a viewer fetch what the user did not open.
pub fn resolve(file: &str, reference: &str) -> Option<String> {
    // Queries and fragments belong to servers and readers, not to the path.
    let (path, query) = match reference
        .split_once('#')
        .map_or(reference, |(path, _)| path)
    {
        with_query if with_query.contains('?') => with_query.split_once('?')?,
        plain => (plain, ""),
    };
    let has_scheme = path
        .split_once(':')
        .is_some_and(|(scheme, _)| !scheme.contains('/'));
    if path.is_empty() || has_scheme || path.starts_with('/') || path.contains(['\\', '\0']) {
        return None;
    }
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    let mut resolved = parts.join("/");
    if !query.is_empty() {
        resolved.push('?');
        resolved.push_str(query);
    }
    (!resolved.is_empty() && resolved.len() <= MAX_PATH).then_some(resolved)
}

/// A reference that is an address with scheme and host, without what could smuggle anything else in; only pyramids of tiles, which a person opens by their description, follow those.
pub fn address(reference: &str) -> Option<&str> {
    let rest = reference.strip_prefix("https://").or_else(|| reference.strip_prefix("http://"))?;
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    let plain = reference.len() <= MAX_PATH && !host.is_empty() && !host.contains('@') && reference.chars().all(|letter| letter.is_ascii_graphic() && letter != '\\');
    plain.then_some(reference)
}

/// Whether a content is a tileset of its own, by its name.
pub fn is_tileset(path: &str) -> bool {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    path.len() >= 5 && path.as_bytes()[path.len() - 5..].eq_ignore_ascii_case(b".json")
}
