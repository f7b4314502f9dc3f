import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test'
import { signInAs, untilReady, visit } from './people.ts'

test.describe.configure({ mode: 'serial' })

const saved = '[data-testid=save-state][data-state=saved]'

// Signed in once: a person who signs in for every test would soon be told to wait.
let session: Awaited<ReturnType<BrowserContext['storageState']>>
test.beforeAll(async ({ browser }) => {
  const page = await signInAs(browser, 'labeller2')
  session = await page.context().storageState()
  await page.context().close()
})

/** A device of the labeller's own, signed in. */
async function openDevice(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', storageState: session })
  const page = await context.newPage()
  page.on('pageerror', (error) => {
    throw error
  })
  await visit(page, address)
  return page
}

/** The desk of somebody who starts to write, with one empty user turn that has the cursor. */
async function startWriting(browser: Browser): Promise<{ page: Page; id: string }> {
  const page = await openDevice(browser, '/p/demo')
  await page.getByRole('link', { name: 'Start writing' }).click()
  await expect(page).toHaveURL(/\/write\/[0-9a-f-]{36}/)
  // The address comes before the text.
  await expect(page.locator('[data-message]').first()).toBeVisible()
  await addTurn(page, 'User')
  return { page, id: page.url().split('/').at(-1) ?? '' }
}

async function addTurn(page: Page, role: 'User' | 'Assistant' | 'Tool'): Promise<void> {
  const before = await page.locator('[data-message]').count()
  await page.getByRole('button', { name: role, exact: true }).click()
  await expect(page.locator('[data-message]')).toHaveCount(before + 1)
  await expect(lastText(page)).toBeFocused()
}

const lastText = (page: Page) => page.getByLabel(/^Text of message \d+/).last()

test('when somebody else signs in on the device, the open text is kept and says so, and is saved once its author is back', async ({ browser }) => {
  const { page, id } = await startWriting(browser)
  await page.keyboard.type('mine')
  await page.waitForSelector(saved)
  const other = await signInAs(browser, 'reviewer')
  const { cookies } = await other.context().storageState()
  await other.context().close()
  await page.context().clearCookies()
  await page.context().addCookies(cookies)
  await page.keyboard.type(' and more')
  await expect(page.getByTestId('save-state')).toHaveText('Not saved: Amara Osei is signed in on this device now. Your text is kept here.')
  await expect(page.getByRole('button', { name: 'Account of Amara Osei' })).toBeVisible()
  await page.getByRole('button', { name: 'Sign in again' }).click()
  await expect(page).toHaveURL(/\/sign-in\?to=/)
  await page.context().clearCookies()
  await page.context().addCookies(session.cookies)
  await visit(page, `/p/demo/write/${id}`)
  await page.waitForSelector(saved)
  await expect(lastText(page)).toHaveText('mine and more')
  await page.context().close()
})

test('a page that cannot be fetched anew keeps the editor, its text and its history', async ({ browser }) => {
  const { page, id } = await startWriting(browser)
  await page.keyboard.type('before ')
  await page.waitForSelector(saved)
  await page.clock.install()
  await page.reload()
  await untilReady(page)
  await lastText(page).click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('one')
  await page.route(`**/api/v1/conversations/${id}`, (route) => route.abort())
  // What was fetched is old by now, and the window is looked at again.
  await page.clock.fastForward(20_000)
  await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))
  await expect(async () => {
    await page.clock.runFor(5000)
    await expect(page.getByText('Could not be refreshed.')).toBeVisible({ timeout: 500 })
  }).toPass()
  await expect(lastText(page)).toBeFocused()
  await page.keyboard.type(' two')
  await expect(lastText(page)).toHaveText('before one two')
  await page.keyboard.press('Control+z')
  await expect(lastText(page)).toHaveText('before one')
  await page.unroute(`**/api/v1/conversations/${id}`)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByText('Could not be refreshed.')).toBeHidden()
  await page.context().close()
})

test('keys that undo belong to the field one is in; a deleted message comes back without what was typed since going', async ({ browser }) => {
  const { page } = await startWriting(browser)
  await page.keyboard.type('to be deleted')
  const count = await page.locator('[data-message]').count()
  const search = page.getByRole('searchbox', { name: 'Search rules' })
  await search.fill('unkn')
  await search.press('o')
  await search.press('Control+z')
  await expect(search).not.toHaveValue('unkno')
  await expect(lastText(page)).toHaveText('to be deleted')

  await page.getByRole('button', { name: 'Message menu' }).last().click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(page.locator('[data-message]')).toHaveCount(count - 1)
  await lastText(page).click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(' typed since')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(lastText(page)).toHaveText('to be deleted')
  await expect(page.getByLabel(/^Text of message \d+/).nth(count - 2)).toContainText('typed since')
  await page.context().close()
})

