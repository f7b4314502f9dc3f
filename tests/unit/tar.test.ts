import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tarOf } from '#lib/adapters/artifacts/tar.ts'

const NAME = fc.stringMatching(/^[a-z0-9_-]{1,20}(\/[a-z0-9_.-]{1,20}x)?$/)

test('the system’s tar gives back every file, whatever its length', async () => {
  const contents = fc.uniqueArray(fc.record({ path: NAME, bytes: fc.uint8Array({ maxLength: 1500 }) }), {
    selector: ({ path }) => path.split('/')[0],
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(contents, async (files) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'exemplar-tar-'))
      try {
        const archive = tarOf(
          'top',
          files.map(({ path, bytes }) => ({ path, blob: new Blob([bytes as Uint8Array<ArrayBuffer>]) })),
        )
        expect(archive.size % 512).toBe(0)
        writeFileSync(path.join(folder, 'a.tar'), await archive.bytes())
        execFileSync('tar', ['-xf', 'a.tar'], { cwd: folder })
        for (const { path: name, bytes } of files) expect(readFileSync(path.join(folder, 'top', name))).toEqual(Buffer.from(bytes))
      } finally {
        rmSync(folder, { recursive: true })
      }
    }),
    { numRuns: 20 },
  )
})

test('a name that does not fit is refused, never cut', () => {
  expect(() => tarOf('top', [{ path: 'n'.repeat(100), blob: new Blob(['x']) }])).toThrow('too long')
})
