// Runs before the first paint: without a choice of one's own the device's theme counts.
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
if (!root.dataset["bsTheme"]) {
  root.dataset["themeAuto"] = "";
  root.dataset["bsTheme"] = dark.matches ? "dark" : "light";
}
dark.addEventListener("change", () => {
  if ("themeAuto" in root.dataset) root.dataset["bsTheme"] = dark.matches ? "dark" : "light";
});
export {};
