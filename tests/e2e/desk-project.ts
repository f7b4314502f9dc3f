import { expect, type Page } from '@playwright/test'

export const RULE = 'truthful/unknown'
const text = (en: string) => ({ en })
const example = { prompt: {}, answer: {}, why: {} }

type Sender = (method: 'post' | 'put' | 'get', address: string, data?: unknown) => Promise<never>

/** Sends a request to the API as the person whose page it is. */
export const senderOf =
  (page: Page): Sender =>
  async (method, address, data) => {
    const { origin } = new URL(page.url())
    const response = await page.request[method](`/api/v1${address}`, { headers: { origin }, ...(data === undefined ? {} : { data }) })
    expect(response.ok(), `${address}: ${await response.text()}`).toBe(true)
    return (await response.json()) as never
  }

/** A project of the manager's own with a rule, submissions of one question and one answer each, and a reviewer to judge them. Its id. */
export async function makeProject(page: Page, { name, slug, answers }: { name: string; slug: string; answers: string[] }): Promise<string> {
  const send = senderOf(page)
  const { id }: { id: string } = await send('post', '/projects', { name, slug, description: '' })
  const rule = { slug: RULE, principle: 'truthful', level: 'must', title: text('Say so'), statement: text('Say that you do not know.') }
  await send('put', `/projects/${id}/guideline/draft`, {
    baseVersion: 0,
    content: {
      title: text('Desk guideline'),
      body: text('Read it.'),
      rules: [{ ...rule, rationale: {}, appliesTo: { roles: [], categories: [] }, good: example, bad: example }],
    },
  })
  await send('post', `/projects/${id}/guideline/versions`, { bump: 'major', note: 'The first.', draftVersion: 1 })
  const rows = answers.map((content, index) =>
    JSON.stringify({
      messages: [
        { role: 'user', content: `Question ${index + 1}?` },
        { role: 'assistant', content },
      ],
      instructions: `Say what is not known: ${RULE}.`,
    }),
  )
  const imported = await page.request.post(`/api/v1/projects/${id}/imports?format=messages&answers=submit&fileName=desk.jsonl`, {
    headers: { origin: new URL(page.url()).origin, 'content-type': 'application/octet-stream' },
    data: rows.join('\n'),
  })
  expect(await imported.json()).toMatchObject({ imported: answers.length, faulty: 0 })
  await send('post', `/projects/${id}/members`, { email: 'reviewer@demo.example', roles: ['reviewer'] })
  return id
}

/** A verdict counts once its text has been on screen for a moment: a press before that was meant for the text before. */
export const untilJudgeable = (page: Page) => page.waitForSelector('#judged:not([data-unread])')
