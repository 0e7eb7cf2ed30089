/** A property turns into its field where it stands: click or Enter edits, Esc puts back what was there. */
import htmx from "htmx.org";
import { one, on } from "./dom";

interface Before {
  html: string;
  focus: boolean;
  role: string | null;
}

const before = new WeakMap<HTMLElement, Before>();

async function edit(place: HTMLElement): Promise<void> {
  const url = place.dataset["edit"];
  if (!url || place.classList.contains("is-editing")) return;
  before.set(place, { html: place.innerHTML, focus: true, role: place.getAttribute("role") });
  place.classList.add("is-editing");
  place.removeAttribute("role"); // a button can't hold a field
  await htmx.ajax("get", url, { target: place, swap: "innerHTML" });
  const field = one<HTMLInputElement>("input:not([type=hidden]), select, textarea", place);
  if (!field) {
    cancel(place);
    return;
  }
  field.focus();
  if (field instanceof HTMLInputElement && /^(text|tel|email|url|search)$/.test(field.type)) field.select();
}

function cancel(place: HTMLElement): void {
  const kept = before.get(place);
  place.classList.remove("is-editing", "is-saving");
  if (!kept) return;
  place.innerHTML = kept.html;
  if (kept.role) place.setAttribute("role", kept.role);
  htmx.process(place);
  place.focus();
  before.delete(place);
}

const inside = (event: Event): HTMLElement | null =>
  (event.target as Element | null)?.closest<HTMLElement>(".editable.is-editing") ?? null;

export function startInplace(): void {
  on("click", "[data-edit]", (event, place) => {
    if ((event.target as Element).closest("a, button, input, select, textarea, label")) return;
    if (String(getSelection() ?? "").length > 0) return;
    void edit(place);
  });
  document.addEventListener("keydown", (event) => {
    const place = inside(event);
    if (place && event.key === "Escape") {
      event.preventDefault();
      cancel(place);
      return;
    }
    const target = event.target as HTMLElement;
    if ((event.key === "Enter" || event.key === "F2") && target.matches("[data-edit]:not(.is-editing)")) {
      event.preventDefault();
      void edit(target);
    }
  });
  on("click", "[data-edit-cancel]", (_, button) => {
    const place = button.closest<HTMLElement>(".editable");
    if (place) cancel(place);
  });
  // choosing is saving: a select or a date has nothing more to type
  on<"change">("change", ".editable.is-editing [data-save-on-change]", (_, field) => field.closest("form")?.requestSubmit());
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.target as HTMLElement;
    if (form.matches(".editable.is-editing form")) inside(event)?.classList.add("is-saving");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const place = inside(event);
    const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
    if (!place) return;
    place.classList.remove("is-saving");
    // the typed value stays in its field on 422 and on failures; after a conflict the dialog takes over
    if (xhr.status === 409) cancel(place);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const fresh = event.target as HTMLElement;
    if (fresh.matches(".editable") && !fresh.querySelector("form")) {
      fresh.classList.remove("is-editing");
      const role = before.get(fresh)?.role;
      if (role) fresh.setAttribute("role", role);
      fresh.classList.add("is-saved");
      if (!document.activeElement || document.activeElement === document.body) fresh.focus({ preventScroll: true });
    }
  });
}
