use jumeau::server::{self, Fault, Settings};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// Dossier du territoire / the territory's folder.
    #[arg(default_value = "build/territory/nantes-centre")]
    territory: PathBuf,
    /// Port d'écoute, 0 : au choix du système / port, 0 lets the system choose.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Adresse d'écoute : 127.0.0.1 pour cette machine seule, 0.0.0.0 pour le réseau / address to listen on.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Dossier de l'application du navigateur / folder of the browser application.
    #[arg(long)]
    web: Option<PathBuf>,
    /// L'application ne demande rien à aucun autre serveur / the application asks no other server.
    #[arg(long)]
    offline: bool,
    /// Origine dont les pages peuvent lire le territoire (répétable, '*' : toutes) / origin whose pages may read the territory.
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    allow_origins: Vec<String>,
    /// Langue des messages / language of the messages.
    #[arg(long, value_enum, default_value_t)]
    lang: super::lang::Lang,
}

pub fn run(args: Args) -> ExitCode {
    let lang = args.lang;
    match listen(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{}", lang.of(fault.fr(), fault.en()));
            ExitCode::from(2)
        }
    }
}

fn listen(args: Args) -> Result<(), Fault> {
    // People name the manifest as often as its folder.
    let territory = if args.territory.ends_with("territory.json") {
        args.territory
            .parent()
            .map(PathBuf::from)
            .unwrap_or_default()
    } else {
        args.territory
    };
    let settings = Settings {
        territory,
        web: args.web.unwrap_or_else(bundle),
        offline: args.offline,
        allow_origins: args.allow_origins,
    };
    let manifest = server::open(&settings)?;
    let routes = server::router(&settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Fault::Runtime)?;
    runtime.block_on(async {
        let listener = server::bind(SocketAddr::new(args.bind, args.port)).await?;
        let address = listener.address().map_err(Fault::Runtime)?;
        // A browser cannot open "every address"; this machine's own is one of them.
        let host = match address.ip() {
            ip if ip.is_unspecified() || ip == IpAddr::V4(Ipv4Addr::LOCALHOST) => {
                "localhost".to_owned()
            }
            IpAddr::V6(ip) => format!("[{ip}]"),
            IpAddr::V4(ip) => ip.to_string(),
        };
        // Who reads the address may ask to stop at once.
        let stopped = stop();
        eprintln!(
            "Jumeau : {} – http://{host}:{}/",
            args.lang.of(&manifest.name.fr, &manifest.name.en),
            address.port()
        );
        eprintln!("{}", args.lang.of("Ctrl-C pour arrêter", "Ctrl-C to stop"));
        server::serve(listener, routes, stopped)
            .await
            .map_err(Fault::Runtime)
    })
}

/// `build/web` of a checkout, else the folder `web` beside the program, as it is shipped.
fn bundle() -> PathBuf {
    let checkout = PathBuf::from("build/web");
    if checkout.join("index.html").is_file() {
        return checkout;
    }
    std::env::current_exe()
        .ok()
        .and_then(|program| Some(program.parent()?.join("web")))
        .filter(|beside| beside.join("index.html").is_file())
        .unwrap_or(checkout)
}

/// Ready at Ctrl-C, or when a service manager asks to stop; it listens from the moment it is made.
#[cfg(unix)]
fn stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt());
    let mut terminate = signal(SignalKind::terminate());
    async move {
        // A machine that takes no handler ends the program in its own way.
        let asked = async |signal: &mut std::io::Result<tokio::signal::unix::Signal>| match signal {
            Ok(signal) => _ = signal.recv().await,
            Err(_) => std::future::pending().await,
        };
        tokio::select! {
            () = asked(&mut interrupt) => {}
            () = asked(&mut terminate) => {}
        }
    }
}

#[cfg(not(unix))]
async fn stop() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
