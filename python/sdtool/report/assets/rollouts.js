// The browser of rollouts: filters, search, a list of any length, a grid of problems by settings, one or two
// rollouts beside each other.

const FILTERS = ["setting", "beside", "flips", "outcome", "verdict", "reason", "stratum", "looped", "least", "most", "q"];
const ROW = 34;

let matching = [];
let searched = 0;

// A list of any length: only the rows in sight are in the document.
const virtual = (box, height, size, render) => {
  const inner = make("div", undefined, "inner");
  const draw = () => {
    const first = Math.max(0, Math.floor(box.scrollTop / height) - 5);
    const last = Math.min(size(), first + Math.ceil(box.clientHeight / height) + 10);
    inner.style.height = `${size() * height}px`;
    const rows = [];
    for (let place = first; place < last; place += 1) {
      const row = render(place);
      row.style.top = `${place * height}px`;
      rows.push(row);
    }
    inner.replaceChildren(...rows);
  };
  box.replaceChildren(inner);
  box.addEventListener("scroll", draw, { passive: true });
  return {
    draw,
    show(place) {
      const top = place * height;
      if (top < box.scrollTop) box.scrollTop = top;
      if (top + height > box.scrollTop + box.clientHeight) box.scrollTop = top + height - box.clientHeight;
      draw();
    },
  };
};

const opened = () => {
  const key = address.get("open");
  return key ? index.key.get(key) : undefined;
};

// --- which rollouts ---------------------------------------------------------------------------------

const settingOf = (name) => index.settings.indexOf(address.get(name));

const tokensIn = (text) => {
  const match = /^(\d+)([kK]?)$/.exec(text.trim());
  return match ? Number(match[1]) * (match[2] ? 1024 : 1) : null;
};

// Everything but the search in texts, which needs them unpacked.
const passes = () => {
  const setting = settingOf("setting");
  const other = settingOf("beside");
  const place = (list, name) => (list && address.get(name) ? list.indexOf(address.get(name)) : -1);
  const wanted = [
    ["outcome", place(index.outcomes, "outcome")],
    ["verdict", place(index.verdicts, "verdict")],
    ["reason", place(index.reasons, "reason")],
  ].filter(([, code]) => code >= 0);
  const stratum = place(index.strata, "stratum");
  const least = tokensIn(address.get("least"));
  const most = tokensIn(address.get("most"));
  const flips = other >= 0 ? address.get("flips") : "";
  return (row) => {
    if (setting >= 0 && index.setting[row] !== setting) return false;
    if (wanted.some(([name, code]) => index[name][row] !== code)) return false;
    if (stratum >= 0 && index.problems[index.problem[row]][1] !== stratum) return false;
    if (address.get("looped") && String(index.looped[row]) !== (address.get("looped") === "yes" ? "1" : "0")) return false;
    if (least !== null && index.n_tokens[row] < least) return false;
    if (most !== null && index.n_tokens[row] > most) return false;
    if (other >= 0) {
      const against = index.setting[row] === other ? undefined : beside(row, other);
      if (against === undefined) return false;
      const [mine, theirs] = [isCorrect(row), isCorrect(against)];
      if (flips === "any" && mine === theirs) return false;
      if (flips === "lost" && !(mine && !theirs)) return false;
      if (flips === "won" && !(!mine && theirs)) return false;
    }
    return true;
  };
};

const listed = (row, sought) => {
  const [id, , gold, prompt] = index.problems[index.problem[row]];
  return [id, gold, index.answer[row] ?? "", prompt].some((text) => text.toLowerCase().includes(sought));
};

const within = (stored, sought) => (typeof stored === "string" ? [stored] : [stored[0], stored[2]])
  .some((text) => text.toLowerCase().includes(sought));

const find = async () => {
  const number = searched += 1;
  const sought = address.get("q").trim().toLowerCase();
  const test = passes();
  const kept = [];
  for (let row = 0; row < index.problem.length; row += 1) if (test(row)) kept.push(row);
  matching = sought ? kept.filter((row) => listed(row, sought)) : kept;
  show(Boolean(sought));
  if (!sought) return;
  const found = new Set(matching);
  let at = -1;
  let texts;
  for (const row of kept) {
    if (found.has(row)) continue;
    const wanted = Math.floor(row / index.chunk);
    if (wanted !== at) {
      ({ texts } = await chunk(wanted));
      if (number !== searched) return;
      at = wanted;
    }
    if (within(texts[row % index.chunk], sought)) found.add(row);
  }
  matching = kept.filter((row) => found.has(row));
  show(false);
};

