import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Device, draftOf, openTab, Server, textOf } from '../support/draft-tabs.ts'

const wait = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)

describe('handing the text over', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('while it is submitted the text stands still; afterwards writing goes on', async () => {
    const [server, device] = [new Server(draftOf('a')), new Device()]
    const { document, store, type } = await openTab(server, device)
    type('m0', 'b')
    const held = await store.hold()
    type('m0', 'lost?')
    document.undo()
    expect(textOf(document.getContent())).toBe('ab')
    expect(held.content).toBe(document.getContent())
    store.release()
    type('m0', 'c')
    await wait(3000)
    expect(textOf(server.draft.content)).toBe('abc')
  })

  it('a submission that meets a newer text takes it in, and can be sent again', async () => {
    const server = new Server(draftOf('one', 'two'))
    const [desk, phone] = [await openTab(server, new Device()), await openTab(server, new Device())]
    phone.type('m1', ' phone')
    await wait(3000)
    expect((await desk.store.hold()).baseVersion).toBe(0)
    expect(desk.store.meet(structuredClone(server.draft))).toBe(false)
    expect(textOf(desk.document.getContent())).toBe('one|two phone')
    expect(desk.store.getState().kind).toBe('saved')
    const again = await desk.store.hold()
    expect([again.baseVersion, textOf(again.content)]).toEqual([1, 'one|two phone'])
  })

  it('a submission that meets another text in the same place shows both, and can be sent once one was chosen', async () => {
    const server = new Server(draftOf('one'))
    const [desk, phone] = [await openTab(server, new Device()), await openTab(server, new Device())]
    phone.type('m0', ' phone')
    await wait(3000)
    desk.type('m0', ' desk')
    await desk.store.hold()
    expect(desk.store.meet(structuredClone(server.draft))).toBe(false)
    expect(desk.store.getState()).toMatchObject({ kind: 'conflict', collisions: [{ key: 'm0' }] })
    desk.store.resolve(new Map([['m0', 'mine']]))
    await wait(3000)
    const held = await desk.store.hold()
    expect([held.baseVersion, textOf(held.content)]).toEqual([2, 'one desk'])
    expect(textOf(server.draft.content)).toBe('one desk')
  })

  it('the same words under a newer version are no news', async () => {
    const [server, device] = [new Server(draftOf('a')), new Device()]
    const { store } = await openTab(server, device)
    server.draft = { ...server.draft, version: 1 }
    await store.hold()
    expect(store.meet(structuredClone(server.draft))).toBe(true)
    expect((await store.hold()).baseVersion).toBe(1)
  })

  it('a tab without changes shows the newer text of another device when it is looked at', async () => {
    const server = new Server(draftOf('one', 'two'))
    const [desk, phone] = [await openTab(server, new Device()), await openTab(server, new Device())]
    phone.type('m1', ' phone')
    await wait(3000)
    expect(textOf(desk.document.getContent())).toBe('one|two')
    desk.store.wake()
    await wait(10)
    expect(textOf(desk.document.getContent())).toBe('one|two phone')
    expect(desk.store.getState().kind).toBe('saved')
    server.isReachable = false
    desk.store.wake()
    await wait(10)
    expect(desk.store.getState().kind).toBe('saved')
  })

  it('the last words before work is given away are saved first, merged with what came from elsewhere', async () => {
    const server = new Server(draftOf('one', 'two'))
    const [desk, phone] = [await openTab(server, new Device()), await openTab(server, new Device())]
    phone.type('m1', ' phone')
    await wait(3000)
    desk.type('m0', ' desk')
    const flushing = desk.store.flush()
    await wait(10)
    expect(await flushing).toBe(true)
    expect(textOf(server.draft.content)).toBe('one desk|two phone')
    desk.type('m0', ' too late')
    expect(textOf(desk.document.getContent())).toBe('one desk|two phone')
  })

  it.each(['offline', 'collision'] as const)('work is not given away while words are unsaved (%s): writing goes on', async (reason) => {
    const [server, device] = [new Server(draftOf('one')), new Device()]
    const { document, store, type } = await openTab(server, device)
    type('m0', ' desk')
    if (reason === 'offline') server.isReachable = false
    else server.draft = { version: 1, savedAt: 0, content: draftOf('one phone') }
    const flushing = store.flush()
    await wait(10)
    expect(await flushing).toBe(false)
    type('m0', '!')
    expect(textOf(document.getContent())).toBe('one desk!')
  })
})
