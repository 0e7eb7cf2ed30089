/** "Install Ponte", where the browser offers it. */
import { all, on } from "../dom";

interface Offer extends Event {
  prompt(): Promise<unknown>;
}

let offer: Offer | null = null;

function show(): void {
  for (const button of all("[data-install]")) button.hidden = offer === null;
  for (const hint of all("[data-install-how]")) hint.hidden = offer !== null;
}

export function startInstall(): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    offer = event as Offer;
    if (all("[data-install]").length) event.preventDefault();
    show();
  });
  window.addEventListener("appinstalled", () => ((offer = null), show()));
  on("click", "[data-install]", () => void offer?.prompt().then(() => ((offer = null), show())));
}
