import { expect, test } from '@playwright/test'
import { signInAs, visit } from './people.ts'

const FOR_NO_WRITER = [
  '/quality',
  '/guideline/edit',
  '/snapshots',
  '/builds',
  '/builds/new',
  '/runs',
  '/runs/new',
  '/models',
  '/talk',
  '/settings/members',
  '/settings/checks',
  '/settings/audit',
]
/** Addresses below /p/demo that somebody may not use. */
const FORBIDDEN: Record<string, readonly string[]> = {
  labeller: [...FOR_NO_WRITER, '/review', '/prompts', '/prompts/imports'],
  reviewer: FOR_NO_WRITER,
  engineer: ['/write', '/review', '/quality', '/guideline/edit', '/settings/members', '/settings/checks', '/settings/audit'],
}

for (const [character, addresses] of Object.entries(FORBIDDEN)) {
  test(`a ${character} who types the address of a page for others is told so and gets no form`, async ({ browser }) => {
    const page = await signInAs(browser, character)
    const main = page.getByRole('main')
    for (const address of addresses) {
      await visit(page, `/p/demo${address}`)
      await expect(main.getByRole('heading', { name: 'You may not use this page' }), address).toBeVisible()
      await expect(main.getByText(/Manager/), address).toBeVisible()
      await expect(main.locator('input, textarea, select, button, [contenteditable=true]'), address).toHaveCount(0)
    }
    await main.getByRole('link', { name: 'Back to the project’s home' }).click()
    await expect(page).toHaveURL(/\/p\/demo$/)
    await expect(main.getByRole('heading', { name: 'Demo' })).toBeVisible()
    await page.context().close()
  })
}

test('whoever may only read the settings of a project reads them', async ({ browser }) => {
  const page = await signInAs(browser, 'labeller')
  const main = page.getByRole('main')
  await visit(page, '/p/demo/settings')
  await expect(main.getByText('Only managers can change this.')).toBeVisible()
  await expect(main.locator('input, textarea, select')).toHaveCount(0)
  await expect(main.getByRole('navigation', { name: 'Settings' }).getByRole('link')).toHaveText(['Project', 'API tokens'])
  await page.context().close()
})
