import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { clearTalk, receive, settled, stopTalk, talkKey, talks } from '#lib/client/talk-store.ts'

const key = talkKey('me', 'here', ['base', 'tuned'])
const stored = () => JSON.parse(localStorage.getItem(`exemplar-talk-${key}`) ?? 'null')

/** An answer that comes when the test says so. */
function answering() {
  const waiting: ((part: { type: 'text'; text: string } | null) => void)[] = []
  let aborted: AbortSignal | null = null
  const open = async (signal: AbortSignal) => {
    aborted = signal
    return (async function* () {
      for (;;) {
        signal.throwIfAborted()
        const part = await new Promise<{ type: 'text'; text: string } | null>((resolve, reject) => {
          waiting.push(resolve)
          signal.addEventListener('abort', () => reject(signal.reason))
        })
        if (!part) return
        yield part
      }
    })()
  }
  const say = async (text: string | null) => {
    await vi.waitFor(() => expect(waiting.length).toBeGreaterThan(0))
    waiting.shift()?.(text === null ? null : { type: 'text', text })
  }
  return { open, say, isAborted: () => aborted?.aborted ?? false }
}

beforeEach(() => {
  const items = new Map<string, string>()
  const storage = {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => void items.set(name, value),
    removeItem: (name: string) => void items.delete(name),
  }
  vi.stubGlobal('localStorage', storage)
  vi.stubGlobal('window', Object.assign(new EventTarget(), { localStorage: storage }))
  talks.drop(key)
})
afterEach(() => vi.unstubAllGlobals())

describe('a talk', () => {
  test('is on the device while it is written, turn after turn', async () => {
    const done = (text: string) => async () =>
      (async function* () {
        yield { type: 'text' as const, text }
        yield { type: 'done' as const, tokens: 3, tokensPerSecond: 9 }
      })()
    await receive(key, 'left', { id: '1', question: 'First?' }, done('One.'), String)
    await receive(key, 'left', { id: '2', question: 'Second?' }, done('Two.'), String)
    expect(stored().left).toMatchObject([
      { question: 'First?', answer: 'One.', state: 'done', tokens: 3 },
      { question: 'Second?', answer: 'Two.', state: 'done' },
    ])
  })

  test('both sides are written at the same time', async () => {
    const [left, right] = [answering(), answering()]
    const both = [
      receive(key, 'left', { id: 'l', question: 'Who?' }, left.open, String),
      receive(key, 'right', { id: 'r', question: 'Who?' }, right.open, String),
    ]
    await right.say('B')
    await left.say('A')
    await right.say('b')
    await vi.waitFor(() => expect(talks.read(key)).toMatchObject({ left: [{ answer: 'A', state: 'writing' }], right: [{ answer: 'Bb' }] }))
    await left.say(null)
    await right.say(null)
    await Promise.all(both)
  })

  test('an answer that nobody receives any more, as after a reload, ended where it was', async () => {
    const { open, say } = answering()
    const received = receive(key, 'left', { id: 'l', question: 'Who?' }, open, String)
    await say('I am')
    await vi.waitFor(() => expect(stored().left[0]).toMatchObject({ answer: 'I am', state: 'writing' }))
    expect(settled(talks.read(key).left)[0]?.state).toBe('writing')
    expect(settled(stored().left.map((turn: object) => ({ ...turn, id: 'of another page' })))[0]).toMatchObject({ answer: 'I am', state: 'stopped' })
    stopTalk(key)
    await received
    expect(stored().left[0]).toMatchObject({ answer: 'I am', state: 'stopped' })
  })

  test('goes to the device a few times a second however fast it is written, and at once when the page is left', async () => {
    const write = vi.spyOn(localStorage, 'setItem')
    const written = Promise.withResolvers<void>()
    const rest = Promise.withResolvers<void>()
    const open = async () =>
      (async function* () {
        for (let number = 0; number < 200; number++) yield { type: 'text' as const, text: 'x' }
        written.resolve()
        await rest.promise
      })()
    const received = receive(key, 'left', { id: 'l', question: 'Who?' }, open, String)
    await written.promise
    expect(talks.read(key).left[0]?.answer).toHaveLength(200)
    expect(write.mock.calls.length).toBeLessThan(5)
    window.dispatchEvent(new Event('pagehide'))
    expect(stored().left[0]).toMatchObject({ answer: 'x'.repeat(200), state: 'writing' })
    rest.resolve()
    await received
    expect(stored().left[0]).toMatchObject({ answer: 'x'.repeat(200), state: 'stopped' })
  })

  test('cleared, it ends what is being written and stays clear', async () => {
    const { open, say, isAborted } = answering()
    const received = receive(key, 'right', { id: 'r', question: 'Who?' }, open, String)
    await say('I')
    clearTalk(key)
    await received
    expect(isAborted()).toBe(true)
    expect(stored()).toMatchObject({ left: [], right: [] })
  })

  test('an answer that breaks off because its page is left has stopped, not failed', async () => {
    const leave = async () => {
      window.dispatchEvent(new Event('beforeunload'))
      throw new TypeError('Failed to fetch')
    }
    await receive(key, 'left', { id: 'l', question: 'Who?' }, leave, () => 'No connection.')
    expect(stored().left[0]).toMatchObject({ state: 'stopped', problem: null })
  })

  test('a failure is kept with its words', async () => {
    const refuse = async () => {
      throw new Error('no')
    }
    await receive(key, 'left', { id: 'l', question: 'Who?' }, refuse, () => 'It does not answer.')
    expect(stored().left[0]).toMatchObject({ state: 'failed', problem: 'It does not answer.' })
  })
})
