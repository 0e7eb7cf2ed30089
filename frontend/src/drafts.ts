/** What someone types into `form[data-draft="key"]` is kept in this browser until the server has it. */
import { all, debounce, eachNew, on, one, setting } from "./dom";

const PREFIX = "ponte:draft:";
const MONTH = 30 * 24 * 3600 * 1000;

interface Draft {
  at: number;
  fields: Record<string, string[]>;
}

const storageKey = (form: HTMLElement): string =>
  `${PREFIX}${setting("workspace")}:${setting("person")}:${form.dataset["draft"] ?? ""}`;

interface Answered {
  xhr: XMLHttpRequest;
  requestConfig: { verb: string; elt: Element };
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function controls(form: HTMLFormElement): Control[] {
  return all<Control>("input, select, textarea", form).filter(
    (field) => field.name && field.name !== "csrfmiddlewaretoken" && !/^(password|file|hidden|submit)$/.test(field.type),
  );
}

function valuesOf(form: HTMLFormElement): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const field of controls(form)) {
    const box = field instanceof HTMLInputElement && /^(checkbox|radio)$/.test(field.type);
    if (box && !field.checked) continue;
    (fields[field.name] ??= []).push(field.value);
  }
  return fields;
}

function keep(form: HTMLFormElement): void {
  const draft: Draft = { at: Date.now(), fields: valuesOf(form) };
  const hasText = all<Control>("textarea, input[type=text], input:not([type])", form).some((field) => field.value.trim());
  try {
    if (hasText) localStorage.setItem(storageKey(form), JSON.stringify(draft));
    else localStorage.removeItem(storageKey(form));
  } catch {
    // a full or forbidden storage must not stop anyone from typing
  }
}

function restore(form: HTMLFormElement): void {
  const text = localStorage.getItem(storageKey(form));
  if (!text) return;
  const draft = JSON.parse(text) as Draft;
  let restored = false;
  for (const field of controls(form)) {
    const kept = draft.fields[field.name];
    if (field instanceof HTMLInputElement && /^(checkbox|radio)$/.test(field.type)) {
      if (kept) field.checked = kept.includes(field.value);
      continue;
    }
    const value = kept?.shift();
    if (value !== undefined && value !== field.value) {
      field.value = value;
      restored = true;
    }
  }
  one("[data-draft-note]", form)?.toggleAttribute("hidden", !restored);
}

export function dropDraft(form: HTMLElement): void {
  localStorage.removeItem(storageKey(form));
}

function sweep(): void {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(PREFIX)) continue;
    const { at = 0 } = JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Draft>;
    if (Date.now() - at > MONTH) localStorage.removeItem(key);
  }
}

export function startDrafts(): void {
  eachNew("form[data-draft]", (element) => {
    const form = element as HTMLFormElement;
    const save = debounce(250, () => form.isConnected && form.dataset["sent"] === undefined && keep(form));
    if (!form.querySelector('[aria-invalid="true"]')) restore(form);
    form.addEventListener("input", save);
  });
  // a whole-page form: the page that answers says whether it was saved, so forget only when it leaves this page
  on<"submit", HTMLFormElement>("submit", "form[data-draft]:not([hx-post])", (_, form) => {
    keep(form);
    sessionStorage.setItem("ponte:sent", JSON.stringify({ key: storageKey(form), path: location.pathname }));
  });
  const sent = sessionStorage.getItem("ponte:sent");
  if (sent) {
    const { key, path } = JSON.parse(sent) as { key: string; path: string };
    sessionStorage.removeItem("ponte:sent");
    if (path !== location.pathname) localStorage.removeItem(key);
  }
  // before the swap: the answer may replace the form itself, and the new one must not find the old draft
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr, requestConfig } = (event as CustomEvent<Answered>).detail;
    const form = requestConfig.elt.closest<HTMLFormElement>("form[data-draft]");
    if (!form || requestConfig.verb === "get" || xhr.status < 200 || xhr.status >= 300) return;
    form.dataset["sent"] = "";
    dropDraft(form);
  });
  on("click", "[data-draft-drop]", (_, button) => {
    const form = button.closest<HTMLFormElement>("form[data-draft]");
    if (!form) return;
    dropDraft(form);
    form.reset();
    one("[data-draft-note]", form)?.setAttribute("hidden", "");
  });
  sweep();
}
