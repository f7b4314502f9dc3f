import AxeBuilder from '@axe-core/playwright'
import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { makeProject, senderOf, untilJudgeable } from './desk-project.ts'
import { signInAs, visit } from './people.ts'

test.describe.configure({ mode: 'serial' })

const PROJECT = `checks-${Date.now().toString(36)}`
const people = new Map<string, BrowserContext>()
let projectId = ''

test.beforeAll(async ({ browser }) => {
  for (const character of ['manager', 'labeller', 'reviewer']) people.set(character, (await signInAs(browser, character)).context())
  const page = await pageOf('manager', '/p/demo')
  projectId = await makeProject(page, { name: 'Checks', slug: PROJECT, answers: ['An answer that nobody needs.'] })
  const send = senderOf(page)
  await send('post', `/projects/${projectId}/members`, { email: 'labeller@demo.example', roles: ['labeller'] })
  await send('post', `/projects/${projectId}/prompts`, { messages: [{ id: 'q', role: 'user', content: 'Who are you?', train: false }] })
  await page.close()
})

test.afterAll(async () => {
  for (const context of people.values()) await context.close()
})

async function pageOf(character: string, address: string): Promise<Page> {
  const page = await people.get(character)?.newPage()
  if (!page) throw new Error(`${character} is not signed in`)
  await visit(page, address)
  return page
}

test('a manager sets another level and an expression of the project’s own', async () => {
  const page = await pageOf('manager', `/p/${PROJECT}/settings/checks`)
  await page.getByLabel('E-mail addresses: Level').selectOption('note')
  await page.getByLabel('Names of the assistant').fill('Juniper')
  await page.getByRole('button', { name: 'Add an expression' }).click()
  await page.getByLabel('Name', { exact: true }).fill('no-delving')
  const expression = page.getByLabel('Expression', { exact: true })
  await expression.fill('delv(?=e)')
  await expect(page.getByText('invalid or unsupported Perl syntax')).toBeVisible()
  await expression.fill('\\bdelv(e|ing)\\b')
  await page.getByLabel('What the writer is told').fill('Say look into')
  await page.getByLabel('Try the expressions on a text').fill('We delve, they are delving.')
  await expect(page.getByText('no-delving: 2 places')).toBeVisible()
  await page.getByRole('button', { name: 'Save checks' }).click()
  await expect(page.getByText('Checks saved')).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('Expression', { exact: true })).toHaveValue('\\bdelv(e|ing)\\b')
  await expect(page.getByLabel('E-mail addresses: Level')).toHaveValue('note')
  await page.close()
})

test('a labeller sees findings while writing, lets one stand with a reason by keys alone, corrects another and submits', async () => {
  const page = await pageOf('labeller', `/p/${PROJECT}/write`)
  const { keyboard } = page
  await expect(page).toHaveURL(/\/write\/[0-9a-f-]{36}/)
  await expect(page.locator('[data-message]')).toHaveCount(1)
  await page.getByRole('button', { name: 'Assistant', exact: true }).click()
  const answer = page.getByLabel('Text of message 2', { exact: false })
  await expect(answer).toBeFocused()
  await keyboard.type('I am ChatGPT and I delve. Write to anna.berg@gmx.de.')
  // Two warnings wait for a reason; the note on the address is none.
  await expect(page.getByRole('tab', { name: 'Checks 2' })).toBeVisible()
  await keyboard.press('Control+Enter')
  await expect(page.getByText('2 checks are open')).toBeVisible()
  const reason = page.getByLabel('Reason').first()
  await expect(reason).toBeFocused()
  await keyboard.type('The brief asks who it was.')
  await keyboard.press('Enter')
  await expect(page.getByText('Stands: The brief asks who it was.')).toBeVisible()
  await expect(page.getByRole('tab', { name: 'Checks 1' })).toBeVisible()
  expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([])
  // The finding leads to its words.
  await page.getByRole('button', { name: 'Say look into' }).click()
  await expect(answer).toBeFocused()
  await keyboard.type('look')
  await expect(page.getByRole('tab', { name: 'Checks 0' })).toBeVisible()
  await expect(page.locator('[data-testid=save-state][data-state=saved]')).toBeVisible()
  await page.reload()
  await expect(answer).toContainText('I am ChatGPT and I look. Write')
  await page.getByRole('tab', { name: /^Checks/ }).click()
  await expect(page.getByText('Stands: The brief asks who it was.')).toBeVisible()
  await answer.click()
  await keyboard.press('Control+Enter')
  await expect(page.getByText('Submitted', { exact: false }).first()).toBeVisible()
  await page.close()
})

test('the reviewer reads the reason beside the text', async () => {
  const page = await pageOf('reviewer', `/p/${PROJECT}/review`)
  await expect(page).toHaveURL(/\/review\/[0-9a-f-]{36}$/)
  // The imported answer came first.
  await expect(page.getByText('An answer that nobody needs.')).toBeVisible()
  await untilJudgeable(page)
  await page.keyboard.press('a')
  const reasons = page.getByRole('region', { name: 'Warnings the writer let stand' })
  await expect(reasons).toContainText('Another assistant’s identity')
  await expect(reasons).toContainText('The brief asks who it was.')
  await page.close()
})

test('an answer in nearly the words of another needs a reason; its reviewer compares the two', async () => {
  const ANSWER =
    'The library opens at nine in the morning and closes at six in the evening, except on Sundays and on holidays, when it stays closed all day long.'
  const manager = await pageOf('manager', `/p/${PROJECT}`)
  const send = senderOf(manager)
  for (const content of ['When does the library open?', 'When does it close?'])
    await send('post', `/projects/${projectId}/prompts`, { messages: [{ id: 'q', role: 'user', content, train: false }] })
  await manager.close()
  const page = await pageOf('labeller', `/p/${PROJECT}/write`)
  const answer = page.getByLabel('Text of message 2', { exact: false })
  const write = async (question: string) => {
    await expect(page.getByText(question).first()).toBeVisible()
    await page.getByRole('button', { name: 'Assistant', exact: true }).click()
    await expect(answer).toBeFocused()
    await page.keyboard.insertText(ANSWER)
    await page.keyboard.press('Control+Enter')
  }
  await write('When does the library open?')
  // The next prompt is there, and the same is said of it.
  await write('When does it close?')
  await expect(page.getByText('100 % the same as another conversation of this project')).toBeVisible()
  const other = page.getByRole('link', { name: 'Open the other one' })
  await expect(other).toBeVisible()
  await page.getByLabel('Reason').fill('One desk, one sign.')
  await page.getByLabel('Reason').press('Enter')
  await answer.click()
  await page.keyboard.press('Control+Enter')
  await expect(page).toHaveURL(/\/write(#text)?$/)
  await page.close()
  const review = await pageOf('reviewer', `/p/${PROJECT}/review`)
  const { items }: { items: { id: string; firstUserText: string }[] } = await senderOf(review)('get', `/projects/${projectId}/conversations`)
  await visit(review, `/p/${PROJECT}/review/${items.find(({ firstUserText }) => firstUserText === 'When does it close?')?.id}`)
  const alike = review.getByRole('region', { name: 'Nearly the same as another' })
  await expect(alike).toContainText('100 % the same as another conversation')
  await alike.getByRole('button', { name: 'Compare' }).click()
  await expect(alike.getByText('When does it close?').first()).toBeVisible()
  expect((await new AxeBuilder({ page: review }).analyze()).violations.map(({ id }) => id)).toEqual([])
  await review.close()
})
