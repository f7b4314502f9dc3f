import { Message, Tool } from '#lib/domain/conversation.ts'
import { turnFaults } from '#lib/domain/turns.ts'
import { type RowFacts, readFacts } from './facts.ts'
import { DEPTH_LIMIT, depthOf, findJsonFault, rawValueAt } from './json-text.ts'
import { kindOf, RowFault, sound } from './row-fault.ts'
import { excerptOf } from './utf8.ts'

/** `hasAnswer`: the row in the file brings one, whether it is kept or not. */
export type MappedRow = RowFacts & { messages: Message[]; tools: Tool[]; hasAnswer: boolean }

/** A row as parsed and as text: texts of tool arguments and schemas are cut out of it unchanged. */
type Source = { value: Record<string, unknown>; text: string }
type Turn = Omit<Message, 'id' | 'train'>
type Mapped = { turns: Turn[]; tools?: Tool[] }

export const FORMATS = ['alpaca', 'sharegpt', 'messages', 'prompt'] as const
export type ImportFormat = (typeof FORMATS)[number]

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const SHOWN = 80
/** A word of the row as a fault shows it. */
const quoted = (text: string): string => excerptOf(text, SHOWN)

const missing = (field: string): RowFault => new RowFault(field, 'missing-field', { name: field })
const wrongType = (field: string, expected: 'text' | 'list' | 'object' | 'pair', value: unknown): RowFault =>
  new RowFault(field, 'wrong-type', { expected, found: kindOf(value) })

const textOf = (value: unknown, field: string): string => {
  if (typeof value === 'string') return value
  throw value === undefined || value === null ? missing(field) : wrongType(field, 'text', value)
}
const optionalText = (value: unknown, field: string): string => (value === undefined || value === null ? '' : textOf(value, field))

/** JSON inside a text comes here unseen by whoever bounded the row: every text that is taken for JSON is measured. */
function checkDepth(text: string, field: string): string {
  const levels = depthOf(new TextEncoder().encode(text))
  if (levels > DEPTH_LIMIT) throw new RowFault(field, 'too-deep', { levels, limit: DEPTH_LIMIT })
  return text
}

/** JSON text kept inside JSON as a string, or as JSON itself: either way its characters, unchanged. */
function rawJson(text: string, path: readonly (string | number)[], field: string): string {
  const raw = rawValueAt(text, path)
  if (raw === undefined) throw missing(field)
  return raw.startsWith('"') ? checkDepth(String(JSON.parse(raw)), field) : raw
}

function parseJson(text: string, field: string): unknown {
  checkDepth(text, field)
  try {
    return JSON.parse(text)
  } catch {
    const { character, ...facts } = findJsonFault(text)?.facts ?? { reason: 'no-json' as const }
    throw new RowFault(field, 'malformed-json', { ...facts, ...(character ? { character: quoted(character) } : {}) })
  }
}

/** By own names only: a role named `constructor` is as unknown as any. */
const lookUp = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined => (Object.hasOwn(table, name) ? table[name] : undefined)

function roleOf<R>(table: Readonly<Record<string, R>>, role: string, field: string): R {
  const found = lookUp(table, role)
  if (!found) throw new RowFault(field, 'unknown-role', { role: quoted(role), known: Object.keys(table).join(', ') })
  return found
}

/** Tools as OpenAI lists them, bare or under `function`, as a list or as a text that holds the list. */
function toolsOf({ value, text }: Source): Tool[] {
  const { tools } = value
  if (tools === undefined || tools === null || tools === '') return []
  const listText = typeof tools === 'string' ? tools : (rawValueAt(text, ['tools']) ?? '[]')
  const list = parseJson(listText, 'tools')
  if (!Array.isArray(list)) throw wrongType('tools', 'list', list)
  return list.map((entry: unknown, index): Tool => {
    const wrapped = isObject(entry) && isObject(entry.function)
    const tool = wrapped ? (entry as { function: Record<string, unknown> }).function : entry
    if (!isObject(tool)) throw wrongType(`tools.${index}`, 'object', tool)
    const path = wrapped ? [index, 'function', 'parameters'] : [index, 'parameters']
    return {
      name: textOf(tool.name, `tools.${index}.name`),
      description: optionalText(tool.description, `tools.${index}.description`),
      parameters: (tool.parameters ?? null) === null ? '{}' : rawJson(listText, path, `tools.${index}.parameters`),
    }
  })
}

