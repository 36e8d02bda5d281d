//! The dossier to print: figures with their sources, location plan, ground plan, layout of the roof, sight lines, check-list.
//!
//! Plans are drawn to a round scale with a bar and a north arrow; true north is up.

use super::scenery::{Scenery, bounds};
use super::street::{self, StreetView};
use crate::base::Instant;
use crate::energy::roof;
use crate::formats::pdf::{Colour, Font, PAGE, Pdf, width, wrapped};
use crate::planning::rooftop::State;
use super::answer::{Covered, MyRoof};
use super::told::{Basis, Line, day, decimal, figures, grouped};

const MARGIN: f64 = 48.0;
const INK: Colour = [0.12, 0.14, 0.17];
const GREY: Colour = [0.42, 0.45, 0.5];
const PALE: Colour = [0.9, 0.91, 0.92];
const HOUSE: Colour = [0.8, 0.79, 0.77];
const OWN: Colour = [0.96, 0.72, 0.35];
const MODULE: Colour = [0.1, 0.17, 0.33];
const STREET: Colour = [0.72, 0.74, 0.77];
const SEEN: Colour = [0.78, 0.16, 0.16];
const SKY: Colour = [0.88, 0.93, 0.97];
const HIDDEN: Colour = [0.2, 0.45, 0.3];
/// Half of what the location plan and the ground plan show, metres.
const LOCATION_M: f64 = 300.0;
const GROUND_M: f64 = 35.0;

