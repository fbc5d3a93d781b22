// Splunk Web as far as a dashboard asks it, without a server and without a network: every request of the page is answered here, from
// the rows that the tests computed. A request to any other host, one that nobody answers and every console error is a problem.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ORIGIN = 'http://splunk.test';
const SPLUNKD = /^\/en-US\/splunkd\/__raw\/services(?:NS\/[^/]+\/[^/]+)?\/(.*)$/;
const PUBLISHED = '2026-01-01T00:00:00.000+00:00';
const built = (name) => fileURLToPath(new URL(`../../../build/browser/${name}`, import.meta.url));

export async function readView(path) {
  const xml = await readFile(path, 'utf8');
  return JSON.parse(xml.match(/<definition>\s*<!\[CDATA\[([\s\S]*?)\]\]>\s*<\/definition>/)[1]);
}

// A view in the making: what it shows, what it asked, where it was led to, what went wrong.
export function newView({ definition, theme, data, tokens = {} }) {
  return { definition, theme, data, tokens, searches: [], links: [], problems: [] };
}

// The page with Splunk's packages, which are large: opened once, it shows one view after the other.
export class Page {
  jobs = new Map(); // sid → [search, its view]: what is left of a view may still ask when the next one is shown

  static async open(browser) {
    const made = new Page();
    made.page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-US', timezoneId: 'UTC' });
    made.view = newView({});
    made.page.on('pageerror', (error) => made.view.problems.push(`exception: ${error.message}`));
    made.page.on('console', (message) => {
      if (message.type() === 'error') made.view.problems.push(`console: ${message.text().split('\n')[0]}`);
    });
    await made.page.route('**/*', (route) => answer(route, made));
    await made.page.goto(`${ORIGIN}/`);
    await made.page.waitForFunction(() => window.__show, null, { timeout: 120_000 });
    return made;
  }

  async show(view) {
    const early = this.view.definition ? [] : this.view.problems;
    this.view = view;
    view.problems.push(...early);
    const bottom = Math.max(...view.definition.layout.structure.map(({ position }) => position.y + position.h));
    await this.page.setViewportSize({ width: 1440, height: bottom + (view.definition.layout.globalInputs.length ? 100 : 20) });
    await this.page.evaluate((shown) => window.__show(shown), { definition: view.definition, theme: view.theme, tokens: view.tokens });
    await this.page.waitForSelector('[data-test="LayoutContainer"]', { timeout: 60_000 });
    await settled(this.page);
  }
}

// Nothing in the page has changed for a while.
export const settled = (page, quiet = 600) => page.evaluate((quietMs) => new Promise((resolve) => {
  let last = performance.now();
  const observer = new MutationObserver(() => { last = performance.now(); });
  observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  const poll = setInterval(() => {
    if (performance.now() - last < quietMs) return;
    clearInterval(poll);
    observer.disconnect();
    resolve();
  }, 50);
}), quiet);

async function answer(route, shown) {
  const { view } = shown;
  const request = route.request();
  const url = new URL(request.url());
  if (url.protocol === 'data:' || url.protocol === 'blob:') return route.continue();
  if (url.origin !== ORIGIN) {
    view.problems.push(`outside request: ${url.origin}`);
    return route.abort();
  }
  if (url.pathname === '/') return route.fulfill({ contentType: 'text/html', body: html() });
  if (/^\/host\.(js|css)$/.test(url.pathname)) return route.fulfill({ path: built(url.pathname.slice(1)) });
  if (url.pathname === '/favicon.ico') return route.fulfill({ status: 204 });
  if (/^(\/en-US)?\/app\//.test(url.pathname)) { // a click led to another view; 204 leaves this one as it is
    view.links.push(url.pathname.replace('/en-US', '') + url.search);
    return route.fulfill({ status: 204 });
  }
  const isPost = request.method() === 'POST';
  const form = new URLSearchParams(isPost ? request.postData() ?? '' : url.search);
  const reply = splunkd(url.pathname.match(SPLUNKD)?.[1], isPost, form, shown);
  if (!reply) view.problems.push(`unanswered: ${request.method()} ${url.pathname}`);
  return route.fulfill({ status: reply?.sid ? 201 : reply ? 200 : 404, contentType: 'application/json', body: JSON.stringify(reply ?? {}) });
}

