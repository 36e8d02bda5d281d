//! The share link: one line that is a whole picture, and that a person can read.
//!
//! ```text
//! v=1&territory=nantes-centre&c=-1.554123,47.2123456,20,850,35,-32&t=2026-06-21T13:30:00Z&y=1950
//!   &theme=demand&hide=trees&sel=buildings:BATIMENT0000000302930441&play=0&speed=3600&lang=en&under=0
//!   &series=courbes&span=2026-06-01T00:00:00Z,2026-07-01T00:00:00Z&scale=quantiles,5,cividis
//!   &roof=farm,29400,5.5,0,,1,0-3&solar=&raise=0&balance=0&flows=1,30,day&plan=6500:connection::0,battery:-1.5541:47.2123:3300:2000
//!   &mean=1&gather=1&area=-1.5541:47.2123,-1.5502:47.2123,-1.5502:47.2101
//!   &attr=buildings:usage&filter=buildings:height_m:range:12:,buildings:usage:values:Résidentiel
//! ```
//!
//! `c` is longitude, latitude, ellipsoidal height, distance, heading, pitch (degrees and metres).
//! It stands after `#` of an address, so it never reaches a server.
//! Ids escape `%`, `,` and `:` among themselves before the whole value is percent-encoded:
//! chat programs that encode a link once more do not change what it means.

use super::apply::is_id;
use super::{
    Attribute, Camera, DrawnArea, Filter, FlowChoice, Keep, Language, attribute, MAX_HIDDEN, MAX_ID_BYTES, MAX_LAYER_BYTES, MAX_SERIES_BYTES, PlanView, Proposal, RoofChoice, Scale, Selection, Theme,
    ViewState,
};
use super::timeline::{Span, stepped};
use crate::base::{Clock, Instant, Interval, LayerId};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The only version of links so far.
const VERSION: &str = "1";
/// Longest link that is read; a state inside its limits never writes a longer one.
pub const MAX_LINK_BYTES: usize = 64 * 1024;

/// Why a link could not be read: an i18n key with its arguments `part` and `value`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {part}={value}")]
pub struct LinkFault {
    /// `link-too-long`, `link-unreadable`, `link-version`, or `link-value`.
    pub key: &'static str,
    /// The part of the link that is wrong: `c`, `t` … May be empty.
    pub part: String,
    /// What stood there, cut to a readable length.
    pub value: String,
}

impl LinkFault {
    fn new(key: &'static str, part: &str, value: &str) -> Self {
        const SHOWN_CHARS: usize = 60;
        Self {
            key,
            part: part.chars().take(SHOWN_CHARS).collect(),
            value: value.chars().take(SHOWN_CHARS).collect(),
        }
    }
}

