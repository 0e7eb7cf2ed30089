/** Light masks: punctuation appears while typing at the end; nobody's paste or correction is fought. */
import { on } from "./dom";

const digits = (text: string): string => text.replace(/\D/g, "");

function pattern(text: string, shape: string): string {
  let at = 0;
  let out = "";
  for (const sign of shape) {
    if (at >= text.length) break;
    out += sign === "0" ? text[at++] : sign;
  }
  return out;
}

function phone(text: string): string {
  if (text.trim().startsWith("+")) return text;
  const plain = digits(text).replace(/^0/, "").slice(0, 11);
  return pattern(plain, plain.length > 10 ? "(00) 00000-0000" : "(00) 0000-0000");
}

/** `1234,5` → `1.234,50`; what is not a number is left for the server to explain. */
export function money(text: string): string {
  const clean = text.replace(/[^\d,.-]/g, "");
  if (!/\d/.test(clean)) return text;
  const last = Math.max(clean.lastIndexOf(","), clean.lastIndexOf("."));
  const cents = last >= 0 && clean.length - last - 1 <= 2 ? clean.slice(last + 1) : "";
  const whole = digits(last >= 0 && cents !== "" ? clean.slice(0, last) : clean) || "0";
  const grouped = whole.replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+(?!\d))/g, ".");
  return `${clean.startsWith("-") ? "-" : ""}${grouped},${cents.padEnd(2, "0")}`;
}

const shapes: Record<string, (text: string) => string> = {
  cpf: (text) => pattern(digits(text).slice(0, 11), "000.000.000-00"),
  cnpj: (text) => pattern(text.toUpperCase().replace(/[^0-9A-Z]/g, "").slice(0, 14), "00.000.000/0000-00"),
  cep: (text) => pattern(digits(text).slice(0, 8), "00000-000"),
  phone,
};

export function startMasks(): void {
  on<"input", HTMLInputElement>("input", "input[data-mask]", (event, input) => {
    const shape = shapes[input.dataset["mask"] ?? ""];
    const typed = (event as InputEvent).inputType ?? "";
    const atEnd = input.selectionStart === input.value.length;
    if (shape && atEnd && !typed.startsWith("delete")) input.value = shape(input.value);
  });
  on<"change", HTMLInputElement>("change", 'input[data-mask="money"]', (_, input) => {
    if (input.value.trim()) input.value = money(input.value);
  });
  on<"change", HTMLInputElement>("change", "input[data-mask]", (_, input) => {
    const shape = shapes[input.dataset["mask"] ?? ""];
    if (shape && input.value.trim()) input.value = shape(input.value);
  });
}
