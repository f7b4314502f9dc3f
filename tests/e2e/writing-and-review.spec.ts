import { expect, test } from '@playwright/test'
import { untilJudgeable } from './desk-project.ts'
import { signInAs, visit } from './people.ts'

test.describe.configure({ mode: 'serial' })

const saved = '[data-testid=save-state][data-state=saved]'
let written = ''

test('a labeller is one click from writing, closes the tab in the middle, comes back to every character, submits, and is on the next prompt', async ({
  browser,
}) => {
  const page = await signInAs(browser, 'labeller')
  // Returned work comes first.
  await page.getByRole('link', { name: 'Start writing' }).click()
  await expect(page).toHaveURL(/\/write\/[0-9a-f-]{36}/)
  written = page.url().split('/').at(-1) ?? ''
  // The guideline stands beside the prompt.
  await expect(page.getByRole('complementary', { name: 'What is asked' })).toBeVisible()
  const beside = page.getByRole('complementary', { name: 'Beside the text' })
  await expect(beside.getByRole('searchbox', { name: 'Search rules' })).toBeVisible()
  await expect(beside.getByText('truthful/unknown')).toBeVisible()
  await page.getByRole('button', { name: 'User', exact: true }).click()
  await page.keyboard.type('And in one sentence, 请用中文?')
  await page.keyboard.press('Alt+Enter')
  await page.keyboard.type('I do not know that person; nobody of that name is known to me. ')
  await page.locator('.cm-content:focus').evaluate((field) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', '我不知道。')
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  })
  await page.waitForSelector(saved)
  await page.keyboard.type(' Typed a moment before the tab closes.')
  await page.close({ runBeforeUnload: true })
  const again = await page.context().newPage()
  await visit(again, `/p/demo/write/${written}`)
  await expect(again.getByText('Typed a moment before the tab closes.')).toBeVisible()
  await expect(again.getByText('And in one sentence, 请用中文?')).toBeVisible()
  await again.waitForSelector(saved)
  await again.keyboard.press('Control+Enter')
  await expect(again.getByText('Submitted for review')).toBeVisible()
  await expect(again).toHaveURL((url) => /\/write\/[0-9a-f-]{36}/.test(url.pathname) && !url.pathname.includes(written))
  await again.context().close()
})

test('a reviewer comments on a passage citing a rule and requests changes; the author fixes it; the reviewer sees what changed and approves', async ({
  browser,
}) => {
  // Two people and a dozen pages.
  test.setTimeout(120_000)
  const reviewer = await signInAs(browser, 'reviewer')
  await visit(reviewer, `/p/demo/review/${written}`)
  // The text is drawn anew when the script that renders it has come.
  await reviewer.waitForLoadState('networkidle')
  // It was returned once: what changed since is shown first.
  await reviewer.getByLabel('Changes since the last review').uncheck()
  // What was pasted is told, quietly: a share and an underline.
  const answer = reviewer.getByRole('article').last()
  await expect(answer.getByText('5% pasted')).toBeVisible()
  // Drawn as markdown, which comes a moment after its source.
  await expect(answer.locator('.markdown')).toBeVisible()
  await expect.poll(() => reviewer.evaluate(() => [...(CSS.highlights.get('paste') ?? [])].map(String))).toEqual(['我不知道。'])
  const passage = reviewer.getByText('nobody of that name is known to me', { exact: false })
  await passage.selectText()
  await passage.dispatchEvent('pointerup')
  await reviewer.keyboard.press('r')
  await expect(reviewer.getByText('Cite a rule first')).toBeVisible()
  await reviewer.getByLabel('What should change, and why').fill('Say how one could find out.')
  const search = reviewer.getByRole('form', { name: 'Comment' }).getByRole('combobox', { name: 'Search rules' })
  await search.fill('truthful/unknown')
  await expect(reviewer.getByRole('option', { name: /truthful\/unknown/ })).toBeVisible()
  await search.press('Enter')
  await reviewer.getByRole('button', { name: 'Add comment' }).click()
  await reviewer.getByRole('button', { name: /Request changes/ }).click()
  await expect(reviewer.getByText('Changes requested')).toBeVisible()
  // Taken back, everything written is there again, and the same verdict counts a second time.
  await reviewer.getByRole('button', { name: 'Undo' }).click()
  await expect(reviewer).toHaveURL(new RegExp(`/review/${written}$`))
  await expect(reviewer.getByText('Say how one could find out.')).toBeVisible()
  await untilJudgeable(reviewer)
  await reviewer.getByRole('button', { name: /Request changes/ }).click()
  await expect(reviewer).not.toHaveURL(new RegExp(`/review/${written}$`))

  const author = await signInAs(browser, 'labeller')
  const first = author.getByRole('main').getByRole('listitem').first()
  await expect(first).toContainText('Say how one could find out.')
  await expect(first.getByRole('link')).toHaveAttribute('href', new RegExp(`/write/${written}$`))
  await visit(author, `/p/demo/write/${written}`)
  await expect(author.getByText(/truthful\/unknown@2\.0\.\d/)).toBeVisible()
  // Opened and left, it stays at the top with what the reviewer said.
  await visit(author, '/p/demo')
  await expect(first).toContainText('Say how one could find out.')
  await visit(author, `/p/demo/write/${written}`)
  await expect(author.getByText(/truthful\/unknown@2\.0\.\d/)).toBeVisible()
  await author
    .getByLabel(/Text of message \d+, Assistant/)
    .last()
    .click()
  await author.keyboard.press('Control+End')
  await author.keyboard.type(' A library catalogue could tell.')
  await author.waitForSelector(saved)
  await author.keyboard.press('Control+Enter')
  await expect(author.getByText('Submitted for review')).toBeVisible()

  await visit(reviewer, `/p/demo/review/${written}`)
  await expect(reviewer.getByLabel('Changes since the last review')).toBeChecked()
  await expect(reviewer.locator('ins', { hasText: 'A library catalogue could tell.' })).toBeVisible()
  await untilJudgeable(reviewer)
  await reviewer.keyboard.press('a')
  await expect(reviewer.getByText('Approved', { exact: true }).first()).toBeVisible()
  await author.context().close()
  await reviewer.context().close()
})
