import canonicalize from 'canonicalize'

/** RFC 8785 canonical JSON: equal values give equal bytes. @throws TypeError for what JSON cannot hold. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('the value has no JSON form')
  return text
}

/** SHA-256 of a text's UTF-8 bytes, or of bytes, as lower-case hex. Runs in browser and server. */
export async function sha256Hex(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** What "the same content" means everywhere in the product: SHA-256 of a value's canonical JSON. */
export const contentHash = async (value: unknown): Promise<string> => sha256Hex(canonicalJson(value))
