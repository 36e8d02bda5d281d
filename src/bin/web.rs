//! The viewer in the browser: `start` opens a territory on a canvas, `send` takes commands, answers come as `jumeau` events on the window.

#[cfg(target_arch = "wasm32")]
mod page {
    use jumeau::io::Location;
    use jumeau::view::Language;
    use jumeau::viewer::open::{Opening, document};
    use jumeau::viewer::page::PagePlugin;
    use jumeau::viewer::{Smoothing, Target, app, platform};
    use wasm_bindgen::prelude::*;

    /// Opens the territory at `territory` (an address, relative ones count from the page) on the canvas that `canvas` selects.
    /// `over` is what lies on its ground beside its own: whole addresses of templates of pictures, descriptions of tiles and archives of vectors.
    /// `manifest` is the territory's own document where the page has read it already.
    #[wasm_bindgen]
    pub fn start(canvas: &str, territory: &str, link: &str, over: Vec<String>, manifest: Option<String>) -> Result<(), JsValue> {
        console_error_panic_hook::set_once();
        let opening = Opening {
            link: link.to_owned(),
            // The page tells its language by a command.
            language: Language::Fr,
            name: territory.to_owned(),
            over,
            manifest: manifest.map(String::into_bytes),
            ..Opening::default()
        };
        // A tileset, an archive or a cloud of points opens as well, by its own address.
        let (location, opening) = match document(territory) {
            Some((folder, document)) => (Location::Url(folder), Opening { name: document.clone(), tileset: Some(document), ..opening }),
            None => (Location::parse(territory), opening),
        };
        app(location, opening, Target::Canvas(canvas.to_owned()), Smoothing(4))
            .map_err(|fault| JsValue::from_str(&fault.to_string()))?
            .add_plugins(PagePlugin)
            .run();
        Ok(())
    }

    /// Starts workers that decode contents beside the page's thread; before [`start`], and only where the page has some.
    #[wasm_bindgen]
    pub fn decoders(script: &str, module: &str, wasm: &str, count: usize) {
        platform::start_decoders(script, module, wasm, count);
    }

    /// Hands over one command as JSON.
    #[wasm_bindgen]
    pub fn send(command: String) {
        platform::push_message(command);
    }
}

fn main() {}
