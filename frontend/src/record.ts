/** On a phone the record page's three columns become three places to switch between. */
import { all, eachNew, el, on, one } from "./dom";
import { word } from "./words";

type Place = "main" | "left" | "right";

const PLACES: [Place, string][] = [
  ["main", word("recordActivity")],
  ["left", word("recordData")],
  ["right", word("recordRelated")],
];

function show(record: HTMLElement, place: Place): void {
  record.dataset["show"] = place;
  const buttons = all("[data-record-place]", record.previousElementSibling ?? document);
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset["recordPlace"] === place));
}

function setUp(record: HTMLElement): void {
  if (record.closest("#side-panel") || !one(":scope > .record-main", record)) return;
  const buttons = PLACES.filter(([place]) => one(`:scope > .record-${place}`, record)).map(([place, label]) =>
    el("button", { type: "button", "data-record-place": place, "aria-pressed": "false" }, label),
  );
  record.before(el("div", { class: "segmented record-switch only-phone", role: "group" }, ...buttons));
  show(record, "main");
}

export function startRecord(): void {
  eachNew(".record", setUp);
  on("click", "[data-record-place]", (_, button) => {
    const record = button.parentElement?.nextElementSibling;
    if (record instanceof HTMLElement) show(record, button.dataset["recordPlace"] as Place);
  });
}
