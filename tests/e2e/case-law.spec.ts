import { type Browser, expect, type Page, test } from '@playwright/test'
import { makeProject, RULE, senderOf, untilJudgeable } from './desk-project.ts'
import { signInAs, visit } from './people.ts'

const SLUG = `case-law-${Date.now().toString(36)}`
const people: Record<string, Page> = {}

async function pageOf(browser: Browser, character: string): Promise<Page> {
  people[character] ??= await signInAs(browser, character)
  return people[character]
}

test.afterAll(async () => {
  for (const page of Object.values(people)) await page.context().close()
})

/** The labeller answers a new question of the project. */
async function answer(manager: Page, labeller: Page, projectId: string, question: string) {
  const asManager = senderOf(manager)
  const asLabeller = senderOf(labeller)
  await asManager('post', `/projects/${projectId}/prompts`, { messages: [{ id: 'm1', role: 'user', content: question, train: false }] })
  const { conversationId }: { conversationId: string } = await asLabeller('post', `/projects/${projectId}/claims`, { kind: 'write' })
  const messages = [
    { id: 'm1', role: 'user', content: question, train: false },
    { id: 'm2', role: 'assistant', content: 'Nobody of that name is known to me.', train: true },
  ]
  const sent = { baseVersion: 0, content: { messages, tools: [] } }
  const { revisionId }: { revisionId: string } = await asLabeller('post', `/conversations/${conversationId}/submissions`, sent)
  return { conversationId, revisionId }
}

test('a ruling on an escalation is found while writing and reviewing, and one that contradicts it is settled', async ({ browser }) => {
  test.setTimeout(180_000)
  const [manager, labeller, reviewer] = [await pageOf(browser, 'manager'), await pageOf(browser, 'labeller'), await pageOf(browser, 'reviewer')]
  const projectId = await makeProject(manager, { name: 'Case law', slug: SLUG, answers: ['An answer of the manager’s.'] })
  await senderOf(manager)('post', `/projects/${projectId}/members`, { email: 'labeller@demo.example', roles: ['labeller'] })
  const escalate = async (question: string) => {
    const text = await answer(manager, labeller, projectId, question)
    const comments = [{ messageId: 'm2', rangeStart: 0, rangeEnd: 6, body: 'Is this enough?', severity: 'minor', rule: RULE }]
    const verdict = { revisionId: text.revisionId, verdict: 'escalate', summary: 'May it stop there?', comments }
    await senderOf(reviewer)('post', `/conversations/${text.conversationId}/reviews`, verdict)
    return text
  }
  const first = await escalate('Who was Orla Vance?')

  // Home says what waits; the desk shows both sides and asks for the ruling.
  await visit(manager, `/p/${SLUG}`)
  await expect(manager.getByText('1 escalation waits for your decision')).toBeVisible()
  await manager.getByRole('link', { name: 'Decide the next' }).click()
  await expect(manager).toHaveURL(new RegExp(`/review/${first.conversationId}`))
  const doubt = manager.getByRole('region', { name: 'What is in doubt' })
  await expect(doubt.getByText('May it stop there?')).toBeVisible()
  await expect(doubt.getByText('Is this enough?')).toBeVisible()
  await untilJudgeable(manager)
  await manager.keyboard.press('a')
  await expect(manager.getByText('Say what was in doubt.')).toBeVisible()
  await expect(manager.getByLabel('The question')).toBeFocused()
  await manager.keyboard.type('May an answer end with not knowing?')
  await manager.getByLabel('The decision').fill('Yes, if it says where one could look.')
  const form = manager.getByRole('region', { name: 'Ruling' })
  await form.getByRole('combobox', { name: 'Search rules' }).fill('unknown')
  await expect(form.getByRole('option')).toHaveCount(1)
  await manager.keyboard.press('Enter')
  await manager.getByRole('button', { name: /^Approve/ }).click()
  await expect(form.getByText('Say of each rule whether the text kept to it.')).toBeVisible()
  await expect(form.getByRole('radio', { name: 'kept to it' })).toBeFocused()
  await manager.keyboard.press('Space')
  await manager.keyboard.press('a')
  await expect(manager.getByText('No escalation waits for you')).toBeVisible()

  // Found while writing, without the conversation it came from.
  await senderOf(manager)('post', `/projects/${projectId}/prompts`, { messages: [{ id: 'm1', role: 'user', content: 'And Elin?', train: false }] })
  await visit(labeller, `/p/${SLUG}/write`)
  const rule = labeller.getByRole('button', { name: new RegExp(RULE) })
  await expect(rule).toContainText('1 ruling')
  await rule.click()
  await labeller.locator('summary', { hasText: '1 ruling' }).click()
  await expect(labeller.getByText('Yes, if it says where one could look.')).toBeVisible()

  // Found while reviewing and by search; a second decision the other way contradicts it.
  await visit(reviewer, `/p/${SLUG}/guideline/rulings`)
  await reviewer.getByLabel('Search rulings').fill('knowing')
  await expect(reviewer.getByText('May an answer end with not knowing?')).toBeVisible()
  await reviewer.getByLabel('Search rulings').fill('nowhere to be found')
  await expect(reviewer.getByText('No ruling has all these words.')).toBeVisible()
  await reviewer.keyboard.press('Control+k')
  await reviewer.keyboard.type('not knowing')
  await expect(reviewer.getByRole('option', { name: /May an answer end/ })).toBeVisible()
  await reviewer.keyboard.press('Escape')

  const second = await escalate('Who was Tam Oyelaran?')
  const ruling = { question: 'And without a place to look?', decision: 'No.', rules: [{ rule: RULE, finding: 'broken' }] }
  await senderOf(manager)('post', `/conversations/${second.conversationId}/adjudications`, {
    revisionId: second.revisionId,
    verdict: 'reject',
    ruling,
  })
  await visit(manager, `/p/${SLUG}/quality`)
  await expect(manager.getByText('And without a place to look?')).toBeVisible()
  await manager.getByRole('button', { name: 'Overrule the earlier one' }).click()
  await expect(manager.getByText('No two standing rulings contradict each other.')).toBeVisible()
  await visit(reviewer, `/p/${SLUG}/guideline/rulings?rule=${encodeURIComponent(RULE)}`)
  await expect(reviewer.getByText('Overruled')).toBeVisible()
})

