//! Arrays as the shaders read them: a tile's feature table, the territory's hourly profiles.

use bevy::asset::RenderAssetUsages;
use crate::formats::gltf::Wrap;
use crate::formats::tiles3d::content::Painting;
use bevy::image::{Image, ImageAddressMode, ImageFilterMode, ImageSampler, ImageSamplerDescriptor};
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat};

/// Width of a feature table's texture; every WebGL2 device has at least 2,048.
const TABLE_WIDTH: usize = 256;
/// Rows of a texture that every WebGL2 device has.
const MAX_TEXTURE_HEIGHT: usize = 2048;
/// Width of the profile texture.
pub const PROFILE_WIDTH: usize = 1024;

/// FNV-1a of a feature's id; 0 is kept for "nothing selected".
pub fn feature_hash(id: &str) -> u32 {
    let hash = id.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    hash.max(1)
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

/// `rows` profiles of `steps` coefficients, each beginning on a texture row of its own. A missing value becomes -1.
///
/// `None` when they need more rows than every device has.
pub fn profile_image(values: &[f32], rows: usize, steps: usize) -> Option<Image> {
    let lines = steps.max(1).div_ceil(PROFILE_WIDTH);
    let height = lines.checked_mul(rows.max(1)).filter(|height| *height <= MAX_TEXTURE_HEIGHT)?;
    let mut data = Vec::with_capacity(PROFILE_WIDTH * height * 4);
    for row in 0..rows.max(1) {
        for step in 0..lines * PROFILE_WIDTH {
            let value = (step < steps)
                .then(|| values.get(row * steps + step))
                .flatten()
                .copied()
                .filter(|value| value.is_finite())
                .unwrap_or(-1.0);
            data.extend_from_slice(&value.to_le_bytes());
        }
    }
    Some(Image::new(
        extent(PROFILE_WIDTH, height),
        TextureDimension::D2,
        data,
        TextureFormat::R32Float,
        RenderAssetUsages::RENDER_WORLD,
    ))
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
