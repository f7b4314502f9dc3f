import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { AuditPage } from '#components/settings/audit-page.tsx'
import { auditPages } from '#components/settings/list-options.ts'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('settings'))('auditLog') })

export default async function Page({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await getMembership((await params).project)
  const query = await serverQuery()
  const state = await prefetch(query.listAuditEvents.infiniteOptions(auditPages(project.id, '')))
  return (
    <HydrationBoundary state={state}>
      <AuditPage projectId={project.id} />
    </HydrationBoundary>
  )
}
