// What CesiumJS makes of expressions and styles, for features of every kind.
//
//   npm install --no-save cesium@1.145.0 && node make.mjs > expected.json
import * as Cesium from 'cesium';

const features = [
	{ name: 'tower', Height: 120.5, floors: 31, used: true, kind: 'office', 'year built': 1974, code: '42', list: [ 1, 'b', null ], none: null },
	{ name: 'House with a garden', Height: 7.25, floors: 2, used: false, kind: 'house', 'year built': 1890, code: 'x7', list: [] },
	{ name: '', Height: 0, floors: -1, used: true, kind: 'Érable', code: ' 3.5 ' },
	{ Height: NaN, kind: 'shed' },
];
const vectors = { place: new Cesium.Cartesian3( 1, -2, 3.5 ), pair: new Cesium.Cartesian2( 3, 4 ), tint: new Cesium.Cartesian4( 0.1, 0.2, 0.3, 0.4 ) };

const expressions = String.raw`
1 + 2 * 3
(1 + 2) * 3
2 - 3 - 4
7 % 4
-7 % 4
7.5 % 2
1 / 0
-1 / 0
0 / 0
-(-3)
+${'${Height}'}
1e3
.5
1.5e-3
1e21 + ''
1e-7 + ''
0.1 + 0.2 + ''
-0 + ''
1/3 + ''
123456789012345680000 + ''
true
false
null
undefined
NaN
Infinity
Math.PI
Math.E
Number.POSITIVE_INFINITY
'text'
"it's"
'a' + 1
1 + 'a'
'a' + true
'a' + null
'a' + undefined
'a' + vec2(1, 2)
'' + ${'${tint}'}
true + 1
'3' * 2
!true
!${'${used}'}
!1
!'a'
-'a'
-true
true && false
true || 1
false && 1
true && 1
1 && true
false || 'a'
true ? 1 : 2
${'${used}'} ? 'yes' : 'no'
1 ? 2 : 3
false ? 1 : true ? 2 : 3
1 < 2
2 <= 2
3 > 4
4 >= 4
'a' < 'b'
${'${Height}'} > 10
${'${Height}'} === 7.25
${'${floors}'} !== 2
${'${name}'} === 'tower'
1 === '1'
null === undefined
NaN === NaN
vec2(1, 2) === vec2(1, 2)
vec2(1, 2) !== vec2(1, 3)
vec3(1) === vec2(1)
${'${missing}'}
${'${none}'}
${'${missing}'} === undefined
${'${none}'} === null
${'${missing}'} + 1
${'${missing}'} > 1
${'${feature.Height}'}
${'${feature["year built"]}'}
${'${feature}'}["kind"]
${'${feature}'}.floors
'${'${name}'} has ${'${floors}'} floors'
'${'${missing}'}|${'${none}'}|${'${used}'}'
"${'${Height}'}"
${'${list}'}[0]
${'${list}'}[1]
${'${list}'}[9]
${'${list}'}.length
${'${list}'} + ''
${'${place}'}
${'${place}'}.x
${'${place.y}'}
${'${place}'}[2]
${'${place}'}['z']
${'${place}'}.w
${'${place}'}.r
${'${tint}'}.a
${'${pair}'}.z
${'${name}'}.length
${'${missing}'}.x
[1, 2, 3][1]
[1, 'a', true] + ''
vec2(1)
vec3(1, 2, 3)
vec4(vec2(1, 2), 3, 4)
vec4(vec2(1, 2), vec2(3, 4))
vec2(vec4(1, 2, 3, 4))
vec3(vec2(1, 2))
vec3(1, 2, 3, 4)
vec2(vec4(1), 1)
vec4(1, 2)
vec2('a')
vec2()
vec2(1, 2) + vec2(3, 4)
vec3(1, 2, 3) - vec3(3, 2, 1)
vec2(1, 2) * 3
3 * vec2(1, 2)
vec2(1, 2) * vec2(3, 4)
vec2(4, 6) / 2
vec2(4, 6) / vec2(2, 3)
2 / vec2(1, 2)
vec3(7, 8, 9) % vec3(4, 5, 6)
vec2(1, 2) + vec3(1)
vec2(1, 2) + 1
-vec3(1, -2, 3)
+vec2(1, 2)
vec4(1, 2, 3, 4).xy
vec2(1, 2).toString()
'a'.toString()
abs(-3)
abs(vec2(-1, 2))
abs('a')
sqrt(2)
cos(1)
sin(1)
tan(1)
acos(0.5)
asin(2)
atan(0.5)
atan2(1, -1)
atan2(vec2(1, 0), vec2(-1, 2))
atan2(vec2(1), 1)
radians(180)
degrees(vec2(1, 2))
sign(-2)
sign(0)
sign(${'${floors}'})
floor(-1.5)
ceil(-1.5)
round(2.5)
round(-2.5)
round(0.49999999999999994)
exp(1)
exp2(3.5)
log(10)
log2(8)
fract(-1.25)
pow(2, 0.5)
pow(-8, 1/3)
pow(vec2(2, 3), vec2(3, 2))
pow(vec2(2), 2)
min(1, 2)
min(vec2(1, 5), 3)
min(vec2(1, 5), vec2(4, 2))
min(3, vec2(1, 5))
max(NaN, 1)
max(-1, ${'${floors}'})
clamp(5, 1, 3)
clamp(-5, 1, 3)
clamp(vec2(0, 9), vec2(1), vec2(3))
clamp(vec2(0, 9), vec2(1), 3)
mix(1, 3, 0.25)
mix(vec3(0), vec3(1, 2, 4), 0.5)
mix(vec2(0), vec2(1), vec2(0.25, 0.75))
length(-3)
length(vec3(2, 3, 6))
normalize(5)
normalize(vec2(3, 4))
normalize(vec2(0))
distance(1, 4)
distance(vec2(1, 1), vec2(4, 5))
dot(2, 3)
dot(vec3(1, 2, 3), vec3(4, 5, 6))
cross(vec3(1, 0, 0), vec3(0, 1, 0))
cross(vec2(1), vec2(2))
abs()
abs(1, 2)
min(1)
clamp(1, 2)
Boolean(0)
Boolean('')
Boolean('false')
Boolean(NaN)
Boolean(${'${list}'})
Boolean()
Number('')
Number(' 12.5 ')
Number('0x1F')
Number('1e3')
Number('12px')
Number('-Infinity')
Number('infinity')
Number(true)
Number(null)
Number(undefined)
Number(${'${code}'})
Number()
String(1.50)
String(null)
String(${'${tint}'})
String()
isNaN('a')
isNaN(undefined)
isNaN('3')
isNaN()
isFinite(1/0)
isFinite('12')
isFinite()
color()
color('red')
color('CornflowerBlue')
color(' white ')
color('#fa8')
color('#fa84')
color('#12345678')
color('#ff8000')
color('rgb(100, 255, 190)')
color('rgba(100,255,190,0.25)')
color('rgb(50%, 20%, 0%)')
color('hsl(120, 100%, 50%)')
color('hsla(210 50% 40% / 0.5)')
color('transparent')
color('red', 0.5)
color('#' + '00ff00', 1 - 0.75)
color(3)
rgb(100, 255, 190)
rgb(300, -20, 0)
rgba(255, 0, 0, 0.25)
rgb(1, 2)
rgba(1, 2, 3)
rgb('a', 2, 3)
hsl(0.5, 0.75, 0.25)
hsl(1.25, 1, 0.5)
hsl(0.1, 0, 0.3)
hsla(0.9, 0.6, 0.7, 0.75)
color('red') * color('blue')
color('red').r
color('red') * 0.5
rgb(255, 255, 255) * (${'${Height}'} / 200)
mix(color('yellow'), color('red'), clamp(${'${Height}'} / 100, 0, 1))
vec4(color('lime').rgb, 1)
regExp('a').test('cat')
regExp('^c.t$').test('cat')
regExp('^C', 'i').test('cat')
regExp('o(.)e').exec(${'${kind}'} + '')
regExp('(\\d+)').exec('floor 12 of 31')
regExp('\\bhouse\\b', 'i').test('the House.')
regExp('z').exec('cat')
regExp('c').exec('cat')
regExp().test('x')
regExp('a').test()
regExp('a').exec()
regExp('a') =~ 'cat'
'cat' =~ regExp('^a')
'cat' !~ regExp('^a')
regExp('(').test('x')
regExp('a{2,3}b').test('caab')
regExp('^[^aeiou]+$').test('rhythm')
regExp('^[^aeiou]+$').test('rhyme')
regExp('(?:ab)+c').test('xababc')
regExp('a|b|cd').exec('xcd')
regExp('<(.+?)>').exec('<a><b>')
regExp('<(.+)>').exec('<a><b>')
regExp('(a*)(b)').exec('aab')
regExp('[\\w.]+@(\\w+)').exec('me@there.org')
regExp('É').test(${'${kind}'} + '')
regExp(${'${kind}'} + '').test('an office')
regExp('a') + ''
regExp('a', 'gi').toString()
regExp('a').test(5)
5 =~ 6
tiles3d_tileset_time
nothing
foo(1)
1 +
(1
1 2

a == b
1 == 1
1 & 2
1 << 2
1, 2
'open
${'${open'}
[1, 2
{}
x => x
`.split( '\n' ).filter( ( line, at, all ) => at > 0 && at < all.length - 1 );

