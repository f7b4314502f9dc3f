import { expect, test } from 'vitest'
import { z } from 'zod'
import { newId } from '#lib/domain/new-id.ts'

test('an id is a random UUID, each another one, without randomUUID', () => {
  const ids = Array.from({ length: 500 }, newId)
  for (const id of ids) expect(z.uuidv4().safeParse(id).success, id).toBe(true)
  expect(new Set(ids).size).toBe(500)
})