test('an address nobody can read is not found', async ({ browser }) => {
  const page = await openDevice(browser, '/p/demo')
  expect((await page.request.get('/p/demo/conversations/%E0%A4%A')).status()).toBe(404)
  await page.context().close()
})

test('a rule opens under its own line, and keys lead from the rule search back to the text', async ({ browser }) => {
  const { page } = await startWriting(browser)
  await page.keyboard.type('written')
  const text = lastText(page)
  const search = page.getByRole('searchbox', { name: 'Search rules' })
  const rules = page.getByRole('list', { name: 'Rules' }).getByRole('button')
  for (const width of [1400, 390]) {
    await page.setViewportSize({ width, height: 800 })
    const row = rules.nth(3)
    await row.click()
    await expect(row).toHaveAttribute('aria-expanded', 'true')
    const opened = page.locator(`[id="${await row.getAttribute('aria-controls')}"]`)
    await expect(opened.getByRole('article')).toBeInViewport()
    const above = await row.boundingBox()
    const below = await opened.boundingBox()
    expect((below?.y ?? 0) - ((above?.y ?? 0) + (above?.height ?? 0))).toBeLessThan(20)
    await rules.nth(1).click()
    await expect(row).toHaveAttribute('aria-expanded', 'false')
    await rules.nth(1).click()
    await expect(page.getByRole('list', { name: 'Rules' }).getByRole('article')).toHaveCount(0)
  }
  await page.setViewportSize({ width: 1400, height: 800 })

  await text.click()
  await page.keyboard.press('Alt+/')
  await expect(search).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(rules.nth(1)).toHaveAttribute('aria-expanded', 'true')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('Not ready to submit', { exact: true })).toBeVisible()
  await text.click()
  await page.keyboard.press('Alt+/')
  await expect(search).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(text).toBeFocused()
  await page.keyboard.press('Alt+/')
  await expect(search).toBeFocused()
  await page.keyboard.press('Control+ArrowDown')
  await expect(page.getByLabel(/^Text of message \d+/).first()).toBeFocused()
  await page.context().close()
})

test('after a reload the steps before it are still taken back, and done again', async ({ browser }) => {
  const { page } = await startWriting(browser)
  await page.keyboard.type('one')
  await addTurn(page, 'Assistant')
  await page.keyboard.type('two')
  await page.waitForSelector(saved)
  await page.reload()
  await untilReady(page)
  await expect(lastText(page)).toHaveText('two')
  const turns = await page.locator('[data-message]').count()
  await lastText(page).click()
  await page.keyboard.press('Control+z')
  await expect(page.getByText('two', { exact: true })).toHaveCount(0)
  await page.keyboard.press('Control+z')
  await expect(page.locator('[data-message]')).toHaveCount(turns - 1)
  await page.keyboard.press('Control+Shift+z')
  await page.keyboard.press('Control+Shift+z')
  await expect(lastText(page)).toHaveText('two')
  await page.waitForSelector(saved)
  await page.context().close()
})

test('the preview shows a text as its reader will see it: markdown, formulas, coloured code', async ({ browser }) => {
  const { page } = await startWriting(browser)
  await page.keyboard.type('Is **this** $x^2$?')
  await expect(page.getByRole('checkbox', { name: 'Preview' })).not.toBeChecked()
  await page.keyboard.press('Control+Shift+p')
  await expect(page.getByRole('checkbox', { name: 'Preview' })).toBeChecked()
  const preview = page.getByRole('figure', { name: /^Preview of message/ }).last()
  await expect(preview.locator('strong')).toHaveText('this')
  await expect(preview.locator('.katex').first()).toBeVisible()
  await lastText(page).click()
  await page.keyboard.press('Control+End')
  await page.keyboard.press('Enter')
  await page.keyboard.insertText('```python\nreturn 1\n```')
  await expect(preview.locator('.hljs-keyword')).toHaveText('return')
  await page.keyboard.press('Control+Shift+p')
  await expect(preview).toHaveCount(0)
  await page.waitForSelector(saved)
  await page.context().close()
})

