/** A guided tour: a bubble walks from place to place, over pages, until it is closed or done. */
import { all, csrfToken, el, one } from "../dom";
import { closeOverlays } from "../dialogs";
import { place } from "../menus";
import { showToast } from "../toasts";
import { word } from "../words";
import { KEEP } from "../tours";

interface Step {
  target: string;
  title: string;
  text: string;
  url: string;
}

interface Tour {
  key: string;
  title: string;
  steps: Step[];
  done: string;
}

interface Walk {
  tour: Tour;
  index: number;
}

let walk: Walk | null = null;
let bubble: HTMLElement | null = null;

const seen = (selector: string): HTMLElement | null =>
  all(selector).find((element) => element.getClientRects().length > 0 && !element.closest("dialog")) ?? null;

/** The page a step is on: its own, or that of the last step that names one. */
const pageOf = (tour: Tour, index: number): string =>
  tour.steps.slice(0, index + 1).filter((step) => step.url).at(-1)?.url ?? "";

function hide(): void {
  for (const element of all(".is-toured")) element.classList.remove("is-toured");
  bubble?.remove();
  bubble = null;
}

function stop(): void {
  hide();
  walk = null;
  sessionStorage.removeItem(KEEP);
}

function finish(tour: Tour): void {
  stop();
  void fetch(tour.done, { method: "POST", headers: { "X-CSRFToken": csrfToken() } });
  showToast({ text: word("tourDone"), tone: "success" });
}

/** Goes to a step; `by` is the direction in which one that cannot be shown is left out. */
function go(index: number, by = 1): void {
  if (!walk) return;
  const { tour } = walk;
  const step = tour.steps[index];
  if (!step) {
    if (by > 0) finish(tour);
    return;
  }
  walk = { tour, index };
  sessionStorage.setItem(KEEP, JSON.stringify(walk));
  const page = pageOf(tour, index);
  if (page && page !== location.pathname) {
    location.assign(page);
    return;
  }
  const target = seen(step.target);
  if (target) show(step, target, index);
  else go(index + by, by);
}

function show(step: Step, target: HTMLElement, index: number): void {
  hide();
  if (!walk) return;
  const { tour } = walk;
  target.scrollIntoView({ block: "nearest", inline: "nearest" });
  target.classList.add("is-toured");
  const last = index === tour.steps.length - 1;
  const next = el("button", { class: "btn btn-primary btn-sm", type: "button" }, word(last ? "tourEnd" : "tourNext"));
  const close = el("button", { class: "btn btn-ghost btn-sm", type: "button" }, word("close"));
  const foot = el("div", { class: "tour-foot" }, el("span", { class: "muted tiny" }, `${index + 1} / ${tour.steps.length}`), close);
  if (index > 0) {
    const back = el("button", { class: "btn btn-sm", type: "button" }, word("tourBack"));
    back.addEventListener("click", () => go(index - 1, -1));
    foot.append(back);
  }
  foot.append(next);
  next.addEventListener("click", () => go(index + 1));
  close.addEventListener("click", stop);
  bubble = el("div", { class: "tour", popover: "manual", role: "dialog", "aria-labelledby": "tour-title", "aria-describedby": "tour-text" },
    el("h2", { id: "tour-title" }, step.title), el("p", { id: "tour-text" }, step.text), foot);
  document.body.append(bubble);
  bubble.showPopover();
  place(bubble, target);
  next.focus();
}

export async function start(url: string): Promise<void> {
  closeOverlays();
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  walk = { tour: (await answer.json()) as Tour, index: 0 };
  go(0);
}

export function resume(): void {
  const kept = sessionStorage.getItem(KEEP);
  if (!kept) return;
  try {
    walk = JSON.parse(kept) as Walk;
    // whoever went somewhere else meanwhile has left the tour
    if (pageOf(walk.tour, walk.index) === location.pathname) go(walk.index);
    else stop();
  } catch {
    stop();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && bubble) stop();
});
addEventListener("resize", () => {
  const target = one(".is-toured");
  if (bubble && target) place(bubble, target);
});
