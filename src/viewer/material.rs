//! The one lean material of every surface, and the one buffer that all of its bind groups share.
//!
//! Reads: [`SceneUniform`] (main world). Writes: the GPU buffer, once a frame.
//! Moving the time slider changes this buffer and nothing else: no bind group, mesh, texture or pipeline is touched.

use bevy::asset::uuid_handle;
use bevy::ecs::system::SystemParamItem;
use bevy::ecs::system::lifetimeless::SRes;
use bevy::mesh::{MeshVertexAttribute, MeshVertexBufferLayoutRef, VertexFormat};
use bevy::pbr::{Material, MaterialPipeline, MaterialPipelineKey, MaterialPlugin};
use bevy::prelude::*;
use bevy::render::extract_resource::{ExtractResource, ExtractResourcePlugin};
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::{
    AsBindGroup, AsBindGroupError, BindGroupLayout, BindGroupLayoutEntry, BindingResources,
    BindingType, Buffer, BufferBindingType, BufferDescriptor, BufferUsages, CompareFunction, Extent3d, Origin3d,
    OwnedBindingResource, TexelCopyBufferLayout, TexelCopyTextureInfo, TextureAspect, RenderPipelineDescriptor, SamplerBindingType, ShaderStages, ShaderType,
    SpecializedMeshPipelineError, TextureSampleType, TextureViewDimension, UnpreparedBindGroup,
    encase,
};
use bevy::render::renderer::{RenderDevice, RenderQueue};
use bevy::render::texture::GpuImage;
use bevy::render::{ExtractSchedule, GpuResourceAppExt, MainWorld, Render, RenderApp, RenderSystems};
use bevy::shader::{ShaderDefVal, ShaderRef};

/// Unit normal in signed bytes.
pub const ATTRIBUTE_NORMAL: MeshVertexAttribute =
    MeshVertexAttribute::new("Tile_Normal", 0x4a75_6d01, VertexFormat::Snorm8x4);
/// sRGB colour in bytes.
pub const ATTRIBUTE_COLOUR: MeshVertexAttribute =
    MeshVertexAttribute::new("Tile_Colour", 0x4a75_6d02, VertexFormat::Unorm8x4);
/// Row of the tile's feature table.
pub const ATTRIBUTE_FEATURE: MeshVertexAttribute =
    MeshVertexAttribute::new("Tile_Feature", 0x4a75_6d03, VertexFormat::Uint32);

/// Share of the picture on the ground, from its north-west corner.
pub const ATTRIBUTE_PLACE: MeshVertexAttribute =
    MeshVertexAttribute::new("Tile_Place", 0x4a75_6d04, VertexFormat::Unorm16x2);

/// Place on a model's own picture, from its upper left corner.
pub const ATTRIBUTE_UV: MeshVertexAttribute =
    MeshVertexAttribute::new("Tile_Uv", 0x4a75_6d05, VertexFormat::Float32x2);

/// Where a vertex is on the line or the object it draws; see [`crate::formats::gltf::Stroke`].
pub const ATTRIBUTE_STROKE: MeshVertexAttribute =
    MeshVertexAttribute::new("Tile_Stroke", 0x4a75_6d06, VertexFormat::Float32x4);

const TILE_SHADER: Handle<Shader> = uuid_handle!("5f6f9a37-2a35-4a3f-9b0d-0d1f3c7f0a01");
const TILE_SHADOW_SHADER: Handle<Shader> = uuid_handle!("5f6f9a37-2a35-4a3f-9b0d-0d1f3c7f0a02");
const SKY_SHADER: Handle<Shader> = uuid_handle!("5f6f9a37-2a35-4a3f-9b0d-0d1f3c7f0a03");
const SCENE_LIBRARY: Handle<Shader> = uuid_handle!("5f6f9a37-2a35-4a3f-9b0d-0d1f3c7f0a04");
const FEATURES_LIBRARY: Handle<Shader> = uuid_handle!("5f6f9a37-2a35-4a3f-9b0d-0d1f3c7f0a05");
const SHADOW_LIBRARY: Handle<Shader> = uuid_handle!("5f6f9a37-2a35-4a3f-9b0d-0d1f3c7f0a06");

/// Machines that may follow rows of their own; further ones follow the mean.
pub const MACHINES: usize = 256;

