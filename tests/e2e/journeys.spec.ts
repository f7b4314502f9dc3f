import { expect, test } from '@playwright/test'
import { signInAs } from './people.ts'

test.describe.configure({ mode: 'serial' })

const saved = '[data-testid=save-state][data-state=saved]'
let written = ''

test('a wrong password says so and nothing more', async ({ page }) => {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill('nobody@demo.example')
  await page.getByLabel('Password').fill('wrong password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('E-mail or password is not right.')).toBeVisible()
})

test('a page behind the sign-in asks for it and comes back', async ({ page }) => {
  await page.goto('/p/demo/guideline')
  await expect(page).toHaveURL(/sign-in\?to=/)
})

test('a labeller is one click from writing, closes the tab in the middle, comes back to every character, submits, and is on the next prompt', async ({
  browser,
}) => {
  const page = await signInAs(browser, 'labeller')
  // Returned work comes first; this journey wants a fresh prompt, so the returned one is passed over by its address.
  await page.getByRole('link', { name: 'Start writing' }).click()
  await expect(page).toHaveURL(/\/write\/[0-9a-f-]{36}/)
  written = page.url().split('/').at(-1) ?? ''
  await page.getByRole('button', { name: 'User', exact: true }).click()
  await page.keyboard.type('And in one sentence, 请用中文?')
  await page.keyboard.press('Alt+Enter')
  await page.keyboard.type('I do not know that person; nobody of that name is known to me. 我不知道。')
  await page.waitForSelector(saved)
  await page.keyboard.type(' Typed a moment before the tab closes.')
  await page.close({ runBeforeUnload: true })
  const again = await page.context().newPage()
  await again.goto(`/p/demo/write/${written}`)
  await expect(again.getByText('Typed a moment before the tab closes.')).toBeVisible()
  await expect(again.getByText('And in one sentence, 请用中文?')).toBeVisible()
  await again.waitForSelector(saved)
  await again.keyboard.press('Control+Enter')
  await expect(again.getByText('Submitted for review')).toBeVisible()
  await expect(again).toHaveURL((url) => /\/write\/[0-9a-f-]{36}/.test(url.pathname) && !url.pathname.includes(written))
  await again.context().close()
})

test('a reviewer comments on a passage citing a rule and requests changes; the author fixes it; the reviewer sees what changed and approves', async ({
  browser,
}) => {
  const reviewer = await signInAs(browser, 'reviewer')
  await reviewer.goto(`/p/demo/review/${written}`)
  const passage = reviewer.getByText('nobody of that name is known to me', { exact: false })
  await passage.selectText()
  await passage.dispatchEvent('pointerup')
  await reviewer.keyboard.press('r')
  await expect(reviewer.getByText('Cite a rule first')).toBeVisible()
  await reviewer.getByLabel('What should change, and why').fill('Say how one could find out.')
  const search = reviewer.getByRole('form', { name: 'Comment' }).getByRole('combobox', { name: 'Search rules' })
  await search.fill('truthful/unknown')
  await search.press('Enter')
  await reviewer.getByRole('button', { name: 'Add comment' }).click()
  await reviewer.getByRole('button', { name: /Request changes/ }).click()
  await expect(reviewer.getByText('Changes requested')).toBeVisible()

  const author = await signInAs(browser, 'labeller')
  await expect(author.getByText('Say how one could find out.')).toBeVisible()
  await author.goto(`/p/demo/write/${written}`)
  await expect(author.getByText('truthful/unknown@1.0.0')).toBeVisible()
  await author
    .getByLabel(/Text of message \d+, Assistant/)
    .last()
    .click()
  await author.keyboard.press('Control+End')
  await author.keyboard.type(' A library catalogue could tell.')
  await author.waitForSelector(saved)
  await author.keyboard.press('Control+Enter')
  await expect(author.getByText('Submitted for review')).toBeVisible()

  await reviewer.goto(`/p/demo/review/${written}`)
  await reviewer.getByLabel('Changes since the last review').check()
  await expect(reviewer.locator('ins', { hasText: 'A library catalogue could tell.' })).toBeVisible()
  await reviewer.keyboard.press('a')
  await expect(reviewer.getByText('Approved', { exact: true }).first()).toBeVisible()
  await author.context().close()
  await reviewer.context().close()
})

test('an engineer imports prompts, sees good and bad rows, freezes and looks at what is approved', async ({ browser }) => {
  const page = await signInAs(browser, 'engineer')
  await page.goto('/p/demo/prompts')
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
  await expect(page.getByText('The field instruction must be a text, not number.')).toBeVisible()
  await page.getByRole('button', { name: 'Import 2 of 3' }).click()
  await expect(page.getByText('2 prompts imported')).toBeVisible()
  await page.goto('/p/demo/snapshots')
  await page.getByRole('button', { name: 'New snapshot' }).first().click()
  await page.getByLabel('Name').fill('journey')
  await page.getByRole('button', { name: /Freeze \d+ conversations/ }).click()
  await expect(page).toHaveURL(/\/snapshots\/[0-9a-f-]{36}/)
  await expect(page.getByText('Frozen', { exact: true }).first()).toBeVisible()
  await expect(page.getByText(/\d+ conversations in \d+ groups/)).toBeVisible()
  await page.context().close()
})

test('a manager edits the guideline and publishes a new version after seeing what it touches', async ({ browser }) => {
  const page = await signInAs(browser, 'manager')
  await page.goto('/p/demo/guideline/edit')
  await page.getByLabel('Title').first().fill('Juniper writing guideline, revised')
  await page.getByRole('button', { name: /^Publish/ }).click()
  await expect(page.getByText('No rule was added, changed or removed.')).toBeVisible()
  await page.getByLabel('Patch').check()
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click()
  await expect(page.getByText('Version 1.0.1 is published')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Juniper writing guideline, revised' })).toBeVisible()
  await page.context().close()
})

test('the interface speaks 中文', async ({ browser }) => {
  const context = await browser.newContext({ locale: 'zh-CN' })
  const page = await context.newPage()
  await page.goto('/sign-in')
  await expect(page.getByRole('button', { name: '登录' })).toBeVisible()
  await context.close()
})
