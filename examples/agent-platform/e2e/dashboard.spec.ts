import { expect, test } from '@playwright/test';

test('the dashboard shows every agent as ready', async ({ page }) => {
  await page.goto('/dashboard');
  await expect(page.locator('h1')).toHaveText('Agent platform');
  await expect(page.locator('#agents tr[data-agent=reviewer]')).toContainText('ready');
});

test('a workflow that is started from the page comes to its end', async ({ page }) => {
  await page.goto('/dashboard');
  await page.locator('[name=user]').fill('operator');
  await page.locator('[name=password]').fill(process.env['E2E_PASSWORD'] ?? '');
  await page.locator('[name=task]').fill('Who was Ada Lovelace');
  await page.locator('#start button').click();
  await expect(page.locator('#status')).toHaveText(/^workflow [0-9a-f-]+ completed$/);
  await expect(page.locator('#output')).not.toBeEmpty();
});

test('a wrong password is refused in words', async ({ page }) => {
  await page.goto('/dashboard');
  await page.locator('[name=user]').fill('operator');
  await page.locator('[name=password]').fill('not the password');
  await page.locator('[name=task]').fill('Who was Ada Lovelace');
  await page.locator('#start button').click();
  await expect(page.locator('#status')).toHaveText(/^failed: /);
});
