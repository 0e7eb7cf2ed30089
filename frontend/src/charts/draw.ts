/** Draws a figure's table as a chart. The pieces of ECharts used here are all that is loaded. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsCoreOption, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { coloursOf, type Colours } from "./colours";
import { readTable, type ChartData, type Series } from "./reading";
import "../../styles/drawn-charts.scss";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const dark = window.matchMedia("(prefers-color-scheme: dark)");

export function drawChart(figure: HTMLElement): void {
  const place = figure.querySelector<HTMLElement>("[data-chart-place]");
  const table = figure.querySelector("table");
  if (!place || !table) return;
  const data = readTable(table);
  if (!data.labels.length || !data.series.length) return;
  figure.classList.add("is-drawn");
  const chart = init(place, null, { renderer: "canvas" });
  const draw = () => chart.setOption(optionOf(figure, data, coloursOf(place)), true);
  draw();
  follow(chart, data);
  new ResizeObserver(() => chart.resize()).observe(place);
  dark.addEventListener("change", draw);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  figure.dispatchEvent(new CustomEvent("ponte:drawn", { bubbles: true }));
}

/** A click on a bar goes where its cell's link goes. */
function follow(chart: EChartsType, data: ChartData): void {
  chart.on("click", ({ seriesIndex, dataIndex }) => {
    const link = data.series[seriesIndex ?? -1]?.links[dataIndex];
    if (link) window.location.assign(link);
  });
}

function optionOf(figure: HTMLElement, data: ChartData, colours: Colours): EChartsCoreOption {
  const wide = figure.querySelector<HTMLElement>("[data-chart-place]")?.clientWidth || 600;
  const lying = figure.dataset.chart === "lying";
  const names = { type: "category", data: data.labels, inverse: lying, axisTick: { show: false } };
  const axes = unitsOf(data).map((unit, at) => figureAxis(unit, colours, at, lying && wide < 420 ? 3 : 5));
  const lined = { ...names, axisLabel: { color: colours.muted, hideOverlap: !lying, ...(lying && { width: wide * 0.36, overflow: "break" }) }, axisLine: { lineStyle: { color: colours.line } } };
  return {
    animation: !still.matches,
    color: colours.series,
    textStyle: { fontFamily: getComputedStyle(figure).fontFamily },
    grid: { left: 4, right: 12, top: data.series.length > 4 ? 60 : data.series.length > 1 ? 36 : 12, bottom: 4, containLabel: true },
    legend: { show: data.series.length > 1, top: 0, left: 0, itemWidth: 12, itemHeight: 8, textStyle: { color: colours.ink } },
    tooltip: tooltipOf(data, colours),
    xAxis: lying ? axes : lined,
    yAxis: lying ? lined : axes,
    series: data.series.map((one) => seriesOf(figure, one, data, lying)),
  };
}

function tooltipOf(data: ChartData, colours: Colours): object {
  return {
    trigger: "axis",
    renderMode: "richText",
    confine: true,
    backgroundColor: colours.surface,
    borderColor: colours.line,
    textStyle: { color: colours.ink, fontSize: 13 },
    formatter: (shown: { dataIndex: number }[]) => {
      const at = shown[0]?.dataIndex ?? 0;
      return [data.labels[at] ?? "", ...data.series.map((one) => `${one.name}: ${one.texts[at] || "–"}`)].join("\n");
    },
  };
}

function unitsOf(data: ChartData): string[] {
  return [...new Set(data.series.map((one) => one.unit))].slice(0, 2);
}

function figureAxis(unit: string, colours: Colours, at: number, parts: number): object {
  const language = document.documentElement.lang || "pt-BR";
  const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  const write = (value: number) => (unit === "percent" ? `${short.format(value)}%` : short.format(value));
  return {
    type: "value",
    splitNumber: parts,
    axisLabel: { color: colours.muted, formatter: write, hideOverlap: true },
    splitLine: { show: at === 0, lineStyle: { color: colours.line } },
    minInterval: unit === "number" ? 1 : 0,
  };
}

function seriesOf(figure: HTMLElement, one: Series, data: ChartData, lying: boolean): object {
  const axis = Math.max(0, unitsOf(data).indexOf(one.unit));
  const line = one.kind !== "bar";
  return {
    name: one.name,
    type: line ? "line" : "bar",
    [lying ? "xAxisIndex" : "yAxisIndex"]: axis,
    data: one.values,
    stack: !line && figure.dataset.chartStack !== undefined ? "all" : undefined,
    barMaxWidth: 34,
    showSymbol: data.labels.length < 25,
    symbolSize: 6,
    lineStyle: one.kind === "band" ? { type: "dashed", width: 1 } : { width: 2 },
    itemStyle: line ? undefined : { borderRadius: lying ? [0, 3, 3, 0] : [3, 3, 0, 0] },
  };
}
