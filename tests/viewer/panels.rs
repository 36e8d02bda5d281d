//! The panels without a window: found by their labels, used by mouse and keyboard, in French and English.

use bevy_egui::egui;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable};
use jumeau::base::{Clock, Dataset, Instant, Interval, LayerId, Nature};
use jumeau::formats::territory::{HomeView, Layer, LayerKind, Manifest, Name};
use jumeau::i18n::{FigureText, Texts};
use jumeau::ui::{AttributeLine, ChartText, HistogramText, LegendText, Memory, PanelModel, SeriesLine, install, panels};
use jumeau::view::colours::Palette;
use jumeau::view::curve::{Calendar, Point};
use jumeau::view::{Attribute, Breaks, Camera, Command, Filter, Keep, KnownSeries, Language, Limits, Scale, Selection, Theme, apply, opening};

/// The panels with a state that follows their commands, as in the viewer.
pub struct Desk {
    pub model: PanelModel,
    memory: Memory,
    texts: Texts,
    pub asked: Vec<Command>,
    is_installed: bool,
    /// What the panels leave to the picture.
    picture: egui::Rect,
}

pub type Panels = Harness<'static, Desk>;

fn instant(text: &str) -> Instant {
    Instant::parse(text).expect("an instant")
}

fn name(fr: &str, en: &str) -> Name {
    Name {
        fr: fr.to_owned(),
        en: en.to_owned(),
    }
}

fn manifest() -> Manifest {
    let layer = |id: &str, kind, fr: &str, en: &str, nature| Layer {
        id: id.into(),
        kind,
        name: name(fr, en),
        tileset: format!("{id}/tileset.json"),
        features: 1,
        tiles: 1,
        bytes: 1,
        datasets: vec!["bdtopo".into()],
        nature,
        visible: true,
        style: None,
    };
    Manifest {
        jumeau: 1,
        id: "nantes-centre".to_owned(),
        name: name("Centre de Nantes", "Central Nantes"),
        crs: "EPSG:2154".to_owned(),
        vertical: "NGF-IGN69".to_owned(),
        geoid: "RAF20".to_owned(),
        bounds_lonlat: [-1.6, 47.19, -1.52, 47.24],
        origin: [-1.56, 47.21, 55.0],
        timezone: "Europe/Paris".to_owned(),
        home: HomeView {
            lon: -1.56,
            lat: 47.21,
            height_m: 55.0,
            distance_m: 900.0,
            heading_deg: 30.0,
            pitch_deg: -30.0,
            instant: instant("2026-06-21T13:30:00Z"),
        },
        views: Vec::new(),
        layers: vec![
            layer(
                "buildings",
                LayerKind::Buildings,
                "Bâtiments",
                "Buildings",
                Nature::Measured,
            ),
            layer("water", LayerKind::Water, "Eau", "Water", Nature::Made),
        ],
        axes: Vec::new(),
        series: Vec::new(),
        scaled: Vec::new(),
        grids: Vec::new(),
        datasets: vec![Dataset {
            id: "bdtopo".into(),
            title: "BD TOPO".to_owned(),
            producer: "IGN".to_owned(),
            licence: "Licence Ouverte 2.0".to_owned(),
            date: "2025-06-15".to_owned(),
            attribution: "IGN – BD TOPO®, édition 2025-06-15".to_owned(),
            nature: Nature::Measured,
        }],
        features: None,
        tables: Vec::new(),
        roofs: None,
        search: None,
        connect: None,
        imagery: Vec::new(),
    }
}

fn limits() -> Limits {
    Limits {
        home: Camera {
            target: [-1.56, 47.21, 55.0],
            distance_m: 900.0,
            heading_deg: 30.0,
            pitch_deg: -30.0,
        },
        bounds_lonlat: [-1.6, 47.19, -1.52, 47.24],
        distance_m: [20.0, 20_000.0],
        instants: [
            instant("2026-01-01T00:00:00Z"),
            instant("2027-01-01T00:00:00Z"),
        ],
        years: [1850, 2025],
        clock: Clock::Paris,
        series: Vec::new(),
    }
}

pub fn desk(language: Language, change: impl FnOnce(&mut PanelModel)) -> Panels {
    let texts = Texts::new(language);
    let mut state = opening("nantes-centre", instant("2026-06-21T13:30:00Z"), &limits());
    state.language = language;
    let mut model = PanelModel::open(&manifest(), &state, &limits(), &texts);
    change(&mut model);
    harness(model, texts)
}

fn harness(model: PanelModel, texts: Texts) -> Panels {
    let desk = Desk {
        model,
        memory: Memory::default(),
        texts,
        asked: Vec::new(),
        is_installed: false,
        picture: egui::Rect::NOTHING,
    };
    Harness::builder()
        .with_size(egui::vec2(1280.0, 720.0))
        .with_max_steps(32)
        .build_ui_state(
            |ui, desk: &mut Desk| {
                if !desk.is_installed {
                    install(ui.ctx());
                    desk.is_installed = true;
                }
                let asked = panels(ui, &desk.model, &mut desk.memory, &desk.texts);
                for command in &asked {
                    desk.model.state = apply(&desk.model.state, command, &desk.model.limits);
                }
                desk.asked.extend(asked);
                desk.picture = ui.available_rect_before_wrap();
            },
            desk,
        )
}

