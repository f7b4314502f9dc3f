/** The colour of what became of a rule. */
export const CHANGE_TONE = { added: 'approved', changed: 'accent', removed: 'rejected' } as const
