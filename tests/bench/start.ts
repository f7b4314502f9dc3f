// From nothing to the sign-in page: a clone of the last commit with no caches, then the same started again.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const READY = /Exemplar is ready after [\d.]+ s/
const PORT = '3950'
/** What this run set or keeps; where packages come from and through which proxy stays as the machine has it. */
const OURS = /^(EXEMPLAR_|DATABASE_URL$|HOME$|NODE_(ENV|OPTIONS)$|npm_(?!config_(registry|proxy|https_proxy|cafile)$))/i

const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(1)

function ended(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
}

/** Seconds until the product says that it is ready; it is stopped afterwards. */
async function start(folder: string, environment: Record<string, string | undefined>): Promise<string> {
  const started = performance.now()
  const child = spawn('npm', ['start'], { cwd: folder, env: environment as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let said = ''
  const ready = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk
        if (READY.test(said)) resolve(seconds(started))
      })
    child.once('exit', () => reject(new Error(`npm start ended before it was ready:\n${said.slice(-2000)}`)))
  })
  const took = await ready
  const over = ended(child)
  // As Ctrl-C does: to everything in the foreground.
  if (child.pid) process.kill(-child.pid, 'SIGINT')
  await over
  return took
}

export async function benchStart(): Promise<void> {
  const root = mkdtempSync(path.join(tmpdir(), 'exemplar-start-'))
  try {
    const folder = path.join(root, 'clone')
    if ((await ended(spawn('git', ['clone', '--quiet', '--no-hardlinks', process.cwd(), folder]))) !== 0) throw new Error('git clone failed')
    const own = Object.entries(process.env).filter(([name]) => !OURS.test(name))
    const environment = { ...Object.fromEntries(own), HOME: path.join(root, 'home'), EXEMPLAR_PORT: PORT, EXEMPLAR_TRAINER: 'off' }
    console.log('\nnpm start until ready, with the demo project (s)')
    console.log(`cold (a clone, nothing installed, no caches)   ${await start(folder, environment)}`)
    console.log(`warm (the same again)                          ${await start(folder, environment)}`)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
