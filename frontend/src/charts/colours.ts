/** The page's colours as the canvas wants them: plain rgb, whatever way the styles write them. */

const TONES = ["accent", "blue", "orange", "purple", "green", "pink", "yellow", "red"];

export interface Colours {
  series: string[];
  ink: string;
  muted: string;
  line: string;
  surface: string;
}

export function coloursOf(host: HTMLElement): Colours {
  const probe = document.createElement("span");
  probe.hidden = true;
  host.append(probe);
  const read = (className: string) => {
    probe.className = className;
    return plain(getComputedStyle(probe).color);
  };
  const colours = {
    series: TONES.map((tone) => read(`chart-tone tone-${tone}`)),
    ink: read("chart-ink"),
    muted: read("chart-muted"),
    line: read("chart-line"),
    surface: read("chart-surface"),
  };
  probe.remove();
  return colours;
}

function plain(colour: string): string {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d");
  if (!pen) return "#666666";
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = pen.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}
