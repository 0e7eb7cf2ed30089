/** The builder of forms: taking rows out, and offering the other questions as conditions, also those just added. */
import { all, eachNew, on, one } from "../dom";

const rowsOf = (builder: ParentNode): HTMLElement[] => all("[data-form-row]", builder);

const labelOf = (row: HTMLElement): string => one<HTMLInputElement>("[data-form-row-label]", row)?.value.trim() ?? "";

/** A field can depend on those above it. */
function offer(builder: HTMLElement): void {
  const above: HTMLElement[] = [];
  for (const row of rowsOf(builder)) {
    const select = one<HTMLSelectElement>("[data-form-row-shown]", row);
    if (select) {
      const chosen = select.value;
      for (const option of [...select.options].slice(1)) option.remove();
      for (const other of above) select.add(new Option(labelOf(other) || "…", other.dataset["formRow"] ?? ""));
      select.value = chosen;
      if (select.selectedIndex < 0) select.value = "";
    }
    above.push(row);
  }
}

export function startBuilding(): void {
  eachNew("[data-form-builder]", offer);
  eachNew("[data-form-row]", (row) => {
    const builder = row.closest<HTMLElement>("[data-form-builder]");
    if (!builder) return;
    offer(builder);
    if (!labelOf(row)) one("[data-form-row-label]", row)?.focus();
  });
  for (const type of ["change", "focusin"] as const) {
    on(type, "[data-form-builder] [data-form-row]", (event, row) => {
      const builder = row.closest<HTMLElement>("[data-form-builder]");
      if (builder && !(event.target as Element).matches("[data-form-row-shown]")) offer(builder);
    });
  }
  document.addEventListener("ponte:sorted", (event) => {
    const builder = (event.target as Element).closest<HTMLElement>("[data-form-builder]");
    if (builder) offer(builder);
  });
  on("click", "[data-form-row-drop]", (_, button) => {
    const builder = button.closest<HTMLElement>("[data-form-builder]");
    const row = button.closest("[data-form-row]");
    const next = row?.nextElementSibling ?? row?.previousElementSibling;
    row?.remove();
    if (builder) offer(builder);
    (next ? one("[data-form-row-label]", next) : one("#form-add"))?.focus();
  });
}
