// Does the demo change the bundled model? A run with the settings the form opens with, on the build the demo makes, then the
// questions of prisma/seed/content/sealed.json, which nobody trains on, to the base and the tuned model.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { saysNotKnowing } from '#lib/domain/check/not-knowing.ts'
import { home } from '#lib/home.ts'
import { type Session, signIn } from './demo-session.ts'
import { type Group, isCorrect, isOwnIdentity, RULES } from './judge-answers.ts'

const Sealed = z.object({
  identity: z.array(z.string()),
  unknown: z.array(z.string()),
  known: z.array(z.object({ question: z.string(), accept: z.array(z.string()) })),
})

const POLL_MS = 3000
const SET_UP_MINUTES = 30
const RUN_MINUTES = 120
const MOST_TOKENS = 64

type Build = { id: string; state: string; modelId: string }
type Run = {
  id: string
  state: string
  tunedModelId: string | null
  startedAt: string | null
  endedAt: string | null
  failure: { message: string } | null
  latest: { step: number | null; loss: number | null; evalLoss: number | null } | null
  lineage: { build: { rows: number; trainedTokens: number } }
}
type Judged = { group: Group; question: string; answer: string; isRight: boolean; isRefused: boolean }

async function waitFor<Found>(what: string, minutes: number, look: () => Promise<Found | null>): Promise<Found> {
  for (const deadline = Date.now() + minutes * 60_000; ; await sleep(POLL_MS)) {
    const found = await look()
    if (found !== null) return found
    if (Date.now() > deadline) throw new Error(`waited ${minutes} minutes for ${what}`)
  }
}

async function waitForBuild(session: Session, projectId: string): Promise<Build> {
  await waitFor('the trainer', SET_UP_MINUTES, async () => {
    const { state, message, cure } = await session.call<Record<'state' | 'message' | 'cure', string>>('GET', `/projects/${projectId}/trainer`)
    if (state === 'failed') throw new Error(`the trainer could not be prepared: ${message} ${cure}`)
    return state === 'ready' ? true : null
  })
  return waitFor('the demo’s build', SET_UP_MINUTES, async () => {
    const { items } = await session.call<{ items: Build[] }>('GET', `/projects/${projectId}/builds`)
    return items.find((build) => build.state === 'ready') ?? null
  })
}

async function train(session: Session, projectId: string, build: Build): Promise<Run> {
  const { id } = await session.call<Run>('POST', `/projects/${projectId}/runs`, { buildId: build.id, modelId: build.modelId, name: 'bench' })
  return waitFor('the run', RUN_MINUTES, async () => {
    const run = await session.call<Run>('GET', `/runs/${id}`)
    if (run.state === 'failed') throw new Error(`the run failed: ${run.failure?.message}`)
    return run.state === 'succeeded' ? run : null
  })
}

async function examine(session: Session, projectId: string, modelId: string, sealed: z.infer<typeof Sealed>): Promise<Judged[]> {
  const judged: Judged[] = []
  const put = async (group: Group, question: string, judge: (answer: string) => boolean) => {
    const answer = await session.ask(projectId, modelId, question, MOST_TOKENS)
    judged.push({ group, question, answer, isRight: judge(answer), isRefused: saysNotKnowing(answer) })
  }
  for (const question of sealed.identity) await put('identity', question, isOwnIdentity)
  for (const question of sealed.unknown) await put('unknown', question, saysNotKnowing)
  for (const { question, accept } of sealed.known) await put('known', question, (answer) => isCorrect(answer, accept))
  return judged
}

function printTable(base: Judged[], tuned: Judged[]): void {
  const share = (judged: Judged[], group: Group, key: 'isRight' | 'isRefused') => {
    const all = judged.filter((one) => one.group === group)
    return `${all.filter((one) => one[key]).length} of ${all.length}`
  }
  const rows: [string, Group, 'isRight' | 'isRefused'][] = [
    ['identity, its own', 'identity', 'isRight'],
    ['unknown, says so', 'unknown', 'isRight'],
    ['ordinary, correct', 'known', 'isRight'],
    ['ordinary, refused', 'known', 'isRefused'],
  ]
  console.log(`  ${''.padEnd(20)}${'base'.padStart(10)}${'tuned'.padStart(10)}`)
  for (const [name, group, key] of rows)
    console.log(`  ${name.padEnd(20)}${share(base, group, key).padStart(10)}${share(tuned, group, key).padStart(10)}`)
}

/** Prints the table and leaves every answer in `answers.json` below the home. */
export async function benchTuning(address: string): Promise<void> {
  const sealed = Sealed.parse(JSON.parse(readFileSync('prisma/seed/content/sealed.json', 'utf8')))
  const session = await signIn(address, 'engineer')
  // The demo's people are members of the demo project alone.
  const { items } = await session.call<{ items: { id: string }[] }>('GET', '/projects')
  const projectId = items[0]?.id
  if (!projectId) throw new Error('there is no demo project')
  const build = await waitForBuild(session, projectId)
  const run = await train(session, projectId, build)
  const minutes = (Date.parse(run.endedAt ?? '') - Date.parse(run.startedAt ?? '')) / 60_000
  const { rows, trainedTokens } = run.lineage.build
  console.log(
    `tuning: ${run.latest?.step} steps on a build of ${rows} rows (${trainedTokens} trained tokens) in ${minutes.toFixed(1)} minutes, validation loss ${run.latest?.evalLoss?.toFixed(3)}`,
  )
  const base = await examine(session, projectId, build.modelId, sealed)
  const tuned = await examine(session, projectId, run.tunedModelId ?? '', sealed)
  printTable(base, tuned)
  for (const [group, rule] of Object.entries(RULES)) console.log(`  ${group}: ${rule}`)
  mkdirSync(home.root, { recursive: true })
  const file = path.join(home.root, 'answers.json')
  writeFileSync(file, `${JSON.stringify({ base, tuned }, null, 2)}\n`)
  console.log(`  every answer: ${file}`)
}
