import tap, { test } from 'tap';
import { startAppliance } from '../fixtures/appliance.ts';
import { putVideo } from '../fixtures/library.ts';
import { openProfile } from '../fixtures/shared-browser.ts';

// Starting browsers takes most of it, and a busy machine takes three times as long.
tap.setTimeout(300_000);

test('lists, searches and sorts the library, with the question in the address', async (t) => {
  const appliance = await startAppliance(t);
  await putVideo(appliance, 'Alpha walk.mp4', Buffer.alloc(300_000, 1));
  await putVideo(appliance, 'Beta run.mkv', Buffer.alloc(900_000, 2));
  await putVideo(appliance, 'Gamma 東京 walk.webm', Buffer.alloc(600_000, 3));
  const { page, errors } = await openProfile(t);
  await page.goto(appliance.url);
  const titles = page.locator('.card-title');
  await titles.nth(2).waitFor();
  t.match(await titles.allInnerTexts(), [/Gamma/, /Beta/, /Alpha/], 'the newest comes first');
  t.match(await page.locator('.card-facts').first().innerText(), /^600 kB · /, 'sizes are decimal');

  await page.getByLabel('Order').selectOption('Largest first');
  await page.waitForURL(/sort=-sizeBytes/);
  await page.locator('.card:nth-child(1)', { hasText: 'Beta' }).waitFor();
  t.match(await titles.allInnerTexts(), [/Beta/, /Gamma/, /Alpha/]);

  await page.getByRole('searchbox').fill('WALK');
  await page.waitForURL(/q=WALK/);
  await page.locator('.card', { hasText: 'Beta' }).waitFor({ state: 'detached' });
  t.equal(await titles.count(), 2, 'any case, part of the title');

  await page.reload();
  await titles.nth(1).waitFor();
  t.equal(await page.getByRole('searchbox').inputValue(), 'WALK', 'the address holds the question');

  await page.getByRole('button', { name: 'Table' }).click();
  await page.getByRole('columnheader', { name: 'Size' }).waitFor();
  t.equal(await page.getByRole('columnheader', { name: 'Size' }).getAttribute('aria-sort'), 'descending');
  await page.getByRole('button', { name: 'Size' }).click();
  await page.locator('tbody tr:nth-child(1)', { hasText: 'Alpha' }).waitFor();

  await page.getByRole('searchbox').fill('nothing has this name');
  await page.getByRole('heading', { name: /Nothing is called/ }).waitFor();
  await page.getByRole('button', { name: 'Show all videos' }).click();
  await page.locator('tbody tr:nth-child(3)').waitFor();
  t.same(errors, [], 'no errors on the console');
});

test('shows more videos page by page, each once', async (t) => {
  const appliance = await startAppliance(t);
  for (let at = 0; at < 60; at += 1) await putVideo(appliance, `Video ${at}.mp4`, Buffer.alloc(1000 + at, at));
  const { page, errors } = await openProfile(t);
  await page.goto(`${appliance.url}/?sort=title`);
  await page.locator('.card').nth(47).waitFor();
  await page.getByRole('button', { name: 'Show more' }).scrollIntoViewIfNeeded();
  await page.locator('.card').nth(59).waitFor();
  t.equal(new Set(await page.locator('.card-title').allTextContents()).size, 60);
  t.equal(await page.getByRole('button', { name: 'Show more' }).count(), 0, 'the end has no button');
  t.same(errors, []);
});

test('an empty library explains the next action, signed out and signed in', async (t) => {
  const appliance = await startAppliance(t);
  const { page, errors } = await openProfile(t);
  await page.goto(appliance.url);
  await page.getByRole('heading', { name: 'This library is empty' }).waitFor();
  await page.locator('.whole').getByRole('button', { name: 'Sign in' }).click();
  const dialog = page.getByRole('dialog');

  await dialog.getByLabel('Admin token').fill('not-the-token');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await dialog.getByRole('alert').waitFor();
  t.match(await dialog.getByRole('alert').innerText(), /That is not the admin token[^]*Request/, 'the reason and the id of the request');
  t.match(errors, [/401/], 'the browser itself logs a refused request');

  await dialog.getByLabel('Admin token').fill(appliance.adminToken);
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Drop your first videos here' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Drop your first videos here' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'This library is empty' }).waitFor();
  t.equal(errors.length, 1, 'nothing else went wrong');
});

test('says so when the appliance is silent, and comes back by itself', async (t) => {
  const appliance = await startAppliance(t);
  await putVideo(appliance, 'Still here.mp4');
  const { page, context } = await openProfile(t);
  await page.goto(appliance.url);
  await page.locator('.card a').waitFor();
  await context.setOffline(true);
  await page.locator('.banner', { hasText: 'The appliance does not answer' }).waitFor();
  await page.getByRole('button', { name: 'Not answering' }).waitFor();
  t.equal(await page.locator('.card').count(), 1, 'what was shown stays');
  await context.setOffline(false);
  await page.locator('.banner').waitFor({ state: 'detached' });
  await page.locator('.pill', { hasText: 'CDN 0 of' }).waitFor();
});
