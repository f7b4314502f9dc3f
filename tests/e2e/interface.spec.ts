import AxeBuilder from '@axe-core/playwright'
import { devices, expect, type Page, test } from '@playwright/test'
import { accountOf, signInAs, untilReady, visit } from './people.ts'

const PLACES: Record<string, readonly string[]> = {
  labeller: ['', '/own', '/write', '/conversations', '/guideline', '/guideline/rulings', '/settings'],
  reviewer: ['', '/review', '/conversations'],
  engineer: ['/prompts', '/prompts/imports', '/snapshots', '/builds', '/builds/new', '/runs', '/runs/new', '/models', '/talk', '/settings/tokens'],
  manager: [
    '',
    '/adjudicate',
    '/prompts',
    '/prompts/queue',
    '/quality',
    '/guideline/edit',
    '/settings',
    '/settings/members',
    '/settings/checks',
    '/settings/audit',
  ],
}
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** Nothing is fetched any more and no place holder is left. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  await expect(page.locator('[role=status][aria-label]')).toHaveCount(0)
}

/** Of all that is tested, only contrast depends on the colours. */
async function faultsOf(page: Page, what: 'everything' | 'contrast' = 'everything'): Promise<string[]> {
  const axe = new AxeBuilder({ page })
  const { violations } = await (what === 'contrast' ? axe.withRules('color-contrast') : axe.withTags(TAGS)).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))
}

for (const [character, places] of Object.entries(PLACES)) {
  test(`the pages of a ${character} are accessible in light and dark, and fit a telephone`, async ({ browser }) => {
    test.setTimeout(180_000)
    const page = await signInAs(browser, character)
    for (const place of places) {
      await visit(page, `/p/demo${place}`)
      await settle(page)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        // Two frames: the new colours are painted.
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
        expect(await faultsOf(page, colorScheme === 'dark' ? 'contrast' : 'everything'), `${place || 'home'} in ${colorScheme}`).toEqual([])
      }
      await page.setViewportSize({ width: 390, height: 844 })
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow, `${place || 'home'} at 390 pixels`).toBeLessThanOrEqual(0)
      await page.setViewportSize({ width: 1280, height: 800 })
    }
    await page.context().close()
  })
}

test('on a telephone nothing speaks of keys, and what matters is not cut off', async ({ browser }) => {
  const page = await signInAs(browser, 'manager')
  const { viewport, isMobile, hasTouch } = devices['iPhone 13']
  const storageState = await page.context().storageState()
  await page.context().close()
  const context = await browser.newContext({ viewport, isMobile, hasTouch, storageState, locale: 'en-GB' })
  const onPhone = await context.newPage()
  /** Texts that are wider than the place they have. */
  const cutOff = (selector: string) =>
    onPhone.locator(selector).evaluateAll((all) => all.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.textContent))
  for (const place of ['/review', '/write', '/guideline/edit', '/settings/audit', '/settings/checks', '/conversations', '/prompts/imports']) {
    await visit(onPhone, `/p/demo${place}`)
    await settle(onPhone)
    await expect(onPhone.locator('kbd:visible'), place).toHaveCount(0)
    await expect(onPhone.getByText(/\bpress [a-z?]\b/).filter({ visible: true }), place).toHaveCount(0)
    if (place === '/settings/audit')
      await expect(onPhone.locator('nav [aria-current=page]', { hasText: 'Audit log' })).toBeInViewport({ ratio: 0.95 })
    if (place === '/conversations') expect(await cutOff('td:nth-child(2)')).toEqual([])
    if (place === '/settings/checks') expect(await cutOff('select')).toEqual([])
  }
  await context.close()
})

test('sign-in is accessible', async ({ page }) => {
  await page.goto('/sign-in')
  expect(await faultsOf(page)).toEqual([])
})

test('every place can be reached by keys, and the palette finds it', async ({ browser }) => {
  const page = await signInAs(browser, 'manager')
  for (const [keys, address] of [
    ['gc', '/conversations'],
    ['gq', '/quality'],
    ['gu', '/runs'],
    ['gm', '/models'],
    ['gg', '/guideline'],
  ] as const) {
    await page.keyboard.type(keys)
    await expect(page).toHaveURL(new RegExp(`${address}(/|$)`))
  }
  await page.keyboard.press('Control+k')
  await page.keyboard.type('snapshots')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/snapshots$/)
  await page.keyboard.press('Shift+?')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  await page.context().close()
})

test('the interface speaks 中文', async ({ browser }) => {
  const context = await browser.newContext({ locale: 'zh-CN' })
  const page = await context.newPage()
  await page.goto('/sign-in?to=/p/demo')
  const { email, password } = accountOf('manager')
  await page.getByLabel('邮箱').fill(email)
  await page.getByLabel('密码').fill(password)
  await page.getByRole('button', { name: '登录' }).click()
  await expect(page).toHaveURL(/\/p\/demo/)
  await untilReady(page)
  for (const [address, word] of [
    ['/p/demo/runs', '训练'],
    ['/p/demo/talk', '对话'],
    ['/p/demo/quality', '质量'],
    ['/p/demo/settings/members', '成员'],
  ] as const) {
    await visit(page, address)
    await expect(page.getByRole('heading', { name: word }).first()).toBeVisible()
  }
  expect(await page.evaluate(() => document.documentElement.lang)).toMatch(/^zh/)
  await context.close()
})
