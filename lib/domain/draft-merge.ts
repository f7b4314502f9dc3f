import { acknowledgementKey } from './check/open-findings.ts'
import type { DraftContent, Message, Tool, ToolCall } from './conversation.ts'
import { isSame } from './same.ts'
import { mergeText } from './text-merge.ts'

/** Something both sides changed in ways that do not go together; null says that a side deleted it. */
export type Collision =
  | { kind: 'message'; key: string; mine: Message | null; theirs: Message | null }
  | { kind: 'tool'; key: string; mine: Tool | null; theirs: Tool | null }

export type DraftMerge = {
  /** Everything that goes together; where something collides it holds my side, or theirs where I deleted it. */
  content: DraftContent
  collisions: Collision[]
}

const COLLIDED: unique symbol = Symbol('both sides changed it')
type Merged<T> = T | typeof COLLIDED

/** A value that is replaced as a whole. */
function mergeValue<T>(base: T, mine: T, theirs: T): Merged<T> {
  if (isSame(mine, theirs) || isSame(theirs, base)) return mine
  return isSame(mine, base) ? theirs : COLLIDED
}

const mergePlain = (base: string | undefined, mine: string | undefined, theirs: string | undefined): Merged<string | undefined> => {
  const value = mergeValue(base, mine, theirs)
  if (value !== COLLIDED) return value
  // One side took the field away while the other wrote in it.
  if (mine === undefined || theirs === undefined) return COLLIDED
  return mergeText({ text: base ?? '' }, { text: mine }, { text: theirs })?.text ?? COLLIDED
}

type Keyed<T> = { key: string; value: T }

/** Names each item so that even two of one id are told apart. */
function keyed<T>(items: readonly T[], idOf: (item: T) => string): Keyed<T>[] {
  const seen = new Map<string, number>()
  return items.map((value) => {
    const id = idOf(value)
    const count = seen.get(id) ?? 0
    seen.set(id, count + 1)
    return { key: count === 0 ? id : `${id}\u0000${count}`, value }
  })
}

/** Keys in one order that respects both: the side that reordered decides, and what only the other has follows what it followed there. */
function mergeOrder(base: readonly string[], mine: readonly string[], theirs: readonly string[]): string[] {
  const inBoth = new Set(mine.filter((key) => theirs.includes(key)))
  const common = (keys: readonly string[]) => keys.filter((key) => inBoth.has(key) && base.includes(key)).join('\u0001')
  const [lead, other] = common(mine) === common(base) ? [theirs, mine] : [mine, theirs]
  const order = [...lead]
  const present = new Set(lead)
  for (const [index, key] of other.entries()) {
    if (present.has(key)) continue
    const above = other.slice(0, index).findLast((earlier) => present.has(earlier))
    order.splice(above === undefined ? 0 : order.indexOf(above) + 1, 0, key)
    present.add(key)
  }
  return order
}

type ListMerge<T> = { items: T[]; collisions: { key: string; mine: T | null; theirs: T | null }[] }

/** Merges lists item by item. `mergeItem` sees items of both sides that differ; its base is null for items both sides added. */
function mergeLists<T>(
  sides: { base: readonly T[]; mine: readonly T[]; theirs: readonly T[] },
  idOf: (item: T) => string,
  mergeItem: (base: T | null, mine: T, theirs: T) => Merged<T>,
): ListMerge<T> {
  const lists = { base: keyed(sides.base, idOf), mine: keyed(sides.mine, idOf), theirs: keyed(sides.theirs, idOf) }
  const maps = { base: new Map<string, T>(), mine: new Map<string, T>(), theirs: new Map<string, T>() }
  for (const side of ['base', 'mine', 'theirs'] as const) for (const { key, value } of lists[side]) maps[side].set(key, value)
  const keys = (side: 'base' | 'mine' | 'theirs') => lists[side].map(({ key }) => key)
  const items: T[] = []
  const collisions: ListMerge<T>['collisions'] = []
  for (const key of mergeOrder(keys('base'), keys('mine'), keys('theirs'))) {
    const [base, mine, theirs] = [maps.base.get(key) ?? null, maps.mine.get(key) ?? null, maps.theirs.get(key) ?? null]
    const only = mine ?? theirs
    if (only === null) continue
    const isDeletion = base !== null && (mine === null || theirs === null)
    if (isDeletion && isSame(only, base)) continue
    const merged = isDeletion ? COLLIDED : mine && theirs && !isSame(mine, theirs) ? mergeItem(base, mine, theirs) : only
    if (merged === COLLIDED) collisions.push({ key, mine, theirs })
    items.push(merged === COLLIDED ? only : merged)
  }
  return { items, collisions }
}

function mergeCall(base: ToolCall | null, mine: ToolCall, theirs: ToolCall): Merged<ToolCall> {
  // Both sides added a call under one id: two calls, not two versions of one.
  if (base === null) return COLLIDED
  const name = mergeValue(base.name, mine.name, theirs.name)
  const text = mergePlain(base.arguments, mine.arguments, theirs.arguments)
  return name === COLLIDED || text === COLLIDED ? COLLIDED : { id: mine.id, name, arguments: text ?? '' }
}

function mergeCalls(base: Message | null, mine: Message, theirs: Message): Merged<ToolCall[]> {
  const merge = mergeLists({ base: base?.toolCalls ?? [], mine: mine.toolCalls ?? [], theirs: theirs.toolCalls ?? [] }, (call) => call.id, mergeCall)
  return merge.collisions.length > 0 ? COLLIDED : merge.items
}

