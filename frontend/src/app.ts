/** Ponte's front end: small behaviours bound by data attributes to the HTML that the server draws. */
import "../styles/app.scss";
import { startCalendar, startListCalendar } from "./calendar";
import { startBoard } from "./board";
import { startCharts } from "./charts";
import { startGroups } from "./groups";
import { startChips } from "./chips";
import { startDialogs } from "./dialogs";
import { startDrafts } from "./drafts";
import { startFormBuilder } from "./form-builder";
import { startForms } from "./forms";
import { startInplace } from "./inplace";
import { startLists } from "./lists";
import { startLive } from "./live";
import { startMasks } from "./masks";
import { startMenus } from "./menus";
import { startNet } from "./net";
import { startOffline } from "./offline/start";
import { startOffers } from "./offers";
import { startOrders } from "./orders";
import { startPalette } from "./palette";
import { startPanel } from "./panel";
import { startPickers } from "./picker";
import { startRecord } from "./record";
import { startRows } from "./rows";
import { startShortcuts } from "./shortcuts";
import { startSortable } from "./sortable";
import { startTheme } from "./theme";
import { startTimes } from "./times";
import { startToasts } from "./toasts";
import { startTours } from "./tours";

for (const start of [
  startNet,
  startToasts,
  startDialogs,
  startPanel,
  startMenus,
  startTheme,
  startPalette,
  startInplace,
  startRecord,
  startLists,
  startSortable,
  startBoard,
  startGroups,
  startRows,
  startShortcuts,
  startForms,
  startFormBuilder,
  startMasks,
  startChips,
  startPickers,
  startDrafts,
  startTimes,
  startOffers,
  startOrders,
  startCalendar,
  startListCalendar,
  startCharts,
  startLive,
  startOffline,
  startTours,
]) {
  start();
}
