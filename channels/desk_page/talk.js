// Left: what was said, and the box for what is being said.

import { $, clock, h, marked, notice, whenChanged } from "./dom.js";

const DEBOUNCE = 300;
const AGENT = /^(坐席|座席|话务员|接线员|客服|工作人员)\s*[::]\s*/;
const CALLER = /^(来电人|来电|群众|市民|用户|客户)\s*[::]\s*/;

/** Sets the column up; `say({text, role, shown, final})` sends words. Returns draw(state). */
export function talk(say) {
  const box = $("words");
  let typing;

  const send = async () => {
    clearTimeout(typing);
    const lines = spoken(box.value);
    box.value = "";
    for (const [n, line] of lines.entries()) {
      try {
        await say(line);
      } catch (error) {
        // Nothing typed is lost: what was not taken goes back into the box.
        const rest = lines.slice(n).map((left) => (left.role === "agent" ? `坐席:${left.text}` : left.text));
        box.value = [...rest, box.value].filter(Boolean).join("\n");
        return notice(error.message);
      }
    }
  };

  box.addEventListener("keydown", (event) => {
    // Enter that ends a word of an input method is not meant for us.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  });
  box.addEventListener("input", (event) => {
    clearTimeout(typing);
    if (event.isComposing) return;
    typing = setTimeout(() => {
      const last = spoken(box.value)
        .filter((line) => line.role === "caller")
        .pop();
      say({ text: last?.text ?? "", role: "caller", final: false }).catch(() => {});
    }, DEBOUNCE);
  });
  $("say").addEventListener("submit", (event) => event.preventDefault());

  const draw = whenChanged((transcript, partial, thinking) => {
    const list = $("transcript");
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
    const rows = transcript.map((line) => row(line, say));
    if (partial && !ownTyping(partial.text, box.value)) rows.push(row({ ...partial, words: [] }, say, "partial"));
    if (thinking) rows.push(h("li", { class: "thinking" }, "正在想下一句…"));
    if (!rows.length) rows.push(h("li", { class: "empty" }, "还没有说话。来电人一开口,就打在下面,或由电话系统送来。"));
    list.replaceChildren(...rows);
    if (atEnd) list.scrollTop = list.scrollHeight;
  });
  return (state) => draw(state.transcript, state.partial, state.thinking);
}

/** The lines of a text as segments; whoever spoke is read from the beginning of a line, the caller unless told. */
export function spoken(text) {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) =>
      AGENT.test(line)
        ? { text: line.replace(AGENT, ""), role: "agent" }
        : { text: line.replace(CALLER, ""), role: "caller" },
    )
    .filter((line) => line.text);
}

const ownTyping = (partial, typed) => {
  const last = spoken(typed).pop()?.text ?? "";
  return last !== "" && (last.startsWith(partial) || partial.startsWith(last));
};

function row(line, say, extra = "") {
  const caller = line.role === "caller";
  const again = () => say({ text: line.text, role: "caller", shown: line.shown }).catch((e) => notice(e.message));
  return h(
    "li",
    { class: `${line.role} ${extra}` },
    h(
      "span",
      { class: "who" },
      caller ? "来电人" : "坐席",
      line.at && h("time", { datetime: line.at }, clock(line.at)),
    ),
    h(
      "p",
      null,
      ...(line.shown ? [h("span", { class: "picked" }, line.shown)] : marked(line.text, line.words)),
      extra && "…",
    ),
    caller &&
      line.failed &&
      h("p", { class: "error" }, "这句没有记上 ", h("button", { class: "quiet", onclick: again }, "重发")),
  );
}
