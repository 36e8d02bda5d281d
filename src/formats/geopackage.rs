//! GeoPackage: the binary header before each geometry. The tables themselves are SQLite, which the pipeline reads.
//!
//! Source: OGC 12-128r19, section 2.1.3 (GeoPackageBinaryHeader).

use super::{
    shape::Shape,
    wkb::{self, WkbFault},
};

/// A geometry as a GeoPackage stores it.
#[derive(Clone, Debug, PartialEq)]
pub struct GeoPackageGeometry {
    /// `srs_id` of the package's own table of systems.
    pub srs_id: i32,
    pub shape: Shape,
}

/// Why a blob is no GeoPackage geometry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GeoPackageFault {
    #[error("the geometry does not begin with 'GP'")]
    Magic,
    #[error("the geometry's header is cut off")]
    Truncated,
    #[error("envelope code {0} does not exist")]
    Envelope(u8),
    #[error(transparent)]
    Wkb(#[from] WkbFault),
}

/// Reads one geometry blob.
///
/// # Errors
/// A [`GeoPackageFault`] that says what is wrong with the bytes.
pub fn parse_geometry(blob: &[u8]) -> Result<GeoPackageGeometry, GeoPackageFault> {
    let header: [u8; 8] = blob
        .get(..8)
        .and_then(|slice| slice.try_into().ok())
        .ok_or(GeoPackageFault::Truncated)?;
    let [magic_g, magic_p, _version, flags, srs @ ..] = header;
    if [magic_g, magic_p] != *b"GP" {
        return Err(GeoPackageFault::Magic);
    }
    let srs_id = if flags & 1 == 1 {
        i32::from_le_bytes(srs)
    } else {
        i32::from_be_bytes(srs)
    };
    let envelope = match (flags >> 1) & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        other => return Err(GeoPackageFault::Envelope(other)),
    };
    let body = blob.get(8 + envelope..).ok_or(GeoPackageFault::Truncated)?;
    let (shape, _) = wkb::parse(body)?;
    Ok(GeoPackageGeometry { srs_id, shape })
}

/// Writes one geometry blob, without an envelope.
pub fn write_geometry(srs_id: i32, shape: &Shape) -> Vec<u8> {
    // Version 0, little endian, no envelope, not empty.
    let mut blob = vec![b'G', b'P', 0, 1];
    blob.extend(srs_id.to_le_bytes());
    blob.extend(wkb::write(shape));
    blob
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let ring = vec![[1.0, 2.0, 3.0], [4.0, 2.0, 3.5], [4.0, 5.0, 3.0], [1.0, 2.0, 3.0]];
        for shape in [
            Shape::Point([7.0, 8.0, 9.0]),
            Shape::Line(ring.clone()),
            Shape::Polygon(vec![ring.clone(), ring.clone()]),
            Shape::Many(vec![Shape::Polygon(vec![ring.clone()]), Shape::Line(ring)]),
        ] {
            let read = parse_geometry(&write_geometry(2154, &shape)).unwrap();
            assert_eq!(read, GeoPackageGeometry { srs_id: 2154, shape });
        }
    }
}
