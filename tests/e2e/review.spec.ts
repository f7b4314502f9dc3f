import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test'
import { makeProject, RULE, senderOf, untilJudgeable } from './desk-project.ts'
import { signInAs, untilReady, visit } from './people.ts'

test.describe.configure({ mode: 'serial' })

/** A slug of its own for every run: the tests judge everything the project has. */
const PROJECT = `desk-${Date.now().toString(36)}`
/** Long enough that a step to the next message must scroll; with markdown to render. */
const answerOf = (number: number) =>
  `Answer ${number}. Nobody of **that name** is known to me.\n\n${'A sentence that fills the page.\n\n'.repeat(40)}The end of ${number}.`
/** People signed in already: a sign-in for every test would be too many tries in a quarter of an hour. */
const signedIn = new Map<string, BrowserContext>()

async function pageOf(browser: Browser, character: string): Promise<Page> {
  const known = signedIn.get(character)
  if (known) return known.newPage()
  const page = await signInAs(browser, character)
  signedIn.set(character, page.context())
  return page
}

test.afterAll(async () => {
  for (const context of signedIn.values()) await context.close()
})

/** Twenty submissions of the manager's. */
test.beforeAll(async ({ browser }) => {
  const page = await pageOf(browser, 'manager')
  await makeProject(page, { name: 'Review desk', slug: PROJECT, answers: Array.from({ length: 20 }, (_, index) => answerOf(index + 1)) })
  await page.close()
})

const shownId = (page: Page) => new URL(page.url()).pathname.split('/').at(-1) ?? ''
const heading = (page: Page) => page.getByText(/^Answer \d+\./)

/** A reviewer at the desk, with the ids of the conversations the page has fetched so far. */
async function openDesk(browser: Browser) {
  const page = await pageOf(browser, 'reviewer')
  const fetched = new Set<string>()
  page.on('response', (response) => {
    const [, id] = /\/conversations\/([0-9a-f-]{36})$/.exec(new URL(response.url()).pathname) ?? []
    if (id && response.ok()) fetched.add(id)
  })
  const seen = new Set<string>()
  await visit(page, `/p/${PROJECT}/review`)
  await expect(page).toHaveURL(/\/review\/[0-9a-f-]{36}$/)
  await expect(heading(page)).toBeVisible()
  /** Waits until the next text is on this device. */
  const untilPrefetched = async () => {
    seen.add(shownId(page))
    await expect.poll(() => [...fetched].some((id) => !seen.has(id)), { message: 'the next is prefetched' }).toBe(true)
  }
  /** Presses a verdict's key; the next text must be there. Returns the id that was judged. */
  const judge = async (key: string) => {
    const judged = shownId(page)
    await untilJudgeable(page)
    await page.keyboard.press(key)
    await expect(page).not.toHaveURL(new RegExp(judged))
    await expect(heading(page)).toBeVisible()
    return judged
  }
  return { page, send: senderOf(page), untilPrefetched, judge }
}

type Detail = { state: string; reviews: { ratings: object; withdrawnAt: string | null; verdict: string; comments: object[] }[] }

