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

/** The instant that was typed, milliseconds; NaN where it is none. What is left out of the time is its beginning; a date without a year is in that of `now`. */
export function typedDate(text, timezone, now) {
  const said = text.trim().toLowerCase().slice(0, 80);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ]+(.*))?$/.exec(said);
  const numbers = /^(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{4}))?(?:[, ]+(.*))?$/.exec(said);
  const words = /^(\d{1,2})(?:er|st|nd|rd|th)? +(\p{L}+)\.?(?: +(\d{4}))?(?:[, ]+(.*))?$/u.exec(said);
  let date = null;
  if (iso) date = [iso[1], iso[2], iso[3], iso[4]];
  else if (numbers) date = [numbers[3], numbers[2], numbers[1], numbers[4]];
  else if (words) {
    const month = MONTHS.findIndex((names) => names.some((name) => words[2].startsWith(name)));
    if (month >= 0) date = [words[3], month + 1, words[1], words[4]];
  }
  if (!date) return NaN;
  const [year, month, day] = [Number(date[0] ?? clock(now, timezone).year), Number(date[1]), Number(date[2])];
  const time = /^(?:à |at )?(\d{1,2})(?:\s*[:h]\s*(\d{2})?)?(?::\d{2})?$/.exec((date[3] ?? "0").trim());
  if (!time) return NaN;
  const [hour, minute] = [Number(time[1]), Number(time[2] ?? 0)];
  // The 31st of June is no date, and 25 o'clock no time.
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= days && hour < 24 && minute < 60)) return NaN;
  return instantOf(`${String(year).padStart(4, "0")}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`, timezone);
}

/** How a date is typed, for whoever sees the empty field. */
export function datePattern() {
  return currentLanguage() === "fr" ? "jj/mm/aaaa hh:mm" : "dd/mm/yyyy hh:mm";
}
