// A rollout's texts: thoughts folded, the box marked, loops folded where they begin, formulas typeset.

const MATHML = "http://www.w3.org/1998/Math/MathML";
const ELEMENTS = new Set(
  ("math mrow mi mn mo mtext mspace ms mfrac msqrt mroot mstyle merror mpadded mphantom menclose " +
    "msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd").split(" "));
const ATTRIBUTES = new Set(
  ("display mathvariant stretchy fence form separator accent accentunder largeop movablelimits symmetric " +
    "lspace rspace linethickness columnalign rowspacing columnspacing width height depth minsize maxsize " +
    "notation displaystyle scriptlevel").split(" "));
const FORMULA = /\$\$[^$]{1,400}\$\$|\$[^$\n]{1,400}\$|\\\([\s\S]{1,400}?\\\)|\\\[[\s\S]{1,400}?\\\]/g;
// A text beyond this many characters is shown bit by bit.
const MOST_AT_ONCE = 200000;
const FEWEST_REPETITIONS = 3;

const mathml = ([name, attributes, children]) => {
  if (!ELEMENTS.has(name)) throw new Error(`no element of mathematics: ${name}`);
  const element = document.createElementNS(MATHML, name);
  for (const [key, value] of Object.entries(attributes)) if (ATTRIBUTES.has(key)) element.setAttribute(key, value);
  element.append(...children.map((child) => (typeof child === "string" ? child : mathml(child))));
  return element;
};

// A formula, with its text at a click.
const formula = (source, tree) => {
  const shown = make("span", undefined, "formula");
  shown.title = source;
  shown.append(mathml(tree));
  shown.addEventListener("click", (event) => {
    event.stopPropagation();
    shown.replaceChildren(shown.firstChild.nodeName === "math" ? source : mathml(tree));
  });
  return shown;
};

const typeset = (text, trees) => {
  const shown = document.createDocumentFragment();
  if (!raw() && Object.hasOwn(trees, text)) {
    shown.append(formula(text, trees[text]));
    return shown;
  }
  let end = 0;
  if (!raw()) {
    for (const match of text.matchAll(FORMULA)) {
      if (!Object.hasOwn(trees, match[0])) continue;
      shown.append(text.slice(end, match.index), formula(match[0], trees[match[0]]));
      end = match.index + match[0].length;
    }
  }
  shown.append(text.slice(end));
  return shown;
};

const raw = () => address.get("raw") === "1";

const pre = () => {
  const element = make("pre");
  element.dir = "auto";
  return element;
};

// Where the end of a text begins to repeat itself, and the length of what is repeated; null where it does not.
// The smallest period of each prefix of the reversed text, by the prefix function of Knuth, Morris and Pratt.
const loopAt = (text) => {
  const size = Math.min(text.length, MOST_AT_ONCE);
  const last = text.length - 1;
  const prefix = new Int32Array(size);
  let found = null;
  for (let place = 1, matched = 0; place < size; place += 1) {
    while (matched && text[last - place] !== text[last - matched]) matched = prefix[matched - 1];
    if (text[last - place] === text[last - matched]) matched += 1;
    prefix[place] = matched;
    const length = place + 1;
    const period = length - matched;
    if (length >= FEWEST_REPETITIONS * period && length > 60) found = { start: text.length - length, period };
  }
  return found;
};

// Plain text, a long one bit by bit.
const plain = (element, text) => {
  element.append(text.slice(0, MOST_AT_ONCE));
  if (text.length > MOST_AT_ONCE) {
    const more = make("button", `show ${count(text.length - MOST_AT_ONCE)} characters more`);
    more.type = "button";
    more.addEventListener("click", () => { more.remove(); plain(element, text.slice(MOST_AT_ONCE)); });
    element.append(more);
  }
};

