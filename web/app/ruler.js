// The ruler of time, as values: what part of time is visible, where its marks stand. The same model as src/view/timeline.rs.
// Days and years are the territory's own: a day has 23 to 25 hours.

import { clock, instantOf } from "./words.js";

/** From short to long, with a usual length in milliseconds. */
export const SPANS = [["quarter", 900_000], ["hour", 3_600_000], ["day", 86_400_000], ["month", 2_629_746_000], ["year", 31_556_952_000], ["decade", 315_569_520_000]];
/** Narrowest distance of marks with words and of marks without, pixels; and the most marks of one ruler. */
const WORD_PX = 44;
const MARK_PX = 6;
const MARKS_MAX = 600;
/** Which marks may have words, from close to far: so many of a span from one to the next. */
const WORDS = [["quarter", 1], ["hour", 1], ["hour", 2], ["hour", 3], ["hour", 6], ["hour", 12], ["day", 1], ["day", 5], ["day", 10], ["month", 1], ["month", 3], ["month", 6],
  ["year", 1], ["year", 2], ["year", 5], ["decade", 1], ["decade", 5]];

const usual = (span) => SPANS.find(([name]) => name === span)[1];
const two = (value) => String(value).padStart(2, "0");
const at = (year, month, day, timezone) => instantOf(`${String(year).padStart(4, "0")}-${two(month)}-${two(day)}T00:00`, timezone);

/** The span that holds an instant: `[start, end)` in milliseconds. */
export function around(span, time, timezone) {
  const local = clock(time, timezone);
  const [year, month, day] = [Number(local.year), Number(local.month), Number(local.day)];
  switch (span) {
    case "day": {
      const next = new Date(Date.UTC(year, month - 1, day + 1));
      return [at(year, month, day, timezone), at(next.getUTCFullYear(), next.getUTCMonth() + 1, next.getUTCDate(), timezone)];
    }
    case "month": return [at(year, month, 1, timezone), month === 12 ? at(year + 1, 1, 1, timezone) : at(year, month + 1, 1, timezone)];
    case "year": return [at(year, 1, 1, timezone), at(year + 1, 1, 1, timezone)];
    case "decade": {
      const first = Math.floor(year / 10) * 10;
      return [at(first, 1, 1, timezone), at(first + 10, 1, 1, timezone)];
    }
    default: {
      const start = Math.floor(time / usual(span)) * usual(span);
      return [start, start + usual(span)];
    }
  }
}

/** The instant so many spans later: the same hour of another day, the same day of another month or the last one it has. */
export function stepped(time, span, count, timezone) {
  if (span === "quarter" || span === "hour") return time + count * usual(span);
  const local = clock(time, timezone);
  const [year, month, day] = [Number(local.year), Number(local.month), Number(local.day)];
  const months = { month: 1, year: 12, decade: 120 }[span] ?? 0;
  const target = span === "day" ? new Date(Date.UTC(year, month - 1, day + count)) : new Date(Date.UTC(year, month - 1 + months * count, 1));
  if (span !== "day") {
    const last = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
    target.setUTCDate(Math.min(day, last));
  }
  const text = `${target.getUTCFullYear()}-${two(target.getUTCMonth() + 1)}-${two(target.getUTCDate())}T${local.hour}:${local.minute}`;
  const moved = instantOf(text, timezone);
  return Number.isFinite(moved) ? moved + (((time % 60_000) + 60_000) % 60_000) : time;
}

/** Whether a span that begins here is one of every so many, counted as people do. */
function isRound(span, time, every, timezone) {
  const { year, month, day, hour, minute } = Object.fromEntries(Object.entries(clock(time, timezone)).map(([name, value]) => [name, Number(value)]));
  // The last round day of a month would touch the next month's word.
  if (span === "day" && every > 1 && day + every > 31) return false;
  return { quarter: minute / 15, hour, day, month: month - 1, year, decade: Math.floor(year / 10) }[span] % every === 0;
}

/** Marks where the finest spans begin that have room; words stand at round ones, and where a longer span begins. */
export function marks([start, end], width, timezone) {
  const px = width / Math.max(1, end - start);
  const names = SPANS.map(([name]) => name);
  const finest = names[SPANS.findIndex(([, length]) => length * px >= MARK_PX)] ?? "decade";
  const [words, every] = WORDS.find(([span, count]) => usual(span) * count * px >= WORD_PX) ?? WORDS.at(-1);
  const found = [];
  let [begin, next] = around(finest, start, timezone);
  while (begin < end && found.length < MARKS_MAX) {
    if (begin >= start) {
      const span = names.findLast((name) => name === finest || (names.indexOf(name) > names.indexOf(finest) && around(name, begin, timezone)[0] === begin));
      const longer = names.indexOf(span) - names.indexOf(words);
      found.push({ time: begin, share: (begin - start) / (end - start), span, hasWords: longer > 0 || (longer === 0 && isRound(span, begin, every, timezone)) });
    }
    if (!(next > begin)) break;
    [begin, next] = around(finest, next, timezone);
  }
  return found;
}

/** The finest span that a pointer hits on a ruler of so many pixels. */
export function finest([start, end], width) {
  const px = width / Math.max(1, end - start);
  return (SPANS.find(([, length]) => length * px >= 2) ?? SPANS.at(-1))[0];
}

/** A part of time of the same length, moved as little as needed to lie inside `all`. */
export function inside([start, end], all) {
  const length = Math.min(end - start, all[1] - all[0]);
  const from = Math.max(all[0], Math.min(start, all[1] - length));
  return [from, from + length];
}