test('a reviewer works through five submissions by keys alone, and the next text is there before a verdict is answered', async ({ browser }) => {
  test.setTimeout(120_000)
  const { page, send, untilPrefetched, judge } = await openDesk(browser)
  const { keyboard } = page
  const stored = (id: string): Promise<Detail> => send('get', `/conversations/${id}`)
  // j and k walk the messages, and the page goes along.
  const scrolled = () => page.evaluate(() => window.scrollY)
  await keyboard.type('jj')
  await expect.poll(scrolled).toBeGreaterThan(0)
  const below = await scrolled()
  await keyboard.press('k')
  await expect.poll(scrolled).toBeLessThan(below)

  // First: rated and approved. The verdict is held back on its way until the next text was seen.
  await untilPrefetched()
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route('**/reviews', async (route) => {
    await held
    await route.continue()
  })
  await keyboard.type('h5t4sn')
  const first = await judge('a')
  expect((await stored(first)).state).toBe('submitted')
  release()
  await expect.poll(async () => (await stored(first)).state).toBe('approved')
  expect((await stored(first)).reviews).toMatchObject([{ ratings: { helpful: 5, truthful: 4, harmless: null } }])
  await page.unroute('**/reviews')

  // Second: a comment on the answer that cites a rule, its severity by key, changes requested.
  await untilPrefetched()
  await keyboard.type('jj')
  await keyboard.press('c')
  await keyboard.type('Say how one could find out.')
  await keyboard.press('Alt+4')
  await keyboard.press('Tab')
  await keyboard.type('unknown')
  await keyboard.press('Enter')
  await expect(page.getByRole('button', { name: /Add comment/ })).toBeFocused()
  // A digit is a grade wherever it is no text.
  await keyboard.press('1')
  await expect(page.getByRole('radio', { name: /^Nit/ })).toBeChecked()
  await keyboard.press('4')
  await keyboard.press('Enter')
  const second = await judge('r')
  await expect.poll(async () => (await stored(second)).state).toBe('changes-requested')
  expect((await stored(second)).reviews[0]?.comments).toMatchObject([{ ruleSlug: RULE, severity: 'critical', rangeStart: null }])

  // Third: no rule fits, which is a gap in the guideline; rejected.
  await untilPrefetched()
  await keyboard.press('c')
  await keyboard.type('The same sentence forty times.')
  await keyboard.press('Tab')
  await keyboard.press('Tab')
  await keyboard.press('Space')
  await keyboard.press('Control+Enter')
  const third = await judge('x')
  await expect.poll(async () => (await stored(third)).state).toBe('rejected')
  expect((await stored(third)).reviews[0]?.comments).toMatchObject([{ isGap: true, ruleSlug: null }])

  // Fourth: the usual values are shown, but only what is pressed is given; taken back within the time, and given again.
  await untilPrefetched()
  await expect(page.getByRole('button', { name: 'Helpful: 5, your usual value, not given yet' })).toBeVisible()
  await keyboard.press('h')
  const fourth = await judge('a')
  await keyboard.press('z')
  await expect(page).toHaveURL(new RegExp(fourth))
  await expect(page.getByRole('button', { name: 'Helpful: 5', exact: true })).toHaveAttribute('aria-pressed', 'true')
  await judge('a')
  await expect.poll(async () => (await stored(fourth)).state).toBe('approved')
  const reviews = (await stored(fourth)).reviews
  expect(reviews.map(({ withdrawnAt }) => withdrawnAt === null)).toEqual([false, true])
  expect(reviews[1]?.ratings).toEqual({ helpful: 5 })

  // Fifth: passed on, with the reason.
  await untilPrefetched()
  const fifth = shownId(page)
  await expect(page.getByRole('button', { name: /^Skip/ })).toBeVisible()
  await keyboard.press('u')
  await expect(page.getByRole('dialog', { name: 'Skip' })).toBeVisible()
  await page.getByLabel('Why', { exact: true }).focus()
  await keyboard.press('ArrowDown')
  await keyboard.press('Tab')
  await keyboard.press('Tab')
  await keyboard.press('Enter')
  await expect(page).not.toHaveURL(new RegExp(fifth))
  await expect(heading(page)).toBeVisible()

  await keyboard.press('l')
  const list = page.getByRole('dialog', { name: '5 verdicts today' })
  const takenBack = list.getByRole('listitem').filter({ hasText: 'Taken back' })
  await expect(takenBack).toHaveCount(1)
  // The conversation was approved afterwards; that is not said of the verdict that was taken back.
  await expect(takenBack.getByText('Approved')).toHaveCount(1)
  await expect(takenBack.locator('s')).toHaveText('Approved')
  await keyboard.press('Escape')
  await keyboard.press('Shift+?')
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  for (const name of [
    'Next message',
    'Comment',
    'Rate: Harmless',
    'Fix',
    'Model view',
    'Source text',
    'Take back the last verdict',
    'Skip',
    'Today’s verdicts',
  ]) {
    await expect(help.getByText(name, { exact: true })).toBeVisible()
  }
  await page.close()
})

test('a verdict the server refuses brings the reviewer back to everything written; one lost on its way is sent again', async ({ browser }) => {
  const { page, send, untilPrefetched, judge } = await openDesk(browser)
  await untilPrefetched()
  const id = shownId(page)
  await page.getByLabel('A summary for the author').fill('Kept whatever happens.')
  await page.route('**/reviews', (route) =>
    route.fulfill({
      status: 409,
      contentType: 'application/problem+json',
      body: JSON.stringify({ code: 'stale-version', detail: 'It changed.', status: 409 }),
    }),
  )
  await page.getByRole('heading', { name: 'What is asked' }).click()
  await page.keyboard.press('a')
  await expect(page.getByText('It was changed in the meantime')).toBeVisible()
  await expect(page).toHaveURL(new RegExp(id))
  await expect(page.getByLabel('A summary for the author')).toHaveValue('Kept whatever happens.')
  await page.unroute('**/reviews')
  let tries = 0
  await page.route('**/reviews', (route) => (tries++ === 0 ? route.abort() : route.continue()))
  await untilPrefetched()
  await page.getByRole('heading', { name: 'What is asked' }).click()
  await judge('a')
  await expect.poll(async () => ((await send('get', `/conversations/${id}`)) as Detail).state).toBe('approved')
  expect(tries).toBe(2)
  await page.close()
})

