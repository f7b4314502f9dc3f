import { describe, expect, test, vi } from 'vitest'
import { Outbox } from '#lib/client/outbox.ts'

class Refused extends Error {}
const lost = new TypeError('fetch failed')

/** An outbox that waits between tries until the test lets it go on. */
function open() {
  const pauses: (() => void)[] = []
  const outbox = new Outbox({
    isRefusal: (error) => error instanceof Refused,
    pause: () => new Promise<void>((resolve) => pauses.push(resolve)),
  })
  return { outbox, pauses }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('the outbox', () => {
  test('sends one errand after the other, in order, and says what waits', async () => {
    const { outbox } = open()
    const said: string[] = []
    let answer: (word: string) => void = () => undefined
    const slow = new Promise<string>((resolve) => {
      answer = resolve
    })
    const onRefused = vi.fn()
    outbox.add({ subject: 'a', run: () => slow, onDone: (word) => said.push(word), onRefused })
    outbox.add({ subject: 'b', run: async () => 'second', onDone: (word) => said.push(word), onRefused })
    await settled()
    expect([said, outbox.subjects]).toEqual([[], ['a', 'b']])
    answer('first')
    await settled()
    expect([said, outbox.subjects]).toEqual([['first', 'second'], []])
    expect(onRefused).not.toHaveBeenCalled()
  })

  test('tries again after a lost answer, and lets nothing overtake', async () => {
    const { outbox, pauses } = open()
    const run = vi.fn<() => Promise<string>>().mockRejectedValueOnce(lost).mockResolvedValue('done')
    const [onDone, onRefused, later] = [vi.fn(), vi.fn(), vi.fn(async () => 'later')]
    outbox.add({ subject: 'a', run, onDone, onRefused })
    outbox.add({ subject: 'b', run: later, onDone, onRefused })
    await settled()
    expect([run.mock.calls.length, later.mock.calls.length]).toEqual([1, 0])
    pauses[0]?.()
    await settled()
    expect(onDone.mock.calls.flat()).toEqual(['done', 'later'])
    expect(onRefused).not.toHaveBeenCalled()
  })

  test('does not repeat what is refused, and goes on with the rest', async () => {
    const { outbox } = open()
    const run = vi.fn(async () => Promise.reject(new Refused()))
    const [onDone, onRefused] = [vi.fn(), vi.fn()]
    outbox.add({ subject: 'a', run, onDone, onRefused })
    outbox.add({ subject: 'b', run: async () => 'done', onDone, onRefused })
    await settled()
    expect(run).toHaveBeenCalledTimes(1)
    expect(onRefused.mock.calls[0]?.[0]).toBeInstanceOf(Refused)
    expect(onDone.mock.calls).toEqual([['done']])
    expect(outbox.subjects).toEqual([])
  })
})
