//! The input file of a computing command, within bounds.

/// Largest input file of a computing command, bytes.
const MAX_INPUT_BYTES: u64 = 1 << 30;

/// The bytes of an input file and its name, or a sentence on stderr.
pub fn read(path: &std::path::Path, english: bool) -> Option<(Vec<u8>, String)> {
    let name = path.display().to_string();
    let size = std::fs::metadata(path).map(|data| data.len());
    let read = match size {
        Ok(size) if size > MAX_INPUT_BYTES => Err(format!("> {MAX_INPUT_BYTES}")),
        Ok(_) => std::fs::read(path).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match read {
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
