// How lists are paged; server and browser must ask with the same input to share an answer.

type Page = { nextCursor: string | null }

/** Options of a list that goes on from a cursor: `query.listRuns.infiniteOptions(pages({ projectId }))`. */
export const pages = <Input extends object>(input: Input) => ({
  input: (cursor: string | undefined) => ({ ...input, ...(cursor === undefined ? {} : { cursor }) }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: Page) => page.nextCursor ?? undefined,
})

/** As pages, of a list that says with its first page how long it is. */
export const countedPages = <Input extends object>(input: Input) => {
  const { input: at, ...paging } = pages(input)
  return { input: (cursor: string | undefined) => ({ ...at(cursor), withTotal: cursor === undefined }), ...paging }
}
