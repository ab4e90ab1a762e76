// A note is saved while it is written, with everything on the page. Without a network what is typed
// stays in the page; an older tab is told that there is something newer, and overwrites nothing.
// Whoever signs while it is being saved waits that moment, so that nobody is in their own way.

const PAUSE = 3000;
const OURS = ["version", "csrfmiddlewaretoken"];

function typedIn(form) {
  const all = [...new FormData(form)].filter(([name]) => !OURS.includes(name));
  return JSON.stringify(all);
}

export function saved(form) {
  const said = form.querySelector("[data-autosave-said]");
  let stored = typedIn(form);
  let timer;
  let busy = null;

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
      return;
    }
    const { version, saved: at } = await answer.json();
    form.elements.version.value = version;
    stored = typed;
    said.textContent = `${said.dataset.saved} ${at}`;
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

  form.addEventListener("input", () => later(PAUSE));
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!busy) return;
    event.preventDefault();
    busy.then(() => form.requestSubmit(event.submitter));
  });
  document.addEventListener("visibilitychange", () => document.hidden && save());
}
