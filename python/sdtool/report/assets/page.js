"use strict";
// Model text enters the document as textContent only, never as markup.
(async () => {
  const unpack = async (element) => {
    const bytes = Uint8Array.from(atob(element.textContent), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  };
  const get = (id) => document.getElementById(id);
  const make = (name, text, className) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };

  const index = await unpack(get("index"));
  const chunks = [...document.querySelectorAll("script.texts")];
  const unpacked = new Map();
  const textOf = async (row) => {
    const number = Math.floor(row / index.chunk);
    if (!unpacked.has(number)) unpacked.set(number, unpack(chunks[number]));
    return (await unpacked.get(number))[row % index.chunk];
  };

  // One rollout as the index lists it, by name.
  const rollout = (row) => {
    const [setting, problem, outcome, sample, tokens, answer, reason] = index.rollouts[row];
    const [id, source, gold, prompt] = index.problems[problem];
    return { setting, outcome, sample, tokens, answer, reason, id, source, gold, prompt };
  };

  const pre = (text, answer) => {
    const element = make("pre");
    element.dir = "auto";
    const box = answer ? text.lastIndexOf("\\boxed{" + answer + "}") : -1;
    if (box < 0) {
      element.textContent = text;
    } else {
      const end = box + answer.length + 8;
      element.append(text.slice(0, box), make("mark", text.slice(box, end)), text.slice(end));
    }
    return element;
  };

  const folded = (title, text) => {
    const details = make("details", undefined, "thinking");
    details.append(make("summary", title));
    details.addEventListener("toggle", () => {
      if (details.open && details.childElementCount === 1) details.append(pre(text));
    });
    return details;
  };

  // A long text comes as [head, characters left out, tail].
  const response = (stored, answer) => {
    const parts = typeof stored === "string" ? [stored] : [stored[0], stored[2]];
    const shown = document.createDocumentFragment();
    const last = parts.length - 1;
    const closing = parts.map((part) => part.lastIndexOf("</think>"));
    const closed = closing.findLastIndex((place) => place >= 0);
    parts.forEach((part, number) => {
      if (number > 0) {
        const count = stored[1].toLocaleString("en");
        shown.append(make("p", `${count} characters are left out here; the run's Parquet files have them.`, "left-out"));
      }
      let rest = part;
      if (number <= closed) {
        const end = number === closed ? closing[number] + "</think>".length : part.length;
        shown.append(folded(`thinking, ${end.toLocaleString("en")} characters`, part.slice(0, end)));
        rest = part.slice(end);
      }
      if (rest) shown.append(pre(rest, number === last ? answer : null));
    });
    return shown;
  };

  const entry = (row) => {
    const { setting, outcome, sample, tokens, answer, reason, id, source, gold, prompt } = rollout(row);
    const details = make("details", undefined, "rollout");
    const summary = make("summary");
    const labels = [index.outcomes[outcome], index.settings[setting], id, `sample ${sample}`];
    if (tokens !== null) labels.push(`${tokens.toLocaleString("en")} tokens`);
    labels.forEach((label, number) => {
      const span = make("span", undefined, number === 0 ? "outcome" : undefined);
      span.append(make("bdi", label));
      summary.append(span);
    });
    details.append(summary);
    details.addEventListener("toggle", async () => {
      if (!details.open || details.childElementCount > 1) return;
      const list = make("dl");
      const fields = [["source", index.sources[source]], ["gold", gold], ["box", answer ?? "none"], ["reason", reason]];
      for (const [name, value] of fields) {
        if (value === undefined || value === "") continue;
        const shown = make("dd", value);
        shown.dir = "auto";
        list.append(make("dt", name), shown);
      }
      details.append(list);
      if (prompt) details.append(folded("prompt", prompt));
      details.append(response(await textOf(row), answer));
    });
    return details;
  };

  const fill = (select, names) => names.forEach((name, number) => {
    if (!index.rollouts.length) return;
    const option = make("option", name);
    option.value = String(number);
    select.append(option);
  });
  const present = new Set(index.rollouts.map((row) => row[2]));
  fill(get("setting"), index.settings);
  fill(get("outcome"), index.outcomes);
  fill(get("source"), index.sources);
  for (const option of [...get("outcome").options]) {
    if (option.value !== "" && !present.has(Number(option.value))) option.remove();
  }

  const size = 25;
  let matching = [];
  let first = 0;
  const show = () => {
    get("list").replaceChildren(...matching.slice(first, first + size).map(entry));
    const end = Math.min(first + size, matching.length);
    const count = (number) => number.toLocaleString("en");
    get("place").textContent = matching.length ? `${count(first + 1)} to ${count(end)} of ${count(matching.length)}` : "no rollouts";
    get("previous").disabled = first === 0;
    get("next").disabled = end >= matching.length;
  };
  const filter = () => {
    const wanted = ["setting", "outcome", "source"].map((name) => [name, get(name).value]).filter(([, value]) => value !== "");
    const problem = get("problem").value.trim().toLowerCase();
    matching = [];
    for (let row = 0; row < index.rollouts.length; row += 1) {
      const one = rollout(row);
      if (wanted.every(([name, value]) => one[name] === Number(value)) && one.id.toLowerCase().includes(problem)) matching.push(row);
    }
    first = 0;
    show();
  };
  get("filters").addEventListener("input", filter);
  get("filters").addEventListener("submit", (event) => event.preventDefault());
  get("previous").addEventListener("click", () => { first -= size; show(); });
  get("next").addEventListener("click", () => { first += size; show(); });
  filter();
  document.documentElement.dataset.ready = "true";
})();
