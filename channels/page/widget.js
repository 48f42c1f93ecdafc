// The guide on any page: <script src="https://…/widget.js" defer></script>. No library, no build step.
// Everything that comes from people or from the server is put in as text, never as HTML.
(() => {
  'use strict';
  const home = new URL(document.currentScript.src).origin;
  const KEEP = 'yijianshi-guide';
  const KEPT_MESSAGES = 60;
  const SOURCES = { said: '您说的', asked: '您答的', derived: '推算的', document: '证照带出' };
  const STATES = [
    ['bring', '要带的'], ['commitment', '可以签承诺先办的'], ['deferrable', '可以后补的'],
    ['maybe', '可能要带的'], ['exempt', '不用交的'],
  ];

  /** An element with properties and children; strings become text. */
  function make(tag, props = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
      else if (name in node && typeof value !== 'string') node[name] = value;
      else if (value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined && child !== ''));
    return node;
  }

  const kept = (() => {
    try { return JSON.parse(localStorage.getItem(KEEP)) || {}; } catch { return {}; }
  })();
  const state = { session: kept.session || null, region: kept.region || '', large: !!kept.large, log: kept.log || [] };
  function keep() {
    state.log = state.log.slice(-KEPT_MESSAGES);
    try { localStorage.setItem(KEEP, JSON.stringify(state)); } catch { /* A full or forbidden storage only loses the memory of this page. */ }
  }

  // —— the panel ——
  const host = make('div', { id: 'yijianshi-guide' });
  const root = host.attachShadow({ mode: 'open' });
  const log = make('div', { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-label': '对话', tabindex: '0' });
  const input = make('textarea', { rows: '1', maxlength: '2000', 'aria-label': '输入您想说的话', placeholder: '说一句想办什么…' });
  const send = make('button', { type: 'submit', class: 'send' }, '发送');
  const region = make('select', { 'aria-label': '在哪里办' }, make('option', { value: '' }, '全国通行办法'));
  region.hidden = true;
  const large = make('button', { type: 'button', 'aria-pressed': 'false', onclick: () => setLarge(!state.large) }, '大字版');
  const aloud = make('button', { type: 'button', 'aria-pressed': 'false', onclick: toggleAloud }, '读出来');
  aloud.hidden = !('speechSynthesis' in window);
  const panel = make('section', { class: 'panel', role: 'dialog', 'aria-modal': 'true', 'aria-labelledby': 'title', hidden: true },
    make('header', {},
      make('h2', { id: 'title' }, '一件事导办'),
      make('button', { type: 'button', class: 'close', 'aria-label': '关闭', onclick: close }, '×')),
    make('div', { class: 'tools', role: 'toolbar', 'aria-label': '工具' }, region, large, aloud,
      make('button', { type: 'button', onclick: () => say('重来') }, '重来'),
      make('button', { type: 'button', class: 'human', onclick: () => say('转人工') }, '转人工')),
    log,
    make('form', { onsubmit: (event) => { event.preventDefault(); say(input.value); } }, input, send));
  const opener = make('button', { type: 'button', class: 'opener', 'aria-haspopup': 'dialog', onclick: () => open() }, '想办事?问我');
  const style = make('link', { rel: 'stylesheet', href: `${home}/page/widget.css` });
  root.append(style, opener, panel);

  function open(text) {
    panel.hidden = false;
    opener.hidden = true;
    if (!log.childElementCount) restore();
    input.focus();
    if (text) say(text);
  }
  function close() {
    panel.hidden = true;
    opener.hidden = false;
    opener.focus();
  }
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') { event.stopPropagation(); close(); }
    if (event.key === 'Tab') trap(event);
  });
  function trap(event) {
    const stops = [...panel.querySelectorAll('button, textarea, select, input, summary, [tabindex="0"]')]
      .filter((node) => !node.disabled && !node.hidden && node.offsetParent !== null);
    const first = stops[0];
    const last = stops[stops.length - 1];
    const here = root.activeElement;
    if (event.shiftKey && here === first) { last.focus(); event.preventDefault(); }
    if (!event.shiftKey && here === last) { first.focus(); event.preventDefault(); }
  }
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); say(input.value); }
  });
  input.addEventListener('input', () => { input.style.height = 'auto'; input.style.height = `${Math.min(input.scrollHeight, 120)}px`; });
  region.addEventListener('change', () => { state.region = region.value; keep(); });
  function setLarge(on) {
    state.large = on;
    panel.classList.toggle('large', on);
    large.setAttribute('aria-pressed', String(on));
    keep();
  }
  function toggleAloud() {
    const on = aloud.getAttribute('aria-pressed') !== 'true';
    aloud.setAttribute('aria-pressed', String(on));
    if (!on) speechSynthesis.cancel();
  }
  function read(text) {
    if (aloud.getAttribute('aria-pressed') !== 'true') return;
    const words = new SpeechSynthesisUtterance(text);
    words.lang = 'zh-CN';
    speechSynthesis.speak(words);
  }

  // —— talking ——
  let busy = Promise.resolve();
  /** Say something; `shown` is what stands in the bubble when it differs from what is sent (a button's title). */
  function say(text, shown) {
    const words = text.trim();
    if (!words) return;
    input.value = '';
    input.style.height = 'auto';
    for (const old of log.querySelectorAll('.choices')) old.inert = true;
    const bubble = make('div', { class: 'bubble mine' }, shown || words);
    log.append(bubble);
    state.log.push({ mine: shown || words });
    keep();
    bubble.scrollIntoView({ block: 'end' });
    busy = busy.then(() => ask(words, bubble));
  }
  async function post(path, data) {
    const response = await fetch(home + path, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(data),
    });
    const answer = await response.json();
    if (!response.ok) { const error = new Error(answer.error); error.said = answer.error; throw error; }
    return answer;
  }
  /** Say `words`; `id` names the message, so that a repeat after a lost answer is not taken for a second one. */
  async function ask(words, bubble, id = Math.random().toString(36).slice(2) + Date.now().toString(36)) {
    const waiting = make('div', { class: 'waiting', 'aria-label': '正在查' }, make('i'), make('i'), make('i'));
    log.append(waiting);
    waiting.scrollIntoView({ block: 'end' });
    try {
      if (!state.session) state.session = (await post('/api/session', {})).session;
      const reply = await post('/api/chat', {
        session: state.session, message: words, message_id: id, region: state.region || null,
      });
      waiting.remove();
      const first = show(reply.messages, true);
      state.log.push({ messages: reply.messages });
      keep();
      (first || log.lastElementChild).scrollIntoView({ block: 'start' });
      read(reply.messages.map((message) => message.text).join('\n'));
    } catch (error) {
      waiting.remove();
      const notice = make('div', { class: 'notice', role: 'alert' }, error.said || '没发出去,网络可能断了。您的话还在。');
      notice.append(make('button', { type: 'button', onclick: () => { notice.remove(); busy = busy.then(() => ask(words, bubble, id)); } }, '重试'));
      log.append(notice);
      notice.scrollIntoView({ block: 'end' });
    }
  }
  function restore() {
    setLarge(state.large);
    if (!state.log.length) {
      show([{ text: '您好!您想办什么事?说一句就行,比如“我要开餐馆”“孩子刚出生要办哪些证”。', buttons: [], card: null }], false);
      return;
    }
    state.log.forEach((turn, at) => {
      if (turn.mine) log.append(make('div', { class: 'bubble mine' }, turn.mine));
      else show(turn.messages, at === state.log.length - 1);
    });
    log.scrollTop = log.scrollHeight;
  }
  /** Draw the bubbles of one reply; buttons work only when `live`. Returns the first. */
  function show(messages, live) {
    let first = null;
    for (const message of messages) {
      const drawn = message.card && { checklist, form, handover }[message.card.kind];
      const node = drawn ? drawn(message.card) : make('div', { class: 'bubble' }, message.text);
      log.append(node);
      if (message.buttons.length) log.append(choices(message, live));
      first = first || node;
    }
    return first;
  }
  function choices(message, live) {
    const card = message.card || {};
    const box = make('div', { class: 'choices' });
    box.inert = !live;
    if (card.kind === 'question') box.setAttribute('aria-label', card.ask);
    if (card.kind === 'question' && card.type === 'multi') return several(box, message, card);
    for (const button of message.buttons) {
      box.append(make('button', { type: 'button', onclick: () => say(button.payload, button.title) }, button.title));
    }
    return box;
  }
  function several(box, message, card) {
    const boxes = [];
    const single = message.buttons.filter((button) => button.payload.endsWith('=?'));
    for (const button of message.buttons.filter((choice) => !single.includes(choice))) {
      const tick = make('input', { type: 'checkbox', value: button.payload.split('=')[1] });
      boxes.push([tick, button.title]);
      box.append(make('label', {}, tick, button.title));
    }
    box.append(make('button', { type: 'button', class: 'done', onclick: () => {
      const chosen = boxes.filter(([tick]) => tick.checked);
      say(`#${card.situation}=${chosen.map(([tick]) => tick.value).join(',')}`, chosen.map(([, title]) => title).join('、') || '都没有');
    } }, '确定'));
    for (const button of single) box.append(make('button', { type: 'button', onclick: () => say(button.payload, button.title) }, button.title));
    return box;
  }

  // —— cards ——
  function days(item) {
    const unit = item.days.unit === 'calendar' ? '个自然日' : '个工作日';
    const parts = [];
    if (item.days.promised !== null && item.days.promised !== undefined) parts.push(item.days.promised ? `承诺 ${item.days.promised} ${unit}` : '当场办');
    if (item.days.statutory !== undefined) parts.push(`法定 ${item.days.statutory} ${unit}`);
    if (item.days.usual !== undefined) parts.push(`一般 ${item.days.usual} ${unit}(待核实)`);
    return parts.join(',');
  }
  const mark = (text) => (text ? make('span', { class: 'verify', title: text }, '待核实') : '');
  function saving(title, [before, after], unit) {
    const part = before ? Math.max(4, Math.round((after / before) * 100)) : 100;
    return make('div', { class: 'saving' }, make('span', {}, title),
      make('span', { class: 'bar', 'aria-hidden': 'true' }, make('i', { style: `width:${Math.min(part, 100)}%` })),
      make('b', {}, `${before} → ${after} ${unit}`));
  }
  function paper(item) {
    const head = make('div', { class: 'paper-name' }, item.name, item.of ? make('small', {}, ` ${item.of}`) : '', mark(item.verify));
    const how = item.state === 'exempt' ? '' : [item.form, item.copies > 1 ? `${item.copies} 份` : ''].filter(Boolean).join(' · ');
    const lines = [how, item.alternatives.length && item.state !== 'exempt' ? `和这几样交一样就行:${item.alternatives.join('、')}` : '', item.state === 'bring' ? '' : item.reason,
      item.note, item.state !== 'exempt' && item.ask_at ? `没有的话:${item.ask_at}` : '', `用在:${item.procedures.join('、')}`];
    return make('li', {}, head, ...lines.filter(Boolean).map((line) => make('div', { class: 'fine' }, line)));
  }
  function group(state_, title, items) {
    const list = make('ul', {}, ...items.map(paper));
    const box = make('details', { class: `papers ${state_}` }, make('summary', {}, `${title}(${items.length})`), list);
    box.open = state_ !== 'exempt';
    return box;
  }
  function procedure(item) {
    const lines = [`${item.department} · ${days(item)}`, item.fee ? `费用:${item.fee}` : '', item.waits_for.length ? `要等:${item.waits_for.join('、')}` : '',
      item.note, item.reason, item.basis ? `依据:${item.basis}` : '', item.verify ? `待核实:${item.verify}` : ''];
    return make('li', { class: item.state }, make('div', { class: 'paper-name' }, item.name, item.state === 'maybe' ? make('span', { class: 'verify' }, '可能要办') : '', mark(item.verify)),
      ...lines.filter(Boolean).map((line) => make('div', { class: 'fine' }, line)));
  }
  function checklist(card) {
    const node = make('article', { class: 'card checklist', tabindex: '-1', 'aria-label': `${card.bundle.name}材料清单` },
      make('h3', {}, card.bundle.name), make('p', { class: 'fine' }, `按${card.region.name}的办法`));
    for (const [name, title] of STATES) {
      const items = card.materials.filter((item) => item.state === name);
      if (items.length) node.append(group(name, title, items));
    }
    const steps = make('details', { class: 'procedures' }, make('summary', {}, `要办的手续(${card.procedures.length})`), make('ul', {}, ...card.procedures.map(procedure)));
    node.append(steps, make('div', { class: 'savings' },
      make('h4', {}, '合在一起办,省了这些'), saving('材料', card.totals.materials, '份'), saving('填表', card.totals.fields, '项'),
      saving('跑腿', card.totals.visits, '趟'), saving('时间', card.totals.days, '个工作日')));
    if (card.totals.days[1]) node.append(make('p', {}, `今天交齐,预计 ${card.finish} 前办完`, card.finish_note ? make('span', { class: 'fine' }, card.finish_note) : ''));
    if (card.ways.length || card.points.length) {
      node.append(make('div', { class: 'ways' }, make('h4', {}, '这里的做法'),
        ...card.ways.map((way) => make('p', {}, make('b', {}, way.title), ` ${way.text}`)),
        ...card.points.map((point) => make('p', { class: 'fine' }, `${point.kind}:${point.text}`))));
    }
    if (card.verify.length) node.append(make('p', { class: 'fine' }, make('span', { class: 'verify' }, '待核实'), ` ${card.verify.join(';')}`));
    node.append(make('details', {}, make('summary', {}, '依据'), make('ul', {}, ...card.sources.map((source) => make('li', { class: 'fine' }, source)))),
      make('p', { class: 'code' }, '编码 ', make('b', {}, card.code), make('button', { type: 'button', onclick: (event) => copy(card.code, event.target) }, '复制'),
        make('button', { type: 'button', onclick: () => print(node) }, '打印'), make('span', { class: 'fine' }, '换手机或打 12345 时报这个码')));
    return node;
  }
  function form(card) {
    const row = (field) => make('li', { class: field.value === null ? 'empty' : '' },
      make('span', { class: 'label' }, field.label),
      make('span', { class: 'value' }, field.value === null ? (field.from ? `由${field.from}带出` : '没填') : field.shown),
      field.source ? make('span', { class: 'badge', title: field.quote ? `原话:${field.quote}` : '' }, SOURCES[field.source], field.quote ? make('small', {}, `“${field.quote}”`) : '') : '',
      make('button', { type: 'button', 'aria-label': `改${field.label}`, onclick: () => say(`改 ${field.label}`) }, '改'));
    const part = (title, fields, open_) => fields.length ? make('details', { open: open_ },
      make('summary', {}, `${title}(${fields.length})`), make('ul', { class: 'fields' }, ...fields.map(row))) : '';
    const empty = card.fields.filter((field) => field.value === null);
    return make('article', { class: 'card form', 'aria-label': '申请表' }, make('h3', {}, `申请表 已填 ${card.filled} / ${card.total}`),
      make('progress', { max: String(card.total), value: String(card.filled), 'aria-label': '填表进度' }),
      part('已经填好的', card.fields.filter((field) => field.value !== null), true),
      part('还没填的', empty.filter((field) => !field.from), true),
      part('到窗口由证照带出的', empty.filter((field) => field.from), false));
  }
  function handover(card) {
    return make('article', { class: 'card handover', 'aria-label': '转办编号' }, make('p', {}, `已转给${card.where}`), make('p', { class: 'number' }, card.no),
      make('p', { class: 'fine' }, `您说过的都在里面,不用再说一遍。编码 ${card.code}`),
      card.open.length ? make('details', {}, make('summary', {}, `还没定的(${card.open.length})`), make('ul', {}, ...card.open.map((point) => make('li', { class: 'fine' }, point)))) : '');
  }
  async function copy(text, button) {
    try { await navigator.clipboard.writeText(text); button.textContent = '已复制'; } catch { button.textContent = text; }
  }
  /** Print one card alone, everything unfolded. */
  function print(node) {
    const page = window.open('', '_blank');
    if (!page) return;
    const whole = node.cloneNode(true);
    for (const fold of whole.querySelectorAll('details')) fold.open = true;
    for (const button of whole.querySelectorAll('button')) button.remove();
    page.document.title = '材料清单';
    page.document.head.append(page.document.importNode(style.cloneNode(), true));
    page.document.body.append(page.document.importNode(whole, true));
    page.addEventListener('load', () => page.print());
    setTimeout(() => page.print(), 400);
  }

  async function places() {
    try {
      const found = await (await fetch(`${home}/api/regions`)).json();
      region.append(...found.map((place) => make('option', { value: place.code }, place.name)));
      region.value = state.region;
      region.hidden = !found.length;
    } catch { region.hidden = true; }
  }
  document.addEventListener('guide:say', (event) => open(event.detail));
  const mount = () => { document.body.append(host); places(); };
  if (document.body) mount(); else document.addEventListener('DOMContentLoaded', mount);
})();
