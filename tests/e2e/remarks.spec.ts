import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test'
import { makeProject, RULE, senderOf, untilJudgeable } from './desk-project.ts'
import { signInAs, visit } from './people.ts'

test.describe.configure({ mode: 'serial' })

const PROJECT = `remarks-${Date.now().toString(36)}`
const ANSWER = 'Nobody of that name is known. The library may have a list of them.'
const signedIn = new Map<string, BrowserContext>()

async function pageOf(browser: Browser, character: string): Promise<Page> {
  const known = signedIn.get(character)
  if (known) return known.newPage()
  const page = await signInAs(browser, character)
  signedIn.set(character, page.context())
  return page
}

test.beforeAll(async ({ browser }) => {
  const page = await pageOf(browser, 'manager')
  await makeProject(page, { name: 'Remarks', slug: PROJECT, answers: [ANSWER, ANSWER, ANSWER] })
  await page.close()
})

test.afterAll(async () => {
  for (const context of signedIn.values()) await context.close()
})

const shownId = (page: Page) => new URL(page.url()).pathname.split('/').at(-1) ?? ''
const form = (page: Page) => page.getByRole('form')
const body = (page: Page) => form(page).getByLabel('What should change, and why')

async function openDesk(browser: Browser): Promise<Page> {
  const page = await pageOf(browser, 'reviewer')
  await visit(page, `/p/${PROJECT}/review`)
  await expect(page).toHaveURL(/\/review\/[0-9a-f-]{36}$/)
  await expect(page.getByText('Nobody of that name')).toBeVisible()
  return page
}

let returned = ''

test('a remark that waits to be sent is opened again and changed; a rule chosen first leaves no key dead', async ({ browser }) => {
  const page = await openDesk(browser)
  const { keyboard } = page
  returned = shownId(page)
  // A rule named in what is asked opens beside the text.
  await page.getByRole('complementary', { name: 'What is asked' }).getByRole('link', { name: RULE }).click()
  await expect(page.getByRole('button', { name: new RegExp(RULE) })).toBeFocused()
  await expect(page.getByText('Say that you do not know.')).toBeVisible()
  await expect(page).toHaveURL(new RegExp(returned))

  const passage = page.getByText(ANSWER)
  await passage.selectText()
  await passage.dispatchEvent('pointerup')
  await keyboard.press('c')
  await expect(body(page)).toBeFocused()
  // The rule before the words: digits grade, and the button asks for what is missing.
  await expect(form(page).getByRole('option')).toHaveCount(1)
  await form(page).getByRole('combobox', { name: 'Search rules' }).press('Enter')
  await expect(page.getByRole('button', { name: /^Add comment/ })).toBeFocused()
  await keyboard.press('1')
  await expect(form(page).getByRole('radio', { name: /^Nit/ })).toBeChecked()
  await keyboard.press('Enter')
  await expect(body(page)).toBeFocused()
  await expect(form(page).getByText('Say what should change, and why.')).toBeVisible()
  await keyboard.type('Too sure.')
  await form(page).getByLabel('Suggested text').fill('Nobody of that name is known to me. The library may have a list of them.')
  await keyboard.press('Control+Enter')
  await expect(form(page)).toHaveCount(0)
  // The suggestion is told as such, with what it changes.
  await expect(page.getByRole('figure', { name: 'Suggested text' }).locator('ins')).toHaveText(/to me/)

  await page.getByRole('button', { name: 'Edit comment Too sure.' }).press('Enter')
  await expect(body(page)).toHaveValue('Too sure.')
  await expect(form(page).getByText(RULE)).toBeVisible()
  await body(page).fill('Nobody can know everybody.')
  await form(page).getByRole('button', { name: 'Save comment' }).click()
  const remarks = page.getByRole('region', { name: 'Comments' }).getByRole('listitem')
  await expect(remarks).toHaveCount(1)
  await expect(remarks).toContainText('Nobody can know everybody.')
  await page.getByRole('button', { name: /^Request changes/ }).click()
  await expect(page).not.toHaveURL(new RegExp(returned))
  await page.close()
})

