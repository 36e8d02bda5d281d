//! The panels without a window: found by their labels, used by mouse and keyboard, in French and English.

use bevy_egui::egui;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable};
use jumeau::base::{Clock, Dataset, Instant, LayerId, Nature};
use jumeau::formats::territory::{HomeView, Layer, LayerKind, Manifest, Name};
use jumeau::i18n::{FigureText, Texts};
use jumeau::ui::{LegendText, Memory, PanelModel, install, panels};
use jumeau::view::{Camera, Command, Language, Limits, Selection, Theme, apply, opening};

/// The panels with a state that follows their commands, as in the viewer.
pub struct Desk {
    pub model: PanelModel,
    pub memory: Memory,
    texts: Texts,
    pub asked: Vec<Command>,
    is_installed: bool,
    /// What the panels leave to the picture.
    picture: egui::Rect,
}

pub type Panels = Harness<'static, Desk>;

pub fn instant(text: &str) -> Instant {
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
        years: [1850, 2056],
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

pub fn building() -> Selection {
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
        model.state.instant = instant("1950-06-21T13:30:00Z");
        model.state.year = 1950;
    });
    assert!(desk.query_by_label("Time ruler").is_none());
    desk.get_by_label("Year").focus();
    desk.run();
    desk.key_press(egui::Key::ArrowRight);
    desk.run();
    let state = &desk.state().model.state;
    assert_eq!((state.year, state.instant), (1951, instant("1951-06-21T13:30:00Z")));
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
