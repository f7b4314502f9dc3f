// The JavaScript a first visit loads: the write page in Chromium, against an empty page of the same Next.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium } from '@playwright/test'
import { encode } from 'next-auth/jwt'
import pg from 'pg'
import { SESSION_COOKIE } from '#lib/auth/session-cookie.ts'
import { getSecrets } from '#lib/home.ts'
import { findChromium, INSTALL_CHROMIUM } from '../support/chromium.ts'
import { fill } from './fill.ts'

const NEXT = path.resolve('node_modules/next/dist/bin/next')

/** Gzipped kilobytes: of the scripts the page's HTML names, and of all that came until the network was quiet. */
type Visit = { firstLoad: number; inAll: number; landedOn: string }

async function visit(address: string, cookie?: string): Promise<Visit> {
  const executablePath = findChromium()
  if (!executablePath) throw new Error(`Chromium was not found. Install it with: ${INSTALL_CHROMIUM}`)
  const browser = await chromium.launch({ executablePath })
  try {
    const context = await browser.newContext()
    if (cookie) await context.addCookies([{ name: SESSION_COOKIE, value: cookie, url: new URL(address).origin }])
    const page = await context.newPage()
    const scripts: Promise<{ path: string; size: number }>[] = []
    page.on('response', (response) => {
      if (response.request().resourceType() !== 'script') return
      const path = new URL(response.url()).pathname
      scripts.push(response.body().then((body) => ({ path, size: gzipSync(body, { level: 9 }).byteLength / 1024 })))
    })
    const html = await (await page.goto(address, { waitUntil: 'networkidle' }))?.text()
    // A worker fetches the bundler's runtime again, out of the cache.
    const fetched = [...new Map((await Promise.all(scripts)).map((script) => [script.path, script])).values()]
    const sum = (list: typeof fetched) => list.reduce((total, { size }) => total + size, 0)
    const named = fetched.filter(({ path }) => html?.includes(path))
    return { firstLoad: sum(named), inAll: sum(fetched), landedOn: page.url() }
  } finally {
    await browser.close()
  }
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

function next(args: string[], cwd: string) {
  const child = spawn(process.execPath, [NEXT, ...args], {
    cwd,
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  })
  return { child, ended: new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1))) }
}

/** A page with one word on it, built and served by the Next this product uses. */
async function visitEmptyPage(): Promise<Visit> {
  // An extension of its own, or the project's instrumentation would be taken for its.
  // Inside the project, wherever its home is: Turbopack takes nothing from outside its root, and Next lies in node_modules.
  const folder = path.resolve('.next/empty-page')
  await rm(folder, { recursive: true, force: true })
  await mkdir(path.join(folder, 'app'), { recursive: true })
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }')
  await writeFile(
    path.join(folder, 'next.config.mjs'),
    `export default { pageExtensions: ['empty.jsx'], turbopack: { root: ${JSON.stringify(process.cwd())} } }`,
  )
  await writeFile(path.join(folder, 'app/layout.empty.jsx'), 'export default ({ children }) => <html lang="en"><body>{children}</body></html>')
  await writeFile(path.join(folder, 'app/page.empty.jsx'), 'export default () => <p>Empty</p>')
  if ((await next(['build'], folder).ended) !== 0) throw new Error('the empty page does not build')
  const port = await freePort()
  const server = next(['start', '--hostname', '127.0.0.1', '--port', String(port)], folder)
  try {
    const address = `http://127.0.0.1:${port}/`
    while (!(await fetch(address).catch(() => null))?.ok) if (server.child.exitCode !== null) throw new Error('the empty page does not start')
    return await visit(address)
  } finally {
    server.child.kill()
    await server.ended
    await rm(folder, { recursive: true, force: true })
  }
}

async function labellerCookie(client: pg.Client, userId: string): Promise<string> {
  const sid = randomUUID()
  await client.query(`INSERT INTO "session" (id, "sessionToken", "userId", expires) VALUES ($1::uuid, $1::text, $2, now() + interval '1 hour')`, [
    sid,
    userId,
  ])
  return encode({ token: { sub: userId, sid }, secret: getSecrets().sessionSecret })
}

export async function benchScripts(address: string, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { projectId, userIds } = await fill(client, 10, 1)
  const project = await client.query(`SELECT slug FROM "project" WHERE id = $1`, [projectId])
  const cookie = await labellerCookie(client, userIds[0] ?? '')
  await client.end()
  // Going to write leads to the claimed conversation; the page measured is that one, opened directly.
  const { landedOn } = await visit(`${address}/p/${project.rows[0].slug}/write`, cookie)
  if (!/\/write\/[\w-]{36}$/.test(landedOn)) throw new Error(`the write page sent the browser to ${landedOn}`)
  const write = await visit(landedOn, cookie)
  const empty = await visitEmptyPage()
  console.log('\nJavaScript of the write page (KB gzipped, in Chromium)   write page   empty Next page')
  for (const [name, key] of [
    ['named by its HTML', 'firstLoad'],
    ['until the network is quiet, with the editor', 'inAll'],
  ] as const)
    console.log(`${name.padEnd(56)} ${write[key].toFixed(0).padEnd(12)} ${empty[key].toFixed(0)}`)
}
