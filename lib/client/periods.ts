/** How far back figures reach unless somebody says otherwise; pages prefetch with the same. */
export const USUAL_WEEKS = 12
