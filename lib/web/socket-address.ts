import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { SOCKET_HEADER } from './remote-address.ts'

/** Handlers of Next see headers but no connection: from now on each request tells its connection's address in one. */
export function noteSocketAddresses(): void {
  subscribe('http.server.request.start', (message) => {
    const { request, socket } = message as { request: IncomingMessage; socket: Socket }
    request.headers[SOCKET_HEADER] = socket.remoteAddress ?? ''
  })
}
