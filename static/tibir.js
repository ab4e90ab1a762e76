// Small comforts. Every page works without them.
import { withGrids } from "./grid.js";
import { saved } from "./note.js";
import { withPasskey } from "./passkey.js";
import { asked, previewed } from "./preview.js";
import "./still-here.js";

const focusErrorSummary = () => document.querySelector("ds-error-summary, .ds-error-summary")?.focus();

// A link carries its secret after the #, where no server log sees it; the form hands it over.
function submitFragment() {
  const form = document.querySelector("form[data-fragment-field]");
  const secret = location.hash.slice(1);
  if (!form || !secret || document.getElementById(secret)) return;
  form.elements[form.dataset.fragmentField].value = secret;
  history.replaceState(null, "", location.pathname + location.search);
  form.requestSubmit();
}

// Asks the status address until it answers {"ready": true}, ever more seldom, then shows the page anew.
// Who presses a button is on the way to another page, and nothing more is asked.
function waitUntilReady() {
  const address = document.querySelector("[data-refresh-until-ready]")?.dataset.refreshUntilReady;
  if (!address) return;
  let pause = 1000;
  const leaving = new AbortController();
  const { signal } = leaving;
  document.addEventListener("submit", () => leaving.abort());
  const isReady = async () => {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, signal });
    return answer.ok && (await answer.json()).ready;
  };
  const ask = async () => {
    const ready = await isReady().catch(() => false);
    if (signal.aborted) return;
    if (ready) return location.reload();
    pause = Math.min(pause * 1.5, 20000);
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
}

// Marks what is copied, too: without the right to copy, one more key does it.
async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  getSelection().selectAllChildren(source);
  const done = await navigator.clipboard.writeText(source.textContent.trim()).then(() => true, () => false);
  const status = button.parentElement.querySelector("[data-copied]");
  if (done) status.textContent = status.dataset.copied;
}

function focusSearchOnSlash(event) {
  const search = document.querySelector("[data-search]");
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing || !search) return;
  event.preventDefault();
  search.focus();
}

focusErrorSummary();
submitFragment();
waitUntilReady();
document.addEventListener("keydown", focusSearchOnSlash);
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", () => copy(button));
}
for (const form of document.querySelectorAll("form[data-preview]")) previewed(form);
for (const form of document.querySelectorAll("form[data-asks]")) asked(form);
for (const form of document.querySelectorAll("form[data-autosave]")) saved(form);
for (const place of document.querySelectorAll("[data-passkey]")) withPasskey(place);
const grids = [...document.querySelectorAll("[data-grid]")];
if (grids.length > 0) withGrids(grids[0].form, grids);