/// The part of a share link after `#`.
pub fn to_link(state: &ViewState) -> String {
    let camera = &state.camera;
    let [lon, lat, height] = camera.target;
    let numbers = [
        decimal(lon, 7),
        decimal(lat, 7),
        decimal(height, 2),
        decimal(camera.distance_m, 2),
        // Just below a full turn rounds to one, and that is north.
        match decimal(camera.heading_deg, 5).as_str() {
            "360" => "0".to_owned(),
            heading => heading.to_owned(),
        },
        decimal(camera.pitch_deg, 5),
    ];
    let hidden: Vec<String> = state.hidden.iter().map(|id| escaped(id.as_str())).collect();
    let selected = state.selection.as_ref().map_or_else(String::new, |s| {
        format!("{}:{}", escaped(s.layer.as_str()), escaped(&s.id))
    });
    let parts = [
        ("v", VERSION.to_owned()),
        ("territory", state.territory.clone()),
        ("c", numbers.join(",")),
        ("t", state.instant.to_string()),
        ("y", state.year.to_string()),
        ("theme", state.theme.id().to_owned()),
        // Empty lists are written too: what a link leaves out comes from the reader's own state.
        ("hide", hidden.join(",")),
        ("sel", selected),
        ("play", u8::from(state.playback.playing).to_string()),
        ("speed", decimal(state.playback.speed, 3)),
        ("lang", state.language.code().to_owned()),
        ("under", u8::from(state.underground).to_string()),
        ("series", state.series.clone().unwrap_or_default()),
        ("span", state.span.map_or_else(String::new, |span| format!("{},{}", span.start, span.end))),
        ("scale", state.scale.to_string()),
        ("attr", state.attribute.as_ref().map_or_else(String::new, |attribute| format!("{}:{}", escaped(attribute.layer.as_str()), escaped(&attribute.name)))),
        ("filter", state.filters.iter().map(filter_text).collect::<Vec<_>>().join(",")),
        ("roof", state.roof.to_string()),
        ("solar", state.plan.as_ref().map_or_else(String::new, ToString::to_string)),
        ("raise", u8::from(state.raised).to_string()),
        ("balance", u8::from(state.balance).to_string()),
        ("flows", state.flows.to_string()),
        ("plan", state.proposal.text()),
        ("mean", u8::from(state.mean).to_string()),
        ("gather", u8::from(state.gather).to_string()),
        ("area", state.area.text()),
    ];
    let mut link = String::new();
    for (key, value) in parts {
        if !link.is_empty() {
            link.push('&');
        }
        link.push_str(key);
        link.push('=');
        percent_encode(&value, &mut link);
    }
    link
}

/// Reads what [`to_link`] wrote, alone or at the end of an address; what it leaves out is taken from `base`.
///
/// Unknown keys are ignored, so that newer links open in older programs. No limits are known here:
/// the result is meant for [`super::Command::Restore`].
///
/// # Errors
/// The first part that cannot mean anything.
pub fn from_link(link: &str, base: &ViewState) -> Result<ViewState, LinkFault> {
    if link.len() > MAX_LINK_BYTES {
        return Err(LinkFault::new("link-too-long", "", &link.len().to_string()));
    }
    let mut state = base.clone();
    let (mut known, mut first_unknown) = (false, None);
    let (mut says_instant, mut says_year) = (false, false);
    for pair in fragment(link.trim())
        .split('&')
        .filter(|pair| !pair.is_empty())
    {
        let Some((key, raw)) = pair.split_once('=') else {
            return Err(LinkFault::new("link-unreadable", "", pair));
        };
        // Links copied out of HTML source come with `&amp;`.
        let key = key.strip_prefix("amp;").unwrap_or(key);
        let value =
            percent_decode(raw).ok_or_else(|| LinkFault::new("link-unreadable", key, raw))?;
        let wrong = || LinkFault::new("link-value", key, &value);
        match key {
            "v" if value != VERSION => return Err(LinkFault::new("link-version", key, &value)),
            "v" => {}
            "territory" if is_id(&value, MAX_LAYER_BYTES) => state.territory = value,
            "territory" => return Err(wrong()),
            "c" => state.camera = camera(&value).ok_or_else(wrong)?,
            "t" => (state.instant, says_instant) = (Instant::parse(&value).ok_or_else(wrong)?, true),
            "y" => (state.year, says_year) = (value.parse().map_err(|_| wrong())?, true),
            "theme" => state.theme = Theme::from_id(&value).ok_or_else(wrong)?,
            "hide" => state.hidden = hidden(&value).ok_or_else(wrong)?,
            "sel" => state.selection = selection(&value).ok_or_else(wrong)?,
            "play" => state.playback.playing = switch(&value).ok_or_else(wrong)?,
            "speed" => {
                state.playback.speed = number(&value).filter(|s| *s > 0.0).ok_or_else(wrong)?;
            }
            "under" => state.underground = switch(&value).ok_or_else(wrong)?,
            "balance" => state.balance = switch(&value).ok_or_else(wrong)?,
            "raise" => state.raised = switch(&value).ok_or_else(wrong)?,
            "series" if value.is_empty() => state.series = None,
            "series" if is_id(&value, MAX_SERIES_BYTES) => state.series = Some(value),
            "series" => return Err(wrong()),
            "span" => state.span = span(&value).ok_or_else(wrong)?,
            "scale" => state.scale = Scale::parse(&value).ok_or_else(wrong)?,
            "attr" => state.attribute = attribute_of(&value).ok_or_else(wrong)?,
            "filter" => state.filters = filters(&value).ok_or_else(wrong)?,
            "flows" => state.flows = FlowChoice::parse(&value).ok_or_else(wrong)?,
            "roof" => state.roof = RoofChoice::parse(&value).ok_or_else(wrong)?,
            "solar" if value.is_empty() => state.plan = None,
            "solar" => state.plan = Some(PlanView::parse(&value).ok_or_else(wrong)?),
            "plan" => state.proposal = Proposal::parse(&value).ok_or_else(wrong)?,
            "mean" => state.mean = switch(&value).ok_or_else(wrong)?,
            "gather" => state.gather = switch(&value).ok_or_else(wrong)?,
            "area" => state.area = DrawnArea::parse(&value).ok_or_else(wrong)?,
            "lang" => state.language = Language::from_code(&value).ok_or_else(wrong)?,
            unknown => {
                first_unknown.get_or_insert_with(|| unknown.to_owned());
                continue;
            }
        }
        known = true;
    }
    // Of instant and year, who says one means the other too.
    match (says_instant, says_year) {
        (false, true) => state.instant = stepped(Clock::Hours(0), base.instant, Span::Year, state.year.saturating_sub(base.year)),
        (true, false) => state.year = i32::from(state.instant.utc().year),
        _ => {}
    }
    match first_unknown {
        // Newer links may say more than is understood here; one of which nothing is understood is none.
        // A page's own query (`?embed=1`) is no link and may say what it likes.
        Some(unknown) if !known && (link.contains('#') || !link.contains('?')) => Err(LinkFault::new("link-unreadable", &unknown, &unknown)),
        _ => Ok(state),
    }
}

