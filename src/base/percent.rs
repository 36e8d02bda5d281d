//! Percent-encoding of addresses (RFC 3986, section 2.1).

/// The bytes that a text stands for; a `%` that encodes nothing stands for itself.
pub fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = |index: usize| bytes.get(index).and_then(|digit| char::from(*digit).to_digit(16));
        match (byte, hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((16 * high + low) as u8);
                at += 3;
            }
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    decoded
}

/// The same as a text; `None` where the bytes are no UTF-8.
pub fn percent_decoded_text(text: &str) -> Option<String> {
    String::from_utf8(percent_decoded(text)).ok()
}
