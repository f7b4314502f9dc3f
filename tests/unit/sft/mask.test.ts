// What is learnt, against a second opinion: for each template, the very words its assistant turns write, said here in plain
// TypeScript from the message alone. Texts are full of look-alikes of control tokens.
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { Message, Tool } from '#lib/domain/conversation.ts'
import { type Example, tokenizeConversation } from '#lib/domain/sft/example.ts'
import { IGNORED } from '#lib/domain/sft/mask.ts'
import { agentic, conversation, FAMILIES, type Family, hostileText, rust, TOOL_FAMILIES, template } from './fixtures.ts'

vi.setConfig({ testTimeout: 120_000 })

type Talk = { messages: Message[]; tools: Tool[] }

/** Python's `str.strip()`: its whitespace has the information separators and NEL, and U+FEFF is none. */
const strip = (text: string) => text.replace(/^(?:(?!\uFEFF)[\s\x1c-\x1f\x85])+|(?:(?!\uFEFF)[\s\x1c-\x1f\x85])+$/g, '')
const newlines = (text: string, where: 'both' | 'left') => text.replace(/^\n+/, '').replace(where === 'both' ? /\n+$/ : /$^/, '')

/** Python's `json.dumps(…, ensure_ascii=False)` of a flat object. */
const python = (json: string) =>
  `{${Object.entries(JSON.parse(json) as Record<string, string | number>)
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(', ')}}`

function qwen3({ messages }: Talk, turn: number): string {
  const { content, reasoning = '', toolCalls = [] } = messages[turn] as Message
  const isAfterQuestion = turn > messages.findLastIndex(({ role }) => role === 'user')
  const thinks = isAfterQuestion && (turn === messages.length - 1 || reasoning !== '')
  const text = thinks ? `<think>\n${newlines(reasoning, 'both')}\n</think>\n\n${newlines(content, 'left')}` : content
  const calls = toolCalls.map(({ name, arguments: json }, index) => {
    const gap = index > 0 || content !== '' ? '\n' : ''
    return `${gap}<tool_call>\n{"name": "${name}", "arguments": ${python(json)}}\n</tool_call>`
  })
  return `${text}${calls.join('')}<|im_end|>`
}

/** What a turn teaches, with its end, by template. */
const TAUGHT: Record<Family, (talk: Talk, turn: number) => string> = {
  chatml: ({ messages }, turn) => `${messages[turn]?.content}<|im_end|>`,
  smollm: ({ messages }, turn) => `${messages[turn]?.content}<|im_end|>`,
  phi: ({ messages }, turn) => `${messages[turn]?.content}<|end|>${turn === messages.length - 1 ? '\n<|endoftext|>' : ''}`,
  mistral: ({ messages }, turn) => ` ${messages[turn]?.content}</s>`,
  gemma: ({ messages }, turn) => `${strip(messages[turn]?.content ?? '')}<end_of_turn>`,
  llama3: ({ messages }, turn) => {
    const [call] = messages[turn]?.toolCalls ?? []
    const text = call ? `{"name": "${call.name}", "parameters": ${python(call.arguments)}}` : strip(messages[turn]?.content ?? '')
    return `${text}<|eot_id|>`
  },
  deepseek: ({ messages }, turn) => {
    const calls = (messages[turn]?.toolCalls ?? []).map((call) => `<tool_call>${call.name}\n${call.arguments}</tool_call>`)
    return `${messages[turn]?.content}${calls.join('')}</s>`
  },
  qwen3,
}

/** What this template can take: Gemma knows no system turn, Llama one call a turn and no words beside it. */
function suited(family: Family, { messages, tools }: Talk): Talk {
  if (family === 'gemma') return { messages: messages.filter(({ role }) => role !== 'system'), tools }
  if (family !== 'llama3') return { messages, tools }
  const kept = new Set(messages.flatMap(({ toolCalls }) => toolCalls?.[0]?.id ?? []))
  const single = messages
    .filter(({ role, toolCallId }) => role !== 'tool' || kept.has(toolCallId ?? ''))
    .map((each) => (each.toolCalls?.length ? { ...each, content: '', toolCalls: each.toolCalls.slice(0, 1) } : each))
  return { messages: single, tools }
}