/// What stands after `#`; without one, after `?`; an address with neither says nothing.
fn fragment(link: &str) -> &str {
    if let Some((_, fragment)) = link.split_once('#') {
        return fragment;
    }
    if let Some((_, query)) = link.split_once('?') {
        return query;
    }
    if link.contains("://") { "" } else { link }
}

fn camera(value: &str) -> Option<Camera> {
    let numbers: Vec<f64> = value.split(',').map(number).collect::<Option<_>>()?;
    let &[lon, lat, height_m, distance_m, heading_deg, pitch_deg] = numbers.as_slice() else {
        return None;
    };
    let possible = lon.abs() <= 180.0
        && lat.abs() <= 90.0
        && height_m.abs() <= 1e5
        && distance_m > 0.0
        && distance_m <= 1e8
        && heading_deg.abs() <= 360.0
        && pitch_deg.abs() <= 90.0;
    possible.then_some(Camera {
        target: [lon, lat, height_m],
        distance_m,
        heading_deg: heading_deg.rem_euclid(360.0),
        pitch_deg,
    })
}

fn hidden(value: &str) -> Option<BTreeSet<LayerId>> {
    let ids: BTreeSet<LayerId> = value
        .split(',')
        .filter(|id| !id.is_empty())
        .map(|id| {
            let id = percent_decode(id).filter(|id| is_id(id, MAX_LAYER_BYTES))?;
            Some(LayerId(id))
        })
        .collect::<Option<_>>()?;
    (ids.len() <= MAX_HIDDEN).then_some(ids)
}