/// Light, haze and overlay of the moment. Mirrors `Scene` in `shaders/lib/scene.wgsl`, where each field is explained.
#[derive(Resource, ExtractResource, Clone, Debug, ShaderType)]
pub struct SceneUniform {
    pub to_sun: Vec4,
    pub sun_colour: Vec4,
    pub sky_light: Vec4,
    pub ground_light: Vec4,
    pub zenith_colour: Vec4,
    pub haze_colour: Vec4,
    pub haze: Vec4,
    pub overlay: UVec4,
    pub overlay_range: Vec4,
    pub no_data_colour: Vec4,
    pub cut: Vec4,
    pub band: Vec4,
    pub run: Vec4,
    pub machines: Vec4,
    pub charging: Vec4,
    pub raise: Vec4,
    pub roofs: Vec4,
    pub machine: [UVec4; MACHINES],
    pub ramp: [Vec4; 8],
    pub breaks: [Vec4; 2],
}

/// All zero, but that no vehicle charges where nothing is known. Written out: arrays as long as that of the machines have no default of their own.
impl Default for SceneUniform {
    fn default() -> Self {
        Self {
            to_sun: Vec4::ZERO,
            sun_colour: Vec4::ZERO,
            sky_light: Vec4::ZERO,
            ground_light: Vec4::ZERO,
            zenith_colour: Vec4::ZERO,
            haze_colour: Vec4::ZERO,
            haze: Vec4::ZERO,
            overlay: UVec4::ZERO,
            overlay_range: Vec4::ZERO,
            no_data_colour: Vec4::ZERO,
            cut: Vec4::ZERO,
            band: Vec4::ZERO,
            run: Vec4::ZERO,
            machines: Vec4::ZERO,
            charging: Vec4::X,
            raise: Vec4::ZERO,
            roofs: Vec4::ZERO,
            machine: [UVec4::ZERO; MACHINES],
            ramp: [Vec4::ZERO; 8],
            breaks: [Vec4::ZERO; 2],
        }
    }
}

impl SceneUniform {
    /// Whether some roofs are to be seen making power.
    pub fn has_shine(&self) -> bool {
        self.raise.z > 0.0 || self.raise.w > 0.5
    }
}

/// The values of the series that is shown, on the GPU; written by the overlay plugin, bound by every tile with features.
#[derive(Resource, Default)]
pub struct Profiles(pub Option<Handle<Image>>);

/// Rows of a texture that are written over in place: no binding, no pipeline and no other texture hears of it.
#[derive(Clone, Debug)]
pub struct LineWrite {
    pub image: AssetId<Image>,
    pub first_line: u32,
    pub width: u32,
    pub lines: u32,
    /// Bytes of a row of texels.
    pub line_bytes: u32,
    pub bytes: Vec<u8>,
}

/// What is to be written in this frame.
#[derive(Resource, Default)]
pub struct LineWrites(pub Vec<LineWrite>);

/// How many times something was handed to the card for a series; tests count it.
#[derive(Resource, Default, Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesUploads(pub usize);

/// On the render side: what has not found its texture yet.
#[derive(Resource, Default)]
struct PendingWrites(Vec<LineWrite>);

fn extract_writes(mut main: ResMut<MainWorld>, mut pending: ResMut<PendingWrites>) {
    if let Some(mut writes) = main.get_resource_mut::<LineWrites>()
        && !writes.0.is_empty()
    {
        pending.0.append(&mut writes.0);
    }
}

fn write_lines(mut pending: ResMut<PendingWrites>, images: Res<RenderAssets<GpuImage>>, queue: Res<RenderQueue>) {
    pending.0.retain(|write| {
        let Some(image) = images.get(write.image) else { return true };
        queue.write_texture(
            TexelCopyTextureInfo {
                texture: &image.texture,
                mip_level: 0,
                origin: Origin3d { x: 0, y: write.first_line, z: 0 },
                aspect: TextureAspect::All,
            },
            &write.bytes,
            TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(write.line_bytes), rows_per_image: None },
            Extent3d { width: write.width, height: write.lines, depth_or_array_layers: 1 },
        );
        false
    });
    // A texture that was given up before it came takes its lines with it.
    if pending.0.len() > MAX_PENDING {
        pending.0.clear();
    }
}

/// Writes that wait for their textures.
const MAX_PENDING: usize = 4096;

/// The buffer behind [`SceneUniform`], bound by every tile and by the sky.
#[derive(Resource)]
pub struct SceneBuffer(Buffer);

impl FromWorld for SceneBuffer {
    fn from_world(world: &mut World) -> Self {
        let device = world.resource::<RenderDevice>();
        Self(device.create_buffer(&BufferDescriptor {
            label: Some("scene"),
            size: SceneUniform::min_size().get(),
            usage: BufferUsages::UNIFORM | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        }))
    }
}