test('escalating asks for the reason and takes it from the keyboard; skipping has a button', async ({ browser }) => {
  const page = await openDesk(browser)
  const id = shownId(page)
  const summary = page.getByLabel('Why somebody else should decide')
  await untilJudgeable(page)
  await page.keyboard.press('e')
  await expect(page.getByText('Why should somebody else decide?')).toBeVisible()
  await expect(summary).toBeFocused()
  await page.keyboard.type('Is this harmful?')
  await expect(page).toHaveURL(new RegExp(id))
  await page.keyboard.press('Enter')
  await expect(page).not.toHaveURL(new RegExp(id))
  await expect
    .poll(async () => (await senderOf(page)('get', `/conversations/${id}`)) as object)
    .toMatchObject({ state: 'escalated', reviews: [{ verdict: 'escalate', summary: 'Is this harmful?' }] })
  await page.getByRole('button', { name: /^Skip/ }).click()
  await expect(page.getByRole('dialog', { name: 'Skip' })).toBeVisible()
  await page.close()
})

test('the author applies a suggestion where its passage stands, takes it back, and is told when the passage has changed', async ({ browser }) => {
  const page = await pageOf(browser, 'manager')
  await visit(page, `/p/${PROJECT}/write/${returned}`)
  const answer = page.getByLabel('Text of message 2, Assistant')
  await expect(answer).toHaveText(ANSWER)
  const suggestion = page.getByRole('figure', { name: 'Suggested text' })
  await expect(suggestion.locator('ins')).toHaveText(/to me/)
  // Written before the passage meanwhile: it stands further on.
  await answer.click()
  await page.keyboard.press('Control+Home')
  await page.keyboard.type('Well. ')
  await suggestion.getByRole('button', { name: 'Apply' }).click()
  await expect(answer).toHaveText('Well. Nobody of that name is known to me. The library may have a list of them.')
  await expect(suggestion.getByText('Applied: it stands in your text.')).toBeVisible()
  await expect(page.getByLabel('Done')).toBeFocused()
  await page.keyboard.press('Control+z')
  await expect(answer).toHaveText(`Well. ${ANSWER}`)
  await expect(suggestion.getByRole('button', { name: 'Apply' })).toBeVisible()
  await answer.click()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('I do not know.')
  await expect(suggestion.getByText('The passage has changed since', { exact: false })).toBeVisible()
  await expect(suggestion.getByRole('button', { name: 'Apply' })).toHaveCount(0)
  await expect(page.getByText('Message 2, the passage has changed')).toBeVisible()
  await page.close()
})

test('a notice covers neither the bar at the foot nor a window on a phone, and no keys are named there', async ({ browser }) => {
  const storageState = await signedIn.get('manager')?.storageState()
  if (!storageState) throw new Error('the manager signed in before')
  const context = await browser.newContext({ storageState, locale: 'en-GB', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
  const page = await context.newPage()
  await visit(page, `/p/${PROJECT}/write/${returned}`)
  const submit = page.getByRole('button', { name: 'Submit', exact: true })
  await expect(submit.locator('kbd')).toBeHidden()
  // The last turn is emptied, so that submitting is refused with a notice.
  await page.getByLabel('Text of message 2, Assistant').fill('')
  await submit.click()
  const notice = page.getByRole('listitem').filter({ hasText: 'Not ready to submit' })
  await expect(notice).toBeVisible()
  const bar = page.locator('footer').filter({ has: submit })
  await expect
    .poll(async () => {
      const [above, below] = [await notice.boundingBox(), await bar.boundingBox()]
      return above && below ? above.y + above.height <= below.y : false
    })
    .toBe(true)
  expect((await bar.boundingBox())?.width).toBe(390)
  await context.close()
})
