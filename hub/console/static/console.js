"use strict";
// The console works without this file. With it, the wall board renews itself in place, and a form that was
// sent is not sent twice.

document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = "yes";
});

window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

const problem = document.querySelector(".problem");
if (problem) {
  problem.tabIndex = -1;
  problem.focus();
}

// A link to a folded act opens it.
const unfold = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
};
window.addEventListener("hashchange", unfold);
unfold();

const board = document.querySelector("[data-renew]");
if (board) {
  const renew = async () => {
    if (document.hidden) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-renew]");
    if (fresh) board.replaceChildren(...fresh.childNodes);
  };
  setInterval(() => renew().catch(() => {}), Number(board.dataset.renew) * 1000);
}
