// What others read of vector tiles and of quantized-mesh terrain.
//
//   npm install --no-save @mapbox/vector-tile@3.0.0 pbf@5.1.2 @here/quantized-mesh-decoder@1.2.8 && node make.mjs SHARED_DATA
import { readFileSync, writeFileSync, readdirSync, existsSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import decoder from '@here/quantized-mesh-decoder';

const decode = decoder.default ?? decoder;

const here = dirname( fileURLToPath( import.meta.url ) );
const [ shared ] = process.argv.slice( 2 );
const open = path => { const bytes = readFileSync( path ); return bytes[ 0 ] === 0x1f && bytes[ 1 ] === 0x8b ? gunzipSync( bytes ) : bytes; };

// ---- Vector tiles: names, counts, tags and every coordinate.
const tiles = {};
const fixtures = join( shared, 'vector-raster-tiles/mvt/mvt-fixtures' );
const paths = [ ...readdirSync( fixtures ).map( name => [ `mvt-fixtures/${ name }/tile.mvt` ] ).flat(), ...readdirSync( join( shared, 'vector-raster-tiles/mvt/compressed' ) ).map( name => `compressed/${ name }` ),
	...readdirSync( join( shared, 'vector-raster-tiles/mvt' ) ).filter( name => name.endsWith( '.pbf' ) ) ];
for ( const path of paths.sort() ) {

	const file = join( shared, 'vector-raster-tiles/mvt', path );
	if ( ! existsSync( file ) ) continue;
	try {

		const tile = new VectorTile( new PbfReader( open( file ) ) );
		const large = ! path.startsWith( 'mvt-fixtures' );
		tiles[ path ] = Object.values( tile.layers ).map( layer => {

			const features = [];
			let corners = 0, sum = 0;
			for ( let number = 0; number < layer.length; number ++ ) {

				const feature = layer.feature( number );
				const lines = feature.loadGeometry().map( line => line.map( point => [ point.x, point.y ] ) );
				for ( const [ x, y ] of lines.flat() ) {

					corners ++;
					sum += 3 * x + 5 * y;

				}

				if ( ! large ) features.push( { type: feature.type, id: feature.id ?? null, properties: feature.properties, lines } );

			}

			return { name: layer.name, version: layer.version, extent: layer.extent, length: layer.length, corners, sum, ...( large ? {} : { features } ) };

		} );

	} catch ( error ) {

		tiles[ path ] = `error: ${ error.message }`;

	}

}

// ---- Terrain.
const meshes = {};
const seen = path => {

	const bytes = open( path );
	const mesh = decode( bytes.buffer.slice( bytes.byteOffset, bytes.byteOffset + bytes.length ) );
	const count = mesh.vertexData.length / 3;
	const sum = list => [ ...list ].reduce( ( sum, value, at ) => sum + value * ( at % 97 + 1 ), 0 );
	return {
		centre: [ mesh.header.centerX, mesh.header.centerY, mesh.header.centerZ ], heights: [ mesh.header.minHeight, mesh.header.maxHeight ],
		vertices: count, sums: [ 0, 1, 2 ].map( axis => sum( mesh.vertexData.subarray( axis * count, ( axis + 1 ) * count ) ) ),
		indices: mesh.triangleIndices.length, indexSum: sum( mesh.triangleIndices ),
		edges: [ mesh.westIndices, mesh.southIndices, mesh.eastIndices, mesh.northIndices ].map( edge => [ edge.length, sum( edge ) ] ),
		normals: mesh.extensions?.vertexNormals ? [ ...mesh.extensions.vertexNormals ].slice( 0, 40 ) : null,
		water: mesh.extensions?.waterMask ? mesh.extensions.waterMask.byteLength : null,
	};

};
const folders = [ [ 'cesium', 'cesium-native-data/Cesium3DTilesSelection/test/data/CesiumTerrainTileJson' ], [ 'here', 'vector-raster-tiles/quantized-mesh' ] ];
for ( const [ , folder ] of folders ) {

	for ( const name of readdirSync( join( shared, folder ) ).filter( name => name.endsWith( '.terrain' ) ).sort() ) {

		try {

			meshes[ `${ folder }/${ name }` ] = seen( join( shared, folder, name ) );

		} catch ( error ) {

			meshes[ `${ folder }/${ name }` ] = `error: ${ error.message }`;

		}

	}

}

meshes[ 'hill.terrain' ] = seen( join( here, 'hill.terrain' ) );
writeFileSync( join( here, 'expected.json' ), JSON.stringify( { tiles, meshes } ) );
for ( const [ path, value ] of Object.entries( { ...tiles, ...meshes } ) ) if ( typeof value === 'string' ) console.log( path, value );
