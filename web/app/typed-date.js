// The date field: written and read as the page's language has it, whatever the language of the browser.

import { clock, currentLanguage, instantOf } from "./words.js";

const two = (value) => String(value).padStart(2, "0");

/** `21/06/2026 15:30`, in both languages: the day comes first. */
export function fieldText(milliseconds, timezone) {
  const { year, month, day, hour, minute } = clock(milliseconds, timezone);
  return `${day}/${month}/${year} ${hour}:${minute}`;
}

/** Months by the beginning of their names in both languages, as far as it takes to tell them apart. */
const MONTHS = [["jan"], ["fév", "fev", "feb"], ["mar"], ["avr", "apr"], ["mai", "may"], ["juin", "jun"], ["juil", "jul"], ["aoû", "aou", "aug"], ["sep"], ["oct"], ["nov"], ["déc", "dec"]];
const BETWEEN = new Set(["le", "à", "at", "the", "on", "of", "er", "st", "nd", "rd", "th", "t"]);

/** The instant that was typed, milliseconds; NaN where it is none. What is left out is the beginning of what is said; a date without a year is in that of `now`. */
export function typedDate(text, timezone, now) {
  const said = text.trim().toLowerCase().slice(0, 80);
  // With its offset from UTC it is no local time.
  if (/^\d{4}-\d\d-\d\dt\d\d:\d\d(:\d\d)?(z|[+-]\d\d:\d\d)$/.test(said)) return Date.parse(said.toUpperCase());
  // The time stands last and has a mark of its own.
  const time = /(\d+)\s*(?::|h(?!\p{L}))\s*(\d+)?(?:\s*(?::|min)\s*\d*)?\s*s?$/u.exec(said);
  const words = (said.slice(0, time?.index).match(/\d+|\p{L}+/gu) ?? []).filter((word) => !BETWEEN.has(word));
  const numbers = words.filter((word) => /\d/.test(word));
  const names = words.filter((word) => !/\d/.test(word)).map((word) => MONTHS.findIndex((month) => month.some((name) => word.startsWith(name))) + 1);
  const date = names.includes(0) ? null : dateOf(numbers, names.at(-1), clock(now, timezone), Boolean(time));
  if (!date) return NaN;
  const [year, month, day, hour, minute] = [...date, time?.[1] ?? 0, time?.[2] ?? 0].map(Number);
  // The 31st of June is no date, and 25 o'clock no time.
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= days && hour < 24 && minute < 60)) return NaN;
  return instantOf(`${String(year).padStart(4, "0")}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`, timezone);
}

/** Year, month and day of what was said; a time alone is today's. */
function dateOf(numbers, name, today, hasTime) {
  const isYear = (number) => number?.length === 4 && number >= 1800 && number <= 2200;
  const [a, b, c] = numbers;
  switch (`${numbers.length}${name ? "n" : ""}`) {
    case "0":
      return hasTime ? [today.year, today.month, today.day] : null;
    case "0n":
      return [today.year, name, 1];
    case "1":
      return isYear(a) ? [a, 1, 1] : null;
    case "1n":
      return isYear(a) ? [a, name, 1] : [today.year, name, a];
    case "2":
      return isYear(a) ? [a, b, 1] : isYear(b) ? [b, a, 1] : [today.year, b, a];
    case "2n":
      return isYear(b) ? [b, name, a] : null;
    case "3":
      return isYear(a) ? [a, b, c] : isYear(c) ? [c, b, a] : null;
    default:
      return null;
  }
}

/** How a date is typed, for whoever sees the empty field. */
export function datePattern() {
  return currentLanguage() === "fr" ? "jj/mm/aaaa hh:mm" : "dd/mm/yyyy hh:mm";
}
