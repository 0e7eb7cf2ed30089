/** Ponte's front end: small behaviours bound by data attributes to the HTML that the server draws. */
import "../styles/app.scss";
import { startCalendar, startListCalendar } from "./calendar";
import { startBoard } from "./board";
import { startCharts } from "./charts";
import { startGroups } from "./groups";
import { startChips } from "./chips";
import { startDialogs } from "./dialogs";
import { startDrafts } from "./drafts";
import { startForms } from "./forms";
import { startIslands } from "./islands";
import { startInplace } from "./inplace";
import { startLists } from "./lists";
import { startLive } from "./live";
import { startMasks } from "./masks";
import { startMenus } from "./menus";
import { startNet } from "./net";
import { startOffline } from "./offline/start";
import { startPalette } from "./palette";
import { startPanel } from "./panel";
import { startPickers } from "./picker";
import { startRecord } from "./record";
import { startRows } from "./rows";
import { startShortcuts } from "./shortcuts";
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
  startBoard,
  startGroups,
  startRows,
  startShortcuts,
  startForms,
  startMasks,
  startChips,
  startPickers,
  startDrafts,
  startTimes,
  startIslands,
  startCalendar,
  startListCalendar,
  startCharts,
  startLive,
  startOffline,
  startTours,
]) {
  start();
}