const styles = [
	{ color: "color('red')" },
	{ show: 'true' }, { show: true }, { show: false }, { show: "${Height} > 10" }, { show: "${kind} === 'house'" },
	{ color: { conditions: [ [ '${Height} >= 100', 'color("purple")' ], [ '${Height} >= 5', 'rgba(255, 200, 0, 0.5)' ], [ 'true', 'color("#fff")' ] ] } },
	{ color: { conditions: [ [ '${floors} === 2', "hsl(0.3, 1, 0.5)" ] ] }, show: { conditions: [ [ "${kind} === 'shed'", 'false' ] ] } },
	{ defines: { tall: '${Height} > 10', tint: "color('orange', 0.5)" }, show: '!(${tall})', color: '${tint}' },
	{ defines: { share: 'clamp(${Height} / 100, 0, 1)' }, color: "mix(color('white'), color('black'), ${share})", pointSize: '3 + 2 * ${share}' },
	{ pointSize: { conditions: [ [ '${Height} > 5', '4' ], [ true, '1' ] ] } },
	{ color: { conditions: [] }, show: { conditions: [] } },
];

function featureOf( properties ) {

	const all = { ...properties, ...vectors };
	return { getPropertyInherited: name => Object.hasOwn( all, name ) ? all[ name ] : undefined, content: { tileset: { timeSinceLoad: 12.5 } } };

}

