// A login that nobody uses ends. That is said in time, to type is to use it, and whoever comes too
// late loses nothing: what was typed is kept, and is back when they have logged in again. Until then
// nothing of the page is in the document, so nobody who passes by reads it, with or without a network.

const SOON = 120; // seconds before the end
const PAUSE = 300; // seconds between two signs of life from somebody who types
const RETRY = 15; // seconds, when the network is gone
const TOKENS = "[name=csrfmiddlewaretoken]";

const place = document.querySelector("[data-logged-in]");
const COVERED = "main, aside, .t-topbar__end, .t-nav, .t-search";
let end, longest, used, timer, before, title, token;
let asking = null;
const away = new Map(); // what stood in each place

const secondsTo = (moment) => (moment - Date.now()) / 1000;
const inSeconds = (seconds) => Date.now() + seconds * 1000;

function say(what) {
  if (place.dataset.said === what) return;
  place.dataset.said = what;
  const box = place.querySelector("[role=alert]");
  const hadFocus = box.contains(document.activeElement);
  const text = place.querySelector(`template[data-say="${what}"]`);
  box.replaceChildren(...(text ? [text.content.cloneNode(true)] : []));
  if (hadFocus) (before ?? document.querySelector("main")).focus({ preventScroll: true });
}

function cover() {
  if (away.size) return;
  title = document.title;
  document.title = "TIBIR";
  for (const part of document.querySelectorAll(COVERED)) {
    const kept = document.createDocumentFragment();
    kept.append(...part.childNodes);
    away.set(part, kept);
  }
}

function uncover() {
  if (!away.size) return;
  for (const [part, kept] of away) part.replaceChildren(kept);
  away.clear();
  document.title = title;
  if (document.activeElement === document.body) before?.focus({ preventScroll: true });
}

function goOn(pause) {
  const left = secondsTo(end);
  const late = secondsTo(longest) > SOON ? "soon" : "last";
  if (left > 0) uncover();
  else cover();
  say(left > SOON ? "" : left > 0 ? late : "out");
  clearTimeout(timer);
  if (end) timer = setTimeout(ask, 1000 * (pause ?? (left > SOON ? left - SOON : left + 1)));
  return left > 0;
}

async function answer(method) {
  const headers = { "X-CSRFToken": token };
  const got = await fetch(place.dataset.loggedIn, { method, headers, redirect: "manual" });
  if (got.type === "opaqueredirect") return {}; // to the login page
  if (got.status === 403 && method === "POST") return answer("GET"); // logged in anew elsewhere
  return got.ok ? got.json() : null;
}

// Another tab may have used the login meanwhile, so the server is asked before anything is said.
function ask(method = "GET") {
  const mine = look(method).finally(() => asking === mine && (asking = null));
  return (asking = mine);
}

async function look(method) {
  if (method === "POST") used = Date.now();
  const said = await answer(method).catch(() => null);
  if (!said) return goOn(RETRY);
  if (said.user == place.dataset.user) {
    [end, longest] = [inSeconds(said.left), inSeconds(said.longest)];
    uncover();
    token = said.token;
    for (const field of document.querySelectorAll(TOKENS)) field.value = token;
  } else {
    end = 0; // nobody is logged in, or somebody else, who must not sign what this one wrote
  }
  return goOn();
}

// Asks the server, for a login may have ended elsewhere before its time. Ended, the page is covered.
export async function isLoggedIn() {
  return !place || (asking ?? ask());
}

async function keepWhatIsTyped(event) {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.method !== "post" || !form.closest("main")) return;
  if (!asking && secondsTo(end) > 0) return;
  event.preventDefault();
  // Who has just logged in elsewhere gets the new token first.
  if (await (asking ?? ask())) form.requestSubmit(submitter);
}

if (place) {
  end = inSeconds(place.dataset.left);
  longest = inSeconds(place.dataset.longest);
  used = Date.now();
  token = document.querySelector(TOKENS).value;
  goOn();
  document.addEventListener("focusin", ({ target }) => {
    if (target.closest("main")) before = target;
  });
  place.addEventListener("click", (event) => event.target.closest("button") && ask("POST"));
  document.addEventListener("input", () => secondsTo(used) < -PAUSE && ask("POST"));
  document.addEventListener("submit", keepWhatIsTyped);
  window.addEventListener("focus", () => ask());
}
