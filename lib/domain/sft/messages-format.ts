import type { Message, Tool } from '#lib/domain/conversation.ts'

/** A message in the OpenAI chat shape; tool arguments stay the JSON text they are. */
export type ChatMessage = {
  role: Message['role']
  content: string
  reasoning_content?: string
  tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: string } }[]
  tool_call_id?: string
  name?: string
  /** On assistant messages: 1 is trained, 0 is not. */
  weight?: 0 | 1
}

/** One line of a `messages` build. `tools` is JSON text, because schemas of different rows have no common columns. */
export type ChatRecord = { messages: ChatMessage[]; tools: string | null }

/** A turn as chat APIs and trainers write it; what is absent is left out rather than null. */
export function toChatMessage(message: Message): ChatMessage {
  return {
    role: message.role,
    content: message.content,
    ...(message.reasoning === undefined ? {} : { reasoning_content: message.reasoning }),
    ...(message.toolCalls && message.toolCalls.length > 0
      ? {
          tool_calls: message.toolCalls.map((call) => ({
            id: call.id,
            type: 'function' as const,
            function: { name: call.name, arguments: call.arguments },
          })),
        }
      : {}),
    ...(message.toolCallId === undefined ? {} : { tool_call_id: message.toolCallId }),
    ...(message.name === undefined ? {} : { name: message.name }),
    ...(message.role === 'assistant' ? { weight: message.train ? 1 : 0 } : {}),
  }
}

/** The record of a conversation. Schemas are spliced in as text, so their numbers keep every digit. */
export function toChatRecord(messages: readonly Message[], tools: readonly Tool[]): ChatRecord {
  const schemas = tools.map(
    (tool) =>
      `{"type":"function","function":{"name":${JSON.stringify(tool.name)},"description":${JSON.stringify(tool.description)},"parameters":${tool.parameters}}}`,
  )
  return { messages: messages.map(toChatMessage), tools: tools.length > 0 ? `[${schemas.join(',')}]` : null }
}
