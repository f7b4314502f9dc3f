/** Browsers take 64 KiB of requests that outlive their page, all of them together; the rest is left to the small ones beside it. */
const MOST_BYTES = 60 * 1024

/** May this input be sent with `keepalive`? More than browsers take they refuse to send at all. */
export const mayOutliveThePage = (input: unknown): boolean => new TextEncoder().encode(JSON.stringify(input)).length <= MOST_BYTES
