//! FlatGeobuf, feature by feature; its spatial index is passed over, since everything is read.

use super::{Content, Found, Head, Opened, Row, Table, Unread, short_name};
use crate::formats::flatgeobuf::{
    self, Header, MAGIC_BYTES, MAX_FEATURE_BYTES, MAX_HEADER_BYTES, Value,
};
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::Mapping;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

pub fn recognises(head: &Head) -> bool {
    flatgeobuf::recognises(head.bytes)
}

pub fn open(path: &Path) -> Opened {
    let features = Features::open(path).map_err(|reason| ("source-unreadable", reason))?;
    Ok(vec![Found {
        file: short_name(path),
        table: None,
        kind: features.header.kind(),
        crs: features.header.crs.clone(),
        columns: features
            .header
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect(),
        content: Content::Table(Box::new(features)),
    }])
}

struct Features {
    path: PathBuf,
    header: Header,
    /// Where the first feature begins.
    start: u64,
    length: u64,
}

impl Features {
    fn open(path: &Path) -> Result<Self, String> {
        let text = |error: std::io::Error| error.to_string();
        let length = std::fs::metadata(path).map_err(text)?.len();
        let mut file = File::open(path).map_err(text)?;
        let mut magic = [0; MAGIC_BYTES];
        file.read_exact(&mut magic).map_err(text)?;
        flatgeobuf::magic(&magic).map_err(|fault| fault.to_string())?;
        let bytes = sized(&mut file, MAX_HEADER_BYTES, length)?.ok_or("0")?;
        let header = flatgeobuf::header(&bytes).map_err(|fault| fault.to_string())?;
        let start = (MAGIC_BYTES + 4 + bytes.len()) as u64 + header.index_bytes;
        Ok(Self {
            path: path.to_owned(),
            header,
            start,
            length,
        })
    }
}

/// A buffer behind its size; `None` at the end of the file.
fn sized(file: &mut impl Read, most: usize, length: u64) -> Result<Option<Vec<u8>>, String> {
    let text = |error: std::io::Error| error.to_string();
    let mut size = [0; 4];
    match file.read(&mut size).map_err(text)? {
        0 => return Ok(None),
        read => file
            .read_exact(size.get_mut(read..).unwrap_or_default())
            .map_err(text)?,
    }
    let size = u32::from_le_bytes(size) as usize;
    if size > most || size as u64 > length {
        return Err(format!("{size} > {}", length.min(most as u64)));
    }
    let mut bytes = vec![0; size];
    file.read_exact(&mut bytes).map_err(text)?;
    Ok(Some(bytes))
}

impl Table for Features {
    fn read(&self, mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        let text = |error: std::io::Error| error.to_string();
        let mut file = BufReader::new(File::open(&self.path).map_err(text)?);
        file.seek(SeekFrom::Start(self.start)).map_err(text)?;
        let mut number = 0_u64;
        loop {
            number += 1;
            let object = format!("#{number}");
            match sized(&mut file, MAX_FEATURE_BYTES, self.length) {
                Ok(None) => break,
                Ok(Some(bytes)) => match flatgeobuf::feature(&bytes, &self.header) {
                    Ok(feature) => each(Ok(self.record(object, feature, mapping))),
                    Err(fault) => each(Err(Unread {
                        object,
                        reason: fault.to_string(),
                    })),
                },
                Err(reason) => {
                    // Cut off: what came before is good.
                    each(Err(Unread { object, reason }));
                    return Ok(());
                }
            }
        }
        let (found, stated) = (number - 1, self.header.features);
        if found < stated {
            each(Err(Unread {
                object: format!("#{number}"),
                reason: format!("{found} / {stated}"),
            }));
        }
        Ok(())
    }
}

impl Features {
    fn record(&self, object: String, feature: flatgeobuf::Feature, mapping: &Mapping) -> Record {
        let mut record = Record {
            object,
            shape: feature.shape,
            values: Vec::new(),
        };
        for (term, columns) in mapping {
            let value = columns.iter().find_map(|name| {
                let at = self
                    .header
                    .columns
                    .iter()
                    .position(|column| column.name == *name)?;
                feature
                    .values
                    .iter()
                    .find(|(column, _)| *column == at)
                    .map(|(_, value)| value.clone())
            });
            if let Some(value) = value {
                let cell = match value {
                    Value::Number(number) => Cell::Number(number),
                    Value::Text(text) => Cell::Text(text),
                    Value::Flag(flag) => Cell::Flag(flag),
                };
                record.values.push((term, cell));
            }
        }
        record.name_by_id();
        record
    }
}
