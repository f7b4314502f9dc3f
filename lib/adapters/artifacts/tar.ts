// POSIX.1-2001 ustar, written as blobs: files are read from disk only while they are sent, and the length is known before.
const BLOCK = 512
const MAX_NAME = 100
const MAX_OCTAL_SIZE = 8 * 1024 ** 3

const encoder = new TextEncoder()

function writeText(header: Uint8Array, at: number, length: number, text: string): void {
  header.set(encoder.encode(text).subarray(0, length), at)
}

const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0')

/** 256-base size as GNU and star write it, for files the eleven octal digits cannot hold. */
function writeSize(header: Uint8Array, size: number): void {
  if (size < MAX_OCTAL_SIZE) writeText(header, 124, 12, `${octal(size, 11)}\0`)
  else {
    header[124] = 0x80
    new DataView(header.buffer).setBigUint64(128, BigInt(size))
  }
}

function headerOf(name: string, size: number): Uint8Array<ArrayBuffer> {
  if (encoder.encode(name).length > MAX_NAME) throw new RangeError(`${name} is too long a name for the archive`)
  const header = new Uint8Array(BLOCK)
  writeText(header, 0, MAX_NAME, name)
  writeText(header, 100, 8, '0000644\0')
  for (const owner of [108, 116]) writeText(header, owner, 8, '0000000\0')
  writeSize(header, size)
  // No time of its own: the same files make the same archive.
  writeText(header, 136, 12, `${octal(0, 11)}\0`)
  writeText(header, 148, 8, ' '.repeat(8))
  writeText(header, 156, 1, '0')
  writeText(header, 257, 8, 'ustar\x0000')
  const sum = header.reduce((total, byte) => total + byte, 0)
  writeText(header, 148, 8, `${octal(sum, 6)}\0 `)
  return header
}

/**
 * An uncompressed tar archive of the files below one folder name; the same files in the same order give the same bytes.
 * @throws RangeError for a path of more than 100 bytes.
 */
export function tarOf(folder: string, files: readonly { path: string; blob: Blob }[], type = 'application/x-tar'): Blob {
  const parts = files.flatMap(({ path, blob }) => [
    headerOf(`${folder}/${path}`, blob.size),
    blob,
    new Uint8Array((BLOCK - (blob.size % BLOCK)) % BLOCK),
  ])
  return new Blob([...parts, new Uint8Array(2 * BLOCK)], { type })
}
