// The second stage of `npm start`: starts the product and waits for its end.
import { type Product, startProduct } from './product.ts'
import { say, secondsSince } from './progress.ts'

/** A signal often comes twice, from the terminal and from the stage above; only a later one means impatience. */
const IMPATIENCE_MS = 1_500

function onEndAsked(): Promise<string> {
  return new Promise((resolve) => {
    let first = 0
    const react = (signal: NodeJS.Signals) => {
      if (first === 0) {
        first = Date.now()
        resolve(signal)
      } else if (Date.now() - first > IMPATIENCE_MS) process.exit(1)
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, react)
  })
}

function sayReady(product: Product, started: number): void {
  say(`\nExemplar is ready after ${secondsSince(started)}: ${product.address}`)
  const { demoAccounts } = product
  if (demoAccounts.length === 0) return
  say('Sign in to the demo as')
  const width = (field: 'role' | 'email') => Math.max(...demoAccounts.map((account) => account[field].length))
  for (const { role, email, password } of demoAccounts) say(`  ${role.padEnd(width('role'))}  ${email.padEnd(width('email'))}  ${password}`)
}

export async function main(args: string[]): Promise<number> {
  const unknown = args.find((argument) => argument !== '--dev')
  if (unknown) throw new Error(`Unknown argument "${unknown}"; "--dev" is the only one.`)
  const started = performance.now()
  const ended = onEndAsked()
  say('Starting Exemplar')
  const starting = startProduct({ dev: args.includes('--dev') })
  const endedEarly = ended.then(() => null)
  const product = await Promise.race([starting, endedEarly])
  if (!product) {
    // What is being set up is finished first, so that nothing half-made is left running.
    say('\nStopping as soon as the current step is done …')
    await (await starting.catch(() => null))?.stop()
    return 0
  }
  sayReady(product, started)
  await ended
  say('\nStopping …')
  await product.stop()
  say('Stopped.')
  return 0
}
