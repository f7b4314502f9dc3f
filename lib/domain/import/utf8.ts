const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })

/** The text of UTF-8 bytes, or null when they are not UTF-8. */
export function decodeStrictly(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

/** The text with U+FFFD for what is not UTF-8. */
export const decodeLeniently = (bytes: Uint8Array): string => lenient.decode(bytes)

/**
 * Part of a text to show, with a sign for NUL and U+FFFD for half characters. It is a copy: a slice would keep the whole
 * text in memory, megabytes for each fault that quotes a few words.
 */
export const excerptOf = (text: string, length: number, start = 0): string =>
  decodeLeniently(new TextEncoder().encode(text.slice(start, start + length))).replaceAll('\u0000', '␀')

/** Shortest valid prefix is found by halving: the offset of the first byte that is not UTF-8, or -1. */
export function findInvalidByte(bytes: Uint8Array): number {
  if (decodeStrictly(bytes) !== null) return -1
  const isValidUpTo = (end: number): boolean => {
    try {
      // `stream` lets a character be cut at the end.
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end), { stream: true })
      return true
    } catch {
      return false
    }
  }
  let low = 0
  let high = bytes.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (isValidUpTo(middle)) low = middle
    else high = middle - 1
  }
  return low
}