pub fn click(desk: &mut Panels, label: &str) {
    desk.get_by_label(label).click();
    desk.run();
}

/// Clicking a control asks for exactly this.
fn check(language: Language, label: &str, expect: Command) {
    let mut desk = desk(language, |_| {});
    click(&mut desk, label);
    assert_eq!(desk.state().asked, [expect], "{label}");
}

fn building() -> Selection {
    Selection {
        layer: "buildings".into(),
        id: "BATIMENT0000000302930441".to_owned(),
    }
}

fn figure(key: &str, name: &str, value: &str) -> FigureText {
    FigureText {
        key: key.to_owned(),
        name: name.to_owned(),
        value: value.to_owned(),
        nature: "mesuré".to_owned(),
        nature_help: "Relevé sur l’objet lui-même.".to_owned(),
        source: "BD TOPO, IGN".to_owned(),
        method: "Aire de l’emprise.".to_owned(),
        uncertainty: "± 1 m".to_owned(),
        dataset: "bdtopo".to_owned(),
        absent: false,
        made_up: false,
    }
}

#[test]
fn controls_ask_for_commands_in_both_languages() {
    use Language::{En, Fr};
    check(Fr, "Vue d’ensemble", Command::Home);
    check(En, "Whole view", Command::Home);
    check(Fr, "Nord en haut", Command::North);
    check(Fr, "Lire", Command::Play { playing: true });
    check(En, "Play", Command::Play { playing: true });
    check(
        Fr,
        "Une heure plus tard",
        Command::StepInstant { seconds: 3600 },
    );
    check(
        En,
        "A day earlier",
        Command::StepClock { unit: jumeau::view::timeline::Span::Day, count: -1 },
    );
    check(
        Fr,
        "Accélérer le temps",
        Command::SetSpeed { speed: 7200.0 },
    );
    check(Fr, "Approcher", Command::Zoom { factor: 0.8 });
    check(Fr, "English", Command::SetLanguage { language: En });
    check(En, "Français", Command::SetLanguage { language: Fr });
    check(
        Fr,
        "Demande d’électricité",
        Command::SetTheme {
            theme: Theme::Demand,
        },
    );
    check(
        En,
        "Water",
        Command::ShowLayer {
            layer: LayerId::from("water"),
            visible: false,
        },
    );
}

#[test]
fn what_is_drawn_by_us_is_marked() {
    let desk = desk(Language::Fr, |_| {});
    assert!(desk.query_by_label("généré, non réel").is_some());
    assert!(desk.query_by_label("Centre de Nantes").is_some());
    assert!(desk.query_by_label_contains("IGN – BD TOPO®").is_some());
}

/// A thing that has a name goes by it; what it is stands below.
#[test]
fn the_sheet_of_a_named_thing_begins_with_its_name() {
    let of_water = || Some(Selection { layer: "water".into(), id: "E1".to_owned() });
    let named = desk(Language::En, |model| {
        model.state.selection = of_water();
        model.figures = vec![figure("figure-name", "Name", "Valley turbine 1"), figure("figure-utility-kind", "Lay or equipment", "Wind turbine")];
    });
    assert!(named.query_by_label("Water · Wind turbine").is_some());
    // As the heading, and among the figures.
    assert_eq!(named.query_all_by_label("Valley turbine 1").count(), 2);
    let nameless = desk(Language::En, |model| {
        model.state.selection = of_water();
        model.figures = vec![figure("figure-id", "Id", "E1")];
    });
    assert!(nameless.query_by_label("Water · Wind turbine").is_none());
}

#[test]
fn the_clock_is_shown_in_local_time() {
    let french = desk(Language::Fr, |_| {});
    assert!(
        french
            .query_by_label("21\u{A0}juin\u{A0}2026, 15\u{A0}h\u{A0}30")
            .is_some()
    );
    let english = desk(Language::En, |_| {});
    assert!(
        english
            .query_by_label("21\u{A0}June\u{A0}2026, 15:30")
            .is_some()
    );
}

#[test]
fn play_becomes_pause() {
    let mut desk = desk(Language::Fr, |_| {});
    click(&mut desk, "Lire");
    click(&mut desk, "Pause");
    assert!(!desk.state().model.state.playback.playing);
}

#[test]
fn everything_can_be_done_with_the_keyboard() {
    let mut desk = desk(Language::Fr, |_| {});
    // Tab reaches every control; Enter and space use it.
    desk.get_by_label("Lire").focus();
    desk.run();
    desk.key_press(egui::Key::Enter);
    desk.run();
    assert_eq!(desk.state().asked, [Command::Play { playing: true }]);
    desk.get_by_label("Eau").focus();
    desk.run();
    desk.key_press(egui::Key::Space);
    desk.run();
    assert!(
        desk.state()
            .model
            .state
            .hidden
            .contains(&LayerId::from("water"))
    );
    // Sliders follow the arrows, and keep the local hour from day to day.
    desk.get_by_label("Règle du temps").focus();
    desk.run();
    desk.key_press(egui::Key::ArrowRight);
    desk.run();
    assert_eq!(
        desk.state().model.state.instant,
        instant("2026-06-22T13:30:00Z")
    );
    desk.get_by_label("Heure du jour").focus();
    desk.run();
    desk.key_press(egui::Key::ArrowRight);
    desk.run();
    assert_eq!(
        desk.state().model.state.instant,
        instant("2026-06-22T13:45:00Z")
    );
}

