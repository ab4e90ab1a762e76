// One key is one answer: typing from paper without looking at the screen. Without this, the numbers
// are plain fields, and Tab and Enter do the rest.

const counted = (grid, input) => {
  const least = Number(grid.dataset.least);
  const most = Number(grid.dataset.most);
  const recode = grid.dataset.recode ? grid.dataset.recode.split(" ").map(Number) : null;
  let answer = Number(input.value);
  let ends = least + most;
  if (recode) {
    answer = recode[answer - least];
    ends = Math.min(...recode) + Math.max(...recode);
  }
  return "turned" in input.dataset ? ends - answer : answer;
};

const isAnswer = (grid, text) =>
  /^[0-9]+$/.test(text) && Number(text) >= Number(grid.dataset.least) && Number(text) <= Number(grid.dataset.most);

function count(grid) {
  const inputs = [...grid.querySelectorAll("input")];
  const answered = inputs.filter((input) => isAnswer(grid, input.value));
  grid.querySelector("[data-answered]").value = answered.length;
  for (const sum of grid.querySelectorAll("[data-items]")) {
    const items = sum.dataset.items.split(" ");
    const there = answered.filter((input) => items.includes(input.dataset.item));
    sum.value = there.reduce((total, input) => total + counted(grid, input), 0);
  }
}

// The cell above or below, by where it is drawn: how many stand in a row follows from the width.
function across(inputs, here, way) {
  const { left, top } = here.getBoundingClientRect();
  const rows = inputs
    .map((input) => ({ input, box: input.getBoundingClientRect() }))
    .filter(({ box }) => (way > 0 ? box.top > top + 4 : box.top < top - 4));
  rows.sort((a, b) => way * (a.box.top - b.box.top) || Math.abs(a.box.left - left) - Math.abs(b.box.left - left));
  return rows[0]?.input;
}

export function withGrids(form, grids) {
  const inputs = grids.flatMap((grid) => [...grid.querySelectorAll("input")]);
  const gridOf = (input) => input.closest("[data-grid]");
  const go = (input) => {
    input?.focus();
    input?.select();
  };
  const beside = (input, way) => inputs[inputs.indexOf(input) + way];
  const isOneKey = (grid) => Number(grid.dataset.most) < 10;

  const keys = {
    ArrowLeft: (input) => beside(input, -1),
    ArrowRight: (input) => beside(input, 1),
    ArrowUp: (input) => across(inputs, input, -1),
    ArrowDown: (input) => across(inputs, input, 1),
  };
  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!inputs.includes(input) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in keys) {
      event.preventDefault();
      go(keys[event.key](input));
    } else if (event.key === "Backspace" && !input.value) {
      event.preventDefault();
      go(beside(input, -1));
    } else if (event.key === " ") {
      event.preventDefault();
      input.value = "";
      count(gridOf(input));
      go(beside(input, 1));
    }
  });
  form.addEventListener("input", (event) => {
    const input = event.target;
    if (!inputs.includes(input)) return;
    const grid = gridOf(input);
    const isGood = isAnswer(grid, input.value);
    if (input.value && !isGood) input.ariaInvalid = "true";
    else input.removeAttribute("aria-invalid");
    count(grid);
    if (!input.value || !isOneKey(grid)) return;
    // What cannot be an answer stays marked, so that the next key replaces it.
    if (isGood) go(beside(input, 1));
    else input.select();
  });
  form.addEventListener("focusin", (event) => {
    if (inputs.includes(event.target)) event.target.select();
  });
  for (const grid of grids) {
    count(grid);
    grid.querySelector("[data-running]").hidden = false;
  }
  for (const help of form.querySelectorAll("[data-grid-help]")) help.hidden = false;
}