/// The outer `None` is a fault, the inner one is "nothing selected".
#[allow(clippy::option_option)]
fn selection(value: &str) -> Option<Option<Selection>> {
    if value.is_empty() {
        return Some(None);
    }
    let (layer, id) = value.split_once(':')?;
    let layer = percent_decode(layer).filter(|id| is_id(id, MAX_LAYER_BYTES))?;
    let id = percent_decode(id).filter(|id| is_id(id, MAX_ID_BYTES))?;
    Some(Some(Selection {
        layer: LayerId(layer),
        id,
    }))
}

/// The outer `None` is a fault, the inner one is "all of time".
#[allow(clippy::option_option)]
fn span(value: &str) -> Option<Option<Interval>> {
    if value.is_empty() {
        return Some(None);
    }
    let (start, end) = value.split_once(',')?;
    let span = Interval { start: Instant::parse(start)?, end: Instant::parse(end)? };
    (span.start < span.end).then_some(Some(span))
}

/// The outer `None` is a fault, the inner one is "none".
#[allow(clippy::option_option)]
fn attribute_of(value: &str) -> Option<Option<Attribute>> {
    if value.is_empty() {
        return Some(None);
    }
    let (layer, name) = value.split_once(':')?;
    let attribute = Attribute { layer: LayerId(percent_decode(layer)?), name: percent_decode(name)? };
    attribute.is_sound().then_some(Some(attribute))
}

/// `buildings:height_m:range:12:`, `buildings:usage:values:Résidentiel:Annexe`.
fn filter_text(filter: &Filter) -> String {
    let mut parts = vec![escaped(filter.attribute.layer.as_str()), escaped(&filter.attribute.name)];
    let end = |end: &Option<f64>| end.map_or_else(String::new, |end| end.to_string());
    match &filter.keep {
        Keep::Range { low, high } => parts.extend(["range".to_owned(), end(low), end(high)]),
        Keep::Values { values } => {
            parts.push("values".to_owned());
            parts.extend(values.iter().map(|value| escaped(value)));
        }
    }
    parts.join(":")
}

fn filters(value: &str) -> Option<Vec<Filter>> {
    let filters: Vec<Filter> = value.split(',').filter(|text| !text.is_empty()).take(attribute::MAX_FILTERS + 1).map(filter).collect::<Option<_>>()?;
    attribute::are_sound(&filters).then_some(filters)
}

fn filter(text: &str) -> Option<Filter> {
    let mut parts = text.split(':');
    let (layer, name, by) = (percent_decode(parts.next()?)?, percent_decode(parts.next()?)?, parts.next()?);
    let end = |text: &str| if text.is_empty() { Some(None) } else { number(text).map(Some) };
    let keep = match by {
        "range" => Keep::Range { low: end(parts.next()?)?, high: end(parts.next()?)? },
        "values" => Keep::Values { values: parts.by_ref().map(percent_decode).collect::<Option<_>>()? },
        _ => return None,
    };
    parts.next().is_none().then_some(Filter { attribute: Attribute { layer: LayerId(layer), name }, keep })
}

/// On or off.
fn switch(value: &str) -> Option<bool> {
    match value {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}

/// A finite number in plain decimal notation.
fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Fixed decimals without the zeros at their end: `850`, `-1.5541`.
fn decimal(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    let short = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => text.as_str(),
    };
    if short == "-0" { "0" } else { short }.to_owned()
}

/// Hides the separators inside an id.
fn escaped(id: &str) -> String {
    id.replace('%', "%25")
        .replace(',', "%2C")
        .replace(':', "%3A")
}

/// RFC 3986: unreserved characters stand as they are; so do `,` and `:`, which a fragment may hold and which keep links readable.
fn percent_encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b',' | b':' => {
                into.push(char::from(byte));
            }
            // Writing to a String cannot fail.
            _ => drop(write!(into, "%{byte:02X}")),
        }
    }
}

/// `None` when an escape is broken or the bytes are no UTF-8.
fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = char::from(bytes.next()?).to_digit(16)?;
            let low = char::from(bytes.next()?).to_digit(16)?;
            decoded.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}
