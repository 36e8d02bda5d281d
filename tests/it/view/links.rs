//! Links as people write them, and commands as pages send them.

use super::{do_all, instant, start};
use jumeau::base::Language;
use jumeau::view::*;

#[test]
fn a_link_reads_as_people_would_write_it() {
    let state = do_all(&[
        Command::LookAt {
            camera: Camera {
                target: [-1.554123, 47.212_345_6, 20.0],
                distance_m: 850.0,
                heading_deg: 35.0,
                pitch_deg: -32.5,
            },
        },
        Command::SetYear { year: 1950 },
        Command::SetTheme {
            theme: Theme::Demand,
        },
        Command::ShowLayer {
            layer: "trees".into(),
            visible: false,
        },
        Command::Select {
            selection: Some(Selection {
                layer: "buildings".into(),
                id: "BATIMENT0000000302930441".to_owned(),
            }),
        },
        Command::SetLanguage {
            language: Language::En,
        },
    ]);
    assert_eq!(
        to_link(&state),
        "v=1&territory=nantes-centre&c=-1.554123,47.2123456,20,850,35,-32.5&t=1950-06-21T14:30:00Z&y=1950\
         &theme=demand&hide=trees&sel=buildings:BATIMENT0000000302930441&play=0&speed=3600&lang=en&under=0\
         &series=&span=&scale=smooth,,cividis&attr=&filter=&roof=&solar=&raise=0&balance=0&flows=&plan=&mean=0&gather=1&area="
    );
}

#[test]
fn links_come_in_many_wrappings() {
    let wanted = ViewState {
        year: 1950,
        instant: instant("1950-06-21T13:30:00Z"),
        theme: Theme::Demand,
        ..start()
    };
    for link in [
        "y=1950&theme=demand",
        "#y=1950&theme=demand",
        "?y=1950&theme=demand",
        "  http://localhost:8080/#y=1950&theme=demand\n",
        "https://jumeau.example/nantes/?embed=1#v=1&y=1950&theme=demand",
        "y=1950&amp;theme=demand",
        "y=%31950&theme=demand&future=%C3%A9t%C3%A9",
        "theme=none&y=1950&theme=demand",
    ] {
        assert_eq!(from_link(link, &start()), Ok(wanted.clone()), "{link}");
    }
    for silent in ["", "#", "http://localhost:8080/", "http://localhost:8080/?embed=1", "v=1"] {
        assert_eq!(from_link(silent, &start()), Ok(start()), "{silent}");
    }
}

#[test]
fn wrong_links_say_which_part_is_wrong() {
    for (link, key, part) in [
        ("bonjour", "link-unreadable", ""),
        ("#foo=bar", "link-unreadable", "foo"),
        ("https://jumeau.example/?embed=1#foo=bar&more=1", "link-unreadable", "foo"),
        ("y=%zz", "link-unreadable", "y"),
        ("y=%C3", "link-unreadable", "y"),
        ("v=2&y=1950", "link-version", "v"),
        ("c=1,2,3", "link-value", "c"),
        ("c=NaN,47,20,850,35,-32", "link-value", "c"),
        ("c=-1.5,470,20,850,35,-32", "link-value", "c"),
        ("c=-1.5,47,20,0,35,-32", "link-value", "c"),
        ("c=-1.5,47,20,850,35,-32,1", "link-value", "c"),
        ("t=noon", "link-value", "t"),
        ("y=soon", "link-value", "y"),
        ("theme=rainbow", "link-value", "theme"),
        ("sel=buildings", "link-value", "sel"),
        ("sel=:x", "link-value", "sel"),
        ("play=yes", "link-value", "play"),
        ("speed=-1", "link-value", "speed"),
        ("lang=de", "link-value", "lang"),
        ("territory=", "link-value", "territory"),
    ] {
        let fault = from_link(link, &start()).expect_err(link);
        assert_eq!((fault.key, fault.part.as_str()), (key, part), "{link}");
    }
    let long = format!("x={}", "a".repeat(MAX_LINK_BYTES));
    assert_eq!(
        from_link(&long, &start()).expect_err("long").key,
        "link-too-long"
    );
}

#[test]
fn commands_have_the_names_that_pages_send() {
    for (json, command) in [
        (r#"{"do":"home"}"#, Command::Home),
        (
            r#"{"do":"set-theme","theme":"construction-year"}"#,
            Command::SetTheme {
                theme: Theme::ConstructionYear,
            },
        ),
        (
            r#"{"do":"set-instant","instant":"2026-06-21T15:30:00+02:00"}"#,
            Command::SetInstant {
                instant: instant("2026-06-21T13:30:00Z"),
            },
        ),
        (
            r#"{"do":"select","selection":null}"#,
            Command::Select { selection: None },
        ),
        (
            r#"{"do":"set-language","language":"en"}"#,
            Command::SetLanguage {
                language: Language::En,
            },
        ),
    ] {
        assert_eq!(serde_json::from_str::<Command>(json).expect(json), command);
    }
    for theme in Theme::ALL {
        assert_eq!(
            serde_json::to_string(&theme).expect("writes"),
            format!("\"{}\"", theme.id())
        );
    }
}