// --- the list ----------------------------------------------------------------------------------------

const MARKS = ["✓", "✗", "?", "∅", "∅", "↻", "…", "…", "∅", " "];

const line = (place) => {
  const row = matching[place];
  const one = rollout(row);
  const shown = make("div", undefined, row === opened() ? "line open" : "line");
  shown.setAttribute("role", "option");
  shown.setAttribute("aria-selected", String(row === opened()));
  const other = settingOf("beside");
  const against = other >= 0 ? beside(row, other) : undefined;
  const marks = make("span", undefined, "mark");
  for (const each of against === undefined ? [row] : [row, against]) {
    const mark = make("span", MARKS[index.outcome[each]], `o${index.outcome[each]}`);
    mark.title = `${index.settings[index.setting[each]]}: ${index.outcomes[index.outcome[each]]}`;
    marks.append(mark);
  }
  const texts = [
    [one.id, "id"], [one.setting, "setting"], [one.sample === undefined ? "" : `#${one.sample}`, "sample"],
    [one.gold, "gold"], [one.answer ?? `(${one.outcome})`, one.answer === null ? "answer none" : "answer"],
    [one.tokens === undefined ? "" : count(one.tokens), "tokens"],
  ];
  shown.append(marks, ...texts.map(([text, className]) => { const cell = make("bdi", text.slice(0, 200), className); cell.title = text.slice(0, 500); return cell; }));
  shown.addEventListener("click", () => open(row));
  return shown;
};

// --- the grid ----------------------------------------------------------------------------------------

let gridded = [];

const gridLine = (place) => {
  const problem = gridded[place];
  const shown = make("div", undefined, "line");
  const [id, , gold] = index.problems[problem];
  const name = make("bdi", id, "id");
  name.title = gold;
  shown.append(name);
  rowsOf[problem].forEach((rows, setting) => {
    const right = rows.filter(isCorrect).length;
    const cell = make("button", rows.length === 1 ? MARKS[index.outcome[rows[0]]] : rows.length ? `${right}/${rows.length}` : "");
    cell.type = "button";
    cell.className = rows.length ? `cell s${Math.round((4 * right) / rows.length)}` : "cell";
    cell.title = rows.length ? `${id}, ${index.settings[setting]}: ${right} of ${rows.length} correct` : "no rollout";
    cell.disabled = !rows.length;
    if (rows.length) cell.addEventListener("click", () => open(rows[0]));
    shown.append(cell);
  });
  return shown;
};

// --- what is shown -----------------------------------------------------------------------------------

let list;
let grid;

const show = (searching) => {
  const asGrid = address.get("view") === "grid";
  get("list").closest("div.lists").classList.toggle("grid", asGrid);
  get("list").hidden = asGrid;
  get("grid").hidden = !asGrid;
  const total = index.problem.length;
  get("place").textContent = `${count(matching.length)} of ${count(total)} rollouts${searching ? ", searching the texts…" : ""}`;
  get("place").dataset.searching = String(searching);
  if (asGrid) {
    gridded = [...new Set(matching.map((row) => index.problem[row]))];
    grid.draw();
  } else list.draw();
};

const detail = async () => {
  const row = opened();
  const pane = get("detail");
  if (row === undefined) {
    pane.replaceChildren(make("p", "Choose a rollout: click one, or press j.", "hint"));
    return;
  }
  const other = settingOf("beside");
  const against = other >= 0 && index.setting[row] !== other ? beside(row, other) : undefined;
  const articles = [await article(row)];
  if (against !== undefined) articles.push(await article(against));
  if (row !== opened()) return;
  const pair = make("div", undefined, articles.length > 1 ? "two" : "one");
  pair.append(...articles);
  pane.replaceChildren(problemOf(row), pair);
  pane.scrollTop = 0;
};

const open = (row, scroll = false) => {
  address.set({ open: keyOf(row) }, true);
  const place = matching.indexOf(row);
  if (address.get("view") !== "grid" && place >= 0 && scroll) list.show(place);
  show(false);
  if (matchMedia("(max-width: 900px)").matches && !scroll) get("detail").scrollIntoView({ block: "start" });
  return detail();
};

