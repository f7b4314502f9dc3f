'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useFormatter, useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Page } from '#components/ui/page-header.tsx'
import { type Action, rolesFor } from '#lib/domain/policy.ts'
import { actionOfPage } from './navigation.ts'
import { useProject } from './project.tsx'

function NotForYou({ action }: { action: Action }) {
  const t = useTranslations('nav')
  const roleName = useTranslations('roles')
  const format = useFormatter()
  const { path, roles } = useProject()
  const names = (list: readonly Parameters<typeof roleName>[0][]) => format.list(list.map((role) => roleName(role)))
  return (
    <Page width="read">
      <div className="flex flex-col items-start gap-1 py-10">
        <h1 className="font-semibold text-lg">{t('notForYouTitle')}</h1>
        <p className="text-ink-2">{t('notForYouText', { needed: names(rolesFor(action)), yours: names(roles) })}</p>
        <Button asChild variant="primary" className="mt-4">
          <Link href={path('')}>{t('toProjectHome')}</Link>
        </Button>
      </div>
    </Page>
  )
}

/** Shows a page of the project to those who may use it; the others are told whom it is for, instead of forms that would be refused. */
export function PageGate({ children }: { children: ReactNode }) {
  const { slug, can } = useProject()
  const action = actionOfPage(usePathname().slice(`/p/${slug}`.length))
  return can(action) ? children : <NotForYou action={action} />
}
