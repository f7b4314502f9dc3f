import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { createRustTokenizer } from '#lib/adapters/tokenizer/rust.ts'
import type { Message, Tool } from '#lib/domain/conversation.ts'
import { type ChatTemplate, compileTemplate, type TemplateOptions } from '#lib/domain/sft/template.ts'
import { createByteBpeTokenizer } from '#lib/domain/sft/tokenizer/byte-bpe.ts'
import { TokenizerJson } from '#lib/domain/sft/tokenizer/tokenizer-json.ts'

export const golden = path.join(import.meta.dirname, '../../golden')
export const tokenizerFolder = path.join(golden, 'tokenizer')
const json = TokenizerJson.parse(JSON.parse(readFileSync(path.join(tokenizerFolder, 'tokenizer.json'), 'utf8')))

export const rust = createRustTokenizer(json, 'f'.repeat(64))
export const browser = createByteBpeTokenizer(json, 'f'.repeat(64))

/** Beginning and end tokens by family, as their tokenizer_config.json would have them. */
const TOKENS: Record<string, TemplateOptions['tokens']> = {
  llama3: { bos_token: '<|begin_of_text|>', eos_token: '<|eot_id|>' },
  mistral: { bos_token: '<s>', eos_token: '</s>' },
  phi: { bos_token: '<s>', eos_token: { content: '<|endoftext|>' } },
  gemma: { bos_token: '<bos>', eos_token: '<end_of_turn>' },
  deepseek: { bos_token: '<s>', eos_token: '</s>' },
}
export const FAMILIES = ['chatml', 'smollm', 'llama3', 'qwen3', 'mistral', 'phi', 'gemma', 'deepseek'] as const
export type Family = (typeof FAMILIES)[number]

export const templateText = (family: string): string => readFileSync(path.join(golden, 'templates', `${family}.jinja`), 'utf8')
export const template = (family: Family, options: TemplateOptions = {}): ChatTemplate =>
  compileTemplate(templateText(family), { tokens: TOKENS[family] ?? { eos_token: '<|im_end|>' }, ...options })

let next = 0
export const message = (role: Message['role'], content: string, more: Partial<Message> = {}): Message => ({
  id: `m${next++}`,
  role,
  content,
  train: role === 'assistant',
  ...more,
})

export const weather: Tool = {
  name: 'get_weather',
  description: 'Météo of a city',
  parameters: '{"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "number", "default": 1.0}}}',
}

/** Pieces that have broken tokenizers, masks or templates. */
export const HOSTILE = [
  '<|im_end|>',
  '<|im_start|>',
  '<|im_start|>assistant\n',
  '<|eot_id|>',
  '<|end_header_id|>',
  '[INST]',
  '[/INST]',
  '</s>',
  '<s>',
  '<bos>',
  '<end_of_turn>',
  '<|end|>',
  '<|endoftext|>',
  '<think>',
  '</think>',
  '<tool_call>',
  '<tool_response>',
  '<|im_',
  'end|>',
  '<|',
  '|>',
  '\uFEFF',
  '\u200B',
  '\u0338',
  'e\u0301',
  '\u1100\u1161\u11A8',
  '👩‍👩‍👧',
  '🇫🇷',
  '\u001C',
  '\u0085',
  '\u00A0',
  '\u3000',
  '\r\n',
  '\n\n',
  '   ',
  '\t',
  '{{ 7 * 7 }}',
  '{% raw %}',
  "it's",
  '"quoted"',
  'a\\b',
  'İ',
  'ß',
  '१२३',
  '你好',
  'مرحبا',
  '\u202E',
  '\u007F',
  '\uE000',
  '\u{10FFFF}',
] as const

/** Without the markup that templates themselves look for in an assistant's content, or begin a prompt with. */
const spoken = (text: string): string => text.replace(/<\/?think>/g, '')

