'use client'
import { useLocale, useTranslations } from 'next-intl'
import { useDeferredValue, useMemo, useState } from 'react'
import { Input } from '#components/ui/input.tsx'
import { Marked } from '#components/ui/marked.tsx'
import type { GuidelineContent } from '#lib/domain/guideline.ts'
import { excerptOf, guidelineDocuments, marksIn, type SearchDocument, searchDocuments } from '#lib/domain/guideline-search.ts'
import { localized } from '#lib/domain/rules.ts'
import { stepAnchor } from './conflict-steps.tsx'

type Props = {
  guideline: Pick<GuidelineContent, 'body' | 'procedure' | 'rules'>
  /** Goes to a section of the text by its heading. */
  onSection: (heading: string) => void
}

/** The list of rules beside the text; typing searches everything: rules, steps and the text itself. */
export function GuidelineContents({ guideline, onSection }: Props) {
  const t = useTranslations('guideline')
  const locale = useLocale()
  const [search, setSearch] = useState('')
  const sought = useDeferredValue(search.trim())
  const documents = useMemo(() => guidelineDocuments(guideline), [guideline])
  const shown = useMemo(() => {
    if (sought === '') return documents.filter(({ kind }) => kind === 'rule')
    return searchDocuments(documents, sought).map(({ document }) => document)
  }, [documents, sought])
  const nameOf = ({ kind, name, title }: SearchDocument) => {
    if (kind === 'step') return t('stepNumber', { number: guideline.procedure.findIndex(({ id }) => id === name) + 1 })
    return localized(title, locale) || (kind === 'section' ? t('text') : name)
  }
  return (
    <nav aria-label={t('contents')} className="text-sm lg:sticky lg:top-6 lg:max-h-[calc(100dvh-3rem)] lg:self-start lg:overflow-y-auto lg:pr-2">
      <Input
        id="guideline-search"
        type="search"
        aria-label={t('searchGuideline')}
        placeholder={t('searchGuideline')}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <p role="status" className={sought === '' ? 'sr-only' : 'pt-2 text-ink-3'}>
        {sought !== '' && (shown.length === 0 ? t('nothingFound') : t('foundCount', { count: shown.length }))}
      </p>
      <ol className="mt-3 space-y-0.5 max-lg:max-h-56 max-lg:overflow-y-auto">
        {shown.map((document) => {
          const name = nameOf(document)
          const excerpt = sought === '' ? null : excerptOf(document, sought, locale)
          return (
            <li key={`${document.kind} ${document.name} ${Object.keys(document.title).join()}`}>
              <a
                href={document.kind === 'step' ? `#${stepAnchor(document.name)}` : `#${document.kind === 'rule' ? document.name : ''}`}
                onClick={(event) => {
                  if (document.kind !== 'section') return
                  event.preventDefault()
                  onSection(document.name)
                }}
                className="block rounded px-2 py-1 text-ink-2 hover:bg-surface-1 hover:text-ink-1"
              >
                <Marked text={name} marks={sought === '' ? [] : marksIn(name, sought)} />
                {excerpt?.text && (
                  <span className="mt-0.5 line-clamp-2 break-words text-ink-3 text-xs">
                    <Marked {...excerpt} />
                  </span>
                )}
              </a>
            </li>
          )
        })}
      </ol>
    </nav>
  )
}
