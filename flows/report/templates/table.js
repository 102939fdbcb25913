// Searches, filters, sorts and pages one table whose rows stand in the page as JSON, column by column.
(() => {
  'use strict';
  const PAGE = 50;
  const NOTHING = '–';
  const number = new Intl.NumberFormat('vi-VN');
  const collator = new Intl.Collator('vi', { numeric: true });
  const root = document.getElementById('bang');
  const noun = root.dataset.noun;
  const by = (id) => document.getElementById(id);

  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    element.append(...children.map((child) => (child === null || child === undefined ? NOTHING : child)));
    return element;
  };

  const fold = (text) => {
    const lower = text.toLowerCase();
    // eslint-disable-next-line no-control-regex
    if (/^[\x00-\x7f]*$/.test(lower)) return lower;
    return lower.replace(/đ/g, 'd').normalize('NFD').replace(/[\u0300-\u036f]/g, '');
  };

  let data;
  let fields;
  const state = { search: '', page: 0, sort: '', chosen: {}, open: -1 };
  let found = new Uint32Array(0);

  const raw = (field, row) => (field.at ? (field.at[row] < 0 ? null : field.ids[field.at[row]]) : field.numbers[row]);
  const shownWords = (field, row) => {
    if (!field.at) return field.numbers[row] === null ? null : String(field.numbers[row]);
    const at = field.at[row];
    return at < 0 ? null : (field.words || field.ids)[at];
  };

  // ---- what the address says, so that any view can be linked to
  const readAddress = () => {
    const said = new URLSearchParams(location.hash.slice(1));
    state.search = said.get('tim') || '';
    state.page = Math.max(0, (parseInt(said.get('trang'), 10) || 1) - 1);
    state.sort = said.get('xep') || '';
    state.open = said.has('dong') ? parseInt(said.get('dong'), 10) : -1;
    state.chosen = {};
    for (const field of fields) if (field.at && said.has(field.name)) state.chosen[field.name] = said.get(field.name);
  };
  const writeAddress = () => {
    const said = new URLSearchParams();
    if (state.search) said.set('tim', state.search);
    for (const [name, value] of Object.entries(state.chosen)) said.set(name, value);
    if (state.sort) said.set('xep', state.sort);
    if (state.page) said.set('trang', String(state.page + 1));
    if (state.open >= 0) said.set('dong', String(state.open));
    history.replaceState(null, '', '#' + said);
  };

  // ---- finding rows
  const folded = (field) => field.folded || (field.folded = (field.words || field.ids).map(fold));
  const searchTests = () => fold(state.search).split(/\s+/).filter(Boolean).map((token) => fields
    .filter((field) => field.at && field.title)
    .map((field) => [field.at, Uint8Array.from(folded(field), (text) => (text.includes(token) ? 1 : 0))])
    .filter(([, hits]) => hits.includes(1)));

  const find = () => {
    const tests = searchTests();
    const filters = fields.filter((field) => field.filter);
    const wanted = filters.map((field) => (field.name in state.chosen ? field.ids.indexOf(state.chosen[field.name]) : -2));
    const hidden = fields.filter((field) => !field.filter && field.name in state.chosen)
      .map((field) => [field.at, field.ids.indexOf(state.chosen[field.name])]);
    const counts = filters.map((field) => new Uint32Array(field.ids.length));
    const rows = [];
    next: for (let row = 0; row < data.rows; row++) {
      for (const [at, code] of hidden) if (at[row] !== code || code < 0) continue next;
      for (const token of tests) if (!token.some(([at, hits]) => at[row] >= 0 && hits[at[row]])) continue next;
      let failed = -1;
      for (let index = 0; index < filters.length; index++) {
        const code = wanted[index];
        if (code === -2 || (code >= 0 && filters[index].at[row] === code)) continue;
        if (failed >= 0) continue next;
        failed = index;
      }
      for (let index = 0; index < filters.length; index++) {
        const at = filters[index].at[row];
        if (at >= 0 && (failed < 0 || failed === index)) counts[index][at]++;
      }
      if (failed < 0) rows.push(row);
    }
    found = sorted(rows);
    filters.forEach((field, index) => showCounts(field, counts[index]));
  };

  const ranks = (field) => {
    if (field.ranks) return field.ranks;
    const words = field.words || field.ids;
    const order = words.map((_, index) => index);
    if (!field.ordered) order.sort((a, b) => collator.compare(words[a], words[b]));
    field.ranks = new Uint32Array(words.length);
    order.forEach((code, rank) => { field.ranks[code] = rank; });
    return field.ranks;
  };
  const sorted = (rows) => {
    const field = fields.find((each) => each.name === state.sort.replace(/^-/, ''));
    if (!field) return rows;
    const sign = state.sort.startsWith('-') ? -1 : 1;
    const rank = field.at && ranks(field);
    const key = field.at ? (row) => (field.at[row] < 0 ? null : rank[field.at[row]]) : (row) => field.numbers[row];
    return rows.sort((a, b) => {
      const left = key(a);
      const right = key(b);
      if (left === right) return a - b;
      if (left === null) return 1;
      if (right === null) return -1;
      return sign * (left - right);
    });
  };

  // ---- showing
  const showCounts = (field, counts) => {
    const select = by('loc-' + field.name);
    const words = field.words || field.ids;
    for (let index = 1; index < select.options.length; index++) {
      const option = select.options[index];
      const code = Number(option.dataset.at);
      const text = `${words[code]} (${number.format(counts[code])})`;
      if (option.textContent !== text) option.textContent = text;
      option.hidden = counts[code] === 0 && state.chosen[field.name] !== field.ids[code];
    }
    select.value = state.chosen[field.name] === undefined ? '' : state.chosen[field.name];
  };

  const buildFilters = () => {
    const place = by('bo-loc');
    for (const field of fields.filter((each) => each.filter)) {
      const select = make('select', { id: 'loc-' + field.name }, make('option', { value: '' }, 'Tất cả'));
      const order = [...field.ids.keys()];
      if (!field.ordered) order.sort((a, b) => ranks(field)[a] - ranks(field)[b]);
      for (const code of order) select.append(make('option', { value: field.ids[code], 'data-at': code }, (field.words || field.ids)[code]));
      select.addEventListener('change', () => {
        if (select.value) state.chosen[field.name] = select.value; else delete state.chosen[field.name];
        restart();
      });
      place.append(make('label', {}, make('span', {}, field.title), select));
    }
  };

  const buildHead = () => {
    const row = make('tr', { role: 'row' });
    for (const field of fields.filter((each) => each.shown)) {
      const button = make('button', { type: 'button' }, field.title);
      button.addEventListener('click', () => {
        state.sort = state.sort === field.name ? '-' + field.name : field.name;
        restart();
        button.focus();
      });
      row.append(make('th', { scope: 'col', role: 'columnheader', 'data-field': field.name }, button));
    }
    by('dau-bang').replaceChildren(row);
  };
  const showOrder = () => {
    for (const cell of by('dau-bang').querySelectorAll('th')) {
      const name = cell.dataset.field;
      cell.setAttribute('aria-sort', state.sort === name ? 'ascending' : state.sort === '-' + name ? 'descending' : 'none');
    }
  };

  const cellOf = (field, row) => {
    const words = shownWords(field, row);
    const cell = make('td', { role: 'cell', 'data-label': field.title, class: 'o-' + field.name + (field.numbers ? ' so' : '') });
    if (field.name === data.opens) {
      const open = state.open === row;
      const button = make('button', { type: 'button', class: 'mo', 'aria-expanded': String(open), 'aria-label': `${words || 'Dòng này'}: xem chi tiết` }, words || 'Xem');
      button.addEventListener('click', () => toggle(row));
      cell.append(button);
    } else if (field.badge && words !== null) {
      cell.append(make('span', { class: 'nhan nhan-' + raw(field, row) }, words));
    } else cell.append(words === null ? NOTHING : words);
    return cell;
  };

  const detailsOf = (row) => {
    const list = make('dl');
    for (const field of fields) {
      const words = shownWords(field, row);
      if (words === null || !field.title) continue;
      const code = field.words && field.code ? ` (${raw(field, row)})` : '';
      list.append(make('div', {}, make('dt', {}, field.title), make('dd', { class: 'o-' + field.name }, words + code)));
    }
    const ways = make('p', { class: 'loi-di' });
    for (const link of data.links) {
      const value = raw(fields.find((field) => field.name === link.field), row);
      if (value !== null) ways.append(make('a', { href: link.href.replace('{}', encodeURIComponent(value).replaceAll('%2F', '/')) }, link.title), ' ');
    }
    const span = fields.filter((field) => field.shown).length;
    return make('tr', { role: 'row', class: 'chi-tiet', id: 'chi-tiet' }, make('td', { role: 'cell', colspan: span }, list, ways));
  };

  const toggle = (row) => {
    state.open = state.open === row ? -1 : row;
    showRows();
    writeAddress();
    const button = by('than-bang').querySelector(`tr[data-row="${row}"] .mo`);
    if (button) button.focus();
  };

  const showRows = () => {
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    state.page = Math.min(state.page, pages - 1);
    const rows = document.createDocumentFragment();
    for (const row of found.slice(state.page * PAGE, (state.page + 1) * PAGE)) {
      const line = make('tr', { role: 'row', 'data-row': row });
      for (const field of fields) if (field.shown) line.append(cellOf(field, row));
      rows.append(line);
      if (state.open === row) rows.append(detailsOf(row));
    }
    by('than-bang').replaceChildren(rows);
    by('so-dong').textContent = found.length === data.rows
      ? `${number.format(data.rows)} ${noun}`
      : `${number.format(found.length)} trong ${number.format(data.rows)} ${noun}`;
    by('trang').textContent = `Trang ${number.format(state.page + 1)}/${number.format(pages)}`;
    by('truoc').disabled = state.page === 0;
    by('sau').disabled = state.page >= pages - 1;
    by('khong-co').hidden = found.length > 0;
    showOrder();
  };

  const show = () => {
    find();
    if (state.open >= 0) {
      const place = found.indexOf(state.open);
      if (place >= 0) state.page = Math.floor(place / PAGE); else state.open = -1;
    }
    showRows();
    showChosen();
  };
  const restart = () => { state.page = 0; state.open = -1; show(); writeAddress(); };

  // A link may narrow by a field that has no drop-down; say so, and let it be undone.
  const showChosen = () => {
    const place = by('dang-loc');
    place.replaceChildren();
    for (const [name, value] of Object.entries(state.chosen)) {
      const field = fields.find((each) => each.name === name);
      if (field.filter) continue;
      const at = field.ids.indexOf(value);
      const button = make('button', { type: 'button' }, `${field.title}: ${at < 0 ? value : (field.words || field.ids)[at]} ✕`);
      button.setAttribute('aria-label', `Bỏ lọc theo ${field.title}`);
      button.addEventListener('click', () => { delete state.chosen[name]; restart(); });
      place.append(button);
    }
  };

  const download = () => {
    // A spreadsheet shall show a text that begins like a formula, also in a cell of another separator.
    const plain = (text) => text.replace(/([;\t\r\n])(?=[=+\-@＝＋－＠])/g, "$1'").replace(/^(?=[=+\-@＝＋－＠\t\r\n])/, "'");
    const safe = (text) => `"${plain(text).replace(/"/g, '""')}"`;
    const told = fields.filter((field) => field.title);
    const lines = [told.map((field) => safe(field.title))];
    for (const row of found) lines.push(told.map((field) => safe(shownWords(field, row) || '')));
    const blob = new Blob(['\ufeff' + lines.map((line) => line.join(',')).join('\r\n')], { type: 'text/csv' });
    const link = make('a', { href: URL.createObjectURL(blob), download: root.dataset.file });
    link.click();
    URL.revokeObjectURL(link.href);
  };

  const start = () => {
    data = JSON.parse(by('du-lieu').textContent);
    fields = data.fields;
    for (const field of fields) if (field.at) field.at = Int32Array.from(field.at);
    buildFilters();
    buildHead();
    readAddress();
    by('tim').value = state.search;
    let waiting;
    by('tim').addEventListener('input', (event) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => { state.search = event.target.value; restart(); }, 40);
    });
    by('truoc').addEventListener('click', () => { state.page--; state.open = -1; showRows(); writeAddress(); });
    by('sau').addEventListener('click', () => { state.page++; state.open = -1; showRows(); writeAddress(); });
    by('bo-het').addEventListener('click', () => { state.search = by('tim').value = ''; state.chosen = {}; state.sort = ''; restart(); });
    by('tai').addEventListener('click', download);
    by('dieu-khien').addEventListener('submit', (event) => event.preventDefault());
    window.addEventListener('hashchange', () => { readAddress(); by('tim').value = state.search; show(); reveal(); });
    show();
    reveal();
    root.dataset.ready = 'true';
  };
  const reveal = () => { if (state.open >= 0 && by('chi-tiet')) by('chi-tiet').scrollIntoView({ block: 'center' }); };

  // Let the page itself be painted before a large table is unpacked.
  requestAnimationFrame(() => setTimeout(start));
})();
