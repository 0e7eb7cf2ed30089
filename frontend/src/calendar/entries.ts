/** What stands in the calendar, as the server tells it and as FullCalendar takes it. */
import type { EventInput } from "fullcalendar";

export interface Entry {
  id: string;
  kind: "meeting" | "task" | "call" | "holiday" | "date";
  title: string;
  start: string;
  end: string;
  allDay: boolean;
  url: string;
  move: string;
  editable: boolean;
  version: number;
  repeats: boolean;
  who: string[];
  note: string;
  state: string;
  private: boolean;
}

interface Answer {
  entries: Entry[];
  cut: boolean;
}

const ENDED = new Set(["done", "held", "cancelled"]);

/** An entry has the colour of the first chosen person whose it is; with one person alone, of its kind. */
export function toneOf(entry: Entry, tones: Map<string, string>): string {
  if (entry.kind === "holiday") return "red";
  if (entry.kind === "date") return "pink";
  const person = entry.who.find((one) => tones.has(one));
  if (tones.size > 1 && person) return tones.get(person) ?? "neutral";
  return { meeting: "accent", call: "green", task: "blue" }[entry.kind];
}

export function asEvent(entry: Entry, tones: Map<string, string>): EventInput {
  return {
    id: entry.id,
    title: entry.title,
    start: entry.start,
    end: entry.end,
    allDay: entry.allDay,
    startEditable: entry.editable,
    durationEditable: entry.editable && entry.kind === "meeting",
    extendedProps: { entry, tone: toneOf(entry, tones), over: ENDED.has(entry.state) },
  };
}

export async function fetchEntries(address: string, query: Record<string, string>, signal?: AbortSignal): Promise<Answer> {
  const url = new URL(address, location.href);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const answer = await fetch(url, { headers: { Accept: "application/json" }, ...(signal ? { signal } : {}) });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as Answer;
}
