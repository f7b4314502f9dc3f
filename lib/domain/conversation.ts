import { z } from 'zod'
import { Int4 } from './bounds.ts'
import { Acknowledgement } from './check/acknowledgement.ts'
import { PlainText } from './plain-text.ts'
import { stateSchema } from './state-schema.ts'
import { ROLES } from './turns.ts'

export const Role = z.enum(ROLES)
export type Role = z.infer<typeof Role>

/** A half-open range of UTF-16 code units of a message's content and where its text came from. */
export const OriginSpan = z.strictObject({
  start: Int4.min(0),
  end: Int4.min(0),
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

/** What an author is still writing: any shape of turns, only sound text; and the reasons given for what checks found in it. */
export const DraftContent = z.strictObject({
  messages: z.array(Message).max(2000),
  tools: z.array(Tool).max(128),
  acknowledgements: z.array(Acknowledgement).max(1000).optional(),
})
export type DraftContent = z.infer<typeof DraftContent>

export const ConversationState = stateSchema('conversation')
export type ConversationState = z.infer<typeof ConversationState>