function mergeMessage(base: Message | null, mine: Message, theirs: Message): Merged<Message> {
  const text = mergeText(
    { text: base?.content ?? '', origins: base?.origins },
    { text: mine.content, origins: mine.origins },
    { text: theirs.content, origins: theirs.origins },
  )
  const role = mergeValue(base?.role, mine.role, theirs.role)
  const train = mergeValue(base?.train, mine.train, theirs.train)
  const name = mergeValue(base?.name, mine.name, theirs.name)
  const toolCallId = mergeValue(base?.toolCallId, mine.toolCallId, theirs.toolCallId)
  const reasoning = mergePlain(base?.reasoning, mine.reasoning, theirs.reasoning)
  const calls = mergeCalls(base, mine, theirs)
  if (
    text === null ||
    role === COLLIDED ||
    train === COLLIDED ||
    name === COLLIDED ||
    toolCallId === COLLIDED ||
    reasoning === COLLIDED ||
    calls === COLLIDED
  )
    return COLLIDED
  return {
    id: mine.id,
    role: role ?? mine.role,
    content: text.text,
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(calls.length > 0 ? { toolCalls: calls } : {}),
    ...(toolCallId === undefined ? {} : { toolCallId }),
    ...(name === undefined ? {} : { name }),
    train: train ?? mine.train,
    ...(text.origins.length > 0 ? { origins: text.origins } : {}),
  }
}

function mergeTool(base: Tool | null, mine: Tool, theirs: Tool): Merged<Tool> {
  if (base === null) return COLLIDED
  const description = mergePlain(base.description, mine.description, theirs.description)
  const parameters = mergePlain(base.parameters, mine.parameters, theirs.parameters)
  return description === COLLIDED || parameters === COLLIDED
    ? COLLIDED
    : { name: mine.name, description: description ?? '', parameters: parameters ?? '' }
}

/** Reasons given for what checks found: for the same words the newer one of mine, and what either side took back stays away. */
function mergeReasons(base: DraftContent, mine: DraftContent, theirs: DraftContent): Pick<DraftContent, 'acknowledgements'> {
  const lists = { base: base.acknowledgements ?? [], mine: mine.acknowledgements ?? [], theirs: theirs.acknowledgements ?? [] }
  const { items, collisions } = mergeLists(lists, acknowledgementKey, (_, own) => own)
  const goneKeys = new Set(collisions.map(({ key }) => key))
  const kept = items.filter((item) => !goneKeys.has(acknowledgementKey(item)))
  return kept.length > 0 ? { acknowledgements: kept } : {}
}

/**
 * Three-way merge of two continuations of `base`, message by message (by id) and, inside a message, by line and word. What
 * does not go together is reported with both texts; whatever either side wrote is in the content or in a collision.
 */
export function mergeDrafts(base: DraftContent, mine: DraftContent, theirs: DraftContent): DraftMerge {
  const messages = mergeLists({ base: base.messages, mine: mine.messages, theirs: theirs.messages }, (message) => message.id, mergeMessage)
  const tools = mergeLists({ base: base.tools, mine: mine.tools, theirs: theirs.tools }, (tool) => tool.name, mergeTool)
  return {
    content: { messages: messages.items, tools: tools.items, ...mergeReasons(base, mine, theirs) },
    collisions: [
      ...messages.collisions.map((collision) => ({ kind: 'message' as const, ...collision })),
      ...tools.collisions.map((collision) => ({ kind: 'tool' as const, ...collision })),
    ],
  }
}

/** What a person chose for one collision: a side, or both (mine, with theirs below it as a message of its own). */
export type Choice = 'mine' | 'theirs' | 'both'

/** Puts a choice in place of what the merge kept there. `newId` names the second message when both are kept. */
export function settleCollision(content: DraftContent, collision: Collision, choice: Choice, newId: string): DraftContent {
  const settle = <T>(items: readonly T[], idOf: (item: T) => string, mine: T | null, theirs: T | null, second: (item: T) => T): T[] =>
    keyed(items, idOf).flatMap(({ key, value }) => {
      if (key !== collision.key) return [value]
      if (choice === 'both' && mine !== null && theirs !== null) return [mine, second(theirs)]
      const chosen = choice === 'mine' ? mine : choice === 'theirs' ? theirs : (mine ?? theirs)
      return chosen === null ? [] : [chosen]
    })
  if (collision.kind === 'tool') {
    const { mine, theirs } = collision
    return {
      ...content,
      tools: settle(
        content.tools,
        (tool) => tool.name,
        mine,
        theirs,
        (tool) => ({ ...tool, name: `${tool.name}_2` }),
      ),
    }
  }
  const { mine, theirs } = collision
  return {
    ...content,
    messages: settle(
      content.messages,
      (message) => message.id,
      mine,
      theirs,
      (message) => ({ ...message, id: newId }),
    ),
  }
}

/** Puts every choice in its place; what has none keeps both sides. */
export const settleCollisions = (merge: DraftMerge, choices: ReadonlyMap<string, Choice>, newId: () => string): DraftContent =>
  merge.collisions.reduce((content, collision) => settleCollision(content, collision, choices.get(collision.key) ?? 'both', newId()), merge.content)
