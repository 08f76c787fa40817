"use strict";

const find = (id) => document.getElementById(id);
// This window: of its wishes, for each panel, only the newest counts.
const own = Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(16)).join("");
let contents = null;
let run = null;

function make(name, properties, children) {
  const made = Object.assign(document.createElement(name), properties || {});
  for (const child of children || []) made.append(child);
  return made;
}

function number(value, digits) {
  return value === null || value === undefined ? "–" : Number(value.toPrecision(digits || 3)).toString();
}

function share(value) {
  const percent = 100 * value;
  return percent > 0 && percent < 0.1 ? "< 0.1 %" : percent.toFixed(1) + " %";
}

function complain(place, sentence) {
  place.textContent = sentence || "";
  place.hidden = !sentence;
}

async function ask(path, wish) {
  const response = await fetch(path, wish && {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wish),
  });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.error), { status: response.status });
  return answer;
}

// One wish under way at a time for each asker; while it is, the newest of the others waits and the rest are forgotten.
// An answer to a wish that was forgotten, or about another run than the one chosen by then, is not shown.
function asker(name, path, show, place, hide) {
  let isAsking = false;
  let next = null;
  let generation = 0;
  async function go(wish) {
    isAsking = true;
    const started = generation;
    const isWanted = () => started === generation && wish.run === contents.runs.indexOf(run);
    const start = performance.now();
    try {
      const answer = await ask(path, Object.assign({ asker: own + name }, wish));
      if (isWanted()) {
        complain(place, null);
        show(answer, wish);
      }
      await new Promise(requestAnimationFrame);
      if (isWanted() && answer.milliseconds !== undefined) show.time(answer.milliseconds, performance.now() - start);
    } catch (error) {
      // Another wish has taken its place: no trouble.
      if (error.status !== 409 && isWanted()) {
        hide();
        complain(place, error.status ? error.message : "The program does not answer: " + error.message);
      }
    }
    isAsking = false;
    if (next) {
      const wish = next;
      next = null;
      go(wish);
    }
  }
  function wanted(wish) {
    if (isAsking) next = wish; else go(wish);
  }
  wanted.forget = function () {
    generation += 1;
    next = null;
  };
  return wanted;
}

function timing(place) {
  return function (server, all) {
    place.textContent = `${server.toFixed(1)} ms to compute, ${all.toFixed(0)} ms until it was shown`;
    place.dataset.server = server;
    place.dataset.all = all;
  };
}

// A slider and a number that say the same.
function pair(slider, box, changed) {
  slider.addEventListener("input", function () {
    box.value = slider.value;
    changed();
  });
  box.addEventListener("input", function () {
    const value = Number(box.value);
    if (box.value === "" || value < Number(slider.min) || value > Number(slider.max) || !Number.isInteger(value)) return;
    slider.value = value;
    changed();
  });
}

function limit(slider, box, largest) {
  for (const input of [slider, box]) input.max = largest;
  if (Number(slider.value) > largest) slider.value = largest;
  box.value = slider.value;
}

// MARK: Tiles

function tile(image) {
  const label = run.classNames[image.label];
  const wrong = image.prediction !== image.label;
  const picture = make("img", {
    src: "data:image/png;base64," + image.png,
    alt: `Image ${image.index}, ${label}` + (wrong ? `, taken for ${run.classNames[image.prediction]}` : "")
      + `, score ${number(image.score)}`,
  });
  picture.style.borderBottomColor = run.classColours[image.label];
  const button = make("button", { type: "button", className: "tile", title: "Attack this image" }, [picture]);
  button.append(make("span", { ariaHidden: "true", textContent: label }));
  if (wrong) button.append(make("span", { className: "wrong", ariaHidden: "true", textContent: "seen as " + run.classNames[image.prediction] }));
  button.append(make("span", { className: "quiet", ariaHidden: "true", textContent: number(image.score) }));
  button.dataset.image = image.index;
  button.addEventListener("click", function () {
    attackImage(image.index);
    location.hash = "#attack";
  });
  return button;
}

