import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type Browser, expect, type Page } from '@playwright/test'

type Account = { role: string; email: string; password: string }

const home = process.env.EXEMPLAR_E2E_HOME ?? '.exemplar/e2e'

/** E-mail and password of one of the demo's people. */
export function accountOf(character: string): Account {
  const { accounts } = JSON.parse(readFileSync(path.join(home, 'demo.json'), 'utf8')) as { accounts: Account[] }
  const account = accounts.find(({ email }) => email.startsWith(`${character}@`))
  if (!account) throw new Error(`the demo has no ${character}`)
  return account
}

/** A page in which one of the demo's people is signed in; every uncaught error and policy violation fails the test. */
export async function signInAs(browser: Browser, character: string): Promise<Page> {
  const account = accountOf(character)
  const context = await browser.newContext({ locale: 'en-GB' })
  const page = await context.newPage()
  page.on('pageerror', (error) => {
    throw error
  })
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) throw new Error(`${page.url()}: ${message.text()}`)
  })
  await page.goto('/sign-in?to=/p/demo')
  await page.getByLabel('E-mail').fill(account.email)
  await page.getByLabel('Password').fill(account.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(/\/p\/demo/)
  await untilReady(page)
  return page
}

/** Before scripts have taken over the page a click is lost. */
export const untilReady = (page: Page) => page.waitForSelector('html[data-ready]', { state: 'attached' })

/** Opens a page and waits until it listens. */
export async function visit(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await untilReady(page)
}
