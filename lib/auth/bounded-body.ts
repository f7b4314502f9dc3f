/** A sign-in is two short fields and a token. */
export const SIGN_IN_BODY_LIMIT = 16 * 1024

async function readAtMost(body: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return new Uint8Array(Buffer.concat(chunks))
    length += value.byteLength
    if (length > limit) {
      await reader.cancel()
      return null
    }
    chunks.push(value)
  }
}

/** The bytes of a request's body, read here and no further than the limit; null where there are more. */
export async function boundedBody(request: Request, limit: number = SIGN_IN_BODY_LIMIT): Promise<Uint8Array<ArrayBuffer> | null> {
  if (Number(request.headers.get('content-length')) > limit) return null
  return request.body ? readAtMost(request.body, limit) : new Uint8Array()
}
