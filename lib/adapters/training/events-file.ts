import { open } from 'node:fs/promises'
import { type EventCursor, type EventLine, newEvents, parseEventLine, wholeLines } from '#lib/domain/training/event.ts'

/** Most bytes read at once; the longest line has 64 KiB. */
const CHUNK_BYTES = 1 << 20

export type EventRead = { events: EventLine[]; cursor: EventCursor; skippedLines: number; more: boolean }

/**
 * The events after the cursor. Another file under the same name (other inode) or a shorter one is read from its start;
 * what was taken before is then left out by its number. An unfinished last line stays for the next read.
 */
export async function readEvents(file: string, since: EventCursor, chunkBytes = CHUNK_BYTES): Promise<EventRead> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (!handle) return { events: [], cursor: since, skippedLines: 0, more: false }
  try {
    const { ino, size } = await handle.stat()
    const from = ino === since.inode && size >= since.byteOffset ? since.byteOffset : 0
    const buffer = Buffer.alloc(Math.min(chunkBytes, size - from))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from)
    const bytes = buffer.subarray(0, bytesRead)
    const { lines, consumed } = wholeLines(bytes)
    // A line longer than a whole chunk is none of ours: step over it, or reading would stand still for ever.
    const passed = consumed === 0 && bytesRead === chunkBytes ? bytesRead : consumed
    const parsed = lines.map(parseEventLine)
    const events = newEvents(
      parsed.flatMap((event) => event ?? []),
      since.seq,
    )
    const cursor = { inode: ino, byteOffset: from + passed, seq: events.at(-1)?.seq ?? since.seq }
    return { events, cursor, skippedLines: parsed.filter((event) => event === null).length, more: passed > 0 && from + bytesRead < size }
  } finally {
    await handle.close()
  }
}
