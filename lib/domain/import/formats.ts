import { Message, Tool } from '#lib/domain/conversation.ts'
import { turnFaults } from '#lib/domain/turns.ts'
import { type RowFacts, readFacts } from './facts.ts'
import { rawValueAt } from './json-text.ts'
import { RowFault, sound } from './row-fault.ts'

export type MappedRow = RowFacts & { messages: Message[]; tools: Tool[] }

/** A row as parsed and as text: texts of tool arguments and schemas are cut out of it unchanged. */
type Source = { value: Record<string, unknown>; text: string }
type Turn = Omit<Message, 'id' | 'train'>
type Mapped = { turns: Turn[]; tools?: Tool[] }

export const FORMATS = ['alpaca', 'sharegpt', 'messages', 'prompt'] as const
export type ImportFormat = (typeof FORMATS)[number]

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const textOf = (value: unknown, field: string): string => {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) throw new RowFault(field, 'missing-field', `The field ${field} is missing; add it as a text.`)
  throw new RowFault(field, 'wrong-type', `The field ${field} must be a text, not ${Array.isArray(value) ? 'a list' : typeof value}.`)
}
const optionalText = (value: unknown, field: string): string => (value === undefined || value === null ? '' : textOf(value, field))

/** JSON text kept inside JSON as a string, or as JSON itself: either way its characters, unchanged. */
function rawJson(text: string, path: readonly (string | number)[], field: string): string {
  const raw = rawValueAt(text, path)
  if (raw === undefined) throw new RowFault(field, 'missing-field', `The field ${field} is missing; add it.`)
  return raw.startsWith('"') ? String(JSON.parse(raw)) : raw
}

function parseJson(text: string, field: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new RowFault(field, 'malformed-json', `The field ${field} must hold JSON: ${(error as Error).message}.`)
  }
}

