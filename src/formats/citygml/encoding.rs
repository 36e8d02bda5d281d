//! The bytes of an XML document as UTF-8.

use std::io::{BufRead, Read};

/// UTF-8 as it is; ISO-8859-1 and its relatives, where the declaration names one, turned into it.
pub(super) struct Decoded<R> {
    inner: R,
    /// `None` until the declaration has been seen.
    single_bytes: Option<bool>,
    buffer: Vec<u8>,
    at: usize,
}

impl<R: BufRead> Decoded<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            single_bytes: None,
            buffer: Vec::new(),
            at: 0,
        }
    }

    fn is_single(&mut self) -> std::io::Result<bool> {
        if let Some(known) = self.single_bytes {
            return Ok(known);
        }
        let head = self.inner.fill_buf()?;
        let declaration: Vec<u8> = head
            .iter()
            .copied()
            .take(200)
            .take_while(|byte| *byte != b'>')
            .collect();
        let text = String::from_utf8_lossy(&declaration).to_lowercase();
        let single = text.contains("encoding")
            && ["iso-8859-1", "windows-1252", "latin"]
                .iter()
                .any(|name| text.contains(name));
        self.single_bytes = Some(single);
        Ok(single)
    }
}

impl<R: BufRead> BufRead for Decoded<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if !self.is_single()? {
            return self.inner.fill_buf();
        }
        if self.at >= self.buffer.len() {
            self.buffer.clear();
            self.at = 0;
            let bytes = self.inner.fill_buf()?;
            for byte in bytes {
                let mut letter = [0; 2];
                self.buffer
                    .extend_from_slice(char::from(*byte).encode_utf8(&mut letter).as_bytes());
            }
            let length = bytes.len();
            self.inner.consume(length);
        }
        Ok(self.buffer.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        if self.single_bytes == Some(true) {
            self.at += amount;
        } else {
            self.inner.consume(amount);
        }
    }
}

impl<R: BufRead> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(into.len());
        into[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}
