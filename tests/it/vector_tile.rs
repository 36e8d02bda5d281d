//! Writes small vector tiles (MVT 2.1), for tests.

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A field of bytes.
fn field(number: u64, bytes: &[u8], out: &mut Vec<u8>) {
    varint(number << 3 | 2, out);
    varint(bytes.len() as u64, out);
    out.extend(bytes);
}

/// What a feature is: a line, or an area of one ring that is not closed; in the tile's units, rows from the north.
pub enum Drawn {
    Line(Vec<[i32; 2]>),
    Area(Vec<[i32; 2]>),
}

/// A tile of layers, each with features that have a name.
pub fn tile(extent: u32, layers: &[(&str, &[(&str, Drawn)])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, features) in layers {
        let mut layer = Vec::new();
        varint(15 << 3, &mut layer);
        varint(2, &mut layer);
        field(1, name.as_bytes(), &mut layer);
        for (number, (_, drawn)) in features.iter().enumerate() {
            let (kind, points) = match drawn {
                Drawn::Line(points) => (2, points),
                Drawn::Area(points) => (3, points),
            };
            let mut geometry = Vec::new();
            let mut at = [0, 0];
            for (k, point) in points.iter().enumerate() {
                match k {
                    0 => varint(1 | 1 << 3, &mut geometry),
                    1 => varint(2 | (points.len() as u64 - 1) << 3, &mut geometry),
                    _ => {}
                }
                for axis in 0..2 {
                    let step = i64::from(point[axis] - at[axis]);
                    varint((step << 1 ^ step >> 63) as u64, &mut geometry);
                }
                at = *point;
            }
            if kind == 3 {
                varint(7 | 1 << 3, &mut geometry);
            }
            let mut feature = Vec::new();
            let mut tags = Vec::new();
            varint(0, &mut tags);
            varint(number as u64, &mut tags);
            field(2, &tags, &mut feature);
            varint(3 << 3, &mut feature);
            varint(kind, &mut feature);
            field(4, &geometry, &mut feature);
            field(2, &feature, &mut layer);
        }
        field(3, b"name", &mut layer);
        for (value, _) in *features {
            let mut text = Vec::new();
            field(1, value.as_bytes(), &mut text);
            field(4, &text, &mut layer);
        }
        varint(5 << 3, &mut layer);
        varint(u64::from(extent), &mut layer);
        field(3, &layer, &mut out);
    }
    out
}
