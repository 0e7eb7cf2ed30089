/** Loads what few pages have when one of them has it, now or brought later by htmx. */
import { eachNew } from "./dom";

function whenThere(selector: string, load: () => Promise<unknown>): void {
  let isAsked = false;
  eachNew(selector, () => {
    if (!isAsked) void load();
    isAsked = true;
  });
}

export function startIslands(): void {
  whenThere("[data-form-builder]", () => import("./forms-building/rows").then(({ startBuilding }) => startBuilding()));
  whenThere("form[data-offer]", () => import("./offers/reckoning").then(({ startReckoning }) => startReckoning()));
  whenThere("[data-order-editor]", () => import("./orders").then(({ startOrders }) => startOrders()));
  whenThere("form:not([data-public-form]) [data-show-if]", () => import("./showing").then(({ startShowing }) => startShowing()));
  whenThere(".grip", () => import("./sortable").then(({ startSortable }) => startSortable()));
}
