'use client'
import { useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'
import { SubNav } from '#components/ui/sub-nav.tsx'

/** The rules, and how they were read. */
export function GuidelineNav() {
  const t = useTranslations('nav')
  const project = useProject()
  return (
    <SubNav
      label={t('guideline')}
      links={[
        { href: project.path('/guideline'), label: t('guideline') },
        { href: project.path('/guideline/rulings'), label: t('rulings') },
      ]}
    />
  )
}
