//! How a surface looks beside its colours: the picture laid on it, what of it is cut away, whether light falls on it.
//!
//! Pictures are handed on as they are coded; who draws them decodes them. Only the base colour is read: roughness, normals and glow are not drawn.

use super::accessor::{Resources, Store};
use super::container::data_uri;
use super::json::{Material, Primitive, extension};
use super::sampled::{Reference, Sampled};
use super::{GltfFault, Limits};
use serde::Deserialize;
use serde_json::Value;

const TRANSFORM: &str = "KHR_texture_transform";
const BASISU: &str = "KHR_texture_basisu";
const WEBP: &str = "EXT_texture_webp";
const AVIF: &str = "EXT_texture_avif";
const UNLIT: &str = "KHR_materials_unlit";
/// How materials of glTF 1.0 were carried over into 2.0.
const TECHNIQUES: &str = "KHR_techniques_webgl";
const GLOSSINESS: &str = "KHR_materials_pbrSpecularGlossiness";

/// A mesh's surface; the default is plain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finish {
    /// Index into the pictures of the scene.
    pub picture: Option<usize>,
    /// Where each vertex lies on the picture, from its upper left corner; empty, or as many as positions.
    pub uvs: Vec<[f32; 2]>,
    /// What is more transparent than this is cut away.
    pub cutoff: Option<f32>,
    /// The colours are what shall be seen: no light falls on them.
    pub unlit: bool,
    /// Alpha of picture and colours counts.
    pub blends: bool,
}

/// A picture as it is coded.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub bytes: Vec<u8>,
    /// Beyond its left and right, and its upper and lower edges.
    pub wrap: [Wrap; 2],
    /// Pixels stay square when seen from near.
    pub nearest: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wrap {
    #[default]
    Repeat,
    Clamp,
    Mirror,
}

impl Wrap {
    fn of(number: u64) -> Self {
        match number {
            33071 => Self::Clamp,
            33648 => Self::Mirror,
            _ => Self::Repeat,
        }
    }
}

/// A reference to a texture.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TextureInfo {
    index: usize,
    #[serde(default)]
    tex_coord: usize,
    #[serde(default)]
    extensions: super::json::Extensions,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Transform {
    offset: Option<[f32; 2]>,
    /// Radians, counter-clockwise.
    rotation: f32,
    scale: Option<[f32; 2]>,
    tex_coord: Option<usize>,
}

/// All pictures of a document, each read once.
#[derive(Default)]
pub(super) struct Gallery {
    pub pictures: Vec<Picture>,
    /// Place among the pictures by texture; `None` where it could not be had, which has been told.
    known: std::collections::BTreeMap<usize, Option<usize>>,
}

impl Gallery {
    /// The finish of a primitive; what is missing goes to `left_out`.
    #[expect(clippy::too_many_arguments, reason = "a picture comes from everywhere in a document")]
    pub fn finish(
        &mut self,
        store: &Store<'_>,
        primitive: &Primitive,
        count: usize,
        limits: &Limits,
        resources: &mut Resources<'_>,
        left_out: &mut Vec<GltfFault>,
    ) -> Result<Finish, GltfFault> {
        let Some(material) = primitive.material.and_then(|number| store.document.materials.get(number)) else {
            return Ok(Finish::default());
        };
        let surface = Surface::of(material);
        let mut finish = Finish {
            cutoff: (material.alpha_mode.as_deref() == Some("MASK")).then(|| material.alpha_cutoff.unwrap_or(0.5)),
            unlit: material.extensions.contains_key(UNLIT) || surface.glows,
            blends: material.alpha_mode.as_deref() == Some("BLEND"),
            ..Finish::default()
        };
        let Some(info) = surface.texture.and_then(|info| TextureInfo::deserialize(info).ok()) else {
            return Ok(finish);
        };
        let transform: Transform = extension(&info.extensions, TRANSFORM).unwrap_or_default();
        let set = transform.tex_coord.unwrap_or(info.tex_coord);
        let Some(accessor) = primitive.attribute(&format!("TEXCOORD_{set}")) else {
            return Ok(finish);
        };
        let Some(picture) = self.picture(store, info.index, limits, resources, left_out) else {
            return Ok(finish);
        };
        let mut uvs = places(store, accessor, set, count)?;
        let ([dx, dy], [sx, sy]) = (transform.offset.unwrap_or_default(), transform.scale.unwrap_or([1.0; 2]));
        let (sin, cos) = transform.rotation.sin_cos();
        for uv in &mut uvs {
            let [u, v] = [uv[0] * sx, uv[1] * sy];
            *uv = [cos * u + sin * v + dx, cos * v - sin * u + dy];
            if !uv.iter().all(|x| x.is_finite()) {
                *uv = [0.0; 2];
            }
        }
        finish.uvs = uvs;
        finish.picture = Some(picture);
        Ok(finish)
    }

