import { createServer } from 'node:net'

const TRIES = 50

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false)
      else reject(new Error(`Exemplar cannot listen on ${host}:${port}: ${error.message}`))
    })
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}

/**
 * The port to listen on. It is asked for before anything starts: a stranger's answer on a taken port would pass for
 * ours. A server on all interfaces hides behind a free loopback port, so both are tried.
 */
export async function choosePort(host: string, wanted: number, whenTaken: 'next' | 'fail'): Promise<number> {
  const hosts = [...new Set([host, '127.0.0.1', '0.0.0.0'])]
  const last = whenTaken === 'fail' ? wanted : Math.min(65_535, wanted + TRIES)
  for (let port = wanted; port <= last; port++) {
    const free = []
    for (const each of hosts) free.push(await isFree(each, port))
    if (free.every(Boolean)) return port
  }
  if (whenTaken === 'fail') throw new Error(`Port ${wanted} is taken. Stop what uses it, or choose another with EXEMPLAR_PORT.`)
  throw new Error(`Ports ${wanted} to ${last} are all taken. Choose another with EXEMPLAR_PORT.`)
}