function alpaca({ value }: Source): Mapped {
  const turns: Turn[] = []
  const system = optionalText(value.system, 'system')
  if (system) turns.push({ role: 'system', content: system })
  const history = value.history ?? []
  if (!Array.isArray(history)) throw wrongType('history', 'list', history)
  for (const [index, pair] of history.entries()) {
    if (!Array.isArray(pair) || pair.length !== 2) throw wrongType(`history.${index}`, 'pair', pair)
    turns.push(
      { role: 'user', content: textOf(pair[0], `history.${index}.0`) },
      { role: 'assistant', content: textOf(pair[1], `history.${index}.1`) },
    )
  }
  const input = optionalText(value.input, 'input')
  const instruction = textOf(value.instruction, 'instruction')
  turns.push({ role: 'user', content: input ? `${instruction}\n${input}` : instruction })
  const output = optionalText(value.output, 'output')
  if (output) turns.push({ role: 'assistant', content: output })
  return { turns }
}

const SHAREGPT_ROLES: Record<string, Message['role'] | 'call'> = {
  human: 'user',
  user: 'user',
  gpt: 'assistant',
  assistant: 'assistant',
  chatgpt: 'assistant',
  bot: 'assistant',
  system: 'system',
  function_call: 'call',
  observation: 'tool',
  tool: 'tool',
}

/** Calls written as JSON in a text: one, or a list of them. Ids are made, because the format has none. */
function callsOf(text: string, field: string, made: number) {
  const parsed = parseJson(text, field)
  const list = Array.isArray(parsed) ? parsed : [parsed]
  return list.map((call: unknown, index) => {
    if (!isObject(call)) throw wrongType(field, 'object', call)
    const path = Array.isArray(parsed) ? [index, 'arguments'] : ['arguments']
    return { id: `call_${made + index + 1}`, name: textOf(call.name, `${field}.name`), arguments: rawJson(text, path, `${field}.arguments`) }
  })
}

function sharegpt(source: Source): Mapped {
  const { value } = source
  const list = value.conversations ?? value.conversation
  if (!Array.isArray(list)) throw wrongType('conversations', 'list', list)
  const turns: Turn[] = []
  const system = optionalText(value.system, 'system')
  if (system) turns.push({ role: 'system', content: system })
  let made = 0
  let open: string[] = []
  const chosen = isObject(value.chosen) ? [value.chosen] : []
  for (const [index, entry] of [...list, ...chosen].entries()) {
    const field = `conversations.${index}`
    if (!isObject(entry)) throw wrongType(field, 'object', entry)
    const from = textOf(entry.from ?? entry.role, `${field}.from`)
    const content = textOf(entry.value ?? entry.content, `${field}.value`)
    const role = roleOf(SHAREGPT_ROLES, from, `${field}.from`)
    if (role === 'call') {
      const toolCalls = callsOf(content, `${field}.value`, made)
      made += toolCalls.length
      open = toolCalls.map((call) => call.id)
      turns.push({ role: 'assistant', content: '', toolCalls })
    } else if (role === 'tool') {
      const toolCallId = open.shift()
      if (!toolCallId) throw new RowFault(field, 'result-without-call')
      turns.push({ role: 'tool', content, toolCallId })
    } else turns.push({ role, content })
  }
  return { turns, tools: toolsOf(source) }
}

const MESSAGE_ROLES: Record<string, Message['role']> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
}

/** Content as a text, or as parts of which each is a text. */
function contentOf(content: unknown, field: string): string {
  if (!Array.isArray(content)) return optionalText(content, field)
  return content
    .map((part: unknown, index) => {
      const place = `${field}.${index}`
      if (!isObject(part)) throw wrongType(place, 'object', part)
      if (part.type === 'text') return textOf(part.text, `${place}.text`)
      throw new RowFault(place, 'unsupported-part', { part: quoted(textOf(part.type, `${place}.type`)) })
    })
    .join('')
}

function messageTurns(list: unknown, text: string, path: readonly (string | number)[]): Turn[] {
  const root = path.join('.')
  if (!Array.isArray(list)) throw wrongType(root, 'list', list)
  let open: string[] = []
  return list.map((entry: unknown, index): Turn => {
    const field = `${root}.${index}`
    if (!isObject(entry)) throw wrongType(field, 'object', entry)
    const role = roleOf(MESSAGE_ROLES, textOf(entry.role, `${field}.role`), `${field}.role`)
    const turn: Turn = { role, content: contentOf(entry.content, `${field}.content`) }
    const reasoning = optionalText(entry.reasoning_content ?? entry.reasoning ?? entry.thinking, `${field}.reasoning_content`)
    if (reasoning && role === 'assistant') turn.reasoning = reasoning
    const calls = entry.tool_calls
    if (Array.isArray(calls) && calls.length > 0) {
      turn.toolCalls = calls.map((call: unknown, at) => {
        const place = `${field}.tool_calls.${at}`
        if (!isObject(call)) throw wrongType(place, 'object', call)
        const wrapped = isObject(call.function)
        const body = (wrapped ? call.function : call) as Record<string, unknown>
        const raw = rawJson(text, [...path, index, 'tool_calls', at, ...(wrapped ? ['function'] : []), 'arguments'], `${place}.arguments`)
        return { id: optionalText(call.id, `${place}.id`) || `call_${index}_${at}`, name: textOf(body.name, `${place}.name`), arguments: raw }
      })
      open = turn.toolCalls.map((call) => call.id)
    }
    if (role === 'tool') {
      const id = optionalText(entry.tool_call_id, `${field}.tool_call_id`) || open.shift()
      if (!id) throw new RowFault(field, 'result-without-call')
      turn.toolCallId = id
    }
    return turn
  })
}

