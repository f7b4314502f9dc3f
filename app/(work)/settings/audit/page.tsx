import { HydrationBoundary } from '@tanstack/react-query'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { AuditPage } from '#components/settings/audit-page.tsx'
import { auditPages } from '#components/settings/list-options.ts'
import { prefetch, serverQuery } from '#lib/api/server.ts'
import { findActor } from '#lib/auth/session.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('settings'))('auditLog') })

export default async function Page() {
  if (!(await findActor())?.isAdmin) notFound()
  const query = await serverQuery()
  const state = await prefetch(query.listAuditEvents.infiniteOptions(auditPages(undefined, '')))
  return (
    <HydrationBoundary state={state}>
      <AuditPage />
    </HydrationBoundary>
  )
}
