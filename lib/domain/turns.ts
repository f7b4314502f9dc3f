// What the editor knows of turns as well: without zod, which would be a tenth of what the write page loads.
import type { Message } from './conversation.ts'

/** Who speaks. `tool` carries the result of a call made by an assistant turn. */
export const ROLES = ['system', 'user', 'assistant', 'tool'] as const

export type TurnFault = { index: number; field: string; code: TurnFaultCode; message: string }
export type TurnFaultCode =
  | 'no-messages'
  | 'system-not-first'
  | 'assistant-first'
  | 'empty-turn'
  | 'result-without-call'
  | 'call-without-result'
  | 'arguments-not-json'
  | 'last-not-assistant'
  | 'nothing-trained'
  | 'duplicate-message-id'
  | 'field-of-other-role'

export const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * Faults of the order and shape of turns; an empty list means the turns form a conversation.
 * `complete` also demands what a submission needs: it ends with an assistant turn and trains something.
 */
export function turnFaults(messages: readonly Message[], { complete }: { complete: boolean }): TurnFault[] {
  const faults: TurnFault[] = []
  const fault = (index: number, field: string, code: TurnFaultCode, message: string) => faults.push({ index, field, code, message })
  if (messages.length === 0) {
    fault(0, 'messages', 'no-messages', 'There are no messages; write at least a user and an assistant turn.')
    return faults
  }
  const seen = new Set<string>()
  let open = new Map<string, number>()
  let spoken = false
  for (const [index, message] of messages.entries()) {
    if (seen.has(message.id)) fault(index, 'id', 'duplicate-message-id', 'Another message has the same id.')
    seen.add(message.id)
    if (message.role === 'system' && index > 0) {
      fault(index, 'role', 'system-not-first', 'A system message stands only at the start; move it up or change its role.')
    }
    if (message.role === 'assistant' && !spoken) {
      fault(index, 'role', 'assistant-first', 'The assistant speaks before any user turn; add a user turn above it.')
    }
    if (message.role === 'user' || message.role === 'assistant') spoken = true
    const calls = message.toolCalls ?? []
    if (message.role !== 'assistant' && (calls.length > 0 || message.reasoning)) {
      fault(index, calls.length > 0 ? 'toolCalls' : 'reasoning', 'field-of-other-role', 'Only an assistant turn has reasoning or tool calls.')
    }
    if (message.role !== 'tool' && message.toolCallId) {
      fault(index, 'toolCallId', 'field-of-other-role', 'Only a tool turn answers a tool call.')
    }
    if (message.content.trim() === '' && calls.length === 0) {
      fault(index, 'content', 'empty-turn', `The ${message.role} turn is empty; write it or delete it.`)
    }
    if (message.role === 'tool') {
      if (!message.toolCallId || !open.delete(message.toolCallId)) {
        fault(index, 'toolCallId', 'result-without-call', 'This result answers no call of the assistant turn above; link it to one or delete it.')
      }
    } else {
      for (const position of open.values()) {
        fault(position, 'toolCalls', 'call-without-result', 'A tool call has no result; add a tool turn after it.')
      }
      open = new Map()
    }
    for (const call of calls) {
      if (!isJson(call.arguments)) {
        fault(index, 'toolCalls', 'arguments-not-json', `The arguments of ${call.name} are not valid JSON; correct them.`)
      }
      open.set(call.id, index)
    }
  }
  if (complete) {
    const last = messages.length - 1
    if (messages[last]?.role !== 'assistant' || (messages[last]?.toolCalls ?? []).length > 0) {
      fault(last, 'role', 'last-not-assistant', 'The last turn must be an answer of the assistant.')
    }
    if (!messages.some((message) => message.role === 'assistant' && message.train)) {
      fault(last, 'train', 'nothing-trained', 'No assistant turn is marked for training; switch one on.')
    }
  }
  return faults
}
