/** Loads the calendar's island only on pages that have one. */
import { eachNew } from "./dom";

export function startCalendar(): void {
  eachNew("[data-calendar]", (element) => {
    void import("./calendar/page").then(({ drawCalendar }) => drawCalendar(element));
  });
}
