/** Rows that come and go (`data-row-editor`): a template is added by a button, a row removed by its own. */
import { all, on, one } from "./dom";

function add(editor: HTMLElement): void {
  const template = one<HTMLTemplateElement>("template", editor);
  const list = one("ul", editor);
  if (!template || !list) return;
  list.append(template.content.cloneNode(true));
  const fresh = list.lastElementChild;
  fresh?.querySelector<HTMLInputElement>("input:not([type=hidden])")?.focus();
}

export function startRows(): void {
  on("click", "[data-row-add]", (_, button) => {
    const editor = button.closest<HTMLElement>("[data-row-editor]");
    if (editor) add(editor);
  });
  on("click", "[data-row-remove]", (_, button) => {
    const editor = button.closest<HTMLElement>("[data-row-editor]");
    button.closest("li")?.remove();
    const left = editor ? all<HTMLInputElement>("li input:not([type=hidden])", editor) : [];
    (left.at(-1) ?? (editor && one("[data-row-add]", editor)))?.focus();
  });
  // Enter in a row means "next row", not "save it half-typed"
  on("keydown", "[data-row-editor] li input", (event, input) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const editor = input.closest<HTMLElement>("[data-row-editor]");
    const next = input.closest("li")?.nextElementSibling?.querySelector<HTMLInputElement>("input:not([type=hidden])");
    if (next) next.focus();
    else if (editor) add(editor);
  });
}