fn write_scene(uniform: Option<Res<SceneUniform>>, buffer: Res<SceneBuffer>, queue: Res<RenderQueue>) {
    let Some(uniform) = uniform else { return };
    let mut bytes = encase::UniformBuffer::new(Vec::new());
    if bytes.write(&*uniform).is_ok() {
        queue.write_buffer(&buffer.0, 0, bytes.as_ref());
    }
}

/// What a tile's pipeline depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TileKey {
    /// Reflects the sky.
    pub water: bool,
    /// Has a feature table.
    pub features: bool,
    /// Has features of which some may shine: roofs that make power. Others are spared what that costs each of their pixels.
    pub shines: bool,
    /// On its way in or out: dithered by the entity's `MeshTag` (0 to 255).
    pub fading: bool,
    /// Drawn from both sides.
    pub double_sided: bool,
    /// Lets what lies behind show through, by the alpha of its colours.
    pub translucent: bool,
    /// Has a picture laid on it.
    pub picture: bool,
    /// Land, and what lies flat on it: drawn after all that stands, which hides much of it.
    pub flat: bool,
    /// Ground that one looks under: what lies below shines through as through glass.
    pub glass: bool,
    /// Has pictures of its own, placed by [`ATTRIBUTE_UV`].
    pub textured: bool,
    /// Its triangles are points: discs of a size in pixels.
    pub points: bool,
    /// No light falls on it.
    pub unlit: bool,
    /// Its feature table says how each feature looks (two texels for each).
    pub styled: bool,
    /// What is less opaque than this, of 255, is cut away; 0 cuts nothing.
    pub cutoff: u8,
    /// Has [`ATTRIBUTE_STROKE`].
    pub stroked: bool,
}

impl TileKey {
    /// Whether roofs may be among its features.
    pub fn has_roofs(self) -> bool {
        self.features && !self.stroked
    }
}

/// The surface of one tile.
#[derive(Asset, TypePath, Clone, Debug)]
pub struct TileMaterial {
    pub key: TileKey,
    /// Rgba32Uint, one texel per feature (see `shaders/lib/features.wgsl`); required when `key.features` or `key.styled`.
    pub table: Option<Handle<Image>>,
    /// Rgba32Float, the values of the series that is shown; required when `key.features`.
    pub profiles: Option<Handle<Image>>,
    /// sRGB with alpha; north up when `key.picture`, a model's own when `key.textured`; required for both.
    pub picture: Option<Handle<Image>>,
    /// Place of its layer in the manifest: translucent layers are drawn in this order, for they lie on the same ground.
    pub order: u16,
}

/// Further than any two tiles are from each other, metres: with it the order of layers counts before the distance.
const BETWEEN_LAYERS_M: f32 = 1e6;

fn scene_entry() -> BindGroupLayoutEntry {
    BindGroupLayoutEntry {
        binding: 0,
        visibility: ShaderStages::VERTEX_FRAGMENT,
        ty: BindingType::Buffer {
            ty: BufferBindingType::Uniform,
            has_dynamic_offset: false,
            min_binding_size: Some(SceneUniform::min_size()),
        },
        count: None,
    }
}

fn texture_entry(binding: u32, sample_type: TextureSampleType) -> BindGroupLayoutEntry {
    BindGroupLayoutEntry {
        binding,
        visibility: ShaderStages::VERTEX_FRAGMENT,
        ty: BindingType::Texture {
            sample_type,
            view_dimension: TextureViewDimension::D2,
            multisampled: false,
        },
        count: None,
    }
}

/// Stands in where a tile has no features, so that one layout serves all.
#[derive(Resource)]
pub struct EmptyTextures {
    pub table: Handle<Image>,
    pub profiles: Handle<Image>,
    pub picture: Handle<Image>,
}

impl EmptyTextures {
    /// The material of a mesh that is no tile.
    pub fn plain(&self, unlit: bool) -> TileMaterial {
        TileMaterial {
            key: TileKey { double_sided: true, unlit, ..TileKey::default() },
            table: Some(self.table.clone()),
            profiles: Some(self.profiles.clone()),
            picture: Some(self.picture.clone()),
            order: 0,
        }
    }
}

impl AsBindGroup for TileMaterial {
    type Data = TileKey;
    type Param = (SRes<SceneBuffer>, SRes<RenderAssets<GpuImage>>);

