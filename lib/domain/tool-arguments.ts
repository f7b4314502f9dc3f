// The arguments of a tool call as a form sees them: raw JSON text in which one member at a time is set, all other bytes kept.
import { DEPTH_LIMIT, depthOf, findJsonFault, membersOf } from './import/json-text.ts'
import { editBetween } from './origin.ts'

/** A member of the object: its name, the text of its value, and where the whole of it stands, in UTF-16 code units. */
export type ArgumentMember = { name: string; value: string; from: number; to: number }

type Arguments = { members: ArgumentMember[]; open: number; close: number }

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Null for what is no JSON object; so is one that nests deeper than anybody fills in by form. */
function read(text: string): Arguments | null {
  if (!isObject(parse(text)) || depthOf(new TextEncoder().encode(text)) > DEPTH_LIMIT) return null
  const members = membersOf(text).map(({ name, from, start, end }) => ({ name, value: text.slice(start, end), from, to: end }))
  return { members, open: text.indexOf('{'), close: text.lastIndexOf('}') + 1 }
}

/** The members of the arguments in the order they stand; null when the text is no JSON object. */
export const readArguments = (text: string): ArgumentMember[] | null => read(text)?.members ?? null

/** Line and column, from 1, at which a text stops being JSON; null when it is JSON. */
export function placeOfFault(text: string): { line: number; column: number } | null {
  if (parse(text) !== undefined) return null
  const isDeep = depthOf(new TextEncoder().encode(text)) > DEPTH_LIMIT
  const above = text.slice(0, isDeep ? 0 : findJsonFault(text)?.offset).split('\n')
  return { line: above.length, column: (above.at(-1)?.length ?? 0) + 1 }
}

/** What stands between two members, as this text does it. */
function separatorOf(text: string, { members, open }: Arguments): string {
  const [last, previous] = [members.at(-1), members.at(-2)]
  if (!last) return ''
  if (previous) return text.slice(previous.to, last.from)
  const lead = text.slice(open + 1, last.from)
  return `,${lead.includes('\n') ? lead : ' '}`
}

function without(text: string, { members }: Arguments, index: number): string {
  const [before, member, after] = [members[index - 1], members[index], members[index + 1]]
  if (!member) return text
  const [from, to] = before ? [before.to, member.to] : [member.from, after?.from ?? member.to]
  return text.slice(0, from) + text.slice(to)
}

/**
 * Sets a member to a JSON text, or takes it away (null). Every other byte stays as it is. A name that stands several times counts
 * by its last, as it does for who parses it. A text that is no JSON object is returned as it is.
 */
export function setArgument(text: string, name: string, value: string | null): string {
  const found = read(text)
  if (!found) return text
  const index = found.members.findLastIndex((member) => member.name === name)
  const member = found.members[index]
  if (value === null) return member ? setArgument(without(text, found, index), name, null) : text
  if (member) return text.slice(0, member.to - member.value.length) + value + text.slice(member.to)
  const added = `${JSON.stringify(name)}: ${value}`
  const last = found.members.at(-1)
  if (!last) return `${text.slice(0, found.open + 1)}${added}${text.slice(found.close - 1)}`
  return text.slice(0, last.to) + separatorOf(text, found) + added + text.slice(last.to)
}

/** How a member is asked for. `json`: anything a form has no better way for. */
export type ArgumentKind = 'text' | 'number' | 'boolean' | 'choice' | 'json'

export type ArgumentField = {
  name: string
  /** The schema's own words. */
  title: string
  description: string
  isRequired: boolean
  kind: ArgumentKind
  /** JSON texts to choose from. */
  choices: string[]
}

const words = (value: unknown): string => (typeof value === 'string' ? value : '')

const CHOICES: Record<string, string[]> = { boolean: ['true', 'false'] }

function kindOf(schema: Record<string, unknown>): Pick<ArgumentField, 'kind' | 'choices'> {
  if (Array.isArray(schema.enum)) return { kind: 'choice', choices: schema.enum.map((value) => JSON.stringify(value)) }
  if ('const' in schema) return { kind: 'choice', choices: [JSON.stringify(schema.const)] }
  const types = [schema.type].flat().filter((type) => type !== 'null')
  const [type] = types
  if (types.length !== 1) return { kind: 'json', choices: [] }
  if (type === 'string') return { kind: 'text', choices: [] }
  if (type === 'number' || type === 'integer') return { kind: 'number', choices: [] }
  return type === 'boolean' ? { kind: 'boolean', choices: CHOICES.boolean ?? [] } : { kind: 'json', choices: [] }
}

/** The fields of a form for a tool's parameters; null when they name no members, or are no JSON schema. */
export function argumentFields(parameters: string): ArgumentField[] | null {
  const schema = parse(parameters)
  if (!isObject(schema) || !isObject(schema.properties)) return null
  const required = new Set(Array.isArray(schema.required) ? schema.required : [])
  return Object.entries(schema.properties).map(([name, property]) => {
    const its = isObject(property) ? property : {}
    return { name, title: words(its.title), description: words(its.description), isRequired: required.has(name), ...kindOf(its) }
  })
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** What is typed into a field as a JSON text: null takes the member away, undefined is no value of that kind yet. A number stays as typed. */
export function typedValue({ kind, isRequired }: Pick<ArgumentField, 'kind' | 'isRequired'>, typed: string): string | null | undefined {
  if (kind === 'text') return typed === '' && !isRequired ? null : JSON.stringify(typed)
  if (typed.trim() === '') return null
  if (kind === 'number') return NUMBER.test(typed.trim()) ? typed.trim() : undefined
  return parse(typed) === undefined ? undefined : typed.trim()
}

/** A member's value as the field shows it; null when it is of another kind than the schema asks for. */
export function shownValue({ kind, choices }: Pick<ArgumentField, 'kind' | 'choices'>, value: string): string | null {
  if (kind === 'json') return value
  const parsed = parse(value)
  if (kind === 'text') return typeof parsed === 'string' ? parsed : null
  if (kind === 'number') return typeof parsed === 'number' ? value : null
  return choices.find((choice) => choice === JSON.stringify(parsed)) ?? null
}

/**
 * What was typed into a field that shows every line break as LF, put into the text as it is: a CR that nobody touched stays.
 */
export function retype(text: string, typed: string): string {
  if (!text.includes('\r')) return typed
  // Where each code unit of the shown text stands in the text itself.
  const places: number[] = []
  for (let at = 0; at < text.length; at++) if (!(text[at] === '\n' && text[at - 1] === '\r')) places.push(at)
  places.push(text.length)
  const { from, to, inserted } = editBetween(text.replaceAll(/\r\n?/g, '\n'), typed)
  return text.slice(0, places[from]) + inserted + text.slice(places[to])
}
