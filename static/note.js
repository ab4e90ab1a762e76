// A note is saved while it is written, with everything on the page. What cannot be saved is said
// beside the field, and all else is. Without a network what is typed stays in the page; an older tab
// is told that there is something newer, and overwrites nothing. Whoever signs while it is being
// saved waits that moment, so that nobody is in their own way; and nothing is sent that a login which
// has ended elsewhere would throw away.
import { isLoggedIn } from "./still-here.js";

const PAUSE = 3000;
const OURS = ["version", "csrfmiddlewaretoken"];
const [DESCRIBED, INVALID] = ["aria-describedby", "aria-invalid"];

function typedIn(form) {
  const all = [...new FormData(form)].filter(([name]) => !OURS.includes(name));
  return JSON.stringify(all);
}

function point(field, to, isWrong) {
  const others = (field.getAttribute(DESCRIBED) ?? "").split(" ");
  const ids = others.filter((id) => id && id !== to);
  if (isWrong) ids.push(to);
  field.toggleAttribute(DESCRIBED, ids.length > 0);
  if (ids.length > 0) field.setAttribute(DESCRIBED, ids.join(" "));
  field.toggleAttribute(INVALID, isWrong);
  if (isWrong) field.setAttribute(INVALID, "true");
  field.parentElement.classList.toggle("t-field--faulty", isWrong);
}

// {field: why}, drawn as the server draws it, until it is mended.
function sayBeside(form, unkept) {
  for (const told of form.querySelectorAll("[data-unkept]")) {
    if (told.dataset.unkept in unkept) continue;
    point(form.elements[told.dataset.unkept], told.id, false);
    told.remove();
  }
  for (const [name, why] of Object.entries(unkept)) {
    const field = form.elements[name];
    const id = `${field.id}_error`;
    const told = document.getElementById(id) ?? document.createElement("div");
    Object.assign(told, { id, className: "t-errors" });
    told.dataset.unkept = name;
    const words = document.createElement("p");
    words.className = "ds-validation-message";
    words.textContent = why;
    told.replaceChildren(words);
    if (!told.isConnected) field.after(told);
    point(field, id, true);
  }
}

export function saved(form) {
  const said = form.querySelector("[data-autosave-said]");
  let stored = typedIn(form);
  let timer;
  let busy = null;
  let sent = null; // who pressed, while it is asked who is logged in

  async function send() {
    const typed = typedIn(form);
    const answer = await fetch(form.dataset.autosave, {
      method: "POST",
      body: new FormData(form),
      redirect: "manual",
    }).catch(() => null);
    if (answer?.status === 409) {
      said.textContent = said.dataset.stale;
      stored = typed; // told once; the button shows both
      return;
    }
    if (!answer?.ok) {
      said.textContent = said.dataset.lost;
      later(5 * PAUSE);
      // To the login page, or the token is of a login that has ended.
      if (answer?.type === "opaqueredirect" || answer?.status === 403) await isLoggedIn();
      return;
    }
    const { version, saved: at, unkept } = await answer.json();
    form.elements.version.value = version;
    stored = typed;
    sayBeside(form, unkept);
    const isWhole = Object.keys(unkept).length === 0;
    said.textContent = `${said.dataset.saved} ${at}${isWhole ? "" : `. ${said.dataset.partly}`}`;
    later(PAUSE);
  }

  function later(pause) {
    clearTimeout(timer);
    if (typedIn(form) !== stored) timer = setTimeout(save, pause);
  }

  function save() {
    if (busy || typedIn(form) === stored) return;
    busy = send().finally(() => (busy = null));
  }

  async function submit(event) {
    clearTimeout(timer);
    if (sent?.isHere) return;
    event.preventDefault();
    if (sent) return;
    sent = { isHere: false };
    await busy;
    sent.isHere = await isLoggedIn();
    if (sent.isHere) form.requestSubmit(event.submitter);
    sent = null;
  }

  form.addEventListener("input", () => later(PAUSE));
  form.addEventListener("submit", submit);
  document.addEventListener("visibilitychange", () => document.hidden && save());
}
