import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { type Person, SYSTEM } from '#lib/domain/actor.ts'
import { downloadImportFaults, getImport, importPrompts, listImportFaults, listImports } from '#lib/services/import.ts'
import { invoke } from '#lib/services/operation.ts'
import { createQueue, ensureQueues } from '#lib/services/queue.ts'
import { sweepUnfinished } from '#lib/services/unfinished.ts'
import { as, buildProject, join, refusal } from '../support/world.ts'

const bodyOf = (...pieces: (string | Error)[]) =>
  new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift()
      if (piece === undefined) return controller.close()
      if (typeof piece === 'string') controller.enqueue(new TextEncoder().encode(piece))
      else controller.error(piece)
    },
  })
const lines = (...rows: unknown[]) => rows.map((each) => `${JSON.stringify(each)}\n`).join('')
const prompt = (text: string, id?: string) => ({ prompt: text, ...(id ? { id } : {}) })

async function open() {
  const project = await buildProject()
  const engineer = await join(project.id, 'engineer')
  const run = (query: Record<string, string>, ...pieces: (string | Error)[]) =>
    invoke(importPrompts, { params: { projectId: project.id }, query: query as never }, as(engineer, { body: bodyOf(...pieces) }))
  const events = () => db.auditEvent.findMany({ where: { chainId: project.id, event: 'prompts.imported' }, orderBy: { seq: 'asc' } })
  return { project, engineer, run, events }
}

describe('a dry run', () => {
  test('counts duplicates exactly as the real run does, also where only one of text and id is taken', async () => {
    const { run } = await open()
    const file = lines(
      prompt('X', '1'),
      prompt('X', '2'),
      // Its id was seen, but only on a row that was left out.
      prompt('Y', '2'),
      prompt('Z', '1'),
      prompt('Z'),
      prompt('Y'),
    )
    const dry = await run({ dryRun: 'true' }, file)
    expect(dry).toMatchObject({ candidates: 6, imported: 3, duplicates: 3 })
    const real = await run({}, file)
    expect({ ...real, id: null, isDryRun: true }).toEqual(dry)
  })

  test('finds duplicates across batches, and leaves nothing behind, neither rows nor an event', async () => {
    const { project, run, events } = await open()
    const rows = Array.from({ length: 1500 }, (_, n) => prompt(`Question ${n}?`))
    expect(await run({ dryRun: 'true' }, lines(...rows, ...rows))).toMatchObject({ imported: 1500, duplicates: 1500 })
    expect((await refusal(run({ dryRun: 'true' }, lines(...rows), new Error('reset')))).code).toBe('file-incomplete')
    expect(await db.importKey.count()).toBe(0)
    expect(await db.promptImport.count({ where: { projectId: project.id } })).toBe(0)
    expect(await events()).toEqual([])
  })
})

test('rows of a megabyte are imported with the others', async () => {
  const { project, run } = await open()
  const big = Array.from({ length: 12 }, (_, n) => prompt(`${n} ${'x'.repeat(1024 * 1024)}`))
  expect(await run({}, ...big.map((row) => lines(row)), lines(prompt('small')))).toMatchObject({ imported: 13, faulty: 0 })
  expect(await db.prompt.count({ where: { projectId: project.id } })).toBe(13)
})

test('an answer that stands twice in a file becomes one conversation', async () => {
  const { project, run } = await open()
  const row = { instruction: 'Who are you?', output: 'A model.' }
  expect(await run({ answers: 'submit' }, lines(row, row))).toMatchObject({ imported: 1, duplicates: 1 })
  expect(await db.conversation.count({ where: { projectId: project.id } })).toBe(1)
})

