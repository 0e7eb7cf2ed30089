/** `<time data-ago datetime>` reads "há 5 minutos" and stays true while the page is open. */
import { all, eachNew } from "./dom";
import { language } from "./words";

const STEPS: [Intl.RelativeTimeFormatUnit, number, number][] = [
  ["second", 60, 1],
  ["minute", 3600, 60],
  ["hour", 86400, 3600],
  ["day", 86400 * 7, 86400],
];

const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const zone = document.querySelector<HTMLMetaElement>('meta[name="ponte"]')?.dataset["timezone"] || undefined;
const short = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: zone });
const long = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric", timeZone: zone });

/** Words for a moment, seen from `now` (milliseconds). */
export function ago(moment: Date, now: number): string {
  const seconds = (moment.getTime() - now) / 1000;
  const size = Math.abs(seconds);
  for (const [unit, limit, length] of STEPS) {
    if (size < limit) return unit === "second" ? relative.format(0, "second") : relative.format(Math.round(seconds / length), unit);
  }
  return size < 86400 * 300 ? short.format(moment) : long.format(moment);
}

function show(element: HTMLElement): void {
  const moment = new Date(element.getAttribute("datetime") ?? "");
  if (!Number.isNaN(moment.getTime())) element.textContent = ago(moment, Date.now());
}

export function startTimes(): void {
  eachNew("time[data-ago]", show);
  window.setInterval(() => document.hidden || all("time[data-ago]").forEach(show), 30000);
}
