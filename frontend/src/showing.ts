/** Fields that belong to another's answer (`data-show-if`, `data-show-value`) show only with it. What a hidden one holds is sent all the same. */
import { all, eachNew, on } from "./dom";

function show(form: HTMLFormElement): void {
  const answers = new FormData(form);
  for (const field of all("[data-show-if]", form)) {
    const given = answers.getAll(field.dataset["showIf"] ?? "").map(String);
    const wanted = (field.dataset["showValue"] ?? "").split("|");
    field.hidden = !given.some((answer) => wanted.includes(answer));
  }
}

export function startShowing(): void {
  eachNew("form:not([data-public-form]):has([data-show-if])", (form) => show(form as HTMLFormElement));
  on<"change", HTMLFormElement>("change", "form:not([data-public-form]):has([data-show-if])", (_, form) => show(form));
}
