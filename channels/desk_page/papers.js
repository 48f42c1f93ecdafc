// Facts, materials, procedures and form fields as lists; used for a call and for a hand-over alike.

import { h } from "./dom.js";

const SOURCES = { said: "自己说的", asked: "问出来的", derived: "推出来的", document: "证照里的" };

/** States of a material in the order an applicant cares: heading and how the group looks. */
export const STATES = [
  ["bring", "要带的", "bring"],
  ["commitment", "可以签承诺先办的", "later"],
  ["deferrable", "可以后补的", "later"],
  ["maybe", "可能要带的", "open"],
  ["exempt", "不用交的", "free"],
];

export const TOTALS = [
  ["materials", "材料", "份"],
  ["fields", "填表", "项"],
  ["days", "时限", "工作日"],
  ["visits", "跑动", "次"],
];

export const empty = (text) => h("p", { class: "empty" }, text);
const verify = (why) => why && h("span", { class: "verify" }, `待核实:${why}`);

/** A value in words: 是/否, 不知道, several in a row. */
export function shownValue(value) {
  if (value === null || value === undefined) return "不知道";
  if (typeof value === "boolean") return value ? "是" : "否";
  return Array.isArray(value) ? value.map(shownValue).join("、") || "都没有" : String(value);
}

/** Question, answer and the words it was taken from. */
export function fact({ ask, label, value, source, quote }) {
  return h(
    "li",
    { class: "fact" },
    h("span", { class: "asked" }, ask),
    h("span", { class: "value" }, label ?? shownValue(value)),
    h("span", { class: "from" }, SOURCES[source], quote && h("q", null, quote)),
  );
}

/** Before → after, with what is saved. */
export function totals(found) {
  return h(
    "dl",
    { class: "totals" },
    TOTALS.filter(([name]) => found?.[name]).map(([name, label, unit]) => {
      const [before, after] = found[name];
      return h(
        "div",
        null,
        h("dt", null, `${label}(${unit})`),
        h(
          "dd",
          null,
          h("s", { "aria-label": `分开办 ${before}` }, before),
          h("b", { "aria-label": `一件事办 ${after}` }, after),
        ),
      );
    }),
  );
}

/** Materials grouped by what to do about them. */
export function materials(all) {
  if (!all.length) return [empty("还没有。听清要办哪件事就会列出来。")];
  return STATES.map(([state, title, look]) => {
    const some = all.filter((m) => m.state === state);
    return (
      some.length > 0 &&
      h(
        "section",
        { class: `group ${look}` },
        h("h3", null, title, h("span", { class: "count" }, some.length)),
        h("ul", null, some.map(material)),
      )
    );
  }).filter(Boolean);
}

/** Whose paper it is, unless it is simply the applicant's. */
export const whose = (m) => (m.of && !["申请人", "本人"].includes(m.of) ? `(${m.of})` : "");

/** In which form and how many: 原件、复印件 ×2. */
export const formOf = (m) => (m.form ? `${m.form}${m.copies > 1 ? ` ×${m.copies}` : ""}` : "");

/** Of which others one is enough, in words. */
export const oneOf = (m) => (m.one_of && m.alternatives?.length ? `和${m.alternatives.join("、")}交一样就行` : "");

function material(m) {
  return h(
    "li",
    null,
    h(
      "p",
      { class: "name" },
      m.name,
      h("span", { class: "of" }, whose(m)),
      formOf(m) && h("span", { class: "chip" }, formOf(m)),
    ),
    h(
      "p",
      { class: "reason" },
      [m.reason, oneOf(m), m.state === "bring" && m.ask_at && `没有的到${m.ask_at}办`].filter(Boolean).join(" · "),
    ),
    verify(m.verify),
  );
}

/** How long a procedure takes, in words. */
export function daysOf(days) {
  if (!days) return "";
  const unit = days.unit === "calendar" ? "个自然日" : "个工作日";
  const has = (n) => n !== null && n !== undefined;
  return [
    has(days.promised) && (days.promised === 0 ? "当场办" : `承诺 ${days.promised} ${unit}`),
    has(days.statutory) && `法定 ${days.statutory} ${unit}`,
    has(days.usual) && `一般 ${days.usual} ${unit}(待核实)`,
  ]
    .filter(Boolean)
    .join(",");
}

/** Procedures in order, those that may be needed marked as such. */
export function procedures(all) {
  if (!all.length) return [empty("还没有。")];
  return [
    h(
      "ol",
      { class: "procedures" },
      all.map((p) =>
        h(
          "li",
          null,
          h("p", { class: "name" }, p.name, p.state === "maybe" && h("span", { class: "chip warn" }, "可能要办")),
          h("p", { class: "reason" }, [p.department, daysOf(p.days), p.fee].filter(Boolean).join(" · ")),
          p.reason && h("p", { class: "reason" }, p.reason),
          p.waits_for?.length > 0 && h("p", { class: "reason" }, `要等:${p.waits_for.join("、")}`),
          p.basis && h("p", { class: "reason" }, `依据:${p.basis}`),
          verify(p.verify),
        ),
      ),
    ),
  ];
}

/** Form fields: filled ones with where they come from, then what is still empty. */
export function form(fields) {
  if (!fields.length) return [empty("还没有。")];
  const has = (f) => f.value !== null && f.value !== undefined;
  const filled = fields.filter(has);
  const open = fields.filter((f) => !has(f));
  return [
    h(
      "p",
      { class: "progress" },
      h("meter", { min: 0, max: fields.length, value: filled.length }),
      `已填 ${filled.length} / ${fields.length} 项`,
    ),
    h(
      "ul",
      null,
      filled.map((f) =>
        fact({ ask: f.label, label: f.shown || shownValue(f.value), source: f.source, quote: f.quote }),
      ),
    ),
    open.length > 0 && h("h3", null, "还没填", h("span", { class: "count" }, open.length)),
    open.length > 0 &&
      h(
        "ul",
        { class: "unfilled" },
        open.map((f) => h("li", null, f.label, f.from && h("span", { class: "of" }, `由${f.from}带出`))),
      ),
  ].filter(Boolean);
}
