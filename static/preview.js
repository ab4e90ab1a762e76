// What a form would make, beside it while it is typed; and questions that only some answers ask.
// Without this, «Se brevet» shows the same, and every question is there.

const PAUSE = 600; // milliseconds without a key

export function showWhatIsAsked(form) {
  for (const field of form.querySelectorAll(".t-field:has([data-when])")) {
    const [name, value] = field.querySelector("[data-when]").dataset.when.split("=");
    const isAsked = form.elements[name].value === value;
    field.hidden = !isAsked && !field.matches(".t-field--faulty");
  }
}

// A form that is looked over by a button alone.
export function asked(form) {
  form.addEventListener("input", () => showWhatIsAsked(form));
  showWhatIsAsked(form);
}

const replace = (here, there) => {
  if (here.innerHTML === there.innerHTML) return;
  const focused = here.contains(document.activeElement) && document.activeElement.value;
  here.replaceChildren(...there.childNodes);
  if (focused) here.querySelector(`[value="${CSS.escape(focused)}"]`)?.focus();
};

async function fetched(form, signal) {
  const body = new FormData(form);
  body.set("action", "preview");
  const got = await fetch(location.href, { method: "POST", body, signal, redirect: "error" });
  if (!got.ok) throw new Error(got.status);
  return new DOMParser().parseFromString(await got.text(), "text/html");
}

export function previewed(form) {
  const shown = document.getElementById(form.dataset.preview);
  const buttons = form.querySelector("[data-preview-buttons]");
  const status = form.querySelector("[data-shown]");
  let timer, asking;

  const stop = () => {
    clearTimeout(timer);
    asking?.abort();
  };
  const show = async () => {
    asking = new AbortController();
    const { signal } = asking;
    const page = await fetched(form, signal).catch(() => null);
    // Typed on meanwhile, or the network is gone: what stands here stays, and the button works.
    if (!page || signal.aborted) return;
    replace(shown, page.getElementById(shown.id));
    replace(buttons, page.querySelector("[data-preview-buttons]"));
    // Said once when it comes, not for every word.
    status.textContent = shown.querySelector("article") ? status.dataset.shown : "";
  };
  form.addEventListener("input", () => {
    showWhatIsAsked(form);
    stop();
    timer = setTimeout(show, PAUSE);
  });
  form.addEventListener("submit", stop);
  showWhatIsAsked(form);
}
