//! Departures of a GTFS feed: how many leave each stop in each hour of its days.
//!
//! Times of a feed are counted from noon minus twelve hours and go on beyond midnight: `25:10:00` is ten past one of the following night, and counts
//! on that day. A trip that `frequencies.txt` repeats leaves as often as it says. The last stop of a trip is no departure.

use super::gtfs::rows;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::BufRead;

/// Days that are counted, from the first with any service.
pub const MAX_DAYS: usize = 31;
/// Trips, stops and pairs of service and stop of one feed.
const MAX_ROWS: usize = 4 << 20;
/// Days between the first and the last of a calendar: services that go on for ever end after two years.
const MAX_SPAN_DAYS: i64 = 800;
/// Hours after the beginning of a day that a trip may leave in.
const HOURS: usize = 48;
/// Runs that one row of frequencies stands for.
const MAX_RUNS: i64 = 20_000;

/// The tables of a feed that say when something leaves.
pub struct Tables<R> {
    pub calendar: Option<R>,
    pub calendar_dates: Option<R>,
    pub trips: Option<R>,
    pub stop_times: Option<R>,
    pub frequencies: Option<R>,
}

/// What is counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Departures {
    /// Days since 1 January 1970 and the services that run on them, without gaps.
    days: Vec<(i64, BTreeSet<u32>)>,
    stops: Vec<String>,
    counts: BTreeMap<(u32, u32), Vec<u32>>,
    /// Rows whose time is missing or beyond two days.
    pub without_time: u64,
    /// Rows of trips that the feed does not describe.
    pub without_trip: u64,
    /// Days with service beyond those that are counted.
    pub more_days: u64,
}

/// A stop of a trip: its service, its place among the stops, seconds since the beginning of the day.
#[derive(Clone, Copy)]
struct Call {
    sequence: f64,
    service: u32,
    stop: u32,
    second: i64,
}

impl Departures {
    /// # Errors
    /// The streams' own.
    pub fn read<R: BufRead>(tables: Tables<R>) -> std::io::Result<Self> {
        let mut this = Self::default();
        let mut services: HashMap<String, u32> = HashMap::new();
        let mut intern = |name: &str| -> Option<u32> {
            if let Some(known) = services.get(name) {
                return Some(*known);
            }
            let next = u32::try_from(services.len()).ok().filter(|next| (*next as usize) < MAX_ROWS)?;
            services.insert(name.to_owned(), next);
            Some(next)
        };
        this.read_days(tables.calendar, tables.calendar_dates, &mut intern)?;
        let mut service_of: HashMap<String, u32> = HashMap::new();
        if let Some(source) = tables.trips {
            rows(source, ["trip_id", "service_id"], &mut |_, [trip, service]| {
                if let Some(service) = intern(service) {
                    service_of.insert(trip.to_owned(), service);
                }
                service_of.len() < MAX_ROWS
            })?;
        }
        let mut repeated: HashMap<String, Vec<[i64; 3]>> = HashMap::new();
        if let Some(source) = tables.frequencies {
            rows(source, ["trip_id", "start_time", "end_time", "headway_secs"], &mut |_, [trip, start, end, headway]| {
                let (start, end, headway) = (second_of(start), second_of(end), headway.parse::<i64>().ok().filter(|headway| *headway > 0));
                if let (Some(start), Some(end), Some(headway)) = (start, end, headway) {
                    repeated.entry(trip.to_owned()).or_default().push([start, end, headway]);
                }
                repeated.len() < MAX_ROWS
            })?;
        }
        if let Some(source) = tables.stop_times {
            this.read_times(source, &service_of, &repeated)?;
        }
        Ok(this)
    }