test('a text is found in every turn, replaced one by one or all at once, and taken back in one step', async ({ browser }) => {
  const { page } = await startWriting(browser)
  const { keyboard } = page
  await keyboard.type('Tea or tea?')
  await addTurn(page, 'Assistant')
  await keyboard.type('Green tea.')
  await keyboard.press('Control+f')
  const bar = page.getByRole('search', { name: 'Find and replace' })
  await expect(bar.getByLabel('Find in the conversation')).toBeFocused()
  await keyboard.type('tea')
  const place = bar.getByRole('status')
  await expect(place).toHaveText('1 of 3')
  await expect(page.locator('.found')).toHaveCount(3)
  await expect(page.locator('.found-current')).toHaveText('Tea')
  await keyboard.press('Enter')
  await expect(place).toHaveText('2 of 3')
  await keyboard.press('Shift+Enter')
  await keyboard.press('Shift+Enter')
  await expect(place).toHaveText('3 of 3')
  await bar.getByRole('button', { name: 'Match case' }).click()
  await expect(place).toHaveText(/of 2$/)
  await bar.getByRole('button', { name: 'Match case' }).click()
  await bar.getByLabel('Replace with').fill('coffee')
  await bar.getByRole('button', { name: 'Replace all' }).click()
  await expect(page.getByText('3 places replaced')).toBeVisible()
  await expect(lastText(page)).toHaveText('Green coffee.')
  await expect(place).toHaveText('none')
  // Back in the text, one step takes all of it back.
  await lastText(page).click()
  await keyboard.press('Control+z')
  await expect(lastText(page)).toHaveText('Green tea.')
  await expect(page.getByText('Tea or tea?')).toBeVisible()
  await keyboard.press('Control+f')
  await expect(bar.getByLabel('Find in the conversation')).toBeFocused()
  await expect(place).toHaveText(/of 3$/)
  await bar.getByLabel('Replace with').press('Enter')
  await expect(place).toHaveText(/of 2$/)
  await keyboard.press('Escape')
  await expect(bar).toHaveCount(0)
  await expect(page.locator('.found')).toHaveCount(0)
  await expect(page.locator('.cm-content:focus')).toBeVisible()
  await page.waitForSelector(saved)
  await page.context().close()
})

test('what cannot be kept of a paste is left out and said; the rest is there, with the cursor behind it', async ({ browser }) => {
  const { page } = await startWriting(browser)
  await page.keyboard.type('ab')
  await page.keyboard.press('ArrowLeft')
  await page.locator('.cm-content:focus').evaluate((field) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', 'NUL[\u0000] and half [\ud83d] and whole [😀]')
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  })
  await expect(page.getByText('A NUL character cannot be kept; it was left out.')).toBeVisible()
  await page.keyboard.type('!')
  await expect(lastText(page)).toHaveText('aNUL[] and half [] and whole [😀]!b')
  await page.waitForSelector(saved)
  await page.context().close()
})

test('a result is linked to the call it answers', async ({ browser }) => {
  const { page } = await startWriting(browser)
  await page.keyboard.type('What is it?')
  await addTurn(page, 'Assistant')
  for (const name of ['first', 'second']) {
    await page.getByRole('button', { name: 'Message menu' }).last().click()
    await page.getByRole('menuitem', { name: 'Add a tool call' }).click()
    await page.getByLabel('Name of the tool').last().fill(name)
  }
  const call = page.getByLabel('Arguments (JSON)').last()
  await call.fill('{"q": 1}')
  await call.press('End')
  await call.press('2')
  await call.press('Control+z')
  await expect(call).not.toHaveValue('{"q": 1}2')
  await expect(page.getByLabel('Name of the tool').last()).toHaveValue('second')
  await addTurn(page, 'Tool')
  const result = page.locator('[data-message]').last()
  await expect(result).toContainText('first')
  await page.getByRole('button', { name: 'Message menu' }).last().click()
  await page.getByRole('menuitem', { name: /^second/ }).click()
  await expect(result).toContainText('second')
  await page.context().close()
})

/** The text the server has of a conversation's draft. */
const draftOf = (page: Page, id: string) => page.evaluate(async (path) => (await fetch(path)).text(), `/api/v1/conversations/${id}/draft`)

