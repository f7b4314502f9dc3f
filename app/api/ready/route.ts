import { readiness } from '#lib/services/readiness.ts'

export const dynamic = 'force-dynamic'

/** Can this instance do its work: database, migrations, a worker that lives? */
export async function GET() {
  const report = await readiness()
  return Response.json(report, { status: report.isReady ? 200 : 503, headers: { 'cache-control': 'no-store' } })
}