function tiles(place, images) {
  place.classList.toggle("many", images.length > 9);
  place.replaceChildren(...images.map(tile));
}

// MARK: Directions

function panel(name, title, kind) {
  const section = find("panel-template").content.firstElementChild.cloneNode(true);
  const part = (className) => section.querySelector("." + className);
  section.id = "panel-" + name;
  section.querySelector("h3").textContent = title;
  section.querySelector("h3").id = section.id + "-title";
  section.setAttribute("aria-labelledby", section.id + "-title");
  part("kind").value = kind;

  function show(answer) {
    part("answer").hidden = false;
    const { agreement, statistics } = answer;
    const counts = answer.classCounts.map((count, label) => [count, run.classNames[label]])
      .filter(([count]) => count).sort((a, b) => b[0] - a[0]).map(([count, label]) => `${count} × ${label}`).join(", ");
    charts.classBar(part("classbar"), answer.classCounts, run.classColours, "Classes of the images: " + counts);
    const state = statistics.isConstant ? "constant: the order means nothing. "
      : statistics.tiesAtLastRank > 1 && !statistics.isDead ? `${statistics.tiesAtLastRank} images have the score of the last one shown, so their numbers decide which are. `
      : statistics.isDead ? "dead: above 0 for fewer images than are shown. " : "";
    part("facts").textContent = `${answer.id}: ${state}`
      + (agreement.kappa === undefined ? "κ is not defined. " : `κ ${agreement.kappa.toFixed(2)} (chance 0). `) + counts + ".";
    part("facts").dataset.id = answer.id;
    tiles(part("top"), answer.images);
    part("lowest-title").hidden = !answer.lowest;
    tiles(part("low"), answer.lowest || []);
    const histogram = statistics.histogram;
    charts.histogram(part("histogram"), histogram.counts, answer.threshold,
      `Scores of all images from ${number(histogram.lowerBound)} to ${number(histogram.upperBound)}; the images shown begin at ${number(statistics.topThreshold)}`);
    part("scores").textContent = `All ${statistics.imageCount} scores: ${number(statistics.minimum)} to ${number(statistics.maximum)}, `
      + `mean ${number(statistics.mean)}, standard deviation ${number(statistics.standardDeviation)}; `
      + `line: score of the last image shown, ${number(statistics.topThreshold)}. Heights are roots of counts.`;
  }
  show.time = timing(part("time"));
  const hide = () => { part("answer").hidden = true; };
  const wish = asker(name, "/direction", show, part("trouble"), hide);

  function changed() {
    const kind = part("kind").value;
    for (const group of section.querySelectorAll(".of")) group.hidden = group.dataset.kind !== kind;
    const value = (className) => Number(part(className).value);
    const asked = { run: contents.runs.indexOf(run), kind: kind, top: Number(find("top").value), hasLowest: find("lowest").checked };
    if (kind === "neuron") asked.neuron = value("neuron");
    if (kind === "random") {
      const seed = part("seed");
      // While the box is empty the last seed stays.
      if (seed.value !== "" && value("seed") >= 0) seed.dataset.last = Math.floor(value("seed"));
      Object.assign(asked, { seed: Number(seed.dataset.last || 0), number: value("number") });
    }
    if (kind === "mixture") asked.weights = weights();
    if (kind === "basis") Object.assign(asked, { basis: value("basis"), row: value("row") });
    if (kind === "basis" && !run.bases.length) {
      wish.forget();
      hide();
      complain(part("trouble"), "This run has no saved basis. Name one when the program is started: --basis FILE.npy");
      return;
    }
    wish(asked);
  }

  // Mixtures.
  function weights() {
    return [...part("weights").children].map((row) => ({
      neuron: Number(row.dataset.neuron), weight: Number(row.querySelector("[type=range]").value) / 100,
    }));
  }
  function addWeight(neuron, weight) {
    const box = make("input", { type: "number", min: 0, max: run.unitCount - 1, value: neuron });
    const slider = make("input", { type: "range", min: -100, max: 100, value: weight * 100 });
    const said = make("output", { textContent: weight.toFixed(2) });
    const remove = make("button", { type: "button", textContent: "Remove" });
    slider.setAttribute("aria-label", `Weight of neuron ${neuron}`);
    remove.setAttribute("aria-label", `Remove neuron ${neuron}`);
    const row = make("p", {}, [make("label", {}, ["Neuron", box]), make("label", { className: "grow" }, ["Weight", slider]), said, remove]);
    row.dataset.neuron = neuron;
    slider.addEventListener("input", function () {
      said.textContent = (slider.value / 100).toFixed(2);
      changed();
    });
    box.addEventListener("input", function () {
      if (box.value === "" || !box.checkValidity()) return;
      row.dataset.neuron = box.value;
      slider.setAttribute("aria-label", `Weight of neuron ${box.value}`);
      remove.setAttribute("aria-label", `Remove neuron ${box.value}`);
      changed();
    });
    remove.addEventListener("click", function () {
      row.remove();
      part("add").disabled = false;
      part("add").focus();
      changed();
    });
    part("weights").append(row);
    part("add").disabled = part("weights").children.length >= contents.limits.weights;
  }

  for (const name of ["neuron", "number", "row"]) pair(part(name), part(name + "-number"), changed);
  part("kind").addEventListener("change", changed);
  part("seed").addEventListener("input", changed);
  part("basis").addEventListener("change", function () {
    limit(part("row"), part("row-number"), run.bases[Number(part("basis").value)].rows - 1);
    changed();
  });
  part("add").addEventListener("click", function () {
    addWeight(Math.min(part("weights").children.length, run.unitCount - 1), 0.5);
    changed();
  });
  section.querySelector("form").addEventListener("submit", (event) => event.preventDefault());

  return {
    section, changed,
    reset() {
      part("neuron").max = run.unitCount - 1;
      part("neuron").value = run.firstLiveNeuron;
      limit(part("neuron"), part("neuron-number"), run.unitCount - 1);
      limit(part("number"), part("number-number"), contents.limits.randomDirections - 1);
      part("basis").replaceChildren(...run.bases.map((basis, index) => make("option", { value: index, textContent: `${basis.name} (${basis.rows} rows)` })));
      if (run.bases.length) limit(part("row"), part("row-number"), run.bases[0].rows - 1);
      part("weights").replaceChildren();
      addWeight(run.firstLiveNeuron, 1);
      if (run.unitCount > 1) addWeight((run.firstLiveNeuron + 1) % run.unitCount, 0.5);
      changed();
    },
  };
}

