/** Hashes of the style element the toast library adds to the page: its CSS, and the moment before its text is set. tests/unit/web/csp.test.ts recomputes them. */
export const STYLE_HASHES = ['sha256-StEaX+se6YS7pqjzrzMIA0KaX9zF/8zAhvQXZAe5epY=', 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='] as const

/**
 * The content security policy of pages. Only scripts with this request's nonce and what they load may run; nothing is
 * evaluated from text. `development` adds what Next's own dev client needs (eval for error overlays, styles without a nonce).
 */
export function contentSecurityPolicy(nonce: string, { development }: { development: boolean }): string {
  const styles = development ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}' ${STYLE_HASHES.map((hash) => `'${hash}'`).join(' ')}`
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    `style-src ${styles}`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${development ? ' ws:' : ''}`,
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