test('after a verdict was taken back, the ones that follow count: what was given back and taken anew is still in these hands', async ({
  browser,
}) => {
  const { page, send, untilPrefetched, judge } = await openDesk(browser)
  const refused: string[] = []
  page.on('response', (response) => {
    if (response.status() === 409) refused.push(response.url())
  })
  const given = () => page.waitForResponse((response) => response.url().endsWith('/claims') && response.ok())
  await untilPrefetched()
  let claimed = given()
  const first = await judge('a')
  await claimed
  await untilPrefetched()
  claimed = given()
  const notice = page.getByRole('listitem').filter({ hasText: 'Undo' })
  await expect(notice).toHaveCount(1)
  await page.keyboard.press('z')
  await expect(notice).toHaveCount(0)
  await expect(page).toHaveURL(new RegExp(first))
  await claimed
  await judge('a')
  await untilPrefetched()
  const second = await judge('a')
  await expect(heading(page)).toBeVisible()
  const third = await judge('a')
  for (const id of [first, second, third]) {
    await expect.poll(async () => ((await send('get', `/conversations/${id}`)) as Detail).state).toBe('approved')
  }
  expect(refused).toEqual([])
  await page.close()
})

test('a verdict pressed twice is one: neither the next text is judged unread, nor the same one again where no other has come yet', async ({
  browser,
}) => {
  const { page, send, untilPrefetched } = await openDesk(browser)
  const posted: string[] = []
  page.on('request', (request) => void (request.method() === 'POST' && request.url().endsWith('/reviews') && posted.push(request.url())))
  const approve = page.getByRole('button', { name: /^Approve/ })
  const stateOf = async (id: string) => ((await send('get', `/conversations/${id}`)) as Detail).state
  await untilPrefetched()
  await untilJudgeable(page)
  const first = shownId(page)
  await approve.dblclick()
  await expect(page).not.toHaveURL(new RegExp(first))
  await expect.poll(() => stateOf(first)).toBe('approved')
  expect(posted).toHaveLength(1)
  // Nothing else has come: the page stays a moment, and every further press is the same verdict.
  const second = shownId(page)
  await page.reload()
  await page.route('**/claims', (route) => route.abort())
  await expect(heading(page)).toBeVisible()
  await untilReady(page)
  await untilJudgeable(page)
  await page.keyboard.type('aaa')
  await expect.poll(() => stateOf(second)).toBe('approved')
  expect(posted).toHaveLength(2)
  await expect(page.getByText('Its state does not allow this')).toHaveCount(0)
  await page.close()
})

test('a comment begun is neither dropped by a verdict nor by a reload, and an input method may use Escape', async ({ browser }) => {
  const { page } = await openDesk(browser)
  const id = shownId(page)
  const body = page.getByLabel('What should change, and why')
  // A passage of the rendered text, over the border of its bold words.
  await expect(page.locator('strong', { hasText: 'that name' })).toBeVisible()
  await page.getByText('Nobody of that name is known to me.').selectText()
  await page.getByText('Nobody of that name is known to me.').dispatchEvent('pointerup')
  await page.keyboard.press('c')
  await expect(page.getByRole('form', { name: 'Comment' }).locator('blockquote')).toContainText('Nobody of **that name** is known to me')
  await body.fill('Half a tho')
  await body.dispatchEvent('keydown', { key: 'Escape', isComposing: true, bubbles: true })
  await expect(body).toBeVisible()
  await body.press('Escape')
  await expect(body).toBeHidden()
  await untilJudgeable(page)
  await page.keyboard.press('a')
  await expect(page.getByText('A comment is not finished')).toBeVisible()
  await expect(page).toHaveURL(new RegExp(id))
  await expect(body).toHaveValue('Half a tho')
  await page.reload()
  // The form may quote the same words already.
  await expect(heading(page).first()).toBeVisible()
  await untilReady(page)
  // It is there without being asked for, and takes no keys before it is.
  await expect(body).toHaveValue('Half a tho')
  await expect(body).not.toBeFocused()
  await page.keyboard.press('c')
  await expect(body).toBeFocused()
  await page.getByRole('button', { name: 'Discard' }).click()
  // The source shows what was written, and the passage of a comment is marked in the rendered text.
  await page.keyboard.press('v')
  await expect(page.getByText('Nobody of **that name** is known to me.')).toBeVisible()
  await page.keyboard.press('m')
  await expect(page.getByRole('application', { name: 'Tokens' })).toBeVisible()
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox', { name: 'Search rules' })).toBeFocused()
  await page.close()
})

