import { openApiDocument } from '#lib/api/openapi.ts'
import { publicAddress } from '#lib/env.ts'

export const dynamic = 'force-dynamic'

export async function GET() {
  return Response.json(await openApiDocument(publicAddress))
}
