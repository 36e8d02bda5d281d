//! Addresses, headers and limits.

use super::door::{Folders, door};
use super::ranges::ranges;
use super::{Fault, Settings};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use std::time::Duration;
use tower::{ServiceBuilder, service_fn};
use tower_http::compression::predicate::{Predicate, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::services::ServeDir;
use tower_http::timeout::TimeoutLayer;

/// Nothing is ever sent to this server; a request with more body than this is refused.
const REQUEST_BYTES_MAX: usize = 64 * 1024;

/// From the end of a request's head to the beginning of the answer.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// Same origin only; WebAssembly may be compiled, text may not become code.
///
/// `frame-ancestors` is left out on purpose: other sites may embed the viewer in an iframe, and since this server has no accounts and accepts no writes, a framed page gives its framer nothing to steal.
/// Pages that will have accounts must set it.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; frame-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'none'";

/// All addresses of the server.
///
/// # Errors
/// [`Fault::Origin`] when an allowed origin is none.
pub fn router(settings: &Settings) -> Result<Router, Fault> {
    let territory = ServeDir::new(&settings.territory)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .fallback(service_fn(async |request: Request| {
            Ok::<_, std::convert::Infallible>(missing(&request))
        }));
    let bundle = ServeDir::new(&settings.web)
        .precompressed_br()
        .precompressed_gzip()
        .fallback(service_fn(async |request: Request| {
            Ok::<_, std::convert::Infallible>(missing(&request))
        }));
    let facts = json!({
        "name": "jumeau",
        "version": env!("CARGO_PKG_VERSION"),
        "territory": "territory/territory.json",
        "offline": settings.offline,
    });
    let folders = Folders {
        territory: settings.territory.clone(),
        web: settings.web.clone(),
    };
    Ok(Router::new()
        .route("/server.json", get(server_facts).with_state(facts))
        .nest_service(
            "/territory",
            ServiceBuilder::new()
                .layer(cors(&settings.allow_origins)?)
                .service(territory),
        )
        .fallback_service(bundle)
        // From the inside out: compression sees the finished answer, the headers see what compression did.
        .layer(
            CompressionLayer::new()
                .quality(CompressionLevel::Default)
                .compress_when(SizeAbove::new(1024).and(worth_compressing)),
        )
        .layer(from_fn(ranges))
        .layer(from_fn_with_state(folders, door))
        .layer(RequestBodyLimitLayer::new(REQUEST_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            ANSWER_MAX,
        ))
        .layer(from_fn(headers)))
}

async fn server_facts(State(facts): State<serde_json::Value>) -> Json<serde_json::Value> {
    Json(facts)
}

fn cors(origins: &[String]) -> Result<CorsLayer, Fault> {
    let layer = CorsLayer::new()
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([header::RANGE, header::IF_NONE_MATCH])
        .expose_headers([header::CONTENT_RANGE, header::ETAG, header::CONTENT_LENGTH]);
    if origins.iter().any(|origin| origin == "*") {
        return Ok(layer.allow_origin(AllowOrigin::any()));
    }
    let mut allowed = Vec::with_capacity(origins.len());
    for origin in origins {
        let host = origin
            .strip_prefix("https://")
            .or_else(|| origin.strip_prefix("http://"))
            .filter(|host| !host.is_empty() && !host.contains('/'));
        match (host, HeaderValue::from_str(origin)) {
            (Some(_), Ok(value)) => allowed.push(value),
            _ => return Err(Fault::Origin(origin.clone())),
        }
    }
    Ok(layer.allow_origin(AllowOrigin::list(allowed)))
}

/// Text, WebAssembly and tiles shrink; pictures are compressed already.
///
/// glTF counts: EXT_meshopt_compression arranges bytes so that a general compressor finishes the work.
fn worth_compressing(
    _status: StatusCode,
    _version: axum::http::Version,
    headers: &axum::http::HeaderMap,
    _extensions: &axum::http::Extensions,
) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    kind.starts_with("text/")
        || [
            "application/json",
            "application/wasm",
            "application/javascript",
            "application/manifest+json",
            "application/geo+json",
            "application/octet-stream",
            "model/",
            "image/svg+xml",
        ]
        .iter()
        .any(|compressible| kind.starts_with(compressible))
}

/// Caching and safety, on every answer.
async fn headers(request: Request, next: Next) -> Response {
    let fingerprinted = has_fingerprint(request.uri().path());
    let mut response = next.run(request).await;
    let status = response.status();
    let encoded = response.headers().contains_key(header::CONTENT_ENCODING);
    let headers = response.headers_mut();

    let cache = match status {
        // The name changes with the content: never ask again.
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED
            if fingerprinted =>
        {
            "public, max-age=31536000, immutable"
        }
        // Everything else is kept, but asked for: a 304 costs a round trip, a stale tile beside a new manifest costs trust.
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED => "no-cache",
        _ => "no-store",
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));

    // Two encodings of one file are two byte sequences: a validator shared by both may only be weak.
    if encoded
        && let Some(tag) = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok())
        && !tag.starts_with("W/")
        && let Ok(weak) = HeaderValue::from_str(&format!("W/{tag}"))
    {
        headers.insert(header::ETAG, weak);
    }

    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(self)"),
    );
    response
}

/// `pkg/0123456789abcdef/…`: `cargo xtask web` puts what never changes into a folder named after its content.
fn has_fingerprint(path: &str) -> bool {
    let mut parts = path.split('/').skip(1);
    matches!(parts.next(), Some("pkg" | "app"))
        && parts
            .next()
            .is_some_and(|part| part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The answer for what is not there: JSON for programs, a page for people.
pub(super) fn missing<B>(request: &axum::http::Request<B>) -> Response {
    const FR: &str = "Il n'y a rien à cette adresse.";
    const EN: &str = "There is nothing at this address.";
    let wants_page = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if !wants_page {
        let body = json!({"code": "not-found", "fr": FR, "en": EN});
        return (StatusCode::NOT_FOUND, Json(body)).into_response();
    }
    // No word of the request goes into the page, so there is nothing to escape.
    let page = format!(
        "<!doctype html><html lang=\"fr\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Jumeau – 404</title><main><h1>{FR}</h1><p><a href=\"/\">Ouvrir le territoire</a></p>\
         <div lang=\"en\"><h2>{EN}</h2><p><a href=\"/\">Open the territory</a></p></div></main></html>"
    );
    Response::builder()
        .status(StatusCode::NOT_FOUND)
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .body(Body::from(page))
        .unwrap_or_else(|_| StatusCode::NOT_FOUND.into_response())
}
