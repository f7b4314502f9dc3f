'use client'
import { useQuery } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useLocale, useTranslations } from 'next-intl'
import { useRef, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Select } from '#components/ui/input.tsx'
import { Markdown } from '#components/ui/markdown.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { isApiError, query } from '#lib/client/api.ts'
import { PRINCIPLES } from '#lib/domain/principles.ts'
import { localized } from '#lib/domain/rules.ts'
import { ConflictSteps } from './conflict-steps.tsx'
import { ExportMenu } from './export-menu.tsx'
import { GuidelineContents } from './guideline-contents.tsx'
import { GuidelineDiff } from './guideline-diff.tsx'
import { GuidelineNav } from './guideline-nav.tsx'
import { ReadingLine } from './reading-line.tsx'
import { RetiredNote, useAddressedRule, useRetiredRules } from './retired-note.tsx'
import { RuleCard } from './rule-card.tsx'

/** The guideline to read: contents at the left, the text, then every rule with its examples; any version, and what changed in it. */
export function GuidelineReader({ version }: { version: string | null }) {
  const t = useTranslations('guideline')
  const locale = useLocale()
  const router = useRouter()
  const project = useProject()
  const [showsChanges, setShowsChanges] = useState(false)
  const versions = useQuery(query.listGuidelineVersions.queryOptions({ input: { projectId: project.id } }))
  const guideline = useQuery(query.getGuideline.queryOptions({ input: { projectId: project.id, ...(version ? { version } : {}) } }))
  const addressed = useAddressedRule()
  const retired = useRetiredRules(version !== null || addressed.includes('/'))
  const mayEdit = project.can('guideline:edit')
  const text = useRef<HTMLDivElement>(null)
  const goToSection = (heading: string) => {
    const headings = [...(text.current?.querySelectorAll('h1, h2, h3, h4, h5, h6') ?? [])]
    const plain = heading.replace(/[*_`\\]/g, '')
    const found = headings.find((each) => each.textContent?.trim() === plain) ?? text.current
    found?.scrollIntoView({ block: 'start' })
  }
  useCommands([
    { id: 'edit', title: t('edit'), keys: 'e', run: () => router.push(project.path('/guideline/edit')), disabled: !mayEdit },
    { id: 'changes', title: t('changes'), keys: 'd', run: () => setShowsChanges((shown) => !shown) },
    { id: 'search', title: t('searchRules'), keys: '/', run: () => document.getElementById('guideline-search')?.focus() },
  ])
  const edit = mayEdit && (
    <Button asChild variant="primary" icon={<Pencil className="size-4" />}>
      <Link href={project.path('/guideline/edit')}>{t('edit')}</Link>
    </Button>
  )
  if (guideline.error && isApiError(guideline.error) && guideline.error.code === 'not-found' && !version) {
    return (
      <Page>
        <PageHeader title={t('title')} />
        <EmptyState title={t('noRules')} action={edit}>
          {t('noRulesHint')}
        </EmptyState>
      </Page>
    )
  }
  const list = versions.data?.items ?? []
  const at = list.findIndex((item) => item.version === guideline.data?.version)
  const previous = list[at + 1]?.version
  const gone = (slug: string) => {
    const rule = retired.get(slug)
    return rule && <RetiredNote rule={rule} isAtHand />
  }
  const missing = guideline.data?.rules.some(({ slug }) => slug === addressed) ? undefined : retired.get(addressed)
  return (
    <Page>
      <PageHeader
        title={guideline.data ? localized(guideline.data.title, locale) : t('title')}
        facts={
          guideline.data && (
            <>
              <span>{t('versionFact', { version: guideline.data.version, count: guideline.data.ruleCount })}</span>
              <RelativeTime at={guideline.data.publishedAt} />
            </>
          )
        }
        actions={
          <>
            <Select
              aria-label={t('version')}
              className="w-auto"
              value={guideline.data?.version ?? ''}
              onChange={(event) => router.push(`${project.path('/guideline')}?version=${event.target.value}`)}
            >
              {list.map((item) => (
                <option key={item.id} value={item.version}>
                  {item.version}
                </option>
              ))}
            </Select>
            {previous && (
              <Button onClick={() => setShowsChanges(!showsChanges)} aria-pressed={showsChanges} keys="d">
                {showsChanges ? t('hideChanges') : t('changes')}
              </Button>
            )}
            {guideline.data && <ExportMenu version={guideline.data.version} />}
            {edit}
          </>
        }
      />
      <GuidelineNav />
      {guideline.error && <ErrorState error={guideline.error} onRetry={guideline.refetch} />}
      {guideline.isPending && <SkeletonRows rows={12} label={t('loadingRules')} />}
      {guideline.data && showsChanges && previous && <GuidelineDiff from={previous} to={guideline.data.version} />}
      {guideline.data && !showsChanges && (
        <div className="grid grid-cols-1 gap-10 lg:grid-cols-[15rem_minmax(0,1fr)]">
          <GuidelineContents guideline={guideline.data} onSection={goToSection} />
          <div className="min-w-0">
            {guideline.data.note && <p className="mb-6 max-w-read border-accent border-l-2 pl-3 text-ink-2">{guideline.data.note}</p>}
            {missing && <RetiredNote rule={missing} isAtHand={false} />}
            <div ref={text}>
              <Markdown className="max-w-read text-md leading-[1.6]">{localized(guideline.data.body, locale)}</Markdown>
            </div>
            <ConflictSteps procedure={guideline.data.procedure} />
            {PRINCIPLES.map((principle) => {
              const rules = guideline.data.rules.filter((rule) => rule.principle === principle)
              if (rules.length === 0) return null
              return (
                <section key={principle} aria-labelledby={`principle-${principle}`} className="mt-12">
                  <h2 id={`principle-${principle}`} className="border-b pb-2 font-semibold text-lg">
                    {t(`principle.${principle}`)}
                  </h2>
                  <div className="divide-y">
                    {rules.map((rule) => (
                      <div key={rule.slug} className="py-6">
                        {gone(rule.slug)}
                        <RuleCard rule={rule} citations={rule.citations} rulings={rule.rulings} />
                      </div>
                    ))}
                  </div>
                </section>
              )
            })}
            {at === 0 && <ReadingLine guideline={guideline.data} />}
          </div>
        </div>
      )}
    </Page>
  )
}
