// A lock file that names its owner. It is safe against two processes taking over a dead owner's lock at once, and
// against a new process that happens to get a dead owner's number. Built-ins only: it is used before `npm ci`.
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 200
/** A takeover lasts microseconds; one this old was interrupted. */
const TAKEOVER_ABANDONED_MS = 10_000

/** @typedef {{ pid: number, started: string | null, token: string, note?: string }} LockOwner */

/** A process that has ended and waits for its parent to take note: in a container there may be nobody who ever does. */
function isOnlyEntry(/** @type {number} */ pid) {
  if (process.platform !== 'linux') return false
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat[stat.lastIndexOf(')') + 2] === 'Z'
}

export function isAlive(/** @type {number} */ pid) {
  try {
    process.kill(pid, 0)
    return !isOnlyEntry(pid)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** When a process started, in whatever form the system tells it; together with the number it identifies a process. */
function startOf(/** @type {number} */ pid) {
  try {
    if (process.platform === 'win32') return null
    if (process.platform !== 'linux') return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command in brackets may itself hold spaces and brackets; the fields after it do not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`
  } catch {
    return null
  }
}

/** @returns {LockOwner | null} */
function readOwner(/** @type {string} */ file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return null
    // Not JSON: nothing of ours wrote it whole, so nobody holds it.
    return { pid: 0, started: null, token: '' }
  }
}

function isHeld(/** @type {LockOwner} */ owner) {
  return owner.pid > 0 && isAlive(owner.pid) && (owner.started === null || owner.started === startOf(owner.pid))
}

/** The living owner of a lock, or null. */
export function ownerOf(/** @type {string} */ file) {
  const owner = readOwner(file)
  return owner && isHeld(owner) ? owner : null
}

/**
 * Removes a dead owner's lock. Only the holder of the takeover folder may, and only after looking again: otherwise a
 * slow process could remove the lock that a faster one has just taken.
 */
function removeStale(/** @type {string} */ file) {
  const takeover = `${file}.takeover`
  try {
    mkdirSync(takeover)
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    const age = Date.now() - (statSync(takeover, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > TAKEOVER_ABANDONED_MS) rmSync(takeover, { recursive: true, force: true })
    return
  }
  try {
    const owner = readOwner(file)
    if (owner && !isHeld(owner)) rmSync(file, { force: true })
  } finally {
    rmdirSync(takeover)
  }
}

/** Appears complete or not at all: a link to a finished file is made only where none is. */
function create(/** @type {string} */ file, /** @type {LockOwner} */ owner) {
  const draft = `${file}.${owner.token}`
  writeFileSync(draft, JSON.stringify(owner), { mode: 0o644 })
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/**
 * Takes the lock, or returns null when somebody else still holds it after `waitMs`.
 * @param {string} file
 * @param {{ waitMs?: number, onWait?: (owner: LockOwner) => void }} [options]
 */
export async function takeLock(file, { waitMs = 0, onWait } = {}) {
  mkdirSync(path.dirname(file), { recursive: true })
  /** @type {LockOwner} */
  const mine = { pid: process.pid, started: startOf(process.pid), token: randomUUID() }
  const deadline = Date.now() + waitMs
  let told = false
  while (!create(file, mine)) {
    const owner = readOwner(file)
    if (!owner) continue
    if (!isHeld(owner)) {
      removeStale(file)
      await sleep(5)
      continue
    }
    if (Date.now() >= deadline) return null
    if (!told) onWait?.(owner)
    told = true
    await sleep(POLL_MS)
  }
  return heldLock(file, mine)
}

function heldLock(/** @type {string} */ file, /** @type {LockOwner} */ mine) {
  return {
    /** Leaves a word for whoever finds the lock taken. */
    note(/** @type {string} */ text) {
      const draft = `${file}.${mine.token}`
      writeFileSync(draft, JSON.stringify({ ...mine, note: text }))
      renameSync(draft, file)
    },
    release() {
      if (readOwner(file)?.token === mine.token) rmSync(file, { force: true })
    },
  }
}

/**
 * @template Result
 * @param {string} file
 * @param {{ waitMs: number, onWait?: (owner: LockOwner) => void }} options
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withLock(file, options, work) {
  const lock = await takeLock(file, options)
  if (!lock) throw new Error(`${file} is held by process ${ownerOf(file)?.pid}; waited ${Math.round(options.waitMs / 1000)} s`)
  try {
    return await work()
  } finally {
    lock.release()
  }
}