    /// What pictures tell of a primitive; one whose picture is missing tells nothing, which goes to `left_out`.
    pub fn sampled(
        &mut self,
        store: &Store<'_>,
        primitive: &Primitive,
        references: Vec<Reference>,
        count: usize,
        (limits, resources): (&Limits, &mut Resources<'_>),
        left_out: &mut Vec<GltfFault>,
    ) -> Result<Vec<Sampled>, GltfFault> {
        let mut found = Vec::with_capacity(references.len());
        for Reference { texture, set, tells } in references {
            let Some(accessor) = primitive.attribute(&format!("TEXCOORD_{set}")) else { continue };
            let Some(picture) = self.picture(store, texture, limits, resources, left_out) else { continue };
            found.push(Sampled { picture, uvs: places(store, accessor, set, count)?, tells });
        }
        Ok(found)
    }

    fn picture(
        &mut self,
        store: &Store<'_>,
        texture: usize,
        limits: &Limits,
        resources: &mut Resources<'_>,
        left_out: &mut Vec<GltfFault>,
    ) -> Option<usize> {
        if let Some(known) = self.known.get(&texture) {
            return *known;
        }
        let found = if self.pictures.len() >= limits.pictures {
            Err(GltfFault::new("gltf-limit", "pictures", self.pictures.len()))
        } else {
            picture(store, texture, resources)
        };
        let place = match found {
            Ok(picture) => {
                self.pictures.push(picture);
                Some(self.pictures.len() - 1)
            }
            Err(fault) => {
                left_out.push(fault);
                None
            }
        };
        self.known.insert(texture, place);
        place
    }
}

/// Where vertices lie on a picture.
fn places(store: &Store<'_>, accessor: usize, set: usize, count: usize) -> Result<Vec<[f32; 2]>, GltfFault> {
    let uvs = store.vectors::<2>(accessor, count)?;
    if uvs.len() != count {
        return Err(GltfFault::new("gltf-attribute-count", format!("TEXCOORD_{set}"), format!("{} ≠ {count}", uvs.len())));
    }
    Ok(uvs)
}

/// What gives a surface its colour.
pub(super) struct Surface {
    /// Linear.
    pub factor: [f32; 4],
    /// The reference to a picture.
    texture: Option<Value>,
    /// It gives light by itself and takes none.
    glows: bool,
}

impl Surface {
    /// Whichever way the material says it.
    pub fn of(material: &Material) -> Self {
        let pbr = material.pbr_metallic_roughness.as_ref();
        let glossiness = material.extensions.get(GLOSSINESS);
        let values = material.extensions.get(TECHNIQUES).and_then(|technique| technique.get("values")?.as_object());
        let diffuse = |name: &str| ["diffuse", "color", "colour"].iter().any(|word| name.to_ascii_lowercase().contains(word));
        let of_technique = values.and_then(|values| values.iter().find_map(|(name, value)| four(value).filter(|_| diffuse(name))));
        let factor = glossiness.and_then(|of| four(of.get("diffuseFactor")?)).or(pbr.and_then(|pbr| pbr.base_color_factor)).or(of_technique).unwrap_or([1.0; 4]);
        let pictured = || values?.values().find(|value| value.get("index").is_some_and(Value::is_u64)).cloned();
        let texture = pbr.and_then(|pbr| pbr.base_color_texture.clone()).or_else(|| glossiness?.get("diffuseTexture").cloned()).or_else(pictured);
        // Some write what shall be seen as it is as light of a black surface.
        let light = material.emissive_factor.as_ref().and_then(|light| <[f32; 3]>::deserialize(light).ok()).unwrap_or_default();
        if factor[..3] == [0.0; 3] && light.iter().any(|part| *part > 0.0) {
            let [r, g, b] = light;
            return Self { factor: [r, g, b, factor[3]], texture: material.emissive_texture.clone(), glows: true };
        }
        Self { factor, texture, glows: false }
    }
}

fn four(value: &Value) -> Option<[f32; 4]> {
    <[f32; 4]>::deserialize(value).ok()
}

/// Fetches the picture of a texture.
fn picture(store: &Store<'_>, number: usize, resources: &mut Resources<'_>) -> Result<Picture, GltfFault> {
    let object = || format!("textures[{number}]");
    let document = store.document;
    let texture = document.textures.get(number).ok_or_else(|| GltfFault::new("gltf-index", object(), ""))?;
    let source_of = |of: &Value| of.get("source").and_then(Value::as_u64).and_then(|source| usize::try_from(source).ok());
    let by_extension = |name: &str| texture.get("extensions").and_then(|all| all.get(name)).and_then(source_of);
    let source = match (by_extension(WEBP), source_of(texture)) {
        (Some(source), _) | (None, Some(source)) => source,
        (None, None) => {
            let codec = [BASISU, AVIF].into_iter().find(|name| by_extension(name).is_some());
            return Err(match codec {
                Some(codec) => GltfFault::new("gltf-picture-codec", object(), codec),
                None => GltfFault::new("gltf-picture-missing", object(), ""),
            });
        }
    };
    let image = document.images.get(source).ok_or_else(|| GltfFault::new("gltf-index", format!("images[{source}]"), ""))?;
    let view = image.get("bufferView").and_then(Value::as_u64).and_then(|view| usize::try_from(view).ok());
    let bytes = match (view, image.get("uri").and_then(Value::as_str)) {
        (Some(view), _) => store.view(view)?.to_vec(),
        (None, Some(uri)) if uri.starts_with("data:") => {
            data_uri(uri).ok_or_else(|| GltfFault::new("gltf-picture-missing", format!("images[{source}]"), "data:"))?
        }
        (None, Some(uri)) => {
            resources(uri).ok_or_else(|| GltfFault::new("gltf-picture-missing", format!("images[{source}]"), uri))?
        }
        (None, None) => return Err(GltfFault::new("gltf-picture-missing", format!("images[{source}]"), "")),
    };
    if bytes.starts_with(b"\xABKTX 20\xBB") {
        return Err(GltfFault::new("gltf-picture-codec", format!("images[{source}]"), "KTX2"));
    }
    let sampler = texture
        .get("sampler")
        .and_then(Value::as_u64)
        .and_then(|sampler| document.samplers.get(usize::try_from(sampler).ok()?));
    let of_sampler = |key: &str| sampler.and_then(|sampler| sampler.get(key)).and_then(Value::as_u64);
    let wrap = ["wrapS", "wrapT"].map(|key| Wrap::of(of_sampler(key).unwrap_or(10497)));
    Ok(Picture { bytes, wrap, nearest: of_sampler("magFilter") == Some(9728) })
}
