"use strict";
// The rollouts of the page. Model text enters the document as text only, never as markup.

const get = (id) => document.getElementById(id);

const make = (name, text, className) => {
  const element = document.createElement(name);
  if (text !== undefined && text !== null) element.textContent = text;
  if (className) element.className = className;
  return element;
};

const count = (number) => number.toLocaleString("en");

const unpack = async (element) => {
  const bytes = Uint8Array.from(atob(element.textContent), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
};

const chunks = [...document.querySelectorAll("script.texts")];
const unpacked = new Map();
const chunk = (number) => {
  if (!unpacked.has(number)) unpacked.set(number, unpack(chunks[number]));
  return unpacked.get(number);
};

let index;

// One rollout by name; a column that the files lack is undefined.
const rollout = (row) => {
  const [id, stratum, gold, prompt] = index.problems[index.problem[row]];
  const column = (name) => (index[name] ? index[name][row] : undefined);
  return {
    row, id, gold, prompt,
    problem: index.problem[row],
    stratum: index.strata[stratum],
    setting: index.settings[index.setting[row]],
    outcome: index.outcomes[index.outcome[row]],
    verdict: index.verdicts && index.verdicts[index.verdict[row]],
    reason: index.reasons && index.reasons[index.reason[row]],
    answer: index.answer[row],
    sample: column("sample"),
    seed: column("seed"),
    tokens: column("n_tokens"),
    looped: column("looped"),
  };
};

// What names a rollout in an address: it stays the same when the page is made anew.
const keyOf = (row) => {
  const { setting, id, sample, seed } = rollout(row);
  return JSON.stringify([setting, id, sample ?? 0, seed ?? 0]);
};

// Rows by problem, then by setting.
let rowsOf;
const arrange = () => {
  rowsOf = index.problems.map(() => index.settings.map(() => []));
  index.problem.forEach((problem, row) => rowsOf[problem][index.setting[row]].push(row));
};

const isCorrect = (row) => index.outcome[row] === 0;

// The same problem and sample under another setting.
const beside = (row, setting) => {
  const others = rowsOf[index.problem[row]][setting];
  const place = rowsOf[index.problem[row]][index.setting[row]].indexOf(row);
  return others.length ? others[Math.min(place, others.length - 1)] : undefined;
};
