//! Data on stdout: the one way for all commands.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// Writes a command's data and gives its exit code: `done` once everything has left, 2 and a sentence when it could not be written.
///
/// A reader that has gone away (`| head`) has what it wanted: that is no fault.
pub fn data(text: &str, done: ExitCode) -> ExitCode {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) => unwritten(&error, done),
        Ok(()) => done,
    }
}

/// The same for text that people read: what foreign files put into it cannot steer their terminal.
pub fn words(text: &str, done: ExitCode) -> ExitCode {
    data(&jumeau::base::printable_lines(text), done)
}

/// The exit code after a write to stdout that failed.
pub fn unwritten(error: &std::io::Error, done: ExitCode) -> ExitCode {
    if error.kind() == ErrorKind::BrokenPipe {
        return done;
    }
    eprintln!("jumeau : le résultat n’a pas pu être écrit sur la sortie ({error}) ; libérez de la place ou redirigez-la ailleurs.");
    eprintln!("jumeau: the result could not be written to the output ({error}); make room or send it elsewhere.");
    ExitCode::from(2)
}
