use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the server cannot start: what happened and what to do, in French and English.
#[derive(Debug)]
pub enum Fault {
    NoTerritory(PathBuf),
    Territory {
        path: PathBuf,
        detail: String,
    },
    NoBundle(PathBuf),
    Listen {
        address: SocketAddr,
        error: std::io::Error,
    },
    /// An `--allow-origin` that is no origin.
    Origin(String),
    Runtime(std::io::Error),
}

impl std::error::Error for Fault {}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.fr())?;
        write!(f, "{}", self.en())
    }
}

impl Fault {
    /// Stable name of the fault.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoTerritory(_) => "territory-missing",
            Self::Territory { .. } => "territory-unreadable",
            Self::NoBundle(_) => "bundle-missing",
            Self::Listen { error, .. } if error.kind() == ErrorKind::AddrInUse => "port-in-use",
            Self::Listen { .. } => "listen-failed",
            Self::Origin(_) => "origin-invalid",
            Self::Runtime(_) => "runtime-failed",
        }
    }

    pub fn fr(&self) -> String {
        match self {
            Self::NoTerritory(path) => format!(
                "Aucun territoire dans « {} » : préparez-le avec `cargo xtask demo` ou `jumeau import SOURCES --out {}`.",
                path.display(),
                path.display()
            ),
            Self::Territory { path, detail } => format!(
                "Le territoire « {} » est illisible ({detail}) : importez-le de nouveau avec `jumeau import`.",
                path.display()
            ),
            Self::NoBundle(path) => format!(
                "L'application du navigateur n'est pas dans « {} » : construisez-la avec `cargo xtask web`, ou indiquez son dossier avec --web.",
                path.display()
            ),
            Self::Listen { address, error } => match error.kind() {
                ErrorKind::AddrInUse => format!(
                    "Le port {} est déjà utilisé par un autre programme : choisissez-en un autre, par exemple --port {}.",
                    address.port(),
                    other_port(address.port())
                ),
                ErrorKind::PermissionDenied => format!(
                    "Le port {} est réservé à l'administrateur : choisissez-en un au-dessus de 1023, par exemple --port 8080.",
                    address.port()
                ),
                ErrorKind::AddrNotAvailable => format!(
                    "L'adresse {} n'appartient pas à cette machine : donnez-en une autre avec --bind (127.0.0.1 pour cette machine seule, 0.0.0.0 pour le réseau).",
                    address.ip()
                ),
                _ => format!(
                    "Impossible d'écouter sur {address} ({error}) : essayez une autre adresse avec --bind et --port."
                ),
            },
            Self::Origin(text) => format!(
                "« {text} » n'est pas une origine : écrivez --allow-origin https://exemple.fr, sans chemin, ou --allow-origin '*'."
            ),
            Self::Runtime(error) => format!("Le serveur s'est arrêté ({error}) : relancez-le."),
        }
    }

    pub fn en(&self) -> String {
        match self {
            Self::NoTerritory(path) => format!(
                "No territory in '{}': prepare it with `cargo xtask demo` or `jumeau import SOURCES --out {}`.",
                path.display(),
                path.display()
            ),
            Self::Territory { path, detail } => format!(
                "The territory '{}' cannot be read ({detail}): import it again with `jumeau import`.",
                path.display()
            ),
            Self::NoBundle(path) => format!(
                "The browser application is not in '{}': build it with `cargo xtask web`, or name its folder with --web.",
                path.display()
            ),
            Self::Listen { address, error } => match error.kind() {
                ErrorKind::AddrInUse => format!(
                    "Port {} is already used by another program: choose another, for example --port {}.",
                    address.port(),
                    other_port(address.port())
                ),
                ErrorKind::PermissionDenied => format!(
                    "Port {} is reserved for the administrator: choose one above 1023, for example --port 8080.",
                    address.port()
                ),
                ErrorKind::AddrNotAvailable => format!(
                    "The address {} is not one of this machine's: give another with --bind (127.0.0.1 for this machine alone, 0.0.0.0 for the network).",
                    address.ip()
                ),
                _ => format!(
                    "Cannot listen on {address} ({error}): try another address with --bind and --port."
                ),
            },
            Self::Origin(text) => format!(
                "'{text}' is not an origin: write --allow-origin https://example.org, without a path, or --allow-origin '*'."
            ),
            Self::Runtime(error) => format!("The server stopped ({error}): start it again."),
        }
    }
}

fn other_port(port: u16) -> u16 {
    port.checked_add(1).unwrap_or(8081)
}
