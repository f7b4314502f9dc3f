import { z } from 'zod'
import { PlainText } from './plain-text.ts'

/** Who speaks. `tool` carries the result of a call made by an assistant turn. */
export const Role = z.enum(['system', 'user', 'assistant', 'tool'])
export type Role = z.infer<typeof Role>

/** A half-open range of UTF-16 code units of a message's content and where its text came from. */
export const OriginSpan = z.strictObject({
  start: z.int().min(0),
  end: z.int().min(0),
  source: z.enum(['human', 'model', 'paste']),
  model: z.string().optional(),
})
export type OriginSpan = z.infer<typeof OriginSpan>

/** `arguments` is the raw JSON text, kept byte for byte: parsing would lose 1.0 and large integers. */
export const ToolCall = z.strictObject({
  id: PlainText.min(1).max(200),
  name: PlainText.min(1).max(200),
  arguments: PlainText,
})
export type ToolCall = z.infer<typeof ToolCall>

/** A tool an assistant may call; `parameters` is the raw text of its JSON schema. */
export const Tool = z.strictObject({
  name: PlainText.min(1).max(200),
  description: PlainText,
  parameters: PlainText,
})
export type Tool = z.infer<typeof Tool>

/** One turn. `id` is stable over revisions, so comments and diffs can follow it. */
export const Message = z.strictObject({
  id: z.string().min(1).max(64),
  role: Role,
  content: PlainText,
  reasoning: PlainText.optional(),
  toolCalls: z.array(ToolCall).max(64).optional(),
  toolCallId: PlainText.optional(),
  name: PlainText.optional(),
  train: z.boolean(),
  origins: z.array(OriginSpan).optional(),
})
export type Message = z.infer<typeof Message>

/** What an author is still writing: any shape of turns, only sound text. */
export const DraftContent = z.strictObject({
  messages: z.array(Message).max(2000),
  tools: z.array(Tool).max(128),
})
export type DraftContent = z.infer<typeof DraftContent>

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

export const ConversationState = z.enum([
  'draft',
  'submitted',
  'changes-requested',
  'approved',
  'rejected',
  'escalated',
  'superseded',
  'stale',
  'withdrawn',
])
export type ConversationState = z.infer<typeof ConversationState>
