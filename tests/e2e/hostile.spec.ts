import { expect, type Page, test } from '@playwright/test'
import { accountOf, signInAs, visit } from './people.ts'

/** Texts that would run a script, fetch from elsewhere or hide the page if any renderer let them. */
const HOSTILE = [
  'Marker. <script>window.hacked = 1</script><img src=x onerror="window.hacked=2"><svg onload="window.hacked=3"></svg><style>body{display:none}</style>',
  '[click](javascript:window.hacked=4) <a href="data:text/html,<script>window.hacked=5</script>">x</a> ![i](https://foreign.example/pixel.png)',
  '$\\href{javascript:window.hacked=6}{x} \\htmlClass{a}{b} \\includegraphics{https://foreign.example/a.png}$',
  '```html\n<iframe srcdoc="<script>parent.hacked=7</script>"></iframe>\n```',
  '<details open ontoggle="window.hacked=8"><math><mtext></mtext></math></details>',
].join('\n\n')
const local = { en: HOSTILE, zh: HOSTILE }
const example = { prompt: local, answer: local, why: local }
const rule = {
  slug: 'style/hostile',
  principle: 'style',
  level: 'must',
  title: local,
  statement: local,
  rationale: local,
  good: example,
  bad: example,
}

const SHORT = '<img src=x onerror=window.hacked=12>'

test('hostile text is shown and runs nothing, wherever it can be written', async ({ browser }) => {
  test.setTimeout(180_000)
  const page = await signInAs(browser, 'manager')
  const origin = new URL(page.url()).origin
  const foreign: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !/^(data|blob):/.test(request.url())) foreign.push(request.url())
  })
  const send = async (method: 'post' | 'put', address: string, data: unknown) => {
    const response = await page.request[method](`/api/v1${address}`, { headers: { origin }, data })
    expect(response.ok(), `${address}: ${await response.text()}`).toBe(true)
    return await response.json()
  }
  const project: { id: string; slug: string } = await send('post', '/projects', {
    name: '<script>window.hacked=9</script>',
    slug: 'hostile',
    description: HOSTILE,
  })
  await send('put', `/projects/${project.id}/guideline/draft`, {
    baseVersion: 0,
    content: { title: local, body: local, rules: [{ ...rule, appliesTo: { roles: [], categories: [HOSTILE.slice(0, 90)] } }] },
  })
  await send('post', `/projects/${project.id}/guideline/versions`, { bump: 'major', note: HOSTILE, draftVersion: 1 })
  let imports = 0
  for (const answers of ['submit', 'submit', 'ignore']) {
    const call = { id: '<b>', type: 'function', function: { name: SHORT, arguments: JSON.stringify({ [SHORT]: HOSTILE }) } }
    const row = {
      messages: [
        { role: 'system', content: HOSTILE },
        { role: 'user', content: `${answers} ${imports} ${HOSTILE}` },
        { role: 'assistant', content: HOSTILE, reasoning_content: HOSTILE, tool_calls: [call] },
        { role: 'tool', tool_call_id: '<b>', content: HOSTILE },
        { role: 'assistant', content: HOSTILE },
      ],
      tools: [{ type: 'function', function: { name: SHORT, description: HOSTILE, parameters: { title: HOSTILE } } }],
      instructions: HOSTILE,
      source: SHORT,
      licence: SHORT,
      category: '<b onmouseover=window.hacked=10>x',
      tags: ['<script>window.hacked=11</script>'],
    }
    const imported = await page.request.post(`/api/v1/projects/${project.id}/imports?format=messages&answers=${answers}&fileName=%3Cscript%3E.json`, {
      headers: { origin, 'content-type': 'application/octet-stream' },
      data: JSON.stringify(row),
    })
    expect(await imported.json()).toMatchObject({ imported: 1, faulty: 0 })
    imports++
  }
  await page.request.post(`/api/v1/projects/${project.id}/imports?fileName=bad.jsonl`, {
    headers: { origin, 'content-type': 'application/octet-stream' },
    data: JSON.stringify({ messages: [{ role: HOSTILE, content: HOSTILE }] }),
  })
  const { items } = await (await page.request.get(`/api/v1/projects/${project.id}/conversations`)).json()
  await send('post', `/projects/${project.id}/members`, { email: 'hostile@demo.example', name: SHORT, roles: ['labeller'] })
  await send('post', `/projects/${project.id}/members`, { email: accountOf('reviewer').email, roles: ['reviewer'] })
  await send('post', `/projects/${project.id}/tokens`, { name: SHORT, actions: ['prompt:read'], expiresInDays: 1 })
  const reviewer = await signInAs(browser, 'reviewer')
  const look = async (reader: Page, place: string) => {
    await visit(reader, `/p/hostile${place}`)
    await reader.waitForLoadState('networkidle')
    await expect(reader.locator('main')).toBeVisible()
    expect(await reader.evaluate(() => (window as { hacked?: number }).hacked), place).toBeUndefined()
    expect(await reader.locator('main iframe, main script, a[href^="javascript:"], a[href^="data:"]').count(), place).toBe(0)
  }
  // While it waits for review, then with what was said about it.
  await look(reviewer, `/review/${items[0].id}`)
  const remark = { body: HOSTILE, suggestion: HOSTILE, severity: 'major', rule: 'style/hostile' }
  for (const [index, verdict] of ['approve', 'request-changes'].entries()) {
    const { id, currentRevisionId } = items[index]
    const judged = { revisionId: currentRevisionId, verdict, summary: HOSTILE, comments: [remark] }
    const review = await reviewer.request.post(`/api/v1/conversations/${id}/reviews`, { headers: { origin }, data: judged })
    expect(review.ok(), await review.text()).toBe(true)
  }
  const { id: snapshotId } = await send('post', `/projects/${project.id}/snapshots`, { name: SHORT })
  const { items: files } = await (await page.request.get(`/api/v1/projects/${project.id}/imports`)).json()
  for (const place of [
    '',
    '/prompts',
    '/prompts/imports',
    `/prompts/imports/${files[0].id}`,
    '/conversations',
    `/conversations/${items[0].id}`,
    `/conversations/${items[1].id}`,
    `/write/${items[1].id}`,
    '/review',
    '/quality',
    '/guideline',
    '/guideline/edit',
    '/snapshots',
    `/snapshots/${snapshotId}`,
    '/builds/new',
    '/runs',
    '/models',
    '/talk',
    '/settings',
    '/settings/members',
    '/settings/tokens',
    '/settings/audit',
  ])
    await look(page, place)
  await reviewer.context().close()
  await visit(page, `/p/hostile/conversations/${items[0].id}`)
  await expect(page.getByText('Marker.').first()).toBeVisible()
  expect(foreign).toEqual([])
  await page.context().close()
})
