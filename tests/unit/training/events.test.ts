import { appendFileSync, globSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readEvents } from '#lib/adapters/training/events-file.ts'
import { type EventLine, parseEventLine, START_CURSOR, TRAINER_PHASES, wholeLines } from '#lib/domain/training/event.ts'
import { advanceProgress, clock, phaseOf, readProgress, shareDone } from '#lib/domain/training/progress.ts'

const ts = '2026-11-24T00:00:00.000Z'
const line = (seq: number, more: object = { type: 'log', level: 'info', text: `line ${seq}` }) => `${JSON.stringify({ v: 1, seq, ts, ...more })}\n`
const metrics = (seq: number, step: number, more: object = {}) => line(seq, { type: 'metrics', step, total_steps: 10, loss: 2, lr: 1e-3, ...more })

describe('a line', () => {
  test('of a known type is checked, one of an unknown type is kept as it came', () => {
    expect(parseEventLine(metrics(3, 2))).toMatchObject({ seq: 3, type: 'metrics', step: 2, at: new Date(ts), payload: { loss: 2 } })
    expect(parseEventLine(line(4, { type: 'weather', wind: 3 }))).toMatchObject({ type: 'weather', payload: { wind: 3 } })
    expect(parseEventLine(line(5, { type: 'metrics', step: 'two', total_steps: 3 }))).toBeNull()
  })
  test.each(['', 'null', '[]', '{', '{"v":2,"seq":1}', '{"v":1,"seq":0,"ts":"x","type":"log"}'])('that is no event is none: %j', (text) => {
    expect(parseEventLine(text)).toBeNull()
  })
  test('keeps no character that the database cannot hold', () => {
    const event = parseEventLine(line(1, { type: 'sample', step: 0, prompt_id: 'a', text: 'a\u0000b\ud800' }))
    expect(event?.payload.text).toBe('a\ufffdb\ufffd')
  })
})

test('whole lines end at the last line end, whatever bytes follow', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' '))), fc.string(), (lines, rest) => {
      const tail = rest.replaceAll('\n', ' ')
      const bytes = new TextEncoder().encode(lines.map((text) => `${text}\n`).join('') + tail)
      const read = wholeLines(bytes)
      expect(read.lines).toEqual(lines.filter((text) => text.trim() !== ''))
      expect(bytes.length - read.consumed).toBe(new TextEncoder().encode(tail).length)
    }),
  )
})

