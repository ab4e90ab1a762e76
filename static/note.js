// A note is saved while it is written. Without a network what is typed stays in the page; an older
// tab is told that there is something newer, and overwrites nothing.

const PAUSE = 3000;

export function saved(form) {
  const said = form.querySelector("[data-autosave-said]");
  const text = form.elements.internal;
  let stored = text.value;
  let timer;
  let busy = false;

  async function save() {
    if (busy || text.value === stored) return;
    busy = true;
    const typed = text.value;
    const answer = await fetch(form.dataset.autosave, {
      method: "POST",
      body: new FormData(form),
      redirect: "manual",
    }).catch(() => null);
    busy = false;
    if (answer?.status === 409) {
      said.textContent = said.dataset.stale;
      return;
    }
    if (!answer?.ok) {
      said.textContent = said.dataset.lost;
      timer = setTimeout(save, 5 * PAUSE);
      return;
    }
    const { version, saved: at } = await answer.json();
    form.elements.version.value = version;
    stored = typed;
    said.textContent = `${said.dataset.saved} ${at}`;
    if (text.value !== stored) timer = setTimeout(save, PAUSE);
  }

  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  document.addEventListener("visibilitychange", () => document.hidden && save());
}
