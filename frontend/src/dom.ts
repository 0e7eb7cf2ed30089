/** Small helpers; every behaviour is bound by delegation, so swapped-in HTML needs no set-up. */

export type Handler<E extends Event, T extends Element> = (event: E, element: T) => void;

/** Calls `handler` when `type` happens inside an element that matches `selector`. */
export function on<K extends keyof DocumentEventMap, T extends HTMLElement = HTMLElement>(
  type: K,
  selector: string,
  handler: Handler<DocumentEventMap[K], T>,
  options?: AddEventListenerOptions,
): void {
  document.addEventListener(
    type,
    (event) => {
      const origin = event.target;
      if (!(origin instanceof Element)) return;
      const found = origin.closest<T>(selector);
      if (found) handler(event, found);
    },
    options,
  );
}

export function one<T extends HTMLElement = HTMLElement>(selector: string, root: ParentNode = document): T | null {
  return root.querySelector<T>(selector);
}

export function all<T extends HTMLElement = HTMLElement>(selector: string, root: ParentNode = document): T[] {
  return [...root.querySelectorAll<T>(selector)];
}

/** Runs `setUp` on what the page has now and on everything htmx brings later. */
export function eachNew(selector: string, setUp: (element: HTMLElement) => void): void {
  const done = new WeakSet<Element>();
  const scan = (root: ParentNode) => {
    const found = all(selector, root);
    if (root instanceof HTMLElement && root.matches(selector)) found.push(root);
    for (const element of found) {
      if (done.has(element)) continue;
      done.add(element);
      setUp(element);
    }
  };
  scan(document);
  document.addEventListener("htmx:load", (event) => scan(event.target as HTMLElement));
}

/** True while the person is typing somewhere: single-key shortcuts must stay silent. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])"))
  );
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function debounce<A extends unknown[]>(wait: number, run: (...args: A) => void): (...args: A) => void {
  let timer = 0;
  return (...args: A) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => run(...args), wait);
  };
}

const page = one<HTMLMetaElement>('meta[name="ponte"]');

/** A setting of the page, from `<meta name="ponte" data-…>`. */
export function setting(name: string): string {
  return page?.dataset[name] ?? "";
}

export const csrfToken = (): string => one<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
