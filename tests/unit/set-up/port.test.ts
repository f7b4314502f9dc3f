import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { choosePort } from '../../../scripts/start/port.ts'

const servers: Server[] = []

function occupy(host: string, port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(null))
    server.listen(port, host, () => {
      servers.push(server)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : null)
    })
  })
}

/** A port that is taken, followed by one that is free. */
async function takenPort(host = '127.0.0.1'): Promise<number> {
  for (;;) {
    const port = await occupy(host, 0)
    if (port && port < 65_000 && (await choosePort('127.0.0.1', port + 1, 'next')) === port + 1) return port
  }
}

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

test('a free port is taken as it is', async () => {
  const port = await takenPort()
  expect(await choosePort('127.0.0.1', port + 1, 'fail')).toBe(port + 1)
})

test('a taken port gives the next free one', async () => {
  const port = await takenPort()
  expect(await choosePort('127.0.0.1', port, 'next')).toBe(port + 1)
})

test('a taken port that must be the one gives a sentence with a cure', async () => {
  const port = await takenPort()
  await expect(choosePort('127.0.0.1', port, 'fail')).rejects.toThrow(
    `Port ${port} is taken. Stop what uses it, or choose another with EXEMPLAR_PORT.`,
  )
})

test('a port somebody has on all interfaces is taken on each of them', async () => {
  const port = await takenPort('0.0.0.0')
  expect(await choosePort('127.0.0.1', port, 'next')).toBe(port + 1)
})

test('an interface this machine does not have is named', async () => {
  await expect(choosePort('192.0.2.1', 3000, 'next')).rejects.toThrow(/cannot listen on 192\.0\.2\.1:3000/)
})
