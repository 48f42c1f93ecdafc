// Middle: what to say next, what was heard, which bundles may be meant.

import { $, h, notice, whenChanged } from "./dom.js";
import { fact } from "./papers.js";

const DEBOUNCE = 300;

/** Sets the column up; `say` sends words for the caller. Returns draw(state). */
export function guide(say) {
  // A double click is one answer, not an answer to the next question as well.
  let answering = false;
  const said = async (text, shown) => {
    if (answering) return;
    answering = true;
    await say({ text, role: "caller", shown }).catch((error) => notice(error.message));
    answering = false;
  };
  const candidates = ranking(said);

  const script = whenChanged((messages, status, thinking) => {
    const focused = $("script").contains(document.activeElement);
    $("script").replaceChildren(
      ...(messages.length
        ? messages.map((message) => bubble(message, said))
        : [h("p", { class: "empty" }, "您好,请问您想办什么事?")]),
    );
    $("script").classList.toggle("failed", status === "failed");
    $("script").classList.toggle("thinking", thinking);
    number();
    if (focused) $("script").querySelector("button, input")?.focus({ preventScroll: true });
  });

  const facts = whenChanged((answers) => {
    const rows = Object.entries(answers).map(([situation, answer]) => fact({ ask: situation, ...answer }));
    $("facts").replaceChildren(...(rows.length ? rows : [h("li", { class: "empty" }, "还没有。")]));
  });

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || !/^Digit[1-9]$/.test(event.code)) return;
    const button = $("script").querySelectorAll("button.option")[event.code.slice(5) - 1];
    if (button) {
      event.preventDefault();
      button.click();
    }
  });

  return (state) => {
    const { reply } = state;
    script(reply?.messages ?? [], reply?.status, state.thinking);
    facts(reply?.case?.answers ?? {});
    candidates(state.call, state.candidates, reply);
  };
}

function number() {
  const options = $("script").querySelectorAll("button.option");
  options.forEach((button, n) => {
    if (n > 8) return;
    button.setAttribute("aria-keyshortcuts", `Alt+${n + 1}`);
    button.title = `Alt+${n + 1}`;
    button.prepend(h("kbd", { "aria-hidden": "true" }, `${n + 1}`));
  });
}

function bubble({ text, buttons, card }, said) {
  if (card?.kind === "question") return question(card, buttons, said);
  if (card?.kind === "choice") return choice(text, card, buttons, said);
  const line = card?.kind === "checklist" ? `${card.bundle.name}的清单已经列好,在右边。` : text;
  return h("article", null, h("p", { class: "line" }, line), options(buttons, said));
}

function question(card, buttons, say) {
  // “是” alone says nothing when the call is read again.
  const said = (text, title) => say(text, title && `${card.ask} ${title}`.slice(0, 200));
  return h(
    "article",
    { class: "question" },
    h(
      "p",
      { class: "step" },
      "下一句这样问",
      card.position && h("span", null, `第 ${card.position[0]} 问 / 共 ${card.position[1]} 问`),
    ),
    h("p", { class: "ask" }, card.ask),
    card.why && h("p", { class: "why" }, "为什么问:", card.why),
    (card.type === "number" || card.type === "date") && typed(card, said),
    card.type === "multi" ? several(buttons, said) : options(buttons, said),
  );
}

const options = (buttons, said) =>
  h(
    "p",
    { class: "options" },
    buttons.map((b) => option(b, said)),
  );

const option = (button, said) =>
  h(
    "button",
    { class: `option ${aside(button) ? "aside" : ""}`, onclick: () => said(button.payload, button.title) },
    button.title,
  );

const aside = (button) => button.title === "不知道";

function typed(card, said) {
  const box = h("input", {
    "aria-label": card.ask,
    inputmode: card.type === "number" ? "decimal" : null,
    autocomplete: "off",
  });
  const send = (event) => {
    event.preventDefault();
    const value = box.value.trim();
    if (value) said(`${value}${/\d$/.test(value) ? (card.unit ?? "") : ""}`);
  };
  return h("form", { class: "typed", onsubmit: send }, box, card.unit, h("button", { class: "main" }, "确定"));
}

