import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

let items: Map<string, string>

/** The page anew: what it remembers is gone, what the device keeps is there. */
async function openPage() {
  vi.resetModules()
  return import('#lib/client/reply-drafts.ts')
}

beforeEach(() => {
  items = new Map()
  const localStorage = {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => void items.set(name, value),
    removeItem: (name: string) => void items.delete(name),
  }
  vi.stubGlobal('window', Object.assign(new EventTarget(), { localStorage }))
})
afterEach(() => vi.unstubAllGlobals())

describe('a reply', () => {
  test('sent again after a lost answer has the key it had, also when form or page were closed in between', async () => {
    const { sendingOf, writeReply } = await openPage()
    writeReply('k', 'Because.')
    const first = sendingOf('k')
    expect(first.body).toBe('Because.')
    expect(sendingOf('k')).toEqual(first)
    const later = await openPage()
    expect(later.sendingOf('k')).toEqual(first)
  })

  test('of other words is another reply, and so are the same words said once more', async () => {
    const { sendingOf, settleReply, writeReply } = await openPage()
    writeReply('k', 'One.')
    const one = sendingOf('k')
    writeReply('k', 'Two.')
    const two = sendingOf('k')
    expect(two.idempotencyKey).not.toBe(one.idempotencyKey)
    expect(settleReply('k', two)).toBe(true)
    writeReply('k', 'Two.')
    expect(sendingOf('k').idempotencyKey).not.toBe(two.idempotencyKey)
  })

  test('written on while it is being sent stays', async () => {
    const { replyDrafts, sendingOf, settleReply, writeReply } = await openPage()
    writeReply('k', 'One.')
    const sent = sendingOf('k')
    writeReply('k', 'One. And two.')
    expect(settleReply('k', sent)).toBe(false)
    expect(replyDrafts.read('k').body).toBe('One. And two.')
    expect(settleReply('k', sendingOf('k'))).toBe(true)
    expect(replyDrafts.read('k')).toEqual(replyDrafts.empty)
    expect(items.size).toBe(0)
  })
})
