import { createLocalStore } from './local-store.ts'

export type TalkSettings = { system: string; temperature: number; maxTokens: number; seed: number }

export type Turn = {
  id: string
  question: string
  answer: string
  state: 'writing' | 'done' | 'stopped' | 'failed'
  /** Why it failed, in words. */
  problem: string | null
  tokens: number | null
  tokensPerSecond: number | null
}

/** What two models were asked and said. `isSwapped` is whose answers stand left while the page is blind. */
export type TalkContent = { left: Turn[]; right: Turn[]; isSwapped: boolean; hasVoted: boolean; question: string }
export type Side = 'left' | 'right'

/** By person, project and the two models: who looks at another pair finds this one's talk again. */
export const talkKey = (userId: string, projectId: string, [left, right]: readonly [string, string]) => `${userId}-${projectId}-${left}-${right}`

export const talks = createLocalStore<TalkContent>('exemplar-talk', { left: [], right: [], isSwapped: false, hasVoted: false, question: '' })

type Place = { pair: readonly [string, string] | null; isBlind: boolean; settings: TalkSettings }

/** By person and project: who talks, and how they are asked. */
export const talkPlaces = createLocalStore<Place>('exemplar-talk-place', {
  pair: null,
  isBlind: false,
  settings: { system: '', temperature: 0, maxTokens: 256, seed: 0 },
})

/** The answers this page is receiving, by turn. They go on when the person looks at another screen. */
const underWay = new Map<string, AbortController>()

/** The turns as they are: an answer whose page was left or loaded anew ended where it was. */
export const settled = (turns: readonly Turn[]): Turn[] =>
  turns.map((turn) => (turn.state === 'writing' && !underWay.has(turn.id) ? { ...turn, state: 'stopped' } : turn))

/** The talk with one of its turns changed; null where that was cleared meanwhile, which it stays. */
function changed(key: string, side: Side, id: string, next: (turn: Turn) => Partial<Turn>): TalkContent | null {
  const talk = talks.read(key)
  if (!talk[side].some((turn) => turn.id === id)) return null
  return { ...talk, [side]: talk[side].map((turn) => (turn.id === id ? { ...turn, ...next(turn) } : turn)) }
}

function addText(key: string, side: Side, id: string, text: string): void {
  const talk = changed(key, side, id, ({ answer }) => ({ answer: answer + text }))
  if (talk) talks.writeSoon(key, talk)
}

function endTurn(key: string, side: Side, id: string, end: Partial<Turn>): void {
  const talk = changed(key, side, id, () => end)
  if (talk) talks.write(key, talk)
}

type Part =
  | { type: 'text'; text: string }
  | { type: 'done'; tokens: number | null; tokensPerSecond: number | null }
  | { type: 'error'; problem: string }

/** Adds a turn and fills it as the answer comes; whatever ends the answer is kept in the turn. */
export async function receive(
  key: string,
  side: Side,
  { id, question }: { id: string; question: string },
  open: (signal: AbortSignal) => Promise<AsyncIterable<Part>>,
  problemOf: (error: unknown) => string,
): Promise<void> {
  const controller = new AbortController()
  underWay.set(id, controller)
  const turn: Turn = { id, question, answer: '', state: 'writing', problem: null, tokens: null, tokensPerSecond: null }
  const talk = talks.read(key)
  talks.write(key, { ...talk, [side]: [...settled(talk[side]), turn] })
  let end: Partial<Turn> = { state: 'stopped' }
  // Requests of a page that is left fail like those of a lost connection, before the page is hidden.
  let isLeaving = false
  const leave = () => {
    isLeaving = true
  }
  window.addEventListener('beforeunload', leave)
  try {
    for await (const part of await open(controller.signal)) {
      if (part.type === 'text') addText(key, side, id, part.text)
      else if (part.type === 'done') end = { state: 'done', tokens: part.tokens, tokensPerSecond: part.tokensPerSecond }
      else end = { state: 'failed', problem: part.problem }
    }
  } catch (error) {
    if (!controller.signal.aborted && !isLeaving) end = { state: 'failed', problem: problemOf(error) }
  } finally {
    window.removeEventListener('beforeunload', leave)
    underWay.delete(id)
    endTurn(key, side, id, end)
  }
}

const stopAll = (turns: readonly Turn[]) => {
  for (const turn of turns) underWay.get(turn.id)?.abort()
}

export function stopTalk(key: string): void {
  const { left, right } = talks.read(key)
  stopAll([...left, ...right])
}

/** Begins anew; chance decides which model stands where. */
export function clearTalk(key: string): void {
  stopTalk(key)
  talks.write(key, { ...talks.empty, isSwapped: Math.random() < 0.5 })
}
