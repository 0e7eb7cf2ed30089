/** A quote's public page (`data-offer`): totals follow the chosen options; a bundle is chosen whole. */
import { all, eachNew, on } from "../dom";
import { showPeriods } from "../orders";

const language = document.documentElement.lang || "pt-BR";

function reckon(form: HTMLElement): void {
  const money = new Intl.NumberFormat(language, { style: "currency", currency: form.dataset["currency"] || "BRL" });
  const sums: Record<string, number> = { one_off: 0, monthly: 0, quarterly: 0, yearly: 0 };
  for (const line of all("[data-billing]", form)) {
    if (line instanceof HTMLInputElement && !line.checked) continue;
    const billing = line.dataset["billing"] ?? "one_off";
    const amount = Number(line.dataset["total"] ?? 0) + Number(line.dataset["tax"] ?? 0);
    sums[billing] = Math.round(((sums[billing] ?? 0) + amount) * 100) / 100;
  }
  showPeriods(form, sums, money);
}

export function startReckoning(): void {
  eachNew("form[data-offer]", reckon);
  on("change", "form[data-offer]", (event, form) => {
    const option = event.target;
    if (option instanceof HTMLInputElement && option.dataset["bundle"]) {
      for (const other of all<HTMLInputElement>("input[data-bundle]", form)) {
        if (other.dataset["bundle"] === option.dataset["bundle"]) other.checked = option.checked;
      }
    }
    reckon(form);
  });
}
