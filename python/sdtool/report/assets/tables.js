// Tables: sorted by a click on a head, copied as CSV, Markdown and LaTeX.

const cells = (row) => [...row.cells].map((cell) => cell.textContent.trim());

// The first number of a cell; what has none is sorted as text.
const numberIn = (text) => {
  const match = /[-+−]?\d[\d,]*(\.\d+)?/.exec(text);
  return match ? Number(match[0].replace(/,/g, "").replace("−", "-")) : null;
};

const sortBy = (table, column) => {
  const head = table.tHead.rows[0].cells[column];
  const descending = head.getAttribute("aria-sort") !== "descending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const body = table.tBodies[0];
  const keyed = [...body.rows].map((row) => {
    const text = row.cells[column].textContent.trim();
    return { row, text, number: column === 0 ? null : numberIn(text) };
  });
  keyed.sort((a, b) => {
    if (a.number === null && b.number === null) return a.text.localeCompare(b.text, "en", { numeric: true });
    if (a.number === null || b.number === null) return a.number === null ? 1 : -1;
    return descending ? b.number - a.number : a.number - b.number;
  });
  if (column === 0 && descending) keyed.reverse();
  body.append(...keyed.map(({ row }) => row));
};

const asCsv = (rows) => rows.map((row) => row.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell)).join(",")).join("\n");

const asMarkdown = ([head, ...rows]) => {
  const line = (row) => `| ${row.map((cell) => cell.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/\|/g, "\\|").replace(/\n/g, " ")).join(" | ")} |`;
  return [line(head), line(head.map((_, column) => (column ? "---:" : "---"))), ...rows.map(line)].join("\n");
};

const LATEX = { "\\": "\\textbackslash{}", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}", "<": "\\textless{}", ">": "\\textgreater{}", "∞": "$\\infty$", "×": "$\\times$" };
const asLatex = ([head, ...rows]) => {
  const escaped = (cell) => cell.replace(/[\\^~<>∞×&%$#_{}]/g, (character) => LATEX[character] ?? `\\${character}`);
  const line = (row) => `${row.map(escaped).join(" & ")} \\\\`;
  return [`\\begin{tabular}{l${"r".repeat(head.length - 1)}}`, "\\toprule", line(head), "\\midrule", ...rows.map(line), "\\bottomrule", "\\end{tabular}"].join("\n");
};

const FORMATS = { CSV: asCsv, Markdown: asMarkdown, LaTeX: asLatex };

const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = make("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
};

for (const table of document.querySelectorAll("table.data")) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = make("button", head.textContent.trim());
    button.type = "button";
    button.addEventListener("click", () => sortBy(table, column));
    head.replaceChildren(button);
  });
  const bar = make("p", "copy as ", "copy");
  for (const [name, format] of Object.entries(FORMATS)) {
    const button = make("button", name);
    button.type = "button";
    button.addEventListener("click", async () => {
      await copy(format([...table.rows].map(cells)));
      button.textContent = `${name} copied`;
      setTimeout(() => { button.textContent = name; }, 1500);
    });
    bar.append(button);
  }
  table.closest(".table").append(bar);
}
