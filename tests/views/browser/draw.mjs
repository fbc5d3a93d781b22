// node draw.mjs JOBS.json: draws views in headless Chromium and prints, a line of JSON for each job, what is on them.
// A job: {view: file, data: file, theme, tokens, click: [[panel, text], ...], picture: file}. Links are where the clicks led to, anchors the links of texts.
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { Page, newView, readView, settled } from './splunk_web.mjs';

const BAD = /N\/A|is not defined|No search results returned|Set token value|###|\bundefined\b|\bNaN\b|\[object /;

// Each panel by its id: the text below its title, whether something is drawn there, and whether a part of it lies outside on the right.
const panels = (page) => page.evaluate(() => Object.fromEntries([...document.querySelectorAll('[data-test="viz-item"]')].map((item) => {
  const body = item.querySelector('[data-test="viz-size-wrapper"]');
  const drawn = [...(body?.querySelectorAll('svg, canvas') ?? [])].some((each) => each.getBoundingClientRect().width > 60);
  const cut = [...item.querySelectorAll('*')].some((each) => each.clientWidth > 200 && each.scrollWidth > each.clientWidth + 4 && getComputedStyle(each).overflowX !== 'visible');
  return [item.dataset.id, { cut, text: body?.innerText.trim() ?? '', drawn }];
})));

async function draw(shown, job) {
  const view = newView({ definition: await readView(job.view), theme: job.theme, data: JSON.parse(await readFile(job.data, 'utf8')), tokens: job.tokens });
  const { page } = shown;
  await shown.show(view);
  view.problems.push(...(await page.evaluate((definition) => [...window.__check(definition), ...window.__invalid], view.definition)));
  const text = await page.evaluate(() => document.body.innerText);
  const drawn = await panels(page);
  const anchors = await page.evaluate(() => [...document.querySelectorAll('[data-test="viz-item"] a[href]')].map((each) => [each.innerText.trim(), each.getAttribute('href')]));
  view.problems.push(...text.split('\n').filter((line) => BAD.test(line)).map((line) => `shown: ${line}`));
  if (job.picture) await page.screenshot({ path: job.picture });
  for (const [panel, label] of job.click ?? []) {
    const target = page.locator(`[data-test="viz-item"][data-id="${panel}"]`).getByText(label, { exact: true }).first();
    await target.click({ timeout: 5_000 }).catch(() => view.problems.push(`nothing to click: ${label}`));
    await settled(page, 300);
  }
  return { problems: view.problems, links: view.links, anchors, text, title: await page.title(), panels: drawn, searches: view.searches };
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const shown = await Page.open(browser);
  for (const job of JSON.parse(await readFile(process.argv[2], 'utf8'))) console.log(JSON.stringify(await draw(shown, job)));
} finally {
  await browser.close();
}
