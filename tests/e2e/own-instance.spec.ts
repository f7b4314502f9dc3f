// What can only be seen on an instance of one's own: the first start without demo, an address in the local network, a lost database.
import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test'
import { type Instance, startInstance } from './instance.ts'
import { untilReady } from './people.ts'

test.describe.configure({ mode: 'serial' })

const ADMIN = { name: 'First Admin', email: 'first@example.test', password: 'rivers and hills 9' }
const MEMBER = { name: 'New Member', email: 'member@example.test', password: 'lakes and valleys 7' }
const saveState = (page: Page, state: string) => page.locator(`[data-testid=save-state][data-state=${state}]`)

let instance: Instance
let context: BrowserContext
let page: Page

/** Survives everything but a reload. */
const mark = () => page.evaluate(() => Object.assign(window, { isSamePage: true }))
const isSamePage = () => page.evaluate(() => (window as { isSamePage?: boolean }).isSamePage === true)

async function open(path: string, on: Page = page): Promise<void> {
  await on.goto(`${instance.address}${path}`)
  await untilReady(on)
}

/** As `open`, for pages outside the frame, which does not tell them ready. */
async function openForm(path: string, on: Page = page): Promise<void> {
  await on.goto(`${instance.address}${path}`)
  await on.waitForLoadState('networkidle')
}

async function send(path: string, data: unknown, headers: Record<string, string> = {}) {
  const response = await page.evaluate(
    async ([address, body, more]) => {
      const answer = await fetch(`/api/v1${address}`, { method: 'POST', headers: more, body })
      return { status: answer.status, body: await answer.json() }
    },
    [path, JSON.stringify(data), { 'content-type': 'application/json', ...headers }] as const,
  )
  expect(response.status, `${path}: ${JSON.stringify(response.body)}`).toBeLessThan(300)
  return response.body
}

const pageIn = async (browser: Browser) => (await browser.newContext({ locale: 'en-GB' })).newPage()

test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000)
  instance = await startInstance()
  context = await browser.newContext({ locale: 'en-GB' })
  page = await context.newPage()
})

test.afterAll(async () => {
  await context?.close()
  await instance?.stop()
})

test('the first visitor of an instance without demo makes the first admin, and nobody after them', async ({ browser }) => {
  await openForm('/')
  await expect(page).toHaveURL(/\/set-up$/)
  await page.getByLabel('Name').fill(ADMIN.name)
  await page.getByLabel('E-mail').fill(ADMIN.email)
  await page.getByLabel('Password').fill('short')
  await page.getByLabel('Password').evaluate((field) => field.removeAttribute('minlength'))
  await page.getByRole('button', { name: 'Create the admin account' }).click()
  await expect(page.getByText(/use at least 10/)).toBeVisible()
  await page.getByLabel('Password').fill(ADMIN.password)
  await page.getByRole('button', { name: 'Create the admin account' }).click()
  await expect(page).toHaveURL(/\/welcome$/)
  const stranger = await pageIn(browser)
  expect((await stranger.goto(`${instance.address}/set-up`))?.status()).toBe(404)
  await stranger.goto(instance.address)
  await expect(stranger).toHaveURL(/\/sign-in/)
  await stranger.context().close()
})

test('a one-time password leads to choosing one’s own, wherever one wanted to go, and then on there', async ({ browser }) => {
  const { password } = await send('/users', { email: MEMBER.email, name: MEMBER.name })
  const member = await pageIn(browser)
  await openForm('/sign-in?to=/settings', member)
  await member.getByLabel('E-mail').fill(MEMBER.email)
  await member.getByLabel('Password').fill(password)
  await member.getByRole('button', { name: 'Sign in' }).click()
  await expect(member).toHaveURL(/\/change-password/)
  await openForm('/welcome', member)
  await expect(member).toHaveURL(/\/change-password/)
  expect(await member.evaluate(async () => (await fetch('/api/v1/projects')).status)).toBe(403)
  const oneTime = member.getByLabel('One-time password')
  await oneTime.fill(password)
  // What is typed can be looked at.
  await expect(oneTime).toHaveAttribute('type', 'password')
  await member.getByRole('button', { name: 'Show characters' }).first().click()
  await expect(oneTime).toHaveAttribute('type', 'text')
  await expect(oneTime).toHaveValue(password)
  await member.getByRole('button', { name: 'Hide characters' }).click()
  await expect(oneTime).toHaveAttribute('type', 'password')
  await member.getByLabel('New password').fill(MEMBER.password)
  await member.getByRole('button', { name: 'Change password' }).click()
  await expect(member).not.toHaveURL(/\/change-password/)
  expect(await member.evaluate(async () => (await fetch('/api/v1/projects')).status)).toBe(200)
  await member.context().close()
})