async function make(family: Family, talk: Talk): Promise<Example> {
  const result = await tokenizeConversation({ ...talk, template: template(family), tokenizer: rust })
  if (!result.ok) throw new Error(`${result.code}: ${result.message}`)
  return result
}

/** The same conversation with nothing in it that looks like markup. */
function harmless(talk: Talk): Talk {
  const quiet = (text: string) => text.replace(/[<>[\]|]/g, 'x')
  const values = (json: string) =>
    JSON.stringify(
      Object.fromEntries(
        Object.entries(JSON.parse(json) as Record<string, unknown>).map(([key, value]) => [
          quiet(key),
          typeof value === 'string' ? quiet(value) : value,
        ]),
      ),
    )
  return {
    tools: talk.tools.map((tool) => ({ ...tool, description: quiet(tool.description) })),
    messages: talk.messages.map((each) => ({
      ...each,
      content: quiet(each.content),
      ...(each.reasoning === undefined ? {} : { reasoning: quiet(each.reasoning) }),
      ...(each.toolCalls
        ? { toolCalls: each.toolCalls.map((call) => ({ ...call, name: quiet(call.name), arguments: values(call.arguments) })) }
        : {}),
    })),
  }
}

type Range = [start: number, end: number]
const overlap = ([start, end]: Range, ...others: Range[]) => others.some(([from, to]) => from < to && start < to && end > from)

async function expectExact(family: Family, talk: Talk): Promise<void> {
  const { text, spans, ids, labels, starts, ends, segments, controls } = await make(family, talk)
  const trained = talk.messages.flatMap(({ role, train }, turn) => (role === 'assistant' && train ? [turn] : []))
  // The words, turn by turn.
  const written = trained.map((turn) => spans.filter((span) => span.turn === turn).map(({ start, end }) => text.slice(start, end)))
  expect(written.map((parts) => parts.join(''))).toEqual(trained.map((turn) => TAUGHT[family](talk, turn)))
  expect(spans.every(({ turn }) => trained.includes(turn))).toBe(true)
  // The tokens: those that touch these words and no others. Their text is the words, up to NFC, with at most what the template
  // itself wrote before or after and a token joined to them.
  const touched = new Set<number>()
  for (const span of spans) {
    const tokens = [...ids.keys()].filter((token) => (starts[token] as number) < span.end && (ends[token] as number) > span.start)
    const [from, to] = [starts[tokens[0] ?? 0] as number, ends[tokens.at(-1) ?? 0] as number]
    expect(segments.every(({ source, start, end }) => source === -1 || !overlap([start, end], [from, span.start], [span.end, to]))).toBe(true)
    expect((await rust.decode(tokens.map((token) => ids[token] as number))).normalize('NFC')).toBe(text.slice(from, to).normalize('NFC'))
    for (const token of tokens) touched.add(token)
  }
  expect([...labels]).toEqual([...ids].map((id, token) => (touched.has(token) ? id : IGNORED)))
  // The control tokens: those that the same template places where no text looks like one.
  const quiet = await make(family, harmless(talk))
  expect(controls.map(({ id }) => id)).toEqual(quiet.controls.map(({ id }) => id))
}

describe.each(FAMILIES)('%s', (family) => {
  test('teaches exactly what its trained turns write, and places exactly its own control tokens', async () => {
    const property = fc.asyncProperty(conversation(hostileText), (messages) => expectExact(family, suited(family, { messages, tools: [] })))
    await fc.assert(property, { numRuns: 25 })
  })
})

describe.each(TOOL_FAMILIES)('%s with tools and reasoning', (family) => {
  test('teaches calls and, where it has a place for it, reasoning; results, schemas and other turns never', async () => {
    const property = fc.asyncProperty(agentic(hostileText), (talk) => expectExact(family, suited(family, talk)))
    await fc.assert(property, { numRuns: 40 })
  })
})
