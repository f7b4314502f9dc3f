import type { Turn } from '#lib/client/talk-store.ts'

type Message = { role: 'system' | 'user' | 'assistant'; content: string }

/** What a model is sent: the system text, the turns both sides have seen, and the new question. A turn that failed said nothing. */
export function messagesFor(turns: readonly Turn[], system: string, question: string): Message[] {
  const past = turns
    .filter((turn) => turn.answer !== '')
    .flatMap((turn): Message[] => [
      { role: 'user', content: turn.question },
      { role: 'assistant', content: turn.answer },
    ])
  return [...(system.trim() ? [{ role: 'system' as const, content: system }] : []), ...past, { role: 'user', content: question }]
}
