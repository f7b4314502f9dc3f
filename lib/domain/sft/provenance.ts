import type { Message } from '#lib/domain/conversation.ts'
import { type ChatTemplate, type Conversation, type Rendering, TEMPLATE } from './template.ts'

/** A half-open range of UTF-16 units of a rendered text. */
export type Span = { start: number; end: number }

/** The ranges of the text that a message's turn wrote; usually one. */
export function turnSpans(rendering: Rendering, turn: number): Span[] {
  const spans: Span[] = []
  for (const segment of rendering.segments) {
    if (segment.turn !== turn) continue
    const last = spans.at(-1)
    if (last && last.end === segment.start) last.end = segment.end
    else spans.push({ start: segment.start, end: segment.end })
  }
  return spans
}

/** What the template writes after the last turn; empty when the last turn ends the text or wrote nothing. */
export function tailSpan(rendering: Rendering): Span {
  let start = rendering.text.length
  for (let i = rendering.segments.length - 1; i >= 0; i--) {
    const segment = rendering.segments[i]
    if (!segment || segment.turn >= 0 || segment.source !== TEMPLATE) break
    start = segment.start
  }
  return { start: start === 0 ? rendering.text.length : start, end: rendering.text.length }
}

const PROBE: Message[] = [
  { id: 's', role: 'system', content: 'x', train: false },
  { id: 'u', role: 'user', content: 'x', train: false },
  { id: 'a', role: 'assistant', content: '', train: true, toolCalls: [{ id: 'abcdefghi', name: 'probe', arguments: '{}' }] },
  { id: 't', role: 'tool', content: 'x', train: false, toolCallId: 'abcdefghi', name: 'probe' },
]

const promptsOf = new WeakMap<ChatTemplate, string[]>()

/**
 * The generation prompts of a template (what it appends with `add_generation_prompt`), tried after a user turn, with a
 * system turn before it, and after a tool result; each distinct one once, longest first.
 */
export function generationPrompts(template: ChatTemplate): string[] {
  const known = promptsOf.get(template)
  if (known) return known
  const found = new Set<string>()
  for (const messages of [PROBE.slice(1, 2), PROBE.slice(0, 2), PROBE.slice(1, 4)]) {
    for (const prompt of promptsAfter(template, { messages, tools: [] })) found.add(prompt)
  }
  const prompts = [...found].filter((prompt) => prompt !== '').sort((a, b) => b.length - a.length)
  promptsOf.set(template, prompts)
  return prompts
}

/** The generation prompt after these turns, as the difference of two renderings and as the tail of one. */
function promptsAfter(template: ChatTemplate, conversation: Conversation): string[] {
  try {
    const without = template.render(conversation).text
    const rendering = template.render(conversation, { addGenerationPrompt: true })
    const tail = tailSpan(rendering)
    const prompts = [rendering.text.slice(tail.start, tail.end)]
    if (rendering.text.startsWith(without)) prompts.push(rendering.text.slice(without.length))
    return prompts
  } catch {
    // Some templates refuse a conversation that stops there; the other candidates decide.
    return []
  }
}

const ATOM = /<[^<>\s]{1,64}>|\[\/?[A-Z_]+\]|\s|[\p{L}\p{N}_]+|[^]/gu

function atomEnds(text: string, limit: number): number[] {
  const ends: number[] = []
  for (const match of text.slice(0, limit + 80).matchAll(ATOM)) ends.push(match.index + match[0].length)
  return ends
}

/** Length of the common start of both texts, cut back to where a token, a word or a space ends in both. */
function commonHeader(turn: string, prompt: string): number {
  let n = 0
  while (n < turn.length && n < prompt.length && turn[n] === prompt[n]) n++
  if (n === prompt.length) return n
  const ends = new Set(atomEnds(prompt, n))
  return (
    atomEnds(turn, n)
      .filter((end) => end <= n && ends.has(end))
      .at(-1) ?? 0
  )
}

/**
 * Length of an assistant turn's header: what inference supplies as generation prompt, so the model never writes it.
 * A prompt that the turn repeats in full counts; else the one it shares most of (a template may prompt with `<think>`
 * and render a finished turn without it). Depends on the template and this conversation only.
 */
export function headerLength(template: ChatTemplate, conversation: Conversation, turn: number, turnText: string): number {
  const whole = generationPrompts(template).find((prompt) => turnText.startsWith(prompt))
  if (whole !== undefined) return whole.length
  const before = { messages: conversation.messages.slice(0, turn), tools: conversation.tools }
  const candidates = [...generationPrompts(template), ...(turn > 0 ? promptsAfter(template, before) : [])]
  return Math.max(0, ...candidates.map((prompt) => commonHeader(turnText, prompt)))
}

const MARKUP = /<[^<>\s]{1,64}>|\[\/?[A-Z_]+\]/g
const ROLES = /\b(system|developer|user|human|assistant|model)\b/gi

/**
 * The words a template puts before the first user turn when the conversation has no system message, or null.
 * Such a text ("You are …, trained by …") is learnt and served whether or not the project wants it, so callers warn.
 */
export function injectsIdentity(template: ChatTemplate): string | null {
  const user = (id: string): Message => ({ id, role: 'user', content: '\u2603', train: false })
  let text: string
  try {
    text = template.render({ messages: [user('u')], tools: [] }).text
  } catch {
    return null
  }
  const prelude = text.slice(0, Math.max(0, text.indexOf('\u2603')))
  const tokens = Object.values(template.tokens).filter((token) => token !== '')
  const bare = tokens.reduce((rest, token) => rest.replaceAll(token, ' '), prelude).replace(MARKUP, ' ')
  return /\p{L}{2,}/u.test(bare.replace(ROLES, ' '))
    ? bare
        .replace(/^\s*(system|developer)\b/i, '')
        .replace(/\buser\s*$/i, '')
        .trim()
    : null
}
