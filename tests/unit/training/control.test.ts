import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isTerminal, mayMove } from '#lib/domain/machine.ts'
import { type AttemptState, type Desired, decide, isLive, MAX_ATTEMPTS, type RunState, type Seen } from '#lib/domain/training/control.ts'

const seen = (more: Partial<Seen>): Seen => ({ phase: 'exited', exitCode: 0, hasResult: false, hasCheckpoint: true, ...more })

describe('what an ending means', () => {
  const cases: [string, Desired, Partial<Seen>, ReturnType<typeof decide>][] = [
    [
      'exit 0 with a result is a success that is still to be registered',
      'run',
      { hasResult: true },
      { attempt: 'succeeded', run: 'finalize', reason: null },
    ],
    ['exit 0 without a result is a failure', 'run', {}, { attempt: 'failed', run: 'failed', reason: 'no-result' }],
    [
      'a run that finished although it was to stop has succeeded',
      'cancel',
      { hasResult: true },
      { attempt: 'succeeded', run: 'finalize', reason: null },
    ],
    ['exit 75 when a pause was wanted is a pause', 'pause', { exitCode: 75 }, { attempt: 'paused', run: 'paused', reason: null }],
    ['exit 75 when nobody asked goes on by itself', 'run', { exitCode: 75 }, { attempt: 'preempted', run: 'queued', reason: 'preempted' }],
    ['exit 75 when a cancel was wanted is cancelled', 'cancel', { exitCode: 75 }, { attempt: 'cancelled', run: 'cancelled', reason: 'cancelled' }],
    ['exit 65 blames the data', 'run', { exitCode: 65 }, { attempt: 'failed', run: 'failed', reason: 'data' }],
    ['exit 78 blames the settings', 'run', { exitCode: 78 }, { attempt: 'failed', run: 'failed', reason: 'config' }],
    ['any other exit is a crash', 'run', { exitCode: 1 }, { attempt: 'failed', run: 'failed', reason: 'crashed' }],
    ['an end by a signal is a loss and goes on', 'run', { exitCode: null }, { attempt: 'lost', run: 'queued', reason: 'lost' }],
    [
      'a dead process without a word is a loss and goes on',
      'run',
      { phase: 'dead', exitCode: null },
      { attempt: 'lost', run: 'queued', reason: 'lost' },
    ],
    ['dead while pausing with a checkpoint is paused', 'pause', { phase: 'dead' }, { attempt: 'lost', run: 'paused', reason: 'died-while-stopping' }],
    [
      'dead while pausing before any checkpoint has failed',
      'pause',
      { phase: 'dead', hasCheckpoint: false },
      { attempt: 'lost', run: 'failed', reason: 'died-before-checkpoint' },
    ],
    ['what nobody here can see changes nothing', 'run', { phase: 'unknown' }, { attempt: null, run: null, reason: null }],
    [
      'what nobody here can see is let go when its cancel is overdue',
      'cancel',
      { phase: 'unknown', isStopOverdue: true },
      { attempt: 'cancelled', run: 'cancelled', reason: 'cancelled-unseen' },
    ],
  ]
  test.each(cases)('%s', (_rule, desired, facts, decision) => {
    expect(decide('running', desired, 1, seen(facts))).toEqual(decision)
  })

  test('the last of the allowed attempts fails the run when it is lost', () => {
    expect(decide('running', 'run', MAX_ATTEMPTS, seen({ phase: 'dead' }))).toEqual({ attempt: 'lost', run: 'failed', reason: 'lost-too-often' })
  })
})

const anySeen: fc.Arbitrary<Seen> = fc.record({
  phase: fc.constantFrom('submitted', 'running', 'exited', 'dead', 'unknown'),
  exitCode: fc.constantFrom(0, 1, 65, 75, 78, 137, 143, null),
  hasResult: fc.boolean(),
  hasCheckpoint: fc.boolean(),
  isStopOverdue: fc.boolean(),
})
const anyAction = fc.oneof(
  { weight: 4, arbitrary: anySeen.map((facts) => ({ kind: 'observe' as const, facts })) },
  fc.constantFrom(
    { kind: 'pause' as const },
    { kind: 'cancel' as const },
    { kind: 'submit' as const },
    { kind: 'finalize' as const },
    { kind: 'resume' as const },
  ),
)
type Action = typeof anyAction extends fc.Arbitrary<infer A> ? A : never

