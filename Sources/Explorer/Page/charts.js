"use strict";

// Pictures made of numbers, as SVG.
const charts = (function () {
  const space = "http://www.w3.org/2000/svg";

  function element(name, attributes, parent) {
    const made = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (parent) parent.appendChild(made);
    return made;
  }

  function picture(place, viewBox, words, stretched) {
    const svg = element("svg", { viewBox: viewBox, role: "img", "aria-label": words });
    if (stretched) svg.setAttribute("preserveAspectRatio", "none");
    place.replaceChildren(svg);
    return svg;
  }

  // How many images each class has, side by side.
  function classBar(place, counts, colours, words) {
    const total = counts.reduce((sum, count) => sum + count, 0) || 1;
    const svg = picture(place, `0 0 ${total} 1`, words, true);
    let start = 0;
    counts.forEach(function (count, label) {
      if (count) element("rect", { x: start, width: count, height: 1, fill: colours[label] }, svg);
      start += count;
    });
  }

  // The height is the root of the count: a rectifier's zeros would hide all else.
  function histogram(place, counts, threshold, words) {
    const height = 40;
    const svg = picture(place, `0 0 ${counts.length} ${height}`, words, true);
    const highest = Math.sqrt(Math.max(...counts, 1));
    const path = counts.map(function (count, bin) {
      const bar = height * Math.sqrt(count) / highest;
      return bar > 0 ? `M${bin} ${height}v${-bar}h1v${bar}z` : "";
    }).join("");
    element("path", { d: path }, svg);
    if (threshold !== null && threshold !== undefined) {
      const x = threshold * counts.length;
      element("line", { x1: x, x2: x, y1: 0, y2: height }, svg);
    }
  }

  // Logits of all classes against the length of the perturbation.
  function lines(place, lengths, logits, names, colours, strong, words) {
    const [width, height, left, right, top, bottom] = [360, 230, 38, 8, 8, 34];
    const svg = picture(place, `0 0 ${width} ${height}`, words, false);
    const values = logits.flat();
    let [low, high] = [Math.min(...values), Math.max(...values)];
    if (high - low < 1e-6) { low -= 1; high += 1; }
    const [first, last] = [lengths[0], lengths[lengths.length - 1]];
    const x = (value) => left + (width - left - right) * (value - first) / (last - first || 1);
    const y = (value) => height - bottom - (height - top - bottom) * (value - low) / (high - low);
    element("line", { class: "axis", x1: left, x2: left, y1: top, y2: height - bottom }, svg);
    element("line", { class: "axis", x1: left, x2: width - right, y1: height - bottom, y2: height - bottom }, svg);
    element("line", { class: "mark", x1: x(0), x2: x(0), y1: top, y2: height - bottom }, svg);
    for (const value of [low, high]) {
      element("text", { x: left - 4, y: y(value) + 4, "text-anchor": "end" }, svg).textContent = value.toFixed(1);
    }
    for (const [value, anchor] of [[first, "start"], [0, "middle"], [last, "end"]]) {
      element("text", { x: x(value), y: height - bottom + 14, "text-anchor": anchor }, svg).textContent =
        Number(value.toPrecision(3));
    }
    element("text", { x: (left + width) / 2, y: height - 4, "text-anchor": "middle" }, svg).textContent =
      "length of the perturbation";
    names.forEach(function (name, label) {
      const points = lengths.map((length, step) => `${x(length).toFixed(1)},${y(logits[step][label]).toFixed(1)}`);
      element("polyline", {
        points: points.join(" "), stroke: colours[label], class: strong.includes(label) ? "strong" : "",
      }, svg);
    });
    for (const label of strong) {
      const end = lengths.length - 1;
      const text = element("text", {
        x: width - right - 2, y: Math.max(top + 10, y(logits[end][label]) - 5), "text-anchor": "end",
      }, svg);
      text.textContent = names[label];
    }
  }

  return { classBar, histogram, lines };
})();
