import { parse, tokenize } from '@huggingface/jinja'
import type { Message, Tool } from '#lib/domain/conversation.ts'
import type { Node } from './jinja/ast.ts'
import { parseJson } from './jinja/json.ts'
import { toText } from './jinja/print.ts'
import { Run, Scope } from './jinja/scope.ts'
import { compileBlock, dictFunction, namespaceFunction, rangeFunction } from './jinja/statements.ts'
import { strftime } from './jinja/strftime.ts'
import { Callable, Dict, mark, plain, TEMPLATE, TemplateError, TemplateRefusal, TOOLS, type Value } from './jinja/values.ts'
import { RowRefusal } from './refusal.ts'

export { TEMPLATE, TemplateError, TemplateRefusal, TOOLS }

/** The characters [start, end) of a rendered text, in UTF-16 units. */
export type Segment = {
  start: number
  end: number
  /** Index of the message whose loop iteration wrote this; -1 outside every turn. */
  turn: number
  /** Index of the message whose words these are, TEMPLATE (-1) or TOOLS (-2). */
  source: number
}

/** A rendered conversation. The segments are adjacent, in order, and cover the text. */
export type Rendering = { text: string; segments: Segment[] }

export type Conversation = { messages: readonly Message[]; tools: readonly Tool[] }

/** A special token as tokenizer_config.json writes it: the text, or an object that holds it. */
export type SpecialToken = string | { content: string } | null

export type TemplateOptions = {
  /** `bos_token`, `eos_token`, `pad_token`, `unk_token`, … */
  tokens?: Record<string, SpecialToken>
  /** Further variables, such as `enable_thinking`; JSON values. */
  kwargs?: Record<string, unknown>
  /** What `strftime_now` calls today, `YYYY-MM-DD`. */
  pinnedDate?: string
}

export type RenderOptions = {
  addGenerationPrompt?: boolean
  /** False renders from unmarked strings; the text must be the same, which the self-checks compare. */
  provenance?: boolean
}

export type ChatTemplate = {
  /** The template text, line ends normalised to LF. */
  text: string
  tokens: Record<string, string>
  /** Whether the template writes the date, so its output depends on `pinnedDate`. */
  usesDate: boolean
  /** How tool arguments are handed over: as a mapping, or as JSON text where the template concatenates them. */
  argumentsAs: 'mapping' | 'text'
  /**
   * Renders as transformers' `apply_chat_template(tokenize=False)`.
   * Throws TemplateRefusal (the template's own `raise_exception`), TemplateError (it failed) or RowRefusal (bad JSON).
   */
  render(conversation: Conversation, options?: RenderOptions): Rendering
}

const RESERVED = /[\uE0F0-\uE0F3]/
const DEFAULT_DATE = '2026-01-01'

/**
 * Compiles a chat template. Parsing is that of `@huggingface/jinja`; evaluation is our own, because it must follow
 * Python where that package follows JavaScript (`strip` and its characters, U+FEFF, `None`, integers and floats, text
 * length) and because every character must keep its source.
 * Reference: transformers `utils/chat_template_utils.py`. Throws TemplateError when the template is not supported.
 */
export function compileTemplate(source: string, options: TemplateOptions = {}): ChatTemplate {
  // Python's Jinja reads CRLF and CR as LF; the JavaScript lexer does not, and trim_blocks would miss them.
  const text = source.replace(/\r\n?/g, '\n')
  if (RESERVED.test(text)) throw new TemplateError('the template contains a private-use character U+E0F0–U+E0F3, which is reserved')
  const block = compileBlock(parseTemplate(text))
  const tokens = tokenTexts(options.tokens ?? {})
  const base = globals(tokens, options)
  const renderWith = (conversation: Conversation, settings: RenderOptions, argumentsAs: ChatTemplate['argumentsAs']): Rendering => {
    const run = new Run()
    const scope = new Scope(run, new Scope(run, null, base))
    for (const [name, value] of inputs(conversation, settings, argumentsAs)) scope.names.set(name, value)
    block(scope)
    return finish(run)
  }
  const template: ChatTemplate = {
    text,
    tokens,
    usesDate: /\bstrftime_now\b/.test(text),
    argumentsAs: 'mapping',
    render: (conversation, settings = {}) => renderWith(conversation, settings, template.argumentsAs),
  }
  template.argumentsAs = probeArguments(renderWith)
  return template
}

