/** Where what was taken is worked at, below the project: an escalation on the desk of reviews. */
export const DESK = { write: '/write', review: '/review', adjudicate: '/review' } as const
