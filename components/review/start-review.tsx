'use client'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { StartWork } from '#components/frame/start-work.tsx'
import { Button } from '#components/ui/button.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import type { Judging } from '#lib/domain/assignment.ts'
import { exceptFor } from './use-next-review.ts'
import { useShownReview } from './use-shown-review.ts'
import { useVerdicts } from './use-verdicts.ts'
import { VerdictList } from './verdict-list.tsx'

/** Takes the next submission or escalation to judge and opens it; today's verdicts are at hand, where nothing is left to judge, too. */
export function StartReview({ kind }: { kind: Judging }) {
  const t = useTranslations('review')
  const adjudicate = useTranslations('adjudicate')
  const project = useProject()
  const other = kind === 'review' ? { path: '/adjudicate', label: adjudicate('toEscalations') } : { path: '/review', label: t('next') }
  const [isListing, setIsListing] = useState(false)
  // The last verdict can be taken back from here, too: after it nothing may be left to judge.
  useVerdicts(useShownReview('').show)
  useCommands([{ id: 'today', title: t('todayTitle'), keys: 'l', run: () => setIsListing(true) }])
  return (
    <>
      <StartWork
        kind={kind}
        except={exceptFor(null)}
        otherwise={
          <>
            {project.can('conversation:adjudicate') && (
              <Button asChild>
                <Link href={project.path(other.path)}>{other.label}</Link>
              </Button>
            )}
            <Button variant="quiet" keys="l" onClick={() => setIsListing(true)}>
              {t('todayTitle')}
            </Button>
          </>
        }
      />
      {isListing && <VerdictList onClose={() => setIsListing(false)} />}
    </>
  )
}
