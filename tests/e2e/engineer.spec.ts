import { execFileSync } from 'node:child_process'
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
  await expect(page.getByText('Alpaca: 3 rows = 2 to import + 0 duplicates + 1 bad')).toBeVisible()
  await expect(page.getByText('This must be a text, not a number.')).toBeVisible()
  await page.getByRole('button', { name: 'Import 2 of 3' }).click()
  await expect(page.getByText('2 prompts imported')).toBeVisible()
  await visit(page, '/p/demo/snapshots')
  await page.getByRole('button', { name: 'New snapshot' }).first().click()
  await page.getByLabel('Name').fill('journey')
  const freezes: string[] = []
  page.on(
    'request',
    (request) => void (request.method() === 'POST' && /\/projects\/[\w-]+\/snapshots$/.test(request.url()) && freezes.push(request.url())),
  )
  await page.getByRole('button', { name: /Freeze \d+ conversations/ }).dblclick()
  await expect(page).toHaveURL(/\/snapshots\/[0-9a-f-]{36}/)
  await expect(page.getByText('Frozen', { exact: true }).first()).toBeVisible()
  expect(freezes).toHaveLength(1)
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
  // The row as it lies in the file: the answer and its end of turn are learnt, what was asked is not.
  const row = page.getByRole('application').last()
  const chips = (of: string) =>
    row
      .locator(of)
      .allInnerTexts()
      .then((texts) => texts.join(''))
  await expect(row.locator('.token-trained').first()).toBeVisible()
  // Colour alone must not tell: a learnt token has an underline of its own beside the line between tokens.
  const shadow = (of: string) =>
    row
      .locator(of)
      .first()
      .evaluate((token) => getComputedStyle(token).boxShadow)
  expect(await shadow('.token-trained')).not.toBe(await shadow('[data-token]:not(.token-trained)'))
  const [learnt, all] = [await chips('.token-trained'), await chips('[data-token]')]
  expect(learnt).toMatch(/<\|im_end\|>$/)
  expect(learnt).not.toContain('<|im_start|>')
  const asked = all.split('user⏎').at(1)?.split('<|im_end|>').at(0) ?? ''
  expect(asked.length).toBeGreaterThan(0)
  expect(learnt).not.toContain(asked)
  // A conversation of several turns is learnt answer by answer.
  for (const answer of learnt.split('<|im_end|>').filter(Boolean)) expect(all).toContain(`assistant⏎\n${answer}<|im_end|>`)
  await page.getByRole('button', { name: /^Verify/ }).click()
  await expect(page.getByText('Built again: every byte is the same')).toBeVisible({ timeout: 30_000 })
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: /train-00000-of-\d+\.parquet/ }).click()
  const bytes = await readFile(await (await download).path())
  expect(bytes.subarray(0, 4).toString()).toBe('PAR1')
  expect(bytes.subarray(-4).toString()).toBe('PAR1')
  const archive = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download the folder' }).click()
  const listed = execFileSync('tar', ['-tf', await (await archive).path()], { encoding: 'utf8' })
  expect(listed).toMatch(/\/data\/train-00000-of-\d+\.parquet\n/)
  expect(listed).toMatch(/\/ledger\.\w+\n/)
  await page.context().close()
})