// MARK: Predictions

function bars(place, columns) {
  place.replaceChildren(...run.classNames.map(function (name, label) {
    const cells = columns.map(function (column) {
      const fill = make("i");
      fill.style.width = 100 * column.probabilities[label] + "%";
      fill.style.background = run.classColours[label];
      const text = make(label === column.label ? "b" : "span", { textContent: share(column.probabilities[label]) });
      return make("td", {}, [make("div", {}, [make("span", { ariaHidden: "true" }, [fill]), make("span", {}, [text])])]);
    });
    const row = make("tr", { className: columns.some((column) => column.label === label) ? "best" : "" });
    const head = make("th", { scope: "row", textContent: name });
    head.style.borderLeftColor = run.classColours[label];
    row.append(head, ...cells);
    return row;
  }));
}

// MARK: Attack

// The picture that is attacked in place of an image of the data, if any.
let subject = null;
// The last one that the program could read.
let picture = null;
// The last number in the box that was one.
let imageNumber = 0;

const attack = function () {
  function show(answer, wish) {
    const name = (label) => run.classNames[label];
    const kind = contents.attacks[wish.run].find((kind) => kind.id === wish.attack);
    const of = answer.image === undefined ? "Your picture" : `Image ${answer.image}`;
    const said = (guess) => `${name(guess.label)}, ${share(guess.confidence)}`;
    for (const [id, png, alternative] of [
      ["clean", answer.clean.png, `${of} before the attack`],
      ["perturbation", answer.perturbationPNG, `Perturbation, amplified ${answer.amplification} times; mid-grey is no change`],
      ["adversarial", answer.attempt.png, `${of} after the attack`],
    ]) Object.assign(find(id), { src: "data:image/png;base64," + png, alt: alternative });
    find("clean-caption").textContent = `${of}: ${said(answer.clean)}`;
    find("perturbation-caption").textContent = `Perturbation × ${answer.amplification}`;
    find("adversarial-caption").textContent = `After: ${said(answer.attempt)}`;
    const truth = answer.image === undefined ? `${of} is taken for ${name(answer.label)}, which stands for its class here. ` : `${of} is ${name(answer.label)}. `;
    find("verdict").textContent = truth + {
      alreadyWrong: `Not attacked: the network takes it for ${name(answer.clean.label)} without help.`,
      alreadyTarget: "Not attacked: it is of the class aimed at.",
      failed: `The attack failed: the network says ${name(answer.attempt.label)}${wish.target === null ? " still" : `, not ${name(wish.target)}`}.` + (answer.hadZeroGradient ? " The gradient was zero in every pixel." : ""),
      succeeded: `The attack succeeded: the network now says ${name(answer.attempt.label)}. `
        + (answer.survives8Bit ? "It still does after rounding to 8 bits." : "Rounding to 8 bits undoes it."),
    }[answer.verdict];
    find("verdict").dataset.verdict = answer.verdict;
    const { l2, linf, rootMeanSquare, l0 } = answer.distortion;
    find("norms").textContent = `L2 ${number(l2)}, L∞ ${number(linf)} (${(255 * linf).toFixed(1)}/255), root mean square ${number(rootMeanSquare)}, ${l0} values changed.`;
    bars(find("attack-bars"), [answer.clean, answer.attempt]);
    showLine(answer, kind);
    find("attack-result").hidden = false;
  }
  show.time = timing(find("attack-time"));
  return asker("attack", "/attack", show, find("trouble"), () => { find("attack-result").hidden = true; });
}();

