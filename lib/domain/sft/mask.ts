import type { Message } from '#lib/domain/conversation.ts'
import type { Encoded } from './encode.ts'
import { headerLength, type Span, tailSpan, turnSpans } from './provenance.ts'
import { type ChatTemplate, type Conversation, type Rendering, TEMPLATE, TOOLS } from './template.ts'

/** A range of the text the model learns to write, and the assistant message it belongs to. */
export type LossSpan = Span & { turn: number }

/** `token`: a span ends with the end-of-turn token. `suffix`: it also has the whitespace the template writes after it. */
export type EndOfTurn = 'token' | 'suffix'

export const IGNORED = -100

const SPACE_END = /\s+$/

/**
 * The loss spans of a rendered conversation: each assistant turn whose `train` is true, without its header, up to and
 * with its end of turn; the last one over what the template writes after the loop (Phi's eos stands there).
 */
export function lossSpans(template: ChatTemplate, conversation: Conversation, rendering: Rendering, endOfTurn: EndOfTurn): LossSpan[] {
  const spans: LossSpan[] = []
  const last = conversation.messages.length - 1
  conversation.messages.forEach((message, turn) => {
    if (message.role !== 'assistant' || !message.train) return
    const ranges = turnSpans(rendering, turn)
    const first = ranges[0]
    if (!first) return
    first.start += headerLength(template, conversation, turn, rendering.text.slice(first.start, first.end))
    const final = ranges.at(-1) as Span
    if (turn === last) {
      const tail = tailSpan(rendering)
      if (tail.start === final.end) final.end = tail.end
    }
    if (endOfTurn === 'token') final.end = trimTemplateSpace(rendering, final)
    for (const range of ranges) if (range.start < range.end) spans.push({ ...range, turn })
  })
  return spans
}

/** The end of a span without the whitespace the template wrote there; whitespace of the content stays. */
function trimTemplateSpace(rendering: Rendering, span: Span): number {
  const space = SPACE_END.exec(rendering.text.slice(span.start, span.end))?.[0].length ?? 0
  let end = span.end
  for (let i = rendering.segments.length - 1; i >= 0 && end > span.end - space; i--) {
    const segment = rendering.segments[i]
    if (!segment || segment.start >= end) continue
    if (segment.source !== TEMPLATE) break
    end = Math.max(segment.start, span.end - space)
  }
  return end
}

const isTemplate = (rendering: Rendering, start: number, end: number): boolean =>
  rendering.segments.every((segment) => segment.end <= start || segment.start >= end || segment.source === TEMPLATE)

/**
 * The label of each token: its id where it touches a loss span, else IGNORED. A token that begins before its span (the
 * encoding joined both sides of the border) counts only if the template wrote the part before: words are never learnt
 * because of what they touch.
 */
export function labelsOf(rendering: Rendering, encoded: Encoded, spans: readonly LossSpan[]): Int32Array {
  const labels = new Int32Array(encoded.ids.length).fill(IGNORED)
  let at = 0
  for (let i = 0; i < labels.length; i++) {
    const [start, end] = [encoded.starts[i] as number, encoded.ends[i] as number]
    while (at < spans.length && (spans[at] as LossSpan).end <= start) at++
    const span = spans[at]
    if (span && span.start < end && (start >= span.start || isTemplate(rendering, start, span.start))) labels[i] = encoded.ids[i] as number
  }
  return labels
}

/**
 * The first trained token that touches text which must not be learnt, or null: words of another role or of the tools,
 * or anything inside a turn that is not trained.
 */
export function findLeak(
  messages: readonly Message[],
  rendering: Rendering,
  encoded: Encoded,
  labels: Int32Array,
): { token: number; reason: string } | null {
  const { segments } = rendering
  let at = 0
  for (let token = 0; token < labels.length; token++) {
    if (labels[token] === IGNORED) continue
    const [start, end] = [encoded.starts[token] as number, encoded.ends[token] as number]
    while (at < segments.length && (segments[at]?.end ?? 0) <= start) at++
    for (let i = at; i < segments.length; i++) {
      const segment = segments[i]
      if (!segment || segment.start >= end) break
      const source = messages[segment.source]
      if (segment.source === TOOLS) return { token, reason: 'text of the tool definitions' }
      if (source && source.role !== 'assistant') return { token, reason: `words of message ${segment.source + 1} (${source.role})` }
      const turn = messages[segment.turn]
      if (turn && (turn.role !== 'assistant' || !turn.train))
        return { token, reason: `the turn of message ${segment.turn + 1} (${turn.role}), which is not trained` }
    }
  }
  return null
}