#[test]
fn tab_leaves_no_control_without_a_name() {
    let mut desk = desk(Language::Fr, |model| {
        model.state.selection = Some(building());
        model.figures = vec![figure("figure-rnb", "Identifiant RNB", "Y6HWPB7QWP9Z")];
    });
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..60 {
        desk.key_press(egui::Key::Tab);
        desk.run();
        let Some(focused) = desk.query_by(|node| node.is_focused()) else {
            continue;
        };
        let named = focused.accesskit_node().label().unwrap_or_default();
        assert!(
            !named.trim().is_empty(),
            "a {:?} at {:?} has no name, after {seen:?}",
            focused.accesskit_node().role(),
            focused.rect(),
        );
        seen.insert(named);
    }
    for control in [
        "Aide",
        "Copier le lien",
        "Lire",
        "Fermer",
        "Copier «\u{A0}Identifiant RNB\u{A0}»",
    ] {
        assert!(
            seen.contains(control),
            "Tab does not reach {control}: {seen:?}"
        );
    }
}

#[test]
fn a_figure_is_explained_by_one_click() {
    let mut desk = desk(Language::Fr, |model| {
        model.state.selection = Some(building());
        model.figures = vec![figure("figure-footprint", "Emprise au sol", "120 m²")];
    });
    desk.run();
    assert!(desk.query_by_label("120 m²").is_some());
    assert!(desk.query_by_label("mesuré").is_some());
    assert!(desk.query_by_label_contains("Aire de l’emprise.").is_none());
    click(&mut desk, "D’où vient «\u{A0}Emprise au sol\u{A0}»\u{A0}?");
    for part in ["Aire de l’emprise.", "BD TOPO, IGN", "± 1 m"] {
        assert!(desk.query_by_label_contains(part).is_some(), "{part}");
    }
    click(&mut desk, "Fermer");
    assert_eq!(desk.state().asked, [Command::Select { selection: None }]);
}

#[test]
fn the_rnb_id_can_be_copied() {
    let mut desk = desk(Language::Fr, |model| {
        model.state.selection = Some(building());
        model.figures = vec![figure("figure-rnb", "Identifiant RNB", "Y6HWPB7QWP9Z")];
    });
    desk.run();
    desk.get_by_label("Copier «\u{A0}Identifiant RNB\u{A0}»")
        .click();
    assert!(copied(&mut desk).contains(&"Y6HWPB7QWP9Z".to_owned()));
}

/// What reached the clipboard within the next few frames.
pub fn copied(desk: &mut Panels) -> Vec<String> {
    let mut texts = Vec::new();
    for _ in 0..4 {
        desk.step();
        texts.extend(
            desk.output()
                .platform_output
                .commands
                .iter()
                .filter_map(|command| match command {
                    egui::OutputCommand::CopyText(text) => Some(text.clone()),
                    _ => None,
                }),
        );
    }
    texts
}

#[test]
fn a_link_to_the_picture_is_copied() {
    let mut desk = desk(Language::Fr, |_| {});
    let link = desk.state().model.link();
    desk.get_by_label("Copier le lien").click();
    assert_eq!(copied(&mut desk), [link]);
    desk.run();
    assert!(desk.query_by_label("Lien copié").is_some());
}

#[test]
fn the_legend_says_what_the_colours_are() {
    let desk = desk(Language::Fr, |model| {
        model.state.theme = Theme::Demand;
        model.legend = Some(LegendText {
            title: "Demande d’électricité par m²".to_owned(),
            ticks: ["0", "3", "12"].map(str::to_owned).to_vec(),
            unit: "W/m²".to_owned(),
            at: "le 21 juin 2026".to_owned(),
            made_up: "généré, non réel".to_owned(),
            colours: vec![[0, 32, 77], [255, 234, 70]],
            nature: "simulé".to_owned(),
            nature_help: "Une estimation.".to_owned(),
            source: "Jumeau, 2026".to_owned(),
            ..LegendText::default()
        });
    });
    for part in [
        "Demande d’électricité par m²",
        "0",
        "3",
        "12",
        "W/m²",
        "le 21 juin 2026",
        "pas de donnée",
        "Nature\u{A0}: simulé",
        "Source\u{A0}: Jumeau, 2026",
    ] {
        assert!(desk.query_by_label(part).is_some(), "{part}");
    }
}

#[test]
fn years_have_their_slider_when_colours_are_years() {
    let mut desk = desk(Language::En, |model| {
        model.state.theme = Theme::ConstructionYear;
        model.state.year = 1950;
    });
    assert!(desk.query_by_label("Time ruler").is_none());
    desk.get_by_label("Year").focus();
    desk.run();
    desk.key_press(egui::Key::ArrowRight);
    desk.run();
    assert_eq!(desk.state().model.state.year, 1951);
}

#[test]
fn the_sun_gives_three_jumps() {
    let sunset = instant("2026-06-21T20:08:00Z");
    let mut desk = desk(Language::Fr, |model| {
        model.sun = Some([
            instant("2026-06-21T04:06:00Z"),
            instant("2026-06-21T12:08:00Z"),
            sunset,
        ]);
    });
    click(&mut desk, "Coucher du soleil");
    assert_eq!(
        desk.state().asked,
        [Command::SetInstant { instant: sunset }]
    );
}

