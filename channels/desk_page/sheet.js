// Right: the checklist and the form so far, what is saved, the code, handing over and sending the list.

import { $, h, notice, tabs, whenChanged } from "./dom.js";
import { api } from "./net.js";
import { daysOf, form, formOf, materials, oneOf, procedures, STATES, totals, whose } from "./papers.js";

/** Sets the column up; `say` sends words for the caller. Returns draw(state). */
export function sheet(say) {
  let latest = 0;
  let shown = {};
  tabs(document.querySelector("#desk .parts"));
  $("hand-over").addEventListener("click", () =>
    say({ text: "转人工", role: "caller" }).catch((error) => notice(error.message)),
  );
  $("send-list").addEventListener("click", () => {
    $("list-text").value = listText(shown);
    $("list-done").replaceChildren();
    $("list-box").showModal();
    $("list-text").select();
    $("list-text").scrollTop = 0;
  });
  $("list-copy").addEventListener("click", copy);

  const draw = whenChanged((found, handedOver) => {
    const all = found.materials ?? [];
    const details = merged(found);
    $("code").textContent = found.code ?? "";
    $("sheet-of").textContent = [...details.names, details.region].filter(Boolean).join(" · ");
    $("totals").replaceChildren(found.totals && all.length ? totals(found.totals) : "");
    $("handed").replaceChildren(...(handedOver ? [slip(handedOver)] : []));
    $("hand-over").disabled = !found.code || Boolean(handedOver);
    $("send-list").disabled = !all.length;
    $("materials").replaceChildren(...materials(details.materials));
    $("procedures").replaceChildren(...procedures(details.procedures));
    $("form").replaceChildren(...form(details.form));
    $("tab-materials").textContent = count("材料", all.length);
    $("tab-procedures").textContent = count("手续", details.procedures.length);
    $("tab-form").textContent = count("申请表", details.form.length);
    document.querySelectorAll("#desk .parts").forEach((list) => (list.hidden = !all.length));
  });

  /** The reply says where the case stands; its cards, with issuers, copies and days, are asked for by its code. */
  const refresh = whenChanged(async (call, found, messages) => {
    const mine = ++latest;
    const full = found.code ? await api(`cases/${encodeURIComponent(found.code)}`).catch(() => null) : null;
    if (mine !== latest) return;
    shown = { ...found, ...(full ?? {}) };
    const card = messages.map((m) => m.card).find((c) => c?.kind === "handover");
    draw(shown, card ?? shown.handover ?? null);
  });
  return (state) => refresh(state.call, state.reply?.case ?? {}, state.reply?.messages ?? []);
}

const count = (name, n) => (n ? `${name} ${n}` : name);

/** What the case lists, with the details of its cards where there are any. */
function merged(found) {
  const cards = found.cards ?? [];
  const checklists = cards.filter((card) => card.kind === "checklist");
  const papers = checklists.flatMap((card) => card.materials);
  const steps = checklists.flatMap((card) => card.procedures);
  const fields = cards.filter((card) => card.kind === "form").flatMap((card) => card.fields);
  return {
    names: checklists.map((card) => card.bundle.name),
    region: checklists[0]?.region?.name,
    materials: papers.length ? papers : (found.materials ?? []),
    procedures: steps.length ? steps : (found.procedures ?? []),
    form: fields.length ? fields : (found.form ?? []),
  };
}

function slip({ no, where, open }) {
  return h(
    "div",
    { class: "slip" },
    h("p", null, "已转办 ", h("b", null, no), where && ` → ${where}`),
    open?.length > 0 &&
      h(
        "details",
        null,
        h("summary", null, `还没弄清 ${open.length} 项`),
        h(
          "ul",
          null,
          open.map((point) => h("li", null, point)),
        ),
      ),
  );
}

/** The list as a text message. */
export function listText(found) {
  const cards = (found.cards ?? []).filter((card) => card.kind === "checklist");
  const parts = cards.length ? cards.flatMap(cardText) : papersText(found.materials ?? []);
  const open = [...(found.materials ?? []), ...(found.procedures ?? [])].some(({ state }) => state === "maybe");
  return [
    ...parts,
    open ? "\n有的问题还没问清,清单可能还会变。" : "",
    found.code ? `办件码 ${found.code}:换手机或再打 12345,报这个码就能接着办。` : "",
  ]
    .filter(Boolean)
    .join("\n");
}

function cardText(card) {
  const steps = (state) => card.procedures.filter((p) => p.state === state);
  const step = (p) => `· ${[p.name, p.department, daysOf(p.days), p.fee].filter(Boolean).join(",")}${doubt(p)}`;
  return [
    `【${card.bundle.name}】${card.region?.name ?? ""}`,
    steps("applies").length ? `要办的手续(${steps("applies").length} 项):` : "",
    ...steps("applies").map(step),
    steps("maybe").length ? "可能要办的手续:" : "",
    ...steps("maybe").map((p) => `${step(p)}——${p.reason}`),
    ...papersText(card.materials),
    card.finish && card.totals?.days?.[1] ? `\n今天交齐,预计 ${card.finish} 前办完。${card.finish_note ?? ""}` : "",
    ...(card.ways ?? []).map((way) => `〔${way.title}〕${way.text}`),
  ];
}

function papersText(all) {
  return STATES.flatMap(([state, title]) => {
    const some = all.filter((m) => m.state === state);
    const line = (m) => {
      const why = state === "bring" ? "" : m.reason;
      return `· ${m.name}${whose(m)}${[formOf(m), oneOf(m), why]
        .filter(Boolean)
        .map((t) => `,${t}`)
        .join("")}${doubt(m)}`;
    };
    return some.length ? [`\n${title}(${some.length} 样):`, ...some.map(line)] : [];
  });
}

const doubt = (found) => (found.verify ? `〔待核实:${found.verify}〕` : "");

/** The clipboard is closed to pages without https; there the selected text is copied the old way. */
async function copy() {
  const text = $("list-text");
  text.select();
  const done = navigator.clipboard
    ? await navigator.clipboard.writeText(text.value).then(
        () => true,
        () => document.execCommand("copy"),
      )
    : document.execCommand("copy");
  $("list-done").textContent = done ? "已复制" : "没能复制,请按 Ctrl+C";
}