    fn read_days<R: BufRead>(&mut self, calendar: Option<R>, dates: Option<R>, intern: &mut dyn FnMut(&str) -> Option<u32>) -> std::io::Result<()> {
        let mut days: BTreeMap<i64, BTreeSet<u32>> = BTreeMap::new();
        if let Some(source) = calendar {
            let columns = ["service_id", "start_date", "end_date", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
            rows(source, columns, &mut |_, [service, start, end, week @ ..]| {
                let (Some(service), Some(start), Some(end)) = (intern(service), day_of(start), day_of(end)) else { return true };
                for day in start..=end.min(start.saturating_add(MAX_SPAN_DAYS)) {
                    // 1 January 1970 was a Thursday; the week begins on Monday.
                    let weekday = (day + 3).rem_euclid(7) as usize;
                    if week.get(weekday) == Some(&"1") {
                        days.entry(day).or_default().insert(service);
                    }
                }
                days.len() < MAX_ROWS
            })?;
        }
        if let Some(source) = dates {
            rows(source, ["service_id", "date", "exception_type"], &mut |_, [service, date, kind]| {
                let (Some(service), Some(day)) = (intern(service), day_of(date)) else { return true };
                match kind {
                    "1" => drop(days.entry(day).or_default().insert(service)),
                    "2" => drop(days.get_mut(&day).map(|services| services.remove(&service))),
                    _ => {}
                }
                days.len() < MAX_ROWS
            })?;
        }
        days.retain(|_, services| !services.is_empty());
        let Some(first) = days.keys().next().copied() else { return Ok(()) };
        let last = days.range(..first + MAX_DAYS as i64).next_back().map_or(first, |(day, _)| *day);
        self.more_days = days.range(last + 1..).count() as u64;
        // A day without service between two others has no departures; that is known, and no gap.
        self.days = (first..=last).map(|day| (day, days.remove(&day).unwrap_or_default())).collect();
        Ok(())
    }

    fn read_times<R: BufRead>(&mut self, source: R, service_of: &HashMap<String, u32>, repeated: &HashMap<String, Vec<[i64; 3]>>) -> std::io::Result<()> {
        let mut stop_of: HashMap<String, u32> = HashMap::new();
        let mut last: HashMap<String, Call> = HashMap::new();
        let mut patterns: HashMap<String, Vec<Call>> = HashMap::new();
        let mut kept = 0_usize;
        rows(source, ["trip_id", "stop_id", "stop_sequence", "departure_time", "arrival_time"], &mut |number, [trip, stop, sequence, departure, arrival]| {
            let Some(service) = service_of.get(trip).copied().filter(|_| !stop.is_empty()) else {
                self.without_trip += u64::from(!stop.is_empty());
                return true;
            };
            let Some(second) = second_of(departure).or_else(|| second_of(arrival)) else {
                self.without_time += 1;
                return true;
            };
            let stop = match stop_of.get(stop) {
                Some(known) => *known,
                None if self.stops.len() < MAX_ROWS => {
                    let next = self.stops.len() as u32;
                    stop_of.insert(stop.to_owned(), next);
                    self.stops.push(stop.to_owned());
                    next
                }
                None => return false,
            };
            let call = Call { sequence: sequence.parse().unwrap_or(number as f64), service, stop, second };
            if repeated.contains_key(trip) {
                kept += 1;
                patterns.entry(trip.to_owned()).or_default().push(call);
            } else {
                self.count(call, second, 1);
                match last.get_mut(trip) {
                    Some(known) if known.sequence < call.sequence => *known = call,
                    Some(_) => {}
                    None => drop(last.insert(trip.to_owned(), call)),
                }
            }
            kept < MAX_ROWS && self.counts.len() < MAX_ROWS && last.len() < MAX_ROWS
        })?;
        for call in last.into_values() {
            self.count(call, call.second, -1);
        }
        for (trip, mut calls) in patterns {
            calls.sort_by(|a, b| a.sequence.total_cmp(&b.sequence));
            let begins = calls.first().map_or(0, |call| call.second);
            calls.pop();
            for [start, end, headway] in repeated.get(&trip).into_iter().flatten() {
                let runs = ((end - start).max(0) + headway - 1) / headway;
                for run in 0..runs.min(MAX_RUNS) {
                    for call in &calls {
                        self.count(*call, start + run * headway + call.second - begins, 1);
                    }
                }
            }
        }
        Ok(())
    }

    fn count(&mut self, call: Call, second: i64, by: i64) {
        let hours = self.counts.entry((call.stop, call.service)).or_insert_with(|| vec![0; HOURS]);
        match usize::try_from(second.div_euclid(3600)).ok().and_then(|hour| hours.get_mut(hour)) {
            Some(count) => *count = u32::try_from((i64::from(*count) + by).max(0)).unwrap_or(u32::MAX),
            None => self.without_time += u64::from(by > 0),
        }
    }

    /// Hands out every hour of every stop, stop by stop in the order of time: the stop, when the hour begins (seconds UTC), how many leave.
    /// `begins` says when a day, counted since 1 January 1970, begins for its services: twelve hours before its noon.
    pub fn each(&self, begins: &dyn Fn(i64) -> Option<i64>, take: &mut dyn FnMut(&str, i64, u32) -> bool) {
        let starts: Vec<Option<i64>> = self.days.iter().map(|(day, _)| begins(*day)).collect();
        let (Some(from), Some(last)) = (starts.iter().flatten().min(), starts.iter().flatten().max()) else { return };
        let hours = usize::try_from((last - from) / 3600 + 24).unwrap_or(0).min((MAX_DAYS + 2) * 24);
        let mut line = vec![0_u32; hours];
        for (place, stop) in self.stops.iter().enumerate() {
            line.fill(0);
            let of_stop: BTreeMap<u32, &Vec<u32>> = self.counts.range((place as u32, 0)..=(place as u32, u32::MAX)).map(|((_, service), hours)| (*service, hours)).collect();
            for ((_, services), start) in self.days.iter().zip(&starts) {
                let Some(first) = start.and_then(|start| usize::try_from((start - from) / 3600).ok()) else { continue };
                for counts in services.iter().filter_map(|service| of_stop.get(service)) {
                    // Trips of an evening that leave after midnight lie in the day after; those of the last one beyond the end.
                    for (slot, count) in line.iter_mut().skip(first).zip(counts.iter()) {
                        *slot = slot.saturating_add(*count);
                    }
                }
            }
            for (hour, count) in line.iter().enumerate() {
                if !take(stop, from + 3600 * hour as i64, *count) {
                    return;
                }
            }
        }
    }

    /// Departures after the last day's end, as many as [`Self::each`] leaves out: trips of its evening that leave after midnight.
    pub fn after_end(&self) -> u64 {
        let Some((_, services)) = self.days.last() else { return 0 };
        let late = |hours: &Vec<u32>| hours.iter().skip(24).map(|count| u64::from(*count)).sum::<u64>();
        self.counts.iter().filter(|((_, service), _)| services.contains(service)).map(|(_, hours)| late(hours)).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.days.is_empty() || self.counts.is_empty()
    }
}

/// `20260314` as days since 1 January 1970.
fn day_of(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    if text.len() != 8 {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, i8::try_from(number(4, 6)?).ok()?, i8::try_from(number(6, 8)?).ok()?);
    Some(crate::base::Instant::from_utc(year, month, day, 0, 0, 0)?.0.div_euclid(86_400))
}

/// `7:05:00`, `25:10:00`, in seconds.
fn second_of(text: &str) -> Option<i64> {
    let mut parts = text.split(':').map(|part| part.trim().parse::<i64>().ok().filter(|part| (0..1000).contains(part)));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().flatten().unwrap_or(0));
    Some(3600 * hour + 60 * minute + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALENDAR: &str = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nweek,1,1,1,1,1,0,0,20260302,20260313\n";
    const DATES: &str = "service_id,date,exception_type\nweek,20260304,2\nfair,20260307,1\n";
    const TRIPS: &str = "route_id,service_id,trip_id\nR,week,T1\nR,week,night\nR,fair,F\n";
    const TIMES: &str = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nT1,7:59:00,8:00:00,A,1\nT1,8:59:00,8:59:59,B,2\nT1,9:10:00,9:10:00,C,3\n\
        night,25:10:00,25:10:00,A,1\nnight,25:30:00,25:30:00,C,2\nF,10:00:00,10:00:00,A,5\nF,10:20:00,10:20:00,B,9\nghost,1:00:00,1:00:00,A,1\nT1,,,D,2\n";
    const FREQUENCIES: &str = "trip_id,start_time,end_time,headway_secs\nF,14:00:00,16:00:00,1200\n";

    fn read(frequencies: Option<&str>) -> BTreeMap<(String, i64, usize), u32> {
        let of = |text: &'static str| Some(text.as_bytes());
        let tables = Tables { calendar: of(CALENDAR), calendar_dates: of(DATES), trips: of(TRIPS), stop_times: of(TIMES), frequencies: frequencies.map(str::as_bytes) };
        let departures = Departures::read(tables).unwrap();
        assert_eq!((departures.without_time, departures.without_trip, departures.more_days, departures.after_end()), (1, 1, 0, 1));
        let mut found = BTreeMap::new();
        departures.each(&|day| Some(86_400 * day), &mut |stop, at, count| {
            let (day, hour) = (at.div_euclid(86_400), at.rem_euclid(86_400) / 3600);
            assert!(found.insert((stop.to_owned(), day, hour as usize), count).is_none());
            true
        });
        found
    }

    #[test]
    fn weekdays_exceptions_nights_and_last_stops() {
        let found = read(None);
        let monday = day_of("20260302").unwrap();
        let at = |stop: &str, day: i64, hour: usize| found[&(stop.to_owned(), monday + day, hour)];
        assert_eq!(found.len(), 3 * 12 * 24, "three stops of twelve days, hour by hour");
        assert_eq!((at("A", 0, 8), at("B", 0, 8), at("C", 0, 9)), (1, 1, 0), "the last stop is no departure");
        assert_eq!((at("A", 0, 1), at("A", 1, 1)), (0, 1), "ten past one belongs to the following night");
        assert_eq!((at("A", 2, 8), at("A", 2, 1), at("A", 3, 1)), (0, 1, 0), "Wednesday falls out, the night before it does not");
        assert_eq!((at("A", 5, 8), at("A", 5, 10), at("A", 6, 10)), (0, 1, 0), "the fair is on Saturday");
        assert_eq!(found.values().sum::<u32>(), 9 * 3 - 1 + 1, "nine days of three departures, the last night beyond the last day, one fair");
    }

    #[test]
    fn a_repeated_trip_leaves_every_twenty_minutes() {
        let found = read(Some(FREQUENCIES));
        let fair = day_of("20260307").unwrap();
        let at = |hour: usize| found[&("A".to_owned(), fair, hour)];
        assert_eq!((at(10), at(13), at(14), at(15), at(16)), (0, 0, 3, 3, 0));
    }

    #[test]
    fn what_is_no_feed_has_no_departures() {
        for text in ["", "\u{FEFF}", "trip_id\n", "a,b\n1", "trip_id,departure_time,stop_id\nT,99:99:99,S\n"] {
            let of = || Some(text.as_bytes());
            let departures = Departures::read(Tables { calendar: of(), calendar_dates: of(), trips: of(), stop_times: of(), frequencies: of() }).unwrap();
            assert!(departures.is_empty(), "{text}");
        }
    }
}
