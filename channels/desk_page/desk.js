// The page: logging in, the two tabs, which call is on the desk.

import { $, clock, h, notice, tabs, whenChanged } from "./dom.js";
import { guide } from "./guide.js";
import { api, follow, onShutOut } from "./net.js";
import { orders } from "./orders.js";
import { fact } from "./papers.js";
import { sheet } from "./sheet.js";
import { talk } from "./talk.js";

const RECENT_EVERY = 3000;

let call = null;
let stream = null;
let second = null;
let listing = null;

/** Words of the current call go to the server one after the other, in the order they were typed. */
let sending = Promise.resolve();
function say(words) {
  const to = call;
  const sent = sending.then(async () => {
    const state = await api(`calls/${encodeURIComponent(to)}/say`, words);
    if (to === call) draw(state);
  });
  sending = sent.catch(() => {});
  return sent;
}

const columns = [talk(say), guide(say), sheet(say)];
let drawn = -1;
function draw(state) {
  if (state.revision < drawn) return;
  drawn = state.revision;
  columns.forEach((column) => column(state));
  named(state.call, state.about);
}

function open(id) {
  stream?.close();
  call = id;
  drawn = -1;
  $("start").hidden = Boolean(id);
  $("desk").hidden = !id;
  $("resume").disabled = !id;
  $("link").replaceChildren();
  const hash = id ? `#call=${encodeURIComponent(id)}` : "#";
  if (location.hash !== hash) history.replaceState(null, "", hash);
  if (!id) return;
  stream = follow(
    id,
    (state) => id === call && draw(state),
    (on) => {
      if (!on) drawn = -1;
      $("link").className = `link ${on ? "on" : "off"}`;
      $("link").textContent = on ? "已连接" : "断线了,正在重连…";
    },
  );
  recent();
  $("words").focus();
}

/** A number for a call that no telephone system announced; nobody else's call can have it. */
function fresh() {
  const chance = [...crypto.getRandomValues(new Uint8Array(4))].map((b) => b.toString(16).padStart(2, "0")).join("");
  return `desk-${new Date().toISOString().slice(0, 19).replace(/\D/g, "")}-${chance}`;
}

const listed = whenChanged((calls, current) => {
  const label = (c) => `${clock(c.updated)} ${about(c)}`;
  const known = calls.some((c) => c.call === current);
  $("which").replaceChildren(
    ...(current ? [] : [h("option", { value: "" }, "选一通来电")]),
    ...(current && !known ? [h("option", { value: current, selected: true }, "新来电")] : []),
    ...calls.map((c) => h("option", { value: c.call, selected: c.call === current }, label(c))),
  );
  $("recent").replaceChildren(
    ...(calls.length
      ? calls
          .slice(0, 12)
          .map((c) =>
            h(
              "li",
              null,
              h(
                "button",
                { onclick: () => open(c.call) },
                h("b", null, about(c, 24)),
                h("span", { class: "of" }, `${clock(c.updated)} · ${c.call}`),
              ),
            ),
          )
      : [h("li", { class: "empty" }, "今天还没有来电。")]),
  );
});
function about(call, most = 16) {
  const text = call.about ?? "还没有说话";
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
// A list that changes while it is open would change under the agent's hand.
const recent = () =>
  document.activeElement !== $("which") &&
  api("calls").then(
    ({ calls }) => listed(calls, call),
    () => {},
  );

const show = tabs($("top"), (panel) => {
  if (panel === "orders") second?.show();
  else if (call) $("words").focus();
});

function enter() {
  const clerk = sessionStorage.getItem("desk-clerk");
  $("clerk").textContent = clerk;
  $("top").hidden = false;
  second = orders(clerk);
  show("calls");
  clearInterval(listing);
  listing = setInterval(recent, RECENT_EVERY);
  fromAddress();
  recent();
  if (!call) $("start-call").focus();
}

const named = whenChanged(recent);

function fromAddress() {
  const id = new URLSearchParams(location.hash.slice(1)).get("call");
  if (id !== call) open(id);
}

function leave(why = "") {
  sessionStorage.removeItem("desk-token");
  clearInterval(listing);
  second?.stop();
  open(null);
  $("top").hidden = $("calls").hidden = $("orders").hidden = true;
  askLogin(why);
}

function askLogin(why = "") {
  $("login-error").textContent = why;
  $("login-clerk").value = sessionStorage.getItem("desk-clerk") ?? "";
  if (!$("login").open) $("login").showModal();
  $($("login-clerk").value ? "login-token" : "login-clerk").focus();
}

$("login").addEventListener("cancel", (event) => event.preventDefault());
$("login-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  sessionStorage.setItem("desk-clerk", $("login-clerk").value.trim());
  sessionStorage.setItem("desk-token", $("login-token").value.trim());
  try {
    await api("calls");
  } catch (error) {
    sessionStorage.removeItem("desk-token");
    $("login-error").textContent = error.message;
    return;
  }
  $("login-token").value = "";
  $("login").close();
  enter();
});
onShutOut((why) => $("login").open || leave(why));
$("leave").addEventListener("click", () => leave());

$("new-call").addEventListener("click", () => open(fresh()));
$("start-call").addEventListener("click", () => open(fresh()));
$("which").addEventListener("change", () => open($("which").value || null));
window.addEventListener("hashchange", fromAddress);
// A page put aside by the browser must not keep its stream; one taken out again follows its call anew.
window.addEventListener("pagehide", () => stream?.close());
window.addEventListener("pageshow", (event) => event.persisted && call && open(call));
document.addEventListener("keydown", (event) => {
  if (!event.altKey || $("calls").hidden) return;
  const act = { KeyN: () => open(fresh()), KeyI: () => $("words").focus() }[event.code];
  if (act) {
    event.preventDefault();
    act();
  }
});

let asked = "";
$("resume").addEventListener("click", () => {
  $("resume-code").value = asked = "";
  $("resume-found").replaceChildren();
  $("resume-go").disabled = true;
  $("resume-box").showModal();
});
$("resume-code").addEventListener("input", async () => {
  const code = (asked = $("resume-code").value.trim());
  $("resume-go").disabled = true;
  $("resume-found").replaceChildren();
  if (code.length < 6) return;
  const found = await api(`cases/${encodeURIComponent(code)}`).catch((error) => error);
  if (code !== asked) return;
  if (found instanceof Error) return $("resume-found").replaceChildren(h("p", { class: "error" }, found.message));
  const names = (found.cards ?? []).filter((c) => c.kind === "checklist").map((c) => c.bundle.name);
  $("resume-found").replaceChildren(
    h("p", null, "找到了:", h("b", null, names.join("、") || "还没定要办哪件事")),
    h(
      "ul",
      null,
      Object.entries(found.answers ?? {}).map(([situation, answer]) => fact({ ask: situation, ...answer })),
    ),
  );
  $("resume-go").disabled = false;
});
$("resume-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if ($("resume-go").disabled) return;
  const to = call;
  try {
    const state = await api(`calls/${encodeURIComponent(to)}/adopt`, { code: asked });
    if (to === call) draw(state);
    $("resume-box").close();
  } catch (error) {
    $("resume-found").replaceChildren(h("p", { class: "error" }, error.message));
  }
});
document
  .querySelectorAll("[data-close]")
  .forEach((button) => button.addEventListener("click", () => button.closest("dialog").close()));
window.addEventListener("unhandledrejection", (event) => notice(event.reason?.message ?? "页面出了点问题,请刷新。"));

if (sessionStorage.getItem("desk-token")) enter();
else askLogin();
