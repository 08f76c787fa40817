// Where everybody is, asked for every two seconds.
"use strict";

const secret = location.pathname.split("/").pop();
const byId = (id) => document.getElementById(id);

function row(...cells) {
  const line = document.createElement("tr");
  for (const cell of cells) {
    const place = document.createElement("td");
    if (cell instanceof Node) place.append(cell);
    else place.textContent = cell;
    if (typeof cell === "number" || /^(\d|–)/.test(String(cell.textContent ?? cell))) place.className = "number";
    line.append(place);
  }
  return line;
}

function bar(participant) {
  const element = document.createElement("progress");
  element.max = participant.count;
  element.value = participant.answered;
  element.setAttribute("aria-label", `Progress of ${participant.pseudonym}`);
  return element;
}

function place(participant) {
  if (participant.isReading) return "reads the instructions";
  if (participant.answered === participant.count) return "has finished";
  return `answers, ${participant.answered} of ${participant.count}`;
}

// Takes the places of participants who have not answered, by their names.
async function free(names) {
  try {
    const answer = await fetch(`/places/${secret}`, {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ participants: names }),
    });
    if (!answer.ok) throw new Error();
    show(await answer.json());
  } catch {
    shown = "";
    byId("state").textContent = "The places could not be freed.";
  }
}

function freeing(participant) {
  if (participant.answered > 0) return "";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Free";
  button.setAttribute("aria-label", `Free the place of ${participant.pseudonym}`);
  button.addEventListener("click", () => free([participant.pseudonym]));
  return button;
}

const share = (part, whole) => (whole > 0 ? (part / whole).toFixed(2) : "–");

let shown = "";

function show(state) {
  // Only what is new: a table made anew every two seconds would take the button from under the pointer.
  const text = JSON.stringify(state);
  if (text === shown) return;
  shown = text;
  const people = state.participants.length;
  byId("state").textContent =
    `${people} ${people === 1 ? "participant" : "participants"}, ${state.finishedCount} finished, ` +
    `${state.answerCount} answers.`;
  byId("sums").replaceChildren(...state.sums.map((sum) => row(
    { neuron: "neurons", "random direction": "random directions", "random images": "no direction: random images" }[sum.kind],
    sum.answered > 0 ? `${sum.right} of ${sum.answered}` : "–", share(sum.right, sum.answered),
    sum.rated > 0 ? sum.rating.toFixed(2) : "–", sum.rated)));
  byId("participants").replaceChildren(...state.participants.map((participant) =>
    row(participant.pseudonym, place(participant), bar(participant), freeing(participant))));
  const silent = state.participants.filter((participant) => participant.answered === 0);
  byId("free").hidden = silent.length === 0;
  byId("free").onclick = () => free(silent.map((participant) => participant.pseudonym));
}

async function follow() {
  for (;;) {
    try {
      const answer = await fetch(`/progress/${secret}`);
      if (!answer.ok) throw new Error();
      show(await answer.json());
    } catch {
      shown = "";
      byId("state").textContent = "The server does not answer; it is asked again.";
    }
    await new Promise((done) => setTimeout(done, 2000));
  }
}

follow();
