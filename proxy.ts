import { type NextRequest, NextResponse } from 'next/server'
import { contentSecurityPolicy } from '#lib/web/csp.ts'

const isDecodable = (path: string): boolean => {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

/** Gives every page its own nonce: in the policy for the browser, in the request for Next and the root layout. */
export function proxy(request: NextRequest) {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64')
  const policy = contentSecurityPolicy(nonce, { development: process.env.NODE_ENV === 'development' })
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  headers.set('content-security-policy', policy)
  // Server components see no address; the sign-in redirect needs one to return to.
  headers.set('x-page', request.nextUrl.pathname + request.nextUrl.search)
  // Next answers broken percent encoding with 500; no page has such an address.
  const response = isDecodable(request.nextUrl.pathname)
    ? NextResponse.next({ request: { headers } })
    : NextResponse.rewrite(new URL('/not-found', request.url), { request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

export const config = {
  // Never the API: a proxy in front of it cuts bodies at 10 MB without a word. Static files need no policy.
  matcher: ['/((?!api/|_next/static|_next/image|icon.svg).*)'],
}
