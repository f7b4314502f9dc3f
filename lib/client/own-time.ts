import { createLocalStore } from './local-store.ts'

/** Whether a person, by id, wants to see the time their work took. */
export const ownTime = createLocalStore<{ isShown: boolean }>('exemplar-own-time', { isShown: false })
