/** Sections of a table: a click on a section's head hides its rows or shows them again. */
import { on } from "./dom";

export function startGroups(): void {
  on("click", "[data-group-toggle]", (event, button) => {
    event.stopPropagation();
    const section = button.closest<HTMLElement>("[data-group]");
    const closed = section?.classList.toggle("is-closed") ?? false;
    button.setAttribute("aria-expanded", String(!closed));
  });
}
