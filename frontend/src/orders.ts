/** The line editor (`data-order-editor`): lines come, go and move, totals follow while typing, a bundle is split into its products. */
import { all, eachNew, el, on, one } from "./dom";

const language = document.documentElement.lang || "pt-BR";

/** `1.234,56`, `1234.56` and `12` as a number; nothing readable counts as zero. */
export function readNumber(text: string): number {
  const clean = text.replace(/[^\d,.-]/g, "");
  const comma = clean.lastIndexOf(",");
  const point = clean.lastIndexOf(".");
  const grouped = comma < 0 && /^-?\d{1,3}(\.\d{3})+$/.test(clean);
  const plain = comma > point ? clean.replace(/\./g, "").replace(",", ".") : grouped ? clean.replace(/\./g, "") : clean.replace(/,/g, "");
  const value = Number(plain);
  return Number.isFinite(value) ? value : 0;
}

const cents = (value: number): number => Math.round((value + Number.EPSILON) * 100) / 100;

function field(line: Element, name: string): HTMLInputElement | null {
  return line.querySelector<HTMLInputElement>(`input[name$="-${name}"]`);
}

function value(line: Element, name: string): number {
  return readNumber(field(line, name)?.value ?? "");
}

const isRemoved = (line: Element): boolean => field(line, "DELETE")?.checked ?? false;

/** How often a year something charged this way is paid. */
const TIMES: Record<string, number> = { one_off: 1, monthly: 12, quarterly: 4, yearly: 1 };

const choice = (line: Element, name: string): string => line.querySelector<HTMLSelectElement>(`select[name$="-${name}"]`)?.value ?? "";

const ticked = (line: Element, name: string): boolean => line.querySelector<HTMLInputElement>(`input[name$="-${name}"]`)?.checked ?? false;

/** Shows sums by how they are charged and what they come to in a year; `[data-sum-row]` of nothing is hidden, and where nothing comes back the total stands alone. */
export function showPeriods(place: ParentNode, sums: Record<string, number>, money: Intl.NumberFormat): void {
  const year = Object.entries(sums).reduce((sum, [name, amount]) => sum + amount * (TIMES[name] ?? 0), 0);
  const isOnce = year === sums["one_off"];
  for (const label of all("[data-sum-label]", place)) label.hidden = (label.dataset["sumLabel"] === "once") !== isOnce;
  for (const [name, amount] of Object.entries({ ...sums, first_year: year })) {
    const shown = one(`[data-sum="${name}"]`, place);
    if (shown) shown.textContent = money.format(amount);
    const row = one(`[data-sum-row="${name}"]`, place);
    if (row) row.hidden = isOnce || amount === 0;
  }
}

function discountOf(line: Element, goods: number): number {
  const given = value(line, "discount");
  return choice(line, "discount_kind") === "percent" ? cents((goods * given) / 100) : given;
}

function reckon(editor: HTMLElement): void {
  const money = new Intl.NumberFormat(language, { style: "currency", currency: editor.dataset["currency"] || "BRL" });
  const sums = { goods: 0, discount: 0, freight: 0 };
  const periods: Record<string, number> = { one_off: 0, monthly: 0, quarterly: 0, yearly: 0 };
  for (const line of all("[data-line]", editor)) {
    if (isRemoved(line)) continue;
    const goods = cents(value(line, "quantity") * value(line, "unit_price"));
    const discount = discountOf(line, goods);
    if (!ticked(line, "is_optional") || ticked(line, "is_chosen")) {
      const billing = choice(line, "billing") || line.dataset["billing"] || "one_off";
      periods[billing] = (periods[billing] ?? 0) + goods - discount + cents(((goods - discount) * value(line, "tax_rate")) / 100);
    }
    sums.goods += goods;
    sums.discount += discount;
    sums.freight += value(line, "freight");
    const shown = one("[data-line-total]", line);
    if (shown) shown.textContent = money.format(goods - discount);
  }
  const all_ = { ...sums, total: sums.goods - sums.discount + sums.freight };
  for (const [name, sum] of Object.entries(all_)) {
    const shown = one(`[data-sum="${name}"]`, editor);
    if (shown) shown.textContent = money.format(sum);
  }
  showPeriods(editor, periods, money);
}

/** A new line from the template, not yet in the table; null where the page has none. */
function newLine(editor: HTMLElement): HTMLElement | null {
  const template = one<HTMLTemplateElement>("template[data-line-template]", editor);
  const count = one<HTMLInputElement>('input[name$="-TOTAL_FORMS"]', editor);
  if (!template || !count) return null;
  const holder = document.createElement("tbody");
  holder.innerHTML = template.innerHTML.replaceAll("__prefix__", count.value);
  count.value = String(Number(count.value) + 1);
  return holder.firstElementChild as HTMLElement | null;
}

/** Tells the behaviours of the fields that the line is there. */
const isThere = (line: HTMLElement): boolean => line.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));