test('the author answers a remark, and the reviewer of the next round reads it beside the remark', async ({ browser }) => {
  const [manager, labeller, reviewer] = [await pageOf(browser, 'manager'), await pageOf(browser, 'labeller'), await pageOf(browser, 'reviewer')]
  const { id: projectId }: { id: string } = await senderOf(manager)('get', `/project-addresses/${SLUG}`)
  // The prompt taken in the test before is given back.
  await visit(labeller, `/p/${SLUG}/write`)
  await labeller.getByRole('button', { name: 'More about this work' }).click()
  await labeller.getByRole('menuitem', { name: 'Give it back' }).click()
  await expect(labeller).not.toHaveURL(/\/write\//)
  const text = await answer(manager, labeller, projectId, 'Who was Ines Calder?')
  const comments = [{ messageId: 'm2', rangeStart: 0, rangeEnd: 6, body: 'Name a source.', severity: 'minor', rule: RULE }]
  await senderOf(reviewer)('post', `/conversations/${text.conversationId}/reviews`, {
    revisionId: text.revisionId,
    verdict: 'request-changes',
    comments,
  })

  await visit(labeller, `/p/${SLUG}/write/${text.conversationId}`)
  const remarks = labeller.getByRole('region', { name: 'Returned to you' })
  await remarks.getByRole('button', { name: 'Reply' }).click()
  await labeller.keyboard.type('I disagree, because she is in a novel.')
  await labeller.reload()
  await expect(remarks.getByLabel('Your reply')).toHaveValue('I disagree, because she is in a novel.')
  await remarks.getByLabel('Your reply').press('Control+Enter')
  await expect(remarks.getByRole('list', { name: 'Replies' })).toContainText('I disagree, because she is in a novel.')
  await labeller.getByRole('button', { name: /^Submit/ }).click()
  await expect(labeller.getByText('Submitted for review')).toBeVisible()

  await visit(reviewer, `/p/${SLUG}/review/${text.conversationId}`)
  const replies = reviewer.getByRole('list', { name: 'Replies' })
  await expect(replies).toContainText('I disagree, because she is in a novel.')
  await expect(replies).toContainText('Author')
})
