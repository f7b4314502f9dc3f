import { openApiText } from '#lib/api/openapi.ts'

export const dynamic = 'force-dynamic'

export async function GET() {
  return new Response(await openApiText(), { headers: { 'content-type': 'application/json' } })
}
