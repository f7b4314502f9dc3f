import { NextRequest } from 'next/server'
import { expect, test } from 'vitest'
import { proxy } from '../../../proxy.ts'

const rewriteOf = (path: string) => proxy(new NextRequest(`http://exemplar.test${path}`)).headers.get('x-middleware-rewrite')

test('an address that cannot be decoded is one where nothing is', () => {
  expect(rewriteOf('/p/demo/conversations/%E0%A4%A')).toBe('http://exemplar.test/not-found')
  expect(rewriteOf('/p/demo/conversations/%E4%BD%A0')).toBeNull()
})
