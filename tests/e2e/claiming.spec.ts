import { expect, type Page, test } from '@playwright/test'
import { signInAs, visit } from './people.ts'

/** Holds back requests to an address until it is let go. */
async function hold(page: Page, address: string | RegExp): Promise<() => void> {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route(address, async (route) => {
    await held
    await route.continue()
  })
  return release
}

test('what a person begins while work is claimed is not overtaken by it', async ({ browser }) => {
  const page = await signInAs(browser, 'manager')
  const claims = /\/claims$/

  // A window opened meanwhile stays open; the work comes when it is closed.
  let claimed = await hold(page, claims)
  let asked = page.waitForRequest(claims)
  await visit(page, '/p/demo/write')
  await asked
  await page.keyboard.press('Shift+?')
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(help).toBeVisible()
  let answered = page.waitForResponse(claims)
  claimed()
  await (await answered).finished()
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  await expect(help).toBeVisible()
  await expect(page).toHaveURL(/\/write$/)
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/\/write\/[0-9a-f-]{36}$/)
  await page.unroute(claims)

  // A page gone to meanwhile is where one arrives, although the claim is answered first. It was on no page yet, so nothing of it is here.
  const address = /\/quality\?.*_rsc=/
  claimed = await hold(page, claims)
  const arrived = await hold(page, address)
  asked = page.waitForRequest(claims)
  await visit(page, '/p/demo/review')
  await asked
  const going = page.waitForRequest(address)
  await page.keyboard.type('gq')
  await going
  answered = page.waitForResponse(claims)
  claimed()
  await (await answered).finished()
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  arrived()
  await expect(page).toHaveURL(/\/quality$/)
  await page.waitForLoadState('networkidle')
  await expect(page).toHaveURL(/\/quality$/)

  // So it is with the palette.
  await page.unroute(claims)
  claimed = await hold(page, claims)
  asked = page.waitForRequest(claims)
  await visit(page, '/p/demo/write')
  await asked
  await page.keyboard.press('Control+k')
  await page.keyboard.type('runs')
  claimed()
  await page.waitForResponse(claims)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/runs$/)
  await page.waitForLoadState('networkidle')
  await expect(page).toHaveURL(/\/runs$/)
  await page.context().close()
})
