//! Clouds of points: as text, LAS records, an octree in one file.

use jumeau::formats::{las, xyz};
use jumeau::stream::cloud::{self, Opener};
use jumeau::stream::{Delivery, Engine, FetchFault, Settings, View, Wanted};

/// Larger chunks are only long: points that never change take no bytes.
const MAX_POINTS: u32 = 1 << 17;

pub fn as_text(data: &[u8]) {
    let _ = xyz::is_points(data);
    let _ = xyz::parse(data);
}

pub fn header(data: &[u8]) {
    let Ok(at) = las::points_at(data) else {
        return;
    };
    let Some(before) = usize::try_from(at)
        .ok()
        .map(|at| data.get(..at).unwrap_or(data))
    else {
        return;
    };
    let Ok(mut header) = las::Header::parse(before) else {
        return;
    };
    if let Some((at, _)) = header.extended {
        let extended = usize::try_from(at)
            .ok()
            .and_then(|at| data.get(at..))
            .unwrap_or_default();
        header.read_extended(extended);
    }
    let rest = data.get(before.len()..).unwrap_or_default();
    for record in rest.chunks(usize::from(header.record_bytes).max(1)) {
        let _ = header.point(record);
    }
}

/// The engine gets the parts of the file that it asks for, and its chunks become contents.
pub fn cloud(data: &[u8]) {
    let part = |span: jumeau::formats::pmtiles::Span| {
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(data.len());
        data.get(place(span.offset)..place(span.offset.saturating_add(span.length))).unwrap_or_default()
    };
    let mut opener = Opener::new("x.copc.laz", None);
    let mut asked = 0;
    let middle = loop {
        asked += 1;
        assert!(asked < 32, "a head without end");
        match opener.take(part(opener.wanted())) {
            Ok(None) => {}
            Ok(Some(cloud)) => break cloud.sphere(),
            Err(_) => return,
        }
    };
    let Some((position, _)) = middle else { return };
    let mut engine = Engine::new("x.copc.laz", Settings { max_bytes: 32 << 20, max_retries: 1, ..Settings::default() });
    let views = [View { position, direction: -position.normalize_or(glam::DVec3::Z), frustum: Vec::new(), pixels_per_radian: 1_000.0 }];
    for frame in 0..24 {
        for fetch in engine.update(&views, frame).fetch {
            let Some(span) = fetch.span else { panic!("the whole file is asked for") };
            let body = match fetch.wanted {
                Wanted::Tileset | Wanted::Subtree => Ok(Delivery::Bytes(part(span).to_vec())),
                Wanted::Content => {
                    let block = engine.placement(fetch.tile).and_then(|placement| placement.block).filter(|block| block.count <= MAX_POINTS);
                    match block.map(|block| cloud::content(part(span), &block)) {
                        Some(Ok(content)) => {
                            for mesh in &content.meshes {
                                let table = mesh.table.and_then(|table| content.tables.get(table)).expect("points have classes");
                                assert!(mesh.feature_ids.iter().all(|row| (*row as usize) < table.count));
                                assert!(mesh.told.iter().all(|column| column.values.len() == mesh.positions.len()));
                            }
                            Ok(Delivery::Content { bytes: 1_000 })
                        }
                        Some(Err(fault)) => Err(FetchFault::Lasting(fault.to_string())),
                        None => Err(FetchFault::Lasting("too many points".to_owned())),
                    }
                }
            };
            engine.deliver(fetch.id, body);
        }
    }
}
