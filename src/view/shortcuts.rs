//! The keyboard, once: the help, the panels' tooltips and the viewer read this table, the browser's shell reads `web/app/shortcuts.js`, written from it by a test.

use super::timeline::Span;
use super::proposal::Tool;
use super::{Command, Moment, SPEED, Theme, ViewState};
use serde::Serialize;

/// What pressing a key asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// Changes the state, by a command that may depend on it: see [`Shortcut::command`].
    View(Ask),
    /// Shows or hides the help.
    Help,
    /// Puts a link to this picture on the clipboard.
    CopyLink,
    /// Goes to the search box.
    Search,
    /// Keeps the picture as a file.
    Picture,
}

/// A command whose amounts depend on the state.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Ask {
    /// Shares of the camera's distance.
    Pan {
        right: f64,
        forward: f64,
    },
    /// Degrees.
    Orbit {
        heading_deg: f64,
        pitch_deg: f64,
    },
    Zoom {
        factor: f64,
    },
    Home,
    North,
    PlayPause,
    /// Multiplies the clock's speed.
    Speed {
        factor: f64,
    },
    Step {
        seconds: i64,
    },
    /// By the territory's calendar.
    StepClock {
        unit: Span,
        count: i32,
    },
    Jump {
        moment: Moment,
    },
    NextSeries {
        by: i32,
    },
    /// The clock goes through all of time again.
    NoSpan,
    /// Colours show the mean over the part that is played, or the instant again.
    Mean,
    Year {
        years: i32,
    },
    NextTheme,
    NextLanguage,
    /// Looks under the ground, or no longer.
    Underground,
    /// Asks again for what could not be fetched.
    TryAgain,
    /// Chooses what stands in the middle of the picture.
    SelectCentre,
    /// One step back: closes the sheet.
    Deselect,
    /// The next thing that a click puts down; after the last, none.
    NextTool,
    /// Puts the tool's thing down where the camera looks; a battery where no tool is in hand.
    PutDown,
    /// Takes the next thing of the proposal in hand.
    NextPlaced,
    /// Moves the thing in hand, metres.
    MovePlaced {
        east_m: f64,
        north_m: f64,
    },
    /// Makes the thing in hand larger or smaller.
    SizePlaced {
        factor: f64,
    },
    /// Takes the thing in hand away.
    RemovePlaced,
    /// Begins an area, or finishes it.
    DrawArea,
    /// Adds a corner of the area where the camera looks.
    AddCorner,
    /// Takes the last corner back.
    RemoveCorner,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shortcut {
    /// The key as browsers name it in `KeyboardEvent.key`: `ArrowLeft`, `Home`, ` `, `?`.
    ///
    /// It is what the key writes, not where it lies: a `?` needs shift on some keyboards and none on others. Letters mean both cases.
    pub key: &'static str,
    pub action: Action,
    /// i18n key of what it does: `key-pan-left`.
    pub text: &'static str,
}

impl Shortcut {
    /// The command this key means now; `None` when the action is no command.
    pub fn command(&self, state: &ViewState) -> Option<Command> {
        let Action::View(ask) = self.action else {
            return None;
        };
        Some(ask.command(state))
    }

    /// The i18n key of the key's own name (`key-name-space`); `None` when the key is what is written on it.
    pub fn name_key(&self) -> Option<&'static str> {
        Some(match self.key {
            " " => "key-name-space",
            "Escape" => "key-name-escape",
            "Enter" => "key-name-enter",
            "Home" => "key-name-home",
            "Delete" => "key-name-delete",
            "Backspace" => "key-name-backspace",
            "PageUp" => "key-name-page-up",
            "PageDown" => "key-name-page-down",
            "ArrowLeft" => "key-name-left",
            "ArrowRight" => "key-name-right",
            "ArrowUp" => "key-name-up",
            "ArrowDown" => "key-name-down",
            _ => return None,
        })
    }
}

