//! Arrays as the shaders read them: a tile's feature table, a series' values.

use crate::formats::gltf::PropertyTable;
use bevy::asset::RenderAssetUsages;
use crate::formats::gltf::Wrap;
use crate::formats::tiles3d::content::Painting;
use bevy::image::{Image, ImageAddressMode, ImageFilterMode, ImageSampler, ImageSamplerDescriptor};
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat};

/// Width of a feature table's texture; every WebGL2 device has at least 2,048. As `TABLE_BITS` in `shaders/lib/features.wgsl`.
const TABLE_WIDTH: usize = 1 << 8;
/// Width of the texture of values; every WebGL2 device has at least 2,048. As `VALUES_BITS` in `shaders/lib/features.wgsl`.
pub const VALUES_WIDTH: usize = 1 << 11;

/// FNV-1a of a feature's id; 0 is kept for "nothing selected".
pub fn feature_hash(id: &str) -> u32 {
    let hash = id.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    hash.max(1)
}

/// No row of values, no year. As `shaders/lib/features.wgsl` has it.
pub const NO_DATA: u32 = u32::MAX;
/// The theme is not about features of this kind.
pub const NOT_MEANT: u32 = u32::MAX - 1;
/// As a row: the scale is the value, at every instant.
pub const CONSTANT: u32 = u32::MAX - 2;
/// As a year: a filter leaves the feature out.
pub const FILTERED: u32 = u32::MAX - 2;
/// Stands for a value that is absent: NaN does not survive every driver.
pub const NO_VALUE: f32 = -3.0e38;

/// Set in the years of a feature whose roof could carry modules, by the other way round of the bit that no year and all marks have.
const COULD_CARRY: u32 = 1 << 30;

/// What the shader reads of each feature of a table; `lookup` gives the scale and the row of its values.
pub fn table_records(table: &PropertyTable, lookup: &dyn Fn(usize) -> (f32, u32)) -> Vec<[u32; 4]> {
    filtered_records(table, lookup, &|_| true, &|_| false)
}

/// The same, where some features are left out, and some could carry modules on their roofs.
pub fn filtered_records(table: &PropertyTable, lookup: &dyn Fn(usize) -> (f32, u32), is_shown: &dyn Fn(usize) -> bool, could_carry: &dyn Fn(usize) -> bool) -> Vec<[u32; 4]> {
    let is_building = table.class == BUILDING;
    let lives = super::lives::Lives::of(table);
    (0..table.count)
        .map(|row| {
            let (scale, values) = lookup(row);
            // Years are about buildings, and about whatever else has some.
            let life = lives.get(row);
            let year = if life.is_known() { life.packed() } else if is_building { NO_DATA } else { NOT_MEANT };
            let hash = table.text("id", row).map_or(0, feature_hash);
            let year = if is_shown(row) { year } else { FILTERED };
            [scale.to_bits(), values, if could_carry(row) { year ^ COULD_CARRY } else { year }, hash]
        })
        .collect()
}

/// Class of the tables that the demand theme and the years are about.
const BUILDING: &str = "building";

/// Scale and profile of the demand theme: watts per square metre of floor, averaged over the year; the profile's mean is one.
pub fn demand_record(table: &PropertyTable, row: usize) -> (f32, u32) {
    const HOURS_PER_YEAR: f64 = 8760.0;
    if table.class != BUILDING {
        return (NO_VALUE, NOT_MEANT);
    }
    let scale = match (table.number("demand_kwh_year", row), table.number("floor_area_m2", row)) {
        (Some(kwh), Some(area)) if area > 0.0 => (kwh * 1000.0 / HOURS_PER_YEAR / area) as f32,
        _ => NO_VALUE,
    };
    (scale, table.number("demand_profile", row).map_or(NO_DATA, |profile| profile as u32))
}

/// One texel per record, row after row.
pub fn table_image(records: &[[u32; 4]]) -> Image {
    let width = TABLE_WIDTH.min(records.len().max(1));
    let height = records.len().max(1).div_ceil(width);
    let mut data = Vec::with_capacity(width * height * 16);
    for index in 0..width * height {
        for word in records.get(index).unwrap_or(&[0; 4]) {
            data.extend_from_slice(&word.to_le_bytes());
        }
    }
    Image::new(
        extent(width, height),
        TextureDimension::D2,
        data,
        TextureFormat::Rgba32Uint,
        RenderAssetUsages::RENDER_WORLD,
    )
}

/// Room for values, four to a texel, row after row; whoever owns it writes into it.
pub fn value_image(width: usize, height: usize) -> Image {
    Image::new_uninit(extent(width.max(1), height.max(1)), TextureDimension::D2, TextureFormat::Rgba32Float, RenderAssetUsages::RENDER_WORLD)
}

fn extent(width: usize, height: usize) -> Extent3d {
    Extent3d {
        width: width as u32,
        height: height as u32,
        depth_or_array_layers: 1,
    }
}

/// A model's own picture with its halvings.
pub fn surface_image(painting: Painting) -> Image {
    let Painting { columns, rows, levels, bytes, wrap, nearest, .. } = painting;
    let mut image =
        Image::new_uninit(extent(columns, rows), TextureDimension::D2, TextureFormat::Rgba8UnormSrgb, RenderAssetUsages::RENDER_WORLD);
    image.texture_descriptor.mip_level_count = levels.max(1);
    image.data = Some(bytes);
    let [across, down] = wrap.map(|wrap| match wrap {
        Wrap::Repeat => ImageAddressMode::Repeat,
        Wrap::Clamp => ImageAddressMode::ClampToEdge,
        Wrap::Mirror => ImageAddressMode::MirrorRepeat,
    });
    let near = if nearest { ImageFilterMode::Nearest } else { ImageFilterMode::Linear };
    image.sampler = ImageSampler::Descriptor(ImageSamplerDescriptor {
        address_mode_u: across,
        address_mode_v: down,
        mag_filter: near,
        // Wherever pixels are to stay square the card takes no more than one sample.
        min_filter: near,
        mipmap_filter: near,
        anisotropy_clamp: if nearest { 1 } else { super::platform::ANISOTROPY },
        ..ImageSamplerDescriptor::default()
    });
    image
}

/// A square picture for the ground with `levels` of it, each half the one before, as bytes one after the other.
pub fn picture_image(bytes: Vec<u8>, side: u32, levels: u32) -> Image {
    let side = side.max(1) as usize;
    let mut image = Image::new_uninit(extent(side, side), TextureDimension::D2, TextureFormat::Rgba8UnormSrgb, RenderAssetUsages::RENDER_WORLD);
    image.texture_descriptor.mip_level_count = levels.max(1);
    image.data = Some(bytes);
    image.sampler = ImageSampler::Descriptor(ImageSamplerDescriptor {
        mag_filter: ImageFilterMode::Linear,
        min_filter: ImageFilterMode::Linear,
        mipmap_filter: ImageFilterMode::Linear,
        anisotropy_clamp: super::platform::ANISOTROPY,
        ..ImageSamplerDescriptor::default()
    });
    image
}
