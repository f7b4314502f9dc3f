// Runs the checks off the page's thread. It keeps the messages it was sent, so that a keystroke sends one of them again.
import type { Finding } from '#lib/domain/check/finding.ts'
import { makeChecker } from '#lib/domain/check/run.ts'
import type { CheckSettings } from '#lib/domain/check/settings.ts'
import type { DraftContent, Message } from '#lib/domain/conversation.ts'

export type CheckRequest = {
  /** When they are new. */
  settings?: CheckSettings
  /** Ids of all messages, as they stand. */
  order: string[]
  /** Those that changed since the last request. */
  changed: Message[]
  tools: DraftContent['tools']
}
export type CheckAnswer = { findings: Finding[] }

const messages = new Map<string, Message>()
let check: ReturnType<typeof makeChecker> | null = null

self.onmessage = ({ data }: MessageEvent<CheckRequest>) => {
  if (data.settings) check = makeChecker(data.settings)
  for (const message of data.changed) messages.set(message.id, message)
  const present = new Set(data.order)
  for (const id of messages.keys()) if (!present.has(id)) messages.delete(id)
  const shown = data.order.flatMap((id) => messages.get(id) ?? [])
  const answer: CheckAnswer = { findings: check?.({ messages: shown, tools: data.tools }) ?? [] }
  self.postMessage(answer)
}
