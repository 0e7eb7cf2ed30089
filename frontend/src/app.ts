import "../styles/app.scss";
import htmx from "htmx.org";
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
