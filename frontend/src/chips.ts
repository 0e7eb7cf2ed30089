/** Several values in one box: free texts (`data-chips`) or chosen records (`data-chips-picker="URL"`). */
import { all, debounce, eachNew, el, on, one } from "./dom";
import { Suggestions, type Choice } from "./picker";
import { word } from "./words";

function addChip(box: HTMLElement, field: HTMLInputElement, choice: Choice): void {
  const name = box.dataset["name"] ?? "";
  const taken = all<HTMLInputElement>(".chip input[type=hidden]", box).map((input) => input.value.toLowerCase());
  field.value = "";
  if (!choice.label || taken.includes(choice.value.toLowerCase())) return;
  const remove = el("button", { type: "button", "data-chip-remove": "", "aria-label": word("remove", { text: choice.label }) }, "×");
  const hidden = el("input", { type: "hidden", name, value: choice.value });
  field.before(el("span", { class: "chip" }, choice.label, hidden, remove));
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function setUp(box: HTMLElement): void {
  const field = one<HTMLInputElement>("input:not([type=hidden])", box);
  if (!field) return;
  const records = box.hasAttribute("data-chips-picker");
  const url = box.dataset["chipsPicker"] || box.dataset["url"] || "";
  const suggestions = new Suggestions(field, (choice) => addChip(box, field, records ? choice : { ...choice, value: choice.label }));
  const ask = debounce(120, () => (field.value.trim() ? void suggestions.ask(url, field.value.trim()) : suggestions.hide()));
  if (url) field.addEventListener("input", ask);
  field.addEventListener("keydown", (event) => {
    const free = !records && field.value.trim() !== "";
    if (suggestions.key(event)) return;
    if (free && (event.key === "Enter" || event.key === ",")) {
      event.preventDefault();
      addChip(box, field, { value: field.value.trim(), label: field.value.trim() });
    } else if (event.key === "Backspace" && !field.value) {
      all(".chip", box).at(-1)?.remove();
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  field.addEventListener("paste", (event) => {
    const parts = (event.clipboardData?.getData("text") ?? "").split(/[\n;,]+/).map((part) => part.trim()).filter(Boolean);
    if (records || parts.length < 2) return;
    event.preventDefault();
    for (const part of parts) addChip(box, field, { value: part, label: part });
  });
  box.addEventListener("click", (event) => event.target === box && field.focus());
}

export function startChips(): void {
  eachNew("[data-chips], [data-chips-picker]", setUp);
  on("click", "[data-chip-remove]", (_, button) => {
    const box = button.closest(".chips");
    button.closest(".chip")?.remove();
    one("input:not([type=hidden])", box ?? document)?.focus();
    box?.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
