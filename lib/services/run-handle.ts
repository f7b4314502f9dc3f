import { Handle } from '#lib/adapters/training/backend.ts'
import { EventCursor, START_CURSOR } from '#lib/domain/training/event.ts'

/** What the database keeps to find an attempt again; null before it was started. */
export const readHandle = (stored: unknown): Handle | null => Handle.safeParse(stored).data ?? null

export const readCursor = (stored: unknown): EventCursor => EventCursor.safeParse(stored).data ?? START_CURSOR
