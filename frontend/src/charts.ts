/** Loads the charts' island only on pages that have one. */
import { eachNew } from "./dom";

export function startCharts(): void {
  eachNew("figure[data-chart]", (element) => {
    void import("./charts/draw").then(({ drawChart }) => drawChart(element));
  });
}