#[test]
fn faults_are_shown_until_closed_and_new_ones_come_back() {
    let mut desk = desk(Language::Fr, |model| {
        model.faults = vec![
            "Une tuile manque.".to_owned(),
            "Une autre manque.".to_owned(),
        ];
    });
    assert!(desk.query_by_label("Une autre manque.").is_some());
    assert!(desk.query_by_label("et 1 autre message").is_some());
    click(&mut desk, "Masquer ce message");
    assert!(desk.query_by_label("Une autre manque.").is_none());
    // The list is bounded: the oldest leaves when a new one comes.
    desk.state_mut().model.faults = vec![
        "Une autre manque.".to_owned(),
        "Une troisième manque.".to_owned(),
    ];
    desk.run();
    assert!(desk.query_by_label("Une troisième manque.").is_some());
}

#[test]
fn the_help_lists_every_shortcut_and_closes() {
    let mut desk = desk(Language::Fr, |_| {});
    click(&mut desk, "Aide");
    for shortcut in jumeau::view::shortcuts() {
        let text = desk.state().texts.text(shortcut.text);
        assert!(desk.query_all_by_label(&text).next().is_some(), "{text}");
    }
    click(&mut desk, "Fermer");
    assert!(!desk.state().memory.help_open);
}

#[test]
fn layers_fold_away_and_the_interface_turns_dark() {
    let mut desk = desk(Language::Fr, |_| {});
    click(&mut desk, "Replier ce panneau");
    assert!(desk.query_by_label("Eau").is_none());
    click(&mut desk, "Déplier ce panneau");
    assert!(desk.query_by_label("Eau").is_some());
    click(&mut desk, "Interface sombre");
    click(&mut desk, "Interface claire");
}

#[test]
fn before_a_territory_is_open_the_panels_say_so() {
    let mut opening = harness(PanelModel::closed(Language::Fr), Texts::new(Language::Fr));
    opening.run();
    assert!(opening.query_by_label("Ouverture du territoire…").is_some());
    assert!(opening.query_by_label("Lire").is_none());
    let mut failed = PanelModel::closed(Language::En);
    failed.faults = vec!["The territory does not open.".to_owned()];
    let mut failed = harness(failed, Texts::new(Language::En));
    failed.run();
    assert!(
        failed
            .query_by_label("The territory does not open.")
            .is_some()
    );
    assert!(failed.query_by_label_contains("Opening").is_none());
}

#[test]
fn loading_is_told() {
    let desk = desk(Language::En, |model| model.waiting = 12);
    assert!(desk.query_by_label("12 pieces still to load…").is_some());
}

#[test]
fn the_picture_comes_first_and_nothing_leaves_the_window() {
    for language in Language::ALL {
        let mut desk = desk(language, |model| {
            model.state.selection = Some(building());
            model.state.theme = Theme::ConstructionYear;
            model.figures = vec![figure("figure-rnb", "Identifiant RNB", "Y6HWPB7QWP9Z"); 12];
            model.waiting = 1200;
            model.sun = Some([instant("2026-06-21T04:06:00Z"); 3]);
        });
        desk.run();
        let picture = desk.state().picture;
        assert!(
            picture.width() > 640.0 && picture.height() > 500.0,
            "{language:?}: {picture}"
        );
        for node in desk.query_all_by(|node| node.label().is_some_and(|label| !label.is_empty())) {
            let rect = node.rect();
            // What the sheet scrolls may lie below the window, never beside it.
            let beside = rect.left() < -1.0 || rect.right() > 1281.0;
            assert!(
                !beside,
                "{language:?}: {:?} at {rect}",
                node.accesskit_node().label()
            );
        }
    }
}

fn series_line(id: &str, title: &str, on_features: bool) -> SeriesLine {
    SeriesLine {
        id: id.to_owned(),
        title: title.to_owned(),
        unit: "kW".to_owned(),
        on_features,
        extent: Interval { start: instant("2026-02-01T00:00:00Z"), end: instant("2026-12-01T00:00:00Z") },
        gaps: vec![Interval { start: instant("2026-04-01T00:00:00Z"), end: instant("2026-05-01T00:00:00Z") }],
    }
}

fn curves() -> ChartText {
    let start = instant("2026-06-20T22:00:00Z");
    let curve = |factor: f64| (0..24).map(|hour| Point { at: start.plus_seconds(3600 * hour), value: (hour != 5).then_some(factor * hour as f64) }).collect();
    ChartText {
        title: "Production".to_owned(),
        unit: "MW".to_owned(),
        made_up: String::new(),
        nature: "mesuré".to_owned(),
        nature_help: String::new(),
        source: "RTE, 2026".to_owned(),
        method: String::new(),
        curves: vec![("solaire".to_owned(), curve(1.0)), ("bois".to_owned(), curve(2.0)), (String::new(), curve(3.0))],
        has_total: true,
        more_rows: 0,
        of_area: false,
        duration: vec![9.0, 5.0, 1.0],
        known: 8000,
        absent: 760,
        peak: Some((instant("2026-01-12T17:00:00Z"), 9.0)),
        worst: vec![(instant("2026-02-03T18:00:00Z"), 8.5)],
        beyond: Some(3),
        trough: Some((instant("2026-08-15T03:00:00Z"), 1.0)),
        typical_days: Default::default(),
        over: None,
        calendar: std::sync::Arc::new(Calendar {
            days: (0..3).map(|day| instant("2026-01-11T23:00:00Z").plus_seconds(86_400 * day)).collect(),
            hours: (0..3).map(|day| std::array::from_fn(|hour| (hour != 5).then(|| f64::from(day) + hour as f64 / 10.0))).collect(),
        }),
        waiting: false,
        typical: false,
        csv: "# source: RTE\n".to_owned(),
        series: "eco2mix".to_owned(),
        about: vec![("territory", "nantes-centre".to_owned()), ("source", "RTE, 2026".to_owned())],
    }
}