impl Ask {
    /// The command this asks for, given the state.
    pub fn command(self, state: &ViewState) -> Command {
        match self {
            Self::Pan { right, forward } => Command::Pan {
                right_m: right * state.camera.distance_m,
                forward_m: forward * state.camera.distance_m,
            },
            Self::Orbit {
                heading_deg,
                pitch_deg,
            } => Command::Orbit {
                heading_deg,
                pitch_deg,
            },
            Self::Zoom { factor } => Command::Zoom { factor },
            Self::Home => Command::Home,
            Self::North => Command::North,
            Self::PlayPause => Command::Play {
                playing: !state.playback.playing,
            },
            Self::Speed { factor } => Command::SetSpeed {
                speed: (state.playback.speed * factor).clamp(SPEED[0], SPEED[1]),
            },
            Self::Step { seconds } => Command::StepInstant { seconds },
            Self::StepClock { unit, count } => Command::StepClock { unit, count },
            Self::Jump { moment } => Command::JumpTo { moment },
            Self::NoSpan => Command::SetSpan { span: None },
            Self::Mean => Command::ShowMean { shown: !state.mean },
            Self::NextSeries { by } => Command::NextSeries { by },
            Self::Year { years } => Command::SetYear {
                year: state.year.saturating_add(years),
            },
            Self::NextTheme => {
                let place = Theme::ALL.iter().position(|theme| *theme == state.theme);
                let next = place.map_or(0, |place| (place + 1) % Theme::ALL.len());
                Command::SetTheme {
                    theme: Theme::ALL[next],
                }
            }
            Self::NextLanguage => Command::SetLanguage {
                language: state.language.next(),
            },
            Self::Underground => Command::SetUnderground { underground: !state.underground },
            Self::TryAgain => Command::TryAgain,
            Self::SelectCentre => Command::SelectCentre,
            Self::Deselect if state.area.drawing => Command::SetArea { corners: Vec::new() },
            Self::Deselect => Command::Select { selection: None },
            Self::DrawArea => Command::DrawArea { drawing: !state.area.drawing },
            Self::AddCorner => Command::AddCornerHere,
            Self::RemoveCorner => Command::RemoveCorner,
            Self::NextTool => {
                let next = state.proposal.tool.map_or(Some(0), |tool| Tool::ALL.iter().position(|known| *known == tool).map(|place| place + 1));
                Command::UseTool { tool: next.and_then(|place| Tool::ALL.get(place)).copied() }
            }
            Self::PutDown => Command::PlaceHere { tool: state.proposal.tool.unwrap_or(Tool::Battery) },
            Self::NextPlaced => {
                let next = state.proposal.chosen.map_or(0, |chosen| chosen + 1);
                Command::ChoosePlaced { index: (next < state.proposal.placed.len()).then_some(next) }
            }
            Self::MovePlaced { east_m, north_m } => Command::MovePlaced { index: chosen(state), east_m, north_m },
            Self::SizePlaced { factor } => match state.proposal.placed.get(chosen(state)) {
                Some(placed) => Command::ChangePlaced { index: chosen(state), thing: placed.thing.times(factor) },
                None => Command::ChoosePlaced { index: None },
            },
            Self::RemovePlaced => Command::RemovePlaced { index: chosen(state) },
        }
    }
}

/// The thing in hand; a place that no list has where there is none.
fn chosen(state: &ViewState) -> usize {
    state.proposal.chosen.unwrap_or(usize::MAX)
}

/// Every shortcut, in the order in which the help shows them.
pub fn shortcuts() -> &'static [Shortcut] {
    &SHORTCUTS
}

/// The shortcut of a pressed key, named as in `KeyboardEvent.key`.
pub fn shortcut_for(key: &str) -> Option<&'static Shortcut> {
    let lower = key.to_lowercase();
    let letter = key.chars().count() == 1;
    SHORTCUTS
        .iter()
        .find(|shortcut| shortcut.key == key || (letter && shortcut.key == lower))
}

const HOUR_S: i64 = 3600;

