// The second tab: hand-overs, everything in them, taking and closing them.

import { $, clock, h, notice, whenChanged } from "./dom.js";
import { api } from "./net.js";
import { empty, fact, form, materials, procedures, totals } from "./papers.js";

const STATUS = { open: "待受理", claimed: "办理中", closed: "已办结" };
const TARGET = { window: "窗口", hotline: "热线", agent: "帮办" };
const CHANNEL = { hotline: "电话", web: "网页", wechat: "微信" };
const EVERY = 15000;

/** Sets the tab up for a clerk; returns {show, count, stop}: `show()` reads the list, `count()` how many wait. */
export function orders(clerk) {
  let status = "open";
  let selected = null;

  const buttons = [
    ["open", "待受理"],
    ["claimed", "办理中"],
    ["closed", "已办结"],
    ["", "全部"],
  ].map(([value, label]) => h("button", { "data-status": value, onclick: () => choose(value) }, label));
  $("statuses").replaceChildren(...buttons);
  const press = () => buttons.forEach((b) => b.setAttribute("aria-pressed", b.dataset.status === status));
  const choose = (value) => {
    status = value;
    press();
    show();
  };
  press();

  const list = whenChanged((rows, chosen) => {
    const focused = document.activeElement?.dataset?.no;
    $("order-list").replaceChildren(
      ...(rows.length
        ? rows.map((row) => item(row, row.no === chosen, open))
        : [h("li", { class: "empty" }, "没有转办单。")]),
    );
    if (focused)
      $("order-list")
        .querySelector(`[data-no="${CSS.escape(focused)}"]`)
        ?.focus();
  });
  const detail = whenChanged((order) =>
    $("order").replaceChildren(...(order ? sheet(order, clerk, act) : [empty("从左边选一张转办单。")])),
  );

  async function show() {
    const asked = status;
    try {
      const { handovers } = await api(`handovers?status=${asked}`);
      if (asked === status) list(handovers, selected);
      if (asked === "open") waiting(handovers.length);
    } catch (error) {
      notice(error.message);
    }
  }

  async function open(no) {
    selected = no;
    try {
      const order = await api(`handovers/${encodeURIComponent(no)}`);
      if (selected !== no) return;
      detail(order);
      $("order").focus();
      show();
    } catch (error) {
      notice(error.message);
    }
  }

  async function act(no, what, body) {
    try {
      const order = await api(`handovers/${encodeURIComponent(no)}/${what}`, { clerk, ...body });
      detail(order);
      if (status) choose(order.status);
    } catch (error) {
      notice(error.message);
      if (error.status === 409) await open(no);
    }
    show();
    count();
  }

  const waiting = (n) => {
    $("waiting").hidden = !n;
    $("waiting").textContent = n;
    $("waiting").setAttribute("aria-label", `${n} 张待受理`);
  };
  const count = () =>
    api("handovers?status=open").then(
      ({ handovers }) => waiting(handovers.length),
      () => {},
    );

  detail(null);
  count();
  const ticking = setInterval(() => ($("orders").hidden ? count() : show()), EVERY);
  return { show, stop: () => clearInterval(ticking) };
}

function item(row, chosen, open) {
  return h(
    "li",
    null,
    h(
      "button",
      { class: "order", "data-no": row.no, "aria-current": chosen && "true", onclick: () => open(row.no) },
      h("span", { class: "name" }, row.bundles.join("、") || "还没听出要办什么"),
      h("span", { class: `chip ${row.status}` }, STATUS[row.status]),
      h(
        "span",
        { class: "of" },
        [row.no, `转${TARGET[row.target] ?? row.target}`, row.region, clock(row.created), row.clerk]
          .filter(Boolean)
          .join(" · "),
      ),
    ),
  );
}

function sheet(order, clerk, act) {
  const p = order.package;
  const head = h(
    "header",
    { class: "order-head" },
    h(
      "h2",
      null,
      p?.bundles?.map((b) => b.name).join("、") || "转办单",
      h("span", { class: `chip ${order.status}` }, STATUS[order.status]),
    ),
    h(
      "p",
      { class: "of" },
      [
        `编号 ${order.no}`,
        `转${TARGET[order.target] ?? order.target}`,
        p?.region?.name,
        p && `来自${CHANNEL[p.channel] ?? p.channel}`,
        `${clock(order.created)} 转来`,
        order.clerk && `${order.clerk} ${order.status === "closed" ? "办结" : "受理"}`,
      ]
        .filter(Boolean)
        .join(" · "),
    ),
    p?.code && h("p", { class: "code" }, p.code),
  );
  const body = p
    ? [h("div", null, said(order, p)), h("div", null, listed(p))]
    : empty("本人要求删除信息,内容已经没有了。");
  return [head, doing(order, clerk, act), h("div", { class: "scroll order-body" }, body)];
}

const said = (order, p) => [
  order.result && section("办理结果", h("p", { class: "text" }, order.result)),
  p.open_points.length > 0 &&
    section(
      "还没弄清,要人来答",
      h(
        "ul",
        { class: "points" },
        p.open_points.map((point) => h("li", null, point)),
      ),
    ),
  section("摘要", h("p", { class: "text" }, p.summary || "没有说话。")),
  section("问过、答过的", p.answers.length ? h("ul", null, p.answers.map(fact)) : empty("还没有。")),
  section("申请表", form(p.form)),
];

const listed = (p) => [
  p.totals && totals(p.totals),
  section("材料", materials(p.checklist?.materials ?? [])),
  section("手续", procedures(p.checklist?.procedures ?? [])),
];

const section = (title, ...content) => h("section", null, h("h3", null, title), content);

function doing(order, clerk, act) {
  if (order.status === "closed") return h("div", { class: "doing" }, `已于 ${clock(order.closed_at)} 办结。`);
  if (order.status === "claimed" && order.clerk !== clerk)
    return h("div", { class: "doing" }, `${order.clerk} 正在办,${clock(order.claimed_at)} 受理。`);
  const result = h("textarea", {
    id: "result",
    rows: 2,
    maxlength: 2000,
    placeholder: "办理结果,例如:已电话答复,材料齐,明天到窗口",
  });
  const close = () =>
    result.value.trim()
      ? act(order.no, "close", { result: result.value })
      : (notice("请先写办理结果。"), result.focus());
  return h(
    "div",
    { class: "doing" },
    order.status === "open" &&
      h("button", { class: "main", id: "claim", onclick: () => act(order.no, "claim") }, "受理"),
    order.status === "claimed" && h("label", { for: "result" }, "办理结果"),
    order.status === "claimed" && result,
    order.status === "claimed" && h("button", { class: "main", id: "close", onclick: close }, "办结"),
  );
}
