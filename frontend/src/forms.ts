/** Forms: where the error is, one submission at a time, files dropped and their progress. */
import { eachNew, el, on, one } from "./dom";

function startDrop(): void {
  const named = (zone: HTMLElement, files: FileList | null) => {
    const label = one("[data-drop-name]", zone);
    if (label && files?.length) label.textContent = [...files].map((file) => file.name).join(", ");
  };
  for (const type of ["dragover", "dragleave", "drop"] as const) {
    on(type, "[data-drop], .dropzone", (event, zone) => {
      event.preventDefault();
      zone.classList.toggle("is-over", type === "dragover");
      if (type !== "drop") return;
      const input = one<HTMLInputElement>("input[type=file]", zone) ?? one<HTMLInputElement>("input[type=file]", zone.closest("form") ?? zone);
      const files = (event as DragEvent).dataTransfer?.files;
      if (!input || !files?.length) return;
      input.files = files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  on<"change", HTMLInputElement>("change", "input[type=file]", (_, input) => {
    const zone = input.closest<HTMLElement>("[data-drop], .dropzone");
    if (zone) named(zone, input.files);
    const taken = "photo" in input.dataset ? input.closest("label")?.parentElement : null;
    const shown = taken && one("[data-photo-name]", taken);
    if (shown) shown.textContent = input.files?.[0]?.name ?? "";
    if (input.hasAttribute("data-autosubmit")) input.form?.requestSubmit();
  });
}

function startProgress(): void {
  document.addEventListener("htmx:xhr:progress", (event) => {
    const { loaded, total, lengthComputable } = (event as CustomEvent<ProgressEvent>).detail;
    const bar = (event.target as Element).closest("form")?.querySelector<HTMLProgressElement>("progress");
    if (!bar || !lengthComputable) return;
    bar.hidden = false;
    bar.max = total;
    bar.value = loaded;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const bar = (event.target as Element | null)?.closest("form")?.querySelector<HTMLProgressElement>("progress[max]");
    if (bar) bar.hidden = true;
  });
}

export function startForms(): void {
  const summary = one("[data-error-summary]");
  if (summary && !summary.closest("dialog")) summary.focus();
  document.addEventListener("htmx:afterSettle", (event) => one("[data-error-summary]", event.target as HTMLElement)?.focus());
  on<"submit", HTMLFormElement>("submit", "form:not([method=dialog])", (event, form) => {
    // a second press of the button must not send the form twice
    if (form.hasAttribute("hx-post") || form.method === "get" || event.defaultPrevented) return;
    const button = (event as SubmitEvent).submitter;
    window.setTimeout(() => button?.setAttribute("aria-busy", "true"), 0);
    window.setTimeout(() => button?.removeAttribute("aria-busy"), 8000);
  });
  window.addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
  });
  on<"input">("input", "dialog form", (_, form) => form.setAttribute("data-dirty", ""));
  on<"change", HTMLInputElement>("change", "select[data-autosubmit], input[data-autosubmit]:not([type=file])", (_, field) =>
    field.form?.requestSubmit(),
  );
  eachNew("textarea.form-control", (element) => {
    const area = element as HTMLTextAreaElement;
    const grow = () => {
      area.style.height = "auto";
      area.style.height = `${Math.min(area.scrollHeight + 2, 420)}px`;
    };
    area.addEventListener("input", grow);
    if (area.value) grow();
  });
  on("click", "[data-copy]", (_, button) => {
    void navigator.clipboard.writeText(button.dataset["copy"] ?? "").then(() => {
      const done = el("span", { class: "visually-hidden", role: "status" }, "✓");
      button.classList.add("is-copied");
      button.append(done);
      window.setTimeout(() => (button.classList.remove("is-copied"), done.remove()), 1600);
    });
  });
  startDrop();
  startProgress();
}
