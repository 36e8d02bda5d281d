//! What runs in the page's Web Workers: contents of tiles to prepared arrays. No Bevy, so that it is there long before the viewer.

#[cfg(target_arch = "wasm32")]
mod page {
    use jumeau::formats::gltf::read::glb;
    use jumeau::stream::arrays::TileArrays;
    use jumeau::stream::parcel::pack;
    use wasm_bindgen::prelude::*;

    /// The parcel of a content whose tile lies at `ecef_from_tile` (sixteen numbers, column by column); throws the sentence that says why it cannot be read.
    #[wasm_bindgen]
    pub fn decode(content: &[u8], ecef_from_tile: &[f64], pictured: bool) -> Result<Vec<u8>, JsValue> {
        let placement: [f64; 16] = ecef_from_tile.try_into().map_err(|_| JsValue::from_str("a placement has sixteen numbers"))?;
        let content = glb(content).map_err(|fault| JsValue::from_str(&fault.to_string()))?;
        Ok(pack(&TileArrays::of(content, glam::DMat4::from_cols_array(&placement), pictured)))
    }
}

fn main() {}
