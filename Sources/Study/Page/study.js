// One participant's way through the study. The server knows where they are; this page shows it and sends answers.
"use strict";

const byId = (id) => document.getElementById(id);
const sections = ["welcome", "instructions", "choice", "sheet", "end"];

let question = null; // what is on the screen
let shownAt = 0; // when its pictures were
let isOpen = false; // an answer is awaited
let afterFeedback = null; // what comes when practice has been explained

// MARK: The server

async function ask(address, body) {
  const answer = await fetch(address, body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const content = await answer.json();
  if (!answer.ok) {
    const error = new Error(content.error || "the server refuses");
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
      tell("The server does not answer. Leave this page open: your answer is kept and sent again.");
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
      tell("The images do not come. Leave this page open: they are asked for again.");
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

async function show(view) {
  isOpen = false;
  byId("who").textContent = view.pseudonym ? `You are ${view.pseudonym}` : "";
  showProgress(view);
  byId("minutes").textContent = view.minutes === 1 ? "a minute" : `${view.minutes} minutes`;
  if (view.stage === "instructions") {
    byId("practice-words").textContent =
      `${view.practiceCount} questions are for practice, ${view.choiceCount} count.`;
    byId("sheet-words").hidden = view.sheetCount === 0;
  }
  if (view.stage === "end") {
    const score = view.score;
    byId("score").textContent =
      `You had ${score.practiceRight} of ${score.practiceCount} practice questions right, and ` +
      `${score.controlRight} of ${score.controlCount} control questions, whose answer stood in group A. ` +
      "The other questions have no score: how often people are right there is what the study asks.";
  }
  if (view.stage !== "question") return open(view.stage);
  await loaded(view.question.picture);
  question = view.question;
  for (const button of document.querySelectorAll(".buttons button")) {
    button.disabled = false;
    button.classList.remove("chosen");
  }
  byId("feedback").hidden = true;
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
  await drawn();
  shownAt = performance.now();
  isOpen = true;
}

async function answer(value) {
  if (!isOpen) return;
  const milliseconds = Math.round(performance.now() - shownAt);
  isOpen = false;
  const place = byId(question.part === "sheet" ? "ratings" : "choices");
  for (const button of place.querySelectorAll("button")) {
    button.disabled = true;
    button.classList.toggle("chosen", Number(button.dataset.value) === value);
  }
  let reply;
  try {
    reply = await askPatiently("/answers", { trial: question.trial, value, milliseconds });
  } catch (refusal) {
    // Another window of the same participant may have answered: the server knows what comes next.
    tell(`${refusal.message}.`);
    return show(await askPatiently("/state"));
  }
  if (reply.isRight === undefined || reply.isRight === null) return show(reply.next);
  // What counts is the first answer, which another window may have given.
  const wasLeft = reply.value <= 3;
  byId("feedback-text").textContent = reply.isRight
    ? "Correct: this image belongs to group A."
    : `Not this time: it is the ${wasLeft ? "right" : "left"} image that belongs to group A.`;
  byId("feedback").hidden = false;
  afterFeedback = reply.next;
  byId("next").focus();
}

// MARK: What is done

function guarded(button, act) {
  byId(button).addEventListener("click", async () => {
    byId(button).disabled = true;
    try {
      await act();
    } catch (error) {
      tell(`${error.message}.`);
    } finally {
      byId(button).disabled = false;
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
guarded("begin", async () => show(await askPatiently("/begin", {})));
guarded("next", async () => {
  const next = afterFeedback;
  afterFeedback = null;
  if (next) await show(next);
});

for (const button of document.querySelectorAll(".buttons button")) {
  button.addEventListener("click", () => answer(Number(button.dataset.value)));
}

addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || !isOpen) return;
  const value = Number(event.key);
  const most = question.part === "sheet" ? 5 : 6;
  if (Number.isInteger(value) && value >= 1 && value <= most) {
    event.preventDefault();
    answer(value);
  }
});

askPatiently("/state").then(show, (error) => tell(`${error.message}.`));