function showLine(answer, kind) {
  const line = answer.line;
  find("line-details").hidden = !line;
  if (!line) {
    find("line").replaceChildren(make("p", { className: "quiet", textContent: "Nothing changed, so there is no line." }));
    return;
  }
  const strong = [...new Set([answer.clean.label, answer.attempt.label])];
  charts.lines(find("line"), line.lengths, line.logits, run.classNames, run.classColours, strong,
    `Logits of ${run.classNames.length} classes for perturbations of length ${number(line.lengths[0])} to ${number(line.lengths[line.lengths.length - 1])} in ${kind.norm}; numbers below`);
  const steps = line.lengths.map((_, step) => step).filter((step) => step % 5 === 0);
  const head = make("tr", {}, [make("th", { scope: "col", textContent: "Length" }),
    ...run.classNames.map((name) => make("th", { scope: "col", textContent: name }))]);
  const rows = steps.map((step) => make("tr", {}, [make("th", { scope: "row", textContent: number(line.lengths[step]) }),
    ...line.logits[step].map((logit) => make("td", { textContent: logit.toFixed(2) }))]));
  find("line-table").replaceChildren(make("table", {}, [make("thead", {}, [head]), make("tbody", {}, rows)]));
}

function attackKind() { return contents.attacks[contents.runs.indexOf(run)].find((kind) => kind.id === find("attack-kind").value); }

function askAttack() {
  if (find("attack").hidden) return;
  const target = find("target").value;
  attack({
    run: contents.runs.indexOf(run), image: subject ? null : imageNumber, picture: subject,
    attack: find("attack-kind").value, epsilon: Number(find("epsilon-number").value) || 0, target: target === "" ? null : Number(target),
  });
}

function attackImage(index) {
  subject = null;
  imageNumber = index;
  find("image").value = index;
  askAttack();
}

function kindChanged() {
  const kind = attackKind();
  find("epsilon-row").hidden = !kind.hasBudget;
  const norm = find("epsilon").dataset.norm;
  find("epsilon-number").max = kind.largestEpsilon;
  // Another norm has another scale; to begin with, what is often tried.
  if (norm !== kind.norm) setEpsilon(kind.largestEpsilon / (kind.norm === "L2" ? 7 : 5));
  find("epsilon").dataset.norm = kind.norm;
}

