// kill -9 of each of the product's processes while people write, import, build and train, all at once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Building } from './building.ts'
import { type Demo, type Json, openDemo } from './client.ts'
import { Importing } from './importing.ts'
import { isAlive, kill, modeOfFile, type Name, pids, said } from './processes.ts'
import { Training } from './training.ts'
import { until } from './until.ts'
import { Writing } from './writing.ts'

const INSTALL_SECONDS = 1100
const RECOVERY_SECONDS = 60

let demo: Demo
let writing: Writing
let building: Building
let training: Training
let subject: { buildId: string; modelId: string }

beforeAll(async () => {
  demo = await openDemo()
  const { engineer, projectId } = demo
  const supply = new Importing(demo, 'supply')
  await supply.repeat()
  const modelId = await until('the trainer', INSTALL_SECONDS, async () => {
    const { state, message, cure } = await engineer.get(`/projects/${projectId}/trainer`)
    if (state === 'failed') throw new Error(`${message} ${cure}`)
    if (state !== 'ready') return null
    const { items } = await engineer.get(`/projects/${projectId}/models`)
    return items[0]?.id as string | undefined
  })
  building = new Building(demo, modelId)
  await building.prepare()
  const buildId = await building.buildForTraining()
  subject = { buildId, modelId }
  writing = new Writing(demo)
  training = await Training.start(demo, subject, 1_000_000, 500)
  await training.processes(1)
})

afterAll(async () => {
  await training?.stop('cancel')
})

test('the product names its processes in a file that only its user can read', async () => {
  expect(Object.keys(pids()).sort()).toEqual(['database', 'supervisor', 'web', 'worker'])
  expect(modeOfFile()).toBe(0o600)
})

type Kill = { what: string; names: Name[]; cutsRequests: boolean; sentences: RegExp[] }

const WEB = /The web process ended unexpectedly \(SIGKILL\); starting it again/
const WORKER = /The worker process ended unexpectedly \(SIGKILL\); starting it again/

const KILLS: Kill[] = [
  { what: 'web', names: ['web'], cutsRequests: true, sentences: [WEB] },
  { what: 'worker', names: ['worker'], cutsRequests: false, sentences: [WORKER] },
  { what: 'web and worker', names: ['web', 'worker'], cutsRequests: true, sentences: [WEB, WORKER] },
  { what: 'database', names: ['database'], cutsRequests: true, sentences: [/The database server ended unexpectedly; starting it again/] },
]

describe.each(KILLS)('kill -9 of $what', ({ what, names, cutsRequests, sentences }) => {
  const name = what.replaceAll(' ', '-')
  let importing: Importing
  let before: { killed: Record<string, number>; output: number; troubles: number; trainer: Awaited<ReturnType<Training['processes']>> }
  let imported: Awaited<ReturnType<Importing['finish']>>

  beforeAll(async () => {
    importing = new Importing(demo, name)
    await Promise.all([writing.begin(), importing.begin()])
    const trainer = await training.processes(1)
    await building.begin(name)
    expect(await building.state()).toBe('building')
    before = { output: said().length, troubles: writing.troubles, trainer, killed: kill(...names) }
    imported = await importing.finish()
    await writing.more()
  })

  test('the supervisor says so and starts it again', async () => {
    await until('new processes', RECOVERY_SECONDS, () => names.every((each) => (pids()[each] ?? before.killed[each]) !== before.killed[each]))
    for (const sentence of sentences) expect(said().slice(before.output)).toMatch(sentence)
    for (const each of ['web', 'worker', 'database'] as const) expect(() => process.kill(pids()[each] ?? 0, 0)).not.toThrow()
  })

  test('pages answer again by themselves', async () => {
    for (const [person, route] of [
      [demo.labeller, '/p/demo'],
      [demo.engineer, '/p/demo/builds'],
    ] as const) {
      const page = await until(`the page ${route}`, RECOVERY_SECONDS, async () => {
        const answer = await person.page(route)
        return answer && answer.status < 500 ? answer : null
      })
      expect(page.status).toBe(200)
      expect(page.text).toContain('</html>')
    }
  })

  test(`whoever writes ${cutsRequests ? 'is interrupted' : 'notices nothing'}, and all that was acknowledged is there, once`, async () => {
    if (cutsRequests) expect(writing.troubles).toBeGreaterThan(before.troubles)
    else expect(writing.troubles).toBe(before.troubles)
    await writing.check()
  })

  test(`an import ${cutsRequests ? 'cut off in the middle' : 'goes through and'} can be repeated and gives each prompt once`, async () => {
    if (cutsRequests) expect(imported?.status ?? 599).toBeGreaterThanOrEqual(500)
    else expect(imported).toMatchObject({ status: 200, body: { duplicates: 0, faulty: 0 } })
    await importing.checkAccount()
    await importing.repeat()
  })

  test('the training goes on in the very same process, and is looked after again', async () => {
    const { trainer, keeper, step, attemptId } = before.trainer
    const run = await training.until('to be seen further on', ({ latest }) => latest.step > step + 10)
    expect(run).toMatchObject({ state: 'running', attempts: [{ id: attemptId, state: 'running', isSupervised: true }] })
    const after = await training.processes(1)
    expect({ trainer: after.trainer, keeper: after.keeper }).toEqual({ trainer, keeper })
    expect([await isAlive(trainer), await isAlive(keeper)]).toEqual([true, true])
  })

  test('the freeze and the build under way end whole and verify', () => building.check())

  test('the audit chains verify', async () => {
    expect(await demo.manager.get(`/audit/verification?projectId=${demo.projectId}`)).toMatchObject({ isIntact: true, fault: null })
    expect(await demo.admin.get('/audit/verification')).toMatchObject({ isIntact: true, fault: null })
  })
})

