/** The composer of a customer's page that is open when the network goes: what is saved then is kept on the device. */
import { all, eachNew, one, setting } from "../dom";
import { dropDraft } from "../drafts";
import { showToast } from "../toasts";
import { newKey, putEntry, type Entry } from "./store";
import { queueChanged } from "./sync";
import { say } from "./words";

interface Asking {
  elt: Element;
}

const SKIPPED = new Set(["csrfmiddlewaretoken", "device_key", "files"]);

/** Returns the composer an htmx event is about. */
function composerOf(event: Event): HTMLFormElement | null {
  const element = (event as CustomEvent<Asking>).detail.elt;
  return element instanceof HTMLFormElement && "composer" in element.dataset ? element : null;
}

function entryOf(form: HTMLFormElement): Entry {
  const data = new FormData(form);
  const fields = [...data].filter((pair): pair is [string, string] => typeof pair[1] === "string" && !SKIPPED.has(pair[0]));
  const files = data.getAll("files").filter((file): file is File => file instanceof File && file.size > 0);
  return {
    key: one<HTMLInputElement>("[data-device-key]", form)?.value || newKey(),
    workspace: setting("workspace"),
    member: setting("person"),
    party: { id: form.dataset["party"] ?? "", name: form.dataset["partyName"] ?? "" },
    fields,
    files,
    writtenAt: new Date().toISOString(),
    state: "waiting",
    problems: [],
  };
}

function isEmpty(form: HTMLFormElement): boolean {
  const text = one<HTMLTextAreaElement>("[name=body]", form);
  const kind = new FormData(form).get("kind");
  return !text?.value.trim() && (kind === "note" || kind === "task" || kind === "message");
}

async function keep(form: HTMLFormElement): Promise<void> {
  if (isEmpty(form)) {
    showToast({ text: say("writeFirst"), tone: "warning" });
    return;
  }
  try {
    await putEntry(entryOf(form));
  } catch {
    showToast({ text: say("notKept"), tone: "error" });
    return;
  }
  dropDraft(form);
  form.reset();
  for (const chip of all("[data-chips] .chip", form)) chip.remove();
  renew(form);
  showToast({ text: say("kept"), tone: "info" });
  queueChanged();
}

function renew(form: HTMLElement): void {
  const field = one<HTMLInputElement>("[data-device-key]", form);
  if (field) field.value = newKey();
}

export function startOfflineComposer(): void {
  eachNew("form[data-composer]", renew);
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = composerOf(event);
    if (!form || navigator.onLine) return;
    event.preventDefault();
    void keep(form);
  });
  // it was on its way: whether it arrived nobody knows, and its key makes sending it again harmless
  for (const lost of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(lost, (event) => {
      const form = composerOf(event);
      if (form) void keep(form);
    });
  }
}
