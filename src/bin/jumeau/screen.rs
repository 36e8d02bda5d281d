//! Whether the screen that the environment names answers: asked before the window, which would only abort.

use std::ffi::OsString;
use std::net::{TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A screen on another machine that says nothing for so long is not there.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the environment says about screens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Screen {
    /// Neither Wayland nor X11.
    None,
    /// `WAYLAND_SOCKET`: a connection that is open already.
    Open,
    /// The socket of a Wayland compositor.
    Wayland(PathBuf),
    /// An X11 display as `DISPLAY` writes it.
    X11(String),
}

/// In the window's own order: Wayland before X11.
pub fn named(variable: impl Fn(&str) -> Option<OsString>) -> Screen {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if set("WAYLAND_SOCKET").is_some() {
        return Screen::Open;
    }
    if let Some(name) = set("WAYLAND_DISPLAY") {
        // An absolute name replaces the folder.
        return Screen::Wayland(PathBuf::from(set("XDG_RUNTIME_DIR").unwrap_or_default()).join(name));
    }
    match set("DISPLAY") {
        Some(display) => Screen::X11(display.to_string_lossy().into_owned()),
        None => Screen::None,
    }
}

impl Screen {
    pub fn answers(&self) -> bool {
        match self {
            Self::None => false,
            Self::Open => true,
            Self::Wayland(path) => socket(path),
            Self::X11(display) => x11(display),
        }
    }

    /// As the environment writes it.
    pub fn name(&self) -> String {
        match self {
            Self::None | Self::Open => String::new(),
            Self::Wayland(path) => path.display().to_string(),
            Self::X11(display) => display.clone(),
        }
    }
}

/// `:0`, `:0.1`, `unix:0`, `host:10.0`, `tcp/host:0`, `unix/:0`.
fn x11(display: &str) -> bool {
    // Some systems name the socket itself.
    if display.starts_with('/') && socket(Path::new(display)) {
        return true;
    }
    let Some((host, number)) = display.rsplit_once(':') else {
        return false;
    };
    let Ok(number) = number.split('.').next().unwrap_or_default().parse::<u16>() else {
        return false;
    };
    let host = host.rsplit('/').next().unwrap_or_default();
    if host.is_empty() || host == "unix" {
        let path = format!("/tmp/.X11-unix/X{number}");
        return socket(Path::new(&path)) || abstract_socket(&path);
    }
    let Some(port) = number.checked_add(6000) else {
        return false;
    };
    (host, port)
        .to_socket_addrs()
        .is_ok_and(|mut all| all.any(|address| TcpStream::connect_timeout(&address, PATIENCE).is_ok()))
}

#[cfg(unix)]
fn socket(path: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(path).is_ok()
}

#[cfg(not(unix))]
fn socket(_: &Path) -> bool {
    false
}

/// X servers listen under the same name without a file, too.
#[cfg(target_os = "linux")]
fn abstract_socket(name: &str) -> bool {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixStream};
    SocketAddr::from_abstract_name(name).is_ok_and(|address| UnixStream::connect_addr(&address).is_ok())
}

#[cfg(not(target_os = "linux"))]
fn abstract_socket(_: &str) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &'static [(&str, &str)]) -> Screen {
        named(|name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value)))
    }

    #[test]
    fn the_environment_names_one_screen() {
        assert_eq!(of(&[("DISPLAY", "")]), Screen::None);
        assert_eq!(of(&[("DISPLAY", ":0")]), Screen::X11(":0".to_owned()));
        let wayland = of(&[("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-1"), ("XDG_RUNTIME_DIR", "/run/user/1")]);
        assert_eq!(wayland, Screen::Wayland(PathBuf::from("/run/user/1/wayland-1")));
        assert_eq!(of(&[("WAYLAND_DISPLAY", "/tmp/w")]), Screen::Wayland(PathBuf::from("/tmp/w")));
        assert!(of(&[("WAYLAND_SOCKET", "3")]).answers());
    }

    #[test]
    fn a_screen_that_is_not_there_does_not_answer() {
        for display in [":7777", "unix:7777", "localhost:59000", "nothing", ":x", ":99999"] {
            assert!(!Screen::X11(display.to_owned()).answers(), "{display}");
        }
        assert!(!Screen::Wayland(PathBuf::from("/nowhere/wayland-0")).answers());
    }

    #[cfg(unix)]
    #[test]
    fn a_socket_that_listens_answers() {
        let path = std::env::temp_dir().join(format!("jumeau-screen-{}", std::process::id()));
        let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        assert!(Screen::Wayland(path.clone()).answers());
        let there = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = there.local_addr().unwrap().port();
        if let Some(number) = port.checked_sub(6000) {
            assert!(Screen::X11(format!("127.0.0.1:{number}.0")).answers());
        }
        std::fs::remove_file(path).unwrap();
    }
}
