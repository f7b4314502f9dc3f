// A PostgreSQL server as somebody else runs one: another process, not under our supervisor, of the oldest major this machine has.
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findBinaries } from '../../scripts/postgres/binaries.ts'
import { chooseRunUser, giveTo, runAs } from '../../scripts/postgres/run-user.ts'

const SYSTEM_SERVERS = '/usr/lib/postgresql'
const OLDEST_MAJOR = 13

type Programs = { initdb: string; pgCtl: string }

/** The oldest server Debian's packages put here that we support, else the one that came by npm. */
function findPrograms(): Programs {
  const majors = existsSync(SYSTEM_SERVERS) ? readdirSync(SYSTEM_SERVERS).map(Number) : []
  const places = majors.filter((major) => major >= OLDEST_MAJOR).sort((a, b) => a - b)
  const system = places.map((major) => path.join(SYSTEM_SERVERS, String(major), 'bin')).find((bin) => existsSync(path.join(bin, 'initdb')))
  return system ? { initdb: path.join(system, 'initdb'), pgCtl: path.join(system, 'pg_ctl') } : findBinaries(chooseRunUser(''))
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** Starts the server. `url` is its superuser's address of the database `postgres`. */
export async function startSeparateServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const programs = findPrograms()
  const user = chooseRunUser('')
  const folder = mkdtempSync(path.join(tmpdir(), 'exemplar-separate-'))
  chmodSync(folder, 0o711)
  const [data, log, passwordFile] = ['data', 'log', 'password'].map((name) => path.join(folder, name)) as [string, string, string]
  const password = randomBytes(12).toString('hex')
  mkdirSync(data, { mode: 0o700 })
  writeFileSync(log, '')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  giveTo(user, data, log, passwordFile)
  const run = async (program: string, args: string[]) => {
    const code = await runAs(user, program, args, log)
    if (code !== 0) throw new Error(`${program} ended with ${code}:\n${readFileSync(log, 'utf8')}`)
  }
  const initialise = ['-D', data, '-U', 'owner_of_all', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C.UTF-8']
  await run(programs.initdb, initialise)
  const port = await freePort()
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`
  await run(programs.pgCtl, ['start', '-w', '-D', data, '-l', log, '-o', settings])
  return {
    url: `postgresql://owner_of_all:${password}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await run(programs.pgCtl, ['stop', '-m', 'immediate', '-w', '-D', data])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
