import canonicalize from 'canonicalize'

/**
 * SHA-256 (hex) of the canonical JSON (RFC 8785) of a value: what "the same content" means everywhere in the product.
 * Runs in browser and server. @throws when the value has no JSON form.
 */
export async function contentHash(value: unknown): Promise<string> {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('the value has no JSON form')
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