describe('kill -9 of the trainer', () => {
  const STEPS = 120
  const EVERY = 10
  let killed: Training
  let run: Json

  beforeAll(async () => {
    await training.stop('checkpoint')
    await training.until('to pause', ({ state }) => state === 'paused')
  })

  test('a training that outlived web, worker and database still does what it is told: it saves and leaves', async () => {
    const paused = await training.get()
    expect(paused).toMatchObject({ state: 'paused', attempts: [{ state: 'paused' }] })
    expect(paused.checkpoints.length).toBeGreaterThan(0)
  })

  test('of what it told through all the kills, every event is there once and in order', async () => {
    const told = (await training.events()).map(({ seq }) => seq)
    expect(told.length).toBeGreaterThan(20)
    expect(told).toEqual(Array.from(told, (_, index) => (told[0] ?? 0) + index))
  })

  test('the run gets new attempts from its newest checkpoint by itself, and succeeds', async () => {
    killed = await Training.start(demo, subject, STEPS, EVERY)
    // The trainer alone: its keeper says how it ended. Then both: nobody says anything.
    const first = await killed.saved(1)
    const importing = new Importing(demo, 'trainer')
    await Promise.all([writing.begin(), importing.begin(), building.begin('trainer')])
    const { troubles } = writing
    process.kill(first.trainer.pid, 'SIGKILL')
    // Nobody else notices: the import, the build and whoever writes go on.
    expect(await importing.finish()).toMatchObject({ status: 200, body: { duplicates: 0, faulty: 0 } })
    await building.check()
    const second = await killed.saved(2)
    await writing.more()
    await writing.pause()
    expect(writing.troubles).toBe(troubles)
    process.kill(second.keeper.pid, 'SIGKILL')
    process.kill(second.trainer.pid, 'SIGKILL')
    run = await killed.until('to succeed', ({ state }) => state === 'succeeded')
    expect(run.attempts).toMatchObject([
      { number: 1, state: 'lost', origin: 'start', resumedFrom: null },
      { number: 2, state: 'lost', origin: 'recovery' },
      { number: 3, state: 'succeeded', origin: 'recovery' },
    ])
    expect(run.tunedModelId).toBeTruthy()
  })

  test('no step is lost: the curve goes on from the checkpoint to the last step', async () => {
    // By what it told: of an ended run only the newest are kept.
    const saved = (await killed.events()).filter(({ type }) => type === 'checkpoint')
    for (const attempt of [2, 3]) {
      const { resumedFrom } = run.attempts[attempt - 1]
      expect(saved.find(({ attempt: by, payload }) => by < attempt && payload.path.endsWith(`/${resumedFrom}`))).toBeTruthy()
    }
    expect(run.checkpoints.at(-1)).toMatchObject({ attempt: 3 })
    const { current } = await demo.engineer.get(`/runs/${run.id}/series?points=5000`)
    expect(current.step).toEqual(Array.from({ length: STEPS / 10 }, (_, index) => (index + 1) * 10))
  })

  test('what was written meanwhile is there', () => writing.check())
})