/** Several options at once: they are picked first and sent together. */
function several(buttons, said) {
  const picked = new Set();
  const send = h(
    "button",
    { class: "main", disabled: true, onclick: () => said(together([...picked]), titles([...picked])) },
    "就这些",
  );
  const toggle = (button) => (event) => {
    picked.has(button) ? picked.delete(button) : picked.add(button);
    event.currentTarget.setAttribute("aria-pressed", picked.has(button));
    send.disabled = picked.size === 0;
  };
  return h(
    "p",
    { class: "options" },
    buttons.map((b) =>
      aside(b)
        ? option(b, said)
        : h("button", { class: "option", "aria-pressed": "false", onclick: toggle(b) }, b.title),
    ),
    send,
  );
}

const titles = (buttons) => buttons.map((b) => b.title).join("、");

/** `#food=hot` and `#food=cold` together are `#food=hot,cold`; payloads of another form are said as their titles. */
export function together(buttons) {
  const parts = buttons.map((b) => b.payload.match(/^(#[^=\s]+=)(\S+)$/));
  const alike = parts.every((part) => part && part[1] === parts[0][1]);
  return alike ? parts[0][1] + parts.map((part) => part[2]).join(",") : titles(buttons);
}

function choice(text, card, buttons, said) {
  const about = new Map(card.bundles.map((bundle) => [bundle.name, bundle.summary]));
  return h(
    "article",
    { class: "question" },
    h("p", { class: "step" }, "请来电人选一件"),
    h("p", { class: "ask" }, text.split("\n")[0]),
    h(
      "p",
      { class: "options wide" },
      buttons.map((b) =>
        h(
          "button",
          { class: `option ${about.has(b.title) ? "" : "aside"}`, onclick: () => said(b.payload, b.title) },
          h("span", null, b.title, about.has(b.title) && h("small", null, about.get(b.title))),
        ),
      ),
    ),
  );
}

/** The list of candidates. It is never put in another order while the pointer or the focus is on it. */
function ranking(said) {
  const list = $("candidates");
  let latest = ["", [], null];
  let call;
  let known = {};
  let shown = [];
  let waiting;

  const held = () => list.matches(":hover") || list.contains(document.activeElement);
  const paint = whenChanged((order, found, bundles) => {
    const focused = document.activeElement?.dataset?.bundle;
    const rows = order.map((id) => candidate(found[id], bundles.includes(id), adopt));
    list.replaceChildren(...(rows.length ? rows : [h("li", { class: "empty" }, "听到要办的事,就会列在这里。")]));
    if (focused) list.querySelector(`[data-bundle="${CSS.escape(focused)}"]`)?.focus();
  });
  const rank = () => {
    const [now, candidates, reply] = latest;
    if (now !== call) [call, shown, known] = [now, [], {}];
    const ranked = candidates.map((c) => c.id);
    shown = held() ? [...shown, ...ranked.filter((id) => !shown.includes(id))] : ranked;
    for (const c of candidates) known[c.id] = c;
    paint(shown, known, reply?.case?.bundles ?? []);
  };
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(rank, DEBOUNCE);
  };
  list.addEventListener("pointerleave", soon);
  list.addEventListener("focusout", soon);

  const adopt = (c) => {
    // Where the guide itself offered this bundle its own button is the surest word for it.
    const offered = latest[2]?.messages
      .flatMap((m) => (m.card?.kind === "choice" ? m.buttons : []))
      .find((b) => b.title === c.name);
    said(offered?.payload ?? `我要办${c.name}`, c.name);
  };

  return (...state) => {
    latest = state;
    soon();
  };
}

function candidate(c, under_way, adopt) {
  const percent = Math.round(c.score * 100);
  return h(
    "li",
    null,
    h(
      "button",
      { class: "candidate", "data-bundle": c.id, disabled: under_way, onclick: () => adopt(c) },
      h("span", { class: "name" }, c.name, under_way && h("span", { class: "chip good" }, "正在办")),
      h("meter", { min: 0, max: 100, value: percent, "aria-label": "把握" }, `${percent}%`),
      h("span", { class: "percent" }, `${percent}%`),
      h("span", { class: "words" }, c.words.length ? ["听到 ", ...c.words.map((w) => h("mark", null, w))] : c.summary),
    ),
  );
}
