/** The calendar page: FullCalendar under our own bar, filters and looks. */
import "fullcalendar/skeleton.css";
import "fullcalendar/themes/classic/theme.css";
import "../../styles/calendar.scss";
import { Calendar, type EventDisplayInfo } from "fullcalendar";
import dayGrid from "fullcalendar/daygrid";
import interaction from "fullcalendar/interaction";
import list from "fullcalendar/list";
import portuguese from "fullcalendar/locales/pt-br";
import classic from "fullcalendar/themes/classic";
import timeGrid from "fullcalendar/timegrid";
import { openDialog } from "../dialogs";
import { all, debounce, on, one } from "../dom";
import { openPanel } from "../panel";
import { showToast } from "../toasts";
import { language, word } from "../words";
import { asEvent, fetchEntries, type Entry } from "./entries";
import { saveMove } from "./moving";
import { tidyRoles } from "./roles";
import { chosen, isNarrow, remember, startingDay, startingView, tones, VIEWS } from "./state";

interface BusinessHours {
  daysOfWeek: number[];
  startTime: string;
  endTime: string;
}

const nameOf = (type: string): string => Object.entries(VIEWS).find(([, value]) => value === type)?.[0] ?? "week";

function classesOf(info: EventDisplayInfo): string {
  const { entry, tone, over } = info.event.extendedProps as { entry?: Entry; tone?: string; over?: boolean };
  if (!entry) return "";
  return ["calendar-entry", `tone-${tone}`, `is-${entry.kind}`, over ? "is-over" : "", entry.state === "cancelled" ? "is-cancelled" : ""].join(" ");
}

export function drawCalendar(element: HTMLElement): void {
  const { entries = "", zone = "local", new: newUrl = "", me = "" } = element.dataset;
  const hours = JSON.parse(one("#calendar-hours")?.textContent || "[]") as BusinessHours[];
  element.replaceChildren();
  const calendar = new Calendar(element, {
    plugins: [classic, dayGrid, timeGrid, list, interaction],
    locales: [portuguese],
    locale: language.startsWith("en") ? "en" : "pt-br",
    firstDay: 0,
    timeZone: zone,
    headerToolbar: false,
    views: { listAhead: { type: "list", duration: { days: 30 } } },
    initialView: VIEWS[startingView()] ?? "timeGridWeek",
    ...(startingDay() ? { initialDate: startingDay() } : {}),
    height: "auto",
    nowIndicator: true,
    businessHours: hours,
    scrollTime: "07:00:00",
    slotMinTime: "06:00:00",
    slotMaxTime: "23:00:00",
    dayMaxEvents: true,
    selectable: newUrl !== "",
    selectMirror: true,
    selectLongPressDelay: 350,
    eventLongPressDelay: 350,
    editable: true,
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    eventInteractive: true,
    slotHeaderFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    eventClass: classesOf,
    listItemEventClass: "calendar-listed",
    listItemEventTimeClass: "calendar-time",
    listItemEventTitleClass: "calendar-wrap",
    eventDidMount: ({ event, el }) => {
      const entry = event.extendedProps["entry"] as Entry | undefined;
      if (entry?.note) el.title = `${event.title} · ${entry.note}`;
    },
    select: ({ startStr, endStr, allDay }) => {
      const url = new URL(newUrl, location.href);
      url.searchParams.set("start", startStr);
      url.searchParams.set("end", endStr);
      if (allDay) url.searchParams.set("all_day", "1");
      calendar.unselect();
      void openDialog(url.href);
    },
    eventClick: ({ event, jsEvent }) => {
      jsEvent.preventDefault();
      const entry = event.extendedProps["entry"] as Entry;
      if (entry.url) void openPanel(entry.url, entry.url, null);
    },
    eventDrop: (move) => void saveMove(move, () => calendar.refetchEvents()),
    eventResize: (move) => void saveMove(move, () => calendar.refetchEvents()),
    datesSet: ({ view }) => {
      const title = one("[data-calendar-title]");
      if (title) title.textContent = view.title;
      for (const button of all("[data-calendar-view]")) {
        button.setAttribute("aria-pressed", String(button.dataset["calendarView"] === nameOf(view.type)));
      }
      remember(nameOf(view.type), calendar.getDate().toISOString().slice(0, 10));
    },
    events: async ({ startStr, endStr }: { startStr: string; endStr: string }) => {
      const who = chosen("[data-calendar-who]");
      const query = { start: startStr, end: endStr, who: who.join(",") || me, kinds: chosen("[data-calendar-kind]").join(",") || "none" };
      const answer = await fetchEntries(entries, query);
      one("[data-calendar-cut]")?.toggleAttribute("hidden", !answer.cut);
      const colours = tones();
      return answer.entries.map((entry) => asEvent(entry, colours));
    },
    eventSourceFailure: () => showToast({ text: word(navigator.onLine ? "failed" : "noNetwork"), tone: "error" }),
  });
  new MutationObserver(() => tidyRoles(element)).observe(element, { childList: true, subtree: true });
  calendar.render();
  bind(calendar);
}

function bind(calendar: Calendar): void {
  const again = debounce(120, () => {
    remember(nameOf(calendar.view.type), calendar.getDate().toISOString().slice(0, 10));
    calendar.refetchEvents();
  });
  const side = one<HTMLDetailsElement>("[data-calendar-side]");
  if (side && isNarrow()) side.open = false;
  on("click", "[data-calendar-go]", (_, button) => {
    const go = button.dataset["calendarGo"];
    if (go === "prev") calendar.prev();
    else if (go === "next") calendar.next();
    else calendar.today();
  });
  on("click", "[data-calendar-view]", (_, button) => calendar.changeView(VIEWS[button.dataset["calendarView"] ?? ""] ?? "timeGridWeek"));
  on("change", "[data-calendar-who], [data-calendar-kind]", again);
  on("click", "[data-calendar-team]", (_, button) => {
    const ids = new Set((button.dataset["calendarTeam"] ?? "").split(","));
    for (const box of all<HTMLInputElement>("[data-calendar-who]")) box.checked = ids.has(box.value);
    again();
  });
  on<"input", HTMLInputElement>("input", "[data-calendar-find]", (_, field) => {
    const text = field.value.trim().toLowerCase();
    for (const row of all(".calendar-people li:has([data-calendar-who])")) {
      row.hidden = text !== "" && !row.textContent?.toLowerCase().includes(text);
    }
  });
  for (const change of ["calendar-changed", "tasks-changed"]) document.body.addEventListener(change, again);
}
