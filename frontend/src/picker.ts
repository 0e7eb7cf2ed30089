/** Choosing records by typing: one (`data-picker`), several (`data-chips-picker`), or by @name (`data-mentions`). */
import { debounce, eachNew, el, one, on } from "./dom";
import { place } from "./menus";
import { word } from "./words";

export interface Choice {
  value: string;
  label: string;
  note?: string;
}

type Raw = { value?: string | number; id?: string | number; label?: string; name?: string; text?: string; note?: string };

export async function fetchChoices(url: string, text: string): Promise<Choice[]> {
  const address = new URL(url, location.href);
  address.searchParams.set("q", text);
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return [];
  const body = (await answer.json()) as Raw[] | { items: Raw[] };
  const items = Array.isArray(body) ? body : body.items;
  return items.map((raw) => ({
    value: String(raw.value ?? raw.id ?? raw.label ?? raw.name ?? ""),
    label: raw.label ?? raw.name ?? raw.text ?? "",
    ...(raw.note ? { note: raw.note } : {}),
  }));
}

let counter = 0;

/** A list of suggestions under a field, with the keyboard of a combobox. */
export class Suggestions {
  readonly list = el("ul", { class: "picker-list", role: "listbox", popover: "manual", id: `picker-${++counter}` });
  private found: Choice[] = [];
  private at = 0;
  private turn = 0;

  constructor(
    private readonly field: HTMLInputElement | HTMLTextAreaElement,
    private readonly choose: (choice: Choice) => void,
  ) {
    (field.closest("dialog") ?? document.body).append(this.list);
    field.setAttribute("aria-controls", this.list.id);
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const row = (event.target as Element).closest<HTMLElement>("[role=option]");
      const choice = row && this.found[Number(row.dataset["at"])];
      if (choice) this.take(choice);
    });
    field.addEventListener("blur", () => this.hide());
  }

  get open(): boolean {
    return this.list.matches(":popover-open");
  }

  async ask(url: string, text: string): Promise<void> {
    const turn = ++this.turn;
    const found = await fetchChoices(url, text).catch(() => []);
    if (turn !== this.turn || !this.field.isConnected || document.activeElement !== this.field) return;
    this.show(found);
  }

  show(found: Choice[]): void {
    this.found = found;
    this.at = 0;
    const rows = found.map((choice, at) => {
      const row = el("li", { role: "option", id: `${this.list.id}-${at}`, "data-at": String(at) }, choice.label);
      if (choice.note) row.append(el("span", { class: "note" }, choice.note));
      return row;
    });
    this.list.replaceChildren(...(rows.length ? rows : [el("li", { class: "picker-empty", role: "presentation" }, word("nothingFound"))]));
    if (!this.open) this.list.showPopover();
    this.list.style.minWidth = `${Math.max(200, this.field.offsetWidth)}px`;
    place(this.list, this.field);
    this.expand(true);
    this.mark();
  }

  hide(): void {
    this.turn++;
    if (this.open) this.list.hidePopover();
    this.expand(false);
    this.field.removeAttribute("aria-activedescendant");
  }

  /** Only a combobox may be expanded; a note's text area, where @ calls a colleague, is a plain text box. */
  private expand(open: boolean): void {
    if (this.field.getAttribute("role") === "combobox") this.field.setAttribute("aria-expanded", String(open));
  }

  /** Handles a key; true when it was for the list. */
  key(event: KeyboardEvent): boolean {
    if (!this.open) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const length = this.found.length || 1;
      this.at = (this.at + (event.key === "ArrowDown" ? 1 : -1) + length) % length;
      this.mark();
    } else if ((event.key === "Enter" || event.key === "Tab") && this.found[this.at]) {
      this.take(this.found[this.at] as Choice);
      if (event.key === "Tab") return false;
    } else if (event.key === "Escape") this.hide();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  private take(choice: Choice): void {
    this.hide();
    this.choose(choice);
  }

  private mark(): void {
    [...this.list.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === this.at)));
    const row = this.list.children[this.at];
    if (row?.id) this.field.setAttribute("aria-activedescendant", row.id);
    row?.scrollIntoView({ block: "nearest" });
  }
}

function setUpPicker(box: HTMLElement): void {
  const field = one<HTMLInputElement>("input[role=combobox]", box);
  const hidden = one<HTMLInputElement>("input[type=hidden]", box);
  const url = box.dataset["picker"] ?? "";
  if (!field || !hidden) return;
  let shown = field.value;
  const suggestions = new Suggestions(field, (choice) => {
    hidden.value = choice.value;
    shown = field.value = choice.label;
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const ask = debounce(120, () => void suggestions.ask(url, field.value.trim()));
  field.addEventListener("input", ask);
  field.addEventListener("focus", () => {
    field.select();
    ask();
  });
  field.addEventListener("keydown", (event) => {
    if (!suggestions.key(event) && event.key === "ArrowDown") ask();
  });
  field.addEventListener("blur", () => {
    if (!field.value.trim()) {
      if (hidden.value) {
        hidden.value = shown = "";
        hidden.dispatchEvent(new Event("change", { bubbles: true }));
      }
    } else field.value = shown;
  });
}

function mentionAt(area: HTMLTextAreaElement): { text: string; from: number } | null {
  const upTo = area.value.slice(0, area.selectionStart);
  const match = /(^|\s)@([\p{L}\p{N}._-]{0,30})$/u.exec(upTo);
  return match ? { text: match[2] ?? "", from: upTo.length - (match[2]?.length ?? 0) - 1 } : null;
}

function setUpMentions(element: HTMLElement): void {
  const area = element as HTMLTextAreaElement;
  const suggestions = new Suggestions(area, (choice) => {
    const found = mentionAt(area);
    if (!found) return;
    area.setRangeText(`@${choice.label} `, found.from, area.selectionStart, "end");
    const name = area.dataset["mentionsName"] ?? "mentions";
    area.closest("form")?.append(el("input", { type: "hidden", name, value: choice.value }));
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const ask = debounce(100, () => {
    const found = mentionAt(area);
    if (found) void suggestions.ask(area.dataset["mentions"] ?? "", found.text);
    else suggestions.hide();
  });
  area.addEventListener("input", ask);
  area.addEventListener("keydown", (event) => suggestions.key(event));
}

export function startPickers(): void {
  eachNew("[data-picker]", setUpPicker);
  eachNew("textarea[data-mentions]", setUpMentions);
  on("click", "[data-picker-clear]", (_, button) => {
    const box = button.closest("[data-picker]");
    for (const field of box?.querySelectorAll("input") ?? []) field.value = "";
  });
}
