export const dynamic = 'force-dynamic'

/** Is this process alive? It asks nothing of anybody. */
export const GET = () => Response.json({ status: 'ok' })
