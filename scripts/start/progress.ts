// What the terminal shows while things are set up: one line a step, with its time.
const write = (line: string) => process.stdout.write(`${line}\n`)

export const say = write
export const secondsSince = (start: number) => `${((performance.now() - start) / 1000).toFixed(1)} s`

/** Runs one step and says how long it took; a step that has nothing to do returns before it is announced. */
export async function step<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
  const start = performance.now()
  const result = await work()
  write(`  ${title} (${secondsSince(start)})`)
  return result
}