/** The run as the services move it: each step must be one the table allows, or the test fails. */
class Model {
  run: RunState = 'queued'
  desired: Desired = 'run'
  attempts: AttemptState[] = []
  tries = 0
  submits = 0

  get attempt(): AttemptState | undefined {
    return this.attempts.at(-1)
  }

  moveRun(to: RunState): void {
    if (!mayMove('run', this.run, to)) throw new Error(`run: ${this.run} → ${to}`)
    this.run = to
  }

  moveAttempt(to: AttemptState): void {
    const from = this.attempts.pop()
    if (!from || !mayMove('attempt', from, to)) throw new Error(`attempt: ${from} → ${to}`)
    this.attempts.push(to)
  }

  act(action: Action): void {
    switch (action.kind) {
      case 'submit':
        if (this.run !== 'queued') return
        this.moveRun('preparing')
        this.attempts.push('submitted')
        this.tries++
        this.submits++
        this.moveRun('submitted')
        return
      case 'pause':
      case 'cancel':
        this.stop(action.kind)
        return
      case 'resume':
        if (this.run !== 'paused' && this.run !== 'failed') return
        this.moveRun('queued')
        this.desired = 'run'
        this.tries = 0
        return
      case 'finalize':
        if (this.attempt === 'succeeded' && ['submitted', 'running', 'stopping'].includes(this.run)) this.moveRun('succeeded')
        return
      case 'observe':
        this.observe(action.facts)
    }
  }

  stop(desired: 'pause' | 'cancel'): void {
    if (this.run === 'queued') this.moveRun(desired === 'cancel' ? 'cancelled' : 'paused')
    else if (this.run === 'paused' && desired === 'cancel') this.moveRun('cancelled')
    else if (['submitted', 'running', 'stopping'].includes(this.run) && this.desired !== 'cancel') {
      this.desired = desired
      if (this.run !== 'stopping') this.moveRun('stopping')
      if (this.attempt === 'submitted' || this.attempt === 'running') this.moveAttempt('stopping')
    }
  }

  observe(facts: Seen): void {
    if (!this.attempt || !['submitted', 'running', 'stopping'].includes(this.run)) return
    const decision = decide(this.attempt, this.desired, this.tries, facts)
    if (decision.attempt) this.moveAttempt(decision.attempt)
    if (decision.run === 'running' ? this.run === 'submitted' : decision.run && decision.run !== 'finalize') this.moveRun(decision.run as RunState)
  }
}

test('every interleaving of observing, stopping, crashing, resuming and repeating makes only allowed moves', () => {
  fc.assert(
    fc.property(fc.array(anyAction, { maxLength: 60 }), (actions) => {
      const model = new Model()
      let ended: string | null = null
      for (const action of actions) {
        model.act(action)
        if (ended) expect(model.run).toBe(ended)
        if (isTerminal('run', model.run)) ended = model.run
        // One attempt lives at most, the newest, and each was submitted once.
        expect(model.attempts.slice(0, -1).every((attempt) => !isLive(attempt))).toBe(true)
        expect(model.submits).toBe(model.attempts.length)
        expect(model.tries).toBeLessThanOrEqual(MAX_ATTEMPTS)
        if (model.run === 'succeeded') expect(model.attempt).toBe('succeeded')
        if (['paused', 'cancelled', 'failed'].includes(model.run) && model.attempt) expect(isLive(model.attempt)).toBe(false)
      }
    }),
    { numRuns: 2000 },
  )
})

test('an attempt that has ended decides nothing, whatever is seen later', () => {
  const ended = fc.constantFrom<AttemptState>('succeeded', 'failed', 'cancelled', 'paused', 'lost', 'preempted')
  fc.assert(
    fc.property(ended, fc.constantFrom<Desired>('run', 'pause', 'cancel'), anySeen, (attempt, desired, facts) => {
      expect(decide(attempt, desired, 1, facts)).toEqual({ attempt: null, run: null, reason: null })
    }),
  )
})
