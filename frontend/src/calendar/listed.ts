/** A list as a calendar: a month of its rows (on a phone their agenda), dragged to another day where the field may be written. */
import "fullcalendar/skeleton.css";
import "fullcalendar/themes/classic/theme.css";
import "../../styles/calendar.scss";
import { Calendar, type EventApi } from "fullcalendar";
import dayGrid from "fullcalendar/daygrid";
import interaction from "fullcalendar/interaction";
import list from "fullcalendar/list";
import portuguese from "fullcalendar/locales/pt-br";
import classic from "fullcalendar/themes/classic";
import { all, csrfToken, on, one } from "../dom";
import { openPanel } from "../panel";
import { showToast } from "../toasts";
import { language, word } from "../words";
import { reasonOf } from "./moving";
import { tidyRoles } from "./roles";
import { isNarrow } from "./state";

interface Row {
  id: string;
  title: string;
  start: string;
  all_day: boolean;
  url: string;
  panel_url: string;
  version: number;
  editable: boolean;
}

interface Answer {
  entries: Row[];
  cut: boolean;
}

let shown: Calendar | null = null;

async function rowsBetween(address: string, start: string, end: string): Promise<Answer> {
  const url = new URL(address, location.href);
  url.searchParams.set("start", start.slice(0, 10));
  url.searchParams.set("end", end.slice(0, 10));
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as Answer;
}

async function save(address: string, event: EventApi, revert: () => void): Promise<void> {
  const row = event.extendedProps["row"] as Row;
  const body = new URLSearchParams({ id: row.id, value: event.startStr.slice(0, 10), version: String(row.version) });
  const headers = { "X-CSRFToken": csrfToken(), Accept: "application/json" };
  const answer = await fetch(address, { method: "POST", body, headers }).catch(() => null);
  if (answer?.ok) {
    row.version = ((await answer.json()) as { version: number }).version;
    return;
  }
  revert();
  showToast({ text: await reasonOf(answer), tone: "error" });
}

export function drawListCalendar(element: HTMLElement): void {
  const { entries = "", move = "", zone = "local" } = element.dataset;
  shown?.destroy();
  element.replaceChildren();
  const calendar = new Calendar(element, {
    plugins: [classic, dayGrid, list, interaction],
    locales: [portuguese],
    locale: language.startsWith("en") ? "en" : "pt-br",
    firstDay: 0,
    timeZone: zone,
    headerToolbar: false,
    initialView: isNarrow() ? "listMonth" : "dayGridMonth",
    height: "auto",
    dayMaxEvents: 5,
    eventDisplay: isNarrow() ? "auto" : "block",
    editable: move !== "",
    eventInteractive: true,
    eventLongPressDelay: 350,
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    eventClass: () => "calendar-entry tone-accent",
    listItemEventClass: "calendar-listed",
    listItemEventTimeClass: "calendar-time",
    listItemEventTitleClass: "calendar-wrap",
    eventClick: ({ event, jsEvent }) => {
      jsEvent.preventDefault();
      const row = event.extendedProps["row"] as Row;
      void openPanel(row.panel_url || row.url, row.url, null);
    },
    eventDrop: ({ event, revert }) => void save(move, event, revert),
    datesSet: ({ view }) => {
      const title = one("[data-list-calendar-title]");
      if (title) title.textContent = view.title;
    },
    events: async ({ startStr, endStr }: { startStr: string; endStr: string }) => {
      const answer = await rowsBetween(entries, startStr, endStr);
      one("[data-list-calendar-cut]")?.toggleAttribute("hidden", !answer.cut);
      return answer.entries.map((row) => ({
        id: row.id,
        title: row.title || "–",
        start: row.start,
        allDay: row.all_day,
        startEditable: row.editable,
        durationEditable: false,
        extendedProps: { row },
      }));
    },
    eventSourceFailure: () => showToast({ text: word(navigator.onLine ? "failed" : "noNetwork"), tone: "error" }),
  });
  new MutationObserver(() => {
    tidyRoles(element);
    // a day is named by what stands in it ("mais 3"), not by its date alone
    for (const cell of all('[role="gridcell"][aria-label]', element)) cell.removeAttribute("aria-label");
  }).observe(element, { childList: true, subtree: true });
  calendar.render();
  shown = calendar;
}

on("click", "[data-list-calendar-go]", (_, button) => {
  const go = button.dataset["listCalendarGo"];
  if (go === "prev") shown?.prev();
  else if (go === "next") shown?.next();
  else shown?.today();
});
document.body.addEventListener("list-changed", () => shown?.refetchEvents());
