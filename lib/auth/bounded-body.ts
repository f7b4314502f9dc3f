import { readAtMost } from '#lib/web/read-at-most.ts'

/** A sign-in is two short fields and a token. */
export const SIGN_IN_BODY_LIMIT = 16 * 1024

/** The bytes of a request's body, read here and no further than the limit; null where there are more. */
export async function boundedBody(request: Request, limit: number = SIGN_IN_BODY_LIMIT): Promise<Uint8Array<ArrayBuffer> | null> {
  if (Number(request.headers.get('content-length')) > limit) return null
  return request.body ? readAtMost(request.body, limit) : new Uint8Array()
}
