/** A page of rows of which one more than `limit` was asked for. `last` is where the next page goes on from; undefined when this is the last. */
export function pageOf<Row>(rows: readonly Row[], limit: number): { items: Row[]; last: Row | undefined } {
  const items = rows.slice(0, limit)
  return { items, last: rows.length > limit ? items.at(-1) : undefined }
}
