const BYTES = 16
const VERSION_AT = 6
const VARIANT_AT = 8
/** Where the hyphens of a UUID stand, in hexadecimal digits. */
const GROUPS = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/

/** A random UUID. Not randomUUID, which browsers have only on secure origins: an address in the local network is none. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES))
  bytes[VERSION_AT] = ((bytes[VERSION_AT] ?? 0) & 0x0f) | 0x40
  bytes[VARIANT_AT] = ((bytes[VARIANT_AT] ?? 0) & 0x3f) | 0x80
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .replace(GROUPS, '$1-$2-$3-$4-$5')
}
