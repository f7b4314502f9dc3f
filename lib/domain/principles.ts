/** What rules stand under, the weightiest last in a conflict; free of zod, for the pages that only list them. */
export const PRINCIPLES = ['helpful', 'truthful', 'harmless', 'style'] as const

/** Those a reviewer rates. Style is judged by its rules alone. */
export const RATED_PRINCIPLES = ['helpful', 'truthful', 'harmless'] as const satisfies readonly (typeof PRINCIPLES)[number][]
