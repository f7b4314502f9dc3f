import { expect, type Page, test } from '@playwright/test'
import { HOSTILE_PAYLOADS, marked, markOf } from '../support/hostile-payloads.ts'
import { senderOf } from './desk-project.ts'
import { accountOf, signInAs, visit } from './people.ts'

const PER_TEXT = 10
const slug = `payloads-${Date.now().toString(36)}`
/** Ten to a text, each behind its mark. */
const TEXTS = Array.from({ length: Math.ceil(HOSTILE_PAYLOADS.length / PER_TEXT) }, (_, at) =>
  HOSTILE_PAYLOADS.slice(at * PER_TEXT, (at + 1) * PER_TEXT)
    .map((payload, index) => marked(payload, at * PER_TEXT + index))
    .join(''),
)
const both = (text: string) => ({ en: text, zh: text })

/** What a page must not hold, whatever was written: what runs, what loads, what lies over the rest. */
const FORBIDDEN =
  'main :is(script, iframe, object, embed, base, meta, template, audio, video, marquee), main style, main link, main form[action], main :is([onerror], [onload], [onclick], [ontoggle], [onfocus], [onmouseover], [srcdoc], [formaction], [ping], [background])'

async function harmless(page: Page, place: string): Promise<void> {
  await page.waitForLoadState('networkidle')
  expect(await page.evaluate(() => (window as { hacked?: unknown }).hacked), place).toBeUndefined()
  expect(await page.locator(FORBIDDEN).evaluateAll((all) => all.map((each) => each.outerHTML.slice(0, 200))), place).toEqual([])
  const schemes = await page
    .locator('main :is([href], [src])')
    .evaluateAll((all) => all.map((each) => new URL(each.getAttribute('href') ?? each.getAttribute('src') ?? '', document.baseURI).protocol))
  expect(
    [...new Set(schemes)].filter((scheme) => !['http:', 'https:', 'mailto:'].includes(scheme)),
    place,
  ).toEqual([])
  await expect(page.locator('body')).toBeVisible()
}

/** Every payload can still be told from the others: what stands beside it is there. */
async function readable(page: Page, place: string): Promise<void> {
  const text = (await page.locator('main').textContent()) ?? ''
  const missing = HOSTILE_PAYLOADS.flatMap((_, index) => (text.includes(markOf(index)) ? [] : [markOf(index)]))
  expect(missing, place).toEqual([])
}

test('three hundred hostile texts in messages, remarks, rules and prompts run nothing, load nothing and stay readable', async ({ browser }) => {
  test.setTimeout(240_000)
  expect(HOSTILE_PAYLOADS.length).toBeGreaterThanOrEqual(300)
  const page = await signInAs(browser, 'manager')
  const send = senderOf(page)
  const { origin } = new URL(page.url())
  const foreign: string[] = []
  const watch = (each: Page) => {
    each.on('request', (request) => !request.url().startsWith(origin) && !/^(data|blob):/.test(request.url()) && foreign.push(request.url()))
    each.on('dialog', (dialog) => foreign.push(dialog.message()))
  }
  watch(page)
  const { id: projectId }: { id: string } = await send('post', '/projects', {
    name: 'Payloads',
    slug,
    description: HOSTILE_PAYLOADS.join(' ').slice(0, 2000),
  })
  const rules = TEXTS.map((text, at) => ({
    slug: `style/hostile-${at}`,
    principle: 'style',
    level: 'must',
    title: both(HOSTILE_PAYLOADS[at]?.slice(0, 100) ?? ''),
    statement: both(text),
    rationale: both(text),
    appliesTo: { roles: [], categories: [] },
    good: { prompt: both(text), answer: both(text), why: both(text) },
    bad: { prompt: {}, answer: {}, why: {} },
  }))
  await send('put', `/projects/${projectId}/guideline/draft`, {
    baseVersion: 0,
    content: { title: both('Payloads'), body: both(TEXTS.join('')), rules },
  })
  await send('post', `/projects/${projectId}/guideline/versions`, { bump: 'major', note: 'The first.', draftVersion: 1 })
  const conversation = {
    messages: TEXTS.flatMap((text) => [
      { role: 'user', content: text.slice(0, 400) },
      { role: 'assistant', content: text, reasoning_content: text },
    ]),
  }
  const prompts = HOSTILE_PAYLOADS.map((payload, index) => ({
    messages: [{ id: 'q', role: 'user', content: marked(payload, index), train: false }],
    category: payload.slice(0, 90),
    source: payload.slice(0, 90),
    licence: payload.slice(0, 90),
    tags: [payload.slice(0, 90)],
    instructions: payload,
  }))
  const imported = await page.request.post(`/api/v1/projects/${projectId}/imports?format=messages&answers=submit&fileName=payloads.jsonl`, {
    headers: { origin, 'content-type': 'application/octet-stream' },
    data: JSON.stringify(conversation),
  })
  expect(await imported.json()).toMatchObject({ imported: 1, faulty: 0 })
  for (const prompt of prompts) await send('post', `/projects/${projectId}/prompts`, prompt)
  await send('post', `/projects/${projectId}/members`, { email: accountOf('reviewer').email, roles: ['reviewer'] })
  const { items }: { items: { id: string; currentRevisionId: string }[] } = await send('get', `/projects/${projectId}/conversations`)
  const [work] = items

  const reviewer = await signInAs(browser, 'reviewer')
  watch(reviewer)
  await visit(reviewer, `/p/${slug}/review/${work?.id}`)
  await harmless(reviewer, 'review, rendered')
  await readable(reviewer, 'review, rendered')
  await reviewer.keyboard.press('v')
  await harmless(reviewer, 'review, source')
  await readable(reviewer, 'review, source')
  await senderOf(reviewer)('post', `/conversations/${work?.id}/reviews`, {
    revisionId: work?.currentRevisionId,
    verdict: 'request-changes',
    summary: TEXTS[0],
    comments: TEXTS.map((body, at) => ({ body, suggestion: body, severity: 'nit', rule: `style/hostile-${at}` })),
  })
  await reviewer.context().close()

  await visit(page, `/p/${slug}/conversations/${work?.id}`)
  await harmless(page, 'conversation with remarks')
  await readable(page, 'conversation with remarks')
  await visit(page, `/p/${slug}/guideline`)
  await harmless(page, 'guideline')
  await readable(page, 'guideline')
  for (const place of ['', '/prompts', '/quality', '/guideline/edit', `/write/${work?.id}`, '/settings']) {
    await visit(page, `/p/${slug}${place}`)
    await harmless(page, place)
  }
  // The preview of what is being written.
  await visit(page, `/p/${slug}/write/${work?.id}`)
  await page.keyboard.press('Control+Shift+P')
  await harmless(page, 'preview')
  expect(foreign).toEqual([])
  await page.context().close()
})