function splunkd(path, isPost, form, { view, jobs }) {
  if (path === 'search/jobs' && isPost) {
    const sid = `job${jobs.size}`;
    const search = { sid, source: form.get('label'), query: form.get('search'), earliest: form.get('earliest_time'), latest: form.get('latest_time') };
    view.searches.push(search);
    jobs.set(sid, [search, view]);
    return { sid };
  }
  if (path === 'search/jobs') return { entry: form.getAll('id').map((sid) => job(...jobs.get(sid))) };
  if (path === 'search/timeparser') return { [form.get('time')]: PUBLISHED };
  if (path === 'data/ui/times') return { entry: [['Last 24 hours', '-24h@h', 'now'], ['Last 7 days', '-7d@h', 'now']].map(preset) };
  if (path === 'authentication/current-context') return { entry: [{ content: { username: 'admin', roles: ['admin'], capabilities: ['search'] } }] };
  const [, sid, part] = path?.match(/^search\/(?:v2\/)?jobs\/([^/]+)\/?(.*)$/) ?? [];
  if (!sid) return undefined;
  if (part === '') return { entry: [job(...jobs.get(sid))] };
  if (part === 'control') return { messages: [] };
  return /^(results|results_preview|events)$/.test(part) ? results(form, ...jobs.get(sid)) : undefined;
}

const preset = ([label, earliest_time, latest_time], order) => ({ content: { label, earliest_time, latest_time, order } });

function rowsOf(search, chained, view) {
  const source = chained ? chainOf(chained, view.definition) : search.source;
  const rows = view.data[source];
  if (!rows) view.problems.push(`no data for the data source ${source ?? chained.slice(0, 80)}`);
  return rows ?? [];
}

// A chain's search comes without the name of its data source: it is the longest one that the text begins with, tokens standing for anything.
function chainOf(text, { dataSources }) {
  const literally = (part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = (query) => query.trim().split('$$').map((piece) => piece.split(/\$[^$\s]+\$/).map(literally).join('[^]*')).join('\\$');
  return Object.entries(dataSources)
    .filter(([, { type }]) => type === 'ds.chain')
    .sort(([, one], [, other]) => other.options.query.length - one.options.query.length)
    .find(([, { options }]) => new RegExp(`${pattern(options.query)}\\s*(\\| sort 0 .*)?$`).test(text))?.[0];
}

const cell = (value) => (value == null ? null : Array.isArray(value) ? value.map(String) : String(value));

function results(form, search, view) {
  const rows = rowsOf(search, form.get('search'), view);
  const offset = Number(form.get('offset') ?? 0);
  const shown = rows.slice(offset, offset + (Number(form.get('count')) || rows.length));
  const names = [...new Set(rows.flatMap(Object.keys))];
  return {
    preview: false, init_offset: offset, post_process_count: rows.length, messages: [],
    fields: names.map((name) => ({ name })),
    columns: names.map((name) => shown.map((row) => cell(row[name]))),
  };
}

function job(search, view) {
  const count = rowsOf(search, null, view).length;
  return {
    name: search.query, published: PUBLISHED, acl: { app: 'TA-maliciouscaller' },
    content: {
      sid: search.sid, isDone: true, isFinalized: false, isRealTimeSearch: false, dispatchState: 'DONE', doneProgress: 1,
      runDuration: 0.5, resultCount: count, resultPreviewCount: count, eventCount: count, messages: [],
    },
  };
}

function html() {
  const config = {
    SPLUNKD_PATH: '/en-US/splunkd/__raw', LOCALE: 'en-US', USERNAME: 'admin', VERSION_LABEL: '10.0.0', MRSPARKLE_ROOT_PATH: '',
    SERVER_ZONEINFO: '### SERIALIZED TIMEZONE FORMAT 1.0;Y0 NW 55 54 43;@-2147483648 0;', // UTC; the time range input needs one
  };
  return `<!doctype html><meta charset="utf-8"><title>splunk</title><link rel="stylesheet" href="/host.css">
<style>html,body{margin:0}</style><div id="root"></div><script>window.$C=${JSON.stringify(config)}</script>
<script type="module" src="/host.js"></script>`;
}
