// Building the page. Texts become text nodes and nothing else: what callers say is never markup.

export const $ = (id) => document.getElementById(id);

/** An element with attributes, listeners (onclick: …) and children; false, null and undefined are left out. */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== false && child !== null && child !== undefined),
  );
  return element;
}

/** The text in pieces, with every occurrence of the words inside <mark>; of words that overlap the longer wins. */
export function marked(text, words) {
  const longestFirst = words.filter(Boolean).sort((a, b) => b.length - a.length);
  const pieces = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    const word = longestFirst.find((w) => text.startsWith(w, at));
    if (!word) {
      plain += text[at++];
      continue;
    }
    pieces.push(plain, h("mark", null, word));
    plain = "";
    at += word.length;
  }
  return [...pieces, plain].filter((piece) => piece !== "");
}

/** Calls `draw` only when the data differ from the last ones, so that nothing moves without a reason. */
export function whenChanged(draw) {
  let last;
  return (...data) => {
    const now = JSON.stringify(data);
    if (now === last) return;
    last = now;
    draw(...data);
  };
}

/** Makes a tablist work with mouse and arrow keys; `chosen(id)` hears which panel is shown. */
export function tabs(list, chosen = () => {}) {
  const all = [...list.querySelectorAll("[role=tab]")];
  const choose = (tab) => {
    for (const other of all) {
      const on = other === tab;
      other.setAttribute("aria-selected", on);
      other.tabIndex = on ? 0 : -1;
      $(other.getAttribute("aria-controls")).hidden = !on;
    }
    chosen(tab.getAttribute("aria-controls"));
  };
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) choose(tab);
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    next.focus();
    choose(next);
  });
  return (panel) => choose(all.find((tab) => tab.getAttribute("aria-controls") === panel));
}

/** A moment as the agent's clock shows it; with the day unless it is today. */
export function clock(iso) {
  if (!iso) return "";
  const moment = new Date(iso);
  const time = moment.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  const today = moment.toDateString() === new Date().toDateString();
  return today ? time : `${moment.getMonth() + 1}月${moment.getDate()}日 ${time}`;
}

let fading;

/** Tells the agent something went wrong, at the foot of the page. */
export function notice(text) {
  $("notice").textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => $("notice").replaceChildren(), 8000);
}
