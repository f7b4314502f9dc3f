import { setTimeout as sleep } from 'node:timers/promises'

const STEP_MS = 100

/** Asks again and again until the answer is neither null nor false, and returns it; fails at the deadline. */
export async function until<Result>(what: string, seconds: number, ask: () => Result | Promise<Result>): Promise<NonNullable<Result>> {
  for (const deadline = Date.now() + seconds * 1000; ; await sleep(STEP_MS)) {
    const answer = await ask()
    if (answer !== null && answer !== undefined && answer !== false) return answer
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s for ${what}`)
  }
}