function addLine(editor: HTMLElement): void {
  const line = newLine(editor);
  if (!line) return;
  one("[data-lines]", editor)?.append(line);
  isThere(line);
  one<HTMLInputElement>("input:not([type=hidden])", line)?.focus();
}

/** Writes down the order lines stand in. */
function number(editor: HTMLElement): void {
  all("[data-line]", editor).forEach((line, at) => {
    const place = field(line, "ORDER");
    if (place) place.value = String(at + 1);
  });
}

function moveUp(editor: HTMLElement, line: HTMLElement, button: HTMLElement): void {
  const lines = all("[data-line]", editor).filter((other) => !isRemoved(other));
  const above = lines[lines.indexOf(line) - 1];
  if (!above) return;
  above.before(line);
  number(editor);
  button.focus();
}

interface Share {
  product: string;
  description: string;
  quantity: string;
  unit_price: string;
  discount: string;
}

/** A line like `line`, for one product of the bundle it was. */
function partLine(editor: HTMLElement, line: HTMLElement, bundle: string, share: Share): HTMLElement | null {
  const made = newLine(editor);
  if (!made) return null;
  const put = (name: string, text: string): void => {
    const input = made.querySelector<HTMLInputElement | HTMLSelectElement>(`[name$="-${name}"]`);
    if (input) input.value = text;
  };
  put("tax_rate", field(line, "tax_rate")?.value ?? "");
  for (const name of ["is_optional", "is_chosen"]) {
    const [from, to] = [field(line, name), field(made, name)];
    if (from && to) to.checked = from.checked;
  }
  for (const name of ["product", "quantity", "unit_price", "discount"] as const) put(name, share[name]);
  put("bundle", bundle);
  put("discount_kind", "value");
  put("billing", choice(line, "billing") || line.dataset["billing"] || "one_off");
  const shown = one<HTMLInputElement>("input[role=combobox]", made);
  if (shown) shown.value = share.description;
  return made;
}

