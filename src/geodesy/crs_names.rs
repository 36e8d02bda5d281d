//! The many spellings of a reference system: codes, URNs, IGN's own names, and the WKT of `.prj` files.

use super::{Vertical, crs_parameters, crs_table};

/// The EPSG number a spelling means, and that of its vertical part if it has one.
///
/// CRS84 is answered as 4326, since longitude comes first here anyway.
pub(super) fn epsg_of(spelling: &str) -> Option<(u32, Option<u32>)> {
    let text = spelling.trim().to_ascii_uppercase();
    if let Some(known) = plain(&text) {
        return Some((known, None));
    }
    // Compound systems: "EPSG:2154+5720", "urn:ogc:def:crs,crs:EPSG::2154,crs:EPSG::5720", and those with a number of their own.
    if let Some((flat, vertical)) = text.split_once('+') {
        return Some((plain(flat)?, number(vertical)));
    }
    if let Some(parts) = text.strip_prefix("URN:OGC:DEF:CRS,") {
        let mut parts = parts.split(',');
        return Some((number(parts.next()?)?, parts.next().and_then(number)));
    }
    // "http://www.opengis.net/def/crs-compound?1=http://…/EPSG/0/25832&2=http://…/EPSG/0/7837".
    if let Some((_, parts)) = text.split_once("CRS-COMPOUND?") {
        let mut parts = parts.split('&').filter_map(|part| number(part.split_once('=')?.1));
        let flat = parts.next().filter(|flat| crs_table::define(*flat).is_some())?;
        return Some((flat, parts.next()));
    }
    // The German surveys: "urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH".
    if let Some(name) = text.strip_prefix("URN:ADV:CRS:") {
        let zone: u32 = name.strip_prefix("ETRS89_UTM")?.get(..2)?.parse().ok()?;
        return crs_table::define(25800 + zone).map(|_| (25800 + zone, None));
    }
    match number(&text)? {
        // Amersfoort with NAP; JGD2011 with its heights; ETRS89 / UTM with German heights.
        7415 => Some((28992, Some(5709))),
        6697 => Some((6668, Some(6695))),
        5554..=5556 => Some((25831 + number(&text)? - 5554, Some(5783))),
        // Lambert-93 with NGF-IGN69 and with NGF-IGN78 (Corse).
        5698 => Some((2154, Some(5720))),
        5699 => Some((2154, Some(5721))),
        5707 => Some((27571, Some(5720))),
        5708 => Some((27574, Some(5721))),
        7421 => Some((27572, Some(5720))),
        7422 => Some((27573, Some(5720))),
        9518 => Some((4326, Some(3855))),
        9532 => Some((5489, Some(5616))),
        9533 => Some((5489, Some(5617))),
        9534 => Some((5489, Some(5619))),
        9535 => Some((5489, Some(5620))),
        9536 => Some((5489, Some(9130))),
        9538 => Some((9777, Some(5720))),
        9539 => Some((9777, Some(5721))),
        9707 => Some((4326, Some(5773))),
        9785 => Some((9782, Some(5720))),
        10497 => Some((9793, Some(5720))),
        10498 => Some((9793, Some(5721))),
        10499 => Some((9794, Some(5720))),
        10500 => Some((9794, Some(5721))),
        10507 => Some((9782, Some(5721))),
        10633 => Some((5490, Some(5756))),
        _ => None,
    }
}

fn plain(text: &str) -> Option<u32> {
    if let Some(epsg) = number(text) {
        return crs_table::define(epsg).map(|_| epsg);
    }
    let name = text
        .strip_prefix("URN:OGC:DEF:CRS:OGC:")
        .or_else(|| text.strip_prefix("HTTP://WWW.OPENGIS.NET/DEF/CRS/OGC/"))
        .or_else(|| text.strip_prefix("HTTPS://WWW.OPENGIS.NET/DEF/CRS/OGC/"))
        .or_else(|| text.strip_prefix("OGC:"))
        .unwrap_or(text);
    match name.rsplit([':', '/']).next()? {
        "CRS84" | "84" => return Some(4326),
        "CRS84H" => return Some(4979),
        _ => {}
    }
    ignf(text.strip_prefix("IGNF:").unwrap_or(text))
}