#[test]
fn series_are_offered_as_colours_and_as_curves() {
    let mut desk = desk(Language::Fr, |model| {
        model.series = vec![series_line("courbes", "Charge", true), series_line("eco2mix", "Production", false)];
        model.limits.series = vec![
            KnownSeries { id: "courbes".to_owned(), layer: Some("buildings".into()), parts: false, breaks: Vec::new() },
            KnownSeries { id: "eco2mix".to_owned(), layer: None, parts: false, breaks: Vec::new() },
        ];
    });
    click(&mut desk, "Charge");
    assert_eq!(desk.state().model.state.theme, Theme::Series);
    click(&mut desk, "Production");
    let state = &desk.state().model.state;
    assert_eq!((state.theme, state.series.as_deref()), (Theme::None, Some("eco2mix")));
}

#[test]
fn a_typed_date_sets_the_clock_or_says_why_not() {
    let mut desk = desk(Language::Fr, |_| {});
    for (typed, expect) in [("demain", None), ("1er août 2026 9h15", Some("2026-08-01T07:15:00Z"))] {
        desk.get_by_label("Date et heure").focus();
        desk.run();
        desk.state_mut().memory.date = typed.to_owned();
        desk.run();
        desk.key_press(egui::Key::Enter);
        desk.run();
        match expect {
            None => assert!(desk.query_by_label_contains("ne se lit pas").is_some()),
            Some(expect) => assert_eq!(desk.state().model.state.instant, instant(expect)),
        }
    }
}

#[test]
fn curves_can_be_read_copied_and_followed() {
    let mut desk = desk(Language::Fr, |model| {
        model.state.series = Some("eco2mix".to_owned());
        model.chart = Some(curves());
    });
    desk.run();
    for part in ["Production", "solaire", "bois", "Somme", "Source\u{A0}: RTE, 2026"] {
        assert!(desk.query_all_by_label(part).next().is_some(), "{part}");
    }
    desk.get_by_label("Copier en CSV").scroll_to_me();
    desk.run();
    desk.get_by_label("Copier en CSV").click();
    assert!(copied(&mut desk).contains(&"# source: RTE\n".to_owned()));
    desk.get_by_label_contains("Maximum\u{A0}: 9").scroll_to_me();
    desk.run();
    desk.get_by_label_contains("Maximum\u{A0}: 9").click();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::SetInstant { instant: instant("2026-01-12T17:00:00Z") }));
    // The worst moments are ways to go there.
    assert!(desk.query_by_label_contains("3 pas de temps hors limites").is_some());
    desk.get_by_label_contains("8,5\u{A0}MW").click();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::SetInstant { instant: instant("2026-02-03T18:00:00Z") }));
    desk.get_by_label_contains("Minimum\u{A0}: 1").click();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::SetInstant { instant: instant("2026-08-15T03:00:00Z") }));
    // The year as a sheet says what it is, and a click on it goes to the hour.
    let sheet = desk.get_by_label_contains("Calendrier\u{A0}: Production");
    sheet.scroll_to_me();
    desk.run();
    desk.get_by_label_contains("Calendrier\u{A0}: Production").click();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::SetInstant { instant: instant("2026-01-13T12:00:00Z") }));
    desk.get_by_label("Voir les nombres").scroll_to_me();
    desk.run();
    click(&mut desk, "Voir les nombres");
    assert!(desk.query_all_by_label("pas de donnée").count() >= 3, "a gap has its word in every column");
}

#[test]
fn classes_of_a_legend_can_be_chosen() {
    let mut desk = desk(Language::En, |model| {
        model.state.theme = Theme::Demand;
        model.legend = Some(LegendText {
            title: "Load".to_owned(),
            classes: vec!["0 to 2".to_owned(), "2 to 9".to_owned()],
            colours: vec![[0, 32, 77], [255, 234, 70]],
            counts_classes: true,
            notice: "Values of this instant are on their way…".to_owned(),
            histogram: Some(HistogramText { counts: vec![1, 5, 0], said: "6 objects".to_owned() }),
            marks: vec!["Arrows: the way that power runs".to_owned()],
            ..LegendText::default()
        });
    });
    desk.run();
    for part in ["Arrows: the way that power runs", "0 to 2", "2 to 9", "Values of this instant are on their way…"] {
        assert!(desk.query_by_label(part).is_some(), "{part}");
    }
    click(&mut desk, "Change the scale");
    click(&mut desk, "Jenks");
    click(&mut desk, "One class more");
    click(&mut desk, "Blue and orange");
    let scale = Scale { breaks: Breaks::Jenks { classes: 6 }, palette: Palette::BlueOrange };
    assert_eq!(desk.state().model.state.scale, scale);
}

