import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'
import { signInAs, visit } from './people.ts'

test.describe.configure({ mode: 'serial' })

test('an engineer imports prompts, sees good and bad rows, freezes and looks at what is approved', async ({ browser }) => {
  const page = await signInAs(browser, 'engineer')
  await visit(page, '/p/demo/prompts')
  await page.getByRole('button', { name: 'Import' }).click()
  const rows = [
    { instruction: 'Name three rivers.', output: 'Rhine, Rhône, Po.' },
    { instruction: 7 },
    { instruction: 'Name three lakes.', output: '' },
  ]
  await page
    .getByLabel('Drop a file here, or choose one')
    .setInputFiles({ name: 'more.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')) })
  await expect(page.getByText('Alpaca: 3 rows = 2 to import + 0 there already + 1 bad')).toBeVisible()
  await expect(page.getByText('This must be a text, not a number.')).toBeVisible()
  await page.getByRole('button', { name: 'Import 2 of 3' }).click()
  await expect(page.getByText('2 prompts imported')).toBeVisible()
  await visit(page, '/p/demo/snapshots')
  await page.getByRole('button', { name: 'New snapshot' }).first().click()
  await page.getByLabel('Name').fill('journey')
  await page.getByRole('button', { name: /Freeze \d+ conversations/ }).click()
  await expect(page).toHaveURL(/\/snapshots\/[0-9a-f-]{36}/)
  await expect(page.getByText('Frozen', { exact: true }).first()).toBeVisible()
  await expect(page.getByText(/\d+ conversations in \d+ groups/)).toBeVisible()
  await page.context().close()
})

test('an engineer builds a snapshot for a model, looks at a row as the model sees it and downloads the Parquet', async ({ browser }) => {
  const page = await signInAs(browser, 'engineer')
  await visit(page, '/p/demo/builds/new')
  await expect(page.getByText('learnt').first()).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: /^Build/ }).click()
  await expect(page).toHaveURL(/\/builds\/[0-9a-f-]{36}/)
  await expect(page.getByText('Ready', { exact: true }).first()).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText(/\d+ candidates/)).toBeVisible()
  await page.getByRole('button', { name: /^Verify/ }).click()
  await expect(page.getByText('Built again: every byte is the same')).toBeVisible({ timeout: 30_000 })
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: /train-00000-of-\d+\.parquet/ }).click()
  const bytes = await readFile(await (await download).path())
  expect(bytes.subarray(0, 4).toString()).toBe('PAR1')
  expect(bytes.subarray(-4).toString()).toBe('PAR1')
  await page.context().close()
})

test('an engineer trains, watches, reloads in the middle, and talks to the base and the tuned model side by side', async ({ browser }) => {
  test.setTimeout(240_000)
  const page = await signInAs(browser, 'engineer')
  await visit(page, '/p/demo/runs/new')
  await page.getByLabel('A question').fill('Who are you?')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByText('All settings').click()
  await page.getByLabel('Steps at most').fill('60')
  await page.getByLabel('Answer every … steps').fill('20')
  await page.getByLabel('Learning rate').fill('1e-2')
  await expect(page.getByText('optimisation.maxSteps')).toBeVisible()
  await page.getByRole('button', { name: /^Start/ }).click()
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}/)
  const figures = page.locator('[data-figures]')
  await expect(figures).toContainText(/step [1-9]\d* \/ 60/, { timeout: 120_000 })
  await expect(figures).toContainText(/loss \d/)
  await page.reload()
  await expect(figures).toContainText(/step [1-9]\d* \/ 60/)
  await expect(page.getByText('Succeeded', { exact: true })).toBeVisible({ timeout: 120_000 })
  await expect(page.locator('canvas')).toHaveCount(4)
  await expect(page.getByText('step 60', { exact: true }).first()).toBeVisible()
  await page.getByRole('link', { name: 'Talk', exact: true }).last().click()
  await page.getByText('Settings of both sides').click()
  await page.getByLabel('Temperature').fill('1')
  await page.getByRole('textbox', { name: 'Ask both models' }).fill('Who are you?')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await expect(page.getByText(/\d+ tokens, [\d.]+ tokens\/s/)).toHaveCount(2, { timeout: 90_000 })
  const answers = await page.locator('[data-answer=done] .prose-conversation').allInnerTexts()
  expect(answers).toHaveLength(2)
  expect(answers[0]).not.toBe(answers[1])
  await page.context().close()
})
