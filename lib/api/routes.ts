// Which operation an address leads to, before anything of the request is read.
import { StandardOpenAPIMatcher } from '@orpc/openapi/standard'
import type { Meta } from '#lib/services/operation.ts'
import { router } from './router.ts'

const matcher = new StandardOpenAPIMatcher()
matcher.init(router)

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** What is known of the operation at this address; null when there is none. */
export async function findRoute(method: string, path: `/${string}`): Promise<Meta | null> {
  const match = await matcher.match(method, path)
  return match ? (match.procedure['~orpc'].meta as Meta) : null
}

/** The methods an address takes; none when it does not exist. */
export async function methodsOf(path: `/${string}`): Promise<string[]> {
  const found = await Promise.all(METHODS.map(async (method) => ((await matcher.match(method, path)) ? [method] : [])))
  return found.flat().flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}
