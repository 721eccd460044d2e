"use strict";
// The console works without this file. With it, a form that was sent is not sent twice.

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