    fn label() -> &'static str {
        "tile"
    }

    fn bind_group_data(&self) -> TileKey {
        self.key
    }

    fn unprepared_bind_group(
        &self,
        _: &BindGroupLayout,
        _: &RenderDevice,
        (buffer, images): &mut SystemParamItem<'_, '_, Self::Param>,
        _: bool,
    ) -> Result<UnpreparedBindGroup, AsBindGroupError> {
        let view = |handle: &Option<Handle<Image>>| {
            handle
                .as_ref()
                .and_then(|handle| images.get(handle))
                .map(|image| {
                    OwnedBindingResource::TextureView(
                        TextureViewDimension::D2,
                        image.texture_view.clone(),
                    )
                })
                .ok_or(AsBindGroupError::RetryNextUpdate)
        };
        let sampler = |handle: &Option<Handle<Image>>| {
            let image = handle.as_ref().and_then(|handle| images.get(handle)).ok_or(AsBindGroupError::RetryNextUpdate)?;
            Ok::<_, AsBindGroupError>(OwnedBindingResource::Sampler(SamplerBindingType::Filtering, image.sampler.clone()))
        };
        Ok(UnpreparedBindGroup {
            bindings: BindingResources(vec![
                (0, OwnedBindingResource::Buffer(buffer.0.clone())),
                (1, view(&self.table)?),
                (2, view(&self.profiles)?),
                (3, view(&self.picture)?),
                (4, sampler(&self.picture)?),
            ]),
        })
    }

    fn bind_group_layout_entries(_: &RenderDevice, _: bool) -> Vec<BindGroupLayoutEntry> {
        vec![
            scene_entry(),
            texture_entry(1, TextureSampleType::Uint),
            texture_entry(2, TextureSampleType::Float { filterable: false }),
            texture_entry(3, TextureSampleType::Float { filterable: true }),
            BindGroupLayoutEntry {
                binding: 4,
                visibility: ShaderStages::FRAGMENT,
                ty: BindingType::Sampler(SamplerBindingType::Filtering),
                count: None,
            },
        ]
    }
}

impl Material for TileMaterial {
    fn vertex_shader() -> ShaderRef {
        TILE_SHADER.into()
    }

    fn fragment_shader() -> ShaderRef {
        TILE_SHADER.into()
    }

    fn prepass_vertex_shader() -> ShaderRef {
        TILE_SHADOW_SHADER.into()
    }

    fn alpha_mode(&self) -> AlphaMode {
        // The engine draws its opaque surfaces in no order of distance, but all of them before those with a mask. What stands goes first,
        // so that the ground behind it fails the depth test instead of being lit and drawn over. No surface of ours is masked.
        match self.key {
            TileKey { translucent: true, .. } | TileKey { glass: true, .. } => AlphaMode::Blend,
            TileKey { flat: true, .. } => AlphaMode::Mask(0.0),
            _ => AlphaMode::Opaque,
        }
    }

    fn depth_bias(&self) -> f32 {
        f32::from(self.order) * BETWEEN_LAYERS_M
    }

    fn enable_prepass() -> bool {
        false
    }

    fn specialize(
        _: &MaterialPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        layout: &MeshVertexBufferLayoutRef,
        key: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        let key = key.bind_group_data;
        let mut attributes = vec![
            Mesh::ATTRIBUTE_POSITION.at_shader_location(0),
            ATTRIBUTE_NORMAL.at_shader_location(1),
            ATTRIBUTE_COLOUR.at_shader_location(2),
            ATTRIBUTE_FEATURE.at_shader_location(3),
        ];
        if key.picture {
            attributes.push(ATTRIBUTE_PLACE.at_shader_location(4));
        } else if key.textured {
            attributes.push(ATTRIBUTE_UV.at_shader_location(4));
        }
        if key.stroked {
            attributes.push(ATTRIBUTE_STROKE.at_shader_location(5));
        }
        descriptor.vertex.buffers = vec![layout.0.get_layout(&attributes)?];
        let mut defs = vec![];
        if key.water {
            defs.push("WATER".into());
        }
        if key.features {
            defs.push("FEATURES".into());
        }
        if key.shines {
            defs.push("SHINES".into());
        }
        if key.fading {
            defs.push("FADING".into());
        }
        if key.translucent || key.glass {
            defs.push("BLENDED".into());
        }
        if key.glass {
            defs.push("GLASS".into());
        }
        if key.picture {
            defs.push("PICTURE".into());
        }
        if key.flat {
            defs.push("FLAT".into());
        }
        // What foreign models bring: none of it costs a territory's own tiles anything.
        for (is_so, def) in [
            (key.picture || key.textured, "SAMPLED"),
            (key.textured, "TEXTURED"),
            (key.points, "POINTS"),
            (key.unlit, "UNLIT"),
            (key.styled, "STYLED"),
            (key.stroked, "STROKED"),
            (key.features || key.styled, "TABLE"),
            (key.translucent || key.cutoff > 0, "OPACITY"),
        ] {
            if is_so {
                defs.push(def.into());
            }
        }
        if key.cutoff > 0 {
            defs.push(ShaderDefVal::UInt("CUTOFF".to_owned(), u32::from(key.cutoff)));
        }
        descriptor.vertex.shader_defs.extend(defs.iter().cloned());
        if let Some(fragment) = &mut descriptor.fragment {
            fragment.shader_defs.extend(defs);
        }
        descriptor.primitive.cull_mode = if key.double_sided || key.points {
            None
        } else {
            Some(bevy::render::render_resource::Face::Back)
        };
        Ok(())
    }
}

