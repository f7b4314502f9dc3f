// Completes package-lock.json with the platform packages the registry did not list when the lock was made.
// npm 11's `npm ci` refuses a lock that lacks them; `os`, `cpu` and `libc` keep foreign platforms from being installed.
// Usage: node scripts/lock-fill.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs'

const OS = {
  darwin: 'darwin',
  linux: 'linux',
  win32: 'win32',
  windows: 'win32',
  win: 'win32',
  freebsd: 'freebsd',
  openbsd: 'openbsd',
  netbsd: 'netbsd',
  android: 'android',
  openharmony: 'openharmony',
  sunos: 'sunos',
  aix: 'aix',
}
const CPU = {
  x64: 'x64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: 'ia32',
  riscv64: 'riscv64',
  ppc64: 'ppc64',
  s390x: 's390x',
  loong64: 'loong64',
  wasm32: 'wasm32',
  mips64el: 'mips64el',
  ppc64le: 'ppc64',
}

/** Platform fields derived from a package name such as `@next/swc-linux-x64-gnu`. */
export function platformOf(name) {
  const parts = name.toLowerCase().split(/[-/]/)
  const os = parts.map((p) => OS[p]).find(Boolean)
  const cpu = parts.map((p) => CPU[p]).find(Boolean)
  if (!os && cpu !== 'wasm32') return {}
  const musl = parts.some((p) => p.startsWith('musl'))
  const gnu = parts.some((p) => p.startsWith('gnu'))
  return {
    ...(cpu ? { cpu: [cpu] } : {}),
    ...(os ? { os: [os] } : {}),
    ...(os === 'linux' && (musl || gnu) ? { libc: [musl ? 'musl' : 'glibc'] } : {}),
  }
}

function missingEntries(lock) {
  const found = new Map()
  for (const [parent, entry] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      const key = `node_modules/${name}`
      if (lock.packages[key] || lock.packages[`${parent}/${key}`]) continue
      found.set(key, { version: range.replace(/^[~^]/, ''), ...platformOf(name), optional: true })
    }
  }
  return found
}

if (import.meta.filename === process.argv[1]) {
  const path = new URL('../package-lock.json', import.meta.url)
  const lock = JSON.parse(readFileSync(path, 'utf8'))
  const missing = missingEntries(lock)
  if (process.argv.includes('--check')) {
    if (missing.size) {
      console.error(`package-lock.json lacks ${missing.size} platform packages: run "node scripts/lock-fill.mjs"`)
      process.exit(1)
    }
  } else {
    for (const [key, entry] of missing) lock.packages[key] = entry
    lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
    writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
    console.log(`filled ${missing.size}`)
  }
}
