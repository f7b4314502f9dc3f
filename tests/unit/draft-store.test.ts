import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Device, draftOf, openTab, Server, Tabs, textOf } from '../support/draft-tabs.ts'

const wait = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)

describe('draft store', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('keeps text on the device within a second and on the server within three, then clears the device', async () => {
    const [server, device] = [new Server(draftOf('a')), new Device()]
    const { store, type } = await openTab(server, device)
    type('m0', 'b')
    expect(store.getState().kind).toBe('saving')
    await wait(1000)
    expect([...device.copies.values()].map((copy) => textOf(copy.content))).toEqual(['ab'])
    await wait(2000)
    expect(textOf(server.draft.content)).toBe('ab')
    expect(store.getState().kind).toBe('saved')
    expect(device.copies.size).toBe(0)
  })

  it('steady typing is saved all the same, not only when it pauses', async () => {
    const [server, device] = [new Server(draftOf('')), new Device()]
    const { type } = await openTab(server, device)
    for (let key = 0; key < 50; key++) {
      type('m0', 'x')
      await wait(100)
    }
    expect(textOf(server.draft.content).length).toBeGreaterThanOrEqual(50 - 30)
    expect(server.saves).toBeLessThan(6)
  })

  it('without a server it says that this device has the text, and saves by itself when it is back', async () => {
    const [server, device] = [new Server(draftOf('a')), new Device()]
    const { store, type } = await openTab(server, device)
    server.isReachable = false
    type('m0', 'b')
    await wait(5000)
    expect(store.getState()).toEqual({ kind: 'offline', isKept: true })
    type('m0', 'c')
    server.isReachable = true
    await wait(30_000)
    expect(store.getState().kind).toBe('saved')
    expect(textOf(server.draft.content)).toBe('abc')
  })

  it('does not claim to have kept what the device refused', async () => {
    const [server, device] = [new Server(draftOf('a')), new Device()]
    const { store, type } = await openTab(server, device)
    device.isFull = true
    server.isReachable = false
    type('m0', 'b')
    await wait(5000)
    expect(store.getState()).toEqual({ kind: 'offline', isKept: false })
    expect(store.isAtRisk).toBe(true)
  })

  it('after the sign-in ended the text stays, and is saved once somebody signed in again', async () => {
    const [server, device] = [new Server(draftOf('a')), new Device()]
    const { store, type } = await openTab(server, device)
    server.isSignedIn = false
    type('m0', 'b')
    await wait(3000)
    expect(store.getState()).toEqual({ kind: 'signed-out', isKept: true })
    server.isSignedIn = true
    store.wake()
    await wait(10)
    expect(store.getState().kind).toBe('saved')
  })

  it('while somebody else is signed in on the device it says so and keeps the text, and saves once the author is back', async () => {
    const [server, device] = [new Server(draftOf('a')), new Device()]
    const { store, type } = await openTab(server, device)
    server.otherPerson = 'Ana'
    type('m0', 'b')
    await wait(3000)
    expect(store.getState()).toEqual({ kind: 'other-person', name: 'Ana', isKept: true })
    type('m0', 'c')
    await wait(1000)
    expect(textOf(server.draft.content)).toBe('a')
    expect([...device.copies.values()].map((copy) => textOf(copy.content))).toEqual(['abc'])
    server.otherPerson = null
    await wait(30_000)
    expect(store.getState().kind).toBe('saved')
    expect(textOf(server.draft.content)).toBe('abc')
  })

  it('text of a tab that ended is there when the conversation is opened again', async () => {
    const [server, device] = [new Server(draftOf('a')), new Device()]
    const first = await openTab(server, device)
    server.isReachable = false
    first.type('m0', 'b')
    await wait(1000)
    // The browser is killed: no close, no leave.
    server.isReachable = true
    const second = await openTab(server, device)
    expect(textOf(second.document.getContent())).toBe('ab')
    await wait(3000)
    expect(textOf(server.draft.content)).toBe('ab')
    expect(device.copies.size).toBe(0)
  })

  it('a lost answer is no conflict', async () => {
    const [server, device] = [new Server(draftOf('a')), new Device()]
    const { store, type } = await openTab(server, device)
    server.losesAnswers = true
    type('m0', 'b')
    await wait(2000)
    server.losesAnswers = false
    await wait(3000)
    expect(store.getState().kind).toBe('saved')
    expect(textOf(server.draft.content)).toBe('ab')
  })

  it('nor is it when somebody typed on in the same place meanwhile', async () => {
    const [server, device] = [new Server(draftOf('a')), new Device()]
    const { document, store, type } = await openTab(server, device)
    server.losesAnswers = true
    type('m0', 'b')
    await wait(1600)
    type('m0', 'c')
    server.losesAnswers = false
    await wait(4000)
    expect(store.getState().kind).toBe('saved')
    expect(textOf(document.getContent())).toBe('abc')
    expect(textOf(server.draft.content)).toBe('abc')
  })

  it('nor when a later try did not arrive at all', async () => {
    const [server, device] = [new Server(draftOf('a')), new Device()]
    const { document, store, type } = await openTab(server, device)
    server.losesAnswers = true
    type('m0', 'b')
    await wait(1600)
    server.losesAnswers = false
    server.isReachable = false
    type('m0', 'c')
    await wait(3000)
    server.isReachable = true
    type('m0', 'd')
    await wait(40_000)
    expect(store.getState().kind).toBe('saved')
    expect([textOf(document.getContent()), textOf(server.draft.content)]).toEqual(['abcd', 'abcd'])
  })

  it('changes of two devices in different places go together', async () => {
    const server = new Server(draftOf('one', 'two'))
    const [desk, phone] = [await openTab(server, new Device()), await openTab(server, new Device())]
    desk.type('m0', ' desk')
    phone.type('m1', ' phone')
    await wait(10_000)
    expect(textOf(server.draft.content)).toBe('one desk|two phone')
    expect(desk.store.getState().kind).toBe('saved')
    desk.type('m0', '!')
    await wait(10_000)
    expect(textOf(desk.document.getContent())).toBe('one desk!|two phone')
  })

  it('changes in the same place are shown side by side, and a choice goes on from there', async () => {
    const server = new Server(draftOf('one'))
    const [desk, phone] = [await openTab(server, new Device()), await openTab(server, new Device())]
    desk.type('m0', ' desk')
    await wait(2000)
    phone.type('m0', ' phone')
    await wait(2000)
    const state = phone.store.getState()
    if (state.kind !== 'conflict') throw new Error(state.kind)
    expect(state.collisions).toMatchObject([{ key: 'm0', mine: { content: 'one phone' }, theirs: { content: 'one desk' } }])
    phone.store.resolve(new Map())
    expect(phone.store.getState().kind).toBe('conflict')
    phone.store.resolve(new Map([['m0', 'both']]))
    await wait(2000)
    expect(textOf(server.draft.content)).toBe('one phone|one desk')
    expect(phone.store.getState().kind).toBe('saved')
  })

  it('another tab shows what was saved here, and its own unsaved text stays', async () => {
    const [server, device, channel] = [new Server(draftOf('one', 'two')), new Device(), new Tabs()]
    const [left, right] = [await openTab(server, device, channel), await openTab(server, device, channel)]
    right.type('m1', ' right')
    left.type('m0', ' left')
    left.store.wake()
    await wait(10)
    expect(textOf(right.document.getContent())).toBe('one left|two right')
    await wait(5000)
    expect(textOf(server.draft.content)).toBe('one left|two right')
    expect(device.copies.size).toBe(0)
  })

  it('what was undone does not come back from this device', async () => {
    const [server, device] = [new Server(draftOf('a')), new Device()]
    const { document, type } = await openTab(server, device)
    type('m0', 'b')
    await wait(800)
    document.undo()
    await wait(3000)
    expect(device.copies.size).toBe(0)
    expect(textOf((await openTab(server, device)).document.getContent())).toBe('a')
  })

  it('after a submission nothing of it stays on the device, and the other tab stops saving', async () => {
    const [server, device, channel] = [new Server(draftOf('a')), new Device(), new Tabs()]
    const [left, right] = [await openTab(server, device, channel), await openTab(server, device, channel)]
    left.type('m0', 'b')
    const { baseVersion, content } = await left.store.hold()
    expect([baseVersion, textOf(content)]).toEqual([0, 'ab'])
    await left.store.finish()
    await wait(5000)
    expect([device.copies.size, server.saves]).toEqual([0, 0])
    expect(right.store.getState()).toMatchObject({ kind: 'failed', code: 'illegal-transition' })
  })

  it('whatever happens, no typed word is lost', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('type' as const), tab: fc.nat(1), message: fc.nat(2) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.integer({ min: 50, max: 4000 }) }) },
      fc.record({ kind: fc.constantFrom('cut' as const, 'restore' as const, 'lose' as const) }),
      fc.record({ kind: fc.constantFrom('crash' as const, 'reload' as const), tab: fc.nat(1) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const [server, device, channel] = [new Server(draftOf('one\n', 'two\n', 'three\n')), new Device(), new Tabs()]
        server.delay = 300
        const open = [await openTab(server, device, channel), await openTab(server, device, channel)]
        const typed: string[] = []
        const settle = () => {
          for (const { store } of open) {
            const state = store.getState()
            if (state.kind === 'conflict') store.resolve(new Map(state.collisions.map((collision) => [collision.key, 'both'])))
          }
        }
        for (const each of steps) {
          const at = 'tab' in each ? each.tab : 0
          const tab = open[at]
          if (!tab) continue
          if (each.kind === 'type') {
            const word = `w${typed.length}w`
            typed.push(word)
            tab.type(tab.document.getIds()[each.message] ?? 'm0', `${word}\n`)
          } else if (each.kind === 'wait') await wait(each.milliseconds)
          else if (each.kind === 'cut') server.isReachable = false
          else if (each.kind === 'lose') server.losesAnswers = true
          else if (each.kind === 'restore') Object.assign(server, { isReachable: true, losesAnswers: false })
          else {
            // A crash forgives what was typed in the last second; a reload forgives nothing.
            if (each.kind === 'crash') await wait(1000)
            tab.store.close()
            await wait(10)
            open[at] = await openTab(server, device, channel)
          }
          settle()
        }
        Object.assign(server, { isReachable: true, losesAnswers: false })
        for (let round = 0; round < 12; round++) {
          await wait(31_000)
          settle()
        }
        const kept = textOf(server.draft.content)
        for (const word of typed) expect(kept).toContain(word)
        for (const { store } of open) expect(store.getState().kind).toBe('saved')
        expect(device.copies.size).toBe(0)
        for (const { store } of open) store.close()
      }),
      { numRuns: 150 },
    )
  }, 60_000)
})
