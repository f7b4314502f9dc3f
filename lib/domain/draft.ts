// Editing a conversation, as functions from one content to the next. Nothing here changes its argument, and messages that an
// operation does not touch stay the same objects, so that a view can tell by identity what to draw again.
import type { DraftContent, Message, Role, ToolCall } from './conversation.ts'
import { newId } from './new-id.ts'
import { editOrigins, editText, type OriginSource, shiftOrigins, sliceOrigins, type TextEdit } from './origin.ts'

export const HUMAN: OriginSource = { source: 'human' }
export const PASTE: OriginSource = { source: 'paste' }

/** A message id: stable over revisions, unique beyond any conversation. */
export const newMessageId = (): string => `m${newId().replaceAll('-', '').slice(0, 24)}`

/** A call id that nobody else's can equal: two devices that each add a call to one conversation add two calls. */
export const newCallId = (): string => `call_${newId().replaceAll('-', '').slice(0, 16)}`

const callsOf = (messages: readonly Message[]): ToolCall[] => messages.flatMap((message) => message.toolCalls ?? [])

/** Calls of the turn that a result at `index` belongs to, answered or not. */
export const callsAbove = (messages: readonly Message[], index: number): ToolCall[] =>
  messages.slice(0, index).findLast((message) => message.role !== 'tool')?.toolCalls ?? []

/** Calls made before `index` by the nearest assistant turn that no result above `index` answers yet. */
export function openCalls(messages: readonly Message[], index = messages.length): ToolCall[] {
  const caller = messages.slice(0, index).findLastIndex((message) => message.role !== 'tool')
  const answered = new Set(messages.slice(caller + 1, index).map((message) => message.toolCallId))
  return (messages[caller]?.toolCalls ?? []).filter((call) => !answered.has(call.id))
}

/** Who speaks after these turns. */
export function nextRole(messages: readonly Message[]): Role {
  const last = messages.at(-1)
  if (openCalls(messages).length > 0) return 'tool'
  return last === undefined || last.role === 'system' || last.role === 'assistant' ? 'user' : 'assistant'
}

const indexOf = (content: DraftContent, id: string): number => content.messages.findIndex((message) => message.id === id)

const withMessages = (content: DraftContent, messages: Message[]): DraftContent => ({ ...content, messages })

/** Leaves out keys that are undefined: a strict schema takes a missing field, not an undefined one. */
function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T
}

type Patch = { [Key in keyof Message]?: Message[Key] | undefined }

const patchMessage = (content: DraftContent, id: string, patch: Patch): DraftContent =>
  withMessages(
    content,
    content.messages.map((message) => (message.id === id ? compact({ ...message, ...patch } as Message) : message)),
  )

/** Fields a role brings with it: an assistant turn is trained, a result answers the first open call. */
function fieldsOf(role: Role, above: readonly Message[]): Pick<Message, 'train' | 'toolCallId' | 'name'> {
  const call = role === 'tool' ? openCalls(above)[0] : undefined
  return { train: role === 'assistant', ...(call ? { toolCallId: call.id, name: call.name } : {}) }
}

/** Adds a turn after the message `after` (null: at the start; absent: at the end), of the role that follows unless one is given. */
export function addMessage(content: DraftContent, { id, after, role }: { id: string; after?: string | null; role?: Role }): DraftContent {
  const at = after === undefined ? content.messages.length : after === null ? 0 : indexOf(content, after) + 1
  const above = content.messages.slice(0, at)
  const speaker = role ?? nextRole(above)
  const message: Message = { id, role: speaker, content: '', ...fieldsOf(speaker, above) }
  return withMessages(content, content.messages.toSpliced(at, 0, message))
}

export const removeMessage = (content: DraftContent, id: string): DraftContent =>
  withMessages(
    content,
    content.messages.filter((message) => message.id !== id),
  )

/** Puts a removed message back where it was: below the nearest of those above it (`above`, top first) that is still there. */
export function restoreMessage(content: DraftContent, message: Message, above: readonly string[]): DraftContent {
  if (indexOf(content, message.id) >= 0) return content
  const neighbour = above.findLast((id) => indexOf(content, id) >= 0)
  const at = neighbour === undefined ? 0 : indexOf(content, neighbour) + 1
  return withMessages(content, content.messages.toSpliced(at, 0, message))
}

/** Moves a message by so many places, at most to an end. */
export function moveMessage(content: DraftContent, id: string, by: number): DraftContent {
  const from = indexOf(content, id)
  const message = content.messages[from]
  const to = Math.max(0, Math.min(content.messages.length - 1, from + by))
  if (!message || to === from) return content
  return withMessages(content, content.messages.toSpliced(from, 1).toSpliced(to, 0, message))
}

/** Gives a message another role. Text stays, even where the new role has no place for it: a check says so, and nothing is lost. */
export function changeRole(content: DraftContent, id: string, role: Role): DraftContent {
  const above = content.messages.slice(0, indexOf(content, id))
  return patchMessage(content, id, { role, toolCallId: undefined, name: undefined, ...fieldsOf(role, above) })
}

export const setTrain = (content: DraftContent, id: string, train: boolean): DraftContent => patchMessage(content, id, { train })

/** Makes a tool turn the result of a call. */
export const linkResult = (content: DraftContent, id: string, call: ToolCall): DraftContent =>
  patchMessage(content, id, { toolCallId: call.id, name: call.name })

