//! Tiles of pictures as bytes.

use crate::formats::colours::Pixel;
use crate::formats::still::Encoding;

/// Of JPEG, 1 to 100: what a photograph from the air needs.
const QUALITY: u8 = 85;
/// Where a tile without transparency shows nothing.
const PAPER: u32 = 255;

/// A square of pixels as a file.
///
/// # Errors
/// A sentence, where the encoder cannot.
pub fn encode(pixels: &[Pixel], side: usize, encoding: Encoding) -> Result<Vec<u8>, String> {
    let length = u16::try_from(side).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    match encoding {
        Encoding::Jpeg => {
            let flat: Vec<u8> = pixels.iter().flat_map(|pixel| on_paper(*pixel)).collect();
            let encoder = jpeg_encoder::Encoder::new(&mut bytes, QUALITY);
            encoder.encode(&flat, length, length, jpeg_encoder::ColorType::Rgb).map_err(|error| error.to_string())?;
        }
        Encoding::Png => {
            let opaque = pixels.iter().all(|pixel| pixel[3] == 255);
            let mut encoder = png::Encoder::new(&mut bytes, length.into(), length.into());
            encoder.set_depth(png::BitDepth::Eight);
            encoder.set_color(if opaque { png::ColorType::Rgb } else { png::ColorType::Rgba });
            let mut writer = encoder.write_header().map_err(|error| error.to_string())?;
            let samples: Vec<u8> = if opaque { pixels.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect() } else { pixels.as_flattened().to_vec() };
            writer.write_image_data(&samples).and_then(|()| writer.finish()).map_err(|error| error.to_string())?;
        }
        Encoding::Webp => {
            let encoder = image_webp::WebPEncoder::new(&mut bytes);
            encoder.encode(pixels.as_flattened(), length.into(), length.into(), image_webp::ColorType::Rgba8).map_err(|error| error.to_string())?;
        }
    }
    Ok(bytes)
}

fn on_paper([r, g, b, a]: Pixel) -> [u8; 3] {
    let a = u32::from(a);
    [r, g, b].map(|value| ((u32::from(value) * a + PAPER * (255 - a) + 127) / 255) as u8)
}
