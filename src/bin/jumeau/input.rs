//! The input file of a computing command, within bounds.

use std::io::Read;

/// Largest input file of a computing command, bytes.
const MAX_INPUT_BYTES: u64 = 1 << 30;

/// The bytes of an input file and its name, or a sentence on stderr.
pub fn read(path: &std::path::Path, english: bool) -> Option<(Vec<u8>, String)> {
    let name = path.display().to_string();
    match within(path) {
        Ok(bytes) => Some((bytes, name)),
        Err(error) if english => {
            eprintln!("{name} cannot be read: {error}");
            None
        }
        Err(error) => {
            eprintln!("{name} ne peut pas être lu : {error}");
            None
        }
    }
}

/// A device or a pipe states no size, and may never end.
fn within(path: &std::path::Path) -> Result<Vec<u8>, String> {
    let mut file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let too_large = || format!("> {MAX_INPUT_BYTES}");
    if file.metadata().is_ok_and(|data| data.len() > MAX_INPUT_BYTES) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    (&mut file).take(MAX_INPUT_BYTES + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MAX_INPUT_BYTES { Err(too_large()) } else { Ok(bytes) }
}