describe('reading a growing file', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'events-'))
    file = path.join(folder, 'events.jsonl')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const seqs = (events: readonly EventLine[]) => events.map((event) => event.seq)

  test('a file that is not there yet has no events', async () => {
    expect(await readEvents(file, START_CURSOR)).toEqual({ events: [], cursor: START_CURSOR, skippedLines: 0, more: false })
  })

  test('an unfinished last line is left for the next read', async () => {
    writeFileSync(file, line(1) + line(2).slice(0, 20))
    const first = await readEvents(file, START_CURSOR)
    expect(seqs(first.events)).toEqual([1])
    appendFileSync(file, line(2).slice(20))
    expect(seqs((await readEvents(file, first.cursor)).events)).toEqual([2])
  })

  test('a file cut short or replaced is read from its start, and what was taken before is left out', async () => {
    writeFileSync(file, line(1) + line(2) + line(3))
    const { cursor } = await readEvents(file, START_CURSOR)
    truncateSync(file, line(1).length)
    appendFileSync(file, line(2) + line(3) + line(4))
    expect(seqs((await readEvents(file, { ...cursor, byteOffset: 1e6 })).events)).toEqual([4])
    writeFileSync(`${file}.new`, [1, 2, 3, 4, 5].map((seq) => line(seq)).join(''))
    renameSync(`${file}.new`, file)
    expect(seqs((await readEvents(file, cursor)).events)).toEqual([4, 5])
  })

  test('lines that are no events are counted and stepped over, and a line longer than a chunk does not stop the reading', async () => {
    writeFileSync(file, `nonsense\n${line(1)}${'x'.repeat(700)}\n${line(2)}`)
    let cursor = START_CURSOR
    const taken: number[] = []
    for (let more = true; more; ) {
      const read = await readEvents(file, cursor, 256)
      taken.push(...seqs(read.events))
      cursor = read.cursor
      more = read.more
    }
    expect(taken).toEqual([1, 2])
  })

  test('however it is written and read, in whatever pieces, every event is taken exactly once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 60 }),
        fc.integer({ min: 200, max: 2000 }),
        async (count, cuts, chunk) => {
          const text = Array.from({ length: count }, (_, at) => line(at + 1)).join('')
          writeFileSync(file, '')
          let cursor = START_CURSOR
          const taken: number[] = []
          const read = async () => {
            for (let more = true; more; ) {
              const got = await readEvents(file, cursor, chunk)
              taken.push(...seqs(got.events))
              cursor = got.cursor
              more = got.more
            }
          }
          let at = 0
          for (const cut of cuts) {
            appendFileSync(file, text.slice(at, at + cut))
            at += cut
            await read()
          }
          appendFileSync(file, text.slice(at))
          await read()
          expect(taken).toEqual(Array.from({ length: count }, (_, index) => index + 1))
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('progress', () => {
  const event = (text: string): EventLine => parseEventLine(text) as EventLine

  test('follows metrics and evaluations; figures a trainer does not send stay absent', () => {
    const progress = advanceProgress(null, 1, [
      event(line(1, { type: 'start', total_steps: 10, train_rows: 3, device: {} })),
      event(metrics(2, 5, { eta_s: 30 })),
      event(line(3, { type: 'eval', step: 5, eval_loss: 1.5 })),
    ])
    expect(progress).toMatchObject({
      attempt: 1,
      step: 5,
      totalSteps: 10,
      loss: 2,
      evalLoss: 1.5,
      etaSeconds: 30,
      gradNorm: null,
      tokensPerSecond: null,
    })
    expect(shareDone(progress)).toBe(0.5)
  })

  test('the time left is told only after five steps of the attempt were measured', () => {
    const etaAt = (began: number, step: number) =>
      advanceProgress(null, 1, [
        event(line(1, { type: 'start', total_steps: 90, train_rows: 3, device: {}, resumed_from: began ? { path: '/x', step: began } : null })),
        event(metrics(2, step, { eta_s: 30 })),
      ]).etaSeconds
    expect([etaAt(0, 1), etaAt(0, 4), etaAt(0, 5), etaAt(50, 54), etaAt(50, 55)]).toEqual([null, null, 30, null, 30])
  })

  test('a loss that is no number is named with its first step', () => {
    const progress = advanceProgress(null, 1, [event(metrics(1, 3, { loss: null, flag: 'nan' })), event(metrics(2, 4, { loss: null, flag: 'nan' }))])
    expect(progress).toMatchObject({ divergedAtStep: 3, loss: null })
  })

  test('a new attempt goes on from the step it resumed at, without the old speed', () => {
    const before = advanceProgress(null, 1, [event(metrics(1, 8, { tokens_per_s: 50, eta_s: 4 }))])
    const after = advanceProgress(before, 2, [
      event(line(1, { type: 'start', total_steps: 10, train_rows: 3, device: {}, resumed_from: { path: '/x', step: 5 } })),
    ])
    expect(after).toMatchObject({ attempt: 2, step: 5, tokensPerSecond: null, etaSeconds: null })
  })

  test.each([
    [0, '00:00:00'],
    [2480, '00:41:20'],
    [-3, '00:00:00'],
    [400_000, '111:06:40'],
  ])('%d seconds read %s', (seconds, text) => expect(clock(seconds)).toBe(text))
})

describe('what a run is busy with', () => {
  const began = '2026-11-24T00:00:00.000Z'
  const later = (seconds: number) => new Date(Date.parse(began) + seconds * 1000).toISOString()
  const event = (seq: number, seconds: number, more: object): EventLine => {
    const parsed = parseEventLine(line(seq, { ...more, ts: later(seconds) }))
    if (!parsed) throw new Error('no event')
    return parsed
  }
  const run = (events: EventLine[], more: object = {}) => ({
    state: 'running',
    latest: events.length > 0 ? advanceProgress(null, 1, events) : null,
    attempts: [{ startedAt: began, endedAt: null }],
    createdAt: later(-60),
    ...more,
  })
  const start = { type: 'start', total_steps: 10, train_rows: 3, device: {} }

  test('is the queue, then the start, then what the trainer says, until a step tells more', () => {
    expect(phaseOf(run([], { state: 'queued', attempts: [] }))).toEqual({ name: 'queued', since: later(-60) })
    expect(phaseOf(run([], { state: 'submitted' }))).toEqual({ name: 'starting', since: began })
    const events = [event(1, 2, { type: 'phase', name: 'model' }), event(2, 9, start), event(3, 10, { type: 'phase', name: 'first-step' })]
    expect(phaseOf(run(events.slice(0, 1)))).toEqual({ name: 'model', since: later(2) })
    expect(phaseOf(run(events))).toEqual({ name: 'first-step', since: later(10) })
    const stepped = [...events, event(4, 30, { type: 'metrics', step: 1, total_steps: 10, loss: 2 })]
    expect(phaseOf(run(stepped))).toBeNull()
    expect(phaseOf(run([...stepped, event(5, 60, { type: 'phase', name: 'output' })]))?.name).toBe('output')
  })

  test('is nothing of the attempt before', () => {
    const events = [event(1, 2, { type: 'phase', name: 'first-step' })]
    const attempts = [
      { startedAt: began, endedAt: later(40) },
      { startedAt: later(50), endedAt: null },
    ]
    expect(phaseOf(run(events, { attempts }))).toEqual({ name: 'starting', since: later(50) })
    expect(phaseOf(run(events, { attempts: attempts.slice(0, 1), state: 'queued' }))?.since).toBe(later(40))
    expect(advanceProgress(advanceProgress(null, 1, events), 2, []).phase).toBeNull()
  })

  test('is unknown, not wrong, for a phase of a newer trainer, and for progress kept by an older version', () => {
    expect(advanceProgress(null, 1, [event(1, 2, { type: 'phase', name: 'meditating' })]).phase).toBeNull()
    const { phase: _, ...older } = advanceProgress(null, 1, [event(1, 2, start)])
    expect(readProgress(older)).toMatchObject({ totalSteps: 10, phase: null })
  })
})

test('the phases the trainer names are the ones known here', () => {
  const sources = globSync('trainer/exemplar_trainer/*.py').map((file) => readFileSync(file, 'utf8'))
  const named = sources.flatMap((text) => [...text.matchAll(/(?:enter\(|"phase", name=)"([\w-]+)"/g)].map(([, name]) => name ?? ''))
  expect(named.toSorted()).toEqual([...TRAINER_PHASES].toSorted())
})