function setEpsilon(value) {
  find("epsilon-number").value = Number(value.toFixed(3));
  find("epsilon").value = Math.round(500 * value / attackKind().largestEpsilon);
}

// MARK: Picture

const canvas = find("canvas");
const pencil = canvas.getContext("2d", { willReadFrequently: true });
const pen = { x: 140, y: 140, isDown: false };

const askPicture = function () {
  function show(answer, wish) {
    picture = wish.picture;
    find("seen").src = "data:image/png;base64," + answer.guess.png;
    find("seen").alt = `Your picture in ${run.width} by ${run.height} pixels`;
    find("picture-verdict").textContent = `The network says ${run.classNames[answer.guess.label]}, ${share(answer.guess.confidence)}.`;
    bars(find("picture-bars"), [answer.guess]);
    find("picture-result").hidden = false;
    find("attack-picture").disabled = false;
    const neurons = answer.neurons.map(function (neuron) {
      const strip = make("div", { className: "tiles strip" }, neuron.images.map(tile));
      const part = make("section", {}, [make("h3", { textContent: `Neuron ${neuron.neuron}: ${number(neuron.activation)}, more than for ${share(neuron.imagesBelow / run.imageCount)} of the images` }), strip]);
      part.setAttribute("aria-label", `Neuron ${neuron.neuron}`);
      return part;
    });
    find("neurons").replaceChildren(make("p", { textContent: "The neurons that fire most for it, each with the images that excite it most:" }), ...neurons);
  }
  show.time = timing(find("picture-time"));
  return asker("picture", "/picture", show, find("trouble"), noPicture);
}();

function noPicture() {
  picture = null;
  find("picture-result").hidden = true;
  find("attack-picture").disabled = true;
}

function lookAt(file) {
  askPicture({ run: contents.runs.indexOf(run), picture: { file: file, isInverted: find("inverted").checked } });
}

function lookAtDrawing() { lookAt(canvas.toDataURL("image/png").split(",")[1]); }

function wipe() {
  pencil.fillStyle = "#000";
  pencil.fillRect(0, 0, canvas.width, canvas.height);
}

function stroke(x, y) {
  const ink = Number(find("ink").value);
  pencil.strokeStyle = `rgb(${ink}, ${ink}, ${ink})`;
  pencil.lineWidth = Number(find("pen").value);
  pencil.lineCap = "round";
  pencil.beginPath();
  pencil.moveTo(pen.x, pen.y);
  pencil.lineTo(x + 0.01, y);
  pencil.stroke();
  [pen.x, pen.y] = [x, y];
  lookAtDrawing();
}

function place(event) {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
}

canvas.addEventListener("pointerdown", function (event) {
  canvas.setPointerCapture(event.pointerId);
  pen.isDown = true;
  [pen.x, pen.y] = place(event);
  stroke(pen.x, pen.y);
});
canvas.addEventListener("pointermove", function (event) { if (pen.isDown && event.buttons) stroke(...place(event)); });
for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, function () { pen.isDown = false; });
canvas.addEventListener("keydown", function (event) {
  const move = { ArrowLeft: [-10, 0], ArrowRight: [10, 0], ArrowUp: [0, -10], ArrowDown: [0, 10] }[event.key];
  if (event.key === " ") {
    pen.isDown = !pen.isDown;
    if (pen.isDown) stroke(pen.x, pen.y);
  } else if (move) {
    const clamp = (value) => Math.min(canvas.width, Math.max(0, value));
    const [x, y] = [clamp(pen.x + move[0]), clamp(pen.y + move[1])];
    if (pen.isDown) stroke(x, y); else [pen.x, pen.y] = [x, y];
  } else return;
  event.preventDefault();
});

