//! Instants in UTC inside, local time of the territory outside.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// An instant: whole seconds since 1970-01-01T00:00:00Z. Written as RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant(pub i64);

/// A local calendar date and time of day, with its offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalDateTime {
    pub year: i16,
    pub month: i8,
    pub day: i8,
    pub hour: i8,
    pub minute: i8,
    /// Seconds east of UTC.
    pub offset_s: i32,
}

/// An instant as a person wrote it: with its fraction of a second, and the offset it was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatedInstant {
    /// The whole second.
    pub instant: Instant,
    /// Below a second.
    pub nanoseconds: u32,
    /// Seconds east of UTC; nothing for `Z`, which names no place's calendar.
    pub offset_s: Option<i32>,
}

/// The half-open span `[start, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    pub start: Instant,
    pub end: Instant,
}

/// Years outside are refused: the calendar rules mean nothing there and sliders need an end.
const YEARS: std::ops::RangeInclusive<i16> = 1800..=2200;

impl Instant {
    /// Reads RFC 3339 (`2026-06-21T13:30:00Z`, any offset).
    pub fn parse(text: &str) -> Option<Self> {
        let timestamp: Timestamp = text.parse().ok()?;
        let instant = Self(timestamp.as_second());
        YEARS.contains(&instant.utc().year).then_some(instant)
    }

    /// Noon of the calendar day that holds the instant, so many seconds east of UTC, and that day as `2026-06-21`.
    pub fn noon_of_day(self, offset_s: i32) -> (Self, String) {
        const DAY_S: i64 = 86_400;
        let offset_s = i64::from(offset_s);
        let noon = self.0.saturating_add(offset_s).div_euclid(DAY_S) * DAY_S + DAY_S / 2;
        let day = Self(noon).utc();
        (Self(noon - offset_s), format!("{:04}-{:02}-{:02}", day.year, day.month, day.day))
    }

    /// From a calendar date and time in UTC; `None` when no such date exists.
    pub fn from_utc(
        year: i16,
        month: i8,
        day: i8,
        hour: i8,
        minute: i8,
        second: i8,
    ) -> Option<Self> {
        let civil = jiff::civil::DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
        let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
        Some(Self(zoned.timestamp().as_second()))
    }

    pub fn utc(self) -> LocalDateTime {
        self.in_zone(&TimeZone::UTC)
    }

    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    pub(super) fn in_zone(self, zone: &TimeZone) -> LocalDateTime {
        let timestamp = Timestamp::from_second(self.0).unwrap_or(Timestamp::UNIX_EPOCH);
        let zoned = timestamp.to_zoned(zone.clone());
        LocalDateTime {
            year: zoned.year(),
            month: zoned.month(),
            day: zoned.day(),
            hour: zoned.hour(),
            minute: zoned.minute(),
            offset_s: zoned.offset().seconds(),
        }
    }
}

impl StatedInstant {
    /// Reads RFC 3339 (`2026-06-21T00:30:00.5+02:00`).
    pub fn parse(text: &str) -> Option<Self> {
        let timestamp: Timestamp = text.trim().parse().ok()?;
        let nanoseconds = timestamp.as_nanosecond();
        const SECOND: i128 = 1_000_000_000;
        let instant = Instant(i64::try_from(nanoseconds.div_euclid(SECOND)).ok()?);
        let known = YEARS.contains(&instant.utc().year);
        known.then_some(Self {
            instant,
            nanoseconds: u32::try_from(nanoseconds.rem_euclid(SECOND)).ok()?,
            offset_s: offset_in(text.trim()),
        })
    }

    pub fn fraction_s(self) -> f64 {
        f64::from(self.nanoseconds) / 1e9
    }
}

/// The offset at the end of an RFC 3339 text; nothing for `Z`.
fn offset_in(text: &str) -> Option<i32> {
    let text = text.split('[').next().unwrap_or(text);
    let (_, time) = text.split_once(['T', 't', ' '])?;
    let at = time.rfind(['+', '-'])?;
    let (sign, digits) = time.split_at_checked(at)?.1.split_at_checked(1)?;
    let digits = digits.replace(':', "");
    let part = |range: std::ops::Range<usize>| digits.get(range).map_or(Some(0), |text| text.parse::<i32>().ok());
    let seconds = 3600 * digits.get(0..2)?.parse::<i32>().ok()? + 60 * part(2..4)? + part(4..6)?;
    Some(if sign == "-" { -seconds } else { seconds })
}

impl std::fmt::Display for StatedInstant {
    /// RFC 3339 in UTC with its fraction: `2026-06-20T22:30:00.5Z`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match Timestamp::new(self.instant.0, i32::try_from(self.nanoseconds).unwrap_or(0)) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => write!(f, "{}", self.instant),
        }
    }
}

impl std::fmt::Display for Instant {
    /// RFC 3339 in UTC: `2026-06-21T13:30:00Z`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match Timestamp::from_second(self.0) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => write!(f, "{}", self.0),
        }
    }
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("'{text}' is not an RFC 3339 instant")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_keeps_its_fraction_and_its_day() {
        let stated = StatedInstant::parse("2026-06-21T00:30:00.25+02:00").unwrap();
        assert_eq!((stated.nanoseconds, stated.offset_s), (250_000_000, Some(7200)));
        assert_eq!(stated.to_string(), "2026-06-20T22:30:00.25Z");
        let (noon, day) = stated.instant.noon_of_day(7200);
        assert_eq!((noon.to_string().as_str(), day.as_str()), ("2026-06-21T10:00:00Z", "2026-06-21"));
        let before_1970 = StatedInstant::parse("1969-12-31T23:59:59.5Z").unwrap();
        assert_eq!((before_1970.instant, before_1970.nanoseconds, before_1970.offset_s), (Instant(-1), 500_000_000, None));
        assert_eq!(StatedInstant::parse("2026-06-21T00:30:00-09:30").unwrap().offset_s, Some(-34_200));
        assert_eq!(StatedInstant::parse("demain"), None);
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in ["", "2026-06-21", "noon", "9999-01-01T00:00:00Z"] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}
