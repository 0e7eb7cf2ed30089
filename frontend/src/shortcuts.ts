/** Everything by keyboard. `g` then a letter goes to a section; the rest are single keys outside of fields. */
import { all, el, isTyping, on, one, setting } from "./dom";
import { openPalette } from "./palette";
import { word } from "./words";

interface Group {
  label: string;
  items: { label: string; keys: string }[];
}

const PAUSE = 1200;
let prefix = "";
let timer = 0;

const overlayOpen = (): boolean => one("dialog[open], .menu:popover-open") !== null;

function clickFirst(selector: string): boolean {
  const found = all(selector).find((element) => element.offsetParent !== null && !element.hasAttribute("disabled"));
  found?.click();
  return found !== undefined;
}

/** An element says `data-shortcut="g p"`; its keys, pressed one after the other, click it. */
function clickShortcut(keys: string): boolean {
  return clickFirst(`[data-shortcut="${CSS.escape(keys).replace(/\\ /g, " ")}"]`);
}

const hasSequence = (first: string): boolean => one(`[data-shortcut^="${CSS.escape(first)} "]`) !== null;

function single(key: string): boolean {
  switch (key) {
    case "/":
      openPalette();
      return true;
    case "?":
      void showHelp();
      return true;
    case "c":
      return clickFirst("[data-create]") || clickFirst(".bottom-create");
    case "e":
      return clickFirst("[data-edit-record], [data-shortcut='e']") || focusFirst("[data-edit]");
    case "n":
      document.dispatchEvent(new CustomEvent("ponte:compose"));
      return one("#composer textarea, [data-composer] textarea") !== null;
    default:
      return clickShortcut(key);
  }
}

function focusFirst(selector: string): boolean {
  const found = one(selector);
  found?.focus();
  return found !== null;
}

function onKey(event: KeyboardEvent): void {
  const mod = event.ctrlKey || event.metaKey;
  if (mod && event.key.toLowerCase() === "k") openPalette();
  else if (mod && event.key === "Enter") {
    if (!submitForm(event.target as HTMLElement)) return;
  } else if (event.defaultPrevented || isTyping(event.target) || overlayOpen() || event.altKey) return;
  else if (mod && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
    if (!clickFirst(event.key === "ArrowLeft" ? "[data-record-previous]" : "[data-record-next]")) return;
  } else if (mod) return;
  else if (!sequence(event.key)) return;
  event.preventDefault();
}

function sequence(key: string): boolean {
  window.clearTimeout(timer);
  if (prefix) {
    const keys = `${prefix} ${key}`;
    prefix = "";
    return clickShortcut(keys);
  }
  if (key === "g" && hasSequence("g")) {
    prefix = key;
    timer = window.setTimeout(() => (prefix = ""), PAUSE);
    return true;
  }
  return single(key);
}

function submitForm(origin: HTMLElement): boolean {
  const form = origin.closest("form") ?? one<HTMLFormElement>("dialog[open] form[data-form], form[data-main-form]");
  if (!form || form.method === "dialog") return false;
  form.requestSubmit(form.querySelector<HTMLButtonElement>("button[type=submit]:not([name]), button.btn-primary"));
  return true;
}

function ownGroups(): Group[] {
  const general: [string, string][] = [
    [word("shortcutPalette"), "Ctrl K"], [word("shortcutSearch"), "/"], [word("shortcutCreate"), "c"],
    [word("shortcutEdit"), "e"], [word("shortcutNext"), "j"], [word("shortcutPrevious"), "k"],
    [word("shortcutPeek"), "o"], [word("shortcutOpen"), "Enter"], [word("shortcutSelect"), "x"],
    [word("shortcutSave"), "Ctrl Enter"], [word("shortcutPreviousRecord"), "Ctrl ←"],
    [word("shortcutNextRecord"), "Ctrl →"], [word("shortcutClose"), "Esc"], [word("shortcutHelp"), "?"],
  ];
  const places = all<HTMLElement>(".side-link[data-shortcut]").map((link) => ({
    label: one(".label", link)?.textContent ?? "",
    keys: link.dataset["shortcut"] ?? "",
  }));
  return [{ label: "", items: [...places, ...general.map(([label, keys]) => ({ label, keys }))] }];
}

async function registered(): Promise<Group[]> {
  const url = setting("shortcuts");
  if (!url) return [];
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    return answer.ok ? ((await answer.json()) as { groups: Group[] }).groups : [];
  } catch {
    return [];
  }
}

async function showHelp(): Promise<void> {
  const dialog = one<HTMLDialogElement>("#shortcuts");
  const list = one("[data-shortcut-list]");
  if (!dialog || !list || dialog.open) return;
  const items = new Map<string, string>();
  for (const group of [...ownGroups(), ...(await registered())]) {
    for (const item of group.items) if (item.keys && !items.has(item.keys)) items.set(item.keys, item.label);
  }
  list.replaceChildren(
    ...[...items].map(([keys, label]) => {
      const shown = keys.split(" ").flatMap((key) => [el("kbd", {}, key), " "]);
      return el("div", {}, el("dt", {}, label), el("dd", {}, ...shown));
    }),
  );
  dialog.showModal();
}

export function startShortcuts(): void {
  document.addEventListener("keydown", onKey);
  document.addEventListener("ponte:compose", () => one("#composer textarea, [data-composer] textarea")?.focus());
  document.addEventListener("ponte:shortcuts", () => void showHelp());
  on("click", "[data-shortcuts-open]", () => void showHelp());
}
