// node setup_page.mjs JOB.json: the set-up page in headless Chromium, its calls handed on to the stand-in for splunkd.
// A job: {html, scripts, css, splunkd, key, steps, query}. A step: {do: fill|click|check|select|keys, label, value}. Prints {texts, problems, calls}: the
// page's text after each step, what went wrong, and each call as `METHOD path`.
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { settled } from './splunk_web.mjs';

const ORIGIN = 'http://splunk.test';
const TOKEN = '1234567890';
const job = JSON.parse(await readFile(process.argv[2], 'utf8'));
const told = { texts: [], problems: [], calls: [], title: '', focus: [], foreign: [], enabled: {} };

async function answer(route) {
  const request = route.request();
  const url = new URL(request.url());
  if (url.origin !== ORIGIN) {
    told.problems.push(`outside request: ${url.origin}`);
    return route.abort();
  }
  if (url.pathname === '/favicon.ico') return route.fulfill({ status: 204 });
  if (url.pathname.startsWith('/en-US/app/')) return route.fulfill({ contentType: 'text/html', body: `<!doctype html><meta charset="utf-8"><title>splunk</title><link rel="stylesheet" href="/setup.css">${job.html}${job.scripts.map((_, at) => `<script src="/script${at}.js"></script>`).join('')}` });
  if (url.pathname === '/setup.css') return route.fulfill({ contentType: 'text/css', body: await readFile(job.css, 'utf8') });
  const script = url.pathname.match(/^\/script(\d+)\.js$/)?.[1];
  if (script) return route.fulfill({ contentType: 'text/javascript', body: await readFile(job.scripts[script], 'utf8') });
  const path = url.pathname.match(/^\/en-US\/splunkd\/__raw(\/.*)$/)?.[1];
  if (!path) return route.fulfill({ status: 404 });
  told.calls.push(`${request.method()} ${path}`);
  const headers = await request.allHeaders();
  if (request.method() !== 'GET' && headers['x-splunk-form-key'] !== TOKEN) told.problems.push(`no form key: ${path}`); // Splunk Web refuses such a call
  const reply = await fetch(job.splunkd + path + url.search, {
    method: request.method(), body: request.postData() ?? undefined,
    headers: { Authorization: `Splunk ${job.key}`, 'Content-Type': headers['content-type'] ?? 'text/plain' },
  });
  return route.fulfill({ status: reply.status, contentType: 'application/json', body: await reply.text() });
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, locale: 'en-US' });
  await context.addCookies([{ name: 'splunkweb_csrf_token_8000', value: TOKEN, url: ORIGIN }]);
  const page = await context.newPage();
  page.on('dialog', (dialog) => { told.problems.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('pageerror', (error) => told.problems.push(`exception: ${error.message}`));
  await page.route('**/*', answer);
  await page.goto(`${ORIGIN}/en-US/app/TA-maliciouscaller/setup${job.query}`);
  // A sentence that ends in dots says that Splunk is at it.
  const done = () => page.waitForFunction(() => !/\.\.\.$/.test(document.querySelector('[role="status"]')?.textContent ?? ''), null, { timeout: 60_000 });
  await page.waitForFunction(() => document.querySelector('h2') && document.querySelector('#maliciouscaller_covered'), null, { timeout: 60_000 }).catch(() => told.problems.push('not all sections came'));
  await settled(page, 400);
  const text = () => page.evaluate(() => document.body.innerText);
  told.texts.push(await text());
  for (const { do: what, label, value } of job.steps) {
    const target = label && page.getByLabel(label, { exact: true }).or(page.getByRole('button', { name: label, exact: true })).first();
    const wait = { timeout: 5_000 };
    if (what === 'fill') await target.fill(value, wait);
    else if (what === 'select') await target.selectOption(value, wait);
    else if (what === 'focus') await target.focus(wait);
    else if (what === 'keys') await page.keyboard.press(value);
    else await target.click(wait);
    await done().catch(() => told.problems.push(`never done: ${label}`));
    await settled(page, 300);
    told.texts.push(await text());
    told.focus.push(await page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent));
  }
  told.title = await page.title();
  // What only somebody else's text could have made.
  told.foreign = await page.evaluate(() => [...document.querySelectorAll('#maliciouscaller_setup :is(script, img, iframe, svg, a, [onerror], [onmouseover], [onload])')].map((each) => each.outerHTML));
  told.enabled = await page.evaluate(() => Object.fromEntries([...document.querySelectorAll('button')].map((each) => [each.getAttribute('aria-label') ?? each.textContent, !each.disabled])));
  if (job.picture) await page.screenshot({ path: job.picture, fullPage: true });
} finally {
  await browser.close();
}
console.log(JSON.stringify(told));