#[rustfmt::skip]
static SHORTCUTS: [Shortcut; 57] = [
    plain("ArrowLeft", Ask::Pan { right: -0.1, forward: 0.0 }, "key-pan-left"),
    plain("ArrowRight", Ask::Pan { right: 0.1, forward: 0.0 }, "key-pan-right"),
    plain("ArrowUp", Ask::Pan { right: 0.0, forward: 0.1 }, "key-pan-forward"),
    plain("ArrowDown", Ask::Pan { right: 0.0, forward: -0.1 }, "key-pan-back"),
    plain("q", Ask::Orbit { heading_deg: -10.0, pitch_deg: 0.0 }, "key-turn-left"),
    plain("e", Ask::Orbit { heading_deg: 10.0, pitch_deg: 0.0 }, "key-turn-right"),
    plain("PageUp", Ask::Orbit { heading_deg: 0.0, pitch_deg: 5.0 }, "key-tilt-up"),
    plain("PageDown", Ask::Orbit { heading_deg: 0.0, pitch_deg: -5.0 }, "key-tilt-down"),
    plain("+", Ask::Zoom { factor: 0.8 }, "key-zoom-in"),
    plain("-", Ask::Zoom { factor: 1.25 }, "key-zoom-out"),
    plain("Home", Ask::Home, "key-home"),
    plain("n", Ask::North, "key-north"),
    plain("Enter", Ask::SelectCentre, "key-select-centre"),
    plain(" ", Ask::PlayPause, "key-play"),
    plain("f", Ask::Speed { factor: 2.0 }, "key-faster"),
    plain("s", Ask::Speed { factor: 0.5 }, "key-slower"),
    plain(".", Ask::Step { seconds: HOUR_S }, "key-hour-later"),
    plain(",", Ask::Step { seconds: -HOUR_S }, "key-hour-earlier"),
    plain(">", Ask::StepClock { unit: Span::Day, count: 1 }, "key-day-later"),
    plain("<", Ask::StepClock { unit: Span::Day, count: -1 }, "key-day-earlier"),
    plain("]", Ask::StepClock { unit: Span::Month, count: 1 }, "key-month-later"),
    plain("[", Ask::StepClock { unit: Span::Month, count: -1 }, "key-month-earlier"),
    plain("}", Ask::StepClock { unit: Span::Year, count: 1 }, "key-year-later"),
    plain("{", Ask::StepClock { unit: Span::Year, count: -1 }, "key-year-earlier"),
    plain("1", Ask::Jump { moment: Moment::Sunrise }, "key-sunrise"),
    plain("2", Ask::Jump { moment: Moment::Noon }, "key-noon"),
    plain("3", Ask::Jump { moment: Moment::Sunset }, "key-sunset"),
    plain("4", Ask::Jump { moment: Moment::Peak }, "key-peak"),
    plain("y", Ask::NextSeries { by: 1 }, "key-series-next"),
    plain("u", Ask::NextSeries { by: -1 }, "key-series-before"),
    plain("x", Ask::NoSpan, "key-span-none"),
    plain("5", Ask::Mean, "key-mean"),
    plain(")", Ask::Year { years: 10 }, "key-decade-later"),
    plain("(", Ask::Year { years: -10 }, "key-decade-earlier"),
    plain("t", Ask::NextTheme, "key-theme"),
    plain("b", Ask::Underground, "key-underground"),
    plain("p", Ask::NextTool, "key-tool"),
    plain("o", Ask::PutDown, "key-put-down"),
    plain("w", Ask::NextPlaced, "key-placed-next"),
    plain("i", Ask::MovePlaced { east_m: 0.0, north_m: 10.0 }, "key-placed-north"),
    plain("k", Ask::MovePlaced { east_m: 0.0, north_m: -10.0 }, "key-placed-south"),
    plain("j", Ask::MovePlaced { east_m: -10.0, north_m: 0.0 }, "key-placed-west"),
    plain("m", Ask::MovePlaced { east_m: 10.0, north_m: 0.0 }, "key-placed-east"),
    plain("g", Ask::SizePlaced { factor: 1.25 }, "key-placed-larger"),
    plain("d", Ask::SizePlaced { factor: 0.8 }, "key-placed-smaller"),
    plain("Delete", Ask::RemovePlaced, "key-placed-remove"),
    plain("a", Ask::DrawArea, "key-area"),
    plain("v", Ask::AddCorner, "key-area-corner"),
    plain("Backspace", Ask::RemoveCorner, "key-area-back"),
    plain("l", Ask::NextLanguage, "key-language"),
    plain("r", Ask::TryAgain, "key-try-again"),
    other("/", Action::Search, "key-search"),
    other("c", Action::CopyLink, "key-link"),
    other("z", Action::Picture, "key-picture"),
    other("?", Action::Help, "key-help"),
    other("h", Action::Help, "key-help-letter"),
    plain("Escape", Ask::Deselect, "key-escape"),
];

const fn plain(key: &'static str, ask: Ask, text: &'static str) -> Shortcut {
    other(key, Action::View(ask), text)
}

const fn other(key: &'static str, action: Action, text: &'static str) -> Shortcut {
    Shortcut { key, action, text }
}