async function split(editor: HTMLElement, line: HTMLElement): Promise<void> {
  const url = offerUrl(editor, line, field(line, "product")?.value ?? "").replace("/offer/?", "/split/?");
  if (!url) return;
  const goods = cents(value(line, "quantity") * value(line, "unit_price"));
  const amount = (goods - discountOf(line, goods)).toFixed(2).replace(".", ",");
  const answer = await fetch(`${url}&${new URLSearchParams({ amount })}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const told = (await answer.json()) as { bundle: string; lines: Share[] };
  const parts: HTMLElement[] = [];
  for (const share of told.lines) {
    const made = partLine(editor, line, told.bundle, share);
    if (!made) continue;
    (parts.at(-1) ?? line).after(made);
    isThere(made);
    parts.push(made);
  }
  if (!parts[0]) return;
  removeLine(editor, line);
  number(editor);
  field(parts[0], "quantity")?.focus(); // not the product: its suggestions would cover what came
  void hint(editor, parts);
}

function removeLine(editor: HTMLElement, line: HTMLElement): void {
  const mark = field(line, "DELETE");
  if (mark) mark.checked = true;
  line.hidden = true;
  const left = all("[data-line]", editor).filter((other) => !isRemoved(other));
  (left.at(-1)?.querySelector<HTMLInputElement>("input:not([type=hidden])") ?? one("[data-line-add]", editor))?.focus();
  reckon(editor);
}

/** Where the price for this customer, this many and this currency is answered; "" where nothing is to be asked. */
function offerUrl(editor: HTMLElement, line: HTMLElement, chosen: string): string {
  const url = (editor.dataset["offerUrl"] ?? "").replace("00000000-0000-0000-0000-000000000000", chosen);
  if (!chosen || !url) return "";
  const told = (name: string): string => one<HTMLInputElement>(`input[name="${name}"]`, editor)?.value ?? "";
  return `${url}?${new URLSearchParams({ party: partyOf(editor), quantity: field(line, "quantity")?.value ?? "", currency: told("currency"), rate: told("rate") })}`;
}

/** Asks anew what a line costs for another quantity or customer; a price somebody typed stays. */
async function offerAgain(editor: HTMLElement, line: HTMLElement): Promise<void> {
  const price = field(line, "unit_price");
  const url = offerUrl(editor, line, field(line, "product")?.value ?? "");
  if (!url || !price || line.dataset["offered"] === undefined || price.value !== line.dataset["offered"]) return;
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok || price.value !== line.dataset["offered"]) return;
  takePrice(line, price, (await answer.json()) as Offer);
  reckon(editor);
}

interface Offer {
  price: string;
  note: string;
  description: string;
  billing?: string;
  contents?: string[];
}

/** Shows what a bundle holds, and the way to split it. */
function showContents(line: HTMLElement, contents: string[]): void {
  const shown = one("[data-line-contents]", line);
  if (shown) shown.textContent = contents.join(" · ");
  if (shown) shown.hidden = contents.length === 0;
  const button = one("[data-line-split]", line);
  if (button) button.hidden = contents.length === 0;
}

function takePrice(line: HTMLElement, price: HTMLInputElement, product: Offer): void {
  price.value = product.price;
  line.dataset["offered"] = product.price;
  const note = one("[data-line-note]", line);
  if (note) note.textContent = product.note;
  if (note) note.hidden = !product.note;
}

async function offer(editor: HTMLElement, line: HTMLElement, chosen: string): Promise<void> {
  const url = offerUrl(editor, line, chosen);
  if (!url) return;
  const price = field(line, "unit_price");
  const [before, focused] = [price?.value, document.activeElement];
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const product = (await answer.json()) as Offer;
  showContents(line, product.contents ?? []);
  const billing = line.querySelector<HTMLSelectElement>('select[name$="-billing"]');
  // how it is charged shows as soon as it is known, unless somebody chose otherwise
  if (billing && product.billing && ["", line.dataset["billing"]].includes(billing.value)) billing.value = product.billing;
  if (product.billing) line.dataset["billing"] = product.billing;
  // the answer may come late: a price typed meanwhile stays, and the cursor stays where it went
  if (price && product.price && price.value === before) takePrice(line, price, product);
  const description = field(line, "description");
  if (description && !description.value) description.placeholder = product.description;
  reckon(editor);
  if (document.activeElement === focused) field(line, "quantity")?.select();
}

interface Hint {
  text: string;
  url: string;
}

/** Which customer the lines are for. */
const partyOf = (editor: HTMLElement): string => editor.dataset["party"] ?? one<HTMLInputElement>('input[name="party"]', editor)?.value ?? "";

/** Shows beside lines what was accepted for their products before, where the page knows (`data-hint-url`); typing never waits for it. */
async function hint(editor: HTMLElement, lines: HTMLElement[]): Promise<void> {
  const url = editor.dataset["hintUrl"];
  if (!url) return;
  const chosen = (line: HTMLElement): string => field(line, "product")?.value ?? "";
  for (const line of lines) one("[data-line-hint]", line)?.replaceChildren();
  const products = [...new Set(lines.map(chosen).filter(Boolean))].slice(0, 50);
  if (!products.length) return;
  const asked = new URLSearchParams([["party", partyOf(editor)], ...products.map((one): [string, string] => ["product", one])]);
  const answer = await fetch(`${url}?${asked}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const { hints } = (await answer.json()) as { hints: Record<string, Hint> };
  for (const line of lines) {
    const [told, place] = [hints[chosen(line)], one("[data-line-hint]", line)];
    if (told && place) place.replaceChildren(el("a", { href: told.url, target: "_blank", rel: "noopener" }, told.text));
  }
}

export function startOrders(): void {
  eachNew("[data-order-editor]", (editor) => {
    reckon(editor);
    void hint(editor, all("[data-line]", editor));
  });
  on("input", "[data-order-editor]", (_, editor) => reckon(editor));
  on("change", "[data-order-editor]", (event, editor) => {
    const input = event.target as HTMLInputElement;
    const line = input.closest<HTMLElement>("[data-line]");
    if (line && input.type === "hidden" && input.name.endsWith("-product")) {
      void offer(editor, line, input.value);
      void hint(editor, [line]);
    }
    if (line && input.name.endsWith("-quantity")) void offerAgain(editor, line);
    else if (["party", "currency", "rate"].includes(input.name)) for (const other of all("[data-line]", editor)) void offerAgain(editor, other);
    if (input.name === "party") void hint(editor, all("[data-line]", editor));
    reckon(editor);
  });
  on("click", "[data-line-add]", (_, button) => {
    const editor = button.closest<HTMLElement>("[data-order-editor]");
    if (editor) addLine(editor);
  });
  on("click", "[data-line-remove]", (_, button) => {
    const editor = button.closest<HTMLElement>("[data-order-editor]");
    const line = button.closest<HTMLElement>("[data-line]");
    if (editor && line) removeLine(editor, line);
  });
  on("click", "[data-line-up]", (_, button) => {
    const editor = button.closest<HTMLElement>("[data-order-editor]");
    const line = button.closest<HTMLElement>("[data-line]");
    if (editor && line) moveUp(editor, line, button as HTMLElement);
  });
  on("click", "[data-line-split]", (_, button) => {
    const editor = button.closest<HTMLElement>("[data-order-editor]");
    const line = button.closest<HTMLElement>("[data-line]");
    if (editor && line) void split(editor, line);
  });
  on("keydown", "[data-order-editor] [data-line] input", (event, input) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    // Enter in a line means "next line", not "save the whole order half-typed"
    event.preventDefault();
    const editor = input.closest<HTMLElement>("[data-order-editor]");
    const line = input.closest<HTMLElement>("[data-line]");
    const lines = editor ? all("[data-line]", editor).filter((other) => !isRemoved(other)) : [];
    const next = line ? lines[lines.indexOf(line) + 1] : undefined;
    if (next) one<HTMLInputElement>("input:not([type=hidden])", next)?.focus();
    else if (editor) addLine(editor);
  });
}