test('an engineer trains, watches, reloads in the middle, stops and goes on, and talks to the base and the tuned model side by side', async ({
  browser,
}) => {
  test.setTimeout(300_000)
  const page = await signInAs(browser, 'engineer')
  await visit(page, '/p/demo/runs/new')
  await page.getByLabel('A question').fill('Who are you?')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByText('All settings').click()
  // A number that is none starts nothing, and says which field.
  await page.getByLabel('Steps at most').fill('abc')
  await page.getByRole('button', { name: /^Start/ }).click()
  await expect(page.getByLabel('Steps at most')).toBeFocused()
  await expect(page).toHaveURL(/\/runs\/new/)
  await page.getByLabel('Steps at most').fill('160')
  await page.getByLabel('Answer every … steps').fill('40')
  await page.getByLabel('Learning rate').fill('1e-2')
  await expect(page.getByRole('term').filter({ hasText: 'Steps at most' })).toBeVisible()
  await page.getByRole('button', { name: /^Start/ }).click()
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}/)
  // Before the first step it says what goes on, and for how long.
  await expect(page.locator('[data-phase=libraries]')).toContainText(/Loading the libraries\s*\d\d:\d\d:\d\d/, { timeout: 60_000 })
  const figures = page.locator('[data-figures]')
  for (const fact of [/step [1-9]\d* \/ 160/, /loss \d/, /lr \d\.\de[+-]\d/, /\d tok\/s/, /\d\d:\d\d:\d\d left/])
    await expect(figures).toContainText(fact, { timeout: 120_000 })
  const stepOf = async () => Number(/step (\d+)/.exec((await figures.textContent()) ?? '')?.[1])
  const before = await stepOf()
  await page.reload()
  await expect(page.getByText('Running', { exact: true })).toBeVisible()
  await expect.poll(stepOf).toBeGreaterThan(before)
  // Stopped, it keeps a checkpoint; resumed, it goes on from there and not from the start.
  await page.getByRole('button', { name: 'Stop and keep checkpoint' }).click()
  await expect(page.getByText('Paused', { exact: true })).toBeVisible({ timeout: 60_000 })
  const stoppedAt = await stepOf()
  expect(stoppedAt).toBeLessThan(160)
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(page.getByText('Succeeded', { exact: true })).toBeVisible({ timeout: 180_000 })
  await page.getByRole('tab', { name: /Attempts/ }).click()
  await expect(page.getByText(new RegExp(`resumed by a person, from \\S*\\b${stoppedAt}$`))).toBeVisible()
  await expect(page.locator('canvas')).toHaveCount(4)
  // The same question, answered otherwise than before training.
  const answer = (step: string) => page.locator('dt', { hasText: step }).locator('+ dd').first().textContent()
  await expect(page.getByText('step 160', { exact: true }).first()).toBeVisible()
  expect(await answer('step 160')).not.toBe(await answer('before'))
  await page.getByRole('link', { name: 'Talk', exact: true }).last().click()
  await page.getByText('Settings of both sides').click()
  await page.getByLabel('Temperature').fill('1')
  await page.getByRole('textbox', { name: 'Ask both models' }).fill('Who are you?')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  // Text is there while the model still writes.
  await expect(page.locator('[data-answer=writing] .prose-conversation').first()).toHaveText(/\S/, { timeout: 60_000 })
  await expect(page.getByText(/\d+ tokens, [\d.]+ tokens\/s/)).toHaveCount(2, { timeout: 90_000 })
  const answers = await page.locator('[data-answer=done] .prose-conversation').allInnerTexts()
  expect(answers).toHaveLength(2)
  expect(answers[0]).not.toBe(answers[1])
  // The talk is there after a reload, goes on with another turn, and can be cleared.
  await page.reload()
  await expect(page.locator('[data-answer=done] .prose-conversation')).toHaveText(answers)
  await page.getByRole('textbox', { name: 'Ask both models' }).fill('And who made you?')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await expect(page.getByText(/\d+ tokens, [\d.]+ tokens\/s/)).toHaveCount(4, { timeout: 90_000 })
  await page.getByRole('link', { name: 'Prompts', exact: true }).click()
  await page.getByRole('link', { name: 'Talk', exact: true }).click()
  await expect(page.locator('[data-answer]')).toHaveCount(4)
  await page.getByRole('button', { name: 'Start anew' }).click()
  await expect(page.locator('[data-answer]')).toHaveCount(0)
  await page.reload()
  await expect(page.getByRole('textbox', { name: 'Ask both models' })).toBeVisible()
  await expect(page.locator('[data-answer]')).toHaveCount(0)
  await page.context().close()
})