#[test]
fn the_part_that_is_played_is_what_the_ruler_shows() {
    let mut desk = desk(Language::En, |model| model.series = vec![series_line("courbes", "Load", true)]);
    click(&mut desk, "Month");
    click(&mut desk, "Play what the ruler shows, over and over");
    let span = Interval { start: instant("2026-05-31T22:00:00Z"), end: instant("2026-06-30T22:00:00Z") };
    assert_eq!(desk.state().model.state.span, Some(span));
    click(&mut desk, "Play all of time");
    assert_eq!(desk.state().model.state.span, None);
}

#[test]
fn attributes_are_colours_and_filters() {
    let of = |layer: &str, name: &str| Attribute { layer: layer.into(), name: name.to_owned() };
    let line = |name: &str, title: &str, range, kinds: &[&str]| AttributeLine {
        attribute: of("buildings", name),
        title: title.to_owned(),
        range,
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
    };
    let mut desk = desk(Language::Fr, |model| {
        model.attributes = vec![line("height_m", "Bâtiments · Hauteur", Some([2.0, 40.0]), &[]), line("usage", "Bâtiments · Usage", None, &["annexe", "habitation"])];
        model.state.filters = vec![Filter { attribute: of("buildings", "usage"), keep: Keep::Values { values: vec!["annexe".to_owned(), "habitation".to_owned()] } }];
        model.state.attribute = Some(of("buildings", "usage"));
        model.state.theme = Theme::Attribute;
        model.legend = Some(LegendText { title: "Usage".to_owned(), classes: vec!["annexe".to_owned(), "Autres".to_owned()], colours: vec![[0, 114, 178], [96; 3]], ..LegendText::default() });
    });
    desk.run();
    for part in ["Filtres", "Bâtiments · Usage", "Autres"] {
        assert!(desk.query_all_by_label_contains(part).next().is_some(), "{part}");
    }
    desk.get_all_by_label("annexe").find(|node| node.accesskit_node().role() == egui::accesskit::Role::CheckBox).unwrap().click();
    desk.run();
    let only = vec![Filter { attribute: of("buildings", "usage"), keep: Keep::Values { values: vec!["habitation".to_owned()] } }];
    assert_eq!(desk.state().model.state.filters, only);
    // The last kind stays: a filter that lets nothing through says nothing.
    desk.get_all_by_label("habitation").find(|node| node.accesskit_node().role() == egui::accesskit::Role::CheckBox).unwrap().click();
    desk.run();
    assert_eq!(desk.state().model.state.filters, only);
    click(&mut desk, "Retirer le filtre «\u{A0}Bâtiments · Usage\u{A0}»");
    assert!(desk.state().model.state.filters.is_empty());
}

#[test]
fn a_view_is_kept_opened_again_and_forgotten() {
    let mut desk = desk(Language::Fr, |model| model.state.theme = Theme::Demand);
    desk.run();
    desk.get_by_label("Enregistrer cette vue").scroll_to_me();
    desk.run();
    desk.state_mut().memory.view_name = "La place le soir".to_owned();
    desk.get_by_label("Enregistrer cette vue").click();
    desk.run();
    assert_eq!(desk.state().memory.bookmarks.len(), 1);
    desk.state_mut().model.state.theme = Theme::None;
    desk.run();
    desk.get_by_label("La place le soir").scroll_to_me();
    desk.run();
    desk.get_by_label("La place le soir").click();
    desk.run();
    assert_eq!(desk.state().model.state.theme, Theme::Demand);
    click(&mut desk, "Oublier la vue «\u{A0}La place le soir\u{A0}»");
    assert!(desk.state().memory.bookmarks.is_empty());
}

fn hit(label: &str, remark: jumeau::search::Remark, feature: Option<(&str, &str)>) -> jumeau::search::Hit {
    jumeau::search::Hit {
        label: label.to_owned(),
        detail: "44000 Nantes".to_owned(),
        kind: jumeau::formats::search::Kind::Street,
        is_house: feature.is_some(),
        remark,
        at: [-1.55, 47.21, 60.0],
        span_m: 0.0,
        feature: feature.map(|(layer, id)| (layer.to_owned(), id.to_owned())),
    }
}

#[test]
fn an_address_is_typed_chosen_with_the_arrows_and_gone_to() {
    let hits = vec![
        hit("12 rue des Lilas", jumeau::search::Remark::None, Some(("buildings", "B12"))),
        hit("Rue des Lilas", jumeau::search::Remark::NumberUnknown, None),
    ];
    let answers = jumeau::ui::search::SearchModel { query: "12 rue".to_owned(), hits, is_waiting: false, is_partial: false, has_index: true };
    let mut desk = desk(Language::Fr, |model| model.search = Some(answers));
    let field = "Chercher une adresse, une rue, un lieu";
    desk.get_by_label(field).focus();
    desk.run();
    desk.get_by_label(field).type_text("12 rue");
    desk.run();
    assert!(desk.state().asked.contains(&Command::Find { query: "12 rue".to_owned() }), "{:?}", desk.state().asked);
    assert!(desk.query_all_by_label_contains("numéro inconnu, voici la rue").next().is_some());
    assert!(desk.query_by_label_contains("ne quitte cet appareil").is_some());
    desk.state_mut().asked.clear();
    desk.key_press(egui::Key::ArrowDown);
    desk.run();
    desk.key_press(egui::Key::ArrowUp);
    desk.run();
    desk.key_press(egui::Key::Enter);
    desk.run();
    let selection = Some(Selection { layer: "buildings".into(), id: "B12".to_owned() });
    assert_eq!(desk.state().asked, [Command::GoTo { at: [-1.55, 47.21, 60.0], span_m: 0.0, selection }]);
    assert!(desk.query_by_label_contains("ne quitte cet appareil").is_none(), "the list is closed");
}

