import { all } from "../dom";

/** FullCalendar 7.1 draws lists of buttons and an empty row header, which screen readers stumble over. */
export function tidyRoles(element: HTMLElement): void {
  for (const list of all('[role="list"]:not(:has(> [role="listitem"]))', element)) list.setAttribute("role", "group");
  for (const text of all('[role="columnheader"] [aria-hidden="true"]', element)) text.removeAttribute("aria-hidden");
  for (const header of all('[role="rowheader"]:empty', element)) header.setAttribute("role", "cell");
}