const word = fc.oneof(fc.constantFrom('hello', 'world', 'the', 'model', '42', '3.14', 'x = 1;'), fc.string({ unit: 'grapheme', maxLength: 6 }))
const clean = (text: string): string => text.toWellFormed().replace(/[\0\uE0F0-\uE0F3]/g, '')
const joined = (parts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(fc.array(parts, { minLength: 1, maxLength: 8 }), fc.constantFrom('', ' ', '\n')).map(([list, glue]) => clean(list.join(glue)))

export const hostileText = joined(fc.oneof(word, fc.constantFrom(...HOSTILE)))
/** Nothing in it looks like a control token. */
export const plainText = joined(word).map((text) => text.replace(/[<>[\]]/g, ''))

const turn = (text: fc.Arbitrary<string>) => fc.record({ user: text, assistant: text, train: fc.boolean() })

/** Alternating conversations; the last turn is trained. */
export const conversation = (text: fc.Arbitrary<string>): fc.Arbitrary<Message[]> =>
  fc
    .tuple(fc.option(text, { nil: undefined }), fc.array(turn(text), { minLength: 1, maxLength: 4 }))
    .map(([system, turns]) => [
      ...(system === undefined ? [] : [message('system', system)]),
      ...turns.flatMap(({ user, assistant, train }, i) => [
        message('user', user),
        message('assistant', spoken(assistant), { train: train || i === turns.length - 1 }),
      ]),
    ])

/** Templates of the golden ones that write tool calls and results. */
export const TOOL_FAMILIES = ['llama3', 'qwen3', 'deepseek'] as const satisfies readonly Family[]

const toolName = fc.constantFrom('get_weather', 'count_letters', '查询天气', 'f<|im_end|>')
const call = (text: fc.Arbitrary<string>) =>
  fc
    .tuple(toolName, fc.dictionary(text, fc.oneof(text, fc.integer()), { maxKeys: 3, noNullPrototype: true }), fc.constantFrom(undefined, 1))
    .map(([name, values, indent]) => ({ name, arguments: JSON.stringify(values, null, indent) }))

type Episode = {
  user: string
  calls: { name: string; arguments: string }[]
  before: string
  results: string[]
  answer: string
  reasoning: string[]
  train: boolean[]
}

const episode = (text: fc.Arbitrary<string>): fc.Arbitrary<Episode> =>
  fc.record({
    user: text,
    calls: fc.array(call(text), { maxLength: 2 }),
    before: fc.oneof(fc.constant(''), text),
    results: fc.array(text, { minLength: 2, maxLength: 2 }),
    answer: text,
    reasoning: fc.array(fc.oneof(fc.constant(''), text), { minLength: 2, maxLength: 2 }),
    train: fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }),
  })

const thought = (text: string | undefined): Partial<Message> => (text ? { reasoning: text } : {})

function turnsOf({ user, calls, before, results, answer, reasoning, train }: Episode, number: number): Message[] {
  // Nine characters, as some templates want.
  const toolCalls = calls.map((each, index) => ({ ...each, id: `call${number}0000${index}`.slice(0, 9 - 1) + index }))
  const asked = { toolCalls, train: train[0] ?? false, ...thought(reasoning[0]) }
  return [
    message('user', user),
    ...(calls.length === 0 ? [] : [message('assistant', spoken(before), asked)]),
    ...toolCalls.map(({ id, name }, index) => message('tool', results[index] ?? '', { toolCallId: id, name })),
    message('assistant', spoken(answer), { train: train[1] ?? false, ...thought(reasoning[1]) }),
  ]
}

/** Conversations with everything in them: a system turn, reasoning, calls of tools and their results; the last turn is trained. */
export const agentic = (text: fc.Arbitrary<string>): fc.Arbitrary<{ messages: Message[]; tools: Tool[] }> =>
  fc
    .record({
      system: fc.option(text, { nil: undefined }),
      episodes: fc.array(episode(text), { minLength: 1, maxLength: 3 }),
      description: fc.option(text, { nil: undefined }),
    })
    .map(({ system, episodes, description }) => {
      const messages = [...(system === undefined ? [] : [message('system', system)]), ...episodes.flatMap(turnsOf)]
      const last = messages.length - 1
      return {
        messages: messages.map((each, index) => (index === last ? { ...each, train: true } : each)),
        tools: description === undefined ? [] : [{ ...weather, description }],
      }
    })
