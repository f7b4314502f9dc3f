// Runs the project's own command-line programs under this Node, with their output shown only when they fail.
import { spawn } from 'node:child_process'
import path from 'node:path'

export const projectRoot = path.resolve(import.meta.dirname, '../..')

export interface Finished {
  code: number
  output: string
}

/** A child's environment: what the tools start in their turn must find this Node before the host's. */
export function childEnvironment(extra: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const bin = path.join(projectRoot, 'node_modules', '.bin')
  return {
    ...process.env,
    PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`,
    NEXT_TELEMETRY_DISABLED: '1',
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    ...extra,
  } as NodeJS.ProcessEnv
}

export interface RunOptions {
  env?: Record<string, string | undefined>
  /** Shows the output as it comes instead of keeping it. */
  show?: boolean
}

export function runProgram(program: string, args: string[], { env = {}, show = false }: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: projectRoot, env: childEnvironment(env), stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8').trim() }))
  })
}

/** A script below the project root, such as `node_modules/prisma/build/index.js`. */
export const runScript = (script: string, args: string[], options?: RunOptions) =>
  runProgram(process.execPath, [path.join(projectRoot, script), ...args], options)

export const runPrisma = (args: string[], databaseUrl?: string) =>
  runScript('node_modules/prisma/build/index.js', args, { env: { DATABASE_URL: databaseUrl } })
