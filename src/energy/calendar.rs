//! Days that load models tell apart: weekdays, Saturdays, Sundays and French bank holidays.

/// What kind of day it is for demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayKind {
    Weekday,
    Saturday,
    /// Sundays and bank holidays.
    Rest,
}

/// The kind of a date of the Gregorian calendar.
pub fn day_kind(year: i16, month: i8, day: i8) -> DayKind {
    if is_bank_holiday(year, month, day) {
        return DayKind::Rest;
    }
    match weekday(year, month, day) {
        5 => DayKind::Saturday,
        6 => DayKind::Rest,
        _ => DayKind::Weekday,
    }
}

/// The eleven national holidays of article L3133-1 of the Code du travail; Alsace-Moselle and overseas have more.
pub fn is_bank_holiday(year: i16, month: i8, day: i8) -> bool {
    const FIXED: [(i8, i8); 8] = [
        (1, 1),
        (5, 1),
        (5, 8),
        (7, 14),
        (8, 15),
        (11, 1),
        (11, 11),
        (12, 25),
    ];
    if FIXED.contains(&(month, day)) {
        return true;
    }
    // Easter Monday, Ascension Thursday, Whit Monday.
    let (easter_month, easter_day) = easter(year);
    let from_easter = day_number(year, month, day) - day_number(year, easter_month, easter_day);
    matches!(from_easter, 1 | 39 | 50)
}

/// 0 is Monday.
pub fn weekday(year: i16, month: i8, day: i8) -> i64 {
    // 1970-01-01 was a Thursday.
    (day_number(year, month, day) + 3).rem_euclid(7)
}

/// Days since 1970-01-01 (after Hinnant's civil-from-days, public domain).
fn day_number(year: i16, month: i8, day: i8) -> i64 {
    let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Easter Sunday (the anonymous Gregorian computus of 1876).
fn easter(year: i16) -> (i8, i8) {
    let year = i64::from(year);
    let (a, b, c) = (
        year.rem_euclid(19),
        year.div_euclid(100),
        year.rem_euclid(100),
    );
    let (d, e) = (b.div_euclid(4), b.rem_euclid(4));
    let g = (b - (b + 8).div_euclid(25) + 1).div_euclid(3);
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c.div_euclid(4), c.rem_euclid(4));
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 22 * l).div_euclid(451);
    let n = h + l - 7 * m + 114;
    ((n / 31) as i8, (n % 31 + 1) as i8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_falls_where_the_almanac_says() {
        for (year, month, day) in [
            (2000, 4, 23),
            (2019, 4, 21),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2038, 4, 25),
        ] {
            assert_eq!(easter(year), (month, day), "{year}");
        }
    }

    #[test]
    fn days_have_their_kind() {
        for (date, kind) in [
            ((2026, 6, 19), DayKind::Weekday),
            ((2026, 6, 20), DayKind::Saturday),
            ((2026, 6, 21), DayKind::Rest),
            ((2026, 4, 6), DayKind::Rest),
            ((2026, 5, 14), DayKind::Rest),
            ((2026, 5, 25), DayKind::Rest),
            ((2026, 7, 14), DayKind::Rest),
            ((2024, 2, 29), DayKind::Weekday),
        ] {
            assert_eq!(day_kind(date.0, date.1, date.2), kind, "{date:?}");
        }
    }
}