function typed( value ) {

	if ( value === undefined ) return 'undefined';
	if ( value === null ) return null;
	if ( typeof value === 'number' ) return { number: String( value ) };
	if ( value instanceof Cesium.Color ) return { vector: [ value.red, value.green, value.blue, value.alpha ].map( String ) };
	for ( const [ size, kind ] of [ [ 2, Cesium.Cartesian2 ], [ 3, Cesium.Cartesian3 ], [ 4, Cesium.Cartesian4 ] ] ) {

		if ( value instanceof kind ) return { vector: [ value.x, value.y, value.z, value.w ].slice( 0, size ).map( String ) };

	}

	if ( value instanceof RegExp ) return { pattern: String( value ) };
	if ( Array.isArray( value ) ) return { list: value.map( typed ) };
	if ( typeof value === 'string' ) return { text: value };
	return value;

}

const cases = expressions.map( text => {

	const seen = features.map( properties => {

		try {

			return typed( new Cesium.Expression( text ).evaluate( featureOf( properties ) ) );

		} catch {

			return 'error';

		}

	} );
	return { text, values: seen };

} );
const looks = styles.map( style => {

	const compiled = new Cesium.Cesium3DTileStyle( style );
	return { style, values: features.map( properties => {

		const feature = featureOf( properties );
		const of = run => { try { return typed( run() ); } catch { return 'error'; } };
		return { show: of( () => compiled.show?.evaluate( feature ) ), color: of( () => compiled.color?.evaluateColor( feature ) ), pointSize: of( () => compiled.pointSize?.evaluate( feature ) ) };

	} ) };

} );
const plain = features.map( properties => ( { ...properties, Height: String( properties.Height ) } ) );
console.log( JSON.stringify( { version: Cesium.VERSION, features: plain, cases, looks } ) );
