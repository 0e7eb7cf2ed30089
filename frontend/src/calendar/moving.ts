/** Dragged entries are saved at once; what the server refuses goes back to where it was, with its reason. */
import type { EventApi } from "fullcalendar";
import { csrfToken, one } from "../dom";
import { showToast } from "../toasts";
import { word } from "../words";
import type { Entry } from "./entries";

export interface Move {
  event: EventApi;
  revert: () => void;
}

/** Asks how much of a series is meant; "" when nothing is. */
function askSpan(): Promise<string> {
  const template = one<HTMLTemplateElement>("#calendar-spans");
  const dialog = template?.content.querySelector("dialog")?.cloneNode(true) as HTMLDialogElement | undefined;
  if (!dialog) return Promise.resolve("this");
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    }, { once: true });
  });
}

export async function saveMove(move: Move, reload: () => void): Promise<void> {
  const entry = move.event.extendedProps["entry"] as Entry;
  const span = entry.repeats ? await askSpan() : "this";
  if (!span) {
    move.revert();
    return;
  }
  const body = new URLSearchParams({
    start: move.event.startStr,
    end: move.event.endStr,
    all_day: move.event.allDay ? "1" : "",
    version: String(entry.version),
    span,
  });
  const headers = { "X-CSRFToken": csrfToken(), Accept: "application/json" };
  const answer = await fetch(entry.move, { method: "POST", body, headers }).catch(() => null);
  if (answer?.ok) {
    const { version, reload: whole } = (await answer.json()) as { version: number; reload: boolean };
    entry.version = version;
    if (whole) reload();
    return;
  }
  move.revert();
  showToast({ text: await reasonOf(answer), tone: "error" });
  if (answer?.status === 409) reload();
}

export async function reasonOf(answer: Response | null): Promise<string> {
  if (!answer) return word("noNetwork");
  try {
    return ((await answer.json()) as { detail?: string }).detail || word("failed");
  } catch {
    return word(answer.status === 404 ? "denied" : "failed");
  }
}
