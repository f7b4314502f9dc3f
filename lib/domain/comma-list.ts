/** Names as one types them into a field, with commas of either language between; each once. */
export const commaList = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,，、]/)
      .map((name) => name.trim())
      .filter(Boolean),
  ),
]
