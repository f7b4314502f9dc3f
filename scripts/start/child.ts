// One long-running process of ours: its log, its restarts and its end.
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, existsSync, renameSync, statSync, type WriteStream } from 'node:fs'
import path from 'node:path'
import { childEnvironment, projectRoot } from './command.ts'
import { say } from './progress.ts'

const LOG_LIMIT_BYTES = 20 * 1024 * 1024
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000
/** Whoever ran this long was healthy: the next death counts as the first. */
const HEALTHY_MS = 60_000
const STOP_GRACE_MS = 15_000
const SHOWN_LINES = 12
const DRAIN_MS = 100

export interface ChildOptions {
  name: string
  args: string[]
  env: Record<string, string | undefined>
  logDirectory: string
  output: 'file' | 'terminal' | 'both'
  /** Told the process's number each time it starts, and null when it has ended. */
  onProcess?: (pid: number | null) => void
}

export interface Child {
  /**
   * Resolves with the reason when the process has ended too often in a row without becoming healthy first. It is started
   * again all the same: what cannot start the product must not stop one that runs.
   */
  readonly failed: Promise<string>
  stop(): Promise<void>
}

const ALARMING_DEATHS = 5

/** A log file with one older sibling, so that a noisy process cannot fill the disk. */
class RotatingLog {
  private stream: WriteStream
  private size: number
  private readonly file: string

  constructor(file: string) {
    this.file = file
    this.size = existsSync(file) ? statSync(file).size : 0
    this.stream = createWriteStream(file, { flags: 'a', mode: 0o600 })
  }

  write(chunk: Buffer): void {
    this.size += chunk.length
    this.stream.write(chunk)
    if (this.size < LOG_LIMIT_BYTES) return
    this.stream.end()
    renameSync(this.file, `${this.file}.1`)
    this.stream = createWriteStream(this.file, { flags: 'a', mode: 0o600 })
    this.size = 0
  }
}

/** The last lines a process wrote, to be shown when it dies. */
class Tail {
  private text = ''

  add(chunk: Buffer): void {
    this.text = (this.text + chunk.toString('utf8')).slice(-8_000)
  }

  lines(): string {
    return this.text.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n')
  }
}

class Supervised implements Child {
  readonly failed: Promise<string>
  private readonly options: ChildOptions
  private readonly log: RotatingLog
  private process: ChildProcess | null = null
  private timer: NodeJS.Timeout | null = null
  private ending = false
  private deaths = 0
  private alarm: (reason: string) => void = () => {}

  constructor(options: ChildOptions) {
    this.options = options
    this.log = new RotatingLog(path.join(options.logDirectory, `${options.name}.log`))
    this.failed = new Promise((resolve) => {
      this.alarm = resolve
    })
    this.start()
  }

  private start(): void {
    const { args, env, output } = this.options
    const preload = new URL('./end-with-parent.mjs', import.meta.url).href
    const tail = new Tail()
    const startedAt = Date.now()
    // In a session of its own: Ctrl-C reaches the supervisor alone, which then ends everything in order.
    const child = spawn(process.execPath, ['--import', preload, ...args], {
      cwd: projectRoot,
      env: childEnvironment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    })
    this.process = child
    if (child.pid !== undefined) this.options.onProcess?.(child.pid)
    const take = (target: NodeJS.WriteStream) => (chunk: Buffer) => {
      tail.add(chunk)
      if (output !== 'terminal') this.log.write(chunk)
      if (output !== 'file') target.write(chunk)
    }
    child.stdout?.on('data', take(process.stdout))
    child.stderr?.on('data', take(process.stderr))
    // Not `close`: what the process left running could hold its pipes open. The last lines need a moment to arrive.
    child.once('exit', (code, signal) => setTimeout(() => this.ended(Date.now() - startedAt, signal ?? `exit code ${code}`, tail.lines()), DRAIN_MS))
    child.once('error', (error) => this.ended(Date.now() - startedAt, error.message, ''))
  }

  private ended(livedMs: number, how: string, lastLines: string): void {
    this.process = null
    this.options.onProcess?.(null)
    if (this.ending) return
    this.deaths = livedMs > HEALTHY_MS ? 1 : this.deaths + 1
    const { name } = this.options
    if (this.deaths === ALARMING_DEATHS) this.alarm(`The ${name} process ended ${this.deaths} times in a row (${how}). Its last lines:\n${lastLines}`)
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 3 ** (this.deaths - 1))
    say(`The ${name} process ended unexpectedly (${how}); starting it again in ${pause / 1000} s. Its last lines:\n${lastLines}`)
    this.timer = setTimeout(() => this.start(), pause)
  }

  stop(): Promise<void> {
    this.ending = true
    if (this.timer) clearTimeout(this.timer)
    const child = this.process
    if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS)
      child.once('exit', () => {
        clearTimeout(timer)
        resolve()
      })
      child.kill('SIGTERM')
    })
  }
}

export const supervise = (options: ChildOptions): Child => new Supervised(options)
