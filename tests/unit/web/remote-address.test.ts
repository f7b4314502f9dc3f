import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { remoteAddress, SOCKET_HEADER } from '#lib/web/remote-address.ts'
import { noteSocketAddresses } from '#lib/web/socket-address.ts'

const headers = (forwardedFor: string | null, socket = '192.0.2.7') =>
  new Headers({ [SOCKET_HEADER]: socket, ...(forwardedFor === null ? {} : { 'x-forwarded-for': forwardedFor }) })

test('without a trusted proxy the connection counts, whatever the client claims', () => {
  expect(remoteAddress(headers('203.0.113.1'), false)).toBe('192.0.2.7')
  expect(remoteAddress(headers('203.0.113.1'))).toBe('192.0.2.7')
})

test('behind a trusted proxy the entry it added counts, not those the client sent along', () => {
  expect(remoteAddress(headers('203.0.113.1, 198.51.100.4'), true)).toBe('198.51.100.4')
  expect(remoteAddress(headers(null), true)).toBe('192.0.2.7')
  expect(remoteAddress(headers(''), true)).toBe('192.0.2.7')
})

test.each([
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
])('%s counts as %s', (address, network) => {
  expect(remoteAddress(headers(null, address), false)).toBe(network)
})

test('a request nobody knows the origin of counts with the others of its kind', () => {
  expect(remoteAddress(new Headers(), false)).toBe('unknown')
})

test('the web process writes the connection’s address over what a client claims', async () => {
  noteSocketAddresses()
  let seen: IncomingMessage['headers'] = {}
  const server = createServer((request, response) => {
    seen = request.headers
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { headers: { [SOCKET_HEADER]: '203.0.113.1' } })
    expect(seen[SOCKET_HEADER]).toBe('127.0.0.1')
  } finally {
    server.close()
  }
})
