//! Two clocks: one that only runs forward, for animation and time-outs, and the wall clock, for "now".

use crate::base::Instant;

/// Seconds since it was made; never runs backwards.
#[derive(Clone, Copy, Debug)]
pub struct Clock(Source);

#[derive(Clone, Copy, Debug)]
enum Source {
    #[cfg(not(target_arch = "wasm32"))]
    Native(std::time::Instant),
    #[cfg(target_arch = "wasm32")]
    Web(f64),
    Scripted(f64),
}

impl Clock {
    pub fn start() -> Self {
        #[cfg(not(target_arch = "wasm32"))]
        return Self(Source::Native(std::time::Instant::now()));
        #[cfg(target_arch = "wasm32")]
        return Self(Source::Web(super::web::milliseconds()));
    }

    /// A clock that stands still until somebody advances it.
    pub fn scripted() -> Self {
        Self(Source::Scripted(0.0))
    }

    /// Moves a scripted clock; a real one does not listen.
    pub fn advance(&mut self, seconds: f64) {
        if let Source::Scripted(now) = &mut self.0 {
            *now += seconds.max(0.0);
        }
    }

    pub fn seconds(&self) -> f64 {
        match self.0 {
            #[cfg(not(target_arch = "wasm32"))]
            Source::Native(start) => start.elapsed().as_secs_f64(),
            #[cfg(target_arch = "wasm32")]
            Source::Web(start) => 1e-3 * (super::web::milliseconds() - start),
            Source::Scripted(now) => now,
        }
    }
}

/// The machine's idea of now.
pub fn now() -> Instant {
    #[cfg(not(target_arch = "wasm32"))]
    let seconds = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs() as i64);
    #[cfg(target_arch = "wasm32")]
    let seconds = (1e-3 * js_sys::Date::now()) as i64;
    Instant(seconds)
}
