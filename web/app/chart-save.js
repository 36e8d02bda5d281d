// What is carried away of a chart: a table as a file, a picture with its source.

import { has, named, t } from "./words.js";
import { announce, byId, make } from "./page.js";
import { HEIGHT, WIDTH, svg } from "./chart-frame.js";

export function download(chart) {
  // The mark at the beginning tells spreadsheets that it is UTF-8.
  keep(chart, "csv", new Blob(["\ufeff", chart.csv], { type: "text/csv;charset=utf-8" }));
}

/** The curve of the day as a picture, four times as large, with title and source: what is shown elsewhere says where it comes from. */
export function downloadPicture(chart, drawn) {
  if (!drawn) return;
  const [scale, head, foot] = [4, 22, 18];
  const [width, height] = [WIDTH + 8, HEIGHT + 16 + head + foot];
  const picture = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width: width * scale, height: height * scale, viewBox: `0 0 ${width} ${height}` });
  const [ink, paper] = [getComputedStyle(document.body).color, getComputedStyle(byId("layers")).backgroundColor];
  const inside = drawn.cloneNode(true);
  for (const [key, value] of Object.entries({ x: 0, y: head, width: WIDTH, height: HEIGHT + 16, overflow: "visible" })) inside.setAttribute(key, value);
  inside.querySelectorAll("text").forEach((text) => text.setAttribute("fill", ink));
  inside.querySelectorAll(".grid").forEach((line) => line.setAttribute("stroke", "#88888855"));
  inside.querySelectorAll(".now").forEach((line) => line.setAttribute("stroke", "#d55e00"));
  const style = { fill: ink, "font-family": "sans-serif" };
  picture.append(
    svg("rect", { width: "100%", height: "100%", fill: paper }),
    svg("text", { ...style, x: 4, y: 14, "font-size": 11, "font-weight": 600 }, `${named(chart.title)}${chart.unit ? ` (${chart.unit})` : ""}`),
    inside,
    svg("text", { ...style, x: 4, y: height - 5, "font-size": 7 }, [chart.madeUp ? t("made-up") : "", t(has(chart.nature) ? chart.nature : "no-data"), chart.source].filter(Boolean).join(" · ")),
  );
  picture.style.color = ink;
  picture.style.font = "10px sans-serif";
  const image = new Image();
  image.addEventListener("load", () => {
    const canvas = make("canvas", "", { width: width * scale, height: height * scale });
    canvas.getContext("2d").drawImage(image, 0, 0);
    canvas.toBlob((blob) => blob && keep(chart, "png", blob), "image/png");
  });
  image.addEventListener("error", () => announce(t("chart-png-failed")));
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(picture))}`;
}

function keep(chart, ending, blob) {
  const link = make("a", "", { download: `${chart.series.replace(/[^\w-]+/g, "-")}.${ending}` });
  link.href = URL.createObjectURL(blob);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
