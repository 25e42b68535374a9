// What the page shows is told by its address, so that a link, a reload and the back button keep it.
// The address is #rollouts?name=value&…; any other is a place on the page.
const address = {
  shown: new URLSearchParams(),

  read() {
    const [place, query] = location.hash.slice(1).split("?");
    address.shown = new URLSearchParams(place === "rollouts" ? query : "");
  },

  get(name) {
    return address.shown.get(name) ?? "";
  },

  // Without `remember` the entry in the history is replaced: a filter that is being typed is not ten steps.
  set(values, remember = false) {
    for (const [name, value] of Object.entries(values)) {
      if (value === "" || value === undefined || value === null) address.shown.delete(name);
      else address.shown.set(name, value);
    }
    const query = address.shown.toString();
    history[remember ? "pushState" : "replaceState"](null, "", query ? `#rollouts?${query}` : "#rollouts");
  },
};
address.read();
