/** Loads the calendar's island only on pages that have one. */
import { eachNew } from "./dom";

export function startListCalendar(): void {
  eachNew("[data-list-calendar]", (element) => {
    void import("./calendar/listed").then(({ drawListCalendar }) => drawListCalendar(element));
  });
}

export function startCalendar(): void {
  eachNew("[data-calendar]", (element) => {
    void import("./calendar/page").then(({ drawCalendar }) => drawCalendar(element));
  });
}
