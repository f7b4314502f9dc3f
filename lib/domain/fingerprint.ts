import type { DraftContent } from './conversation.ts'

/** Two contents with the same texts have the same fingerprint; others almost surely not (FNV-1a over UTF-16, twice 32 bits). */
export function fingerprintOf({ messages, tools }: Pick<DraftContent, 'messages' | 'tools'>): string {
  const texts = messages.map(({ id, role, content, reasoning, toolCalls, toolCallId, name, train }) =>
    JSON.stringify([id, role, content, reasoning, toolCalls?.map((call) => [call.id, call.name, call.arguments]), toolCallId, name, train]),
  )
  let [a, b] = [0x811c9dc5, 0x01000193]
  for (const text of [...texts, JSON.stringify(tools.map(({ name, parameters }) => [name, parameters]))]) {
    for (let at = 0; at < text.length; at++) {
      a = Math.imul(a ^ text.charCodeAt(at), 0x01000193)
      b = Math.imul(b ^ text.charCodeAt(at), 0x85ebca6b)
    }
  }
  return `${a >>> 0}-${b >>> 0}`
}