#[test]
fn a_search_that_finds_nothing_says_what_to_try() {
    let nothing = jumeau::ui::search::SearchModel { query: "xyz".to_owned(), has_index: true, ..Default::default() };
    let mut desk = desk(Language::Fr, |model| model.search = Some(nothing));
    let field = "Chercher une adresse, une rue, un lieu";
    desk.get_by_label(field).focus();
    desk.run();
    desk.get_by_label(field).type_text("xyz");
    desk.run();
    assert!(desk.query_by_label_contains("essayez la rue sans numéro").is_some());
    desk.key_press(egui::Key::Escape);
    desk.run();
    assert!(desk.query_by_label_contains("essayez la rue sans numéro").is_none());
}

fn roof_text() -> jumeau::ui::RoofText {
    use jumeau::rooftop::card::{Card, Day, PlaneCard};
    use jumeau::rooftop::told::Line;
    let line = |key: &'static str, name: &str, value: &str| Line { key, name: name.to_owned(), value: value.to_owned(), origin: "simulé".to_owned() };
    let card = Card {
        figures: vec![line("production", "Production", "8 123 kWh/an (7 204 – 9 042)"), line("power", "Puissance", "7,74 kWc")],
        months: [600.0; 12],
        month_names: Default::default(),
        days: vec![Day::default(); 12],
        facts: Vec::new(),
        missing: Vec::new(),
        steps: Vec::new(),
        delay_months: 2,
        monuments: Vec::new(),
        listed: None,
        covisible: Some(true),
        co2: Vec::new(),
        sources: vec!["IGN".to_owned()],
        tried: Default::default(),
    };
    let plane = PlaneCard {
        plane: 0,
        name: "Pan 1 · sud · 30°".to_owned(),
        area_m2: 50.0,
        usable_m2: 40.0,
        tilt: 30.0,
        azimuth: 180.0,
        modules: 18,
        places: 18,
        kwp: 7.74,
        kwh_year: 8123.0,
        kwh_m2: 1450.0,
        shading_loss: 0.02,
        sky_view: 0.9,
        covered: true,
        colour: [250, 170, 30],
        outline: Vec::new(),
        modules_at: Vec::new(),
    };
    jumeau::ui::RoofText { state: "ready", planes: vec![plane], card: Some(card), dated: true, ..Default::default() }
}

#[test]
fn the_roof_has_its_card_and_asks_for_what_is_chosen() {
    for (language, title, sale, dated) in [
        (Language::Fr, "Mon toit", "Tout vendre", "Un fait daté a dépassé sa validité"),
        (Language::En, "My roof", "Sell all", "A dated fact is past its validity"),
    ] {
        let mut desk = desk(language, |model| {
            model.state.selection = Some(building());
            model.roof = Some(roof_text());
        });
        assert!(desk.query_by_label(title).is_some());
        assert!(desk.query_by_label_contains(dated).is_some());
        assert!(desk.query_all_by_label_contains("7,74 kWc").next().is_some());
        // They may lie below the window's edge, where a pointer has to scroll to.
        for control in [sale, "Pan 1 · sud · 30°"] {
            desk.get_by_label(control).click_accesskit();
            desk.run();
        }
        assert_eq!(desk.state().asked, [Command::SetRoofSale { all: true }, Command::CoverRoofPlane { plane: 0, covered: false }]);
        assert!(desk.state().model.state.roof.uncovered.contains(&0));
    }
    let mut waiting = desk(Language::Fr, |model| {
        model.state.selection = Some(building());
        model.roof = Some(jumeau::ui::RoofText { state: "absent", message: Some("Ce bâtiment n’y est pas.".to_owned()), ..Default::default() });
    });
    waiting.run();
    assert!(waiting.query_by_label("Ce bâtiment n’y est pas.").is_some() && waiting.query_by_label("Tout vendre").is_none());
}

