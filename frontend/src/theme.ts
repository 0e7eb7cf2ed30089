/** Light, dark, or as the device has it. A cookie lets the server draw the right one at once. */
import { all, on } from "./dom";

const root = document.documentElement;
const YEAR = 60 * 60 * 24 * 365;

type Choice = "auto" | "light" | "dark";

function current(): Choice {
  if ("themeAuto" in root.dataset) return "auto";
  return root.dataset["bsTheme"] === "dark" ? "dark" : "light";
}

function choose(choice: Choice): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `ponte_theme=${choice}; path=/; max-age=${choice === "auto" ? 0 : YEAR}; SameSite=Lax${secure}`;
  if (choice === "auto") root.dataset["themeAuto"] = "";
  else delete root.dataset["themeAuto"];
  root.dataset["bsTheme"] =
    choice === "auto" ? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light") : choice;
  show();
}

function show(): void {
  for (const button of all("[data-theme-choice]")) {
    button.setAttribute("aria-checked", String(button.dataset["themeChoice"] === current()));
  }
}

export function startTheme(): void {
  on("click", "[data-theme-choice]", (_, button) => choose(button.dataset["themeChoice"] as Choice));
  document.addEventListener("ponte:theme", () => choose(current() === "dark" ? "light" : "dark"));
  show();
}
