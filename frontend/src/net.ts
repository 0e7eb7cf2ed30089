/** htmx as this house uses it: no eval, CSRF on every write, errors told in words, a thin line while waiting. */
import htmx from "htmx.org";
import { csrfToken, one } from "./dom";
import { closeOverlays } from "./dialogs";
import { showToast, toastAfterReload, type Toast } from "./toasts";
import { word } from "./words";

interface RequestDetail {
  xhr: XMLHttpRequest;
  target: HTMLElement;
  elt: HTMLElement;
  shouldSwap: boolean;
  isError: boolean;
  boosted: boolean;
  headers: Record<string, string>;
  verb: string;
  requestConfig: { verb: string };
  pathInfo: { requestPath: string; finalRequestPath: string };
}

const detailOf = (event: Event): RequestDetail => (event as CustomEvent<RequestDetail>).detail;

function configure(): void {
  Object.assign(htmx.config, {
    includeIndicatorStyles: false,
    allowEval: false,
    allowScriptTags: false,
    selfRequestsOnly: true,
    // a child's request must not take over its parent's target, trigger or selection by accident
    disableInheritance: true,
    // settling `style` would write an inline style, which the security policy forbids
    attributesToSettle: ["class", "width", "height"],
    // what came in works at once: for 20 ms a quick Enter would send its form past us, as a page of its own
    defaultSettleDelay: 0,
    historyCacheSize: 0,
    refreshOnHistoryMiss: true,
    scrollBehavior: "auto",
    timeout: 30000,
    responseHandling: [
      { code: "204", swap: false },
      { code: "[23]..", swap: true },
      { code: "422", swap: true },
      { code: "409", swap: true, target: "#dialog-content", swapOverride: "innerHTML" },
      { code: "[45]..", swap: false, error: true },
    ],
  });
}

/** What to tell for an HTTP status. */
export function failureText(status: number): string {
  if (status === 0) return word("noNetwork");
  if (status === 403) return word("denied");
  if (status === 404 || status === 410) return word("notFound");
  if (status === 409) return word("conflict");
  if (status === 413) return word("tooBig");
  if (status === 429) return word("tooMany");
  return status >= 500 ? word("failed") : word("refused");
}

/** A problem's own words when the server answered with RFC 9457 JSON. */
function ownWords(xhr: XMLHttpRequest): string {
  if (!(xhr.getResponseHeader("content-type") ?? "").includes("json")) return "";
  try {
    const body = JSON.parse(xhr.responseText) as { detail?: string; title?: string };
    return body.detail || body.title || "";
  } catch {
    return "";
  }
}

const isDocument = (text: string): boolean => /^\s*<(!doctype|html)/i.test(text.slice(0, 200));

/** A whole page came where a part was expected: a redirect was followed, or the session ended. Go there. */
function leaveFor(detail: RequestDetail): boolean {
  const { xhr, requestConfig, pathInfo } = detail;
  if (detail.boosted || detail.target === document.body) return false;
  const asked = new URL(pathInfo.finalRequestPath || pathInfo.requestPath, location.href);
  const reached = new URL(xhr.responseURL || asked.href, location.href);
  const moved = reached.pathname !== asked.pathname;
  if (!isDocument(xhr.responseText) && !(moved && requestConfig.verb !== "get")) return false;
  if (moved && reached.pathname.includes("/accounts/")) location.reload();
  else location.assign(moved ? reached.href : asked.href);
  return true;
}

function beforeSwap(event: Event): void {
  const detail = detailOf(event);
  const { status } = detail.xhr;
  if (status >= 200 && status < 300 && status !== 204 && leaveFor(detail)) {
    detail.shouldSwap = false;
  } else if ((status === 409 || status === 422) && (isDocument(detail.xhr.responseText) || ownWords(detail.xhr))) {
    detail.shouldSwap = false;
    showToast({ text: ownWords(detail.xhr) || failureText(status), tone: "error" });
  }
}

function startProgress(): void {
  const line = one("[data-progress]");
  let waiting = 0;
  const show = () => line?.classList.toggle("is-on", waiting > 0);
  document.addEventListener("htmx:beforeRequest", () => (waiting++, show()));
  document.addEventListener("htmx:afterRequest", () => (waiting = Math.max(0, waiting - 1), show()));
}

function startBanner(): void {
  const banner = one("[data-net]");
  const show = (lost: boolean) => banner?.toggleAttribute("hidden", !lost);
  window.addEventListener("offline", () => show(true));
  window.addEventListener("online", () => show(false));
  document.addEventListener("htmx:sendError", () => show(true));
  document.addEventListener("htmx:afterOnLoad", () => show(false));
  if (!navigator.onLine) show(true);
}

export function startNet(): void {
  configure();
  document.addEventListener("htmx:configRequest", (event) => {
    const detail = detailOf(event);
    if (detail.verb !== "get") detail.headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:beforeSwap", beforeSwap);
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = detailOf(event);
    showToast({ text: ownWords(xhr) || failureText(xhr.status), tone: "error" });
  });
  document.addEventListener("htmx:sendError", () => showToast({ text: word("noNetwork"), tone: "warning" }));
  document.addEventListener("htmx:timeout", () => showToast({ text: word("noNetwork"), tone: "warning" }));
  document.addEventListener("ponte:close", closeOverlays);
  document.addEventListener("ponte:refresh", () => {
    const keep = (event: Event) => toastAfterReload((event as CustomEvent<Toast>).detail);
    document.addEventListener("ponte:toast", keep, { once: true });
    closeOverlays();
    window.setTimeout(() => location.reload(), 0);
  });
  startProgress();
  startBanner();
}
