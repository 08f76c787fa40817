// One participant's way through the study. The server knows where they are; this page shows it and sends answers.
"use strict";

const byId = (id) => document.getElementById(id);
const sections = ["welcome", "instructions", "choice", "sheet", "end"];

let question = null; // what is on the screen
let shownAt = 0; // when its pictures were
let isOpen = false; // an answer is awaited
let usesKeys = true; // numbers answer

// MARK: The server

async function ask(address, body) {
  const answer = await fetch(address, body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const content = await answer.json();
  if (!answer.ok) {
    const error = new Error(content.error || "the server refused the request");
    error.isRefusal = answer.status < 500;
    throw error;
  }
  return content;
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// Asks until there is an answer: the network or the server may be away for a while. Every request may be repeated.
async function askPatiently(address, body) {
  for (let wait = 500; ; wait = Math.min(2 * wait, 8000)) {
    try {
      const content = await ask(address, body);
      byId("trouble").hidden = true;
      return content;
    } catch (error) {
      if (error.isRefusal) throw error;
      tell("The server does not respond. Leave this page open: your answer is kept and will be sent again.");
      await pause(wait);
    }
  }
}

function tell(sentence) {
  const trouble = byId("trouble");
  if (trouble.textContent !== sentence) trouble.textContent = sentence;
  trouble.hidden = false;
}

// MARK: Pictures

function tile(place, number, words) {
  const box = document.createElement("div");
  box.className = "tile";
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", words);
  box.style.setProperty("--ratio", `${place.tileWidth} / ${place.tileHeight}`);
  box.style.backgroundImage = `url("${place.picture}")`;
  box.style.backgroundSize = `${100 * place.tileCount}% 100%`;
  box.style.backgroundPosition = `${place.tileCount > 1 ? (100 * number) / (place.tileCount - 1) : 0}% 0`;
  return box;
}

function fill(id, first, count, words) {
  const grid = byId(id);
  grid.style.setProperty("--columns", Math.ceil(Math.sqrt(count)));
  grid.replaceChildren(...Array.from({ length: count }, (_, place) =>
    tile(question, first + place, `${words}, image ${place + 1} of ${count}`)));
}

async function loaded(address) {
  const picture = new Image();
  for (let wait = 500; ; wait = Math.min(2 * wait, 8000)) {
    picture.src = address;
    try {
      await picture.decode();
      byId("trouble").hidden = true;
      return;
    } catch {
      tell("The images cannot be loaded. Leave this page open: it keeps trying.");
      await pause(wait);
    }
  }
}

// Two frames: the first may still be the old picture.
const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

// MARK: What is shown

function open(id) {
  for (const name of sections) byId(name).hidden = name !== id;
  byId("title").textContent = byId(id).dataset.title;
  byId("title").focus({ preventScroll: true });
  scrollTo(0, 0);
}

function showProgress(view) {
  const names = { practice: "Practice", choice: "Question", sheet: "Sheet" };
  byId("progress").hidden = !view.question;
  if (!view.question) return;
  byId("progress-text").textContent =
    `${names[view.question.part]} ${view.question.number} of ${view.question.count}`;
  byId("bar").max = view.question.count;
  byId("bar").value = view.question.number - 1;
}

// MARK: Rules

function duration(seconds) {
  if (seconds < 120) return `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))} seconds`;
  return `${Number((seconds / 60).toFixed(1))} minutes`;
}

function showRules(view) {
  const { rules } = view;
  const lines = [
    view.sheetCount > 0 ? "answer all questions and rate all sheets;" : "answer all questions;",
    `spend more than ${duration(rules.instructionSeconds)} on these instructions;`,
    `take at least ${duration(rules.leastSeconds)} and at most ${duration(rules.mostSeconds)} for the ` +
      `${view.choiceCount} questions together (after practice, breaks included` +
      (view.sheetCount > 0 ? "; sheets are not timed" : "") + "); you are told before the time is up;",
    `answer at least ${rules.controlNeeded} of the ${rules.controlCount} control questions correctly, in which one of ` +
      "the two images also appears in group A;",
    "do not choose the same side in every question.",
  ];
  if (rules.controlCount === 0) lines.splice(3, 1);
  byId("rules").replaceChildren(...lines.map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  }));
}