/// The number in "2154", "EPSG:2154", "EPSG::2154", "urn:ogc:def:crs:EPSG:9.9:2154", ".../EPSG/0/2154".
fn number(text: &str) -> Option<u32> {
    let digits = match text.find("EPSG") {
        Some(at) => text[at + 4..].rsplit([':', '/', '#']).next()?,
        None => text,
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// IGN's registry of its own names (geodesie.ign.fr), as BD TOPO deliveries use them.
fn ignf(name: &str) -> Option<u32> {
    // "RGF93LAMB93.IGN69": the part after the point is the vertical datum.
    let name = name.split('.').next()?;
    if let Some(zone) = name
        .strip_prefix("RGF93CC")
        .and_then(|zone| zone.parse::<u32>().ok())
    {
        return (42..=50).contains(&zone).then_some(3900 + zone);
    }
    Some(match name {
        "LAMB93" | "RGF93LAMB93" => 2154,
        "LAMBE" | "NTFLAMB2E" | "LAMB2E" => 27572,
        "LAMB1" | "NTFLAMB1" => 27561,
        "LAMB2" | "NTFLAMB2" => 27562,
        "LAMB3" | "NTFLAMB3" => 27563,
        "LAMB4" | "NTFLAMB4" => 27564,
        "LAMB1C" | "NTFLAMB1C" => 27571,
        "LAMB2C" | "NTFLAMB2C" => 27572,
        "LAMB3C" | "NTFLAMB3C" => 27573,
        "LAMB4C" | "NTFLAMB4C" => 27574,
        "RGF93G" | "RGF93GDD" => 4171,
        "WGS84G" | "WGS84GDD" => 4326,
        "WGS84" => 4978,
        "RGF93" => 4964,
        "NTFG" => 4275,
        "UTM30" | "WGS84UTM30" | "UTM30W84" => 32630,
        "UTM31" | "WGS84UTM31" | "UTM31W84" => 32631,
        "UTM32" | "WGS84UTM32" | "UTM32W84" => 32632,
        "RGF93UTM30" | "UTM30RGF93" | "UTM30ETRS89" | "ETRS89UTM30" => 25830,
        "RGF93UTM31" | "UTM31RGF93" | "UTM31ETRS89" | "ETRS89UTM31" => 25831,
        "RGF93UTM32" | "UTM32RGF93" | "UTM32ETRS89" | "ETRS89UTM32" => 25832,
        "RGAF09UTM20" => 5490,
        "RRAFUTM20" | "UTM20W84MART" | "UTM20W84GUAD" => 4559,
        "RGFG95UTM22" | "UTM22RGFG95" => 2972,
        "RGFG95UTM21" | "UTM21RGFG95" => 3313,
        "RGR92UTM40S" => 2975,
        "RGM04UTM38S" => 4471,
        "RGSPM06U21" => 4467,
        "RGNCLAMBNC" => 3163,
        "RGPFUTM5S" => 3296,
        "RGPFUTM6S" => 3297,
        "RGPFUTM7S" => 3298,
        "RGPFUTM8S" => 3299,
        "WGS84WMSV" => 3857,
        _ => return None,
    })
}

/// How much of a WKT is read: real ones stay under 5 kB.
const WKT_LIMIT: usize = 64 * 1024;

/// The EPSG number of a WKT 1 or 2 text, by its own identifier, else by its name.
///
/// Only the outermost system counts: a Lambert-93 names RGF93 and its ellipsoid inside, each with an identifier of its own.
pub(super) fn epsg_of_wkt(wkt: &str) -> Option<(u32, Option<u32>)> {
    let wkt = wkt.trim().trim_start_matches('\u{feff}');
    if wkt.len() > WKT_LIMIT {
        return None;
    }
    let keyword_ends = wkt.find(['[', '('])?;
    let keyword = wkt[..keyword_ends].trim().to_ascii_uppercase();
    let children = children(&wkt[keyword_ends..])?;
    match keyword.as_str() {
        "COMPD_CS" | "COMPOUNDCRS" => {
            let mut systems = children
                .iter()
                .filter(|child| child.contains('[') || child.contains('('));
            let (flat, _) = epsg_of_wkt(systems.next()?)?;
            let vertical = systems.next().and_then(|vertical| {
                let open = vertical.find(['[', '('])?;
                let members = self::children(&vertical[open..])?;
                identifier(&members).or_else(|| {
                    match Vertical::from_name(members.first()?.trim().trim_matches('"'))? {
                        Vertical::Levelled(epsg) => Some(epsg),
                        Vertical::Ellipsoid => None,
                    }
                })
            });
            Some((flat, vertical))
        }
        "BOUNDCRS" => {
            let source = children
                .iter()
                .find(|child| child.to_ascii_uppercase().starts_with("SOURCECRS"))?;
            let open = source.find(['[', '('])?;
            epsg_of_wkt(self::children(&source[open..])?.first()?)
        }
        "PROJCS" | "PROJCRS" | "PROJECTEDCRS" | "GEOGCS" | "GEOGCRS" | "GEOGRAPHICCRS"
        | "GEODCRS" | "GEOCCS" | "GEODETICCRS" => {
            let named = identifier(&children)
                .filter(|&epsg| crs_table::define(epsg).is_some())
                .or_else(|| by_name(children.first()?.trim().trim_matches('"')))
                .filter(|&epsg| !crs_parameters::contradicts(&children, epsg));
            let epsg = match named {
                Some(epsg) => epsg,
                // An earth-centred system of WKT 1 has the same datum, and no projection either.
                None if keyword == "GEOCCS" => return None,
                None => crs_parameters::of_members(&children)?.epsg_by_projection()?,
            };
            Some((epsg, None))
        }
        _ => None,
    }
}

/// The EPSG number of a PROJJSON text.
///
/// Only the outermost system counts, as with WKT.
pub(super) fn epsg_of_projjson(json: &str) -> Option<(u32, Option<u32>)> {
    if json.len() > WKT_LIMIT {
        return None;
    }
    system_of_json(&serde_json::from_str(json).ok()?)
}

/// The numbers of a PROJJSON text: of a compound or bound system, those of its plan.
pub(super) fn numbers_of_projjson(json: &str) -> Option<crs_parameters::Numbers> {
    if json.len() > WKT_LIMIT {
        return None;
    }
    let document: serde_json::Value = serde_json::from_str(json).ok()?;
    let mut system = &document;
    loop {
        system = match system.get("type")?.as_str()? {
            "CompoundCRS" => system.get("components")?.get(0)?,
            "BoundCRS" => system.get("source_crs")?,
            "ProjectedCRS" | "GeographicCRS" => return crs_parameters::of_json(system),
            _ => return None,
        };
    }
}

fn system_of_json(json: &serde_json::Value) -> Option<(u32, Option<u32>)> {
    let identifier = |json: &serde_json::Value| {
        let id = json.get("id").or_else(|| json.get("ids")?.get(0))?;
        let code = id.get("code")?;
        let code = code.as_str().map_or_else(|| code.to_string(), str::to_owned);
        Some(format!("{}:{code}", id.get("authority")?.as_str()?))
    };
    match json.get("type").and_then(serde_json::Value::as_str) {
        Some("CompoundCRS") => {
            let parts = json.get("components")?.as_array()?;
            let (flat, _) = system_of_json(parts.first()?)?;
            let vertical = parts.get(1).and_then(&identifier);
            return Some((flat, vertical.and_then(|code| number(&code.to_ascii_uppercase()))));
        }
        Some("BoundCRS") => return system_of_json(json.get("source_crs")?),
        _ => {}
    }
    let epsg = identifier(json)
        .and_then(|code| plain(&code.to_ascii_uppercase()))
        .or_else(|| by_name(json.get("name")?.as_str()?))
        .filter(|&epsg| !crs_parameters::json_contradicts(json, epsg))
        .or_else(|| match json.get("type")?.as_str()? {
            "ProjectedCRS" | "GeographicCRS" => crs_parameters::of_json(json)?.epsg_by_projection(),
            _ => None,
        })?;
    Some((epsg, None))
}

/// The comma-separated members of the outermost bracket, each as it stands.
pub(super) fn children(bracketed: &str) -> Option<Vec<&str>> {
    let mut found = Vec::new();
    let (mut depth, mut quoted, mut start) = (0usize, false, 1usize);
    for (at, byte) in bracketed.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' | b'(' => depth += 1,
            b']' | b')' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    found.push(bracketed.get(start..at)?.trim());
                    return Some(found);
                }
            }
            b',' if depth == 1 => {
                found.push(bracketed.get(start..at)?.trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    None
}

/// `AUTHORITY["EPSG","2154"]` or `ID["EPSG",2154]` among the members.
fn identifier(children: &[&str]) -> Option<u32> {
    children.iter().rev().find_map(|child| {
        let open = child.find(['[', '('])?;
        let keyword = child[..open].trim().to_ascii_uppercase();
        if keyword != "AUTHORITY" && keyword != "ID" {
            return None;
        }
        let members = self::children(&child[open..])?;
        let authority = members.first()?.trim_matches('"');
        let code = members.get(1)?.trim().trim_matches('"');
        match authority.to_ascii_uppercase().as_str() {
            "EPSG" => code.parse().ok(),
            // ESRI kept 102100 for Web Mercator and 102110 for Lambert-93.
            "ESRI" => match code {
                "102100" | "102113" => Some(3857),
                "102110" => Some(2154),
                _ => None,
            },
            "IGNF" => ignf(&code.to_ascii_uppercase()),
            _ => None,
        }
    })
}

/// Names as ESRI, MapInfo, QGIS and IGN write them, without blanks and punctuation.
fn by_name(name: &str) -> Option<u32> {
    let squeezed: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_uppercase();
    let squeezed = squeezed.replace("RGF1993", "RGF93");
    let fixed = match squeezed.as_str() {
        "WGS1984WEBMERCATORAUXILIARYSPHERE" | "WGS1984WEBMERCATOR" | "WGS84PSEUDOMERCATOR" => {
            Some(3857)
        }
        "GCSWGS1984" | "WGS84" | "WGS1984" | "WGS84CRS84" => Some(4326),
        "GCSETRS1989" | "ETRS89" => Some(4258),
        "GCSRGF93" | "RGF93" | "RGF93V1" | "RGF93G" | "RGF93GEOGRAPHIQUESDMS" => Some(4171),
        "LAMBERT93" | "RGF93LAMBERT93" | "RGF93V1LAMBERT93" | "LAMB93" => Some(2154),
        "NTFPARISLAMBERTZONEII"
        | "NTFPARISFRANCEII"
        | "NTFLAMBERTIIETENDU"
        | "LAMBERTIIETENDU"
        | "NTFFRANCEIIDEGREES" => Some(27572),
        "ETRS1989LAEA" | "ETRS89LAEAEUROPE" | "ETRS89EXTENDEDLAEAEUROPE" => Some(3035),
        "RGR1992UTM40S" => Some(2975),
        "RGFG1995UTM22N" => Some(2972),
        "RGAF09UTMZONE20N" => Some(5490),
        "RRAF1991UTM20N" => Some(4559),
        "RGM2004UTMZONE38S" => Some(4471),
        "RGSPM2006UTMZONE21N" => Some(4467),
        "RGNC199193LAMBERTNEWCALEDONIA" => Some(3163),
        _ => None,
    };
    // "IGNF:LAMB93" and "LAMB93" as a name of its own.
    let own = || ignf(name.trim().to_ascii_uppercase().trim_start_matches("IGNF:"));
    if let Some(known) = fixed.or_else(own) {
        return Some(known);
    }
    if let Some(zone) = squeezed
        .strip_prefix("RGF93CC")
        .or_else(|| squeezed.strip_prefix("RGF93V1CC"))
    {
        let zone: u32 = zone.parse().ok()?;
        return (42..=50).contains(&zone).then_some(3900 + zone);
    }
    for (prefix, north, south) in [
        ("WGS1984UTMZONE", 32600, Some(32700)),
        ("WGS84UTMZONE", 32600, Some(32700)),
        ("ETRS1989UTMZONE", 25800, None),
        ("ETRS89UTMZONE", 25800, None),
    ] {
        if let Some(zone) = squeezed.strip_prefix(prefix) {
            let (base, digits) = match zone.strip_suffix('S') {
                Some(digits) => (south?, digits),
                None => (north, zone.strip_suffix('N')?),
            };
            let epsg = base
                + digits
                    .parse::<u32>()
                    .ok()
                    .filter(|zone| (1..=60).contains(zone))?;
            return crs_table::define(epsg).map(|_| epsg);
        }
    }
    // The registry's own names.
    crs_table::codes().find(|&epsg| {
        crs_table::define(epsg).is_some_and(|row| {
            row.name
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect::<String>()
                .to_ascii_uppercase()
                == squeezed
        })
    })
}