/// The bytes of the dossier.
pub fn pdf(found: &MyRoof, drawn: &Scenery, basis: &Basis, at: Instant, english: bool) -> Vec<u8> {
    let say = |fr: &'static str, en: &'static str| if english { en } else { fr };
    let title = format!("{} — {}", say("Mon toit", "My roof"), found.building);
    let mut sheet = Sheet { pdf: Pdf::new(&title, "Jumeau", say("Dossier solaire, à vérifier avant dépôt", "Solar dossier, to be checked before handing in"), if english { "en" } else { "fr-FR" }), y: 0.0, foot: String::new() };
    let centre = drawn.lonlat(found.at);
    sheet.foot = format!("Jumeau {} · {} · {:.6} N {:.6} E · {} · {}", env!("CARGO_PKG_VERSION"), found.building, centre.lat_deg, centre.lon_deg, day(at), say("valeurs simulées, indicatives", "simulated values, an indication"));
    sheet.begin(&title);
    sheet.text(&format!("{} · {} {}", basis.territory, say("dossier préparé le", "prepared on"), day(at)), 10.0, Font::Regular, GREY);
    sheet.heading(say("Chiffres et leurs sources", "Figures and their sources"));
    for Line { name, value, origin, .. } in figures(found, basis, english) {
        sheet.figure(&name, &value, &origin);
    }
    sheet.heading(say("Production mois par mois", "Production by month"));
    sheet.months(&found.answer.kwh_month, english);

    sheet.begin(say("Plan de situation", "Location plan"));
    let buildings = outlines(drawn, found.at, LOCATION_M * 1.5);
    let sights = |map: &Map, pdf: &mut Pdf| {
        for one in &found.covisibilities {
            let colour = if one.covisible == Some(true) { SEEN } else { HIDDEN };
            for line in one.direct.iter().chain(one.from_street.iter().flatten()) {
                let end = line.hidden_at.unwrap_or(line.to);
                pdf.line(&[map.at([line.from[0], line.from[1]]), map.at([end[0], end[1]])], 1.0, colour);
                pdf.dashed(&[map.at([end[0], end[1]]), map.at([line.to[0], line.to[1]])], 0.6, 3.0, colour);
            }
            let [x, y] = map.at(one.monument.at);
            pdf.area(&[vec![[x - 4.0, y - 4.0], [x + 4.0, y - 4.0], [x, y + 5.0]]], Some(colour), None);
            pdf.text([x + 6.0, y - 3.0], 8.0, Font::Regular, colour, &one.monument.name);
        }
    };
    sheet.map(LOCATION_M, 430.0, (found, drawn), &buildings, english, &sights);
    for one in &found.covisibilities {
        if one.is_of(&found.building) {
            sheet.text(&format!("{} : {}.", one.monument.name, say("ce bâtiment est lui-même ce monument, ses travaux ont leur propre autorisation", "this building is the monument itself, works on it need their own permission")), 9.0, Font::Bold, INK);
            continue;
        }
        let verdict = match one.covisible {
            Some(false) if one.viewpoints == 0 => say("non covisible en ligne droite ; aucune rue dans les données, à vérifier", "not seen from each other in a straight line; no street in the data, to be checked"),
            Some(true) => say("covisible d’après les lignes de vue : accord de l’ABF à demander", "seen together by the sight lines: ask for the heritage architect’s agreement"),
            Some(false) => say("non covisible d’après les lignes de vue ; l’ABF en juge", "not seen together by the sight lines; the heritage architect judges"),
            None => say("non calculable avec les données du territoire", "cannot be computed from the territory’s data"),
        };
        sheet.text(&format!("{} : {:.0} m, {verdict} ({} {}).", one.monument.name, one.monument.distance_m, one.viewpoints, say("points de vue", "viewpoints")), 9.0, Font::Regular, INK);
    }
    if found.covisibilities.is_empty() {
        sheet.text(say("Aucun monument historique à moins de 500 m dans les données du territoire ; à vérifier au Géoportail de l’urbanisme.", "No monument within 500 m in the territory’s data; to be checked."), 9.0, Font::Regular, GREY);
    }

    sheet.begin(say("Plan de masse", "Ground plan"));
    let near = outlines(drawn, found.at, GROUND_M * 2.5);
    let modules = |map: &Map, pdf: &mut Pdf| {
        for covered in &found.covered {
            for module in &covered.modules {
                pdf.area(&[module.iter().map(|p| map.at([p[0], p[1]])).collect()], Some(MODULE), Some((0.3, PALE)));
            }
        }
    };
    sheet.map(GROUND_M, 470.0, (found, drawn), &near, english, &modules);
    sheet.text(say("Toits d’après le territoire ; modules projetés en plan.", "Roofs as in the territory; modules projected."), 9.0, Font::Regular, GREY);

    if let Some(view) = street::view(drawn, found) {
        sheet.street(&view, english);
    }

    sheet.begin(say("Calepinage", "Layout"));
    for covered in &found.covered {
        sheet.plane(covered, found, english);
    }

    sheet.begin(say("Formalités : liste à vérifier", "Formalities: check-list"));
    sheet.text(&format!("{} : {} {}.", say("Délai d’instruction probable", "Probable time for the decision"), found.formalities.delay_months, say("mois", "months")), 10.0, Font::Bold, INK);
    for step in &found.formalities.steps {
        let mark = match step.state {
            State::Needed => say("[  ] à faire", "[  ] to do"),
            State::Known => say("à savoir", "to know"),
            State::ToVerify => say("[  ] à vérifier", "[  ] to verify"),
        };
        let (text, todo) = if english { (&step.en, &step.do_en) } else { (&step.fr, &step.do_fr) };
        sheet.step(mark, text, todo, &format!("{} · {} {}{}", step.origin(), say("depuis", "since"), step.from, if step.past { say(" · VALIDITÉ DÉPASSÉE", " · PAST ITS VALIDITY") } else { "" }), if english { &step.why.1 } else { &step.why.0 });
    }
    sheet.heading(say("Sources", "Sources"));
    for source in &basis.sources {
        sheet.text(source, 8.5, Font::Regular, GREY);
    }
    sheet.text(if english { &basis.weather_en } else { &basis.weather_fr }, 8.5, Font::Regular, GREY);
    sheet.pdf.finish()
}

/// Roof planes near a place, each with its building.
fn outlines(scene: &Scenery, at: [f64; 3], reach: f64) -> Vec<(String, Vec<Vec<[f64; 3]>>)> {
    scene
        .buildings
        .iter()
        .filter(|(_, solid)| {
            let [west, south, east, north] = bounds(solid.iter());
            west < at[0] + reach && east > at[0] - reach && south < at[1] + reach && north > at[1] - reach
        })
        .flat_map(|(id, solid)| roof::planes(solid).into_iter().map(move |plane| (id.clone(), plane.outline())))
        .collect()
}

/// Metres of the ground on paper.
struct Map {
    centre: [f64; 2],
    middle: [f64; 2],
    points_per_m: f64,
}

impl Map {
    fn at(&self, p: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|axis: usize| self.middle[axis] + (p[axis] - self.centre[axis]) * self.points_per_m)
    }
}

/// Pages filled from the top.
struct Sheet {
    pdf: Pdf,
    /// Where the next line stands.
    y: f64,
    foot: String,
}

