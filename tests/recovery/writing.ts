import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { Demo, Json } from './client.ts'
import { until } from './until.ts'

const SAVES = 4
const SECONDS = 60

type Message = { id: string; role: string; content: string; train: boolean }
type Content = { messages: Message[]; tools: unknown[] }
type Draft = { conversationId: string; version: number; content: Content }
type Submission = { conversationId: string; revisionId: string; revisionNumber: number; contentHash: string; content: Content }

/** A labeller who writes one conversation after the other and never waits; each request is repeated until it is answered. */
export class Writing {
  readonly #demo: Demo
  readonly submitted: Submission[] = []
  #draft: Draft | null = null
  #checked = 0
  #isPausing = false
  #ended: Promise<void> = Promise.resolve()

  constructor(demo: Demo) {
    this.#demo = demo
  }

  get troubles(): number {
    return this.#demo.labeller.troubles
  }

  /** Goes on writing; resolves when work was acknowledged, so that there is something to lose. */
  async begin(): Promise<void> {
    this.#isPausing = false
    this.#ended = this.#write()
    this.#ended.catch(() => {})
    await this.more()
  }

  /** Resolves when two more conversations were acknowledged. */
  async more(): Promise<void> {
    const enough = this.submitted.length + 2
    let failure: unknown
    this.#ended.catch((error: unknown) => {
      failure = error
    })
    await until('conversations to be acknowledged', SECONDS, () => {
      if (failure) throw failure
      return this.submitted.length >= enough
    })
  }

  async #write(): Promise<void> {
    while (!this.#isPausing) {
      this.#draft ??= await this.#claim()
      const saved = await this.#save(this.#draft)
      if (!saved) return
      await this.#submit(saved)
    }
  }

  async #claim(): Promise<Draft> {
    const { labeller, projectId } = this.#demo
    const lease = await labeller.post(`/projects/${projectId}/claims`, { kind: 'write' }, randomUUID())
    const { version, content } = await labeller.get(`/conversations/${lease.conversationId}/draft`)
    return { conversationId: lease.conversationId, version, content }
  }

  /** Null when asked to pause in the middle: then the last acknowledged draft is what the server must hold. */
  async #save(from: Draft): Promise<Draft | null> {
    let draft = from
    for (let save = 0; save < SAVES; save++) {
      const opening = draft.content.messages.filter((message) => message.id !== 'answer')
      const answer = { id: 'answer', role: 'assistant', content: `Saved over version ${draft.version}: ${randomUUID()}`, train: true }
      const content = { messages: [...opening, answer], tools: draft.content.tools }
      const { version } = await this.#demo.labeller.insist('PUT', `/conversations/${draft.conversationId}/draft`, {
        body: { baseVersion: draft.version, content },
      })
      draft = { conversationId: draft.conversationId, version, content }
      this.#draft = draft
      if (this.#isPausing) return null
    }
    return draft
  }

  async #submit({ conversationId, version, content }: Draft): Promise<void> {
    const body = { baseVersion: version, content }
    const answer = await this.#demo.labeller.post(`/conversations/${conversationId}/submissions`, body, randomUUID())
    const { revisionId, revisionNumber, contentHash } = answer
    this.submitted.push({ conversationId, revisionId, revisionNumber, contentHash, content })
    this.#draft = null
  }

  /** Stops after the request under way. */
  async pause(): Promise<void> {
    this.#isPausing = true
    await this.#ended
  }

  /** Pauses and compares all that was acknowledged since the last time with what is there. */
  async check(): Promise<void> {
    await this.pause()
    const { labeller, manager, projectId } = this.#demo
    for (const { conversationId, revisionId, revisionNumber, contentHash, content } of this.submitted.slice(this.#checked)) {
      const { revisions, state } = await labeller.get(`/conversations/${conversationId}`)
      expect(state).toBe('submitted')
      expect(revisions).toHaveLength(revisionNumber)
      expect(revisions.at(-1)).toMatchObject({ id: revisionId, number: revisionNumber, contentHash, messages: content.messages })
      const events = await manager.get(`/audit?projectId=${projectId}&event=conversation.submitted&subjectId=${conversationId}`)
      expect(events.items.filter(({ data }: Json) => data.revisionId === revisionId)).toHaveLength(1)
    }
    this.#checked = this.submitted.length
    if (!this.#draft) return
    const { conversationId, version, content } = this.#draft
    const kept = await labeller.get(`/conversations/${conversationId}/draft`)
    expect({ version: kept.version, content: kept.content }).toEqual({ version, content })
  }
}
