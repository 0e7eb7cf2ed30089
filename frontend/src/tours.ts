/** Guided tours and the help of the page; what walks is loaded when somebody starts a tour or is in the middle of one. */
import { on, one } from "./dom";

export const KEEP = "ponte:tour";

export function startTours(): void {
  on("click", "[data-tour]", (event, button) => {
    event.preventDefault();
    void import("./tours/walk").then(({ start }) => start(button.dataset["tour"] ?? ""));
  });
  // before the dialog reads the address: the help that opens is about this page
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-help]") : null;
    const context = one("[data-page-context]")?.dataset["pageContext"] ?? "";
    if (link) link.search = context ? `?context=${encodeURIComponent(context)}` : "";
  }, { capture: true });
  if (sessionStorage.getItem(KEEP)) void import("./tours/walk").then(({ resume }) => resume());
}
