import { env } from '#lib/env.ts'

/** Carries the address of a request's own connection; set by lib/web/socket-address.ts over whatever a client sends. */
export const SOCKET_HEADER = 'x-exemplar-socket'

const UNKNOWN = 'unknown'
/** An IPv6 subscriber has a whole /64 of addresses: they count as one. */
const NETWORK_GROUPS = 4
const GROUPS = 8

function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return mapped
  if (!address.includes(':')) return address
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? []
  const before = head ? head.split(':') : []
  const after = tail ? tail.split(':') : []
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, GROUPS - before.length - after.length) }, () => '0')
  return `${[...before, ...zeros, ...after].slice(0, NETWORK_GROUPS).join(':')}::/64`
}

/**
 * Whom to count a request under. Anybody can write an X-Forwarded-For header, so it is believed only behind a proxy of
 * one's own, and then only its last entry: that one the proxy added itself.
 */
export function remoteAddress(headers: Headers, trustsProxy: boolean = env.EXEMPLAR_TRUST_PROXY === 'on'): string {
  const forwarded = trustsProxy ? headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined
  return networkOf(forwarded || headers.get(SOCKET_HEADER) || UNKNOWN)
}