test('what is opened from home is in the reviewer’s hands; fixed in place it goes to another reviewer', async ({ browser }) => {
  const page = await pageOf(browser, 'reviewer')
  const send = senderOf(page)
  await visit(page, `/p/${PROJECT}`)
  const answered = (end: string) => page.waitForResponse((response) => response.url().endsWith(end) && response.ok())
  // It is taken, and the next one prefetched.
  const taken = Promise.all([answered('/review-lease'), answered('/claims')])
  await page
    .getByRole('link', { name: /Question/ })
    .last()
    .click()
  await taken
  await expect(heading(page)).toBeVisible()
  const id = shownId(page)
  await page.keyboard.press('u')
  await expect(page.getByRole('dialog', { name: 'Skip' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: 'Skip' })).toBeHidden()
  await page.keyboard.press('f')
  await expect(page.getByText('another reviewer must judge it', { exact: false })).toBeVisible()
  await page
    .getByLabel(/Text of message \d+, Assistant/)
    .last()
    .click()
  await page.keyboard.press('Control+Home')
  await page.keyboard.type('Ask a library. ')
  // Left and taken up again, nothing is lost.
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: /^Fix/ })).toBeVisible()
  await page.keyboard.press('f')
  await expect(page.getByText('Ask a library.')).toBeVisible()
  const claimed = answered('/claims')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('Saved as a new revision')).toBeVisible()
  const fixed: { state: string; abilities: object; revisions: { kind: string; editor: object }[] } = await send('get', `/conversations/${id}`)
  expect(fixed).toMatchObject({ state: 'submitted', abilities: { review: false } })
  expect(fixed.revisions.at(-1)).toMatchObject({ kind: 'fixed', editor: { isSelf: true } })
  // Leaving gives the prefetched one back.
  await claimed
  await page.waitForLoadState('networkidle')
  const released = page.waitForRequest((request) => request.url().endsWith('/release'))
  await page.keyboard.type('gc')
  await released
  await page.close()
})

test('a manager sees the gap, and why agreement is undefined; all nine places have their keys', async ({ browser }) => {
  const page = await pageOf(browser, 'manager')
  await visit(page, `/p/${PROJECT}/quality`)
  await expect(page.getByText('The same sentence forty times.')).toBeVisible()
  await expect(page.getByText('Undefined: no revision was judged by two reviewers in this period.').first()).toBeVisible()
  await visit(page, `/p/${PROJECT}`)
  await expect(page.getByText('Undefined: no revision was judged by two reviewers in this period.')).toBeVisible()
  for (const [keys, address] of [
    ['gw', '/write'],
    ['gr', '/review'],
    ['gc', '/conversations'],
    ['gg', '/guideline'],
    ['gq', '/quality'],
    ['gs', '/snapshots'],
    ['gb', '/builds'],
    ['gu', '/runs'],
    ['gm', '/models'],
  ] as const) {
    await page.keyboard.type(keys)
    await expect(page).toHaveURL(new RegExp(`/p/${PROJECT}${address}(/|$)`))
  }
  await page.close()
})

test('the palette finds conversations and rules by their words, and offers what was opened last', async ({ browser }) => {
  const page = await pageOf(browser, 'manager')
  await visit(page, `/p/${PROJECT}`)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('Question 7')
  await page.getByRole('option', { name: 'Question 7?' }).first().click()
  await expect(page).toHaveURL(/\/(conversations|prompts)/)
  await page.keyboard.press('Control+k')
  await page.keyboard.type(RULE)
  await page.getByRole('option', { name: `Say so · ${RULE}` }).click()
  await expect(page).toHaveURL(new RegExp(`/guideline#${RULE}`))
  await page.close()
})

test('a slug the server does not take is named at its rule, kept on this device, and saved once it is right', async ({ browser }) => {
  const page = await pageOf(browser, 'manager')
  await visit(page, `/p/${PROJECT}/guideline/edit`)
  await page.getByText('Say so', { exact: true }).click()
  await page.getByLabel('Slug').fill('truthful/Not A Slug')
  await expect(page.getByText(/Not saved; kept on this device.*Rule 1 \(truthful\/Not A Slug\), Slug/)).toBeVisible()
  await expect(page.getByText('not saved', { exact: true })).toBeVisible()
  page.once('dialog', (dialog) => dialog.accept())
  await page.reload()
  await expect(page.getByText(/Not saved; kept on this device/)).toBeVisible()
  await page.getByText('Say so', { exact: true }).click()
  await expect(page.getByLabel('Slug')).toHaveValue('truthful/Not A Slug')
  await page.getByLabel('Slug').fill(RULE)
  await expect(page.getByText('Draft saved')).toBeVisible()
  await page.close()
})
