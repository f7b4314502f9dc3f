import type { GuidelineContent } from '#lib/domain/guideline.ts'
import { createLocalStore } from './local-store.ts'

/** A draft that is not on the server: the text, and the version of the draft it continues. */
export type GuidelineCopy = { unsaved: { baseVersion: number; content: GuidelineContent } | null }

/** By person and project. */
export const guidelineCopies = createLocalStore<GuidelineCopy>('exemplar-guideline', { unsaved: null })