function parseTemplate(text: string): Node[] {
  try {
    const program = parse(tokenize(text, { lstrip_blocks: true, trim_blocks: true }))
    return (program as unknown as { body: Node[] }).body
  } catch (error) {
    throw new TemplateError(`the template does not parse: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function tokenTexts(tokens: Record<string, SpecialToken>): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, token] of Object.entries(tokens)) {
    if (token !== null) texts[name] = typeof token === 'string' ? token : token.content
  }
  return texts
}

function globals(tokens: Record<string, string>, options: TemplateOptions): Map<string, Value> {
  const date = options.pinnedDate ?? DEFAULT_DATE
  const names = new Map<string, Value>([
    ['true', true],
    ['True', true],
    ['false', false],
    ['False', false],
    ['none', null],
    ['None', null],
    ['range', rangeFunction],
    ['namespace', namespaceFunction],
    ['dict', dictFunction],
    [
      'raise_exception',
      new Callable('raise_exception', ({ positional }) => {
        throw new TemplateRefusal(plain(toText(positional[0] ?? '')))
      }),
    ],
    ['strftime_now', new Callable('strftime_now', ({ positional }) => strftime(date, plain(toText(positional[0] ?? ''))))],
  ])
  for (const [name, token] of Object.entries(tokens)) names.set(name, token)
  for (const [name, value] of Object.entries(options.kwargs ?? {})) names.set(name, parseJson(JSON.stringify(value)))
  return names
}

function inputs(conversation: Conversation, options: RenderOptions, argumentsAs: ChatTemplate['argumentsAs']): [string, Value][] {
  const marked = options.provenance !== false
  const messages = conversation.messages.map((message, index) => toDict(message, index, marked, argumentsAs))
  const tools = conversation.tools.length === 0 ? null : conversation.tools.map((tool) => toolDict(tool, marked ? TOOLS : TEMPLATE))
  return [
    ['messages', messages],
    ['tools', tools],
    ['documents', null],
    ['add_generation_prompt', options.addGenerationPrompt === true],
  ]
}

const dict = (entries: [string, Value][], message = -1): Dict => new Dict(new Map(entries), TEMPLATE, message)

/** A message as chat templates know it; `thinking` is the name gpt-oss reads, as transformers aliases it. */
function toDict(message: Message, index: number, marked: boolean, argumentsAs: ChatTemplate['argumentsAs']): Dict {
  const source = marked ? index : TEMPLATE
  const entries: [string, Value][] = []
  if (message.reasoning !== undefined) entries.push(['thinking', mark(message.reasoning, source)])
  entries.push(['role', message.role], ['content', mark(message.content, source)])
  if (message.reasoning !== undefined) entries.push(['reasoning_content', mark(message.reasoning, source)])
  if (message.toolCalls && message.toolCalls.length > 0) {
    entries.push([
      'tool_calls',
      message.toolCalls.map((call) => {
        const json = readJson(call.arguments, source, 'arguments-not-json', `The arguments of ${call.name}`)
        const value = argumentsAs === 'text' ? mark(call.arguments, source) : json
        const called = dict([
          ['name', mark(call.name, source)],
          ['arguments', value],
        ])
        return dict([
          ['id', mark(call.id, source)],
          ['type', 'function'],
          ['function', called],
        ])
      }),
    ])
  }
  if (message.toolCallId !== undefined) entries.push(['tool_call_id', mark(message.toolCallId, source)])
  if (message.name !== undefined) entries.push(['name', mark(message.name, source)])
  return dict(entries, index)
}

function toolDict(tool: Tool, source: number): Dict {
  const parameters = readJson(tool.parameters, source, 'schema-not-json', `The parameters of ${tool.name}`)
  const called = dict([
    ['name', mark(tool.name, source)],
    ['description', mark(tool.description, source)],
    ['parameters', parameters],
  ])
  return dict([
    ['type', 'function'],
    ['function', called],
  ])
}

function readJson(text: string, source: number, code: 'arguments-not-json' | 'schema-not-json', what: string): Value {
  try {
    return parseJson(text, source)
  } catch (error) {
    throw new RowRefusal(code, `${what} are not valid JSON: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

function finish(run: Run): Rendering {
  const text = run.out.text()
  // A JSON escape can spell half a surrogate pair, which no tokenizer can encode.
  if (!text.isWellFormed()) throw new RowRefusal('not-well-formed', 'A tool call or schema spells half of a surrogate pair (\\ud800–\\udfff).')
  const segments: Segment[] = []
  let start = 0
  const { runs } = run.out
  for (let i = 0; i < runs.length; i += 3) {
    const [end, source, turn] = [runs[i] as number, runs[i + 1] as number, runs[i + 2] as number]
    const last = segments.at(-1)
    if (last && last.turn === turn && last.source === source) last.end = end
    else segments.push({ start, end, turn, source })
    start = end
  }
  return { text, segments }
}

const message = (id: string, role: Message['role'], content: string, more: Partial<Message> = {}): Message => ({
  id,
  role,
  content,
  train: role === 'assistant',
  ...more,
})

/** Some templates (DeepSeek's) concatenate arguments as text and fail on a mapping; find out once, not per row. */
function probeArguments(
  render: (conversation: Conversation, settings: RenderOptions, as: ChatTemplate['argumentsAs']) => Rendering,
): ChatTemplate['argumentsAs'] {
  const call = { id: 'abcdefghi', name: 'probe', arguments: '{"a": 1}' }
  const messages = [
    message('1', 'user', 'x'),
    message('2', 'assistant', '', { toolCalls: [call] }),
    message('3', 'tool', 'x', { toolCallId: 'abcdefghi', name: 'probe' }),
    message('4', 'assistant', 'x'),
  ]
  const works = (as: ChatTemplate['argumentsAs']): boolean => {
    try {
      render({ messages, tools: [] }, {}, as)
      return true
    } catch {
      return false
    }
  }
  return !works('mapping') && works('text') ? 'text' : 'mapping'
}
