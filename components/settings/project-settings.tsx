'use client'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { actionOfPage } from '#components/frame/navigation.ts'
import { useProject } from '#components/frame/project.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { SubNav } from '#components/ui/sub-nav.tsx'

/** What stands above every settings page of a project. */
export function ProjectSettings({ children }: { children: ReactNode }) {
  const t = useTranslations('settings')
  const { path, can } = useProject()
  const pages = [
    { at: '/settings', label: t('project') },
    { at: '/settings/members', label: t('members') },
    { at: '/settings/checks', label: t('checks') },
    { at: '/settings/tokens', label: t('apiTokens') },
    { at: '/settings/audit', label: t('auditLog') },
  ]
  const links = pages.filter(({ at }) => can(actionOfPage(at))).map(({ at, label }) => ({ href: path(at), label }))
  return (
    <Page>
      <PageHeader title={t('title')} />
      <SubNav label={t('title')} links={links} />
      {/* The first section is the first child of its own box, and so has no divider under the links. */}
      <div>{children}</div>
    </Page>
  )
}