impl Sheet {
    fn begin(&mut self, title: &str) {
        self.pdf.page();
        self.y = PAGE[1] - MARGIN - 14.0;
        self.pdf.text([MARGIN, self.y], 17.0, Font::Bold, INK, title);
        self.pdf.line(&[[MARGIN, self.y - 8.0], [PAGE[0] - MARGIN, self.y - 8.0]], 1.2, OWN);
        self.y -= 28.0;
        let number = format!("{}", self.pdf.pages());
        let foot = self.foot.clone();
        self.pdf.text([MARGIN, 26.0], 7.5, Font::Regular, GREY, &foot);
        self.pdf.text([PAGE[0] - MARGIN - width(&number, 7.5, Font::Regular), 26.0], 7.5, Font::Regular, GREY, &number);
    }

    /// A new page where less than this is left.
    fn room(&mut self, points: f64) {
        if self.y - points < 44.0 {
            self.begin("…");
        }
    }

    fn heading(&mut self, text: &str) {
        self.room(50.0);
        self.y -= 10.0;
        self.pdf.text([MARGIN, self.y], 12.0, Font::Bold, INK, text);
        self.y -= 16.0;
    }

    fn text(&mut self, text: &str, size: f64, font: Font, colour: Colour) {
        for line in wrapped(text, size, font, PAGE[0] - 2.0 * MARGIN) {
            self.room(size);
            self.pdf.text([MARGIN, self.y], size, font, colour, &line);
            self.y -= 1.35 * size;
        }
    }

    /// Name, value, and beneath them what the value rests on.
    fn figure(&mut self, name: &str, value: &str, origin: &str) {
        let lines = wrapped(origin, 7.5, Font::Regular, PAGE[0] - 2.0 * MARGIN - 250.0);
        self.room(14.0 + 10.0 * lines.len() as f64);
        self.pdf.text([MARGIN, self.y], 9.5, Font::Regular, INK, name);
        self.pdf.text([MARGIN + 250.0, self.y], 9.5, Font::Bold, INK, value);
        for line in lines {
            self.y -= 10.0;
            self.pdf.text([MARGIN + 250.0, self.y], 7.5, Font::Regular, GREY, &line);
        }
        self.y -= 15.0;
    }

    fn months(&mut self, kwh: &[f64; 12], english: bool) {
        let high = 90.0;
        self.room(high + 40.0);
        let most = kwh.iter().copied().fold(1.0, f64::max);
        let step = (PAGE[0] - 2.0 * MARGIN) / 12.0;
        let base = self.y - high - 12.0;
        for (month, value) in kwh.iter().enumerate() {
            let left = MARGIN + step * month as f64 + 4.0;
            let top = base + high * value.max(0.0) / most;
            self.pdf.area(&[vec![[left, base], [left + step - 8.0, base], [left + step - 8.0, top], [left, top]]], Some(OWN), None);
            let name = ["J", "F", "M", "A", "M", "J", "J", "A", "S", "O", "N", "D"][month];
            self.pdf.text([left + 0.5 * step - 7.0, base - 10.0], 8.0, Font::Regular, GREY, name);
            let said = grouped(*value, english);
            self.pdf.text([left + 0.5 * (step - 8.0 - width(&said, 7.0, Font::Regular)), top + 2.5], 7.0, Font::Regular, INK, &said);
        }
        self.pdf.line(&[[MARGIN, base], [PAGE[0] - MARGIN, base]], 0.5, GREY);
        self.pdf.text([MARGIN, base - 22.0], 7.5, Font::Regular, GREY, "kWh");
        self.y = base - 34.0;
    }

