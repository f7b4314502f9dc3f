import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect, type Locator, type Page, test } from '@playwright/test'
import { signInAs, visit } from './people.ts'

test.describe.configure({ mode: 'serial' })

let page: Page

// Once for all: whoever signs in more than ten times in a quarter of an hour has to wait.
test.beforeAll(async ({ browser }) => {
  page = await signInAs(browser, 'engineer')
})
test.afterAll(() => page.context().close())

const lines = (...rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
const question = 'What does the import journey ask?'

/** One small file a format, each with what it has to be recognised as and what must become of its rows. */
const FILES = [
  {
    name: 'own-alpaca.json',
    text: JSON.stringify([
      { instruction: `${question} Alpaca`, input: 'An input.', output: 'An answer.' },
      { instruction: `${question} Alpaca`, input: 'An input.', output: 'Another answer.' },
      { instruction: 7 },
    ]),
    balance: 'Alpaca: 3 rows = 1 to import + 1 duplicate + 1 bad',
    faults: ['3 1 This must be a text, not a number.'],
  },
  {
    name: 'own-sharegpt.jsonl',
    text: lines(
      {
        conversations: [
          { from: 'human', value: `${question} Is it raining?` },
          { from: 'function_call', value: '{"name": "weather", "arguments": {"place": "Bern"}}' },
          { from: 'observation', value: 'rain' },
          { from: 'gpt', value: 'It is.' },
        ],
        tools: '[{"name": "weather", "description": "Weather now", "parameters": {"type": "object"}}]',
      },
      { conversations: [{ from: 'constructor', value: 'x' }] },
      { conversations: [{ from: 'human', value: 'x' }], tools: '['.repeat(100_000) },
    ),
    balance: 'ShareGPT: 3 rows = 1 to import + 0 duplicates + 2 bad',
    faults: ['2 2 The role “constructor” is not known.', '3 3 The JSON nests 100000 levels deep; 128 are read.'],
  },
  {
    name: 'own-messages.jsonl',
    text: lines({ messages: [{ role: 'user', content: `${question} messages` }] }, { messages: [{ role: 'assistant', content: 'x' }] }),
    balance: 'Messages: 2 rows = 1 to import + 0 duplicates + 1 bad',
    faults: ['2 2 The row holds no user turn to answer.'],
  },
  {
    name: 'own-prompts.jsonl',
    text: `${lines({ prompt: `${question} plain`, id: 'plain-1' }, { prompt: 'Another one?', id: 'plain-1' })}{"prompt": "no end`,
    balance: 'Plain prompts: 3 rows = 1 to import + 1 duplicate + 1 bad',
    faults: ['3 3 A text has no closing quote.'],
  },
] as const

test('a file that is not recognised says so, lets the person choose, and tells what language its rows get', async () => {
  const dialog = await choose('own-unknown.jsonl', Buffer.from(lines({ colour: 'red' }, { instruction: `${question} unknown` })))
  const format = dialog.getByLabel('Format')
  await expect(format).toBeVisible()
  await expect(format.locator('option:checked')).toHaveText('Not recognised: choose one')
  await expect(dialog.getByText('The fields of its rows belong to no format known here.')).toBeVisible()
  await format.selectOption('alpaca')
  await expect(dialog.getByText('Alpaca: 2 rows = 1 to import + 0 duplicates + 1 bad')).toBeVisible()
  await expect(format).toBeVisible()
  await expect(dialog.getByText('1 row names no language and is taken to be in English (1).')).toBeVisible()
})

test('the preview says what becomes of answers, lets the person choose beside it, and that those of duplicates are never taken', async () => {
  const file = Buffer.from(lines({ prompt: `${question} Answered?`, answer: 'Yes.' }, { prompt: `${question} Open?` }))
  const dialog = await choose('own-answers.jsonl', file)
  await expect(dialog.getByText('1 new row brings an answer. It is left out: only the prompts come in.')).toBeVisible()
  const choice = dialog.getByLabel('Bring the answers along')
  await choice.check()
  await expect(dialog.getByText('1 new row brings an answer. It comes along as submitted work of yours.')).toBeVisible()
  await choice.uncheck()
  await dialog.getByRole('button', { name: 'Import 2 of 2' }).click()
  await expect(page.getByText('2 prompts imported')).toBeVisible()
  const again = await choose('own-answers.jsonl', file)
  await expect(again.getByText('1 duplicate brings an answer. It is not imported, because the prompt exists already.')).toBeVisible()
})

test('an empty file is said to be empty', async () => {
  const dialog = await choose('own-empty.json', Buffer.alloc(0))
  await expect(dialog.getByRole('alert')).toContainText('The file is empty: there is nothing to import.')
})

async function choose(name: string, buffer: Buffer): Promise<Locator> {
  await visit(page, '/p/demo/prompts')
  await page.getByRole('button', { name: 'Import', exact: true }).first().click()
  await page.getByLabel('Drop a file here, or choose one').setInputFiles({ name, mimeType: 'application/octet-stream', buffer })
  return page.getByRole('dialog', { name: 'Import' })
}

/** Row, line and reason of each bad row shown. */
async function checkFaults(place: Locator, faults: readonly string[]): Promise<void> {
  const rows = place.getByRole('table').locator('tbody tr')
  await expect(rows).toHaveCount(faults.length)
  for (const [index, fault] of faults.entries()) {
    const [row = '', line = '', ...words] = fault.split(' ')
    const cells = rows.nth(index).getByRole('cell')
    await expect(cells.nth(0)).toHaveText(row)
    await expect(cells.nth(1)).toHaveText(line)
    await expect(cells.nth(4)).toContainText(words.join(' '))
  }
}

for (const { name, text, balance, faults } of FILES) {
  test(`${name} is recognised, counted, imported, and its bad rows can be found again`, async () => {
    const dialog = await choose(name, Buffer.from(text))
    await expect(dialog.getByText(balance)).toBeVisible()
    await checkFaults(dialog, faults)
    await dialog.getByRole('button', { name: /^Import 1 of/ }).click()
    await expect(dialog.getByText(balance.replace('to import', 'imported'))).toBeVisible()
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await page.getByRole('link', { name: 'Imports' }).click()
    const account = page.getByRole('row').filter({ hasText: name }).first()
    await expect(account).toContainText(balance.slice(balance.indexOf(': ') + 2).replace('to import', 'imported'))
    await expect(account).toContainText('Finished')
    await account.press('Enter')
    await expect(page).toHaveURL(/\/prompts\/imports\/[0-9a-f-]{36}$/)
    await page.reload()
    await expect(page.getByRole('heading', { name })).toBeVisible()
    await checkFaults(page.locator('main'), faults)
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download as JSONL' }).click()
    const told = (await readFile(await (await download).path(), 'utf8')).trim().split('\n')
    expect(told.map((line) => JSON.parse(line).row)).toEqual(faults.map((fault) => Number(fault.split(' ')[0])))
  })
}

test('after a blank is filled the count of before can be neither seen nor pressed, and the blanks need no options', async () => {
  const rows = [{ instruction: `${question} Who?`, output: 'I am {{name}}.' }]
  const dialog = await choose('own-blanks.json', Buffer.from(JSON.stringify(rows)))
  await dialog.getByLabel('Bring the answers along').check()
  await expect(dialog.getByRole('button', { name: 'Import 0 of 1' })).toBeDisabled()
  await dialog.getByLabel('Text for {{name}}').fill('Juniper')
  await expect(dialog.getByRole('button', { name: 'Import', exact: true })).toBeDisabled()
  await dialog.getByRole('button', { name: 'Import 1 of 1' }).click()
  await expect(page.getByText('1 prompt imported')).toBeVisible()
})

test('a file that is none is refused with what it is', async () => {
  const dialog = await choose('table.csv', Buffer.from('instruction,output\nhi,there\n'.repeat(5)))
  await expect(dialog.getByRole('alert')).toContainText('The file begins with')
  await expect(dialog.getByRole('button', { name: 'Import', exact: true })).toBeDisabled()
})

test('imports beyond the first fifty can be reached', async () => {
  const { origin } = new URL(page.url())
  const { items } = await (await page.request.get('/api/v1/projects')).json()
  const demo = items.find((project: { slug: string }) => project.slug === 'demo')
  for (let number = 1; number <= 51; number++) {
    const sent = await page.request.post(`/api/v1/projects/${demo.id}/imports?fileName=many-${number}.jsonl`, {
      headers: { origin, 'content-type': 'application/octet-stream' },
      data: lines({ prompt: 'The same in each file.' }),
    })
    expect(sent.ok()).toBe(true)
  }
  await visit(page, '/p/demo/prompts/imports')
  await expect(page.getByRole('link', { name: 'many-51.jsonl' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'many-1.jsonl' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Show more' }).click()
  await expect(page.getByRole('link', { name: 'many-1.jsonl' })).toBeVisible()
})

/** LLaMA-Factory's demo data, which is not ours to ship; see tests/integration/import.test.ts. */
const DATA = process.env.EXEMPLAR_TEST_DATA || path.resolve(import.meta.dirname, '../../../shared/data')

if (process.env.EXEMPLAR_TEST_DATA || existsSync(DATA)) {
  test('the Alpaca demo file is taken whole, each prompt once', async () => {
    const dialog = await choose('alpaca_en_demo.json', await readFile(path.join(DATA, 'alpaca_en_demo.json')))
    await expect(dialog.getByText('Alpaca: 999 rows = 985 to import + 14 duplicates + 0 bad')).toBeVisible({ timeout: 30_000 })
    await dialog.getByRole('button', { name: 'Import 985 of 999' }).click()
    await expect(page.getByText('985 prompts imported')).toBeVisible({ timeout: 30_000 })
    await visit(page, '/p/demo/prompts/imports')
    await expect(page.getByRole('row').filter({ hasText: 'alpaca_en_demo.json' })).toContainText('999 rows = 985 imported + 14 duplicates + 0 bad')
  })

  test('the blanks of the identity file are offered, and its answers come along when they are filled', async () => {
    const dialog = await choose('identity.json', await readFile(path.join(DATA, 'identity.json')))
    await expect(dialog.getByText(/^Alpaca: 91 rows/)).toBeVisible()
    await dialog.getByLabel('Bring the answers along').check()
    for (const [blank, words] of [
      ['{{name}}', 'Juniper'],
      ['{{author}}', 'the Exemplar team'],
    ] as const) {
      const field = dialog.getByLabel(`Text for ${blank}`)
      await field.fill(words)
      // The count shown was read under other settings: it can be neither seen nor pressed.
      await expect(dialog.getByRole('button', { name: 'Import', exact: true })).toBeDisabled()
      await expect(dialog.getByRole('status').filter({ hasText: 'Alpaca: 91 rows' })).toBeVisible()
    }
    await expect(dialog.getByText(/^Alpaca: 91 rows = \d+ to import \+ \d+ duplicates? \+ 0 bad$/)).toBeVisible()
    await dialog.getByRole('button', { name: /^Import \d+ of 91$/ }).click()
    await expect(page.getByText(/\d+ prompts imported/)).toBeVisible()
    await visit(page, '/p/demo/conversations')
    await page.getByLabel('Search').first().fill('Who are you')
    await page.getByRole('row').filter({ hasText: 'Who are you' }).first().press('Enter')
    await expect(page.getByText('Juniper').first()).toBeVisible()
  })
}

test('the account of a file is accessible in light and dark, fits a telephone and speaks 中文', async () => {
  await visit(page, '/p/demo/prompts/imports')
  const account = page.getByRole('link', { name: 'own-sharegpt.jsonl' })
  const more = page.getByRole('button', { name: 'Show more' })
  if ((await account.count()) === 0) await more.click()
  await visit(page, (await account.first().getAttribute('href')) ?? '')
  await expect(page.getByText('The role “constructor” is not known.')).toBeVisible()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
  }
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
  await page.context().addCookies([{ name: 'exemplar-locale', value: 'zh', url: page.url() }])
  await page.reload()
  await expect(page.getByText('未知的角色“constructor”。')).toBeVisible()
})
