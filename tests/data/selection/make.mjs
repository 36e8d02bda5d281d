// What 3DTilesRendererJS shows of tilesets from fixed cameras, once everything it wants has come.
//
//   npm install --no-save 3d-tiles-renderer@0.5.3 three@0.187.0
//   node make.mjs SHARED_DATA [NANTES]
//
// SHARED_DATA holds 3dtiles-samples and cesium-native-data; NANTES is an imported territory, from which the tilesets `nantes-*` here are
// taken again. Writes `own/`, `nantes-*/` and `expected.json` beside this file. README.md says what is corrected, and why.
import { readFileSync, writeFileSync, mkdirSync, rmSync, cpSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const frames = [];
globalThis.window = globalThis;
globalThis.location = { href: 'http://host/' };
globalThis.requestAnimationFrame = run => frames.push( run );
globalThis.cancelAnimationFrame = () => {};
console.warn = () => {};
console.error = () => {};
const { PerspectiveCamera, Vector3, Matrix4, Group } = await import( 'three' );
const { TilesRenderer } = await import( '3d-tiles-renderer' );
const { ImplicitTilingPlugin } = await import( '3d-tiles-renderer/plugins' );

const here = dirname( fileURLToPath( import.meta.url ) );
const [ shared, nantes ] = process.argv.slice( 2 );
const WIDTH = 1280, HEIGHT = 720, FOV = 60, TARGET = 16;

// Numbers that are the same everywhere.
function random( seed ) {

	let s = seed >>> 0;
	return () => {

		s = ( s + 0x6D2B79F5 ) >>> 0;
		let t = Math.imul( s ^ ( s >>> 15 ), 1 | s );
		t = ( t + Math.imul( t ^ ( t >>> 7 ), 61 | t ) ) ^ t;
		return ( ( t ^ ( t >>> 14 ) ) >>> 0 ) / 4294967296;

	};

}

// ---- Tilesets of our own: what the samples lack.

const round = x => Math.round( x * 1000 ) / 1000;

function subtree( json ) {

	let text = JSON.stringify( json );
	text += ' '.repeat( ( 8 - text.length % 8 ) % 8 );
	const bytes = Buffer.alloc( 24 + text.length );
	bytes.write( 'subt' );
	bytes.writeUInt32LE( 1, 4 );
	bytes.writeUInt32LE( text.length, 8 );
	bytes.write( text, 24 );
	return bytes;

}

// A tree of boxes and spheres, ADD and REPLACE, with and without content, turned and moved.
function grow( next, depth, size, error, name, out ) {

	const volume = next() < 0.35 ? { sphere: [ 0, 0, 0, round( size * 1.75 ) ] } : { box: [ 0, 0, 0, size, 0, 0, 0, size, 0, 0, 0, round( size * 0.6 ) ] };
	const tile = { boundingVolume: volume, geometricError: round( error ) };
	if ( depth === 0 || next() < 0.3 ) tile.refine = next() < 0.4 ? 'ADD' : 'REPLACE';
	if ( next() < 0.8 ) tile.content = { uri: `${ name }.glb` };
	if ( depth < 5 && next() < 0.93 ) {

		tile.children = [];
		const half = size / 2;
		for ( const [ x, y ] of [ [ -1, -1 ], [ 1, -1 ], [ -1, 1 ], [ 1, 1 ] ] ) {

			if ( next() < 0.2 ) continue;
			const child = grow( next, depth + 1, half, error * ( 0.35 + 0.2 * next() ), `${ name }${ tile.children.length }`, out );
			const turn = next() < 0.3 ? 0.2 * next() : 0;
			const [ c, s ] = [ Math.cos( turn ), Math.sin( turn ) ];
			child.transform = [ c, s, 0, 0, - s, c, 0, 0, 0, 0, 1, 0, round( x * half ), round( y * half ), 0, 1 ];
			tile.children.push( child );

		}

	}

	// Now and then all of it is a tileset of its own.
	if ( depth > 0 && depth < 4 && tile.children?.length && next() < 0.12 ) {

		out[ `${ name }.json` ] = { asset: { version: '1.1' }, geometricError: tile.geometricError, root: { refine: 'REPLACE', ...tile } };
		return { boundingVolume: volume, geometricError: tile.geometricError, content: { uri: `${ name }.json` } };

	}

	return tile;

}

const own = join( here, 'own' );
rmSync( own, { recursive: true, force: true } );
function write( path, value ) {

	mkdirSync( dirname( join( own, path ) ), { recursive: true } );
	writeFileSync( join( own, path ), Buffer.isBuffer( value ) ? value : JSON.stringify( value ) );

}

for ( let seed = 1; seed <= 6; seed ++ ) {

	const out = {};
	const root = grow( random( seed ), 0, 512, 400, 't', out );
	out[ 'tileset.json' ] = { asset: { version: '1.1' }, geometricError: 800, root };
	for ( const [ name, document ] of Object.entries( out ) ) write( `tree${ seed }/${ name }`, document );

}

const implicit = ( scheme, volume, extra ) => ( {
	asset: { version: '1.1' }, geometricError: 800, root: {
		boundingVolume: volume, refine: 'REPLACE', geometricError: 80, content: { uri: `c/{level}.{x}.{y}${ scheme === 'OCTREE' ? '.{z}' : '' }.glb` },
		implicitTiling: { subdivisionScheme: scheme, subtreeLevels: 2, availableLevels: scheme === 'OCTREE' ? 4 : 6, subtrees: { uri: 's/{level}.subtree' } }, ...extra,
	},
} );
const full = subtree( { tileAvailability: { constant: 1 }, contentAvailability: [ { constant: 1 } ], childSubtreeAvailability: { constant: 1 } } );
const last = subtree( { tileAvailability: { constant: 1 }, contentAvailability: [ { constant: 1 } ], childSubtreeAvailability: { constant: 0 } } );
const turned = [ 300, 80, 0, - 80, 300, 0, 0, 0, 200 ];
for ( const [ name, document ] of [
	[ 'octree', implicit( 'OCTREE', { box: [ 0, 0, 0, ...turned ] }, { transform: [ 1, 0, 0, 0, 0, 0, 1, 0, 0, - 1, 0, 0, 500, 0, 0, 1 ] } ) ],
	[ 'octree-region', implicit( 'OCTREE', { region: [ - 0.0276, 0.8238, - 0.0274, 0.824, 0, 900 ] } ) ],
	[ 'octree-add', implicit( 'OCTREE', { box: [ 0, 0, 0, ...turned ] }, { refine: 'ADD' } ) ],
	[ 'quadtree', implicit( 'QUADTREE', { box: [ 0, 0, 0, ...turned ] } ) ],
	[ 'quadtree-region', implicit( 'QUADTREE', { region: [ - 0.0276, 0.8238, - 0.0273, 0.824, - 10, 90 ] } ) ],
] ) {

	write( `${ name }/tileset.json`, document );
	const deep = name.startsWith( 'octree' ) ? [ 0 ] : [ 0, 2 ];
	for ( const level of deep ) write( `${ name }/s/${ level }.subtree`, full );
	write( `${ name }/s/${ 2 * deep.length }.subtree`, last );

}

// Larger in its frame than in the scene, and smaller; rooms that the eye must be in; several contents.
const leaf = ( x, error, uri, extra ) => ( { boundingVolume: { box: [ x, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0, 5 ] }, geometricError: error, content: { uri }, ...extra } );
const scaled = factor => ( { transform: [ factor, 0, 0, 0, 0, factor, 0, 0, 0, 0, factor, 0, 40 * factor, 0, 0, 1 ] } );
write( 'scaled/tileset.json', { asset: { version: '1.1' }, geometricError: 100, root: {
	boundingVolume: { sphere: [ 0, 0, 0, 260 ] }, geometricError: 60, refine: 'REPLACE', content: { uri: 'root.glb' }, children: [
		{ ...leaf( 0, 2, 'four.glb', scaled( 4 ) ), children: [ leaf( - 2, 0.4, 'four-a.glb' ), leaf( 2, 0, 'four-b.glb' ) ] },
		{ ...leaf( - 50, 4, 'quarter.glb', scaled( 0.25 ) ), children: [ leaf( - 52, 1, 'quarter-a.glb' ), leaf( - 48, 0, 'quarter-b.glb' ) ] },
	] } } );
write( 'rooms/tileset.json', { asset: { version: '1.1' }, geometricError: 100, root: {
	boundingVolume: { sphere: [ 0, 0, 0, 60 ] }, geometricError: 40, refine: 'ADD', content: { uri: 'root.glb' }, children: [
		leaf( 0, 0, 'sphere.glb', { viewerRequestVolume: { sphere: [ 0, 0, 0, 45 ] } } ),
		leaf( 20, 0, 'box.glb', { viewerRequestVolume: { box: [ 0, 0, 0, 80, 0, 0, 0, 80, 0, 0, 0, 20 ] }, transform: [ 0, 1, 0, 0, - 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1 ] } ),
		{ ...leaf( - 20, 4, 'parent.glb', { viewerRequestVolume: { sphere: [ - 20, 0, 0, 150 ] } } ), refine: 'REPLACE', children: [ leaf( - 22, 0, 'child-a.glb' ), leaf( - 18, 0, 'child-b.glb' ) ] },
	] } } );
const both = name => ( { content: undefined, contents: [ { uri: `${ name }-a.glb` }, { uri: `${ name }-b.glb` } ] } );
write( 'several/tileset.json', { asset: { version: '1.1' }, geometricError: 100, root: {
	boundingVolume: { sphere: [ 0, 0, 0, 30 ] }, geometricError: 20, refine: 'REPLACE', ...both( 'root' ), children: [
		{ ...leaf( - 8, 3, '', both( 'left' ) ), children: [ leaf( - 10, 0, '', both( 'leaf' ) ), leaf( - 6, 0, 'one.glb' ) ] }, leaf( 8, 0, 'right.glb' ),
	] } } );

if ( nantes ) {

	for ( const layer of [ 'buildings', 'terrain' ] ) {

		const to = join( here, `nantes-${ layer }` );
		rmSync( to, { recursive: true, force: true } );
		cpSync( join( nantes, layer, 'subtrees' ), join( to, 'subtrees' ), { recursive: true } );
		const document = JSON.parse( readFileSync( join( nantes, layer, 'tileset.json' ) ) );
		// Without the schema nobody reads the tighter bounds in the subtrees, which 3DTilesRendererJS does not know.
		for ( const key of [ 'schema', 'metadata', 'extras' ] ) delete document[ key ];
		writeFileSync( join( to, 'tileset.json' ), JSON.stringify( document ) );

	}

}

// ---- The peer.

// What 3D Tiles 1.1 took over from extensions, and the first of several contents, which is all that the peer takes.
function modern( tile, several, base ) {

	const old = tile.extensions?.[ '3DTILES_implicit_tiling' ];
	if ( old ) tile.implicitTiling = { availableLevels: old.maximumLevel + 1, ...old };
	const contents = tile.contents ?? tile.extensions?.[ '3DTILES_multiple_contents' ]?.content;
	if ( contents?.length ) {

		tile.content = contents[ 0 ];
		const url = uri => new URL( uri ?? '', base ).pathname;
		several.set( url( contents[ 0 ].uri ), contents.map( content => url( content.uri ) ) );

	}

	for ( const child of tile.children ?? [] ) modern( child, several, base );

}

class Peer extends TilesRenderer {

	// `fill`: an empty tile gives way to its children wherever something drawn has given way to it.
	constructor( folder, file, fill = false ) {

		super( `http://host/${ file }` );
		this.errorTarget = TARGET;
		this.lruCache.maxSize = 1e6;
		this.lruCache.minSize = 1e6;
		this.lruCache.maxBytesSize = 1e12;
		this.lruCache.minBytesSize = 1e12;
		this.maxTilesProcessed = 1e9;
		this.parseQueue.maxJobs = 1e6;
		this.downloadQueue.maxJobsPerOrigin = 1e6;
		this.several = new Map();
		this.fill = fill;
		this.registerPlugin( new ImplicitTilingPlugin() );
		this.registerPlugin( {
			fetchData: async url => {

				const path = decodeURIComponent( new URL( url ).pathname );
				if ( ! /\.(json|subtree)$/.test( path ) ) return new ArrayBuffer( 0 );
				const bytes = readFileSync( join( folder, path ) );
				if ( path.endsWith( '.subtree' ) ) return bytes.buffer.slice( bytes.byteOffset, bytes.byteOffset + bytes.length );
				const document = JSON.parse( bytes );
				modern( document.root, this.several, url );
				return document;

			},
			parseTile: ( bytes, tile, extension ) => {

				if ( extension === 'subtree' ) return null;
				tile.engineData.scene = new Group();
				return Promise.resolve();

			},
		} );

	}

	// Errors are metres of the tile's frame: CesiumJS and cesium-native scale them too. Tiles of implicit tilings take theirs from the root.
	preprocessNode( tile, folder, parent ) {

		if ( parent?.additive ) tile.refine ??= 'ADD';
		super.preprocessNode( tile, folder, parent );
		// A tile that stands for a tileset or a subtree has the error of what it stands for: that is not beside it, and CesiumJS does not
		// measure it by its host either. The peer would leave out the root of every ADD tileset seen from far away.
		tile.additive = tile.refine === 'ADD';
		if ( tile.additive && tile.internal.hasUnrenderableContent ) tile.refine = 'REPLACE';
		const drawn = tile.internal.hasRenderableContent, replaces = tile.refine === 'REPLACE' && ! tile.additive;
		tile.overDrawn = replaces && ( drawn || parent?.overDrawn );
		if ( this.fill && replaces && parent?.overDrawn && ! tile.internal.hasContent && tile.children.length > 0 ) tile.geometricError = Infinity;
		if ( tile.implicitTilingData && tile.implicitTilingData.root !== tile ) return;
		tile.geometricError *= tile.engineData.transform.getMaxScaleOnAxis();

	}

	calculateTileViewError( tile, target ) {

		super.calculateTileViewError( tile, target );
		const room = tile.viewerRequestVolume;
		if ( ! room ) return;
		// As CesiumJS: without an eye in the room there is nothing to see.
		const eye = new Vector3().setFromMatrixPosition( this.cameras[ 0 ].matrixWorld ).applyMatrix4( new Matrix4().copy( tile.engineData.transform ).invert() );
		let inside;
		if ( room.sphere ) {

			const [ x, y, z, radius ] = room.sphere;
			inside = eye.distanceTo( new Vector3( x, y, z ) ) <= radius;

		} else {

			const b = room.box;
			const from = eye.sub( new Vector3( b[ 0 ], b[ 1 ], b[ 2 ] ) );
			inside = [ 3, 6, 9 ].every( at => {

				const axis = new Vector3( b[ at ], b[ at + 1 ], b[ at + 2 ] );
				return Math.abs( from.dot( axis ) ) <= axis.lengthSq();

			} );

		}

		if ( ! inside ) target.inView = false;

	}

}

const rounds = async ms => {

	await new Promise( done => setTimeout( done, ms ) );
	for ( const run of frames.splice( 0 ) ) run();

};

async function shown( folder, file, pose, peer ) {

	const camera = new PerspectiveCamera( FOV, WIDTH / HEIGHT, pose.near, pose.far );
	camera.position.set( ...pose.position );
	camera.up.set( ...pose.up );
	camera.lookAt( ...pose.target );
	camera.updateMatrixWorld();
	for ( const other of [ ...peer.cameras ] ) peer.deleteCamera( other );
	peer.setCamera( camera );
	peer.setResolution( camera, WIDTH, HEIGHT );
	let still = 0, before = '';
	for ( let round = 0; still < 6; round ++ ) {

		if ( round > 5000 ) throw new Error( `${ file } does not come to rest` );
		peer.update();
		await rounds( 0 );
		const now = JSON.stringify( [ peer.visibleTiles.size, peer.stats.downloading, peer.stats.parsing, peer.stats.queued, peer.stats.loaded ] );
		const busy = peer.stats.downloading + peer.stats.parsing + peer.stats.queued > 0 || peer.root === null;
		still = ! busy && now === before ? still + 1 : 0;
		before = now;

	}

	const ids = [];
	for ( const tile of peer.visibleTiles ) {

		const url = new URL( tile.content.uri, tile.internal.basePath + '/' ).pathname.replace( /\/+/g, '/' );
		const [ x, y, z ] = [ 12, 13, 14 ].map( at => tile.engineData.transform.elements[ at ].toFixed( 1 ).replace( '-0.0', '0.0' ) );
		for ( const path of peer.several.get( url ) ?? [ url ] ) ids.push( path.slice( 1 ) + ( x === '0.0' && y === x && z === x ? '' : `@${ x },${ y },${ z }` ) );

	}

	return ids.sort();

}

// Cameras about a sphere: from inside it to a hundred times its size away, looking at it, past it and away from it.
function cameras( centre, radius, seed ) {

	const next = random( seed );
	const poses = [];
	const direction = () => {

		const z = 2 * next() - 1, a = 2 * Math.PI * next(), r = Math.sqrt( 1 - z * z );
		return new Vector3( r * Math.cos( a ), r * Math.sin( a ), z );

	};

	for ( const far of [ 0.05, 0.3, 0.7, 1.1, 1.5, 2.2, 4, 9, 25, 60, 150 ] ) {

		for ( let turn = 0; turn < 2; turn ++ ) {

			const position = centre.clone().addScaledVector( direction(), radius * far );
			const target = centre.clone().addScaledVector( direction(), radius * next() * ( turn === 1 && far !== 0.3 ? 1.6 : 0.5 ) );
			const up = direction();
			const near = 0.01 * radius, reach = ( far + 4 ) * radius;
			poses.push( { position: position.toArray(), target: target.toArray(), up: up.toArray(), near, far: reach } );

		}

	}

	return poses;

}

const samples = '3dtiles-samples', native = 'cesium-native-data/Cesium3DTilesSelection/test/data';
const cases = [
	...[ 'octree', 'octree-region', 'octree-add', 'quadtree', 'quadtree-region', 'scaled', 'rooms', 'several', 'tree1', 'tree2', 'tree3', 'tree4', 'tree5', 'tree6' ]
		.map( name => [ 'own', `own/${ name }`, 'tileset.json' ] ),
	...[ 'nantes-buildings', 'nantes-terrain' ].map( name => [ 'own', name, 'tileset.json' ] ),
	...[ '1.0/TilesetWithDiscreteLOD', '1.0/TilesetWithRequestVolume', '1.0/TilesetWithTreeBillboards', '1.1/MultipleContents', '1.1/MetadataGranularities',
		'1.1/SparseImplicitQuadtree', '1.1/TilesetWithFullMetadata', '1.1/BoundingBoxTests/0_0_0-1_1_2', 'glTF/GpuInstancesMetadata' ]
		.map( name => [ 'shared', `${ samples }/${ name }`, 'tileset.json' ] ),
	...[ 'AddTileset', 'AdditiveThreeLevels', 'ReplaceTileset', 'Tileset', 'WithMetadata', 'stacked-cubes' ].map( name => [ 'shared', `${ native }/${ name }`, 'tileset.json' ] ),
	[ 'shared', `${ native }/MultipleKindsOfTilesets`, 'EmptyTileTileset.json' ],
];

const answers = [];
for ( const [ number, [ where, path, file ] ] of cases.entries() ) {

	const folder = resolve( where === 'own' ? here : shared, path );
	let root;
	{

		const peer = new Peer( folder, file );
		peer.setCamera( new PerspectiveCamera() );
		peer.setResolution( peer.cameras[ 0 ], 1, 1 );
		while ( ! peer.root ) {

			peer.update();
			await rounds( 0 );

		}

		root = { centre: new Vector3(), radius: 0 };
		const sphere = { center: new Vector3(), radius: 0, copy( s ) { this.center.copy( s.center ); this.radius = s.radius; return this; }, applyMatrix4( m ) { this.center.applyMatrix4( m ); this.radius *= m.getMaxScaleOnAxis(); return this; }, set( c, r ) { this.center.copy( c ); this.radius = r; return this; } };
		peer.root.engineData.boundingVolume.getSphere( sphere );
		root.centre.copy( sphere.center );
		root.radius = Math.min( sphere.radius, 20000 );
		// A root as wide as the world: its first child says more.
		if ( path.endsWith( 'stacked-cubes' ) ) {

			root.centre.set( 4449011.446, 784480.755, 4487402.149 );
			root.radius = 8;

		}

	}

	const peer = new Peer( folder, file );
	const filling = new Peer( folder, file, true );
	const views = [];
	for ( const pose of cameras( root.centre, root.radius, 1000 + number ) ) {

		const view = { ...pose, shown: await shown( folder, file, pose, peer ) };
		const filled = await shown( folder, file, pose, filling );
		if ( JSON.stringify( filled ) !== JSON.stringify( view.shown ) ) view.filled = filled;
		views.push( view );

	}

	answers.push( { where, path, file, views } );
	console.log( path, file, views.map( view => view.shown.length ).join( ' ' ) );

}

writeFileSync( join( here, 'expected.json' ), JSON.stringify( { width: WIDTH, height: HEIGHT, fov: FOV, errorTarget: TARGET, cases: answers } ) );