    /// Buildings, streets and parcels round the roof, with scale and north.
    fn map(&mut self, half_m: f64, high: f64, (found, drawn): (&MyRoof, &Scenery), roofs: &[(String, Vec<Vec<[f64; 3]>>)], english: bool, more: &dyn Fn(&Map, &mut Pdf)) {
        let wide = PAGE[0] - 2.0 * MARGIN;
        let bottom = self.y - high;
        // A round scale: 1 : 100, 200, 500 …
        let fits = wide.min(high) / (2.0 * half_m);
        let scale = round_scale(fits);
        let map = Map { centre: [found.at[0], found.at[1]], middle: [MARGIN + 0.5 * wide, bottom + 0.5 * high], points_per_m: 72.0 / 0.0254 / scale };
        let flat = |ring: &Vec<[f64; 3]>| ring.iter().map(|p| map.at([p[0], p[1]])).collect::<Vec<_>>();
        self.pdf.clipped([MARGIN, bottom, wide, high], |pdf| {
            for piece in &drawn.paving {
                pdf.area(&[piece.iter().map(|p| map.at(*p)).collect()], Some(STREET), Some((0.2, STREET)));
            }
            for street in &drawn.streets {
                pdf.line(&street.iter().map(|p| map.at(*p)).collect::<Vec<_>>(), (4.0 * map.points_per_m).clamp(0.8, 12.0), STREET);
            }
            for parcel in &drawn.parcels {
                pdf.line(&parcel.iter().map(|p| map.at(*p)).collect::<Vec<_>>(), 0.5, GREY);
            }
            for (id, outline) in roofs {
                let rings: Vec<Vec<[f64; 2]>> = outline.iter().map(flat).collect();
                pdf.area(&rings, Some(if *id == found.building { OWN } else { HOUSE }), Some((0.3, GREY)));
            }
            more(&map, pdf);
        });
        let (right, top) = (MARGIN + wide, bottom + high);
        self.pdf.area(&[vec![[MARGIN, bottom], [right, bottom], [right, top], [MARGIN, top]]], None, Some((0.8, GREY)));
        self.pdf.area(&[vec![[right - 20.0, top - 40.0], [right - 14.0, top - 14.0], [right - 8.0, top - 40.0], [right - 14.0, top - 34.0]]], Some(INK), None);
        self.pdf.text([right - 17.5, top - 52.0], 9.0, Font::Bold, INK, "N");
        // A bar of a round length, a fifth of the width or so.
        let bar_m = round_length(0.2 * wide / map.points_per_m);
        let bar = bar_m * map.points_per_m;
        self.pdf.area(&[vec![[MARGIN + 8.0, bottom + 8.0], [MARGIN + 16.0 + bar + 90.0, bottom + 8.0], [MARGIN + 16.0 + bar + 90.0, bottom + 26.0], [MARGIN + 8.0, bottom + 26.0]]], Some([1.0; 3]), None);
        self.pdf.line(&[[MARGIN + 14.0, bottom + 13.0], [MARGIN + 14.0 + bar, bottom + 13.0]], 2.0, INK);
        self.pdf.text([MARGIN + 20.0 + bar, bottom + 11.0], 8.0, Font::Regular, INK, &format!("{} m · 1 : {}", decimal(bar_m, 0, english), grouped(scale, english)));
        self.y = bottom - 16.0;
    }

    /// The house without modules, and with them.
    fn street(&mut self, view: &StreetView, english: bool) {
        let say = |fr: &'static str, en: &'static str| if english { en } else { fr };
        self.begin(if view.from_street { say("Depuis la rue, avant et après", "From the street, before and after") } else { say("Vue d’en haut, avant et après", "Seen from above, before and after") });
        let wide = PAGE[0] - 2.0 * MARGIN;
        let high = wide / 1.6;
        for with in [false, true] {
            let bottom = self.y - high;
            let middle = [MARGIN + 0.5 * wide, bottom + 0.5 * high];
            self.pdf.clipped([MARGIN, bottom, wide, high], |pdf| {
                pdf.area(&[vec![[MARGIN, bottom], [MARGIN + wide, bottom], [MARGIN + wide, bottom + high], [MARGIN, bottom + high]]], Some(SKY), None);
                for face in view.faces.iter().filter(|face| with || !face.is_module) {
                    let ring = face.corners.iter().map(|p| [middle[0] + 0.5 * wide * p[0], middle[1] + 0.5 * wide * p[1]]).collect();
                    // A line of its own colour closes the seams between pieces.
                    pdf.area(&[ring], Some(face.colour), Some((0.25, face.colour)));
                }
            });
            self.pdf.area(&[vec![[MARGIN, bottom], [MARGIN + wide, bottom], [MARGIN + wide, bottom + high], [MARGIN, bottom + high]]], None, Some((0.8, GREY)));
            self.y = bottom - 12.0;
            self.text(if with { say("Après", "After") } else { say("Avant", "Before") }, 9.5, Font::Bold, INK);
        }
        let seen = decimal(100.0 * view.seen, 0, english);
        let far = decimal(view.distance_m, 0, english);
        let said = match (view.from_street, english) {
            (true, false) => format!("Vue dessinée d’après le territoire, à {far} m, à hauteur d’yeux : {seen} % des modules s’y voient. Une photographie reste à joindre."),
            (true, true) => format!("Drawn from the territory, {far} m away, at eye level: {seen} % of the modules are seen from there. A photograph remains to be added."),
            (false, false) => format!("Aucune rue dans les données à moins de 120 m : vue d’en haut, à {far} m. Une photographie reste à joindre."),
            (false, true) => format!("No street in the data within 120 m: seen from above, {far} m away. A photograph remains to be added."),
        };
        self.text(&said, 9.0, Font::Regular, GREY);
    }