/** Tools as OpenAI lists them, bare or under `function`, as a list or as a text that holds the list. */
function toolsOf({ value, text }: Source): Tool[] {
  const { tools } = value
  if (tools === undefined || tools === null || tools === '') return []
  const listText = typeof tools === 'string' ? tools : (rawValueAt(text, ['tools']) ?? '[]')
  const list = parseJson(listText, 'tools')
  if (!Array.isArray(list)) throw new RowFault('tools', 'wrong-type', 'The field tools must be a list of tools.')
  return list.map((entry: unknown, index): Tool => {
    const wrapped = isObject(entry) && isObject(entry.function)
    const tool = wrapped ? (entry as { function: Record<string, unknown> }).function : entry
    if (!isObject(tool)) throw new RowFault(`tools.${index}`, 'wrong-type', 'A tool must be an object with name, description and parameters.')
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
  if (!Array.isArray(history)) throw new RowFault('history', 'wrong-type', 'The field history must be a list of [question, answer] pairs.')
  for (const [index, pair] of history.entries()) {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new RowFault(`history.${index}`, 'wrong-type', 'A part of history must be a [question, answer] pair.')
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
    if (!isObject(call)) throw new RowFault(field, 'wrong-type', 'A function call must be an object with name and arguments.')
    const path = Array.isArray(parsed) ? [index, 'arguments'] : ['arguments']
    return { id: `call_${made + index + 1}`, name: textOf(call.name, `${field}.name`), arguments: rawJson(text, path, `${field}.arguments`) }
  })
}

function sharegpt(source: Source): Mapped {
  const { value } = source
  const list = value.conversations ?? value.conversation
  if (!Array.isArray(list)) throw new RowFault('conversations', 'wrong-type', 'The field conversations must be a list of turns.')
  const turns: Turn[] = []
  const system = optionalText(value.system, 'system')
  if (system) turns.push({ role: 'system', content: system })
  let made = 0
  let open: string[] = []
  const chosen = isObject(value.chosen) ? [value.chosen] : []
  for (const [index, entry] of [...list, ...chosen].entries()) {
    const field = `conversations.${index}`
    if (!isObject(entry)) throw new RowFault(field, 'wrong-type', 'A turn must be an object with from and value.')
    const from = textOf(entry.from ?? entry.role, `${field}.from`)
    const content = textOf(entry.value ?? entry.content, `${field}.value`)
    const role = SHAREGPT_ROLES[from]
    if (!role) throw new RowFault(`${field}.from`, 'unknown-role', `The role “${from}” is not known; use ${Object.keys(SHAREGPT_ROLES).join(', ')}.`)
    if (role === 'call') {
      const toolCalls = callsOf(content, `${field}.value`, made)
      made += toolCalls.length
      open = toolCalls.map((call) => call.id)
      turns.push({ role: 'assistant', content: '', toolCalls })
    } else if (role === 'tool') {
      const toolCallId = open.shift()
      if (!toolCallId) throw new RowFault(field, 'result-without-call', 'This result answers no call above it; add the call or delete the result.')
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
      if (isObject(part) && part.type === 'text') return textOf(part.text, `${field}.${index}.text`)
      throw new RowFault(`${field}.${index}`, 'unsupported-part', 'Only parts of type text can be imported; leave pictures, audio and files out.')
    })
    .join('')
}

function messageTurns(list: unknown, text: string, path: readonly (string | number)[]): Turn[] {
  const root = path.join('.')
  if (!Array.isArray(list)) throw new RowFault(root, 'wrong-type', `The field ${root} must be a list of messages.`)
  let open: string[] = []
  return list.map((entry: unknown, index): Turn => {
    const field = `${root}.${index}`
    if (!isObject(entry)) throw new RowFault(field, 'wrong-type', 'A message must be an object with role and content.')
    const name = textOf(entry.role, `${field}.role`)
    const role = MESSAGE_ROLES[name]
    if (!role) throw new RowFault(`${field}.role`, 'unknown-role', `The role “${name}” is not known; use ${Object.keys(MESSAGE_ROLES).join(', ')}.`)
    const turn: Turn = { role, content: contentOf(entry.content, `${field}.content`) }
    const reasoning = optionalText(entry.reasoning_content ?? entry.reasoning ?? entry.thinking, `${field}.reasoning_content`)
    if (reasoning && role === 'assistant') turn.reasoning = reasoning
    const calls = entry.tool_calls
    if (Array.isArray(calls) && calls.length > 0) {
      turn.toolCalls = calls.map((call: unknown, at) => {
        const place = `${field}.tool_calls.${at}`
        if (!isObject(call)) throw new RowFault(place, 'wrong-type', 'A tool call must be an object.')
        const wrapped = isObject(call.function)
        const body = (wrapped ? call.function : call) as Record<string, unknown>
        const raw = rawJson(text, [...path, index, 'tool_calls', at, ...(wrapped ? ['function'] : []), 'arguments'], `${place}.arguments`)
        return { id: optionalText(call.id, `${place}.id`) || `call_${index}_${at}`, name: textOf(body.name, `${place}.name`), arguments: raw }
      })
      open = turn.toolCalls.map((call) => call.id)
    }
    if (role === 'tool') {
      const id = optionalText(entry.tool_call_id, `${field}.tool_call_id`) || open.shift()
      if (!id) throw new RowFault(field, 'result-without-call', 'This result answers no call above it; add the call or delete the result.')
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

const PLACEHOLDER = /\{\{\s*([A-Za-z_]\w*)\s*\}\}/

export type MapOptions = { format: ImportFormat; keepAnswers: boolean; replacements: Readonly<Record<string, string>> }

function fill(text: string, replacements: MapOptions['replacements']): string {
  return text.replaceAll(/\{\{\s*([A-Za-z_]\w*)\s*\}\}/g, (whole, name: string) => replacements[name] ?? whole)
}

/** A blank to be filled in, in text that would be learnt as it stands. */
function checkPlaceholders(turns: readonly Message[]): void {
  for (const [index, { role, content }] of turns.entries()) {
    const name = role === 'assistant' ? PLACEHOLDER.exec(content)?.[1] : undefined
    if (name)
      throw new RowFault(
        `messages.${index}.content`,
        'placeholder',
        `The answer still holds the blank {{${name}}}; say what to put there, e.g. ${name}=Juniper.`,
      )
  }
}

/**
 * Maps one row. Without answers a prompt keeps the turns up to its last question.
 * @throws RowFault naming the field and the cure.
 */
export function mapRow(source: { value: unknown; text: string }, { format, keepAnswers, replacements }: MapOptions): MappedRow {
  const { value, text } = source
  if (!isObject(value)) throw new RowFault('', 'wrong-type', 'A row must be a JSON object.')
  const { turns, tools = [] } = MAPPERS[format]({ value, text })
  const all = turns.map(
    (turn, index): Message => ({ id: `m${index + 1}`, ...turn, content: fill(turn.content, replacements), train: turn.role === 'assistant' }),
  )
  const lastQuestion = all.findLastIndex((turn) => turn.role === 'user')
  if (lastQuestion < 0)
    throw new RowFault('messages', all.length === 0 ? 'no-messages' : 'no-question', 'The row holds no user turn to answer; add one.')
  const kept = keepAnswers ? all : all.slice(0, lastQuestion + 1)
  for (const [index, turn] of kept.entries()) sound(Message, turn, `messages.${index}`)
  for (const [index, tool] of tools.entries()) sound(Tool, tool, `tools.${index}`)
  const fault = turnFaults(kept, { complete: keepAnswers })[0]
  if (fault) throw new RowFault(`messages.${fault.index}.${fault.field}`, fault.code, fault.message)
  checkPlaceholders(kept)
  return { messages: kept, tools, ...readFacts(value) }
}