test('the last words before work is passed on are saved', async ({ browser }) => {
  const { page, id } = await startWriting(browser)
  await page.keyboard.type('typed in the last second')
  await page.getByRole('button', { name: 'Skip', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Skip', exact: true }).click()
  await expect(page).toHaveURL((url) => /\/write\/[0-9a-f-]{36}/.test(url.pathname) && !url.pathname.includes(id))
  expect(await draftOf(page, id)).toContain('typed in the last second')
  await page.context().close()
})

test('a text edited on another device is shown when the page is looked at, and a submission that meets one takes it in', async ({ browser }) => {
  const { page: desk, id } = await startWriting(browser)
  await desk.keyboard.type('A question?')
  await addTurn(desk, 'Assistant')
  await desk.keyboard.type('An answer.')
  await desk.waitForSelector(saved)
  const phone = await openDevice(browser, `/p/demo/write/${id}`)
  await lastText(phone).click()
  await phone.keyboard.press('Control+End')
  await phone.keyboard.type(' From the phone.')
  await phone.waitForSelector(saved)
  await desk.evaluate(() => window.dispatchEvent(new Event('focus')))
  await expect(lastText(desk)).toContainText('An answer. From the phone.')
  await phone.keyboard.type(' Once more.')
  await phone.waitForSelector(saved)
  await phone.context().close()

  await desk.keyboard.press('Control+Enter')
  await expect(desk.getByText('Edited elsewhere, and merged')).toBeVisible()
  await expect(lastText(desk)).toContainText('From the phone. Once more.')

  // Held back on its way, so that somebody can type meanwhile; then lost.
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  await desk.route('**/submissions', async (route) => {
    await held
    await route.abort()
  })
  await lastText(desk).click()
  await desk.keyboard.press('Control+Enter')
  await expect(desk.locator('div[aria-busy=true]')).toBeVisible()
  await desk.keyboard.type('typed into the void')
  await expect(lastText(desk)).not.toContainText('void')
  letGo()
  await expect(desk.locator('div[aria-busy=true]')).toBeHidden()
  await desk.keyboard.press('Control+End')
  await desk.keyboard.type(' And on.')
  await expect(lastText(desk)).toContainText('Once more. And on.')
  await desk.unroute('**/submissions')

  // No sight of a closed conversation between one prompt and the next.
  await desk.evaluate(() => {
    new MutationObserver(() => {
      if (document.querySelector('main')?.textContent.includes('not open for writing')) document.documentElement.dataset.flashed = ''
    }).observe(document.body, { subtree: true, childList: true })
  })
  await desk.keyboard.press('Control+Enter')
  await expect(desk.getByText('Submitted for review')).toBeVisible()
  await expect(desk).toHaveURL((url) => /\/write\/[0-9a-f-]{36}/.test(url.pathname) && !url.pathname.includes(id))
  await expect(desk.locator('html[data-flashed]')).toHaveCount(0)
  await expect(
    desk.locator('[data-message] [contenteditable]:focus').or(desk.getByRole('button', { name: 'User', exact: true }).and(desk.locator(':focus'))),
  ).toHaveCount(1)
  await desk.context().close()
})

test('work is given back and taken up again, and taken out of the data by typing its id', async ({ browser }) => {
  const { page, id } = await startWriting(browser)
  await page.keyboard.type('kept as my draft')
  await page.getByRole('button', { name: 'More about this work' }).click()
  await page.getByRole('menuitem', { name: 'Give it back' }).click()
  await expect(page.getByText('Given back. What you wrote stays your draft.')).toBeVisible()
  await expect(page).toHaveURL(/\/p\/demo$/)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page).toHaveURL(new RegExp(`/write/${id}$`))
  await expect(lastText(page)).toHaveText('kept as my draft')

  await page.getByRole('button', { name: 'More about this work' }).click()
  await page.getByRole('menuitem', { name: 'Withdraw…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Why').fill('A mistake')
  await expect(dialog.getByRole('button', { name: 'Withdraw' })).toBeDisabled()
  await dialog.getByLabel(/the end of its id/).fill(id.slice(-8))
  await dialog.getByRole('button', { name: 'Withdraw' }).click()
  await expect(page).toHaveURL(/\/p\/demo$/)
  await visit(page, `/p/demo/conversations/${id}`)
  await expect(page.getByText('Withdrawn', { exact: true })).toBeVisible()
  await page.context().close()
})

test('tokens are counted for the project’s model while one writes, in all and by message', async ({ browser }) => {
  const { page } = await startWriting(browser)
  await page.keyboard.type('How many moons has Mars?')
  await expect(page.getByText(/^\d+ tokens, 0 trained, \d+% of [\d,]+$/)).toBeVisible()
  await addTurn(page, 'Assistant')
  const trained = page.getByText(/^\d+ tokens, [1-9]\d* trained/)
  await page.keyboard.type('Two.')
  await expect(trained).toBeVisible()
  const short = Number.parseInt((await trained.textContent()) ?? '', 10)
  await page.keyboard.type(' Phobos and Deimos, seen first by Asaph Hall.')
  await expect.poll(async () => Number.parseInt((await trained.textContent()) ?? '', 10)).toBeGreaterThan(short + 5)
  await expect(
    page
      .locator('[data-message]')
      .last()
      .getByText(/^\d+ tokens$/),
  ).toBeVisible()
  await page.context().close()
})
