import { NextRequest } from 'next/server'
import NextAuth from 'next-auth'
import { boundedBody, SIGN_IN_BODY_LIMIT } from '#lib/auth/bounded-body.ts'
import { authOptions } from '#lib/auth/options.ts'

type Context = { params: Promise<{ nextauth: string[] }> }

const handle = (request: Request, context: Context): Promise<Response> => NextAuth(request as never, context as never, authOptions())

export const GET = handle

/** Visitors may send this: it is read within a limit before next-auth reads it whole. */
export async function POST(request: NextRequest, context: Context): Promise<Response> {
  const body = await boundedBody(request)
  if (!body) return Response.json({ url: '', error: `The body is larger than ${SIGN_IN_BODY_LIMIT} bytes.` }, { status: 413 })
  return handle(new NextRequest(request.url, { method: 'POST', headers: request.headers, body }), context)
}