let timers = []; // of the words about the time

// Says when a quarter of the time is left, and when none is.
function watchTime(view) {
  for (const timer of timers) clearTimeout(timer);
  timers = [];
  const left = view.question ? view.question.secondsLeft : undefined;
  if (left === undefined || left === null) return sayTime("");
  const most = view.rules.mostSeconds;
  const open = view.question.count - view.question.number + 1;
  const warn = () => sayTime(
    `Less than ${duration(Math.ceil(most / 4))} left for ${open === 1 ? "this question" : `the ${open} remaining questions`}. ` +
    `The main results do not include participants who take longer than ${duration(most)}.`);
  const end = () => sayTime(
    `The ${duration(most)} for the questions are over, so the main results will not include your answers. ` +
    "They are still reported with those of all who finish: you may continue, or stop.");
  if (left <= 0) return end();
  if (left <= most / 4) warn();
  else {
    sayTime("");
    timers.push(setTimeout(warn, 1000 * (left - most / 4)));
  }
  // A timer of more than 24 days would be up at once.
  timers.push(setTimeout(end, Math.min(1000 * left, 2 ** 31 - 1)));
}

function sayTime(sentence) {
  if (byId("time").textContent !== sentence) byId("time").textContent = sentence;
}

// MARK: The question

// Buttons stay where the focus is: one that is disabled would lose it.
function enable(buttons, isEnabled) {
  for (const button of buttons) button.setAttribute("aria-disabled", String(!isEnabled));
}

function showKeys() {
  for (const button of document.querySelectorAll(".buttons button")) {
    if (usesKeys) button.setAttribute("aria-keyshortcuts", button.dataset.value);
    else button.removeAttribute("aria-keyshortcuts");
  }
  byId("keys").checked = usesKeys;
}

async function show(view, undoneWords = "") {
  isOpen = false;
  byId("who").textContent = view.pseudonym ? `You are ${view.pseudonym}` : "";
  showProgress(view);
  byId("minutes").textContent = view.minutes === 1 ? "a minute" : `${view.minutes} minutes`;
  if (view.stage === "instructions") {
    byId("practice-words").textContent =
      `The first ${view.practiceCount} questions are for practice; ${view.choiceCount} questions follow.`;
    byId("sheet-words").hidden = view.sheetCount === 0;
    showRules(view);
  }
  if (view.stage === "end") {
    const score = view.score;
    byId("score").textContent =
      `You answered ${score.practiceRight} of ${score.practiceCount} practice questions and ` +
      `${score.controlRight} of ${score.controlCount} control questions correctly. ` +
      "The other questions are not scored: how often people agree with the network there is what the study measures.";
  }
  byId("tools").hidden = view.stage !== "question";
  if (view.stage !== "question") {
    watchTime(view);
    return open(view.stage);
  }
  await loaded(view.question.picture);
  question = view.question;
  const buttons = document.querySelectorAll(".buttons button");
  enable(buttons, true);
  for (const button of buttons) button.classList.remove("chosen");
  byId("feedback").hidden = true;
  byId("undo").hidden = !question.undoTrial;
  byId("undo-words").textContent = undoneWords || (isLast(view) ? "Your next answer is the last one and cannot be undone." : "");
  if (question.part === "sheet") {
    fill("sheet-tiles", 0, question.tileCount, "Sheet");
    open("sheet");
  } else {
    const count = question.referenceCount;
    fill("group-a", 0, count, "Group A");
    fill("group-b", count, count, "Group B");
    byId("left").replaceChildren(tile(question, question.leftTile, "Left image"));
    byId("right").replaceChildren(tile(question, question.rightTile, "Right image"));
    open("choice");
  }
  watchTime(view);
  await drawn();
  shownAt = performance.now();
  isOpen = true;
}

