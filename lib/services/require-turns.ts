import type { Message } from '#lib/domain/conversation.ts'
import { refuse } from '#lib/domain/errors.ts'
import { turnFaults } from '#lib/domain/turns.ts'

/** @throws conversation-incomplete, naming every message and what it lacks. `complete`: it ends in an answer to learn from. */
export function requireTurns(messages: readonly Message[], { complete }: { complete: boolean }): void {
  const faults = turnFaults(messages, { complete })
  if (faults.length === 0) return
  refuse('conversation-incomplete', faults.map((fault) => `Message ${fault.index + 1}: ${fault.message}`).join(' '), { faults })
}