find("clear").addEventListener("click", function () {
  wipe();
  find("file").value = "";
  askPicture.forget();
  noPicture();
});
find("inverted").addEventListener("change", function () { if (picture) lookAt(picture.file); });
find("file").addEventListener("change", async function () {
  const file = find("file").files[0];
  if (!file) return;
  if (file.size > contents.limits.pictureBytes) {
    complain(find("trouble"), `${file.name} has more than ${contents.limits.pictureBytes / 1e6} MB.`);
    return;
  }
  const reader = new FileReader();
  reader.addEventListener("load", () => lookAt(reader.result.split(",")[1] || ""));
  reader.readAsDataURL(file);
});
find("attack-picture").addEventListener("click", function () {
  subject = picture;
  location.hash = "#attack";
});

// MARK: The page

let panels = [];

function chosen() {
  run = contents.runs[Number(find("run").value)];
  // Black would not be seen on a dark page; the ink is seen on either.
  run.classColours = run.classColours.map((colour) => colour === "#000000" ? "currentColor" : colour);
  find("about").textContent = `${run.network} on ${run.data}, ${run.correctCount} of ${run.imageCount} held-out images right; ${run.layer}. `
    + run.remarks.map((remark) => remark[0].toUpperCase() + remark.slice(1) + ".").join(" ");
  const kinds = contents.attacks[contents.runs.indexOf(run)];
  find("attack-kind").replaceChildren(...kinds.map((kind) => make("option", { value: kind.id, textContent: kind.title })));
  find("target").replaceChildren(make("option", { value: "", textContent: "another class" }),
    ...run.classNames.map((name, label) => make("option", { value: label, textContent: name })));
  find("image").max = run.imageCount - 1;
  find("image").value = 0;
  imageNumber = 0;
  find("epsilon").dataset.norm = "";
  find("wrong-image").disabled = !run.wrongImages.length;
  subject = null;
  kindChanged();
  for (const panel of panels) panel.reset();
  if (picture) lookAt(picture.file);
  askAttack();
}

function showRoom() {
  const name = ["directions", "attack", "picture"].find((room) => "#" + room === location.hash) || "directions";
  for (const room of ["directions", "attack", "picture"]) find(room).hidden = room !== name;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === "#" + name) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
  complain(find("trouble"), null);
  if (name === "attack") askAttack();
}

async function begin() {
  wipe();
  try {
    contents = await ask("/runs");
  } catch (error) {
    complain(find("trouble"), "The program does not answer: " + error.message);
    return;
  }
  find("version").textContent = contents.version;
  find("run").replaceChildren(...contents.runs.map((run, index) => make("option", { value: index, textContent: `${run.name} (${run.experiment})` })));
  panels = [panel("left", "Left", "neuron"), panel("right", "Right", "random")];
  find("panels").append(...panels.map((panel) => panel.section));
  for (const id of ["top", "lowest"]) find(id).addEventListener("change", () => panels.forEach((panel) => panel.changed()));
  find("run").addEventListener("change", chosen);
  find("attack-form").addEventListener("submit", (event) => event.preventDefault());
  find("image").addEventListener("input", function () {
    if (find("image").value !== "" && find("image").checkValidity()) attackImage(Number(find("image").value));
  });
  find("random-image").addEventListener("click", () => attackImage(Math.floor(Math.random() * run.imageCount)));
  find("wrong-image").addEventListener("click", function () {
    attackImage(run.wrongImages.find((index) => index > imageNumber) ?? run.wrongImages[0]);
  });
  find("attack-kind").addEventListener("change", function () {
    kindChanged();
    askAttack();
  });
  find("target").addEventListener("change", askAttack);
  find("epsilon").addEventListener("input", function () {
    find("epsilon-number").value = Number((attackKind().largestEpsilon * find("epsilon").value / 500).toFixed(3));
    askAttack();
  });
  find("epsilon-number").addEventListener("input", function () {
    const value = Number(find("epsilon-number").value);
    if (find("epsilon-number").value === "" || !(value >= 0)) return;
    find("epsilon").value = Math.round(500 * value / attackKind().largestEpsilon);
    askAttack();
  });
  window.addEventListener("hashchange", showRoom);
  chosen();
  showRoom();
}

begin();