function isLast(view) {
  return view.question.number === view.question.count && view.question.part === (view.sheetCount > 0 ? "sheet" : "choice");
}

async function answer(value) {
  if (!isOpen) return;
  const milliseconds = Math.round(performance.now() - shownAt);
  isOpen = false;
  const place = byId(question.part === "sheet" ? "ratings" : "choices");
  const buttons = place.querySelectorAll("button");
  enable(buttons, false);
  for (const button of buttons) button.classList.toggle("chosen", Number(button.dataset.value) === value);
  let reply;
  try {
    reply = await askPatiently("/answers", { trial: question.trial, value, milliseconds, attempt: question.attempt });
  } catch (refusal) {
    return afterRefusal(refusal);
  }
  if (reply.isRight === undefined || reply.isRight === null) return show(reply.next);
  // What counts is the first answer, which another window may have given.
  const wasLeft = reply.value <= 3;
  byId("feedback-text").textContent = reply.isRight
    ? "Correct: this image belongs to group A."
    : `Not correct: the ${wasLeft ? "right" : "left"} image belongs to group A.`;
  byId("feedback").hidden = false;
  byId("next").focus();
}

// Another window of the same participant may have answered: the server knows what comes next.
async function afterRefusal(refusal) {
  const view = await askPatiently("/state");
  await show(view);
  tell(`${refusal.message[0].toUpperCase()}${refusal.message.slice(1)}.`);
}

async function undo() {
  if (!isOpen) return;
  isOpen = false;
  let view;
  try {
    view = await askPatiently("/undo", { trial: question.undoTrial });
  } catch (refusal) {
    return afterRefusal(refusal);
  }
  return show(view, "Your answer was undone. Please answer this question again.");
}

// MARK: What is done

function guarded(button, act) {
  let isBusy = false;
  byId(button).addEventListener("click", async () => {
    if (isBusy) return;
    isBusy = true;
    byId(button).setAttribute("aria-disabled", "true");
    try {
      await act();
    } catch (error) {
      tell(`${error.message}.`);
    } finally {
      isBusy = false;
      byId(button).removeAttribute("aria-disabled");
    }
  });
}

guarded("join", async () => {
  if (!byId("consent").checked) {
    byId("consent-missing").textContent = "Please tick the box first.";
    byId("consent").focus();
    return;
  }
  await show(await askPatiently("/join", {}));
});
guarded("undo", undo);
guarded("begin", async () => show(await askPatiently("/begin", {})));
// Asked for anew: the explanation may have been read for long, and the time runs.
guarded("next", async () => show(await askPatiently("/state")));

for (const button of document.querySelectorAll(".buttons button")) {
  button.addEventListener("click", () => answer(Number(button.dataset.value)));
}

// Numbers answer where the focus is in the question, and nowhere else; nowhere at all if they are switched off.
byId("stage").addEventListener("keydown", (event) => {
  if (!usesKeys || event.repeat || event.ctrlKey || event.altKey || event.metaKey || !isOpen) return;
  const value = Number(event.key);
  const most = question.part === "sheet" ? 5 : 6;
  if (Number.isInteger(value) && value >= 1 && value <= most) {
    event.preventDefault();
    answer(value);
  }
});

// Remembered for this window, over a reload.
byId("keys").addEventListener("change", () => {
  usesKeys = byId("keys").checked;
  sessionStorage.setItem("keys", usesKeys ? "on" : "off");
  showKeys();
});
usesKeys = sessionStorage.getItem("keys") !== "off";
showKeys();

askPatiently("/state").then((view) => show(view), (error) => tell(`${error.message}.`));