test('on an address of the local network, which is no secure origin, one writes and submits', async () => {
  const { id } = await send('/projects', { name: 'Field notes', slug: 'field' })
  const rows = ['Which way is north?', 'How deep is it?', 'What is that bird?'].map((content) =>
    JSON.stringify({ messages: [{ role: 'user', content }] }),
  )
  await importRows(id, rows.join('\n'))
  await open('/p/field/write')
  await expect(page).toHaveURL(/\/write\/[0-9a-f-]{36}/)
  expect(await page.evaluate(() => [window.isSecureContext, typeof crypto.randomUUID])).toEqual([false, 'undefined'])
  const first = page.url()
  await page.getByRole('button', { name: 'Assistant', exact: true }).click()
  await page.keyboard.type('Where moss grows, some say; a compass knows.')
  await expect(saveState(page, 'saved')).toBeVisible()
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('Submitted for review')).toBeVisible()
  await expect(page).not.toHaveURL(first)
})

async function importRows(projectId: string, text: string): Promise<void> {
  const status = await page.evaluate(
    async ([id, body]) => {
      const address = `/api/v1/projects/${id}/imports?format=messages&answers=ignore&fileName=prompts.jsonl`
      return (await fetch(address, { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body })).status
    },
    [projectId, text] as const,
  )
  expect(status).toBe(200)
}

test('while the database is lost the text being written stays on this device; back again, it is saved, all without a reload', async () => {
  test.setTimeout(120_000)
  await page.getByRole('button', { name: 'Assistant', exact: true }).click()
  await page.keyboard.type('Before. ')
  await expect(saveState(page, 'saved')).toBeVisible()
  await mark()
  await instance.database.close()
  await page.keyboard.type('During 停电. ')
  await expect(saveState(page, 'offline')).toBeVisible()
  await expect(saveState(page, 'offline')).toHaveText('Saved on this device (offline)')
  await instance.database.open()
  await expect(saveState(page, 'saved')).toBeVisible({ timeout: 30_000 })
  await page.keyboard.type('After.')
  await expect(saveState(page, 'saved')).toBeVisible()
  expect(await isSamePage()).toBe(true)
  await open(new URL(page.url()).pathname)
  await expect(page.getByText('Before. During 停电. After.')).toBeVisible()
})

test('an open page says that the database is lost, and goes on by itself', async () => {
  test.setTimeout(120_000)
  await open('/p/field/prompts')
  await expect(page.getByText('How deep is it?', { exact: true })).toBeVisible()
  await mark()
  await instance.database.close()
  await page.getByRole('searchbox').first().fill('bird')
  await expect(page.getByText('The database does not answer', { exact: true })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText(/this page looks every few seconds and goes on by itself/)).toBeVisible()
  await instance.database.open()
  await expect(page.getByText('What is that bird?', { exact: true })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText('The database does not answer', { exact: true })).toHaveCount(0)
  expect(await isSamePage()).toBe(true)
})

test('so does a page one goes to meanwhile, by a link and by its address', async () => {
  test.setTimeout(180_000)
  await open('/p/field/prompts')
  await mark()
  await instance.database.close()
  await page.getByRole('link', { name: 'Quality' }).first().click()
  await expect(page.getByRole('heading', { name: 'This page could not be shown' })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText(/this page looks every few seconds/)).toBeVisible()
  await instance.database.open()
  await expect(page.getByRole('heading', { name: 'Quality' }).first()).toBeVisible({ timeout: 30_000 })
  expect(await isSamePage()).toBe(true)

  await instance.database.close()
  await page.goto(`${instance.address}/p/field/guideline`)
  await expect(page.getByRole('heading', { name: 'This page could not be shown' })).toBeVisible({ timeout: 30_000 })
  await instance.database.open()
  await expect(page.getByText('No guideline has been published yet.').first()).toBeVisible({ timeout: 60_000 })
})

test('signing in says that the database is away, not that the password is wrong, and tells nothing of its inside', async ({ browser }) => {
  test.setTimeout(120_000)
  const visitor = await pageIn(browser)
  await openForm('/sign-in', visitor)
  await visitor.getByLabel('E-mail').fill(MEMBER.email)
  await visitor.getByLabel('Password').fill(MEMBER.password)
  await instance.database.close()
  const answered = visitor.waitForResponse(/callback\/credentials/)
  await visitor.getByRole('button', { name: 'Sign in' }).click()
  const answer = await (await answered).text()
  expect(answer).toContain('error=unavailable')
  expect(answer).not.toMatch(/prisma|postgres|invocation|127\.0\.0\.1|ECONNREFUSED/i)
  await expect(visitor.getByText('The database does not answer, so nobody can sign in at the moment.')).toBeVisible()
  await instance.database.open()
  await expect(async () => {
    await visitor.getByRole('button', { name: 'Sign in' }).click()
    await expect(visitor).not.toHaveURL(/sign-in/, { timeout: 2_000 })
  }).toPass({ timeout: 30_000 })
  await visitor.context().close()
})