#[test]
fn power_flows_are_painted_read_and_chosen() {
    use jumeau::view::FlowSpan;
    use jumeau::view::sankey::{Flow, layout};
    use jumeau::viewer::flows::FRAME;
    use jumeau::viewer::vocab::{FlowFacts, FlowKind, FlowNode, FlowScope};
    let node = |name: &str, kind, column, kw| FlowNode { name: name.to_owned(), kind, column, kw };
    let flows = vec![Flow { from: 0, to: 2, value: 3_000.0 }, Flow { from: 1, to: 2, value: 500.0 }, Flow { from: 2, to: 3, value: 3_500.0 }];
    let mut desk = desk(Language::Fr, |model| {
        model.has_flows = true;
        model.state.flows.shown = true;
        model.flows = Some(jumeau::ui::FlowsText {
            facts: FlowFacts {
                of: FlowScope::Territory,
                over: FlowSpan::Hour,
                known: 1,
                steps: 1,
                nodes: vec![
                    node("Parc éolien", FlowKind::Wind, 0, 3_000.0), node("Soutirage", FlowKind::Network, 0, 500.0),
                    node("Territoire", FlowKind::Area, 1, 3_500.0), node("Logements", FlowKind::Use, 2, 3_500.0),
                ],
                diagram: layout(&[0, 0, 1, 2], &flows, &FRAME),
                flows,
                absent: vec!["Batterie".to_owned()],
                is_waiting: false,
                can_equip: true,
                datasets: Vec::new(),
            },
            made_up: "généré, non réel".to_owned(),
            nature: "simulé".to_owned(),
            nature_help: String::new(),
            source: "Jumeau".to_owned(),
        });
    });
    desk.run();
    // What is made up says so, here as in the list of layers.
    assert!(desk.query_all_by_label_contains("généré, non réel").count() >= 2);
    // The day and the year are a click away, and their amounts are energies.
    for (name, over) in [("L’énergie du jour choisi, de minuit à minuit", FlowSpan::Day), ("L’énergie de l’année choisie", FlowSpan::Year)] {
        click(&mut desk, name);
        assert_eq!(desk.state().asked.last(), Some(&Command::SetFlowSpan { over }));
        let model = &mut desk.state_mut().model;
        if let Some(flows) = &mut model.flows {
            (flows.facts.over, flows.facts.known, flows.facts.steps) = (over, 20, 24);
        }
        desk.run();
        assert!(desk.query_by_label_contains("Parc éolien 3\u{A0}MWh, Soutirage 500\u{A0}kWh").is_some());
        assert!(desk.query_by_label_contains("Somme de 20 pas de temps sur 24").is_some());
    }
    if let Some(flows) = &mut desk.state_mut().model.flows {
        flows.facts.over = FlowSpan::Hour;
    }
    desk.run();
    // Whoever does not see it hears it.
    assert!(desk.query_by_label_contains("Parc éolien 3\u{A0}MW, Soutirage 500\u{A0}kW").is_some());
    assert!(desk.query_by_label_contains("Sans valeur à cet instant\u{A0}: Batterie").is_some());
    desk.get_by_label("Voir les nombres").scroll_to_me();
    desk.run();
    click(&mut desk, "Voir les nombres");
    assert!(desk.query_all_by_label("3,5\u{A0}MW").next().is_some());
    // The switch and the title have the same name.
    desk.query_all_by_label("Flux d’énergie").next().expect("the switch").scroll_to_me();
    desk.run();
    desk.query_all_by_label("Flux d’énergie").next().expect("the switch").click();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::ShowFlows { shown: false }));
}

#[test]
fn a_proposal_is_put_down_sized_and_read() {
    use jumeau::rooftop::told::Line;
    use jumeau::siting::told::{Card, Row};
    use jumeau::view::{BatteryUse, Placed, Thing, Tool};
    let row = Row { key: "curtailed", name: "Écrêtement".to_owned(), values: ["0 kWh".to_owned(), "20 MWh".to_owned(), "7 MWh".to_owned()] };
    let line = |key, name: &str, value: &str| Line { key, name: name.to_owned(), value: value.to_owned(), origin: "simulé".to_owned() };
    let mut desk = desk(Language::Fr, |model| {
        model.state.proposal.placed = vec![Placed { at: [-1.56, 47.21], thing: Thing::Battery { kwh: 2_000.0, kw: 1_000.0 } }];
        model.siting = jumeau::ui::SitingText {
            state: "ready",
            card: Some(Card { headline: vec![line("avoided", "Écrêtement évité", "13 MWh")], year: vec![row.clone()], day: vec![row.clone()], hour: vec![row], money: vec![line("saved", "Achats évités", "12 €")], notes: vec!["Batterie : une note".to_owned()], dated: true }),
            fits: vec![vec!["Poste le plus proche : 12 m".to_owned()]],
            has_book: true,
            ..Default::default()
        };
    });
    desk.run();
    for said in ["13 MWh", "7 MWh", "Poste le plus proche", "Un prix a dépassé"] {
        assert!(desk.query_all_by_label_contains(said).next().is_some(), "{said}");
    }
    let battery = jumeau::i18n::Texts::new(Language::Fr).text("siting-place-here");
    for (label, expect) in [
        (format!("Batterie : {battery}"), Command::PlaceHere { tool: Tool::Battery }),
        (format!("Éolienne : {battery}"), Command::PlaceHere { tool: Tool::Turbine }),
    ] {
        desk.get_by_label(&label).click_accesskit();
        desk.run();
        assert_eq!(desk.state().asked.last(), Some(&expect));
    }
    // The turbine that was put down last is in hand: it goes north, and away.
    desk.get_by_label("nord").click_accesskit();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::MovePlaced { index: 2, east_m: 0.0, north_m: 25.0 }));
    desk.get_by_label("pour l’autoconsommation").click_accesskit();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::SetBatteryUse { battery_use: BatteryUse::OwnUse }));
    desk.get_by_label_contains("Enlever 3.").click_accesskit();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::RemovePlaced { index: 2 }));
    assert_eq!(desk.state().model.state.proposal.placed.len(), 2);
}
