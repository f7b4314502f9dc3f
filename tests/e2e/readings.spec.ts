import { expect, test } from '@playwright/test'
import { makeProject, senderOf } from './desk-project.ts'
import { signInAs, visit } from './people.ts'

const SLUG = `readings-${Date.now().toString(36)}`

test('a project gives work to those who have confirmed its guideline, and the manager sees who has', async ({ browser }) => {
  const manager = await signInAs(browser, 'manager')
  const id = await makeProject(manager, { name: 'Readings', slug: SLUG, answers: ['An answer.'] })
  const send = senderOf(manager)
  await send('post', `/projects/${id}/prompts`, { messages: [{ id: 'm1', role: 'user', content: 'Who was first?', train: false }] })
  await send('post', `/projects/${id}/members`, { email: 'labeller@demo.example', roles: ['labeller'] })
  await visit(manager, `/p/${SLUG}/settings`)
  await manager.getByLabel('Work only after reading the guideline').check()
  await manager.getByRole('button', { name: 'Save' }).first().click()
  await expect(manager.getByText('Project saved')).toBeVisible()

  const labeller = await signInAs(browser, 'labeller')
  await visit(labeller, `/p/${SLUG}/write`)
  await expect(labeller.getByText('First the guideline')).toBeVisible()
  await labeller.getByRole('link', { name: 'Read the guideline' }).click()
  await labeller.getByRole('button', { name: 'I have read version 1.0.0' }).click()
  await expect(labeller.getByText('You confirmed version 1.0.0')).toBeVisible()
  await visit(labeller, `/p/${SLUG}/write`)
  await expect(labeller).toHaveURL(/\/write\/[0-9a-f-]{36}/)

  await visit(manager, `/p/${SLUG}/guideline`)
  await manager.getByText('1 of 3 members have confirmed to have read it').click()
  await expect(manager.getByText('not yet')).toHaveCount(2)
  await labeller.context().close()
  await manager.context().close()
})
