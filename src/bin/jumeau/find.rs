use jumeau::i18n::Texts;
use jumeau::pipeline::{info, search::ask};
use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// Dossier du territoire ou son territory.json / the territory's folder.
    territory: PathBuf,
    /// Adresse, rue, lieu ou commune / address, street, place or commune.
    #[arg(required = true)]
    query: Vec<String>,
    /// Un document JSON sur la sortie / one JSON document.
    #[arg(long)]
    json: bool,
    /// Langue des messages / language of the messages.
    #[arg(long, value_enum, default_value_t)]
    lang: super::lang::Lang,
}

/// 0 with an answer, 1 when nothing is found, 2 when nothing can be searched.
pub fn run(args: Args) -> ExitCode {
    let english = args.lang.english();
    let (file, manifest) = match info::manifest(&args.territory) {
        Ok(found) => found,
        Err(missing) => {
            let (fr, en) = missing.sentence();
            eprintln!("{}", if english { en } else { fr });
            return ExitCode::from(2);
        }
    };
    let texts = Texts::new(args.lang.into());
    let Some(index) = &manifest.search else {
        eprintln!("{}", texts.text("search-no-index"));
        return ExitCode::from(2);
    };
    let query = args.query.join(" ");
    let asked = match ask::ask(file.parent().unwrap_or(&file), &manifest, index, &query) {
        Ok(asked) => asked,
        Err(fault) => {
            let (fr, en) = jumeau::formats::messages::message(&fault.finding(index.path.clone()));
            eprintln!("{}", if english { en } else { fr });
            return ExitCode::from(2);
        }
    };
    let done = if asked.answer.hits.is_empty() { ExitCode::from(1) } else { ExitCode::SUCCESS };
    if args.json {
        return super::output::data(&format!("{:#}\n", ask::to_json(&asked)), done);
    }
    let mut out = String::new();
    for hit in &asked.answer.hits {
        let _ = writeln!(out, "{}  {}  {:.6} {:.6}{}", hit.label, hit.detail, hit.at[0], hit.at[1], match hit.remark.id() {
            "none" => String::new(),
            remark => format!("  ({})", texts.text(&format!("search-remark-{remark}"))),
        });
    }
    if asked.answer.hits.is_empty() {
        out = format!("{}\n", texts.text_with("search-nothing", &[("query", query.as_str().into())]));
    }
    super::output::words(&out, done)
}