const backToFront = (edits: readonly TextEdit[]) => edits.toSorted((a, b) => b.from - a.from)

/** Replaces text of a message's content and carries its origins along. */
export function editContent(content: DraftContent, id: string, edits: readonly TextEdit[], source: OriginSource | null): DraftContent {
  const message = content.messages[indexOf(content, id)]
  if (!message) return content
  let [origins, length] = [message.origins, message.content.length]
  // From the back, so that earlier places stay where they are.
  for (const edit of backToFront(edits)) {
    const spans = editOrigins(origins ?? [], length, edit, source)
    origins = spans.length > 0 ? spans : undefined
    length += edit.inserted.length - (edit.to - edit.from)
  }
  return patchMessage(content, id, { content: editText(message.content, edits), origins })
}

/** Sets the thinking; undefined takes the field away. */
export const setReasoning = (content: DraftContent, id: string, reasoning: string | undefined): DraftContent =>
  patchMessage(content, id, { reasoning })

/** Replaces text of a message's thinking. */
export function editReasoning(content: DraftContent, id: string, edits: readonly TextEdit[]): DraftContent {
  const text = content.messages[indexOf(content, id)]?.reasoning
  if (text === undefined) return content
  return setReasoning(content, id, editText(text, edits))
}

/** Cuts a message in two at a code unit of its content. Thinking and link stay above, calls go below, where they end the turn. */
export function splitMessage(content: DraftContent, id: string, offset: number, newId: string): DraftContent {
  const index = indexOf(content, id)
  const message = content.messages[index]
  if (!message || offset < 0 || offset > message.content.length) return content
  const { content: text, origins = [] } = message
  const spans = (start: number, end: number) => {
    const cut = sliceOrigins(origins, start, end)
    return cut.length > 0 ? cut : undefined
  }
  const head = compact<Message>({ ...message, content: text.slice(0, offset), origins: spans(0, offset), toolCalls: undefined } as Message)
  const tail = {
    id: newId,
    role: message.role,
    content: text.slice(offset),
    train: message.train,
    origins: spans(offset, text.length),
    toolCalls: message.toolCalls,
  }
  return withMessages(content, content.messages.toSpliced(index, 1, head, compact<Message>(tail as Message)))
}

const GAP = '\n\n'
const joinTexts = (above: string, below: string): string => (above && below ? `${above}${GAP}${below}` : above + below)

/** Appends a message to the one above it, with a blank line between; the upper one's role stays. */
export function mergeWithAbove(content: DraftContent, id: string): DraftContent {
  const index = indexOf(content, id)
  const [above, below] = [content.messages[index - 1], content.messages[index]]
  if (!above || !below) return content
  const start = above.content && below.content ? above.content.length + GAP.length : above.content.length
  const origins = [...(above.origins ?? []), ...shiftOrigins(below.origins ?? [], start)]
  const reasoning = joinTexts(above.reasoning ?? '', below.reasoning ?? '')
  const toolCalls = callsOf([above, below])
  const merged = compact<Message>({
    ...above,
    content: joinTexts(above.content, below.content),
    reasoning: reasoning || undefined,
    origins: origins.length > 0 ? origins : undefined,
    toolCalls: toolCalls.length > 0 ? toolCalls : undefined,
  } as Message)
  return withMessages(content, content.messages.toSpliced(index - 1, 2, merged))
}

/** A copy right below, with ids of its own. */
export function duplicateMessage(content: DraftContent, id: string, newId: string): DraftContent {
  const index = indexOf(content, id)
  const message = content.messages[index]
  if (!message) return content
  const toolCalls = message.toolCalls?.map((call) => ({ ...call, id: newCallId() }))
  return withMessages(content, content.messages.toSpliced(index + 1, 0, compact({ ...message, id: newId, toolCalls } as Message)))
}

const withCalls = (content: DraftContent, id: string, change: (calls: readonly ToolCall[]) => ToolCall[]): DraftContent => {
  const calls = change(content.messages[indexOf(content, id)]?.toolCalls ?? [])
  return patchMessage(content, id, { toolCalls: calls.length > 0 ? calls : undefined })
}

/** Adds a call of the named tool with empty arguments. */
export const addToolCall = (content: DraftContent, id: string, name: string, callId = newCallId()): DraftContent =>
  withCalls(content, id, (calls) => [...calls, { id: callId, name, arguments: '{}' }])

export const updateToolCall = (content: DraftContent, id: string, at: number, patch: Partial<ToolCall>): DraftContent =>
  withCalls(content, id, (calls) => calls.map((call, index) => (index === at ? { ...call, ...patch } : call)))

export const removeToolCall = (content: DraftContent, id: string, at: number): DraftContent =>
  withCalls(content, id, (calls) => calls.toSpliced(at, 1))

const SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

export type TextRefusal = 'nul' | 'surrogate' | 'reserved'

const RESERVED = /[\uE0F0-\uE0F3]/

/** A text without the characters that cannot be kept. */
export const withoutRefused = (text: string): string =>
  text.replaceAll('\u0000', '').replaceAll(new RegExp(SURROGATE, 'g'), '').replaceAll(new RegExp(RESERVED, 'g'), '')

/** Why a text cannot be kept: what PlainText refuses, said at the keystroke. Null when it can. */
export function textRefusal(text: string): TextRefusal | null {
  if (text.includes('\u0000')) return 'nul'
  if (SURROGATE.test(text)) return 'surrogate'
  return RESERVED.test(text) ? 'reserved' : null
}
