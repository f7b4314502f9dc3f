// What changed between two contents, small enough to be sent after every pause in typing. Without zod: the editor knows it too.
import type { DraftContent, Message, OriginSpan } from './conversation.ts'
import { fingerprintOf } from './fingerprint.ts'
import { editBetween } from './origin.ts'
import { isSame } from './same.ts'

/** Code units [from, to) of a text give way to `inserted`. */
export type PatchedText = [from: number, to: number, inserted: string]

/** `count` messages of the base from place `from` on, as they were; one of them with other texts; or a message as a whole. */
export type PatchedMessages =
  | { from: number; count: number }
  | { of: number; content?: PatchedText; reasoning?: PatchedText; origins?: OriginSpan[] }
  | { message: Message }

export type DraftPatch = {
  messages: PatchedMessages[]
  /** Absent: as they were. */
  tools?: DraftContent['tools']
  acknowledgements?: NonNullable<DraftContent['acknowledgements']>
  /** Fingerprint of the base: whoever is to apply it to another one notices. */
  base: string
}

const isLow = (text: string, at: number) => /[\uDC00-\uDFFF]/.test(text.charAt(at))

/** The one replacement between two texts, at borders of whole characters: half of one cannot be sent. */
function textPatch(before: string, after: string): PatchedText {
  const { from, to, inserted } = editBetween(before, after)
  const start = isLow(before, from) || isLow(after, from) ? from - 1 : from
  const end = isLow(before, to) ? to + 1 : to
  return [start, end, after.slice(start, start + inserted.length + (from - start) + (end - to))]
}

const TEXTS = new Set(['content', 'reasoning', 'origins'])

/** The message as an edit of its texts; null when more than those changed. */
function editOf(before: Message, after: Message, of: number): PatchedMessages | null {
  if ((before.reasoning === undefined) !== (after.reasoning === undefined)) return null
  const keys = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof Message)[])
  if ([...keys].some((key) => !TEXTS.has(key) && !isSame(before[key], after[key]))) return null
  return {
    of,
    ...(before.content !== after.content && { content: textPatch(before.content, after.content) }),
    ...(before.reasoning !== after.reasoning && { reasoning: textPatch(before.reasoning ?? '', after.reasoning ?? '') }),
    ...(!isSame(before.origins, after.origins) && { origins: after.origins ?? [] }),
  }
}

/** What turns `base` into `next`. */
export function diffDraft(base: DraftContent, next: DraftContent): DraftPatch {
  const places = new Map(base.messages.map(({ id }, at) => [id, at]))
  const messages: PatchedMessages[] = []
  for (const message of next.messages) {
    const at = places.get(message.id)
    const before = at === undefined ? undefined : base.messages[at]
    const last = messages.at(-1)
    if (at === undefined || !before) messages.push({ message })
    else if (!isSame(before, message)) messages.push(editOf(before, message, at) ?? { message })
    else if (last && 'count' in last && last.from + last.count === at) last.count++
    else messages.push({ from: at, count: 1 })
  }
  return {
    messages,
    ...(!isSame(base.tools, next.tools) && { tools: next.tools }),
    ...(!isSame(base.acknowledgements ?? [], next.acknowledgements ?? []) && { acknowledgements: next.acknowledgements ?? [] }),
    base: fingerprintOf(base),
  }
}

const patched = (text: string, [from, to, inserted]: PatchedText): string => text.slice(0, from) + inserted + text.slice(to)

function applied(base: DraftContent, change: PatchedMessages): Message[] {
  if ('message' in change) return [change.message]
  if ('count' in change) return base.messages.slice(change.from, change.from + change.count)
  const before = base.messages[change.of]
  if (!before) return []
  const { origins: kept, ...rest } = before
  const origins = change.origins ?? kept
  return [
    {
      ...rest,
      content: change.content ? patched(before.content, change.content) : before.content,
      ...(change.reasoning && before.reasoning !== undefined && { reasoning: patched(before.reasoning, change.reasoning) }),
      ...(origins && origins.length > 0 && { origins }),
    },
  ]
}

/** The content a patch makes of its base; null when the patch was made for another one. */
export function applyDraftPatch(base: DraftContent, { messages, tools, acknowledgements, base: expected }: DraftPatch): DraftContent | null {
  if (fingerprintOf(base) !== expected) return null
  const { acknowledgements: kept, ...rest } = base
  const given = acknowledgements ?? kept
  return {
    ...rest,
    messages: messages.flatMap((change) => applied(base, change)),
    ...(tools && { tools }),
    ...(given && given.length > 0 && { acknowledgements: given }),
  }
}
