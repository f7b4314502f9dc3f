'use client'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { useMe } from '#components/frame/use-me.ts'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { SubNav } from '#components/ui/sub-nav.tsx'

/** What stands above the pages of the own account, and for admins those of the instance. */
export function AccountSettings({ children }: { children: ReactNode }) {
  const t = useTranslations('settings')
  const me = useMe()
  const links = [
    { href: '/settings', label: t('account') },
    { href: '/settings/people', label: t('people') },
    { href: '/settings/audit', label: t('auditLog') },
  ]
  return (
    <Page>
      <PageHeader title={t(me.isAdmin ? 'accountAndInstance' : 'account')} />
      {me.isAdmin && <SubNav label={t('account')} links={links} />}
      {/* The first section is the first child of its own box, and so has no divider under the links. */}
      <div>{children}</div>
    </Page>
  )
}
