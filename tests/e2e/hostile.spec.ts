import { expect, test } from '@playwright/test'
import { signInAs, visit } from './people.ts'

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

test('hostile text is shown and runs nothing, wherever it can be written', async ({ browser }) => {
  test.setTimeout(120_000)
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
  for (const answers of ['submit', 'ignore']) {
    const row = {
      messages: [
        { role: 'system', content: HOSTILE },
        { role: 'user', content: `${answers} ${HOSTILE}` },
        { role: 'assistant', content: HOSTILE, reasoning_content: HOSTILE },
      ],
      instructions: HOSTILE,
      category: '<b onmouseover=window.hacked=10>x',
      tags: ['<script>window.hacked=11</script>'],
    }
    const imported = await page.request.post(`/api/v1/projects/${project.id}/imports?format=messages&answers=${answers}&fileName=%3Cscript%3E.json`, {
      headers: { origin, 'content-type': 'application/octet-stream' },
      data: JSON.stringify(row),
    })
    expect(await imported.json()).toMatchObject({ imported: 1, faulty: 0 })
  }
  const { items } = await (await page.request.get(`/api/v1/projects/${project.id}/conversations`)).json()
  for (const place of [
    '',
    '/prompts',
    '/conversations',
    `/conversations/${items[0].id}`,
    '/write',
    '/guideline',
    '/guideline/edit',
    '/settings',
    '/settings/audit',
  ]) {
    await visit(page, `/p/hostile${place}`)
    await page.waitForLoadState('networkidle')
    await expect(page.locator('main')).toBeVisible()
    expect(await page.evaluate(() => (window as { hacked?: number }).hacked), place).toBeUndefined()
    expect(await page.locator('main iframe, main script, a[href^="javascript:"], a[href^="data:"]').count(), place).toBe(0)
  }
  await visit(page, `/p/hostile/conversations/${items[0].id}`)
  await expect(page.getByText('Marker.').first()).toBeVisible()
  expect(foreign).toEqual([])
  await page.context().close()
})