const step = (by) => {
  if (!matching.length) return;
  const place = matching.indexOf(opened());
  open(matching[Math.max(0, Math.min(matching.length - 1, place < 0 ? 0 : place + by))], true);
};

// The same problem under the next setting that has it.
const turn = (by) => {
  const row = opened();
  if (row === undefined) return;
  const size = index.settings.length;
  for (let away = 1; away < size; away += 1) {
    const other = beside(row, (index.setting[row] + by * away + size * away) % size);
    if (other !== undefined) { open(other, true); return; }
  }
};

const KEYS = {
  j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1),
  l: () => turn(1), h: () => turn(-1), ArrowRight: () => turn(1), ArrowLeft: () => turn(-1),
  "/": () => get("q").focus(),
  g: () => choose({ view: address.get("view") === "grid" ? "" : "grid" }),
  r: () => { choose({ raw: address.get("raw") ? "" : "1" }); detail(); },
};

const choose = (values) => {
  address.set(values);
  fillFilters();
  return find();
};

const fillFilters = () => {
  for (const name of FILTERS) get(name).value = address.get(name);
  get("raw").checked = raw();
  get("view").textContent = address.get("view") === "grid" ? "as a list (g)" : "as a grid (g)";
  get("flips").disabled = settingOf("beside") < 0;
};

const options = (name, names) => {
  const select = get(name);
  for (const text of names) {
    const option = make("option", text);
    option.value = text;
    select.append(option);
  }
  if (!names.length) select.closest("label").hidden = true;
};

const start = async () => {
  index = await unpack(get("index"));
  arrange();
  index.key = new Map(index.problem.map((_, row) => [keyOf(row), row]));
  const present = new Set(index.outcome);
  options("setting", index.settings);
  options("beside", index.settings.length > 1 ? index.settings : []);
  options("outcome", index.outcomes.filter((_, code) => present.has(code)));
  options("verdict", index.verdicts ?? []);
  options("reason", index.reasons ?? []);
  options("stratum", index.strata);
  for (const name of ["least", "most"]) get(name).closest("label").hidden = !index.n_tokens;
  get("looped").closest("label").hidden = !index.looped;
  get("flips").closest("label").hidden = index.settings.length < 2;

  const titles = make("div", undefined, "line titles");
  for (const [text, className] of [["", "mark"], ["problem", "id"], ["setting", "setting"], ["", "sample"], ["gold", "gold"], ["answer", "answer"], ["tokens", "tokens"]]) titles.append(make("span", text, className));
  get("list").before(titles);
  list = virtual(get("list"), ROW, () => matching.length, line);
  const box = get("grid");
  const head = make("div", undefined, "head");
  head.append(make("bdi", "problem", "id"), ...index.settings.map((name) => { const cell = make("bdi", name, "cell"); cell.title = name; return cell; }));
  const body = make("div", undefined, "body");
  box.replaceChildren(head, body);
  grid = virtual(body, ROW, () => gridded.length, gridLine);

  fillFilters();
  get("filters").addEventListener("input", (event) => {
    if (event.target.id === "raw") choose({ raw: event.target.checked ? "1" : "" }).then(detail);
    else choose({ [event.target.id]: event.target.value }).then(event.target.id === "beside" ? detail : undefined);
  });
  get("filters").addEventListener("submit", (event) => event.preventDefault());
  get("view").addEventListener("click", () => KEYS.g());
  get("clear").addEventListener("click", () => choose(Object.fromEntries(FILTERS.map((name) => [name, ""]))));
  addEventListener("popstate", () => { address.read(); fillFilters(); find(); detail(); });
  addEventListener("resize", () => show(false));
  addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, event.key)) return;
    // Arrows scroll the page until a rollout is open.
    if (event.key.startsWith("Arrow") && opened() === undefined) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  await find();
  const row = opened();
  if (row !== undefined) list.show(Math.max(0, matching.indexOf(row)));
  await detail();
  if (location.hash.startsWith("#rollouts")) get("rollouts").scrollIntoView();
  // A link to what is folded unfolds it.
  const unfold = () => {
    const target = location.hash && !location.hash.includes("?") ? get(location.hash.slice(1)) : null;
    for (let fold = target; fold; fold = fold.parentElement) if (fold.nodeName === "DETAILS") fold.open = true;
    if (target) target.scrollIntoView();
  };
  unfold();
  addEventListener("hashchange", unfold);
  document.documentElement.dataset.ready = "true";
};

start();