/// The sky; one sphere, one material.
#[derive(Asset, TypePath, Clone, Debug, Default)]
pub struct SkyMaterial {}

impl AsBindGroup for SkyMaterial {
    type Data = ();
    type Param = SRes<SceneBuffer>;

    fn label() -> &'static str {
        "sky"
    }

    fn bind_group_data(&self) {}

    fn unprepared_bind_group(
        &self,
        _: &BindGroupLayout,
        _: &RenderDevice,
        buffer: &mut SystemParamItem<'_, '_, Self::Param>,
        _: bool,
    ) -> Result<UnpreparedBindGroup, AsBindGroupError> {
        Ok(UnpreparedBindGroup {
            bindings: BindingResources(vec![(
                0,
                OwnedBindingResource::Buffer(buffer.0.clone()),
            )]),
        })
    }

    fn bind_group_layout_entries(_: &RenderDevice, _: bool) -> Vec<BindGroupLayoutEntry> {
        vec![scene_entry()]
    }
}

impl Material for SkyMaterial {
    fn vertex_shader() -> ShaderRef {
        SKY_SHADER.into()
    }

    fn fragment_shader() -> ShaderRef {
        SKY_SHADER.into()
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }

    fn specialize(
        _: &MaterialPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        layout: &MeshVertexBufferLayoutRef,
        _: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        descriptor.vertex.buffers = vec![
            layout
                .0
                .get_layout(&[Mesh::ATTRIBUTE_POSITION.at_shader_location(0)])?,
        ];
        descriptor.primitive.cull_mode = None;
        if let Some(depth) = &mut descriptor.depth_stencil {
            depth.depth_write_enabled = Some(false);
            depth.depth_compare = Some(CompareFunction::GreaterEqual);
        }
        Ok(())
    }
}

pub struct SurfacePlugin;

impl Plugin for SurfacePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Profiles>().init_resource::<LineWrites>().init_resource::<SeriesUploads>();
        let mut shaders = app.world_mut().resource_mut::<Assets<Shader>>();
        // The shaders travel inside the program: nothing to fetch, nothing to lose.
        for (handle, source, path) in [
            (&SCENE_LIBRARY, include_str!("../../shaders/lib/scene.wgsl"), "shaders/lib/scene.wgsl"),
            (&FEATURES_LIBRARY, include_str!("../../shaders/lib/features.wgsl"), "shaders/lib/features.wgsl"),
            (&SHADOW_LIBRARY, include_str!("../../shaders/lib/shadow.wgsl"), "shaders/lib/shadow.wgsl"),
            (&TILE_SHADER, include_str!("../../shaders/tile.wgsl"), "shaders/tile.wgsl"),
            (&TILE_SHADOW_SHADER, include_str!("../../shaders/tile_shadow.wgsl"), "shaders/tile_shadow.wgsl"),
            (&SKY_SHADER, include_str!("../../shaders/sky.wgsl"), "shaders/sky.wgsl"),
        ] {
            let _ = shaders.insert(handle.id(), Shader::from_wgsl(source, path));
        }
        let empty = {
            let mut images = app.world_mut().resource_mut::<Assets<Image>>();
            EmptyTextures {
                table: images.add(super::textures::table_image(&[[0; 4]])),
                profiles: images.add(super::textures::value_image(1, 1)),
                picture: images.add(super::textures::picture_image(vec![0; 4], 1, 1)),
            }
        };
        app.insert_resource(empty)
            .init_resource::<SceneUniform>()
            .add_plugins((
                ExtractResourcePlugin::<SceneUniform>::default(),
                MaterialPlugin::<TileMaterial>::default(),
                MaterialPlugin::<SkyMaterial>::default(),
            ));
        if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
            render_app
                .init_gpu_resource::<SceneBuffer>()
                .init_resource::<PendingWrites>()
                .add_systems(ExtractSchedule, extract_writes)
                .add_systems(Render, (write_scene, write_lines).in_set(RenderSystems::PrepareResources));
        }
    }
}
