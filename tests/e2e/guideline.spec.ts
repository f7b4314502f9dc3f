import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { toMarkdown } from '#lib/domain/guideline-markdown.ts'
import { longGuideline } from '../support/long-guideline.ts'
import { makeProject, untilJudgeable } from './desk-project.ts'
import { signInAs, visit } from './people.ts'

const SLUG = `long-${Date.now().toString(36)}`

test('a guideline of three hundred pages is imported after a look at what changes, published, searched and cited', async ({ browser }, info) => {
  test.slow()
  const long = longGuideline()
  const wanted = long.rules[40]
  const file = info.outputPath('long.md')
  writeFileSync(file, toMarkdown(long, 'en'))
  const manager = await signInAs(browser, 'manager')
  await makeProject(manager, { name: 'Long', slug: SLUG, answers: ['An answer.'] })
  await visit(manager, `/p/${SLUG}/guideline/edit`)
  const dialog = manager.getByRole('dialog')
  await manager.getByRole('button', { name: 'Import Markdown' }).click()
  // What cannot be read is said by line.
  await dialog.getByLabel('Or its text').fill('## A rule {#truthful/a level=maybe}\n')
  await dialog.getByRole('button', { name: 'Show what changes' }).click()
  await expect(dialog.getByText('there is no level “maybe”')).toBeVisible()
  // What is taken in can be taken back.
  await dialog.getByLabel('Or its text').fill('## A rule {#truthful/a level=may}\n\nIt says so.\n\n## Another {#truthful/b}\n\nSo does this.\n')
  await dialog.getByRole('button', { name: 'Show what changes' }).click()
  await expect(dialog.getByText('Rules: 2 added, 0 changed, 1 removed.')).toBeVisible()
  await dialog.getByRole('button', { name: 'Take into the draft' }).click()
  await expect(manager.getByRole('heading', { name: '2 rules' })).toBeVisible()
  await manager.getByRole('button', { name: 'Undo' }).click()
  await expect(manager.getByRole('heading', { name: '1 rule', exact: true })).toBeVisible()

  await manager.getByRole('button', { name: 'Import Markdown' }).click()
  await dialog.getByLabel('File').setInputFiles(file)
  await dialog.getByRole('button', { name: 'Show what changes' }).click()
  await expect(dialog.getByText(`Rules: ${long.rules.length} added, 0 changed, 1 removed.`)).toBeVisible({ timeout: 30_000 })
  await dialog.getByRole('button', { name: 'Take into the draft' }).click()
  await expect(manager.getByRole('heading', { name: `${long.rules.length} rules` })).toBeVisible({ timeout: 30_000 })
  await manager.getByRole('button', { name: /^Publish/ }).click()
  await dialog.getByLabel('What changed and why').fill('All of it.')
  await dialog.getByRole('button', { name: 'Publish 1.1.0' }).click()
  await expect(manager.getByText('Version 1.1.0 is published')).toBeVisible({ timeout: 30_000 })

  const contents = manager.getByRole('navigation', { name: 'Rules of the guideline' })
  await contents.getByRole('searchbox').fill(`${wanted?.slug} sceptic`)
  await expect(contents.getByRole('link').first()).toContainText(wanted?.title.en ?? '')
  await expect(contents.locator('mark').first()).toBeVisible()
  const downloading = manager.waitForEvent('download')
  await manager.getByRole('button', { name: 'Download' }).click()
  await manager.getByRole('menuitem', { name: 'English' }).click()
  expect(readFileSync(await (await downloading).path(), 'utf8')).toBe(readFileSync(file, 'utf8'))
  // The rule that was there before: since when it holds no more, and where it still stands.
  await visit(manager, `/p/${SLUG}/guideline#truthful/unknown`)
  await manager.getByRole('link', { name: 'Read it in version 1.0.0.' }).click()
  await expect(manager.getByText('truthful/unknown was retired in version 1.1.0')).toBeVisible()
  await manager.context().close()

  const reviewer = await signInAs(browser, 'reviewer')
  await visit(reviewer, `/p/${SLUG}/review`)
  await untilJudgeable(reviewer)
  await reviewer.keyboard.press('c')
  const form = reviewer.getByRole('form', { name: 'Comment' })
  await form.getByLabel('What should change, and why').fill('See the rule.')
  await form.getByRole('combobox', { name: 'Search rules' }).fill(wanted?.slug ?? '')
  await form.getByRole('combobox', { name: 'Search rules' }).press('Enter')
  await form.getByRole('button', { name: 'Add comment' }).click()
  await expect(reviewer.getByRole('region', { name: 'Comments' }).getByText(wanted?.slug ?? '')).toBeVisible()
  await reviewer.context().close()
})
