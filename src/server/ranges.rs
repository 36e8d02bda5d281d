//! Parts of files as RFC 9110 wants them: what is no range is ignored, and `If-Range` keeps two versions apart.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;

/// Takes `Range` out of a request where the whole file is the right answer.
///
/// The file service below knows single ranges of bytes and answers anything else with an error.
pub async fn ranges(mut request: Request, next: Next) -> Response {
    let asked = request.headers().get(header::RANGE).cloned();
    let condition = request.headers_mut().remove(header::IF_RANGE);
    let Some(range) = asked.filter(|_| request.method() == Method::GET).filter(is_one_range) else {
        request.headers_mut().remove(header::RANGE);
        return next.run(request).await;
    };
    if let Some(condition) = condition {
        // The same question without a body says which version there is now.
        let mut head = Request::new(axum::body::Body::empty());
        *head.method_mut() = Method::HEAD;
        *head.uri_mut() = request.uri().clone();
        *head.headers_mut() = request.headers().clone();
        head.headers_mut().remove(header::RANGE);
        let now = next.clone().run(head).await;
        let same = same_version(&condition, now.headers());
        request.headers_mut().remove(header::RANGE);
        if same {
            request.headers_mut().insert(header::RANGE, range);
        }
    }
    next.run(request).await
}

/// `bytes=0-99`, `bytes=100-` or `bytes=-100`. Several ranges at once are legal, and so is answering them with the whole.
fn is_one_range(value: &HeaderValue) -> bool {
    let number = |text: &str| !text.is_empty() && text.len() < 19 && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some((unit, range)) = value.to_str().ok().and_then(|text| text.split_once('=')) else {
        return false;
    };
    let Some((first, last)) = range.trim().split_once('-') else {
        return false;
    };
    let sound = match (first, last) {
        ("", last) => number(last),
        (first, "") => number(first),
        (first, last) => {
            let value = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
            number(first) && number(last) && value(first) <= value(last)
        }
    };
    unit.trim().eq_ignore_ascii_case("bytes") && sound
}

/// Whether the version somebody has a part of is the one there is: by strong comparison, so a weak tag never is.
fn same_version(condition: &HeaderValue, now: &HeaderMap) -> bool {
    let text = condition.as_bytes();
    let current = if text.starts_with(b"\"") {
        now.get(header::ETAG).filter(|_| !now.contains_key(header::CONTENT_ENCODING))
    } else {
        now.get(header::LAST_MODIFIED).filter(|_| !now.contains_key(header::CONTENT_ENCODING))
    };
    !text.starts_with(b"W/") && current.is_some_and(|current| current.as_bytes() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_single_ranges_of_bytes_count() {
        for (text, one) in [
            ("bytes=0-9", true),
            ("bytes=5-", true),
            ("bytes=-5", true),
            ("bytes=9-5", false),
            ("bytes=0-1,4-5", false),
            ("bytes=a-b", false),
            ("bytes=-", false),
            ("foo", false),
            ("lines=1-2", false),
        ] {
            assert_eq!(is_one_range(&HeaderValue::from_static(text)), one, "{text}");
        }
    }
}
