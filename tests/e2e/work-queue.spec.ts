import { expect, test } from '@playwright/test'
import { senderOf } from './desk-project.ts'
import { signInAs, visit } from './people.ts'

test('a manager chooses prompts by keys, keeps one for somebody, holds others back, and takes work back', async ({ browser }) => {
  const page = await signInAs(browser, 'manager')
  const send = senderOf(page)
  const slug = `queue-${Date.now().toString(36)}`
  const { id }: { id: string } = await send('post', '/projects', { name: 'Queue', slug, description: '' })
  await send('post', `/projects/${id}/members`, { email: 'labeller@demo.example', roles: ['labeller'] })
  for (const content of ['First question', 'Second question', 'Third question'])
    await send('post', `/projects/${id}/prompts`, { messages: [{ id: 'q', role: 'user', content, train: false }] })

  await visit(page, `/p/${slug}/prompts`)
  // Newest first. With Shift all between the two are chosen.
  await page.getByRole('checkbox', { name: 'Choose: Third question' }).focus()
  await page.keyboard.press('Space')
  await page.getByRole('checkbox', { name: 'Choose: First question' }).click({ modifiers: ['Shift'] })
  await expect(page.getByText('3 prompts chosen')).toBeVisible()
  await page.getByRole('checkbox', { name: 'Choose: Third question' }).focus()
  await page.keyboard.press('Space')
  await expect(page.getByText('2 prompts chosen')).toBeVisible()
  await page.keyboard.press('h')
  await expect(page.getByText('2 prompts are given to nobody for now')).toBeVisible()
  await expect(page.getByRole('row', { name: /First question/ })).toContainText('Held back')
  await page.keyboard.press('Escape')
  await expect(page.getByText('2 prompts chosen')).toBeHidden()

  await page.getByRole('checkbox', { name: 'Choose: Third question' }).focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('e')
  const dialog = page.getByRole('dialog', { name: 'Change 1 prompt' })
  await dialog.getByLabel('Priority').fill('7')
  await dialog.getByLabel('Skills').fill('Python, tax law')
  await dialog.getByLabel('Kept for').selectOption({ label: 'Lin Moreau' })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('1 prompt changed')).toBeVisible()
  await expect(page.getByRole('row', { name: /Third question/ })).toContainText('Lin Moreau')

  // Kept for her, whatever her skills.
  const labeller = await signInAs(browser, 'labeller')
  await visit(labeller, `/p/${slug}/write`)
  await expect(labeller).toHaveURL(/\/write\/[0-9a-f-]{36}/)
  await expect(labeller.getByText('Third question').first()).toBeVisible()

  await page.getByRole('link', { name: 'Queue', exact: true }).click()
  await expect(page.getByRole('row', { name: /Third question/ })).toContainText('Writing')
  await expect(page.getByText('prompts given to nobody')).toBeVisible()
  await page.getByRole('button', { name: 'Take back from Lin Moreau' }).click()
  await expect(page.getByText('Nobody has work in hand')).toBeVisible()

  // What waits asks for what nobody has.
  await visit(page, `/p/${slug}/prompts`)
  await page.getByRole('checkbox', { name: 'Choose: Third question' }).click()
  await page.getByRole('button', { name: /^Change/ }).click()
  await page.getByRole('dialog').getByLabel('Kept for').selectOption({ label: 'Anybody' })
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('1 prompt changed')).toBeVisible()
  await visit(page, `/p/${slug}/prompts/queue`)
  await expect(page.getByText('nobody holds it').first()).toBeVisible()
  await labeller.context().close()
  await page.context().close()
})
