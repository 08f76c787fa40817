// The address that participants open, and where everybody is, asked for every two seconds.
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
  if (participant.isReading) return "reading the instructions";
  if (participant.answered === participant.count) return "finished";
  return `answered ${participant.answered} of ${participant.count}`;
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
  button.dataset.participant = participant.pseudonym;
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
    { neuron: "neurons", "random direction": "random directions", "random images": "no direction (random images)" }[sum.kind],
    sum.answered > 0 ? `${sum.right} of ${sum.answered}` : "–", share(sum.right, sum.answered),
    sum.rated > 0 ? sum.rating.toFixed(2) : "–", sum.rated)));
  const focused = document.activeElement;
  byId("participants").replaceChildren(...state.participants.map((participant) =>
    row(participant.pseudonym, place(participant), bar(participant), freeing(participant))));
  const silent = state.participants.filter((participant) => participant.answered === 0);
  byId("free").hidden = silent.length === 0;
  byId("free").onclick = () => free(silent.map((participant) => participant.pseudonym));
  keepFocus(focused);
}

// A button that was made anew, or is gone, does not leave the focus at the top of the page.
function keepFocus(focused) {
  if (focused === document.body || (focused.isConnected && focused.checkVisibility())) return;
  const same = [...document.querySelectorAll("#participants button")]
    .find((button) => button.dataset.participant === focused.dataset.participant);
  (same || byId("participants").closest(".wide")).focus({ preventScroll: true });
}

// MARK: The invitation

function invite() {
  const address = `${location.origin}/`;
  byId("address").value = address;
  byId("code").src = `/join-code/${secret}`;
  byId("code").alt = `QR code of ${address}`;
  byId("loopback").hidden = !["127.0.0.1", "localhost", "[::1]"].includes(location.hostname);
  byId("address").addEventListener("focus", () => byId("address").select());
  byId("copy").addEventListener("click", async () => {
    byId("copied").textContent = "";
    byId("copied").textContent = await copied(address) ? "Copied." : "Not copied: select the address and copy it by hand.";
  });
}

// Browsers give the clipboard to pages of a secure address only, which one in a classroom is not; the older command
// copies what is selected.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const focused = document.activeElement;
    byId("address").select();
    const isDone = document.execCommand("copy");
    focused.focus();
    return isDone;
  }
}

async function follow() {
  for (;;) {
    try {
      const answer = await fetch(`/progress/${secret}`);
      if (!answer.ok) throw new Error();
      show(await answer.json());
    } catch {
      shown = "";
      byId("state").textContent = "The server does not respond; retrying.";
    }
    await new Promise((done) => setTimeout(done, 2000));
  }
}

invite();
follow();