describe('the account of an import', () => {
  test('says who brought in what and when, and is audited once', async () => {
    const { project, engineer, run, events } = await open()
    const { name } = await db.user.findUniqueOrThrow({ where: { id: engineer.userId } })
    const { id } = await run({ fileName: 'a.jsonl' }, lines(prompt('1'), prompt('1'), { prompt: 7 }))
    const { items } = await invoke(listImports, { projectId: project.id }, as(engineer))
    expect(items).toMatchObject([
      {
        id,
        fileName: 'a.jsonl',
        format: 'prompt',
        state: 'finished',
        failure: null,
        importedBy: name,
        candidates: 3,
        imported: 1,
        duplicates: 1,
        faulty: 1,
      },
    ])
    expect(await invoke(getImport, { importId: id ?? '' }, as(engineer))).toMatchObject({ ...items[0], keptFaults: 1 })
    expect(await events()).toMatchObject([{ actorId: engineer.userId, data: { importId: id, state: 'finished', imported: 1, faulty: 1 } }])
  })

  test('that broke off says why, and is audited as well', async () => {
    const { project, engineer, run, events } = await open()
    const refused = await refusal(run({}, lines(prompt('1'), prompt('2')), new Error('reset')))
    expect(refused).toMatchObject({ code: 'file-incomplete', data: { imported: 2 } })
    const { items } = await invoke(listImports, { projectId: project.id }, as(engineer))
    expect(items).toMatchObject([{ state: 'interrupted', failure: { code: 'file-incomplete' }, imported: 2, candidates: 2, fileHash: '' }])
    expect(await events()).toMatchObject([{ actorId: engineer.userId, data: { state: 'interrupted', failure: 'file-incomplete', imported: 2 } }])
  })

  test('is listed by pages, newest first, without those of other projects', async () => {
    const { project, engineer, run } = await open()
    const other = await open()
    await other.run({}, lines(prompt('elsewhere')))
    for (const name of ['a', 'b', 'c']) await run({ fileName: name }, lines(prompt(name)))
    const first = await invoke(listImports, { projectId: project.id, limit: 2 }, as(engineer))
    const second = await invoke(listImports, { projectId: project.id, limit: 2, cursor: first.nextCursor ?? '' }, as(engineer))
    expect([...first.items, ...second.items].map((item) => item.fileName)).toEqual(['c', 'b', 'a'])
    expect(second.nextCursor).toBeNull()
    expect((await refusal(invoke(getImport, { importId: first.items[0]?.id ?? '' }, as(other.engineer)))).code).toBe('not-found')
  })

  test('has a person as its author', async () => {
    const { project } = await open()
    const context = as(null, { actor: SYSTEM as unknown as Person, body: bodyOf(lines(prompt('1'))) })
    expect((await refusal(invoke(importPrompts, { params: { projectId: project.id } }, context))).code).toBe('forbidden')
    expect(await db.promptImport.count({ where: { projectId: project.id } })).toBe(0)
  })
})

describe('bad rows', () => {
  test('are kept beyond the first hundred, page by page, and can be downloaded', async () => {
    const { engineer, run } = await open()
    const result = await run({ fileName: 'bad.jsonl' }, lines(...Array.from({ length: 250 }, (_, n) => ({ prompt: n })), prompt('good')))
    expect(result).toMatchObject({ faulty: 250, imported: 1 })
    expect(result.faults).toHaveLength(100)
    const importId = result.id ?? ''
    const first = await invoke(listImportFaults, { importId, limit: 200 }, as(engineer))
    const second = await invoke(listImportFaults, { importId, limit: 200, afterRow: first.nextAfterRow ?? 0 }, as(engineer))
    expect([...first.items, ...second.items].map((fault) => fault.row)).toEqual(Array.from({ length: 250 }, (_, n) => n + 1))
    expect(second.nextAfterRow).toBeNull()
    const file = (await invoke(downloadImportFaults, { importId }, as(engineer))) as File
    expect(file.name).toBe('bad.jsonl.faults.jsonl')
    const told = (await file.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(told).toHaveLength(250)
    expect(told[1]).toEqual({ ...result.faults[1] })
  })

  test('beyond ten thousand are counted, and it is said how many are kept', async () => {
    const { engineer, run } = await open()
    const { id, faulty } = await run({ format: 'prompt' }, '{"prompt": 1}\n'.repeat(10_500))
    expect(faulty).toBe(10_500)
    expect(await invoke(getImport, { importId: id ?? '' }, as(engineer))).toMatchObject({ faulty: 10_500, keptFaults: 10_000 })
  })

  test('of a list in one line are told apart by row and column', async () => {
    const { run } = await open()
    const { faults } = await run({}, JSON.stringify([prompt('a'), { prompt: 1 }, { prompt: 2 }]))
    expect(faults.map(({ row, line, column }) => [row, line, column])).toEqual([
      [2, 1, 27],
      [3, 1, 40],
    ])
  })
})

describe('an import whose process died', () => {
  const boss = createQueue({ isWorker: false })
  beforeAll(async () => {
    await boss.start()
    await ensureQueues(boss)
  })
  afterAll(() => boss.stop({ graceful: false }))

  test('is left alone while it may live, then ended as broken off with its event; a dry run of yesterday is dropped', async () => {
    const { project, engineer, events } = await open()
    const data = { projectId: project.id, fileName: 'a', format: 'prompt', createdById: engineer.userId, candidates: 5, imported: 5 }
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000)
    const live = await db.promptImport.create({ data: { ...data, touchedAt: minutesAgo(1) } })
    const dead = await db.promptImport.create({ data: { ...data, touchedAt: minutesAgo(4) } })
    const dry = await db.promptImport.create({ data: { ...data, isDryRun: true, touchedAt: minutesAgo(25 * 60) } })
    await sweepUnfinished()
    expect(await db.promptImport.findUnique({ where: { id: live.id } })).toMatchObject({ state: 'running' })
    expect(await db.promptImport.findUnique({ where: { id: dead.id } })).toMatchObject({ state: 'interrupted', failure: { code: 'interrupted' } })
    expect(await db.promptImport.findUnique({ where: { id: dry.id } })).toBeNull()
    expect(await events()).toMatchObject([{ actorId: null, data: { importId: dead.id, state: 'interrupted', imported: 5 } }])
  })
})