    /// A plane with its modules, seen straight on.
    fn plane(&mut self, covered: &Covered, found: &MyRoof, english: bool) {
        let plane = &covered.plane;
        let (level, up) = plane.axes();
        let dot = |a: [f64; 3], b: [f64; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
        let flat = |p: &[f64; 3]| [dot(*p, level), dot(*p, up)];
        let rings: Vec<Vec<[f64; 2]>> = plane.outline().iter().map(|ring| ring.iter().map(flat).collect()).collect();
        let low = [0, 1].map(|axis: usize| rings.iter().flatten().map(|p| p[axis]).fold(f64::INFINITY, f64::min));
        let far = [0, 1].map(|axis: usize| rings.iter().flatten().map(|p| p[axis]).fold(f64::NEG_INFINITY, f64::max));
        let size = [far[0] - low[0], far[1] - low[1]];
        let wide = PAGE[0] - 2.0 * MARGIN;
        let scale = (wide / size[0].max(0.1)).min(230.0 / size[1].max(0.1)).min(40.0);
        let high = size[1] * scale;
        self.room(high + 60.0);
        let roof = &covered.roof;
        let [width_m, depth_m] = covered.layout.module_size(&found.module);
        let said = if english { ["plane", "modules of", "kWp", "kWh/year", "shade"] } else { ["pan", "modules de", "kWc", "kWh/an", "ombrage"] };
        let text = format!(
            "{} {} : {} {} {} × {} m, {} {}, {} {}, {:.0}° / {:.0}°, {} {} %",
            said[0], roof.plane + 1, roof.modules, said[1], decimal(width_m, 2, english), decimal(depth_m, 2, english), decimal(roof.kwp, 2, english), said[2],
            grouped(roof.kwh_year, english), said[3], roof.tilt, roof.azimuth, said[4], decimal(100.0 * roof.shading_loss, 1, english)
        );
        self.text(&text, 9.0, Font::Bold, INK);
        let bottom = self.y - high;
        let at = |p: [f64; 2]| [MARGIN + (p[0] - low[0]) * scale, bottom + (p[1] - low[1]) * scale];
        self.pdf.area(&rings.iter().map(|ring| ring.iter().map(|p| at(*p)).collect()).collect::<Vec<_>>(), Some(HOUSE), Some((0.8, INK)));
        for module in &covered.modules {
            self.pdf.area(&[module.iter().map(|p| at(flat(p))).collect()], Some(MODULE), Some((0.4, PALE)));
        }
        if covered.modules.is_empty() {
            let note = if english { "large field: filled by its area, places to be drawn by the installer" } else { "grand champ : compté par sa surface, places à dessiner par l’installateur" };
            self.pdf.text([MARGIN, bottom - 10.0], 8.0, Font::Regular, GREY, note);
        }
        let size_text = format!("{} m × {} m", decimal(size[0], 1, english), decimal(size[1], 1, english));
        self.y = bottom - 22.0;
        self.pdf.text([MARGIN, self.y + 10.0], 7.5, Font::Regular, GREY, if covered.modules.is_empty() { "" } else { &size_text });
        self.y -= 6.0;
    }

    fn step(&mut self, mark: &str, text: &str, todo: &str, source: &str, why: &str) {
        let most = PAGE[0] - 2.0 * MARGIN - 78.0;
        let mut lines: Vec<(String, f64, Font, Colour)> = Vec::new();
        let mut add = |text: &str, size: f64, font: Font, colour: Colour| lines.extend(wrapped(text, size, font, most).into_iter().map(|line| (line, size, font, colour)));
        add(text, 9.5, Font::Bold, INK);
        add(why, 9.0, Font::Regular, SEEN);
        add(todo, 9.0, Font::Regular, INK);
        add(source, 7.5, Font::Regular, GREY);
        self.room(lines.iter().map(|(_, size, ..)| 1.25 * size).sum::<f64>() + 6.0);
        self.pdf.text([MARGIN, self.y], 8.5, Font::Regular, GREY, mark);
        for (line, size, font, colour) in lines {
            self.pdf.text([MARGIN + 78.0, self.y], size, font, colour, &line);
            self.y -= 1.25 * size;
        }
        self.y -= 6.0;
    }
}

/// The scale's denominator that fits: 1, 2, 2.5 or 5 times a power of ten.
fn round_scale(points_per_m: f64) -> f64 {
    let exact = 72.0 / 0.0254 / points_per_m.max(1e-6);
    let power = 10f64.powf(exact.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|step| step * power).find(|scale| *scale >= exact * 0.999).unwrap_or(10.0 * power)
}

fn round_length(metres: f64) -> f64 {
    let power = 10f64.powf(metres.max(1e-3).log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|step| step * power).find(|length| *length <= metres).unwrap_or(power)
}
