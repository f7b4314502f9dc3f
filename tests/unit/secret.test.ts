import { afterEach, expect, test, vi } from 'vitest'
import { openSecret, sealSecret } from '#lib/adapters/models/secret.ts'
import * as home from '#lib/home.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

vi.mock('#lib/home.ts', async (original) => ({ ...(await original<typeof home>()), getSecrets: vi.fn() }))
const withKey = (letter: string) =>
  vi.mocked(home.getSecrets).mockReturnValue({ sessionSecret: 'x'.repeat(32), encryptionKey: Buffer.alloc(32, letter).toString('base64') })

test('a sealed key opens again for its owner', () => {
  withKey('a')
  expect(openSecret(sealSecret('sk-钥匙', 'model-1'), 'model-1')).toBe('sk-钥匙')
})

test('under another encryption key, for another owner or cut short it is refused with a cure', () => {
  withKey('a')
  const sealed = sealSecret('sk-1', 'model-1')
  const refusal = expect.objectContaining({
    code: 'model-not-ready',
    message: expect.stringMatching(/EXEMPLAR_ENCRYPTION_KEY.*register the endpoint again/),
  })
  expect(() => openSecret(sealed, 'model-2')).toThrow(refusal)
  expect(() => openSecret(sealed.slice(0, 8), 'model-1')).toThrow(refusal)
  withKey('b')
  expect(() => openSecret(sealed, 'model-1')).toThrow(refusal)
})