function messages(source: Source): Mapped {
  return { turns: messageTurns(source.value.messages, source.text, ['messages']), tools: toolsOf(source) }
}

function prompt(source: Source): Mapped {
  const { value, text } = source
  const asked = value.prompt ?? value.question
  const turns = Array.isArray(asked) ? messageTurns(asked, text, ['prompt']) : [{ role: 'user' as const, content: textOf(asked, 'prompt') }]
  const answer = value.completion ?? value.chosen ?? value.response ?? value.answer
  if (Array.isArray(answer))
    turns.push(...messageTurns(answer, text, [['completion', 'chosen'].find((key) => value[key] === answer) ?? 'completion']))
  else if (typeof answer === 'string' && answer) turns.push({ role: 'assistant', content: answer })
  return { turns, tools: toolsOf(source) }
}

const MAPPERS: Record<ImportFormat, (source: Source) => Mapped> = { alpaca, sharegpt, messages, prompt }

/** The format a row is in, by the fields that only it has; null when it is in none. */
export function detectFormat(value: unknown): ImportFormat | null {
  if (!isObject(value)) return null
  if (Array.isArray(value.conversations) || Array.isArray(value.conversation)) return 'sharegpt'
  if (Array.isArray(value.messages)) return 'messages'
  if ('instruction' in value) return 'alpaca'
  return 'prompt' in value || 'question' in value ? 'prompt' : null
}

const BLANK = /\{\{\s*([A-Za-z_]\w*)\s*\}\}/g

export type MapOptions = {
  format: ImportFormat
  keepAnswers: boolean
  replacements: Readonly<Record<string, string>>
  /** Told of every blank in an answer that is kept, also of those that are filled. */
  onBlank?: (name: string) => void
}

function fill(text: string, replacements: MapOptions['replacements']): string {
  return text.replaceAll(BLANK, (whole, name: string) => lookUp(replacements, name) ?? whole)
}

const blanksIn = (text: string): string[] => [...text.matchAll(BLANK)].map((match) => match[1] ?? '')

/** A blank to be filled in, in text that would be learnt as it stands. */
function checkPlaceholders(turns: readonly Message[]): void {
  for (const [index, { role, content }] of turns.entries()) {
    const name = role === 'assistant' ? blanksIn(content)[0] : undefined
    if (name) throw new RowFault(`messages.${index}.content`, 'placeholder', { name: quoted(name), blank: `{{${quoted(name)}}}` })
  }
}

/**
 * Maps one row. Without answers a prompt keeps the turns up to its last question.
 * @throws RowFault naming the field and the cure.
 */
export function mapRow(source: { value: unknown; text: string }, { format, keepAnswers, replacements, onBlank }: MapOptions): MappedRow {
  const { value, text } = source
  if (!isObject(value)) throw wrongType('', 'object', value)
  const { turns, tools = [] } = MAPPERS[format]({ value, text })
  const all = turns.map(
    (turn, index): Message => ({ id: `m${index + 1}`, ...turn, content: fill(turn.content, replacements), train: turn.role === 'assistant' }),
  )
  if (onBlank && keepAnswers) for (const { role, content } of turns) if (role === 'assistant') blanksIn(content).forEach(onBlank)
  const lastQuestion = all.findLastIndex((turn) => turn.role === 'user')
  if (lastQuestion < 0) throw new RowFault('messages', all.length === 0 ? 'no-messages' : 'no-question')
  const kept = keepAnswers ? all : all.slice(0, lastQuestion + 1)
  for (const [index, turn] of kept.entries()) sound(Message, turn, `messages.${index}`)
  for (const [index, tool] of tools.entries()) sound(Tool, tool, `tools.${index}`)
  const fault = turnFaults(kept, { complete: keepAnswers })[0]
  if (fault) throw new RowFault(`messages.${fault.index}.${fault.field}`, fault.code, { role: kept[fault.index]?.role ?? '' })
  checkPlaceholders(kept)
  const hasAnswer = all.slice(lastQuestion + 1).some((turn) => turn.role === 'assistant')
  return { messages: kept, tools, hasAnswer, ...readFacts(value) }
}
