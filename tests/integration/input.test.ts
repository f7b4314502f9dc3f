import { describe, expect, test } from 'vitest'
import { send, tokenOf } from '../support/http.ts'
import { buildProject, join } from '../support/world.ts'

describe('text the database cannot hold', () => {
  test.each([
    ['a NUL', 'a\u0000b', /NUL/],
    ['half of a surrogate pair', 'a\ud800', /surrogate/],
  ])('%s is refused by field, in bodies and in queries', async (_name, text, message) => {
    const project = await buildProject()
    const token = await tokenOf(await join(project.id, 'manager'), project.id)
    const body = await send(`/projects/${project.id}/models`, { method: 'POST', token, body: { name: text, path: '/nowhere' } })
    expect(body).toMatchObject({ status: 422, body: { code: 'invalid-input', detail: expect.stringMatching(message) } })
    expect(body.body).toMatchObject({ data: { issues: [{ path: 'name' }] } })
  })

  test('a NUL in the address of a page of rows', async () => {
    const project = await buildProject()
    const token = await tokenOf(await join(project.id, 'manager'), project.id)
    const { status } = await send(`/projects/${project.id}/prompts?search=%00`, { method: 'GET', token })
    expect(status).toBe(422)
  })
})

describe('what an address asks for', () => {
  const LARGE = '99999999999999999999'
  test.each([
    ['prompts', `cursor=${LARGE}`],
    ['own-verdicts', 'since=-271821-04-20T00:00:00.000Z'],
    ['conversations', `cursor=-8640000000000000.${crypto.randomUUID()}`],
  ])('%s?%s is refused by field', async (place, query) => {
    const project = await buildProject()
    const token = await tokenOf(await join(project.id, 'manager'), project.id)
    expect(await send(`/projects/${project.id}/${place}?${query}`, { token })).toMatchObject({ status: 422, body: { code: 'invalid-input' } })
  })

  test('a year the database does not know is refused by field', async () => {
    const project = await buildProject()
    const token = await tokenOf(await join(project.id, 'manager'), project.id)
    const body = { query: { approvedFrom: '0000-01-01T00:00:00Z' } }
    expect(await send(`/projects/${project.id}/snapshot-previews`, { method: 'POST', token, body })).toMatchObject({
      status: 422,
      body: { data: { issues: [{ path: 'query.approvedFrom' }] } },
    })
  })

  test('one state or several', async () => {
    const project = await buildProject()
    const token = await tokenOf(await join(project.id, 'manager'), project.id)
    for (const query of ['state=submitted', 'state=submitted&state=approved', 'state[0]=submitted&state[1]=approved'])
      expect((await send(`/projects/${project.id}/conversations?${query}`, { token })).body, query).toMatchObject({ items: [] })
    const wrong = await send(`/projects/${project.id}/conversations?state=no`, { token })
    expect(wrong).toMatchObject({ status: 422, body: { detail: expect.stringContaining('submitted, changes-requested') } })
  })
})
