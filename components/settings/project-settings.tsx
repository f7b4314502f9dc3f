'use client'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { SubNav } from '#components/ui/sub-nav.tsx'

/** What stands above every settings page of a project. */
export function ProjectSettings({ children }: { children: ReactNode }) {
  const t = useTranslations('settings')
  const { path, can } = useProject()
  const links = [
    { href: path('/settings'), label: t('project') },
    ...(can('member:read') ? [{ href: path('/settings/members'), label: t('members') }] : []),
    ...(can('project:update') ? [{ href: path('/settings/checks'), label: t('checks') }] : []),
    { href: path('/settings/tokens'), label: t('apiTokens') },
    ...(can('audit:read') ? [{ href: path('/settings/audit'), label: t('auditLog') }] : []),
  ]
  return (
    <Page>
      <PageHeader title={t('title')} />
      <SubNav label={t('title')} links={links} />
      {children}
    </Page>
  )
}
