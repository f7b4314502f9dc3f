import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { expect, test } from 'vitest'
import { contentSecurityPolicy, STYLE_HASHES } from '#lib/web/csp.ts'

const NONCE = 'bm9uY2U='

/** The policy as directives by name. */
const directives = (options: { development: boolean }) =>
  new Map(
    contentSecurityPolicy(NONCE, options)
      .split('; ')
      .map((line) => [line.split(' ')[0] ?? '', line.split(' ').slice(1)] as const),
  )

const hashOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`

/** The style sheet the toast library puts into a style element, as its module has it. */
function toastStyle(): string {
  const file = path.join(path.dirname(createRequire(import.meta.url).resolve('sonner')), 'index.mjs')
  const literal = /__insertCSS\(("(?:[^"\\]|\\.)*")\)/.exec(readFileSync(file, 'utf8'))?.[1]
  return JSON.parse(literal ?? 'null')
}

test('the hashes of styles are those of the toast library that is installed, and of nothing', () => {
  expect(toastStyle().length).toBeGreaterThan(1000)
  expect(STYLE_HASHES).toEqual([hashOf(toastStyle()), hashOf('')])
})

test('a script runs with this request’s nonce or as what such a one loads, and nothing is evaluated', () => {
  const policy = directives({ development: false })
  expect(policy.get('script-src')).toEqual(["'self'", `'nonce-${NONCE}'`, "'strict-dynamic'"])
  expect(policy.get('style-src')).not.toContain("'unsafe-inline'")
  for (const closed of ['object-src', 'base-uri', 'frame-src', 'frame-ancestors']) expect(policy.get(closed)).toEqual(["'none'"])
  expect(policy.get('default-src')).toEqual(["'self'"])
  const everything = contentSecurityPolicy(NONCE, { development: false })
  for (const loose of ['unsafe-eval', 'unsafe-inline', 'unsafe-hashes', 'blob:', 'http:', 'https:', '*']) expect(everything).not.toContain(loose)
})

test('not even in development may an inline script run', () => {
  expect(directives({ development: true }).get('script-src')).not.toContain("'unsafe-inline'")
})