const repeating = (text) => {
  const element = pre();
  const loop = loopAt(text);
  if (!loop) {
    plain(element, text);
    return element;
  }
  const once = loop.start + loop.period;
  plain(element, text.slice(0, loop.start));
  element.append(make("mark", "the loop begins here", "loop"), text.slice(loop.start, once));
  const repeats = (text.length - once) / loop.period;
  const fold = make("details", undefined, "repeated");
  fold.append(make("summary", `${count(Math.floor(repeats))} repetitions, ${count(text.length - once)} characters`));
  fold.addEventListener("toggle", () => {
    if (fold.open && fold.childElementCount === 1) { const inner = pre(); plain(inner, text.slice(once)); fold.append(inner); }
  });
  element.append(fold);
  return element;
};

const folded = (title, content, open = false) => {
  const details = make("details", undefined, "fold");
  details.append(make("summary", title));
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(content());
  });
  details.open = open;
  return details;
};

const answered = (text, answer, trees) => {
  const element = pre();
  const box = answer ? text.lastIndexOf("\\boxed{" + answer + "}") : -1;
  if (box < 0) element.append(typeset(text, trees));
  else {
    const end = box + answer.length + 8;
    const mark = make("mark");
    // A formula that holds the box is typeset as one, so the mark goes around the line's formula.
    const around = [...text.matchAll(FORMULA)].find((match) => match.index <= box && end <= match.index + match[0].length);
    const [from, to] = around ? [around.index, around.index + around[0].length] : [box, end];
    mark.append(typeset(text.slice(from, to), trees));
    element.append(typeset(text.slice(0, from), trees), mark, typeset(text.slice(to), trees));
  }
  return element;
};

// A long text comes as [head, characters left out, tail].
const response = (stored, one, trees) => {
  const parts = typeof stored === "string" ? [stored] : [stored[0], stored[2]];
  const shown = document.createDocumentFragment();
  const last = parts.length - 1;
  const closing = parts.map((part) => part.lastIndexOf("</think>"));
  const closed = closing.findLastIndex((place) => place >= 0);
  parts.forEach((part, number) => {
    if (number > 0) {
      shown.append(make("p", `${count(stored[1])} characters are left out here; the run's Parquet files have them.`, "left-out"));
    }
    let rest = part;
    if (number <= closed) {
      const end = number === closed ? closing[number] + "</think>".length : part.length;
      const thoughts = part.slice(0, end);
      shown.append(folded(`thoughts, ${count(end)} characters`, () => repeating(thoughts)));
      rest = part.slice(end);
    }
    if (!rest) return;
    if (closed < 0 && one.looped) shown.append(repeating(rest));
    else if (rest.length > MOST_AT_ONCE) { const element = pre(); plain(element, rest); shown.append(element); }
    else shown.append(answered(rest, number === last ? one.answer : null, trees));
  });
  return shown;
};

// The problem, which rollouts beside each other share.
const problemOf = (row) => {
  const { prompt } = rollout(row);
  if (!prompt) return "";
  return folded("problem", () => { const element = pre(); element.append(typeset(prompt, index.math)); return element; }, true);
};

// One rollout with all that belongs to it, but the problem.
const article = async (row) => {
  const one = rollout(row);
  const { texts, math } = await chunk(Math.floor(row / index.chunk));
  const shown = make("article", undefined, "rollout");
  const head = make("h3");
  const place = [one.setting, one.id, ...(one.sample === undefined ? [] : [`sample ${one.sample}`])];
  head.append(make("span", one.outcome, `outcome o${index.outcome[row]}`), ...place.map((text) => make("bdi", text)));
  const list = make("dl");
  const fields = [
    ["gold", one.gold, index.math], ["answer", one.answer ?? "none", index.math],
    ["verdict", one.verdict], ["reason", one.reason],
    ["tokens", one.tokens === undefined ? undefined : count(one.tokens)],
    ["looped", one.looped ? "yes" : undefined], ["stratum", one.stratum],
  ];
  for (const [name, value, trees] of fields) {
    if (value === undefined || value === "") continue;
    const told = make("dd");
    told.dir = "auto";
    told.append(trees ? typeset(value, trees) : value);
    list.append(make("dt", name), told);
  }
  shown.append(head, list);
  shown.append(response(texts[row % index.chunk], one, math));
  return shown;
};
